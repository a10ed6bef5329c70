// measure.rs - what the Rust programs here share: times, and the lines that bench/spawn/run reads.
// A program is called as: program BENCH ARGUMENT... ROUNDS.

pub fn arg(k: usize) -> usize {
    std::env::args().nth(k).unwrap().parse().unwrap()
}

pub fn threads() -> usize {
    std::env::var("THREADS").ok().and_then(|v| v.parse().ok()).unwrap_or(2)
}

pub fn print_times(result: u64, items: usize, mut spent: Vec<u128>) {
    spent.sort();
    println!("result {result}\ntime {items} {} {}", spent[0], spent[spent.len() / 2]);
}

/// The number of calls of fib that have something to spawn.
pub fn fib_spawns(n: usize) -> usize {
    let (mut a, mut b) = (0, 1);
    for _ in 0..=n {
        (a, b) = (b, a + b);
    }
    a - 1
}

/// The number of boards that the search for n queens visits.
pub fn boards(n: usize, columns: u32, left: u32, right: u32, row: usize) -> usize {
    let mut s = 1;
    if row == n {
        return s;
    }
    let mut free = ((1 << n) - 1) & !(columns | left | right);
    while free != 0 {
        let bit = free & free.wrapping_neg();
        free -= bit;
        s += boards(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1);
    }
    s
}
