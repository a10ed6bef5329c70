# Memory for stacks ends with a message, wherever it ends, and never with a crash.
. "$ROOT/tests/cli/common"
case $WYNC in */build/san/*) finish ;; esac # the checker needs all address space itself
cat >many.wyn <<'END'
fn wait(c: Channel<int>) -> int { return c.recv() }
fn main() {
    c = channel(0)
    tasks = []
    for i in 0..300000 {
        tasks.push(spawn wait(c))
        if i % 100 == 0 { Task.yield() }
    }
    for i in 0..300000 { c.send(1) }
    var s = 0
    for v in await_all(tasks) { s += v }
    println(s)
}
END
cat >deep.wyn <<'END'
fn depth(n: int) -> int {
    if n == 0 { return 1 }
    return (depth(n - 1) * 3 + n) % 1000003
}
fn main() {
    t = spawn depth(100000000)
    println(t.result())
    println(await spawn depth(1000))
}
END
status 0 "$WYNC" build many.wyn -o many
status 0 "$WYNC" build deep.wyn -o deep
status 0 ./many
printed 300000
limited() { # kB of address space, status, program
    status "$2" sh -c "ulimit -v $1; exec ./$3"
}
limited 500000 101 many
said 'no memory for ' # a stack, or a thread that starts at that moment
limited 300000 0 deep
printed 'Err("stack overflow (recursion too deep?)")
377628'

# Many that are deep at the same time: the values and the panics run out of memory as well.
cat >both.wyn <<'END'
fn depth(n: int) -> int {
    if n == 0 {
        Time.sleep(20)
        return 1
    }
    return depth(n - 1) + "${n}".len()
}
fn main() {
    tasks = []
    for i in 0..4000 { tasks.push(spawn depth(2000)) }
    for t in tasks { await t }
}
END
status 0 "$WYNC" build both.wyn -o both
for workers in 2 8; do
    export WYN_WORKERS=$workers
    for kilobytes in 80000 200000; do
        limited $kilobytes 101 both
        case $err in
        *'memory to report'*) complain "?" "the panic itself overflows" ;;
        *'no memory for '* | *'out of memory'* | *'stack overflow'*) ;;
        *) complain "?" "stderr '$err' says nothing of memory" ;;
        esac
    done
done
unset WYN_WORKERS

# The rounds of a parallel for use lambdas of a task whose stack is elsewhere meanwhile.
cat >rounds.wyn <<'END'
fn mapped(k: int) -> int {
    var total = 0
    for v in [1, 2, 3, 4, 5, 6, 7, 8].par_map((x) => {
        Time.sleep(x % 3)
        return x * k
    }) { total += v }
    return total
}
fn looped(k: int) -> int {
    const f = (x: int) => x * k
    const total = Shared.new(0)
    parallel for x in 1..9 {
        Time.sleep(x % 3)
        const g = (y: int) => f(y) + 1
        total.add(g(x))
    }
    return total.get()
}
fn main() {
    var tasks: [Future<int>] = []
    for i in 0..200 { tasks.push(i % 2 == 0 ? spawn mapped(i) : spawn looped(i)) }
    var total = 0
    for v in await_all(tasks) { total += v }
    println(total)
}
END
status 0 "$WYNC" build rounds.wyn -o rounds
for workers in 1 2 8; do
    status 0 env WYN_STACKS=4 WYN_WORKERS=$workers timeout 60 ./rounds
    printed 717200
done
finish
