//! The optional first lines of a sidecar, `Key: value`, and what each may say.

use serde::{Deserialize, Serialize};

use super::Problem;
use super::text::{is_bidi, trim};

/// Who goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// After everybody else.
    Low,
    /// In turn.
    #[default]
    Normal,
    /// Before everybody else.
    High,
}

/// How good the finished video is to be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Small and quick.
    Low,
    /// Between the two.
    Medium,
    /// The service's best.
    High,
}

/// What a text without a clip is to become.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Make {
    /// A video from nothing but the words.
    Video,
}

/// What the first lines said. Nothing said is `None` or `false`: the configuration decides.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Headers {
    /// A language tag in lower case, subtags joined by `-`. The only header that makes other words of the same text.
    pub language: Option<String>,
    /// Who goes first.
    pub priority: Option<Priority>,
    /// One plain name for the finished file, without its `.mp4`, at most 200 bytes.
    pub output: Option<String>,
    /// How good the finished video is to be.
    pub quality: Option<Quality>,
    /// `Make: video`.
    pub make: Option<Make>,
    /// `Again: yes`: one consent to pay once more.
    pub again: bool,
    /// `Cost: ok`: a clip likely to be dear may be paid for.
    pub cost_ok: bool,
    /// `Whole: yes`: the clip ends in silence or zeros, and is whole all the same.
    pub whole: bool,
}

const KEYS: [&str; 8] = ["Language", "Priority", "Output", "Quality", "Again", "Make", "Cost", "Whole"];

/// Endings of names that the inbox never takes, or that our own notes have, before a film's `.mp4` and without it.
const NOT_FILMS: [&str; 9] =
    [".txt", ".html", ".report", ".part", ".partial", ".filepart", ".download", ".crdownload", ".tmp"];

/// The longest output name, in bytes: room is left for ` (2)`, `.v2` and the notes' endings.
const LONGEST_NAME: usize = 200;

impl Headers {
    /// These, standing over those of a text whose words they leave as they are. Consents are good for their own text alone.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        Self {
            language: self.language.or(below.language),
            priority: self.priority.or(below.priority),
            output: self.output.or(below.output),
            quality: self.quality.or(below.quality),
            ..self
        }
    }

    /// Takes one line; `false` where it is no header, and so the instruction's first line.
    pub(super) fn take(&mut self, line: &str) -> Result<bool, Problem> {
        // Chinese keyboards write the wide colon.
        let Some((name, value)) = line.split_once([':', '：']) else { return Ok(false) };
        let Some(key) = KEYS.into_iter().find(|k| k.eq_ignore_ascii_case(trim(name))) else {
            return Ok(false);
        };
        let value = trim(value);
        let word = value.to_lowercase();
        let bad = |expected| Problem::BadHeader { key, value: shown(value), expected };
        match key {
            "Language" => {
                set(
                    &mut self.language,
                    key,
                    language(&word).ok_or_else(|| bad("a tag such as bn, en or zh-hant"))?,
                )?;
            }
            "Priority" => {
                set(&mut self.priority, key, priority(&word).ok_or_else(|| bad("high, normal or low"))?)?;
            }
            "Output" => set(&mut self.output, key, output(value).ok_or_else(|| bad(PLAIN_NAME))?)?,
            "Quality" => {
                set(&mut self.quality, key, quality(&word).ok_or_else(|| bad("low, medium or high"))?)?;
            }
            "Make" if word == "video" => self.make = Some(Make::Video),
            "Again" if word == "yes" => self.again = true,
            "Whole" if word == "yes" => self.whole = true,
            "Cost" if word == "ok" => self.cost_ok = true,
            "Make" => return Err(bad("video, or leave the line out")),
            "Cost" => return Err(bad("ok, or leave the line out")),
            _ => return Err(bad("yes, or leave the line out")),
        }
        Ok(true)
    }
}

const PLAIN_NAME: &str = "one plain file name, with no folder, of at most 200 bytes, such as talk.mp4";

fn set<T: PartialEq>(slot: &mut Option<T>, key: &'static str, new: T) -> Result<(), Problem> {
    if slot.as_ref().is_some_and(|old| *old != new) {
        return Err(Problem::Repeated { key });
    }
    *slot = Some(new);
    Ok(())
}

/// A plausible tag: two or three letters, then subtags of up to eight letters and digits.
fn language(word: &str) -> Option<String> {
    let tag = match word {
        "bangla" | "bengali" | "বাংলা" => "bn".to_owned(),
        "english" => "en".to_owned(),
        "chinese" | "中文" => "zh".to_owned(),
        _ => word.replace('_', "-"),
    };
    let mut parts = tag.split('-');
    let first = parts.next()?;
    let plausible = (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
        && tag.len() <= 35;
    plausible.then_some(tag)
}

fn priority(word: &str) -> Option<Priority> {
    match word {
        "high" => Some(Priority::High),
        "normal" => Some(Priority::Normal),
        "low" => Some(Priority::Low),
        _ => None,
    }
}

fn quality(word: &str) -> Option<Quality> {
    match word {
        "low" => Some(Quality::Low),
        "medium" => Some(Quality::Medium),
        "high" => Some(Quality::High),
        _ => None,
    }
}

/// A film's name without its `.mp4`, if it is one plain name that is safe beside our own files.
fn output(value: &str) -> Option<String> {
    let ending = value.len().checked_sub(4).and_then(|at| value.get(at..));
    let film = ending.is_some_and(|e| e.eq_ignore_ascii_case(".mp4"));
    let stem = trim(if film { &value[..value.len() - 4] } else { value });
    let lower = stem.to_lowercase();
    let plain = !stem.is_empty()
        && stem.len() <= LONGEST_NAME
        && !stem.starts_with(['.', '~'])
        && !stem.contains(|c: char| c == '/' || c == '\\' || c.is_control() || is_bidi(c));
    let ours = lower.contains(".report.") || NOT_FILMS.iter().any(|end| lower.ends_with(end));
    (plain && !ours).then(|| stem.to_owned())
}

/// A value made fit for a note: one line, nothing that turns or hides text, not too long.
fn shown(value: &str) -> String {
    let mut out: String = value.chars().filter(|c| !c.is_control() && !is_bidi(*c)).take(60).collect();
    if out.len() < value.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Headers, Problem> {
        let mut headers = Headers::default();
        assert!(headers.take(line)?, "{line:?} is no header");
        Ok(headers)
    }

    #[test]
    fn values_that_are_taken() {
        let none = Headers::default;
        let lang = |tag: &str| Headers { language: Some(tag.into()), ..none() };
        let output = |name: &str| Headers { output: Some(name.into()), ..none() };
        let table = [
            ("Language: bn", lang("bn")),
            (" language :BN ", lang("bn")),
            ("LANGUAGE：zh_Hant_TW", lang("zh-hant-tw")),
            ("Language: Bangla", lang("bn")),
            ("Language: বাংলা", lang("bn")),
            ("Priority: HIGH", Headers { priority: Some(Priority::High), ..none() }),
            ("priority:low", Headers { priority: Some(Priority::Low), ..none() }),
            ("Priority: normal", Headers { priority: Some(Priority::Normal), ..none() }),
            ("Quality: Medium", Headers { quality: Some(Quality::Medium), ..none() }),
            ("Again: YES", Headers { again: true, ..none() }),
            ("make: Video", Headers { make: Some(Make::Video), ..none() }),
            ("Cost: OK", Headers { cost_ok: true, ..none() }),
            ("Whole: yes", Headers { whole: true, ..none() }),
            ("Output: My Film.MP4", output("My Film")),
            ("Output: আমার ভিডিও", output("আমার ভিডিও")),
            ("Output: a: b.v2", output("a: b.v2")),
            ("Output: talk.mov", output("talk.mov")),
        ];
        for (line, want) in table {
            assert_eq!(of(line), Ok(want), "{line:?}");
        }
        assert!(of(&format!("Output: {}.mp4", "x".repeat(200))).is_ok());
    }

    #[test]
    fn values_that_are_refused() {
        let long = format!("Output: {}", "x".repeat(201));
        let table = [
            "Language:",
            "Language: b",
            "Language: please translate",
            "Language: bn bd",
            "Language: bn-",
            "Language: b1",
            "Language: klingon",
            "Priority: urgent",
            "Priority:",
            "Quality: 4k",
            "Again: no",
            "Again: yes please",
            "Make: music",
            "Cost: yes",
            "Whole: 1",
            "Output:",
            "Output: .",
            "Output: ..",
            "Output: ../x",
            "Output: a/b.mp4",
            "Output: a\\b",
            "Output: .hidden",
            "Output: .mp4",
            "Output: a\u{202E}4pm.exe",
            "Output: a\u{1b}[31m",
            "Output: talk.report.txt",
            "Output: talk.Error.TXT.mp4",
            "Output: x.waiting.txt",
            "Output: talk.report",
            "Output: a.report.b",
            "Output: index.html",
            "Output: talk.mp4.part",
            "Output: ~$a",
            &long,
        ];
        for line in table {
            let problem = of(line).unwrap_err();
            assert!(matches!(problem, Problem::BadHeader { .. }), "{line:?}: {problem:?}");
            let said = problem.to_string();
            assert!(said.len() < 300 && !said.contains(['\u{202E}', '\u{1b}']), "{said:?}");
        }
    }

    #[test]
    fn lines_that_are_no_header() {
        let table = [
            "",
            "Note: make it short",
            "language",
            "Languages: bn",
            "add this: music",
            "- Language: bn",
            "Lan guage: bn",
        ];
        for line in table {
            assert_eq!(Headers::default().take(line), Ok(false), "{line:?}");
        }
    }

    #[test]
    fn a_key_twice() {
        let mut headers = of("Language: bn").unwrap();
        assert_eq!(headers.take("language: BN"), Ok(true));
        assert_eq!(headers.take("Language: en"), Err(Problem::Repeated { key: "Language" }));
    }
}
