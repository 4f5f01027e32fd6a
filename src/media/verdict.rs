//! What may be said of a file: the verdict, its reasons, and what is known of a whole one.

use std::fmt;

use super::Format;

/// What a file is by its own bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Not a byte: something is still to come.
    Empty,
    /// Its full size is set, but from some place on nothing was written yet. It waits.
    ZeroTail {
        /// The first byte of what gave it away.
        at: u64,
        /// What gave it away.
        blank: Blank,
    },
    /// Shorter than its container says. It waits.
    Cut {
        /// Its length in bytes.
        have: u64,
        /// The length it should have at least, in bytes; always more than `have`.
        need: u64,
    },
    /// None of the formats the service takes.
    NotMedia {
        /// What it is instead.
        why: Stranger,
    },
    /// Nothing speaks against it.
    Whole {
        /// What it is, whatever its name says.
        found: Format,
        /// Whether the container proves that it ends where the file ends. Where it doesn't, only time
        /// (`settle`) can tell.
        proved: bool,
        /// What is known of it.
        facts: Facts,
    },
}

/// What gave an unfilled file away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Blank {
    /// It ends in zeros.
    Tail,
    /// A part of it was never written (a hole of a sparse file).
    Hole,
    /// Zeros stand where the container's next part should begin.
    Header,
    /// Sampled blocks within it are all zeros.
    Blocks,
}

impl fmt::Display for Blank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tail => "it ends in zeros",
            Self::Hole => "a part of it was never written",
            Self::Header => "zeros where its next part should begin",
            Self::Blocks => "blocks of zeros within it",
        })
    }
}

/// What a picture or a recording says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Facts {
    /// How long it plays, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Picture width in pixels, as shown (a phone's turned film is taller than wide).
    pub width: Option<u32>,
    /// Picture height in pixels, as shown.
    pub height: Option<u32>,
}

impl Facts {
    /// A picture's size alone.
    pub(super) const fn sized(width: u32, height: u32) -> Self {
        Self { duration_ms: None, width: Some(width), height: Some(height) }
    }
}

/// What a file is that is none of the formats. Displays as a phrase that fits behind "this is".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stranger {
    /// Readable text.
    Text,
    /// A web page: often an error page saved under a film's name.
    WebPage,
    /// A program or a library.
    Program,
    /// A zip file, and whatever is made of one (office documents).
    Zip,
    /// A PDF document.
    Pdf,
    /// HEIC or AVIF: pictures in boxes like those of MP4.
    HeicPicture,
    /// FLAC sound.
    Flac,
    /// An Ogg stream.
    Ogg,
    /// A Windows Media recording (ASF).
    WindowsMedia,
    /// A Flash film.
    FlashVideo,
    /// An MPEG transport or program stream.
    MpegStream,
    /// A bitmap picture.
    Bitmap,
    /// A TIFF picture or a camera's raw one.
    Tiff,
    /// It begins like `0`, but what follows is no part of such a file.
    Damaged(Format),
    /// Bytes that mean nothing here.
    Unknown,
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::WebPage => "a web page",
            Self::Program => "a program",
            Self::Zip => "a zip archive or an office document",
            Self::Pdf => "a PDF document",
            Self::HeicPicture => "a HEIC or AVIF picture",
            Self::Flac => "FLAC sound",
            Self::Ogg => "an Ogg recording",
            Self::WindowsMedia => "a Windows Media recording",
            Self::FlashVideo => "a Flash film",
            Self::MpegStream => "an MPEG stream",
            Self::Bitmap => "a bitmap picture",
            Self::Tiff => "a TIFF or raw picture",
            Self::Damaged(format) => return write!(f, "a damaged {format} file"),
            Self::Unknown => "no media that is known here",
        })
    }
}
