//! Bodies: what comes in, counted and breakable, and what goes out, whole, cut or dripping.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, BodyStream, Full, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};

use crate::sandbox::Sandbox;
use crate::wire::{Conn, End};

/// What goes out.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A whole body.
pub(crate) fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// A body that comes in pieces.
pub(crate) fn pieces(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    StreamBody::new(pieces.map(|piece| piece.map(Frame::data))).boxed_unsync()
}

/// A body sent without telling its length first.
pub(crate) fn streamed(body: Body) -> Body {
    pieces(data_of(body))
}

fn data_of(body: Body) -> impl Stream<Item = io::Result<Bytes>> + Send {
    BodyStream::new(body)
        .filter_map(|frame| std::future::ready(frame.map(|frame| frame.into_data().ok()).transpose()))
}

/// The body's first `bytes`, then the end of the connection.
pub(crate) fn cut(body: Body, bytes: u64, conn: Arc<Conn>, how: End) -> Body {
    let inside = Box::pin(data_of(body));
    pieces(stream::unfold((inside, bytes, conn), move |(mut inside, left, conn)| async move {
        if left > 0
            && let Some(piece) = inside.next().await
        {
            let Ok(mut piece) = piece else { conn.end_here(how).await };
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let left = left - piece.len() as u64;
            return Some((Ok(piece), (inside, left, conn)));
        }
        conn.written().await;
        conn.end_here(how).await
    }))
}

/// The body byte by byte, with a pause before each.
pub(crate) fn drip(body: Body, pause: Duration) -> Body {
    let inside = Box::pin(data_of(body));
    pieces(stream::unfold((inside, Bytes::new()), move |(mut inside, mut rest)| async move {
        while rest.is_empty() {
            match inside.next().await? {
                Ok(piece) => rest = piece,
                Err(error) => return Some((Err(error), (inside, rest))),
            }
        }
        tokio::time::sleep(pause).await;
        let first = rest.split_to(1);
        Some((Ok(first), (inside, rest)))
    }))
}

/// Why a request's body couldn't be read whole.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The client broke off.
    Broken,
    /// It is longer than what this call takes.
    TooLong,
}

/// A request's body: counts what came, and breaks the connection at a fault's place.
pub(crate) struct Inflow {
    incoming: Incoming,
    conn: Arc<Conn>,
    sandbox: Arc<Sandbox>,
    /// What it is the body of, in the world's words.
    label: &'static str,
    reset_at: Option<u64>,
    /// Bytes read so far.
    read: u64,
    /// Whether an end by the sandbox itself must not be told as one by the client.
    ours: bool,
}

impl Inflow {
    /// The body of a request, with the byte after which the connection is reset.
    pub(crate) fn new(
        incoming: Incoming,
        conn: &Arc<Conn>,
        sandbox: &Arc<Sandbox>,
        label: &'static str,
        reset_at: Option<u64>,
    ) -> Self {
        let (conn, sandbox) = (Arc::clone(conn), Arc::clone(sandbox));
        Self { incoming, conn, sandbox, label, reset_at, read: 0, ours: false }
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, hyper::Error>> {
        loop {
            self.reset_if_due().await;
            match self.incoming.frame().await?.map(Frame::into_data) {
                Ok(Ok(piece)) => {
                    self.read += piece.len() as u64;
                    self.reset_if_due().await;
                    return Some(Ok(piece));
                }
                Ok(Err(_trailers)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Resets the connection, and never returns, once so much was read as the fault wants.
    async fn reset_if_due(&mut self) {
        if let Some(at) = self.reset_at.filter(|at| self.read >= *at) {
            (self.ours, self.read) = (true, at);
            self.conn.end_here(End::Reset).await;
        }
    }

    /// All of it, at most `cap` bytes.
    pub(crate) async fn whole(&mut self, cap: usize) -> Result<Bytes, Unread> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece.map_err(|_| Unread::Broken)?;
            if all.len() + piece.len() > cap {
                return Err(Unread::TooLong);
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Reads what is left and forgets it.
    pub(crate) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.next().await {}
    }

    /// Whether nothing is left to read.
    pub(crate) fn at_end(&self) -> bool {
        self.incoming.is_end_stream()
    }
}

impl Drop for Inflow {
    /// A client that breaks off takes the handler with it, so this is the one place that sees every end.
    fn drop(&mut self) {
        let mut world = self.sandbox.world();
        world.received(self.label, self.read);
        if !self.ours && !self.incoming.is_end_stream() {
            world.violation(
                "broken body",
                format!("{}: the client ended after {} bytes", self.label, self.read),
            );
        }
    }
}
