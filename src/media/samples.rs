//! The samples of `tests/media`, for the tests of this room.

use std::io::{self, Read, Seek, SeekFrom};

use super::Format;

/// A sample: its name, its bytes, what it is, and whether its container proves its own end.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) bytes: &'static [u8],
    pub(super) format: Format,
    pub(super) proves: bool,
}

macro_rules! samples {
    ($($name:literal $format:ident $proves:literal),* $(,)?) => {
        /// All of them.
        pub(super) const SAMPLES: &[Sample] = &[$(Sample {
            name: $name,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/media/", $name)),
            format: Format::$format,
            proves: $proves,
        }),*];
    };
}

samples![
    "moov-first.mp4" Mp4 true,
    "moov-last.mp4" Mp4 true,
    "fragmented.mp4" Mp4 true,
    "quicktime.mov" Mov true,
    "plain.avi" Avi true,
    "plain.webm" Webm true,
    "live.webm" Webm false,
    "plain.mkv" Mkv true,
    "plain.jpg" Jpg true,
    "plain.png" Png true,
    "one-picture.gif" Gif true,
    "animated.gif" Gif true,
    "lossy.webp" Webp true,
    "lossless.webp" Webp true,
    "animated.webp" Webp true,
    "bare.mp3" Mp3 false,
    "tagged.mp3" Mp3 false,
    "plain.wav" Wav true,
    "streamed.wav" Wav false,
    "long.wav" Wav true,
    "plain.m4a" M4a true,
    "plain.aac" Aac false,
];

/// The sample of this name.
pub(super) fn sample(name: &str) -> &'static Sample {
    SAMPLES.iter().find(|s| s.name == name).expect("a sample")
}

/// A file of some bytes and a filling behind them, that counts what is read of it.
pub(super) struct Counted<'a> {
    head: &'a [u8],
    fill: u8,
    len: u64,
    at: u64,
    /// Bytes read so far.
    pub(super) read: u64,
    /// Calls so far.
    pub(super) reads: u32,
}

impl<'a> Counted<'a> {
    pub(super) fn new(head: &'a [u8], fill: u8, len: u64) -> Self {
        Self { head, fill, len, at: 0, read: 0, reads: 0 }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap();
        let count = buf.len().min(left);
        let start = usize::try_from(self.at).unwrap();
        for (n, byte) in buf[..count].iter_mut().enumerate() {
            *byte = self.head.get(start + n).copied().unwrap_or(self.fill);
        }
        self.at += count as u64;
        self.read += count as u64;
        self.reads += 1;
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(at) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        self.at = at;
        Ok(at)
    }
}
