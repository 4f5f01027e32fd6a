//! What a name says: clip, text, or something else; and which names mean the same. Pure.

use crate::job::RelPath;
pub(super) use crate::job::folded as fold;
use crate::media::Format;

/// The name of a folder's text for clips alone, folded and without its ending.
pub(super) const DEFAULT: &[u8] = b"default";

/// The stem of a batch's text, folded.
pub(super) const BATCH: &[u8] = b"batch";

/// What a visible name is, by its ending alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A clip of that format.
    Clip(Format),
    /// A text: `.txt`.
    Text,
    /// A text in a format of a word processor.
    Rich,
    /// A file that names an address: `.url`, `.webloc`.
    Address,
    /// None of these.
    Foreign,
}

impl Kind {
    /// Whether a film is made of it: of a clip, or of what an address leads to. Both have their words beside them.
    pub(super) const fn is_clip(self) -> bool {
        matches!(self, Self::Clip(_) | Self::Address)
    }
}

/// Whether a name says that its file names an address.
pub fn is_address(path: &RelPath) -> bool {
    kind(path) == Kind::Address
}

/// What a name is by its ending, in any letter case.
pub(super) fn kind(path: &RelPath) -> Kind {
    kind_of(path.name())
}

/// The same for one name as a listing gives it.
pub(super) fn kind_of(name: &[u8]) -> Kind {
    let Some(dot) = name.iter().rposition(|b| *b == b'.').filter(|at| *at > 0) else { return Kind::Foreign };
    let ending = &name[dot + 1..];
    let is = |known: &[&str]| known.iter().any(|k| ending.eq_ignore_ascii_case(k.as_bytes()));
    match Format::from_extension(ending) {
        Some(format) => Kind::Clip(format),
        None if is(&["txt"]) => Kind::Text,
        None if is(&["rtf", "doc", "docx", "odt", "pages"]) => Kind::Rich,
        None if is(&["url", "webloc"]) => Kind::Address,
        None => Kind::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_ending() {
        let table: [(&[u8], &str); 14] = [
            (b"talk.mp4", "clip"),
            (b"news/Talk.MoV", "clip"),
            (b"x.JPEG", "clip"),
            (b"x.jpg", "clip"),
            (b"n\xff\n.webm", "clip"),
            (b"talk.txt", "text"),
            (b"talk.mp4.TXT", "text"),
            (b"talk.Docx", "rich"),
            (b"talk.rtf", "rich"),
            (b"film.url", "address"),
            (b"talk.pdf", "foreign"),
            (b"mp4", "foreign"),
            (b"talk.mp4.", "foreign"),
            (b"talk.mp4 ", "foreign"),
        ];
        for (name, want) in table {
            let got = match kind(&RelPath::from_bytes(name).unwrap()) {
                Kind::Clip(_) => "clip",
                Kind::Text => "text",
                Kind::Rich => "rich",
                Kind::Address => "address",
                Kind::Foreign => "foreign",
            };
            assert_eq!(got, want, "{}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn names_that_mean_the_same() {
        let same: [(&[u8], &[u8]); 6] = [
            (b"Talk", b"talk"),
            (b" talk ", b"talk"),
            ("Ä".as_bytes(), "a\u{308}".as_bytes()),
            ("ÉTÉ".as_bytes(), "e\u{301}te\u{301}".as_bytes()),
            // A Bangla vowel sign in one piece and in two.
            ("\u{9CB}".as_bytes(), "\u{9C7}\u{9BE}".as_bytes()),
            ("\u{212A}".as_bytes(), b"k"),
        ];
        for (one, other) in same {
            assert_eq!(fold(one), fold(other), "{one:?} {other:?}");
        }
        let apart: [(&[u8], &[u8]); 3] = [(b"a\xff", b"A\xff"), (b"a b", b"ab"), (b"a\xff", b"a\xfe")];
        for (one, other) in apart {
            assert_ne!(fold(one), fold(other), "{one:?} {other:?}");
        }
    }
}
