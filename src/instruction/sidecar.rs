//! A sidecar as read, and the instruction it makes of the default words.

use serde::{Deserialize, Serialize};

use super::text::{SEPARATOR, canonical, decode, steps, trim};
use super::{Headers, Problem};

/// What a text file says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sidecar {
    /// Its first lines.
    pub headers: Headers,
    /// Its canonical words; `None` where it has headers alone, which stand over the default words.
    pub words: Option<String>,
}

/// What is to be done with a clip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Instruction {
    /// How.
    pub headers: Headers,
    /// The canonical words, all steps of them.
    pub text: String,
    /// The steps in order; each is one message or one action. Empty only where the default words are blank.
    pub steps: Vec<String>,
}

/// Reads the bytes of a sidecar, `batch.txt`, `project.txt`, `default.txt` or answer.
///
/// # Errors
/// What a person has to mend; [`Problem::Empty`] may mend itself, so it is waited for.
pub fn read(bytes: &[u8]) -> Result<Sidecar, Problem> {
    let text = decode(bytes)?;
    let (mut headers, mut begun, mut rest) = (Headers::default(), false, text.as_str());
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        match trim(line) {
            // A blank line ends the headers: from there on everything is words.
            "" if begun => break,
            // Before the first line that says something; people who know "front matter" begin with `---`.
            "" | SEPARATOR if !begun => {}
            line if headers.take(line)? => begun = true,
            _ => break,
        }
        rest = after;
    }
    let words = Some(canonical(rest)).filter(|words| !words.is_empty());
    if words.is_none() && !begun {
        return Err(Problem::Empty);
    }
    Ok(Sidecar { headers, words })
}

impl Sidecar {
    /// The whole instruction: these headers, and these words or else the default ones.
    pub fn instruction(&self, default_words: &str) -> Instruction {
        let words = self.words.as_deref().unwrap_or(default_words);
        Instruction { headers: self.headers.clone(), text: canonical(words), steps: steps(words) }
    }
}

impl Instruction {
    /// The instruction of a clip without a sidecar.
    pub fn plain(words: &str) -> Self {
        Sidecar { headers: Headers::default(), words: None }.instruction(words)
    }

    /// What a message is paid for once: the language and the words, and no other header.
    ///
    /// `default_language` counts where no header names one, so that saying what goes without saying is the same.
    pub fn key_words(&self, default_language: &str) -> String {
        let language = self.headers.language.as_deref().unwrap_or(default_language);
        format!("{}\n\n{}", language.to_lowercase(), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: &str = "generate Bangla subtitles and add them to my video";

    fn steps_of(text: &str) -> Vec<String> {
        read(text.as_bytes()).unwrap().instruction(DEFAULT).steps
    }

    #[test]
    fn the_example_of_the_contract() {
        let text = "Language: bn\nPriority: high\n\ngenerate Bangla subtitles and add them to my video\n---\nadd lo-fi music at 30%\n";
        let sidecar = read(text.as_bytes()).unwrap();
        let made = sidecar.instruction("never used");
        assert_eq!(made.headers.language.as_deref(), Some("bn"));
        assert_eq!(made.headers.priority, Some(crate::instruction::Priority::High));
        assert_eq!(made.steps, [DEFAULT, "add lo-fi music at 30%"]);
        assert_eq!(made.text, format!("{DEFAULT}\n---\nadd lo-fi music at 30%"));
    }

    #[test]
    fn where_headers_end_and_words_begin() {
        let table: [(&str, usize, &[&str]); 14] = [
            ("add music", 0, &["add music"]),
            ("Language: en\nadd music", 1, &["add music"]),
            ("\n\n Language: en \n\n\nadd music", 1, &["add music"]),
            ("Language: en\r\rPriority: high", 1, &["Priority: high"]),
            ("Language: en\nPriority: high", 2, &[DEFAULT]),
            ("Language: en\n\n\n", 1, &[DEFAULT]),
            ("Language: en\n---\n", 1, &[DEFAULT]),
            ("---\nLanguage: en\n---\nadd music", 1, &["add music"]),
            ("Note: make it short\nLanguage: en", 0, &["Note: make it short\nLanguage: en"]),
            ("add music\nLanguage: en", 0, &["add music\nLanguage: en"]),
            ("add music\n---\nPriority: urgent", 0, &["add music", "Priority: urgent"]),
            ("Language: en\nNote: short\nPriority: high", 1, &["Note: short\nPriority: high"]),
            ("\u{FEFF}\u{FEFF}Language: en\nadd music", 1, &["add music"]),
            ("Title: hello\n---\nexport", 0, &["Title: hello", "export"]),
        ];
        for (text, headers, want) in table {
            let read = read(text.as_bytes()).unwrap();
            let said =
                usize::from(read.headers.language.is_some()) + usize::from(read.headers.priority.is_some());
            assert_eq!(
                (said, steps_of(text)),
                (headers, want.iter().map(ToString::to_string).collect()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn nothing_said_yet() {
        for text in ["", " \r\n\t", "\u{FEFF}", "\0\0\0\0", "---", "---\n\n---\n", "\u{200B}\u{A0}\u{1a}"] {
            assert_eq!(read(text.as_bytes()), Err(Problem::Empty), "{text:?}");
        }
        assert_eq!(read(b"\xFF\xFE"), Err(Problem::Empty));
        assert_eq!(read(b"\xFF\xFE\0\0\0\0"), Err(Problem::Empty));
    }

    #[test]
    fn a_bad_header_says_what_is_taken() {
        let problem = read(b"Priority: urgent\n\nadd music").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "`Priority: urgent` can't be understood; after `Priority:` write high, normal or low"
        );
        assert_eq!(read(b"Language: bn\nLanguage: en\n\nx"), Err(Problem::Repeated { key: "Language" }));
        assert!(read(b"Language:\nadd music").is_err());
    }

    #[test]
    fn only_language_and_words_are_paid_for() {
        let key = |text: &str| read(text.as_bytes()).unwrap().instruction(DEFAULT).key_words("bn");
        let same =
            ["add music", "Language: BN\nadd music\n", "Quality: low\nAgain: yes\nOutput: x\n\n add music"];
        assert!(same.iter().all(|text| key(text) == key("add music")), "{same:?}");
        assert_ne!(key("Language: en\nadd music"), key("add music"));
        assert_ne!(key("Priority: high"), key("add music"));
        assert_eq!(key("Priority: high"), Instruction::plain(DEFAULT).key_words("bn"));
    }

    #[test]
    fn the_ledger_gives_it_back() {
        let made = read("Output: ছবি\nCost: ok\n\na\n---\nb".as_bytes()).unwrap().instruction(DEFAULT);
        let json = serde_json::to_string(&made).unwrap();
        assert_eq!(serde_json::from_str::<Instruction>(&json).unwrap(), made);
        // A row written before a header existed.
        let old = r#"{"headers":{"language":"bn"},"text":"a","steps":["a"]}"#;
        assert_eq!(serde_json::from_str::<Instruction>(old).unwrap().headers.language.as_deref(), Some("bn"));
    }
}
