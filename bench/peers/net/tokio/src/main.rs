// Echo server for bench/net/run: net echo PORT.
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn serve(mut c: tokio::net::TcpStream) {
    c.set_nodelay(true).unwrap();
    let mut buf = vec![0u8; 65536];
    while let Ok(n) = c.read(&mut buf).await {
        if n == 0 || c.write_all(&buf[..n]).await.is_err() {
            return;
        }
    }
}

fn main() {
    let port = std::env::args().nth(2).unwrap();
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let l = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
        loop {
            let (c, _) = l.accept().await.unwrap();
            tokio::spawn(serve(c));
        }
    });
}
