# Which arrays push without a lock: those that nothing but one run of their function can see.
cat >"$TMP/own.wyn" <<'END'
struct Box { xs: [int] }
fn fill(xs: [int]) -> int {
    xs.push(1)
    return xs.len()
}
fn same(xs: [int]) -> [int] {
    ys = xs
    return ys
}
fn store(b: Box, xs: [int]) -> Box => Box { xs: xs }
fn work(n: int) -> int => n
fn total(xs: [int]) -> int => xs.sum()
fn local(n: int) -> int {
    tasks = []
    for i in 0..n { tasks.push(spawn work(i)) }
    var s = 0
    for v in await_all(tasks) { s += v }
    return s
}
fn built(n: int) -> [int] {
    xs = [1]
    for i in 0..n { xs.push(i) }
    return xs
}
fn named(n: int) -> int {
    xs = [i for i in 0..n]
    ys = xs
    ys.push(2)
    return ys.pop() + xs.len()
}
fn lent(n: int) -> int {
    xs = [n]
    xs.push(n)
    return total(xs) + fill(xs)
}
fn given(xs: [int]) { xs.push(1) }
fn passed_back(n: int) -> int {
    xs = [n]
    ys = same(xs)
    f = spawn total(ys)
    xs.push(n)
    return await f
}
fn spawned(n: int) -> int {
    xs = [n]
    f = spawn total(xs)
    xs.push(n)
    return await f
}
fn stored(n: int) -> int {
    xs = [n]
    b = store(Box { xs: [] }, xs)
    xs.push(n)
    return b.xs.len()
}
fn captured(n: int) -> int {
    xs = [n]
    add = (v: int) => xs.push(v)
    add(1)
    xs.push(n)
    return xs.len()
}
fn nested(n: int) -> int {
    xs = [n]
    rows = [[0]]
    rows.push(xs)
    xs.push(n)
    return rows.len()
}
fn assigned(n: int) -> int {
    var xs = [n]
    if n > 3 { xs = built(n) }
    xs.push(n)
    return xs.len()
}
fn main() {
    given([])
    println(local(3) + built(3).len() + named(3) + lent(3) + passed_back(3) + spawned(3))
    println(stored(3) + captured(3) + nested(3) + assigned(3))
}
END
"$WYNC" --dump=c --no-line "$TMP/own.wyn" >"$TMP/own.c" || exit 1
body() { sed -n "/^static [^;]* \**w_$1(.*{\$/,/^}/p" "$TMP/own.c"; }
fails=0
for f in local built named lent; do
    body $f | grep -q push_own || { echo "$f: takes a lock"; fails=1; }
    body $f | grep 'array_push' | grep -qv push_own && { echo "$f: takes a lock somewhere"; fails=1; }
done
for f in given fill passed_back spawned stored captured assigned; do
    body $f | grep -q 'push' || { echo "$f: has no push"; fails=1; }
    body $f | grep -q push_own && { echo "$f: takes no lock"; fails=1; }
done
[ "$(body nested | grep -c push_own)" = 1 ] || { echo "nested: only rows are its own"; fails=1; }
"$WYNC" run "$TMP/own.wyn" >"$TMP/out" || fails=1
printf '33\n9\n' | diff - "$TMP/out" || fails=1
exit $fails
