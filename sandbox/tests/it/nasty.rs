//! Answers that no good service gives, as they go over the wire.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::http::{LONG, Sandbox, count, faulty, headers};

const BALANCE: &str = "/api/credits/balance/simple";

async fn balance(fault: &str) -> (u16, String, String, bool) {
    let sandbox = Sandbox::start(faulty(&[fault])).await;
    let answer = sandbox.call("GET", BALANCE, "").await;
    (answer.status, answer.head.clone(), answer.text(), answer.whole)
}

/// All that comes back, as it came.
async fn raw(fault: &str) -> String {
    let sandbox = Sandbox::start(faulty(&[fault])).await;
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    let head = format!("GET {BALANCE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", headers());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    timeout(LONG, stream.read_to_string(&mut text)).await.expect("an end").unwrap();
    text
}

#[tokio::test]
async fn answers_are_as_nasty_as_was_asked() {
    let (_, _, own, _) = balance("state:hang").await;
    assert_eq!(balance("credits:bare=204").await.2, "");
    assert_eq!(balance("credits:bare=503").await.0, 503);
    let (status, _, text, whole) = balance("credits:huge=3MB").await;
    assert!(status == 200 && whole && text.len() > 3 << 20 && text.ends_with("xx\"}}}"));
    let (_, _, text, _) = balance("credits:deep=1000").await;
    assert!(text.contains(&"[".repeat(1000)) && text.contains(&"]".repeat(1000)));
    let (_, head, _, _) = balance("credits:bomb=1GB").await;
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let (_, head, text, whole) = balance("credits:length=+10").await;
    assert!(head.contains(&format!("content-length: {}", own.len() + 10)) && text == own && !whole);
    let (_, head, text, _) = balance("credits:length=-10").await;
    assert!(head.contains(&format!("content-length: {}", own.len() - 10)) && text == own, "{text}");
    let (_, _, text, whole) = balance("credits:truncate=50%").await;
    assert!(whole && text == own[..own.len() / 2]);
    let (_, head, _, _) = balance("credits:big-header=1MB").await;
    assert!(head.len() > 1 << 20);
    let (_, head, _, _) = balance("credits:headers=10000").await;
    assert!(head.lines().count() > 10_000);
    let (_, head, text, _) = balance("credits:cookie=a=b; Path=/").await;
    assert!(head.contains("set-cookie: a=b; Path=/") && text == own, "{head}");
    let text = raw("credits:hints=3").await;
    assert!(text.starts_with("HTTP/1.1 103") && text.matches("103 Early Hints").count() == 3);
    assert!(text.contains("HTTP/1.1 200 OK") && text.ends_with(&own));
    let (status, head, _, _) = balance("credits:redirect=308,/elsewhere").await;
    assert!(status == 308 && head.contains("location: /elsewhere"), "{head}");
    let (status, head, _, _) = balance("credits:retry-after=date+90").await;
    assert!(status == 429 && head.contains("retry-after: ") && head.contains(" GMT"), "{head}");
}

#[tokio::test]
async fn what_is_slow_or_endless_takes_its_time() {
    let sandbox = Sandbox::start(faulty(&["credits:loris=1msx1", "credits:huge=endless@2"])).await;
    let begun = Instant::now();
    let answer = sandbox.call("GET", BALANCE, "").await;
    assert!(answer.whole && begun.elapsed() >= Duration::from_millis(150), "{:?}", begun.elapsed());
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    let head = format!("GET {BALANCE} HTTP/1.1\r\nHost: x\r\n{}\r\n", headers());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut much = vec![0; 20 << 20];
    timeout(LONG, stream.read_exact(&mut much)).await.expect("it flows").unwrap();
}

#[tokio::test]
async fn a_connection_used_before_is_closed_at_its_next_request() {
    let sandbox = Sandbox::start(faulty(&["credits:stale"])).await;
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    let head = format!("GET {BALANCE} HTTP/1.1\r\nHost: x\r\n{}\r\n", headers());
    let mut first = [0; 15];
    stream.write_all(head.as_bytes()).await.unwrap();
    timeout(LONG, stream.read_exact(&mut first)).await.expect("an answer").unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    let mut rest = vec![0; 4096];
    let _ = timeout(Duration::from_millis(100), stream.read(&mut rest)).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(timeout(LONG, stream.read(&mut rest)).await.expect("an end").unwrap(), 0);
    let sandbox = Sandbox::start(faulty(&["credits:closex1"])).await;
    let broken = sandbox.try_send("GET", BALANCE, &headers(), b"").await.unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_cookie_sent_back_and_packing_asked_for_are_noted() {
    let sandbox = Sandbox::start(faulty(&[])).await;
    let more = format!("{}Cookie: a=b\r\nAccept-Encoding: gzip\r\n", headers());
    sandbox.send("GET", BALANCE, &more, b"").await;
    let world = sandbox.world().await;
    assert_eq!(count(&world, "violations", "what", "cookie"), 1);
    assert_eq!(count(&world, "violations", "what", "accept-encoding"), 1);
}
