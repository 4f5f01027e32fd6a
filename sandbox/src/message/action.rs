//! Words that are no message: the service's documentation has a call for each, and says to skip the stream.

use crate::sandbox::Sandbox;

/// Words that may stand around an action without making a message of it.
const AROUND: &[&str] = &[
    "please", "now", "the", "a", "an", "my", "me", "it", "this", "that", "as", "in", "to", "at", "final",
    "finished", "video", "film", "movie", "clip", "file", "project", "mp4", "mov", "480p", "720p", "1080p",
    "1440p", "2160p", "4k", "hd",
];
const EXPORT: &[&str] = &["export", "download"];
const OTHERS: &[&str] = &["credits", "credit", "balance", "status", "upload"];

/// What a message must not be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    Export,
    /// Credits, status or an upload.
    Other,
}

impl Action {
    /// The action that these words are, and nothing besides.
    pub(super) fn of(words: &str) -> Option<Self> {
        let lower = words.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            ["send", "me", "the", "video"] | ["导出"] => return Some(Self::Export),
            ["show", "tracks"] | ["积分" | "余额" | "状态" | "上传"] => return Some(Self::Other),
            _ => {}
        }
        let (around, rest): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| AROUND.contains(word));
        match rest.as_slice() {
            [word] if EXPORT.contains(word) => Some(Self::Export),
            [word] if OTHERS.contains(word) && around.is_empty() => Some(Self::Other),
            _ => None,
        }
    }

    /// Notes words that should not have come as a message.
    pub(super) fn note(sandbox: &Sandbox, words: &str) {
        let what = match Self::of(words) {
            None => return,
            Some(Self::Export) => "export sent as a message",
            Some(Self::Other) => "action sent as a message",
        };
        sandbox.world().violation(what, words.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_are_nothing_but_an_action_are_one() {
        let cases = [
            ("Export", Some(Action::Export)),
            ("please export the video in 1080p MP4.", Some(Action::Export)),
            ("Send me the video!", Some(Action::Export)),
            ("导出", Some(Action::Export)),
            ("download", Some(Action::Export)),
            ("credits", Some(Action::Other)),
            ("show tracks", Some(Action::Other)),
            ("余额", Some(Action::Other)),
            ("export with Bangla subtitles", None),
            ("add end credits", None),
            ("the status", None),
            ("generate Bangla subtitles and add them to my video", None),
            ("", None),
        ];
        for (words, wanted) in cases {
            assert_eq!(Action::of(words), wanted, "{words:?}");
        }
    }
}
