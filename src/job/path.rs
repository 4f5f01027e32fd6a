//! Paths below a folder, as raw bytes: any name a file system can hold.

use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

/// A path relative to one of the folders: `/`-separated names, none of them empty, `.` or `..`.
///
/// Names are kept as the file system gave them, byte for byte. In JSON, bytes that are no UTF-8 (and `%`)
/// are written `%XX`, so that the text form is exact as well.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RelPath(Vec<u8>);

impl RelPath {
    /// The folder itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// A path from raw bytes; `None` where a name in it is empty, `.` or `..`, or holds a NUL.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::root());
        }
        let fine = |name: &[u8]| !name.is_empty() && name != b"." && name != b".." && !name.contains(&0);
        bytes.split(|b| *b == b'/').all(fine).then(|| Self(bytes.to_vec()))
    }

    /// The path of `name` in this folder; `None` where `name` is not one plain name.
    pub fn join(&self, name: &[u8]) -> Option<Self> {
        let child = Self::from_bytes(name).filter(|p| !p.0.is_empty() && !p.0.contains(&b'/'))?;
        Some(if self.0.is_empty() { child } else { Self([&self.0[..], b"/", &child.0[..]].concat()) })
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As a relative path of the system.
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// This path below `folder`.
    pub fn below(&self, folder: &Path) -> PathBuf {
        if self.0.is_empty() { folder.to_owned() } else { folder.join(self.as_path()) }
    }

    /// The folder this lies in; the root's parent is the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        self.0.iter().rposition(|b| *b == b'/').map_or_else(Self::root, |at| Self(self.0[..at].to_vec()))
    }

    /// The last name.
    pub fn name(&self) -> &[u8] {
        self.0.iter().rposition(|b| *b == b'/').map_or(&self.0[..], |at| &self.0[at + 1..])
    }

    /// The last name without its last extension; a leading dot begins no extension.
    pub fn stem(&self) -> &[u8] {
        let name = self.name();
        name.iter().rposition(|b| *b == b'.').filter(|at| *at > 0).map_or(name, |at| &name[..at])
    }

    /// The last extension of the last name, without its dot; empty where there is none.
    pub fn extension(&self) -> &[u8] {
        let name = self.name();
        name.iter().rposition(|b| *b == b'.').filter(|at| *at > 0).map_or(&[], |at| &name[at + 1..])
    }

    /// The same folder, another last name; `None` where `name` is not one plain name.
    pub fn with_name(&self, name: &[u8]) -> Option<Self> {
        self.parent().join(name)
    }

    /// The names from the top.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|b| *b == b'/').filter(|n| !n.is_empty())
    }

    fn escaped(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c == '%' { out.push_str("%25") } else { out.push(c) }
            }
            for b in chunk.invalid() {
                let _ = write!(out, "%{b:02X}");
            }
        }
        out
    }

    fn unescaped(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
        while at < bytes.len() {
            if bytes[at] == b'%' {
                let hex = std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
                out.push(u8::from_str_radix(hex, 16).ok()?);
                at += 3;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        Self::from_bytes(&out)
    }
}

/// The form in which names are compared: NFC, trimmed, lower case. Bytes that are no UTF-8 only mean themselves.
pub fn folded(name: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(name) {
        Ok(text) if text.is_ascii() => text.trim().to_ascii_lowercase().into_bytes(),
        // Normalised first, so that every letter has its one lower case, and after, because that may be in parts.
        Ok(text) => {
            text.nfc().collect::<String>().trim().to_lowercase().nfc().collect::<String>().into_bytes()
        }
        Err(_) => name.to_vec(),
    }
}

/// For people and logs: bytes that are no text are replaced, control characters escaped, on one line.
impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in String::from_utf8_lossy(&self.0).chars() {
            if c.is_control() || is_bidi_control(c) {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

/// Characters that turn the reading direction of what follows them: a name must not do that to a log or a note.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}')
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Serialize for RelPath {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.escaped())
    }
}

impl<'de> Deserialize<'de> for RelPath {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::unescaped(&text).ok_or_else(|| serde::de::Error::custom("not a relative path"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_names() {
        let table: [[&[u8]; 4]; 5] = [
            [b"talk.mp4", b"talk.mp4", b"talk", b"mp4"],
            [b"news/a.b.mov", b"a.b.mov", b"a.b", b"mov"],
            [b".hidden", b".hidden", b".hidden", b""],
            [b"x/plain", b"plain", b"plain", b""],
            [b"n\xff.mp4", b"n\xff.mp4", b"n\xff", b"mp4"],
        ];
        for [path, name, stem, ext] in table {
            let p = RelPath::from_bytes(path).unwrap();
            assert_eq!((p.name(), p.stem(), p.extension()), (name, stem, ext), "{p}");
        }
    }

    #[test]
    fn no_path_leaves_its_folder() {
        for bad in [&b"../x"[..], b"/etc", b"a//b", b"a/./b", b"a/..", b"nul\0", b"a/"] {
            assert!(RelPath::from_bytes(bad).is_none(), "{bad:?}");
        }
        let here = RelPath::from_bytes(b"a").unwrap();
        for bad in [&b""[..], b"..", b"b/c", b"/"] {
            assert!(here.join(bad).is_none(), "{bad:?}");
        }
        assert_eq!(here.join(b"b").unwrap().as_bytes(), b"a/b");
        assert_eq!(RelPath::root().join(b"b").unwrap().as_bytes(), b"b");
    }

    #[test]
    fn json_keeps_every_byte() {
        for bytes in [&b"100%.mp4"[..], b"n\xff\xfe/\n.mp4", "আমার ক্লিপ.mp4".as_bytes(), b""]
        {
            let p = RelPath::from_bytes(bytes).unwrap();
            let back: RelPath = serde_json::from_str(&serde_json::to_string(&p).unwrap()).unwrap();
            assert_eq!(back, p);
        }
    }

    #[test]
    fn shown_on_one_line() {
        let p = RelPath::from_bytes("a\nb\u{202E}c\x1b[31m.mp4".as_bytes()).unwrap();
        assert_eq!(p.to_string(), "a\\nb\\u{202e}c\\u{1b}[31m.mp4");
    }
}
