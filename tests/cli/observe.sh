# Counters, the trace file and the list of abandoned tasks: what the environment asks for.
set -e
cd "$TMP"
cat >main.wyn <<'WYN'
fn work(n: int) -> int {
    t = 0
    for i in 0..n { t += i }
    return t
}
fn pass(source: Channel<int>, to: Channel<int>) {
    for v in source { to.send(v + 1) }
    to.close()
}
fn stuck(ch: Channel<int>) { ch.recv() }
struct Kept { fs: [Future<int>] } // so that they are futures, not scoped tasks
fn main() {
    a = channel(0)
    b = channel(0)
    spawn pass(a, b)
    total = 0
    for i in 0..100 {
        a.send(i)
        total += b.recv()
    }
    a.close()
    k = Kept { fs: [] }
    for i in 0..2000 { k.fs.push(spawn work(i)) }
    for v in await_all(k.fs) { total += v % 2 }
    never = channel(0)
    for i in 0..3 { spawn stuck(never) }
    println(total)
    if System.args().len() > 1 and System.args()[1] == "panic" { panic("over") }
    if System.args().len() > 1 and System.args()[1] == "exit" { exit(7) }
}
WYN
# Reads a whole file as JSON; prints the number of values, fails where it is not JSON.
cat >check.wyn <<'WYN'
fn main() {
    text = File.read(System.args()[1])
    match Json.try_parse(text) {
        Ok(_) => println("json")
        Err(e) => panic(e)
    }
    var begins = 0
    var ends = 0
    for line in text.lines() {
        if line.contains("\"ph\":\"B\"") { begins += 1 }
        if line.contains("\"ph\":\"E\"") { ends += 1 }
    }
    if not (begins == ends and begins > 100) { panic("not the trace that was expected") }
    if not (text.contains("task of main (main.wyn:23)") and text.contains("\"park\"")) { panic("not the trace that was expected") }
    if not (text.contains("\"worker 0\"")) { panic("not the trace that was expected") }
}
WYN
"$WYNC" build main.wyn -o main
"$WYNC" build check.wyn -o check
for workers in 1 2 4; do
    export WYN_WORKERS=$workers
    [ "$(./main 2>err)" = 6050 ] && [ ! -s err ]
    WYN_STATS=1 ./main 2>stats >/dev/null
    grep -q "^wyn: workers      $workers\$" stats
    grep -q '^wyn: spawned      2004$' stats
    parks=$(sed -n 's/^wyn: parks *//p' stats)
    [ "$parks" -ge 100 ]
    for how in '' panic exit; do
        rm -f trace.json
        status=0
        WYN_TRACE=trace.json ./main $how >/dev/null 2>&1 || status=$?
        case $how in '') [ $status = 0 ] ;; panic) [ $status = 101 ] ;; exit) [ $status = 7 ] ;; esac
        [ "$(./check trace.json)" = json ]
    done
    WYN_DEBUG=1 ./main 2>left >/dev/null
    grep -q '^wyn: 3 tasks never ended$' left
    grep -q '^3 tasks wait in recv() on channel 1 of int (capacity 0), stuck (main.wyn:10), spawned in main (main.wyn:26)$' left
    grep -q '^  at stuck (main.wyn:10)$' left
done
# a place where nothing can be written is told, and the program's own status stays
WYN_TRACE=/nowhere/trace.json ./main 2>err >/dev/null
grep -q 'cannot write the trace to /nowhere/trace.json' err
