//! `[instructions]`: what a clip without words of its own is for, and what questions get.

use super::section::Section;
use super::typed::{Wrong, choice};

choice! {
    /// What happens when the service asks instead of working.
    pub OnQuestion {
        /// A person is asked.
        Ask = "ask",
        /// It is answered once, with `proceed_words`.
        Proceed = "proceed",
    }
}

/// Default words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instructions {
    /// What a clip alone is for; never blank.
    pub default: String,
    /// The language of a new session, a tag such as `bn`.
    pub language: String,
    /// What happens when the service asks.
    pub on_question: OnQuestion,
    /// The answer where nobody is asked; never blank.
    pub proceed_words: String,
}

impl Instructions {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let words = "generate Bangla subtitles and add them to my video";
        let go_on = "Please go on with your best judgement.";
        Self {
            default: s.checked("default", words.to_owned(), |words| sidecar_sized(words)),
            language: s.checked("language", "bn".to_owned(), |tag| language_tag(tag)),
            on_question: s.get("on_question", OnQuestion::Ask),
            proceed_words: s.checked("proceed_words", go_on.to_owned(), |words| sidecar_sized(words)),
        }
    }
}

/// Words as they could stand in a sidecar: some, and at most 64 KiB.
fn sidecar_sized(words: &str) -> Result<(), Wrong> {
    if words.trim().is_empty() {
        return Err(Wrong::new("expected words, found none"));
    }
    if words.len() > 64 << 10 { Err(Wrong::new("more than 64 KiB of words")) } else { Ok(()) }
}

/// The shape of a language tag: `bn`, `en-GB`, `zh-Hans`.
fn language_tag(tag: &str) -> Result<(), Wrong> {
    let part = |p: &str| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
    let first = tag.split('-').next().unwrap_or_default();
    let fine =
        tag.split('-').all(part) && (2..=3).contains(&first.len()) && !first.contains(char::is_numeric);
    if fine { Ok(()) } else { Err(Wrong::with_help(format!("`{tag}` is no language tag"), "such as \"bn\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags() {
        for good in ["bn", "en-GB", "zh-Hans", "fil"] {
            assert!(language_tag(good).is_ok(), "{good}");
        }
        for bad in ["", "b", "Bangla", "bn_BD", "bn-", "বাংলা", "b1", "bn\n"] {
            assert!(language_tag(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn words_are_words() {
        assert!(sidecar_sized(" \n").is_err());
        assert!(sidecar_sized(&"x".repeat(65_537)).is_err());
        assert!(sidecar_sized("সাবটাইটেল").is_ok());
    }
}
