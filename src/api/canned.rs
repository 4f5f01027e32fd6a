//! A server of canned answers on loopback, for tests: it counts connections and keeps every request.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A request as it came.
#[derive(Clone, Default, Debug)]
pub(super) struct Asked {
    /// The number of its connection, from 1.
    pub(super) connection: usize,
    /// Method and path.
    pub(super) what: String,
    /// The lines of its head, lowercase up to the colon.
    pub(super) head: Vec<String>,
    /// Its body, as far as it was read.
    pub(super) body: Vec<u8>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// What happens to the connection after an answer.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Then {
    Keep,
    Close,
    Reset,
    Hang,
}

/// A canned answer.
pub(super) struct Reply {
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
    /// Answer before the body was read.
    pub(super) early: bool,
}

/// A whole answer over a connection that is kept.
pub(super) fn answer(status: u16, head: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{head}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Reply { bytes, then: Then::Keep, early: false }
}

/// Bytes as they are.
pub(super) fn raw(bytes: impl AsRef<[u8]>, then: Then) -> Reply {
    Reply { bytes: bytes.as_ref().to_vec(), then, early: false }
}

/// A stream of events, ended by the end of the connection or left open.
pub(super) fn events(body: &str, then: Then) -> Reply {
    raw(
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{body}"),
        then,
    )
}

type Play = Arc<dyn Fn(usize, &Asked) -> Reply + Send + Sync>;

/// The running server; it ends when it is dropped.
pub(super) struct Canned {
    pub(super) base: String,
    log: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Canned {
    /// Answers each request by `play`, which gets the count of requests before it.
    pub(super) async fn start(play: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (play, kept): (Play, _) = (Arc::new(play), log.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            for connection in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                open.spawn(serve(stream, connection, play.clone(), kept.clone()));
            }
        });
        Self { base, log, _tasks: tasks }
    }

    /// Every request so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// How many requests there were for a path.
    pub(super) fn count(&self, what: &str) -> usize {
        self.asked().iter().filter(|a| a.what.contains(what)).count()
    }
}

async fn serve(mut stream: TcpStream, connection: usize, play: Play, log: Arc<Mutex<Vec<Asked>>>) {
    let mut bytes = Vec::new();
    while let Some(end) = head(&mut stream, &mut bytes).await {
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes.drain(..end + 4);
        let mut lines = text.split("\r\n");
        let what = lines.next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
        let head = lines.map(|line| match line.split_once(':') {
            Some((name, value)) => format!("{}:{value}", name.to_ascii_lowercase()),
            None => line.to_owned(),
        });
        let asked = Asked { connection, what, head: head.collect(), body: Vec::new() };
        let at = {
            let mut log = log.lock().unwrap();
            log.push(asked.clone());
            log.len() - 1
        };
        let reply = play(at, &asked);
        let len = asked.header("content-length").map_or(0, |len| len.parse().unwrap());
        while !reply.early && bytes.len() < len {
            if !matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {
                break;
            }
        }
        log.lock().unwrap()[at].body = bytes.drain(..len.min(bytes.len())).collect();
        let _ = stream.write_all(&reply.bytes).await;
        match reply.then {
            Then::Keep if !reply.early => {}
            Then::Hang => std::future::pending().await,
            Then::Reset => return stream.set_zero_linger().unwrap(),
            Then::Keep | Then::Close => return,
        }
    }
}

async fn head(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            return Some(end);
        }
        if !matches!(stream.read_buf(bytes).await, Ok(1..)) {
            return None;
        }
    }
}
