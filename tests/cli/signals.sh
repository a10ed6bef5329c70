# The collector reaches every thread: workers that a thread with blocked signals has started, and
# threads that are in the handler of a signal.
. "$ROOT/tests/cli/common"
cat >main.wyn <<'WYN'
fn churn(n: int) -> int {
    var total = 0
    for i in 0..n { total += "${i}".len() }
    return total
}
fn main() {
    var tasks: [Future<string>] = []
    for i in 0..4 { tasks.push(spawn Net.resolve("localhost")) }
    println(await_all(tasks).len())
    var work: [Future<int>] = []
    for i in 0..8 { work.push(spawn churn(20000)) }
    println(await_all(work).len())
}
WYN
status 0 "$WYNC" build main.wyn -o main
for workers in 2 4 8; do
    status 0 env WYN_GC_EVERY=1 WYN_WORKERS=$workers timeout 60 ./main
    printed '4
8'
done
status 0 "$WYNC" build "$ROOT/tests/lang/net/signals.wyn" -o signals
for round in 1 2 3 4 5; do
    status 0 env WYN_GC_EVERY=1 WYN_WORKERS=4 timeout 60 ./signals
done
finish
