//! Why a text can't be worked as it is, in words for the one who wrote it.

use thiserror::Error;

/// What is wrong with a sidecar. All but [`Problem::Empty`] fail its job, unpaid.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Problem {
    /// In none of the encodings taken, or damaged.
    #[error("the text can't be read ({found}); save it as plain text in UTF-8")]
    Encoding {
        /// What was found in it, as a fragment.
        found: &'static str,
    },
    /// More than [`super::MAX_BYTES`].
    #[error("the text is longer than 64 KiB; a few lines are enough")]
    TooLong,
    /// Nothing but blanks (or separators) in it: whoever drops it may still be writing, so the caller waits.
    #[error("nothing is written in the text yet")]
    Empty,
    /// A known key with a value that means nothing.
    #[error("`{key}: {value}` can't be understood; after `{key}:` write {expected}")]
    BadHeader {
        /// The key, as the contract spells it.
        key: &'static str,
        /// The value, made fit to be shown.
        value: String,
        /// What is taken, as a fragment.
        expected: &'static str,
    },
    /// A known key twice, with two meanings.
    #[error("`{key}` stands there twice with different values; keep one of them")]
    Repeated {
        /// The key, as the contract spells it.
        key: &'static str,
    },
}
