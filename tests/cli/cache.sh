# A cached program is used only while everything that it was made from is unchanged.
. "$ROOT/tests/cli/common"
printf 'import m\nprintln(m.f())\n' >main.wyn
printf 'pub fn f() -> int { return 1 }\n' >m.wyn
status 0 "$WYNC" run main.wyn
printed 1
status 0 "$WYNC" run main.wyn
printed 1
[ -n "$(ls "$XDG_CACHE_HOME/wyn"/*.bin)" ] || complain cache "nothing was stored"
# a changed import of the same size and time
touch -r m.wyn stamp
printf 'pub fn f() -> int { return 2 }\n' >m.wyn
touch -r stamp m.wyn
status 0 "$WYNC" run main.wyn
printed 2
# a module that now comes first in the search path
mkdir sub
printf 'import q\nprintln(q.f())\n' >sub/main.wyn
mkdir -p sub/packages
printf 'pub fn f() -> int { return 10 }\n' >sub/packages/q.wyn
status 0 "$WYNC" run sub/main.wyn
printed 10
printf 'pub fn f() -> int { return 20 }\n' >sub/q.wyn
status 0 "$WYNC" run sub/main.wyn
printed 20
# flags are part of the request
printf 'x = 9223372036854775807\ny = x + 1\nprintln(y < 0)\n' >flag.wyn
status 0 "$WYNC" run flag.wyn
printed true
status 101 "$WYNC" run --check=overflow flag.wyn
status 0 "$WYNC" run flag.wyn
printed true
# warnings are shown again
printf 'fn main() {\n    unused = 1\n    println("w")\n}\n' >warn.wyn
status 0 "$WYNC" run warn.wyn
said W0001
status 0 "$WYNC" run warn.wyn
said W0001
# a damaged cache, a foreign one, one that cannot be written, none at all
for f in "$XDG_CACHE_HOME"/wyn/*.list; do echo rubbish >"$f"; done
status 0 "$WYNC" run main.wyn
printed 2
rm "$XDG_CACHE_HOME"/wyn/*.bin
status 0 "$WYNC" run main.wyn
printed 2
chmod 777 "$XDG_CACHE_HOME/wyn"
status 0 "$WYNC" run main.wyn
printed 2
status 0 env XDG_CACHE_HOME=/proc/nowhere "$WYNC" run main.wyn
printed 2
status 0 env -u XDG_CACHE_HOME -u HOME "$WYNC" run main.wyn
printed 2
# two at once
rm -rf "$XDG_CACHE_HOME"
for i in 1 2 3 4; do "$WYNC" run main.wyn >"$TMP/par$i" 2>&1 & done
wait
[ "$(cat "$TMP"/par?)" = "$(printf '2\n2\n2\n2')" ] || complain cache "several at once: $(cat "$TMP"/par?)"
[ "$(stat -c %a "$XDG_CACHE_HOME/wyn")" = 700 ] || complain cache "the folder is open to others"
finish
