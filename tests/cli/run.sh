# wync run: arguments, input, status and signals pass through.
. "$ROOT/tests/cli/common"
echo 'exit(7)' >seven.wyn
status 7 "$WYNC" run seven.wyn
status 7 "$WYNC" run seven.wyn
printf 'for a in System.args()[1:] {\n    println("[" + a + "]")\n}\n' >args.wyn
status 0 "$WYNC" run args.wyn -- one 'two words' -- -o '$(x)' ''
printed '[one]
[two words]
[--]
[-o]
[$(x)]
[]'
printf 'println("<" + input_line() + ">")\n' >in.wyn
out=$(echo 'some text' | "$WYNC" run in.wyn)
printed '<some text>'
printf 'xs = [1]\nprintln("before")\nprintln(xs[xs.len()])\n' >panic.wyn
status 101 "$WYNC" run panic.wyn
printed before
said 'panic at panic.wyn:3: array index out of bounds: index 1, length 1'
# from the first plain word on, all is the program's
status 0 "$WYNC" run args.wyn one -o --lint
printed '[one]
[-o]
[--lint]'
# a folder stands for its main.wyn or src/main.wyn, no FILE for the current folder's
mkdir -p app/src empty
echo 'println("main")' >app/src/main.wyn
status 0 "$WYNC" run --release app
printed main
(cd app && status 0 "$WYNC" run && printed main && "$WYNC" check) || complain "?" "main.wyn was not found"
status 1 "$WYNC" run empty
said 'empty is a directory without a main.wyn'
# a file in a folder below imports from the project's root
mkdir -p tests
echo 'pub fn f() -> int { return 5 }' >lib.wyn
printf 'import lib\nprintln(lib.f())\n' >tests/t.wyn
status 4 "$WYNC" run tests/t.wyn
: >wyn.toml
status 0 "$WYNC" run tests/t.wyn
printed 5
rm wyn.toml
# a signal that ends the program is 128 + its number; one sent to wync reaches the program
printf 'println("up")\nwhile true {\n    sleep_ms(20)\n}\n' >loop.wyn
"$WYNC" run loop.wyn >"$TMP/loop.out" 2>&1 &
pid=$!
n=0
while [ ! -s "$TMP/loop.out" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
child=$(cat /proc/$pid/task/$pid/children 2>/dev/null)
kill -TERM $pid
wait $pid
got=$?
[ $got = 143 ] || complain run "SIGTERM gave $got"
[ -z "$child" ] || [ ! -e "/proc/${child% }" ] || complain run "the program still runs"
finish
