//! Uploads: one clip into a session, watched for stalls.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, RequestBuilder, Response};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::answer::{Contents, Fields, number_at, object, text_at};
use super::auth::Token;
use super::client::Client;
use super::error::{ApiError, Call, ErrorKind};
use super::http::bearer;
use super::multipart::{Frame, Meter, body};
use crate::crash::{self, Point, Side};
use crate::job::SessionId;

/// A clip to be uploaded.
pub struct UploadFile<S> {
    /// The clip's own name.
    pub name: String,
    /// Its length in bytes; a body of another length breaks the upload off.
    pub len: u64,
    /// Its bytes.
    pub body: S,
    /// Counts the bytes of the clip that were handed to the connection.
    pub progress: Arc<AtomicU64>,
}

/// What the service made of an upload.
#[derive(Clone, PartialEq, Debug)]
pub struct Uploaded {
    /// The files it took.
    pub files: Vec<UploadedFile>,
    /// Whether the session's state already holds them.
    pub state_applied: bool,
}

/// One file that the service took.
#[derive(Clone, PartialEq, Debug)]
pub struct UploadedFile {
    /// The name it goes by there.
    pub filename: Option<String>,
    /// Seconds.
    pub duration: Option<f64>,
    /// Pixels.
    pub width: Option<f64>,
    /// Pixels.
    pub height: Option<f64>,
}

impl Client {
    /// Uploads a clip into a session. Where the token was refused it is renewed already, but the call must be made
    /// again by whoever has the clip: its bytes are used up.
    pub async fn upload<S>(&self, session: &SessionId, file: UploadFile<S>) -> Result<Uploaded, ApiError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let token = self.token().await?;
        self.admit(Call::Upload)?;
        let frame = Frame::new(&file.name, &format!("dakbox-{}", Uuid::new_v4().simple()));
        let meter = Arc::new(Meter::new(file.progress));
        let request = self
            .lanes
            .bulk
            .post(self.options.call(&["api", "upload-video", "nemo_agent", "me", session.as_str()]))
            .header(AUTHORIZATION, bearer(Call::Upload, &token.secret)?)
            .header(CONTENT_TYPE, &frame.content_type)
            .header(CONTENT_LENGTH, frame.length(file.len));
        let bytes = body(frame, file.body, file.len, self.options.upload_limit, meter.clone());
        crash::at(Point::UploadSent, Side::Before);
        let sent = self.send_watched(request.body(Body::wrap_stream(bytes)), file.len, &meter).await;
        crash::at(Point::UploadSent, Side::After);
        let answer = match (sent, meter.fault()) {
            (Ok(response), _) => self.answer_in_time(response).await,
            (Err(_), Some((kind, message))) => Err(ApiError::new(Call::Upload, kind, message)),
            (Err(error), None) => Err(error),
        };
        self.uploaded(answer, &token).await
    }

    /// Has the service fetch what an address leads to into a session; nothing is fetched here. Made once, as the upload
    /// of a clip is, and as long in coming as that: the service has to fetch the clip first.
    pub async fn upload_address(&self, session: &SessionId, address: &str) -> Result<Uploaded, ApiError> {
        let token = self.token().await?;
        self.admit(Call::Upload)?;
        let body = json!({"urls": [address], "source_type": "url"}).to_string();
        let request = self
            .lanes
            .bulk
            .post(self.options.call(&["api", "upload-video", "nemo_agent", "me", session.as_str()]))
            .header(AUTHORIZATION, bearer(Call::Upload, &token.secret)?)
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        let limit = self.options.stall_timeout.max(self.options.call_timeout);
        crash::at(Point::UploadSent, Side::Before);
        let sent = timeout(limit, request.send()).await;
        crash::at(Point::UploadSent, Side::After);
        let answer = match sent {
            Ok(Ok(response)) => self.answer_in_time(response).await,
            Ok(Err(error)) => Err(self.fault(Call::Upload, error)),
            Err(_) => Err(ApiError::new(Call::Upload, ErrorKind::TimedOut, "no whole answer in time")),
        };
        self.uploaded(answer, &token).await
    }

    /// What an upload's answer tells.
    async fn uploaded(
        &self,
        answer: Result<Contents, ApiError>,
        token: &Token,
    ) -> Result<Uploaded, ApiError> {
        match self.heed(Call::Upload, answer) {
            Ok(contents) => read(&contents).ok_or_else(|| self.lacks(Call::Upload, "files", &contents)),
            Err(error) if error.token_refused() => Err(match self.renew(token, error.clone()).await {
                Ok(_) => ApiError { renewed: true, ..error },
                Err(renewal) => renewal,
            }),
            Err(error) => Err(error),
        }
    }

    /// Sends a request and gives up when its bytes don't move. The stack's own timer can't be used: it runs while
    /// a body is being sent, and would end every upload that takes longer.
    async fn send_watched(
        &self,
        request: RequestBuilder,
        len: u64,
        meter: &Meter,
    ) -> Result<Response, ApiError> {
        let stall = self.options.stall_timeout;
        let tick = (stall / 8).clamp(Duration::from_millis(5), Duration::from_secs(1));
        let mut answer = pin!(request.send());
        let mut last = (meter.sent(), Instant::now());
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return answer.map_err(|e| self.fault(Call::Upload, e)),
                () = sleep(tick) => {}
            }
            let sent = meter.sent();
            // Once all is sent the service works on it, and nothing moves until it answers.
            let limit = if sent == len { stall.max(self.options.call_timeout) } else { stall };
            if sent != last.0 {
                last = (sent, Instant::now());
            } else if last.1.elapsed() >= limit {
                let message = format!("nothing moved for {} s, {sent} of {len} bytes sent", limit.as_secs());
                return Err(ApiError::new(Call::Upload, ErrorKind::TimedOut, message));
            }
        }
    }

    async fn answer_in_time(&self, response: Response) -> Result<Contents, ApiError> {
        timeout(self.options.call_timeout, self.contents(Call::Upload, response)).await.unwrap_or_else(|_| {
            Err(ApiError::new(Call::Upload, ErrorKind::TimedOut, "no whole answer in time"))
        })
    }
}

/// What the answer tells; `None` where it speaks of no file at all: then it is in doubt whether one was taken.
fn read(contents: &Contents) -> Option<Uploaded> {
    let data = &contents.data;
    let files = data.get("files").map(|raw| list(raw)).unwrap_or_default();
    let state_applied =
        data.get("session_state_applied").is_some_and(|raw| matches!(raw.get(), "true" | "\"true\""));
    if files.is_empty() && !state_applied {
        return None;
    }
    let file = |f: &Fields| UploadedFile {
        filename: text_at(f, "filename"),
        duration: number_at(f, "duration"),
        width: number_at(f, "width"),
        height: number_at(f, "height"),
    };
    Some(Uploaded { files: files.iter().map(file).collect(), state_applied })
}

/// The files that an answer lists: a list of objects, an object of them by name, or one of them by itself.
fn list(raw: &RawValue) -> Vec<Fields> {
    let objects = |items: Vec<Box<RawValue>>| items.iter().filter_map(|item| object(item.get())).collect();
    if let Ok(items) = serde_json::from_str(raw.get()) {
        return objects(items);
    }
    let Some(fields) = object(raw.get()) else { return Vec::new() };
    if text_at(&fields, "filename").is_some() {
        return vec![fields];
    }
    objects(fields.into_values().collect())
}
