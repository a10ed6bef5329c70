# Which lambdas may live on the stack: those whose callee does not keep them.
. "$ROOT/tests/cli/common"
cat >main.wyn <<'END'
struct Holder { f: fn(int) -> int }
var saved: [fn(int) -> int] = []
fn calls(f: fn(int) -> int) -> int { return f(1) }
fn passes(f: fn(int) -> int) -> int { return calls(f) }
fn again(f: fn(int) -> int, n: int) -> int { return n == 0 ? f(0) : again(f, n - 1) }
fn stores(f: fn(int) -> int) { saved.push(f) }
fn through(f: fn(int) -> int) { stores(f) }
fn gives(f: fn(int) -> int) -> fn(int) -> int { return f }
fn holds(f: fn(int) -> int) -> Holder { return Holder{f: f} }
fn spawns(f: fn(int) -> int) -> int { return await spawn calls(f) }
fn main() {
    k = 10
    stay = calls((s1) => s1 + k) + passes((s2) => s2 + k) + again((s3) => s3 + k, 3)
    mapped = [1].map((s4) => s4 + k)
    now = ((s5) => s5 + k)(1)
    stores((e1) => e1 + k)
    through((e2) => e2 + k)
    held = gives((e3) => e3 + k)(1) + holds((e4) => e4 + k).f(1) + spawns((e5) => e5 + k)
    var named = (e6: int) => e6 + k
    println(stay, mapped, now, held, named(1), [1].par_map((e7) => e7 + k))
}
END
"$WYNC" --dump=tree main.wyn >tree || complain dump "exit status $?"
for p in s1 s2 s3 s4 s5; do
    grep -q "^fn lambda.*($p: int) -> int captures" tree || complain $p "this lambda escapes"
done
for p in e1 e2 e3 e4 e5 e6 e7; do
    grep -q "^fn lambda.*($p: int) -> int escapes captures" tree || complain $p "it does not escape"
done
status 0 "$WYNC" run main.wyn
printed '32 [11] 11 33 11 [11]'
finish
