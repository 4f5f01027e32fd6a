//! One connection's socket, made so that a fault can break it at a chosen place.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
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

/// The socket as hyper sees it.
pub(crate) struct Wire {
    stream: TcpStream,
    conn: Arc<Conn>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, conn: Arc<Conn>) -> Self {
        Self { stream, conn }
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
        let left = self.conn.writes_left.load(Ordering::SeqCst);
        if left == 0 {
            self.conn.ended.cancel();
            return Poll::Pending;
        }
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(from.len());
        let written = Pin::new(&mut self.stream).poll_write(cx, &from[..take]);
        self.conn.full.store(written.is_pending(), Ordering::SeqCst);
        let written = std::task::ready!(written)?;
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
