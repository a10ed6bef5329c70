// The work of bench/lib/lib.wyn with Rust's own library; par_sort by rayon.
use rayon::prelude::*;
use std::collections::HashMap;
use std::time::Instant;

fn lap(name: &str, start: Instant, check: i64) {
    println!("{} {} {}", name, start.elapsed().as_micros(), check);
}
fn next(x: i64) -> i64 {
    (x * 1103515245 + 12345) & 2147483647
}
fn numbers(n: usize) -> Vec<i64> {
    let mut xs = Vec::new();
    let mut x = 42;
    for _ in 0..n {
        x = next(x);
        xs.push(x * 2147483648 + next(x));
    }
    xs
}
fn strings() {
    let mut t = Instant::now();
    let mut text = String::new();
    for _ in 0..5000000 {
        text.push_str(std::hint::black_box("piece of text"));
    }
    lap("build_64MB", t, text.len() as i64);
    t = Instant::now();
    let mut parts = Vec::new();
    for _ in 0..5000000 {
        parts.push("piece of text");
    }
    lap("join_64MB", t, parts.concat().len() as i64);
    t = Instant::now();
    let mut grown = String::new();
    for _ in 0..20000 {
        grown = format!("{}{}", grown, "piece of text");
    }
    lap("concat_20000", t, grown.len() as i64);
    t = Instant::now();
    let mut digits = 0;
    for i in 0..5000000 {
        digits += format!("item {} of {}", i, digits & 7).len();
    }
    lap("interpolate_5M", t, digits as i64);
    t = Instant::now();
    let mut total = 0;
    for i in 0..5000000i64 {
        total += i.to_string().parse::<i64>().unwrap();
    }
    lap("int_text_int_5M", t, total);
}
fn texts() {
    let big = "the quick brown fox, jumps over\nthe lazy dog; ".repeat(2170000);
    let mut t = Instant::now();
    let at = |p: Option<usize>| p.map_or(-1, |i| i as i64);
    lap("find_100MB", t, at(big.find("dog; end")) + at(big.rfind("zebra")));
    t = Instant::now();
    lap("count_100MB", t, big.matches("fox").count() as i64);
    t = Instant::now();
    lap("replace_100MB", t, big.replace("lazy", "energetic").len() as i64);
    t = Instant::now();
    lap("upper_100MB", t, big.to_ascii_uppercase().len() as i64);
    t = Instant::now();
    lap("lines_100MB", t, big.lines().collect::<Vec<_>>().len() as i64);
    t = Instant::now();
    lap("lines_loop_100MB", t, big.lines().filter(|l| l.len() > 40).count() as i64);
    t = Instant::now();
    lap("split_100MB", t, big.split(' ').collect::<Vec<_>>().len() as i64);
    t = Instant::now();
    lap("split_loop_100MB", t, big.split(' ').filter(|p| *p == "fox,").count() as i64);
    let small = &big[..10000000];
    t = Instant::now();
    lap("chars_10MB", t, small.chars().filter(|c| *c == 'e').count() as i64);
    t = Instant::now();
    let mut spaces = 0;
    for i in 0..small.len() {
        if small.as_bytes()[i] == b' ' {
            spaces += 1;
        }
    }
    lap("index_10MB", t, spaces);
}
fn sorts() {
    let mut xs = numbers(10000000);
    let mut ys = xs.clone();
    let mut t = Instant::now();
    xs.sort();
    lap("sort_int_10M", t, xs[5000000]);
    t = Instant::now();
    ys.par_sort();
    lap("par_sort_int_10M", t, ys[5000000]);
    let mut names: Vec<String> =
        numbers(1000000).iter().map(|x| format!("name{}", x % 1000003)).collect();
    t = Instant::now();
    names.sort();
    lap("sort_text_1M", t, names[500000].len() as i64);
    let mut fs: Vec<f64> = numbers(3000000).iter().map(|x| *x as f64 / 3.0).collect();
    t = Instant::now();
    fs.sort_by(|a, b| a.partial_cmp(b).unwrap());
    lap("sort_float_3M", t, fs[1500000] as i64);
    let mut zs = numbers(1000000);
    t = Instant::now();
    zs.sort_by(|a, b| (b % 1000).cmp(&(a % 1000)));
    lap("sort_by_1M", t, zs[500000] % 1000);
}
fn maps() {
    let xs = numbers(10000000);
    let mut t = Instant::now();
    let mut m = HashMap::new();
    for x in &xs {
        m.insert(*x, *x);
    }
    lap("map_int_insert_10M", t, m.len() as i64);
    t = Instant::now();
    let mut sum = 0;
    for x in &xs {
        sum += m[x] & 1;
    }
    lap("map_int_find_10M", t, sum);
    let keys: Vec<String> = numbers(1000000).iter().map(|x| format!("key:{}", x)).collect();
    t = Instant::now();
    let mut w = HashMap::new();
    for (i, k) in keys.iter().enumerate() {
        w.insert(k.as_str(), i as i64);
    }
    lap("map_text_insert_1M", t, w.len() as i64);
    t = Instant::now();
    sum = 0;
    for k in &keys {
        sum += w[k.as_str()] & 1;
    }
    lap("map_text_find_1M", t, sum);
    t = Instant::now();
    let mut counts = HashMap::new();
    for x in &xs {
        *counts.entry(x & 1023).or_insert(0) += 1;
    }
    lap("map_count_10M", t, counts[&7]);
}
fn chains() {
    let mut xs: Vec<i64> = Vec::new();
    for i in 0..10000000 {
        xs.push(i);
    }
    let mut t = Instant::now();
    let mut a = 0i64;
    for x in &xs {
        let y = x * 3;
        if y % 2 == 0 {
            a += y;
        }
    }
    lap("loop_10M", t, a);
    t = Instant::now();
    let a: i64 = xs.iter().map(|x| x * 3).filter(|y| y % 2 == 0).sum();
    lap("chain_10M", t, a);
    t = Instant::now();
    lap("reduce_10M", t, xs.iter().fold(0, |s, x| s + x * x));
    t = Instant::now();
    let at = xs.iter().position(|x| *x == 9999999).unwrap() as i64;
    let any = xs.iter().any(|x| *x < 0) as i64;
    lap("any_max_index_10M", t, at + xs.iter().max().unwrap() + any);
}
fn main() {
    strings();
    texts();
    sorts();
    maps();
    chains();
}
