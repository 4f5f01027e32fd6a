//! Server-sent events, from bytes as they come, by the WHATWG text: linear in time and with a cap.
//!
//! Bytes are split into lines first and decoded line by line, so that a character cut in two by the network
//! stays whole, and bytes that are no UTF-8 spoil one line instead of the stream.

use std::borrow::Cow;

/// The longest frame taken; media may come inside one.
pub(super) const FRAME_CAP: usize = 8 << 20;
/// The longest stream taken.
pub(super) const STREAM_CAP: u64 = 256 << 20;

/// What a stream brings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Item {
    /// A line that only keeps the connection alive.
    Comment,
    /// An event, its data maybe empty.
    Frame {
        /// The `event:` field, empty where there is none.
        event: String,
        /// The `data:` lines, joined by line feeds.
        data: String,
        /// Some of its bytes are no UTF-8, and were replaced.
        spoiled: bool,
    },
}

/// More than the caps allow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum TooMuch {
    /// One frame over [`FRAME_CAP`].
    #[error("a frame over 8 MiB")]
    Frame,
    /// All of it over [`STREAM_CAP`].
    #[error("a stream over 256 MiB")]
    Stream,
}

/// The decoder: bytes in, items out.
#[derive(Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    after_cr: bool,
    past_start: bool,
    event: String,
    data: Option<String>,
    spoiled: bool,
    total: u64,
}

impl Decoder {
    /// Takes the next bytes and hands on every item that they complete.
    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut impl FnMut(Item)) -> Result<(), TooMuch> {
        self.total += bytes.len() as u64;
        if self.total > STREAM_CAP {
            return Err(TooMuch::Stream);
        }
        while !bytes.is_empty() {
            // The second half of a CR LF, maybe in another piece than its first.
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r'));
            self.line.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > FRAME_CAP {
                return Err(TooMuch::Frame);
            }
            let Some(end) = end else { return Ok(()) };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.finish_line(out);
        }
        Ok(())
    }

    /// The end of the bytes: a last block that lacks its blank line.
    pub(super) fn finish(mut self, out: &mut impl FnMut(Item)) {
        if !self.line.is_empty() {
            self.finish_line(out);
        }
        self.finish_block(out);
    }

    fn finish_line(&mut self, out: &mut impl FnMut(Item)) {
        let bytes = std::mem::take(&mut self.line);
        let mut line = &bytes[..];
        if !std::mem::replace(&mut self.past_start, true) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            self.finish_block(out);
        } else if line[0] == b':' {
            out(Item::Comment);
        } else {
            let text = String::from_utf8_lossy(line);
            self.spoiled |= matches!(text, Cow::Owned(_));
            self.field(&text);
        }
        self.line = bytes;
        self.line.clear();
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match (name, &mut self.data) {
            ("data", Some(data)) => {
                data.push('\n');
                data.push_str(value);
            }
            ("data", none) => *none = Some(value.to_owned()),
            ("event", _) => value.clone_into(&mut self.event),
            _ => {}
        }
    }

    fn finish_block(&mut self, out: &mut impl FnMut(Item)) {
        let (event, spoiled) = (std::mem::take(&mut self.event), std::mem::take(&mut self.spoiled));
        match self.data.take() {
            Some(data) => out(Item::Frame { event, data, spoiled }),
            // `event: heartbeat` comes without data, and is a frame all the same: a code behind it is not the first.
            None if !event.is_empty() => out(Item::Frame { event, data: String::new(), spoiled }),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn decode(pieces: &[&[u8]]) -> Result<Vec<String>, TooMuch> {
        let (mut decoder, mut items) = (Decoder::default(), Vec::new());
        let mut take = |item| {
            items.push(match item {
                Item::Comment => ":".to_owned(),
                Item::Frame { data, spoiled: true, .. } => format!("!{data}"),
                Item::Frame { event, data, .. } if event.is_empty() => data,
                Item::Frame { event, data, .. } => format!("{event}={data}"),
            });
        };
        for piece in pieces {
            decoder.push(piece, &mut take)?;
        }
        decoder.finish(&mut take);
        Ok(items)
    }

    /// Each row whole, a byte at a time, and in pieces of three.
    #[test]
    fn blocks_by_the_rule() {
        let table: &[(&[u8], &[&str])] = &[
            (b"", &[]),
            (b"\n\n\n", &[]),
            (b"data: a\n\ndata: b\n\n", &["a", "b"]),
            (b"data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
            (b"data: a\r\rdata: b\r\r", &["a", "b"]),
            (b"data: a\r\n\ndata: b\n\r\n", &["a", "b"]),
            (b"\xEF\xBB\xBFdata: a\n\n", &["a"]),
            (b"data: \xEF\xBB\xBFa\n\n", &["\u{feff}a"]),
            (b"data:a\ndata:  b\ndata\n\n", &["a\n b\n"]),
            (b"data:\n\n", &[""]),
            (b": hello\n\ndata: a\n\n", &[":", "a"]),
            (b"event: heartbeat\n\n", &["heartbeat="]),
            (b": a\n: b\n\n\n", &[":", ":"]),
            (b"event\n\ndata: a\n\n", &["a"]),
            (b"event: x\nevent: y\ndata: a\n\ndata: b\n\n", &["y=a", "b"]),
            (b"data: a\ndata: b\r\ndata: c\rdata: d\n\n", &["a\nb\nc\nd"]),
            (b"data: a\r\n\rdata: b\n\r\n\r", &["a", "b"]),
            (b"data : a\nDATA: b\n data: c\n\ndata: d\n\n", &["d"]),
            (b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\ndata: b\n\n", &["b"]),
            (b"\xEF\xBB\xBF\r\ndata: a\r\n\r\n", &["a"]),
            (b"\xEF\xBB\xBF: a\n\n", &[":"]),
            (b"data: a\0b\n\nid: \0\ndata: c\n\n", &["a\0b", "c"]),
            (b"data: \xe0\xa6\n\ndata: b\n\n", &["!\u{fffd}", "b"]),
            (b": \xff\n\ndata: b\n\n", &[":", "b"]),
            (b"data: {\ndata: \xff}\n\ndata: b\n\n", &["!{\n\u{fffd}}", "b"]),
            (b"event: heartbeat\ndata: {}\n\ndata: a\n\n", &["heartbeat={}", "a"]),
            (b"id: 7\nretry: 10\nodd\n\ndata: a\n\n", &["a"]),
            (b"data: a\n\ndata: last", &["a", "last"]),
            (b"data: a\n\ndata: last\n", &["a", "last"]),
            ("data: বাংলা 🎬 \u{2028}\u{85}\u{7f}\n\n".as_bytes(), &["বাংলা 🎬 \u{2028}\u{85}\u{7f}"]),
            (b"data: \xff\xfe{\n\ndata: b\n\n", &["!\u{fffd}\u{fffd}{", "b"]),
        ];
        for (bytes, items) in table {
            let bites: Vec<&[u8]> = bytes.chunks(1).collect();
            let threes: Vec<&[u8]> = bytes.chunks(3).collect();
            for pieces in [&[*bytes][..], &bites, &threes] {
                assert_eq!(decode(pieces).unwrap(), *items, "{:?}", String::from_utf8_lossy(bytes));
            }
        }
    }

    #[test]
    fn a_frame_without_end_stops_at_the_cap() {
        let piece = vec![b'x'; 1 << 16];
        let mut pieces: Vec<&[u8]> = vec![b"data: "];
        pieces.resize(130, &piece);
        assert_eq!(decode(&pieces), Err(TooMuch::Frame));

        let mut line = b"data: ".to_vec();
        line.resize(1 << 16, b'x');
        line.push(b'\n');
        assert_eq!(decode(&vec![&line[..]; 130]), Err(TooMuch::Frame));
    }

    #[test]
    fn a_stream_without_end_stops_at_the_cap() {
        let mut decoder = Decoder { total: STREAM_CAP - 3, ..Decoder::default() };
        assert_eq!(decoder.push(b"\n\n\n", &mut |_| ()), Ok(()));
        assert_eq!(decoder.push(b"\n", &mut |_| ()), Err(TooMuch::Stream));
    }

    /// A decoder that looks at its buffer again for each piece needs minutes for this.
    #[test]
    fn long_lines_in_small_pieces_take_linear_time() {
        let long = vec![b'x'; 4 << 20];
        let mut pieces: Vec<&[u8]> = vec![b"data: "];
        pieces.extend(long.chunks(64));
        let start = Instant::now();
        assert_eq!(decode(&pieces).unwrap()[0].len(), 4 << 20);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
