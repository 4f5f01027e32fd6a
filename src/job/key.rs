//! What a message is paid for under: the same clip, the same words, the same step, once.

use serde::{Deserialize, Serialize};

use super::{ContentHash, JobId};

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
    /// The first job of the line and the version that is made, where the words are for a film that was delivered.
    pub over: Option<(JobId, u32)>,
    /// The message itself, where it answers a question.
    pub reply: Option<&'a str>,
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
    if let Some((root, version)) = lineage.over {
        hash.update(b"over\0");
        hash.update(&root.0.to_le_bytes());
        hash.update(&version.to_le_bytes());
    }
    if let Some(reply) = lineage.reply {
        hash.update(b"reply\0");
        hash.update(reply.as_bytes());
    }
    Key(hash.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_lineage_counts() {
        let (a, b) = (ContentHash::new([1; 32]), ContentHash::new([2; 32]));
        let plain = Lineage { contents: &[], language: "bn", words: "x", over: None, reply: None };
        let over = |job, version| Some((JobId(job), version));
        let keys = [
            message_key(Lineage { contents: &[a], ..plain }, 0, 0),
            message_key(Lineage { contents: &[b], ..plain }, 0, 0),
            message_key(Lineage { contents: &[a, b], ..plain }, 0, 0),
            message_key(Lineage { contents: &[b, a], ..plain }, 0, 0),
            message_key(Lineage { contents: &[a], language: "en", ..plain }, 0, 0),
            message_key(Lineage { contents: &[a], language: "b", words: "nx", ..plain }, 0, 0),
            message_key(Lineage { contents: &[a], words: "y", ..plain }, 0, 0),
            message_key(Lineage { contents: &[a], ..plain }, 1, 0),
            message_key(Lineage { contents: &[a], ..plain }, 0, 1),
            message_key(plain, 0, 0),
            message_key(Lineage { over: over(1, 2), ..plain }, 0, 0),
            message_key(Lineage { over: over(1, 3), ..plain }, 0, 0),
            message_key(Lineage { over: over(2, 2), ..plain }, 0, 0),
            message_key(Lineage { reply: Some("y"), ..plain }, 0, 0),
            message_key(Lineage { reply: Some("z"), ..plain }, 0, 0),
        ];
        for (i, one) in keys.iter().enumerate() {
            for (j, other) in keys.iter().enumerate() {
                assert_eq!(one == other, i == j, "{i} and {j}");
            }
        }
    }
}
