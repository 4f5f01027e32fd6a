//! Nasty answers as they are made: what stands in place of a call's own answer, and what is done to one.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{Response, StatusCode};

use crate::answer::{self, Answer};
use crate::body;
use crate::faults::Nasty;
use crate::wire::{Conn, End};

/// Bytes that a long answer is made in at a time.
const PIECE: usize = 64 << 10;
/// One early hint, as it goes over the wire.
const HINT: &[u8] = b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n";

/// What stands in place of the call's own answer; `None` where that is only changed.
pub(crate) fn in_place(nasty: &Nasty) -> Option<Answer> {
    Some(match nasty {
        Nasty::Bare(status) => {
            let mut answer = Response::new(body::full(""));
            *answer.status_mut() = *status;
            answer
        }
        Nasty::Huge(size) => {
            let head = Bytes::from_static(br#"{"code":0,"data":{"state":{"x":""#);
            long("application/json", head, Bytes::from(vec![b'x'; PIECE]), *size, br#""}}}"#)
        }
        Nasty::Deep(depth) => {
            let (open, close) = ("[".repeat(*depth), "]".repeat(*depth));
            let text = format!(r#"{{"code":0,"data":{{"available":1,"state":{{"draft":{open}1{close}}}}}}}"#);
            answer::spelled(StatusCode::OK, text)
        }
        Nasty::Bomb(size) => bomb(*size),
        _ => return None,
    })
}

/// Makes the call's own answer nasty.
pub(crate) async fn spoil(nasty: &Nasty, conn: &Arc<Conn>, mut own: Answer) -> Answer {
    match nasty {
        Nasty::Length(by) => of_another_length(own, *by, conn).await,
        Nasty::Truncate(percent) => {
            let (head, inside) = own.into_parts();
            let mut all = whole(inside).await;
            let keep = all.len() as u64 * percent / 100;
            all.truncate(usize::try_from(keep).unwrap_or(usize::MAX));
            Response::from_parts(head, body::full(all))
        }
        Nasty::BigHeader(size) => {
            let value = HeaderValue::from_bytes(&vec![b'x'; *size]);
            own.headers_mut().insert("x-big", value.unwrap_or(HeaderValue::from_static("x")));
            own
        }
        Nasty::Headers(count) => {
            for n in 0..*count {
                if let Ok(name) = HeaderName::from_bytes(format!("x-{n}").as_bytes()) {
                    own.headers_mut().insert(name, HeaderValue::from_static("x"));
                }
            }
            own
        }
        Nasty::Cookie(cookie) => {
            if let Ok(value) = HeaderValue::from_str(cookie) {
                own.headers_mut().insert(SET_COOKIE, value);
            }
            own
        }
        Nasty::Hints(count) => {
            conn.write_first(Bytes::from_static(HINT), count.unwrap_or(u64::MAX));
            own
        }
        Nasty::Loris(pause) => {
            conn.write_slowly(*pause);
            own
        }
        _ => own,
    }
}

async fn whole(inside: body::Body) -> Vec<u8> {
    inside.collect().await.map(|all| all.to_bytes().to_vec()).unwrap_or_default()
}

/// All of the answer under a length that is not its own, then the end of the connection. The answer is spelled by hand:
/// hyper would not lie.
async fn of_another_length(own: Answer, by: i64, conn: &Arc<Conn>) -> Answer {
    let (head, inside) = own.into_parts();
    let all = whole(inside).await;
    let length = (all.len() as u64).saturating_add_signed(by);
    let mut bytes = format!(
        "HTTP/1.1 {} OK\r\ncontent-type: application/json\r\n{CONTENT_LENGTH}: {length}\r\n\r\n",
        head.status.as_u16()
    )
    .into_bytes();
    bytes.extend_from_slice(&all);
    conn.write_first(bytes.into(), 1);
    conn.end_after(0, End::Close);
    let mut nothing = Response::new(body::full(""));
    nothing.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    nothing
}

/// A long answer: a head, the same piece over and over, a tail.
fn long(kind: &'static str, head: Bytes, piece: Bytes, size: Option<u64>, tail: &'static [u8]) -> Answer {
    let left = size.unwrap_or(u64::MAX);
    let middle = stream::unfold(left, move |left| {
        let mut piece = piece.clone();
        piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let left = left - piece.len() as u64;
        std::future::ready((!piece.is_empty()).then_some((Ok::<_, io::Error>(piece), left)))
    });
    let first = stream::iter([Ok(head)]);
    let last = stream::iter([Ok(Bytes::from_static(tail))]);
    let mut answer = answer::whole(StatusCode::OK, kind, "");
    *answer.body_mut() = body::pieces(first.chain(middle).chain(last));
    answer
}

/// A gzip stream of zeros that unpacks to about that many bytes, 165 times its own length. One block with the fixed
/// codes: a literal zero, then matches of 258 bytes at distance 1, 13 bits each, so that eight of them are 13 bytes.
fn bomb(size: u64) -> Answer {
    let mut bits = Bits::default();
    bits.put(0b1, 1); // the last block
    bits.put(0b01, 2); // with the fixed codes
    bits.code(0b0011_0000, 8); // a literal zero
    let mut once = bits.clone();
    // Bytes that are complete after a first match of eight repeat themselves from there on.
    let period = |bits: &mut Bits| (0..8).for_each(|_| bits.matched());
    period(&mut once);
    let start = once.bytes.len();
    period(&mut once);
    let piece = once.bytes[start..].to_vec();
    let mut head = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    head.extend_from_slice(&once.bytes[..start]);
    let packed = size / (8 * 258) * piece.len() as u64;
    let pieces = PIECE / piece.len();
    let mut answer = long("application/json", head.into(), piece.repeat(pieces).into(), Some(packed), b"");
    answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

/// Bits from the lowest of each byte on, as deflate wants them.
#[derive(Clone, Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.open |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.open.to_le_bytes()[0]);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    /// A Huffman code: its highest bit comes first.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    /// 258 bytes from one byte back: length symbol 285, distance symbol 0.
    fn matched(&mut self) {
        self.code(0b1100_0101, 8);
        self.code(0, 5);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bomb is real: what it holds unpacks to zeros.
    #[tokio::test]
    async fn a_bomb_is_a_gzip_stream() {
        let packed = whole(bomb(3_000_000).into_body()).await;
        assert!(packed.len() < 3_000_000 / 150, "{}", packed.len());
        let mut gunzip = std::process::Command::new("gzip")
            .arg("-dc")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut gunzip.stdin.take().unwrap(), &packed).unwrap();
        let out = gunzip.wait_with_output().unwrap().stdout;
        // Its end is missing, so that the last of it may not come out.
        assert!(out.len() > 2_000_000 && out.iter().all(|byte| *byte == 0), "{}", out.len());
    }
}
