// files par|spawn FOLDER ROUNDS: the peer of bench/files/files.wyn, with rayon: a parallel iterator
// over the files, or a task spawned for each.
use rayon::prelude::*;
use serde::Deserialize;
use std::sync::Mutex;

#[derive(Deserialize)]
#[allow(dead_code)]
struct Item {
    name: String,
    price: f64,
    count: i64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Order {
    id: i64,
    customer: String,
    paid: bool,
    items: Vec<Item>,
    tags: Vec<String>,
}

fn one(path: &str) -> (usize, f64) {
    let order: Order = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    (order.items.len(), order.items.iter().map(|i| i.price * i.count as f64).sum())
}

fn add(a: (usize, f64), b: (usize, f64)) -> (usize, f64) {
    (a.0 + b.0, a.1 + b.1)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let rounds: usize = args[3].parse().unwrap();
    let dir = &args[2];
    let mut best = f64::MAX;
    let mut got = (0, 0.0);
    for _ in 0..rounds {
        let start = std::time::Instant::now();
        got = if args[1] == "spawn" {
            let parts = Mutex::new(vec![(0, 0.0); 10000]);
            rayon::scope(|s| {
                for id in 0..10000 {
                    let parts = &parts;
                    s.spawn(move |_| {
                        let part = one(&format!("{dir}/{id}.json"));
                        parts.lock().unwrap()[id] = part;
                    });
                }
            });
            parts.into_inner().unwrap().into_iter().fold((0, 0.0), add)
        } else {
            (0..10000)
                .into_par_iter()
                .map(|id| one(&format!("{dir}/{id}.json")))
                .reduce(|| (0, 0.0), add)
        };
        best = best.min(start.elapsed().as_secs_f64() * 1000.0);
    }
    println!("{best:.2} {}:{:.0}", got.0, got.1);
}
