//! One connection's socket, made so that a fault can break it at a chosen place.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;

/// How a connection is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Closed in order: the other side reads an end.
    Close,
    /// Reset: the other side reads an error.
    Reset,
}

/// What a handler may do to its connection.
pub(crate) struct Conn {
    ended: CancellationToken,
    reset: AtomicBool,
    writes_left: AtomicU64,
    /// Whether the last write found the socket full.
    full: AtomicBool,
    requests: AtomicU64,
    /// Bytes that go out before hyper's own, and how often; a flood need not be held in memory.
    first: Mutex<Option<(Bytes, u64)>>,
    pause: Mutex<Option<Duration>>,
}

impl Conn {
    /// A connection nothing was done to yet.
    pub(crate) fn new() -> Self {
        Self {
            ended: CancellationToken::new(),
            reset: AtomicBool::new(false),
            writes_left: AtomicU64::new(u64::MAX),
            full: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            first: Mutex::new(None),
            pause: Mutex::new(None),
        }
    }

    /// Breaks the connection now.
    pub(crate) fn end(&self, how: End) {
        self.reset.store(how == End::Reset, Ordering::SeqCst);
        self.ended.cancel();
    }

    /// Breaks the connection now, and never returns: its task is dropped.
    pub(crate) async fn end_here(&self, how: End) -> ! {
        self.end(how);
        std::future::pending().await
    }

    /// Lets so many bytes out, then breaks the connection.
    pub(crate) fn end_after(&self, bytes: u64, how: End) {
        self.reset.store(how == End::Reset, Ordering::SeqCst);
        self.writes_left.store(bytes, Ordering::SeqCst);
    }

    /// Puts these bytes, so many times, before what hyper writes next.
    pub(crate) fn write_first(&self, bytes: Bytes, times: u64) {
        *lock(&self.first) = Some((bytes, times));
    }

    /// From now on lets out one byte at a time, with that pause before each.
    pub(crate) fn write_slowly(&self, pause: Duration) {
        *lock(&self.pause) = Some(pause);
    }

    /// Returns once the connection is broken.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Returns once what a body has given out before is on its way. hyper writes all it has when a body makes it wait,
    /// unless the socket is full.
    pub(crate) async fn written(&self) {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            if !self.full.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    /// Counts a request and says how many came before it.
    pub(crate) fn count(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::SeqCst)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The socket as hyper sees it.
pub(crate) struct Wire {
    stream: TcpStream,
    conn: Arc<Conn>,
    /// What is left of a copy of the bytes that go first.
    rest: Bytes,
    resting: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, conn: Arc<Conn>) -> Self {
        Self { stream, conn, rest: Bytes::new(), resting: None }
    }

    /// Writes what goes before hyper's own bytes.
    fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.rest.is_empty() {
                let mut first = lock(&self.conn.first);
                match first.as_mut() {
                    Some((bytes, times)) if *times > 0 => {
                        *times -= 1;
                        self.rest = bytes.clone();
                    }
                    _ => return Poll::Ready(Ok(())),
                }
            }
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.rest))?;
            self.rest = self.rest.slice(written..);
        }
    }

    /// Waits for the pause between two bytes, where there is one.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let Some(pause) = *lock(&self.conn.pause) else { return Poll::Ready(false) };
        let resting = self.resting.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
        ready!(resting.as_mut().poll(cx));
        self.resting = None;
        Poll::Ready(true)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.conn.reset.load(Ordering::SeqCst) {
            // A socket that lingers for no time answers its close with RST.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_first(cx))?;
        let slow = ready!(self.poll_pause(cx));
        let left = self.conn.writes_left.load(Ordering::SeqCst);
        if left == 0 {
            self.conn.ended.cancel();
            return Poll::Pending;
        }
        let most = if slow { 1 } else { from.len() };
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(most);
        let written = Pin::new(&mut self.stream).poll_write(cx, &from[..take]);
        self.conn.full.store(written.is_pending(), Ordering::SeqCst);
        let written = ready!(written)?;
        if left != u64::MAX {
            self.conn.writes_left.fetch_sub(written as u64, Ordering::SeqCst);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
