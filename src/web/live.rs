//! Streams of what changes on a page: server-sent events, for whoever has it open.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep};

use super::frame::Visitor;
use super::guard::plain;
use super::house::House;
use super::parts::Parts;
use super::tongue::Lang;
use super::{board, health, job};
use crate::job::JobId;

/// Between two looks.
const LOOKS: Duration = Duration::from_secs(1);
/// So long a stream is silent at most: whoever hears nothing for longer knows that it is broken.
const BEAT: Duration = Duration::from_secs(15);
const BEAT_LINE: &str = "event: beat\ndata:\n\n";

/// Which page is open.
#[derive(Deserialize)]
pub(super) struct Of {
    of: String,
}

/// A page whose changes are streamed.
#[derive(Clone, Copy)]
enum Open {
    Board,
    Health,
    Job(JobId),
}

struct Stream {
    house: Arc<House>,
    open: Open,
    lang: Lang,
    /// Whether it has looked before.
    has_begun: bool,
    shown: Option<Arc<Parts>>,
    told: Instant,
    _room: OwnedSemaphorePermit,
}

/// What changes on a page, from now on.
pub(super) async fn events(
    State(house): State<Arc<House>>,
    Query(of): Query<Of>,
    visitor: Visitor,
) -> Response {
    let id = of.of.strip_prefix("job-").and_then(|id| id.parse().ok());
    let open = match (of.of.as_str(), id) {
        ("board", _) => Open::Board,
        ("health", _) => Open::Health,
        (_, Some(id)) => Open::Job(JobId(id)),
        _ => return plain(StatusCode::NOT_FOUND, "There is no such stream."),
    };
    let Ok(room) = Arc::clone(&house.streams).try_acquire_owned() else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "Too many pages are open.");
    };
    let (lang, told) = (visitor.lang, Instant::now());
    let stream = Stream { house, open, lang, has_begun: false, shown: None, told, _room: room };
    let lines = stream::unfold(stream, |mut stream| async move {
        let line = stream.next().await?;
        Some((Ok::<_, Infallible>(line), stream))
    });
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(lines)).into_response()
}

impl Stream {
    /// The next thing to say; nothing where all ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            // Only the very first look comes at once: while none succeeds the next one must wait as well.
            if std::mem::replace(&mut self.has_begun, true) {
                tokio::select! {
                    () = self.house.stop.cancelled() => return None,
                    () = sleep(LOOKS) => {}
                }
            }
            if let Some(line) = self.look().await {
                self.told = Instant::now();
                return Some(line);
            }
            if self.told.elapsed() >= BEAT {
                self.told = Instant::now();
                return Some(BEAT_LINE.to_owned());
            }
        }
    }

    async fn look(&mut self) -> Option<String> {
        let parts = match self.open {
            Open::Board => board::parts(&self.house, self.lang).await,
            Open::Health => health::parts(&self.house, self.lang).await,
            Open::Job(id) => job::parts(&self.house, id, self.lang).await,
        };
        // Where the ledger can't be read for a moment, what is shown stays.
        let parts = parts.ok()?;
        let line = match &self.shown {
            // All of it: between the page and its stream something may have changed.
            None => parts.line_since(&Parts::default()),
            Some(shown) if Arc::ptr_eq(shown, &parts) => None,
            Some(shown) => parts.line_since(shown),
        };
        let first = self.shown.replace(parts).is_none();
        // The first word comes at once, so that the browser knows that it is heard.
        line.or_else(|| first.then(|| BEAT_LINE.to_owned()))
    }
}
