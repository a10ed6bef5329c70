// Tasks and channels on tokio; THREADS says with how many threads. tokio has no channel without
// buffer and none with several receivers: mpmc uses async-channel, capacity 0 is left out.
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, Mutex, Notify};

#[path = "../../measure.rs"]
mod measure;
use measure::*;

type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

async fn flat(n: u64) -> u64 {
    let tasks: Vec<_> = (0..n).map(|i| tokio::spawn(async move { 3 * i + 1 })).collect();
    let mut s = 0;
    for t in tasks {
        s += t.await.unwrap();
    }
    s
}

async fn alloc(n: u64) -> u64 {
    let tasks: Vec<_> = (0..n).map(|i| tokio::spawn(async move { Box::new((3 * i, 1)) })).collect();
    let mut s = 0;
    for t in tasks {
        let p = t.await.unwrap();
        s += p.0 + p.1;
    }
    s
}

async fn forget(n: usize) -> u64 {
    let left = Arc::new((AtomicUsize::new(n), Notify::new()));
    for _ in 0..n {
        let left = left.clone();
        tokio::spawn(async move {
            if left.0.fetch_sub(1, Ordering::AcqRel) == 1 {
                left.1.notify_one();
            }
        });
    }
    left.1.notified().await;
    n as u64
}

fn fib(n: u64) -> Boxed {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        let x = tokio::spawn(fib(n - 1));
        let y = fib(n - 2).await;
        x.await.unwrap() + y
    })
}

fn skynet(num: u64, size: u64) -> Boxed {
    Box::pin(async move {
        if size == 1 {
            return num;
        }
        let part = size / 10;
        let tasks: Vec<_> = (0..10).map(|i| tokio::spawn(skynet(num + i * part, part))).collect();
        let mut s = 0;
        for t in tasks {
            s += t.await.unwrap();
        }
        s
    })
}

fn queens(n: usize, columns: u32, left: u32, right: u32, row: usize) -> Boxed {
    Box::pin(async move {
        if row == n {
            return 1;
        }
        let mut tasks = vec![];
        let mut free = ((1 << n) - 1) & !(columns | left | right);
        while free != 0 {
            let bit = free & free.wrapping_neg();
            free -= bit;
            let next = queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1);
            tasks.push(tokio::spawn(next));
        }
        let mut s = 0;
        for t in tasks {
            s += t.await.unwrap();
        }
        s
    })
}

async fn pingpong(capacity: usize, n: u64) -> u64 {
    let (a_send, mut a) = mpsc::channel::<u64>(capacity);
    let (b_send, mut b) = mpsc::channel::<u64>(capacity);
    tokio::spawn(async move {
        for _ in 0..n {
            let v = a.recv().await.unwrap();
            b_send.send(v + 1).await.unwrap();
        }
    });
    let mut x = 0;
    for _ in 0..n {
        a_send.send(x).await.unwrap();
        x = b.recv().await.unwrap();
    }
    x
}

async fn mpmc(capacity: usize, n: u64) -> u64 {
    let (send, recv) = async_channel::bounded::<u64>(capacity);
    for i in 0..4 {
        let send = send.clone();
        tokio::spawn(async move {
            for k in n / 4 * i..n / 4 * (i + 1) {
                send.send(k).await.unwrap();
            }
        });
    }
    drop(send);
    let sums: Vec<_> = (0..4)
        .map(|_| {
            let recv = recv.clone();
            tokio::spawn(async move {
                let mut s = 0;
                while let Ok(v) = recv.recv().await {
                    s += v;
                }
                s
            })
        })
        .collect();
    let mut s = 0;
    for t in sums {
        s += t.await.unwrap();
    }
    s
}

async fn consume(mut c: mpsc::Receiver<u64>) -> u64 {
    let mut s = 0;
    while let Some(v) = c.recv().await {
        s += v;
    }
    s
}

async fn streams(count: usize, n: usize) -> u64 {
    let mut sums = vec![];
    for _ in 0..count {
        let (send, recv) = mpsc::channel(128);
        for _ in 0..10 {
            let send = send.clone();
            tokio::spawn(async move {
                for _ in 0..n / 10 {
                    send.send(1).await.unwrap();
                }
            });
        }
        sums.push(tokio::spawn(consume(recv)));
    }
    let mut s = 0;
    for t in sums {
        s += t.await.unwrap();
    }
    s
}

async fn ring(size: usize, turns: usize) -> u64 {
    let (first, mut last) = mpsc::channel::<u64>(1);
    for _ in 1..size {
        let (send, recv) = mpsc::channel::<u64>(1);
        let mut from = std::mem::replace(&mut last, recv);
        tokio::spawn(async move {
            for _ in 0..turns {
                let v = from.recv().await.unwrap();
                send.send(v + 1).await.unwrap();
            }
        });
    }
    let mut x = 0;
    for _ in 0..turns {
        first.send(x + 1).await.unwrap();
        x = last.recv().await.unwrap();
    }
    x
}

// The nearest thing to a channel without buffer is one with one place.
async fn selects(n: u64) -> u64 {
    let mut cs: Vec<_> = (0..8)
        .map(|_| {
            let (send, recv) = mpsc::channel::<u64>(1);
            tokio::spawn(async move {
                for k in 0..n / 8 {
                    send.send(k).await.unwrap();
                }
            });
            recv
        })
        .collect();
    let [a, b, c, d, e, f, g, h] = &mut cs[..] else { unreachable!() };
    let mut s = 0;
    for _ in 0..n / 8 * 8 {
        s += tokio::select! {
            Some(v) = a.recv() => v,
            Some(v) = b.recv() => v,
            Some(v) = c.recv() => v,
            Some(v) = d.recv() => v,
            Some(v) = e.recv() => v,
            Some(v) = f.recv() => v,
            Some(v) = g.recv() => v,
            Some(v) = h.recv() => v,
            else => unreachable!(),
        };
    }
    s
}

async fn mutex(n: usize) -> u64 {
    let m = Arc::new(Mutex::new(0));
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let m = m.clone();
            tokio::spawn(async move {
                for _ in 0..n / 100 {
                    *m.lock().await += 1;
                }
            })
        })
        .collect();
    for t in tasks {
        t.await.unwrap();
    }
    let v = *m.lock().await;
    v
}

async fn pipeline(n: u64) -> u64 {
    let (first, mut last) = mpsc::channel::<u64>(128);
    tokio::spawn(async move {
        for i in 0..n {
            first.send(i).await.unwrap();
        }
    });
    for _ in 0..5 {
        let (send, recv) = mpsc::channel::<u64>(128);
        let mut from = std::mem::replace(&mut last, recv);
        tokio::spawn(async move {
            while let Some(v) = from.recv().await {
                send.send(v + 1).await.unwrap();
            }
        });
    }
    consume(last).await
}

/// Memory of this process now, in bytes, with what the kernel needs for its page tables.
fn memory() -> i64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let lines = text.lines().filter(|l| l.starts_with("VmRSS:") || l.starts_with("VmPTE:"));
    let kb = |l: &str| l.split_whitespace().nth(1).unwrap().parse::<i64>().unwrap();
    lines.map(kb).sum::<i64>() * 1024
}

async fn park(n: usize) {
    let (before, start) = (memory(), Instant::now());
    let (mut gates, mut tasks) = (Vec::with_capacity(n), Vec::with_capacity(n));
    let ready = Arc::new((AtomicUsize::new(n), Notify::new()));
    for _ in 0..n {
        let (send, recv) = oneshot::channel::<u64>();
        let ready = ready.clone();
        gates.push(send);
        tasks.push(tokio::spawn(async move {
            if ready.0.fetch_sub(1, Ordering::AcqRel) == 1 {
                ready.1.notify_one();
            }
            recv.await.unwrap()
        }));
    }
    ready.1.notified().await;
    let parked = start.elapsed();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let bytes = (memory() - before) / n as i64;
    let release = Instant::now();
    for (i, g) in gates.into_iter().enumerate() {
        g.send(i as u64).unwrap();
    }
    let mut s = 0;
    for t in tasks {
        s += t.await.unwrap();
    }
    let released = release.elapsed();
    print_times(s, n, vec![(parked + released).as_nanos()]);
    let (p, r) = (parked.as_millis(), released.as_millis());
    println!("note {bytes} B each, parked in {p} ms, released in {r} ms");
}

async fn timers(n: u64) {
    let (before, start) = (memory(), Instant::now());
    let nap = |ms| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        ms
    };
    let tasks: Vec<_> = (0..n).map(|i| tokio::spawn(nap(500 + i * 7919 % 200))).collect();
    tokio::time::sleep(Duration::from_millis(450).saturating_sub(start.elapsed())).await;
    let bytes = (memory() - before) / n as i64;
    let mut s = 0;
    for t in tasks {
        s += t.await.unwrap();
    }
    print_times(s, n as usize, vec![start.elapsed().as_nanos().saturating_sub(699_000_000)]);
    println!("note {bytes} B each");
}

fn times<F: Future<Output = u64> + Send + 'static>(items: usize, rounds: usize, f: impl Fn() -> F) {
    let (mut spent, mut result) = (vec![], 0);
    let rt = runtime();
    for _ in 0..rounds {
        let start = Instant::now();
        result = rt.block_on(rt.spawn(f())).unwrap();
        spent.push(start.elapsed().as_nanos());
    }
    print_times(result, items, spent);
}

fn runtime() -> tokio::runtime::Runtime {
    let mut b = tokio::runtime::Builder::new_multi_thread();
    b.worker_threads(threads()).enable_all().build().unwrap()
}

fn main() {
    let n = arg(2);
    let m = n as u64;
    match std::env::args().nth(1).unwrap().as_str() {
        "flat" => times(n, arg(3), || flat(m)),
        "alloc" => times(n, arg(3), || alloc(m)),
        "forget" => times(n, arg(3), || forget(n)),
        "fib" => times(fib_spawns(n), arg(3), || fib(m)),
        "skynet" => times((n * 10 - 1) / 9, arg(3), || skynet(0, m)),
        "queens" => times(boards(n, 0, 0, 0, 0), arg(3), || queens(n, 0, 0, 0, 0)),
        "pingpong" if n > 0 => times(arg(3), arg(4), || pingpong(n, arg(3) as u64)),
        "mpmc" if n > 0 => times(arg(3), arg(4), || mpmc(n, arg(3) as u64)),
        "streams" => times(n * arg(3), arg(4), || streams(n, arg(3))),
        "ring" => times(n * arg(3), arg(4), || ring(n, arg(3))),
        "select" => times(n, arg(3), || selects(m)),
        "mutex" => times(n, arg(3), || mutex(n)),
        "pipeline" => times(n, arg(3), || pipeline(m)),
        "park" => runtime().block_on(async { tokio::spawn(park(n)).await.unwrap() }),
        "timers" => runtime().block_on(async { tokio::spawn(timers(m)).await.unwrap() }),
        _ => std::process::exit(2),
    }
}
