# Where the system gives no further thread, a program with tasks goes on with those it has.
. "$ROOT/tests/cli/common"
cat >main.wyn <<'END'
fn work(n: int) -> int {
    var s = 0
    for i in 0..n { s = (s * 31 + i) % 1000003 }
    return s
}
fn main() {
    println(await_all([spawn work(100000 + i) for i in 0..20]).len())
    Time.sleep(2)
    total = Shared.new(0)
    scope(timeout: 60000) s {
        parallel for i in 0..1000000 { total.add(1) }
    }
    println(total.get())
}
END
status 0 "$WYNC" build main.wyn -o prog
# the limit does not bind root: as another user, from a folder that that one may enter
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || finish
place=$(mktemp -d /tmp/wyn.XXXXXX)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place" prog && cp prog "$place/prog"
status 0 setpriv --reuid=65534 --regid=65534 --clear-groups \
    sh -c "ulimit -u 1 2>/dev/null || ulimit -p 1; WYN_WORKERS=4 exec $place/prog"
printed '20
1000000'
finish
