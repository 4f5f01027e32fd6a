//! The body of an upload: one file as a part named `files`, exactly as long as announced, at a limited speed.

use std::fmt::Write as _;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::time::{Instant, sleep_until};

use super::error::ErrorKind;

/// The largest piece handed to the connection.
const PIECE: usize = 256 << 10;

/// What is written around a file's bytes.
pub(super) struct Frame {
    /// The value of the request's `Content-Type`.
    pub(super) content_type: String,
    head: Bytes,
    tail: Bytes,
}

impl Frame {
    /// The frame for a file of this name.
    pub(super) fn new(name: &str, boundary: &str) -> Self {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            quoted(name),
            media_type(name),
        );
        Self {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            head: head.into(),
            tail: format!("\r\n--{boundary}--\r\n").into(),
        }
    }

    /// The length of the request's body for a file of `len` bytes.
    pub(super) fn length(&self, len: u64) -> u64 {
        self.head.len() as u64 + len + self.tail.len() as u64
    }
}

/// What the sending side and the body's stream tell each other.
#[derive(Default)]
pub(super) struct Meter {
    sent: Arc<AtomicU64>,
    fault: OnceLock<(ErrorKind, String)>,
}

impl Meter {
    /// A meter that counts in `sent`, from nothing.
    pub(super) fn new(sent: Arc<AtomicU64>) -> Self {
        sent.store(0, Ordering::Relaxed);
        Self { sent, ..Self::default() }
    }

    /// Bytes of the file handed to the connection so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Why the body ended early, if the file is to blame.
    pub(super) fn fault(&self) -> Option<(ErrorKind, String)> {
        self.fault.get().cloned()
    }

    fn fail(&self, kind: ErrorKind, message: String) -> io::Error {
        let error = io::Error::other(message.clone());
        // Only the first fault counts; a body is not read on after it.
        let _ = self.fault.set((kind, message));
        error
    }
}

/// The whole body. It fails, and so breaks the request off, where the file is not `len` bytes long.
pub(super) fn body<S>(
    frame: Frame,
    file: S,
    len: u64,
    limit: u64,
    meter: Arc<Meter>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let pieces =
        Pieces { file: Box::pin(file), rest: Bytes::new(), left: len, pace: Pace::new(limit), meter };
    let middle = stream::unfold(Some(pieces), |pieces| async move {
        let mut pieces = pieces?;
        match pieces.next().await {
            Ok(piece) => piece.map(|piece| (Ok(piece), Some(pieces))),
            Err(error) => Some((Err(error), None)),
        }
    });
    let once = |bytes| stream::iter([Ok(bytes)]);
    once(frame.head).chain(middle).chain(once(frame.tail))
}

struct Pieces<S> {
    file: Pin<Box<S>>,
    rest: Bytes,
    left: u64,
    pace: Pace,
    meter: Arc<Meter>,
}

impl<S: Stream<Item = io::Result<Bytes>>> Pieces<S> {
    /// The next piece; `None` when the file ended just where it should.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.rest.is_empty() {
            match self.file.next().await {
                Some(Ok(bytes)) => self.rest = bytes,
                Some(Err(e)) => return Err(self.meter.fail(ErrorKind::ClipUnreadable, e.to_string())),
                None if self.left == 0 => return Ok(None),
                None => {
                    let message = format!("the clip ended {} bytes early", self.left);
                    return Err(self.meter.fail(ErrorKind::ClipChanged, message));
                }
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(self.pace.piece));
        let len = piece.len() as u64;
        if len > self.left {
            return Err(self.meter.fail(ErrorKind::ClipChanged, "the clip is longer than it was".to_owned()));
        }
        self.left -= len;
        self.pace.wait(len).await;
        self.meter.sent.fetch_add(len, Ordering::Relaxed);
        Ok(Some(piece))
    }
}

/// Keeps a speed: no piece leaves before its time.
struct Pace {
    piece: usize,
    limit: u64,
    next: Option<Instant>,
}

impl Pace {
    /// `limit` in bytes a second, 0 for none. Slow uploads go in small pieces, so that they never seem to stall.
    fn new(limit: u64) -> Self {
        let quarter = usize::try_from(limit / 4).unwrap_or(PIECE);
        Self { piece: if limit == 0 { PIECE } else { quarter.clamp(64, PIECE) }, limit, next: None }
    }

    async fn wait(&mut self, len: u64) {
        if self.limit == 0 {
            return;
        }
        let now = Instant::now();
        let due = self.next.map_or(now, |next| next.max(now));
        sleep_until(due).await;
        let nanos = u128::from(len) * 1_000_000_000 / u128::from(self.limit);
        self.next = Some(due + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)));
    }
}

/// A file's name inside quotes. Quotes and backslashes are escaped as RFC 7578 has it; a line break would begin
/// a header of its own, so that control characters are written as percent signs.
fn quoted(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_ascii_control() => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a name that the service reports is that of an upload, however it unquotes names.
pub fn same_name(uploaded: &str, reported: &str) -> bool {
    let percent = |name: &str| name.replace(|c: char| c.is_ascii_control(), "").replace('"', "%22");
    let bare = |name: &str| quoted(name).replace("\\\"", "\"").replace("\\\\", "\\");
    [uploaded.to_owned(), quoted(uploaded), bare(uploaded), percent(uploaded)].iter().any(|n| n == reported)
}

fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("mp4") => "video/mp4",
        Some("mov") => "video/quicktime",
        Some("avi") => "video/x-msvideo",
        Some("webm") => "video/webm",
        Some("mkv") => "video/x-matroska",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("mp3") => "audio/mpeg",
        Some("wav") => "audio/wav",
        Some("m4a") => "audio/mp4",
        Some("aac") => "audio/aac",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(file: Vec<io::Result<Bytes>>, len: u64) -> (Vec<usize>, Vec<u8>, Option<ErrorKind>) {
        let meter = Arc::new(Meter::default());
        let frame = Frame::new("a.mp4", "B");
        let announced = frame.length(len);
        let mut body = Box::pin(body(frame, stream::iter(file), len, 0, meter.clone()));
        let (mut sizes, mut all) = (Vec::new(), Vec::new());
        while let Some(Ok(piece)) = body.next().await {
            sizes.push(piece.len());
            all.extend_from_slice(&piece);
        }
        assert_eq!(meter.fault().is_none(), all.len() as u64 == announced);
        (sizes, all, meter.fault().map(|(kind, _)| kind))
    }

    #[tokio::test]
    async fn a_file_in_its_frame() {
        let (_, all, fault) = sent(vec![Ok("ab".into()), Ok("".into()), Ok("c".into())], 3).await;
        let text = "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.mp4\"\r\n\
                    Content-Type: video/mp4\r\n\r\nabc\r\n--B--\r\n";
        assert_eq!((String::from_utf8(all).unwrap().as_str(), fault), (text, None));
        let (sizes, ..) = sent(vec![Ok(vec![7; 600_000].into())], 600_000).await;
        assert_eq!(sizes[1..4], [PIECE, PIECE, 600_000 - 2 * PIECE]);
    }

    #[tokio::test]
    async fn a_file_that_is_not_as_announced_breaks_the_request_off() {
        let broken = || Err(io::Error::other("EIO"));
        let table = [
            (vec![Ok("ab".into())], 3, ErrorKind::ClipChanged),
            (vec![], 1, ErrorKind::ClipChanged),
            (vec![Ok("abcd".into())], 3, ErrorKind::ClipChanged),
            (vec![Ok("abc".into()), Ok("d".into())], 3, ErrorKind::ClipChanged),
            (vec![Ok("ab".into()), broken()], 3, ErrorKind::ClipUnreadable),
        ];
        for (file, len, kind) in table {
            assert_eq!(sent(file, len).await.2, Some(kind));
        }
    }

    #[tokio::test]
    async fn a_limit_is_kept() {
        let meter = Arc::new(Meter::default());
        let file = stream::iter([Ok(Bytes::from(vec![0; 2000]))]);
        let start = Instant::now();
        let mut body = Box::pin(body(Frame::new("a", "B"), file, 2000, 4000, meter.clone()));
        while body.next().await.is_some() {}
        let took = start.elapsed().as_secs_f64();
        assert!((0.25..10.0).contains(&took), "{took}");
        assert_eq!(meter.sent(), 2000);
    }

    #[test]
    fn no_name_begins_a_header() {
        let table = [
            ("ক্লিপ 1.mp4", "ক্লিপ 1.mp4"),
            ("a\"b\\c.mp4", "a\\\"b\\\\c.mp4"),
            ("a\r\nX-Evil: 1\0\u{7f}.mp4", "a%0D%0AX-Evil: 1%00%7F.mp4"),
        ];
        for (name, written) in table {
            assert_eq!(quoted(name), written);
            assert!(same_name(name, written) && same_name(name, name));
        }
        assert!(same_name("a\"b.mp4", "a%22b.mp4"));
        assert!(!same_name("a.mp4", "b.mp4"));
    }
}
