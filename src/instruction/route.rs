//! Is a step a message, which is paid, or an action that skips the message stream?
//!
//! An action is a step that is nothing but that action, with polite words, sizes, formats and punctuation
//! around it. Words that only mention one are a message: when in doubt, it is a message.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::Quality;
use super::phrases::{CREDITS, EXPORT, FORMATS, HEIGHTS, QUALITIES, SAVE, STATE, UPLOAD, Words};
use super::text::is_bidi;

/// Where a step goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// To the backend, as it is written. Paid.
    Message,
    /// The export, which every job ends with anyway.
    Export {
        /// How the film was asked for; the service makes MP4 in three qualities and nothing else.
        asked: Asked,
    },
    /// The balance is read.
    Credits,
    /// The draft is read and told.
    State,
    /// Nothing: the files are uploaded anyway.
    Upload,
}

/// What an export step says about the film.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Lines of the picture, such as 1080.
    pub height: Option<u32>,
    /// The format's ending, in lower case: mp4, mov, webm, avi or mkv.
    pub format: Option<String>,
    /// A quality in words.
    pub quality: Option<Quality>,
}

/// The longest step that can be an action, in bytes after folding; bounds the work below as well.
const LONGEST: usize = 300;

/// Says where a step goes.
pub fn route(step: &str) -> Route {
    if step.len() > 4 * LONGEST {
        return Route::Message;
    }
    let step = folded(unnumbered(step));
    if step.len() > LONGEST {
        return Route::Message;
    }
    if let Some((asked, rest)) = asked(&step)
        && [EXPORT, SAVE].iter().any(|words| is_only(&rest, words) || is_only(&step, words))
    {
        return Route::Export { asked };
    }
    let others = [(CREDITS, Route::Credits), (STATE, Route::State), (UPLOAD, Route::Upload)];
    others.into_iter().find(|(words, _)| is_only(&step, words)).map_or(Route::Message, |(_, route)| route)
}

/// A step without the number that a list gives it: `2) `, `3. `, `১) `.
fn unnumbered(step: &str) -> &str {
    let step = step.trim_start();
    let digits = step.len() - step.trim_start_matches(|c: char| c.is_numeric()).len();
    let rest = step[digits..].strip_prefix(['.', ')', '।']);
    match rest.filter(|rest| (1..=6).contains(&digits) && rest.starts_with(char::is_whitespace)) {
        Some(rest) => rest.trim_start(),
        None => step,
    }
}

/// One spelling for all that means the same here: NFKC, lower case, ASCII digits, every run of blanks and
/// punctuation one space, and a space wherever Chinese meets another script.
fn folded(step: &str) -> String {
    let mut out = String::with_capacity(step.len());
    let mut before = ' ';
    for c in step.nfkc().flat_map(char::to_lowercase) {
        if is_bidi(c) || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}') {
            continue;
        }
        let c = match c {
            '০'..='৯' => char::from(b'0' + u8::try_from(u32::from(c) - u32::from('০')).unwrap_or(0)),
            '×' => 'x',
            c if c.is_whitespace() || PUNCTUATION.contains(c) => ' ',
            c => c,
        };
        if before != ' ' && c != ' ' && is_han(before) != is_han(c) {
            out.push(' ');
        }
        if c != ' ' || before != ' ' {
            out.push(c);
        }
        before = c;
    }
    out.truncate(out.trim_end().len());
    out
}

const PUNCTUATION: &str = ".,;:!?'\"()[]-_*~/&`।॥、。·•–—‘’“”«»「」『』《》【】…";

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

/// Whether the whole step can be laid out with these words, a head among them.
fn is_only(step: &str, words: &Words) -> bool {
    // For each place: can it be reached without a head, and with one?
    let mut reach = vec![[false; 2]; step.len() + 1];
    reach[0] = [true, false];
    for at in 0..step.len() {
        let [without, with] = reach[at];
        if !(without || with) {
            continue;
        }
        let rest = &step[at..];
        let blank = rest.starts_with(' ').then_some(" ");
        let around = words.around.iter().flat_map(|list| list.split('|')).filter(|p| begins(rest, p));
        for phrase in around.chain(blank) {
            reach[at + phrase.len()][0] |= without;
            reach[at + phrase.len()][1] |= with;
        }
        for head in words.heads.split('|').filter(|p| begins(rest, p)) {
            reach[at + head.len()][1] = true;
        }
    }
    reach[step.len()][1]
}

/// Chinese writes no spaces; everything else must end where a word ends.
fn begins(rest: &str, phrase: &str) -> bool {
    rest.strip_prefix(phrase)
        .is_some_and(|after| after.is_empty() || after.starts_with(' ') || phrase.ends_with(is_han))
}

/// What a step says about the film, and the step without it; `None` where it wants two different things at once.
fn asked(step: &str) -> Option<(Asked, String)> {
    let mut rest = format!(" {step} ");
    let qualities = named(&mut rest, &QUALITIES);
    let heights = named(&mut rest, &HEIGHTS);
    let formats = named(&mut rest, &FORMATS);
    if qualities.len().max(heights.len()).max(formats.len()) > 1 {
        return None;
    }
    let quality = qualities.first().copied();
    let asked =
        Asked { height: heights.first().copied(), format: formats.first().map(ToString::to_string), quality };
    Some((asked, rest.trim().to_owned()))
}

/// The entries of a table that are named in `rest`; their names are taken out of it.
fn named<T: Copy>(rest: &mut String, table: &[(T, &str)]) -> Vec<T> {
    let mut found = Vec::new();
    for (meant, names) in table {
        let before = rest.len();
        for name in names.split('|') {
            let name = if name.ends_with(is_han) { name.to_owned() } else { format!(" {name} ") };
            while rest.contains(&name) {
                *rest = rest.replacen(&name, " ", 1);
            }
        }
        if rest.len() < before {
            found.push(*meant);
        }
    }
    found
}

#[cfg(test)]
mod tests;
