# Where the program is written, and what is never overwritten.
. "$ROOT/tests/cli/common"
mkdir src there
echo 'println("hello")' >src/app.wyn
status 0 "$WYNC" src/app.wyn
status 0 ./app
printed hello
[ ! -e src/app ] || complain output "written beside the source"
status 0 "$WYNC" src/app.wyn -o there/out
status 0 there/out
status 0 "$WYNC" build -othere/out2 src/app.wyn
status 0 there/out2
# the source itself, under any name
status 1 "$WYNC" src/app.wyn -o src/app.wyn
said "source of the program"
ln src/app.wyn src/hard
status 1 "$WYNC" src/app.wyn -o src/hard
cp src/app.wyn plain
status 1 "$WYNC" plain
grep -q hello plain || complain output "the source was overwritten"
# an imported file
echo 'pub fn f() -> int { return 7 }' >m.wyn
printf 'import m\nprintln(m.f())\n' >main.wyn
status 1 "$WYNC" main.wyn -o m.wyn
status 0 "$WYNC" main.wyn
status 0 ./main
printed 7
# folders
mkdir dir
cp src/app.wyn dir.wyn
status 1 "$WYNC" dir.wyn
said "directory"
status 1 "$WYNC" src/app.wyn -o there
status 1 "$WYNC" src/app.wyn -o no/such/place
# an old program is replaced, also while it runs or when it is read-only
printf 'println("new")\n' >src/app.wyn
chmod 444 app
status 0 "$WYNC" src/app.wyn
status 0 ./app
printed new
status 0 "$WYNC" src/app.wyn -o /dev/null
[ -c /dev/null ] || complain output "/dev/null was replaced"
[ "$(ls -A | tr '\n' ' ')" = "app dir dir.wyn m.wyn main main.wyn plain src there " ] ||
    complain output "left behind: $(ls -A | tr '\n' ' ')"
umask 077
status 0 "$WYNC" src/app.wyn -o masked
[ "$(stat -c %a masked)" = 700 ] || complain output "umask was ignored: $(stat -c %a masked)"
finish
