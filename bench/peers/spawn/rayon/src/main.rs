// Fork and join on rayon; THREADS says with how many threads.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

#[path = "../../measure.rs"]
mod measure;
use measure::*;

fn flat(n: usize) -> u64 {
    let mut results = vec![0u64; n];
    rayon::scope(|s| {
        for (i, r) in results.iter_mut().enumerate() {
            s.spawn(move |_| *r = 3 * i as u64 + 1);
        }
    });
    results.iter().sum()
}

fn alloc(n: usize) -> u64 {
    let mut results: Vec<Option<Box<(u64, u64)>>> = (0..n).map(|_| None).collect();
    rayon::scope(|s| {
        for (i, r) in results.iter_mut().enumerate() {
            s.spawn(move |_| *r = Some(Box::new((3 * i as u64, 1))));
        }
    });
    results.iter().map(|p| p.as_ref().unwrap()).map(|p| p.0 + p.1).sum()
}

fn forget(n: usize) -> u64 {
    let left = AtomicUsize::new(n);
    rayon::scope(|s| {
        for _ in 0..n {
            s.spawn(|_| {
                left.fetch_sub(1, Ordering::AcqRel);
            });
        }
    });
    (n - left.load(Ordering::Acquire)) as u64
}

fn fib(n: usize) -> u64 {
    if n < 2 {
        return n as u64;
    }
    let (a, b) = rayon::join(|| fib(n - 1), || fib(n - 2));
    a + b
}

fn skynet(num: u64, size: u64) -> u64 {
    if size == 1 {
        return num;
    }
    let mut results = [0u64; 10];
    rayon::scope(|s| {
        for (i, r) in results.iter_mut().enumerate() {
            s.spawn(move |_| *r = skynet(num + i as u64 * (size / 10), size / 10));
        }
    });
    results.iter().sum()
}

fn queens(n: usize, columns: u32, left: u32, right: u32, row: usize) -> u64 {
    if row == n {
        return 1;
    }
    let mut results = [0u64; 32];
    rayon::scope(|s| {
        let mut free = ((1 << n) - 1) & !(columns | left | right);
        for r in results.iter_mut() {
            if free == 0 {
                break;
            }
            let bit = free & free.wrapping_neg();
            free -= bit;
            s.spawn(move |_| {
                *r = queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1)
            });
        }
    });
    results.iter().sum()
}

fn times(items: usize, rounds: usize, f: impl Fn() -> u64 + Sync) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads()).build().unwrap();
    let (mut spent, mut result) = (vec![], 0);
    for _ in 0..rounds {
        let start = Instant::now();
        result = pool.install(&f);
        spent.push(start.elapsed().as_nanos());
    }
    print_times(result, items, spent);
}

fn main() {
    let (n, rounds) = (arg(2), arg(3));
    match std::env::args().nth(1).unwrap().as_str() {
        "flat" => times(n, rounds, || flat(n)),
        "alloc" => times(n, rounds, || alloc(n)),
        "forget" => times(n, rounds, || forget(n)),
        "fib" => times(fib_spawns(n), rounds, || fib(n)),
        "skynet" => times((n * 10 - 1) / 9, rounds, || skynet(0, n as u64)),
        "queens" => times(boards(n, 0, 0, 0, 0), rounds, || queens(n, 0, 0, 0, 0)),
        _ => std::process::exit(2),
    }
}
