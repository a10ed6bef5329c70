// HTTP server for bench/net/run: net_hyper http PORT. Answers every request with a short text.
use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Request, Response, Server};
use std::convert::Infallible;

async fn hello(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let answer = Response::builder().header("Content-Type", "text/plain");
    Ok(answer.body(Body::from("hello\n")).unwrap())
}

fn main() {
    let port: u16 = std::env::args().nth(2).unwrap().parse().unwrap();
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let make = make_service_fn(|_| async { Ok::<_, Infallible>(service_fn(hello)) });
        Server::bind(&([127, 0, 0, 1], port).into()).tcp_nodelay(true).serve(make).await.unwrap();
    });
}
