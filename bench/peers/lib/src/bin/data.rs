// data jsonl|lines|regex FOLDER - the same as bench/data/data.wyn in Rust: rayon with serde_json,
// BufRead, the regex crate.
use rayon::prelude::*;
use serde::Deserialize;
use std::io::BufRead;
use std::time::Instant;

#[derive(Deserialize)]
struct User {
    score: f64,
}
#[derive(Deserialize)]
struct Event<'a> {
    kind: &'a str,
    user: User,
}

fn jsonl(dir: &str) -> String {
    let paths: Vec<_> =
        std::fs::read_dir(dir.to_string() + "/jsonl").unwrap().map(|e| e.unwrap().path()).collect();
    let (lines, sum) = paths
        .par_iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let (mut n, mut s) = (0, 0.0);
            for line in text.lines() {
                let e: Event = serde_json::from_str(line).unwrap();
                n += !e.kind.is_empty() as i64;
                s += e.user.score;
            }
            (n, s)
        })
        .reduce(|| (0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    format!("{}:{:.0}", lines, sum)
}
fn lines(dir: &str) -> String {
    let file = std::fs::File::open(dir.to_string() + "/text").unwrap();
    let (mut n, mut size) = (0, 0);
    for line in std::io::BufReader::new(file).lines() {
        n += 1;
        size += line.unwrap().len();
    }
    format!("{}:{}", n, size)
}
fn count(text: &str, pattern: &str) -> usize {
    regex::Regex::new(pattern).unwrap().find_iter(text).count()
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (what, dir) = (args[1].as_str(), args[2].as_str());
    let text = match what {
        "regex" => std::fs::read_to_string(dir.to_string() + "/text").unwrap(),
        _ => String::new(),
    };
    let start = Instant::now();
    let figure = match what {
        "jsonl" => jsonl(dir),
        "lines" => lines(dir),
        _ => format!("{}:{}", count(&text, "[a-z]+ing"), count(&text, "(buy|share)$|9{3}")),
    };
    println!("{} {} {}", what, start.elapsed().as_millis(), figure);
}
