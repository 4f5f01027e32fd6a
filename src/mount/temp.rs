//! Names of temporary files: short, of one length, hidden, and told apart from anybody else's.

use uuid::Uuid;

use crate::job::RelPath;

const HEAD: &[u8] = b".dakbox-";
const TAIL: &[u8] = b".part";
const DIGITS: usize = 16;

/// A name that nobody has yet: `.dakbox-<16 hex digits>.part`.
pub fn temp_name() -> RelPath {
    let hex = Uuid::new_v4().simple().to_string();
    // The first half of a v4 UUID has 60 random bits.
    let name = [HEAD, &hex.as_bytes()[..DIGITS], TAIL].concat();
    RelPath::from_bytes(&name).unwrap_or_default()
}

/// Whether a name is one of these.
pub fn is_temp(name: &[u8]) -> bool {
    name.strip_prefix(HEAD)
        .and_then(|rest| rest.strip_suffix(TAIL))
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
        for other in [
            "talk.part",
            ".dakbox",
            ".dakbox-.part",
            ".dakbox-0123456789abcdeX.part",
            ".dakbox-0123456789abcdef",
        ] {
            assert!(!is_temp(other.as_bytes()), "{other}");
        }
    }
}
