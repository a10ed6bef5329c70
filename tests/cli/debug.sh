# -g: gdb stops at Wyn lines, steps them, shows Wyn variables; the optimised program has lines too.
. "$ROOT/tests/cli/common"
command -v gdb >/dev/null || { echo "gdb is not installed"; exit 0; }
cat >g.wyn <<'END'
fn double(n: int) -> int {
    m = n * 2
    return m
}
fn main() {
    x = double(21)
    println(x)
}
END
status 0 "$WYNC" -g g.wyn
status 0 gdb -nx -batch -ex 'break g.wyn:2' -ex run -ex bt -ex next -ex 'info locals' ./g
case $out in *"n=21"*"g.wyn:2"*"g.wyn:6"*"return m"*"m = 42"*) ;; *) complain debug "gdb said: $out" ;; esac
status 0 "$WYNC" g.wyn
status 0 gdb -nx -batch -ex 'info line g.wyn:7' ./g
case $out in *"Line 7 of "*"g.wyn"*) ;; *) complain debug "gdb said: $out" ;; esac
finish
