# What the compiler knows of functions: may it wait for another task, spin, call itself?
. "$ROOT/tests/cli/common"
cat >e.wyn <<'END'
trait Shape {
    fn area(self) -> int
    fn draw(self)
}
struct Square { side: int }
impl Shape for Square {
    fn area(self) -> int => self.side
    fn draw(self) { sleep(1) }
}
struct Slow { a: int }
impl Slow {
    fn to_string(self) -> string {
        sleep(1)
        return "t"
    }
}
fn pure(n: int) -> int => n < 2 ? n : pure(n - 1) + pure(n - 2)
fn even(n: int) -> bool => n == 0 ? true : odd(n - 1)
fn odd(n: int) -> bool => n == 0 ? false : even(n - 1)
fn receives(c: Channel<int>) -> int => c.recv()
fn calls_it(c: Channel<int>) -> int => receives(c) + 1
fn asks(c: Channel<int>) -> int => c.try_recv() ?? 0
fn counts(xs: [int]) -> int {
    var i = 0
    var s = 0
    while i < xs.len() {
        s += xs[i]
        i += 1
    }
    for x in xs { s += x }
    return s
}
fn skips(xs: [int]) {
    var i = 0
    while i < xs.len() {
        if xs[i] == 0 { continue }
        i += 1
    }
}
fn spins(s: Shared) { while Shared.get(s) == 0 { } }
fn quiet_value(f: fn(int) -> int, n: int) -> int => f(n)
fn slow_value(f: fn(float) -> int, n: float) -> int => f(n)
fn area_of(s: Shape) -> int => s.area()
fn draws(s: Shape) { s.draw() }
fn defers() {
    defer sleep(1)
    println("x")
}
fn prints(ts: [Slow]) { println("${ts}") }
fn prints_fast(ts: [Square]) { println("${ts}") }
fn reads() -> string => File.read("x")
fn each(xs: [int]) -> [int] => xs.map(|x| x + 1)
fn spawns() { spawn sleep(1) }
fn joins(n: int) -> int {
    if n < 2 { return n }
    a = spawn joins(n - 1)
    b = joins(n - 2)
    return await a + b
}
fn joins_all(n: int) -> int {
    fs = []
    for i in 0..n { fs.push(spawn pure(i)) }
    var s = 0
    for f in fs { s += await f }
    return s
}
fn main() {
    c = channel(1)
    println(pure(3) + counts([1]) + calls_it(c) + asks(c) + area_of(Square { side: 1 }))
    println("${even(3)} ${reads()} ${each([1])}")
    skips([1])
    spins(Shared.new(1))
    println(quiet_value(|x| x + 1, 2) + slow_value(|x| c.recv(), 2.0))
    draws(Square { side: 1 })
    defers()
    spawns()
    println(joins(3) + joins_all(3))
    prints([Slow { a: 1 }])
    prints_fast([Square { side: 1 }])
}
END
status 0 "$WYNC" --dump=ir e.wyn
has() { # function, effects
    line=$(printf '%s\n' "$out" | sed -n "s/^fn $1#[0-9]*(.*) -> [^ ]*//p")
    [ "$line" = "$2" ] || complain "$1" "effects are '$line', not '$2'"
}
has pure " recursive"
has even " recursive"
has odd " recursive"
has receives " waits"
has calls_it " waits"
has asks ""
has counts ""
has skips " spins"
has spins " spins"
has quiet_value " calm"
has slow_value " waits"
has area_of " calm"
has draws " waits"
has defers " waits"
has prints " waits"
has prints_fast ""
has reads " waits"
has each ""
has joins " recursive forks"
has joins_all " forks"
has spawns " forks"
has main " waits spins forks"
finish
