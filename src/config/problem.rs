//! What is wrong with the settings, told so that a person can mend it.

use std::fmt::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// One thing that is wrong. `Display` is one line; [`Problem::shown`] has the place in the file as well.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Something in the file.
    #[error("{}:{line}:{column}: {message}{}", file.display(), help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
    InFile {
        /// The configuration file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What may have been meant.
        help: Option<String>,
        /// The lines with `^^^^` below.
        snippet: String,
    },
    /// Something in an environment variable.
    #[error("environment variable {variable}: {message}")]
    InEnv {
        /// Its name.
        variable: &'static str,
        /// What is wrong; never the value of a secret.
        message: String,
    },
    /// A file that should be there can't be read.
    #[error("{what} {} can't be read", path.display())]
    Unreadable {
        /// What the file is for.
        what: &'static str,
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// What a file holds is not what it should be.
    #[error("{what} {} {message}", path.display())]
    Contents {
        /// What the file is for.
        what: &'static str,
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it; never what it holds.
        message: String,
    },
    /// A pattern of the ignore list.
    #[error("pattern `{pattern}` {why}")]
    Pattern {
        /// As typed.
        pattern: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A setting without a value, typed or found.
    #[error("{setting} is not set, {why}")]
    Missing {
        /// Section and key.
        setting: &'static str,
        /// Why there is no default.
        why: &'static str,
    },
}

impl Problem {
    /// The problem for a terminal: with the lines of the file, or with its cause.
    pub fn shown(&self) -> String {
        match self {
            Self::InFile { snippet, .. } => snippet.clone(),
            Self::Unreadable { source, .. } => format!("error: {self}: {source}"),
            _ => format!("error: {self}"),
        }
    }
}

/// All that is wrong, in the file's order. `Display` shows every one with its place.
#[derive(Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            let gap = if n == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{}", problem.shown())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// A problem's place and words, before the file's text is there to show.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flaw {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Flaw {
    /// The problem in `file`; `text` is what may be shown of it (see [`veil`]).
    pub(super) fn place(self, file: &Path, text: &str) -> Problem {
        let start = floor(text, self.span.start);
        let span = start..floor(text, self.span.end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let tidy = |words: &str| one_line(&veil(words));
        let (message, help) = (tidy(&self.message), self.help.as_deref().map(tidy));
        let path = file.display().to_string();
        let mark = AnnotationKind::Primary.span(span).label(help.as_deref());
        let source = Snippet::source(text).path(path.as_str()).annotation(mark);
        let report = [Level::ERROR.primary_title(message.as_str()).element(source)];
        let snippet = Renderer::plain().render(&report).clone();
        Problem::InFile {
            file: file.to_owned(),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            message,
            help,
            snippet,
        }
    }
}

/// The nearest character boundary at or below `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// The same text with stars over what looks like a secret: tokens, passwords in addresses, and values of keys
/// that sound like one. It keeps its length, so that spans still fit.
///
/// Someone who types a token into the wrong place must not find it in a log.
pub(super) fn veil(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (at, _) in text.match_indices("nmv_") {
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let end = at + 4 + text.as_bytes()[at + 4..].iter().take_while(|b| word(b)).count();
        stars(&mut bytes, at + 4..end);
    }
    for (at, _) in text.match_indices("://") {
        let rest = &text[at + 3..];
        let host = &rest[..rest.find(['/', '"', '\'', '\n', ' ']).unwrap_or(rest.len())];
        if let Some(user) = host.rfind('@') {
            stars(&mut bytes, at + 3..at + 3 + user);
        }
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, _)) = line.split_once('=').filter(|(key, _)| sounds_secret(key)) {
            stars(&mut bytes, start + key.len() + 1..start + line.len());
        }
        start += line.len();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same words on one line, whatever was typed into a quoted value.
pub(super) fn one_line(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

fn sounds_secret(key: &str) -> bool {
    let key = key.trim().to_ascii_lowercase();
    !key.ends_with("_file") && ["token", "secret", "password"].iter().any(|word| key.ends_with(word))
}

/// Puts stars over a range, less its white space.
pub(super) fn stars(bytes: &mut [u8], range: Range<usize>) {
    for b in &mut bytes[range] {
        if !b.is_ascii_whitespace() {
            *b = b'*';
        }
    }
}

/// "did you mean …?", where a known word is near enough.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let typed = typed.to_lowercase();
    let scored = known.clone().map(|k| (strsim::damerau_levenshtein(&typed, k), k));
    let (distance, word) = scored.min_by_key(|(d, _)| *d)?;
    let near = (distance <= 1 + typed.chars().count() / 4).then_some(word);
    let begun = || known.into_iter().find(|k| typed.len() > 2 && k.starts_with(&typed));
    near.or_else(begun).map(|word| format!("did you mean `{word}`?"))
}

/// The words as a list for people: `a`, `b`, `c`.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for word in words {
        let gap = if out.is_empty() { "" } else { ", " };
        let _ = write!(out, "{gap}`{word}`");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, span: Range<usize>) -> Problem {
        let flaw = Flaw { span, message: "no".into(), help: None };
        flaw.place(Path::new("c.toml"), text)
    }

    #[test]
    fn lines_and_columns() {
        for (text, span, want) in [
            ("", 0..0, "c.toml:1:1: no"),
            ("abc", 1..9, "c.toml:1:2: no"),
            ("a\r\nb = 1\r\n", 3..4, "c.toml:2:1: no"),
            ("ক = \"খ\" x", 12..13, "c.toml:1:9: no"),
            ("ক", 1..2, "c.toml:1:1: no"),
            ("a\n", 99..100, "c.toml:2:1: no"),
        ] {
            assert_eq!(place(text, span).to_string(), want, "{text:?}");
        }
    }

    #[test]
    fn secrets_are_starred_and_nothing_moves() {
        for (text, want) in [
            ("x = \"nmv_usr_Ab-1\"", "x = \"nmv_********\""),
            ("url = \"https://me:pw@host/@x\"", "url = \"https://*****@host/@x\""),
            ("token = 'abc'\na = 1", "token = *****\na = 1"),
            ("token_file = \"/t\"", "token_file = \"/t\""),
            ("\"my token\" = 1", "\"my token\" = 1"),
            ("web_password=ক খ", "web_password=*** ***"),
        ] {
            assert_eq!(veil(text), want);
            assert_eq!(veil(text).len(), text.len());
        }
    }

    #[test]
    fn one_problem_is_one_line() {
        assert_eq!(one_line("`a\nb\u{1b}[31mক` is none"), "`a\\nb\\u{1b}[31mক` is none");
    }

    #[test]
    fn near_words() {
        for (typed, want) in [
            ("setle", Some("settle")),
            ("Mode", Some("mode")),
            ("mdoe", Some("mode")),
            ("token", Some("token_file")),
            ("colour", None),
            ("x", None),
            ("to", None),
        ] {
            let near = nearest(typed, ["settle", "rescan", "mode", "token_file"].into_iter());
            assert_eq!(near, want.map(|w| format!("did you mean `{w}`?")), "{typed}");
        }
        assert_eq!(nearest("x", [].into_iter()), None);
    }
}
