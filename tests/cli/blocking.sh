# The pool for blocking calls: never more at once than it may, all in turn, and tasks that need none of
# it go on. A helper that does not end in time is given up.
. "$ROOT/tests/cli/common"
cat >main.wyn <<'WYN'
fn call(i: int) -> int {
    Process.exec_capture("echo begin >>log; sleep 0.03; echo end >>log")
    return i
}
fn main() {
    const all = [spawn call(i) for i in 0..9]
    var turns = 0
    while not all.all((f) => f.is_done()) { // beside them
        turns += 1
        Time.sleep(1)
    }
    println(await_all(all).sum(), turns > 3)
}
WYN
status 0 "$WYNC" build main.wyn -o main
for threads in 1 2 4; do
    for workers in 1 4; do
        rm -f log
        status 0 env WYN_BLOCKING_THREADS=$threads WYN_WORKERS=$workers timeout 60 ./main
        printed "36 true"
        most=$(awk '/begin/ { n++; if (n > most) most = n } /end/ { n-- } END { print most }' log)
        [ "$most" -le $threads ] || complain $threads "$most calls at once"
        [ $threads = 1 ] || [ "$most" -gt 1 ] || complain $threads "one call after the other"
    done
done
cat >many.wyn <<'WYN'
fn held(i: int) -> Result<int, string> => File.with_lock("lock", () => {
    Time.sleep(1)
    return i
})
fn main() {
    println(await_all([spawn Net.resolve("localhost") for _ in 0..500]).unique().len())
    const a = [spawn held(i) for i in 0..50]
    println(await_all(a).all((r) => r.is_ok()))
}
WYN
status 0 "$WYNC" build many.wyn -o many
for threads in 1 3; do
    status 0 env WYN_BLOCKING_THREADS=$threads timeout 60 ./many
    printed '1
true'
done

cat >stop.wyn <<'WYN'
fn main() {
    spawn {
        Time.sleep(300) // until it waits
        Signal.raise("TERM")
    }
    println(Signal.shutdown(() => {
        if Args.positional().len() > 0 { Time.sleep(1000000) }
        println("stopped")
    }, within: 50))
}
WYN
status 0 "$WYNC" build stop.wyn -o stop
status 0 timeout 20 ./stop
printed 'stopped
TERM'
status 1 timeout 20 ./stop late
printed ''
finish
