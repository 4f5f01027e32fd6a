//! A captured answer, played again: its status, its type and the bytes of its body.

use std::path::Path;

use bytes::Bytes;
use hyper::StatusCode;

/// The longest piece in which a body goes out that has no pieces of its own.
const PIECE: usize = 16 << 10;

/// An answer that was captured.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Played {
    pub(super) status: StatusCode,
    pub(super) kind: String,
    pub(super) pieces: Vec<Bytes>,
}

/// Reads a captured answer: a head and a body, or a body alone. One whose name ends in `.raw.http` kept the framing of
/// its chunks: they go out as they came in.
pub(super) fn read(path: &Path) -> Option<Played> {
    let bytes = Bytes::from(std::fs::read(path).ok()?);
    let (head, body) = if bytes.starts_with(b"HTTP/1.") {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        (bytes.slice(..end), bytes.slice(end + 4..))
    } else {
        (Bytes::from_static(b"HTTP/1.1 200 OK"), bytes)
    };
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    let raw = path.to_string_lossy().ends_with(".raw.http");
    let pieces = if raw { chunks(body)? } else { body.chunks(PIECE).map(Bytes::copy_from_slice).collect() };
    Some(Played { status, kind: kind.unwrap_or("text/event-stream; charset=utf-8").to_owned(), pieces })
}

fn chunks(mut body: Bytes) -> Option<Vec<Bytes>> {
    let mut chunks = Vec::new();
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(chunks);
        }
        chunks.push(body.slice(end + 2..end + 2 + length));
        body = body.slice(end + 4 + length..);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_chunks_are_taken_off() {
        let dir = tempfile::tempdir().unwrap();
        let cases = [
            ("a.http", "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}", 404, vec!["{}"]),
            ("b.txt", "data: a\n\n", 200, vec!["data: a\n\n"]),
            ("c.raw.http", "HTTP/1.1 200 OK\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200, vec!["abc", "de"]),
            ("d.http", "HTTP/1.1 200 OK\r\n\r\n", 200, vec![]),
        ];
        for (name, text, status, pieces) in cases {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            let played = read(&path).unwrap();
            assert_eq!(
                (played.status.as_u16(), played.pieces),
                (status, pieces.into_iter().map(Bytes::from).collect())
            );
        }
        assert_eq!(read(&dir.path().join("none")), None);
    }
}
