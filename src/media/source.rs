//! Reading at places, with a purse: no file can make a judge read or seek without end.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Why a walk stopped before its end.
#[derive(Debug)]
pub(super) enum Halt {
    /// The file couldn't be read.
    Io(io::Error),
    /// The purse is empty: more parts than are worth looking at.
    Spent,
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How much may be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purse {
    /// Reads, each with its seek.
    pub(super) reads: u32,
    /// Bytes, all reads together.
    pub(super) bytes: u64,
}

impl Purse {
    /// For walking a container's headers: an hour of one-second fragments fits. 1 MiB at most.
    pub(super) const HEADERS: Self = Self { reads: 16_384, bytes: 1 << 20 };
    /// For pictures whose end is only found by going through them (GIF; JPEG with something behind it).
    pub(super) const PICTURE: Self = Self { reads: 16_384, bytes: 16 << 20 };
    /// For looking at a few known places.
    pub(super) const LOOK: Self = Self { reads: 32, bytes: 256 << 10 };
    /// For a fetched film: it lies on our own disk, and is looked at once.
    pub(super) const FILM: Self = Self { reads: 1 << 20, bytes: 64 << 20 };
}

/// A file of a known length, read at places.
#[derive(Debug)]
pub(super) struct Source<'r, R> {
    reader: &'r mut R,
    len: u64,
    purse: Purse,
}

impl<'r, R: Read + Seek> Source<'r, R> {
    pub(super) const fn new(reader: &'r mut R, len: u64, purse: Purse) -> Self {
        Self { reader, len, purse }
    }

    /// The length the file had when the judging began; what grew behind it isn't seen.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// Fills `buf` from `at`, as far as the file goes; says how many bytes that were.
    pub(super) fn read(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Halt> {
        let want = buf.len().min(usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX));
        if want == 0 {
            return Ok(0);
        }
        self.purse.reads = self.purse.reads.checked_sub(1).ok_or(Halt::Spent)?;
        self.purse.bytes = self.purse.bytes.checked_sub(want as u64).ok_or(Halt::Spent)?;
        self.reader.seek(SeekFrom::Start(at))?;
        let mut filled = 0;
        while filled < want {
            match self.reader.read(&mut buf[filled..want]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(filled)
    }

    /// `N` bytes from `at`; `None` where the file ends before.
    pub(super) fn exact<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>, Halt> {
        let mut buf = [0; N];
        Ok((self.read(at, &mut buf)? == N).then_some(buf))
    }

    /// Up to `most` bytes from `at`, never beyond `end`.
    pub(super) fn some(&mut self, at: u64, end: u64, most: usize) -> Result<Vec<u8>, Halt> {
        let want = usize::try_from(end.min(self.len).saturating_sub(at)).unwrap_or(most).min(most);
        let mut buf = vec![0; want];
        let got = self.read(at, &mut buf)?;
        buf.truncate(got);
        Ok(buf)
    }

    /// The bytes from `at` on, one after the other.
    pub(super) const fn bytes(self, at: u64) -> Bytes<'r, R> {
        Bytes { source: self, block: Vec::new(), used: 0, next: at }
    }
}

/// A file read from front to back in blocks.
#[derive(Debug)]
pub(super) struct Bytes<'r, R> {
    source: Source<'r, R>,
    block: Vec<u8>,
    used: usize,
    next: u64,
}

impl<R: Read + Seek> Bytes<'_, R> {
    /// The length of the file.
    pub(super) const fn len(&self) -> u64 {
        self.source.len
    }

    /// Where the next byte stands.
    pub(super) const fn at(&self) -> u64 {
        self.next - (self.block.len() - self.used) as u64
    }

    /// The next byte; `None` at the end of the file.
    pub(super) fn byte(&mut self) -> Result<Option<u8>, Halt> {
        Ok(self.rest()?.first().copied().inspect(|_| self.used += 1))
    }

    /// Goes `count` bytes on, reading none of them that isn't at hand.
    pub(super) fn skip(&mut self, count: u64) {
        let at_hand = (self.block.len() - self.used) as u64;
        if let Some(used) = usize::try_from(count).ok().filter(|_| count <= at_hand) {
            self.used += used;
        } else {
            self.next = self.next.saturating_add(count - at_hand);
            self.used = self.block.len();
        }
    }

    /// Goes on to the next byte that is `wanted`, and past it; false at the end of the file.
    pub(super) fn past(&mut self, wanted: u8) -> Result<bool, Halt> {
        loop {
            let rest = self.rest()?;
            let (len, found) = (rest.len(), rest.iter().position(|b| *b == wanted));
            self.used += found.map_or(len, |at| at + 1);
            if found.is_some() || len == 0 {
                return Ok(found.is_some());
            }
        }
    }

    fn rest(&mut self) -> Result<&[u8], Halt> {
        if self.used == self.block.len() {
            self.block = self.source.some(self.next, u64::MAX, 16 << 10)?;
            self.used = 0;
            self.next += self.block.len() as u64;
        }
        Ok(&self.block[self.used..])
    }
}

/// Big-endian and little-endian numbers of a fixed place; `None` behind the end.
pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// As `be32`, of eight bytes.
pub(super) fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// As `be32`, the lowest byte first.
pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn reads_end_where_the_file_ends() {
        let mut file = Cursor::new(b"0123456789".to_vec());
        let mut source = Source::new(&mut file, 10, Purse::LOOK);
        assert_eq!(source.exact::<4>(2).unwrap(), Some(*b"2345"));
        assert_eq!(source.exact::<4>(7).unwrap(), None);
        assert_eq!(source.some(8, 100, 50).unwrap(), b"89");
        assert_eq!(source.some(u64::MAX, u64::MAX, 50).unwrap(), b"");
        let mut grown = Source::new(&mut file, 4, Purse::LOOK);
        assert_eq!(grown.some(0, 100, 50).unwrap(), b"0123", "what came later isn't seen");
        let mut shrunk = Source::new(&mut file, 99, Purse::LOOK);
        assert_eq!(shrunk.some(8, 99, 50).unwrap(), b"89");
    }

    #[test]
    fn an_empty_purse_ends_the_walk() {
        let mut file = Cursor::new(vec![1; 100]);
        let mut source = Source::new(&mut file, 100, Purse { reads: 2, bytes: 50 });
        assert!(matches!(source.exact::<60>(0), Err(Halt::Spent)));
        let mut source = Source::new(&mut file, 100, Purse { reads: 1, bytes: 50 });
        assert!(source.exact::<1>(0).is_ok());
        assert!(matches!(source.exact::<1>(0), Err(Halt::Spent)));
    }

    #[test]
    fn bytes_come_in_order_over_block_borders() {
        let data: Vec<u8> = (0..40_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut file = Cursor::new(data.clone());
        let mut bytes = Source::new(&mut file, 40_000, Purse::PICTURE).bytes(3);
        assert_eq!(bytes.byte().unwrap(), Some(data[3]));
        bytes.skip(20_000);
        assert_eq!((bytes.at(), bytes.byte().unwrap()), (20_004, Some(data[20_004])));
        bytes.skip(2);
        assert!(bytes.past(7).unwrap());
        assert_eq!(data[usize::try_from(bytes.at()).unwrap() - 1], 7);
        assert!(!bytes.past(255).unwrap());
        assert_eq!((bytes.at(), bytes.byte().unwrap()), (40_000, None));
        bytes.skip(u64::MAX);
        assert_eq!(bytes.byte().unwrap(), None);
    }
}
