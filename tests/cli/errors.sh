# Wrong usage and a wrong environment end with 1 and say why; stages have their own status.
. "$ROOT/tests/cli/common"
status 1 "$WYNC"
said "wync FILE"
status 1 "$WYNC" missing.wyn
said "No such file"
status 1 "$WYNC" run missing.wyn
status 1 "$WYNC" check missing.wyn
status 1 "$WYNC" chekc
said "did you mean 'check'"
status 1 "$WYNC" --lnit x.wyn
said "did you mean '--lint'"
status 1 "$WYNC" --cc=tcc x.wyn
said "gcc|clang"
status 1 "$WYNC" --dump=asm x.wyn
status 1 "$WYNC" -o
said "needs"
status 1 "$WYNC" run
status 1 "$WYNC" check .
said "directory"
status 1 "$WYNC" explain E9999
mkdir folder.wyn
status 1 "$WYNC" folder.wyn
said "is a directory"
status 1 "$WYNC" run folder.wyn
echo 'println(1)' >one.wyn
status 1 "$WYNC" one.wyn two.wyn
status 1 "$WYNC" check one.wyn two
if [ "$(id -u)" != 0 ]; then
    cp one.wyn secret.wyn
    chmod 0 secret.wyn
    status 1 "$WYNC" secret.wyn
    said "Permission denied"
fi
status 1 env PATH=/nowhere "$WYNC" one.wyn
said "cannot start the C compiler 'gcc'"
echo 'x = "open' >lex.wyn
echo 'x = (1 + ' >parse.wyn
echo 'println(nothing_here)' >sem.wyn
status 2 "$WYNC" lex.wyn
status 3 "$WYNC" check parse.wyn
status 4 "$WYNC" sem.wyn
status 4 "$WYNC" --lint check sem.wyn
said "sem.wyn:1:9"
said "Error[E0301]"
said "sem.wyn:1:9"
status 4 "$WYNC" run sem.wyn
said "semantic"
printf 'extern fn no_such_thing(x: int) -> int\nprintln(no_such_thing(1))\n' >ext.wyn
status 5 "$WYNC" ext.wyn
said "extern function 'no_such_thing'"
status 4 "$WYNC" check --error-format=json sem.wyn
said '"code":"E0301"'
said '"line":1,"column":9'
[ -z "$out" ] || complain json "diagnostics on stdout: $out"
[ ! -e sem ] || complain output "a failed compilation wrote a program"
status 0 "$WYNC" -O0 run one.wyn
[ "$out" = 1 ] || complain order "options before the command: $out"
finish
