//! What a message is paid for under: the same clip, the same words, the same step, once.

use serde::{Deserialize, Serialize};

use super::ContentHash;

/// The key of one message, unique in the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// The key as text: 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is asked of which contents: all that the key hangs on, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Lineage<'a> {
    /// The contents that went into the session, in order.
    pub contents: &'a [ContentHash],
    /// The language the session was opened with.
    pub language: &'a str,
    /// The canonical words of the whole sidecar.
    pub words: &'a str,
}

/// The key of message `step` of a lineage; `again` counts the consents to pay for that step once more.
pub fn message_key(lineage: Lineage<'_>, step: u16, again: u16) -> Key {
    let mut hash = blake3::Hasher::new();
    hash.update(b"dakbox message 1\0");
    hash.update(&(lineage.contents.len() as u64).to_le_bytes());
    for content in lineage.contents {
        hash.update(content.as_bytes());
    }
    for text in [lineage.language, lineage.words] {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(&step.to_le_bytes());
    hash.update(&again.to_le_bytes());
    Key(hash.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_lineage_counts() {
        let (a, b) = (ContentHash::new([1; 32]), ContentHash::new([2; 32]));
        let keys = [
            message_key(Lineage { contents: &[a], language: "bn", words: "x" }, 0, 0),
            message_key(Lineage { contents: &[b], language: "bn", words: "x" }, 0, 0),
            message_key(Lineage { contents: &[a, b], language: "bn", words: "x" }, 0, 0),
            message_key(Lineage { contents: &[b, a], language: "bn", words: "x" }, 0, 0),
            message_key(Lineage { contents: &[a], language: "en", words: "x" }, 0, 0),
            message_key(Lineage { contents: &[a], language: "b", words: "nx" }, 0, 0),
            message_key(Lineage { contents: &[a], language: "bn", words: "y" }, 0, 0),
            message_key(Lineage { contents: &[a], language: "bn", words: "x" }, 1, 0),
            message_key(Lineage { contents: &[a], language: "bn", words: "x" }, 0, 1),
        ];
        for (i, one) in keys.iter().enumerate() {
            for (j, other) in keys.iter().enumerate() {
                assert_eq!(one == other, i == j, "{i} and {j}");
            }
        }
    }
}
