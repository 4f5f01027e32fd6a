//! A clip's bytes on their way out, in large pieces, hashed as they go.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use rustix::io::{ReadWriteFlags, preadv2};

use super::folders::blocking;

/// The largest piece.
const PIECE: usize = 256 << 10;

/// The pieces of a file from its beginning to its end; `seen` is shown each of them in order.
pub(super) fn pieces(
    file: File,
    seen: impl FnMut(&[u8]) + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let pieces = Pieces { file: Arc::new(file), at: 0, given: VecDeque::new(), seen };
    stream::try_unfold(pieces, Pieces::next)
}

struct Pieces<S> {
    file: Arc<File>,
    at: u64,
    /// Buffers that were handed out, the oldest first: to be filled again, because fresh memory costs more than reading.
    given: VecDeque<Bytes>,
    seen: S,
}

impl<S: FnMut(&[u8])> Pieces<S> {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let mut buffer = self.buffer();
        // What was just copied here lies in memory: it is read at once. A thread for each piece costs as much as all else
        // together. What would have to be waited for, or is the end, is read where waiting holds up nobody.
        let cached =
            preadv2(&self.file, &mut [IoSliceMut::new(&mut buffer)], self.at, ReadWriteFlags::NOWAIT);
        let len = match cached {
            Ok(len) if len > 0 => len,
            _ => {
                let (file, at) = (Arc::clone(&self.file), self.at);
                let (back, len) = blocking(move || {
                    let len = file.read_at(&mut buffer, at)?;
                    Ok((buffer, len))
                })
                .await?;
                buffer = back;
                len
            }
        };
        if len == 0 {
            return Ok(None);
        }
        (self.seen)(&buffer[..len]);
        self.at += len as u64;
        let whole = buffer.freeze();
        let piece = whole.slice(..len);
        self.given.push_back(whole);
        Ok(Some((piece, self)))
    }

    /// A buffer that nobody reads any more, or a new one.
    fn buffer(&mut self) -> BytesMut {
        if self.given.front().is_some_and(Bytes::is_unique)
            && let Some(Ok(buffer)) = self.given.pop_front().map(Bytes::try_into_mut)
        {
            return buffer;
        }
        BytesMut::zeroed(PIECE)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::TryStreamExt;
    use tempfile::tempfile;

    use super::*;

    fn file(len: usize) -> (File, Vec<u8>) {
        let bytes: Vec<u8> = (0..len).map(|n| u8::try_from(n / 1000 % 251).unwrap()).collect();
        let file = tempfile().unwrap();
        file.write_all_at(&bytes, 0).unwrap();
        (file, bytes)
    }

    #[tokio::test]
    async fn all_of_a_file_in_order_whoever_holds_its_pieces() {
        for len in [0, 1, PIECE - 1, PIECE, 3 * PIECE + 7] {
            let (file, bytes) = file(len);
            let shown = Arc::new(Mutex::new(Vec::new()));
            let seen = Arc::clone(&shown);
            let sent = pieces(file, move |piece| seen.lock().unwrap().extend_from_slice(piece));
            let held: Vec<Bytes> = sent.try_collect().await.unwrap();
            assert!(held.concat() == bytes && *shown.lock().unwrap() == bytes, "{len}");
            assert!(held.iter().all(|piece| (1..=PIECE).contains(&piece.len())), "{len}");
        }
    }

    #[tokio::test]
    async fn a_file_system_that_can_not_say_what_lies_in_memory() {
        let path = "/proc/version";
        let sent: Vec<Bytes> = pieces(File::open(path).unwrap(), |_| ()).try_collect().await.unwrap();
        assert_eq!(sent.concat(), std::fs::read(path).unwrap());
    }

    #[tokio::test]
    async fn memory_that_nobody_reads_any_more_is_filled_again() {
        let (file, bytes) = file(9 * PIECE);
        let mut pieces = Pieces { file: Arc::new(file), at: 0, given: VecDeque::new(), seen: |_: &[u8]| () };
        let mut last = Bytes::new();
        while let Some((piece, next)) = pieces.next().await.unwrap() {
            assert!(next.given.len() <= 3, "{}", next.given.len());
            (last, pieces) = (piece, next);
            if pieces.at == bytes.len() as u64 {
                break;
            }
        }
        assert_eq!(last, bytes[bytes.len() - last.len()..]);
    }
}
