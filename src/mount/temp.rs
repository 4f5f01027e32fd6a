//! Names of temporary files: short, of one length, hidden, and told apart from anybody else's.

use uuid::Uuid;

use crate::job::RelPath;

const HEAD: &[u8] = b".dakbox-";
const TAIL: &[u8] = b".part";
const DIGITS: usize = 16;
const ACCENTS: [&str; 2] = ["\u{e9}", "e\u{301}"];

/// A name that nobody has yet: `.dakbox-<16 hex digits>.part`.
pub fn temp_name() -> RelPath {
    let hex = Uuid::new_v4().simple().to_string();
    // The first half of a v4 UUID has 60 random bits.
    let name = [HEAD, &hex.as_bytes()[..DIGITS], TAIL].concat();
    RelPath::from_bytes(&name).unwrap_or_default()
}

/// The same name with an `é` in it, once as one character and once as two: some file systems don't tell them apart.
pub(super) fn temp_names_with_accent() -> [RelPath; 2] {
    let plain = temp_name();
    let stem = plain.name().strip_suffix(TAIL).unwrap_or_default();
    ACCENTS.map(|accent| RelPath::from_bytes(&[stem, accent.as_bytes(), TAIL].concat()).unwrap_or_default())
}

/// Whether a name is one of these.
pub fn is_temp(name: &[u8]) -> bool {
    let stem = name.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(TAIL));
    let bare = |rest: &[u8]| ACCENTS.iter().find_map(|a| rest.strip_suffix(a.as_bytes()).map(<[u8]>::len));
    stem.map(|rest| &rest[..bare(rest).unwrap_or(rest.len())])
        .is_some_and(|hex| hex.len() == DIGITS && hex.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_and_nobody_elses() {
        let (one, two) = (temp_name(), temp_name());
        assert!(is_temp(one.name()) && is_temp(two.name()));
        assert_ne!(one, two);
        let [composed, decomposed] = temp_names_with_accent();
        assert!(is_temp(composed.name()) && is_temp(decomposed.name()));
        assert_ne!(composed, decomposed);
        for other in [
            "talk.part",
            ".dakbox",
            ".dakbox-.part",
            ".dakbox-0123456789abcdeX.part",
            ".dakbox-0123456789abcdef",
            ".dakbox-\u{e9}.part",
            ".dakbox-0123456789abcdef\u{e9}\u{e9}.part",
            ".dakbox-0123456789abcdef\u{e8}.part",
        ] {
            assert!(!is_temp(other.as_bytes()), "{other}");
        }
    }
}
