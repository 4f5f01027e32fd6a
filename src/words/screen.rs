//! Words of the service that assume a screen: what they ask for is done, or told, in another way here. Pure.
//!
//! Such a sentence gives way to one of ours; all others stay word for word. Only a sentence that tells somebody to do
//! something is meant: one that mentions a button tells what is in the film.

mod bangla;
mod chinese;
mod english;
mod phrases;

use std::collections::BTreeSet;

use super::catalogue::{Args, Catalogue, of};
use super::sentences::{clauses, outside, sentences};
use super::show;
use crate::config::Language;

/// Longer words are left as they are from here on.
const MOST: usize = 16_384;
/// Characters of a further change that are shown.
const CLAUSE_MAX: usize = 200;

/// A longer clause is not one that somebody wrote to have something clicked, in bytes.
const CLAUSE_LONG: usize = 600;

/// What is done instead.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Instead {
    /// The film is exported by itself.
    Export,
    /// Nothing is to be clicked.
    Click,
    /// The report tells the timeline.
    Timeline,
    /// The report tells the credits.
    Credits,
    /// A further change: a person has to ask for it, because it costs.
    Further,
}

impl Instead {
    const fn message(self) -> &'static str {
        match self {
            Self::Export => "screen-export",
            Self::Click => "screen-click",
            Self::Timeline => "screen-timeline",
            Self::Credits => "screen-credits",
            Self::Further => "screen-further",
        }
    }
}

/// What is known of a clause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Clause {
    /// It assumes a screen.
    Screen(Instead),
    /// It leads to such a clause, or follows it, and says nothing alone.
    Side,
    /// It stays.
    Content,
}

/// The words as they are shown here.
pub(super) fn told(raw: &str, words: &Catalogue) -> String {
    replaced(raw, |instead, clause| {
        let words_of =
            show::folded(clause.trim_end_matches(['.', ',', '!', '।', '。', '，', ' ']), CLAUSE_MAX);
        words.say(instead.message(), &Args::default().with("words", words_of)).unwrap_or_default()
    })
}

/// The same in plain English, for logs and commands.
pub fn without_screen(raw: &str) -> String {
    of(Language::English).first().map_or_else(String::new, |words| told(raw, words))
}

/// What a sentence assumes, if nothing else is said in it.
pub(super) fn only(sentence: &str) -> Option<Instead> {
    let said = judged(sentence);
    let stays = said.iter().any(|(part, clause)| *clause == Clause::Content && has_letters(part));
    said.iter().find_map(|(_, clause)| match clause {
        Clause::Screen(instead) if !stays => Some(*instead),
        _ => None,
    })
}

fn replaced(raw: &str, say: impl Fn(Instead, &str) -> String) -> String {
    let end = raw.char_indices().nth(MOST).map_or(raw.len(), |(at, _)| at);
    let (mut out, mut said) = (String::with_capacity(raw.len()), BTreeSet::new());
    for sentence in sentences(&raw[..end]) {
        let parts = judged(sentence);
        if parts.iter().any(|(_, clause)| matches!(clause, Clause::Screen(_))) {
            out += &instead(sentence, &parts, |instead, clause| {
                // Each further change is another one.
                let is_new = said.insert(instead) || instead == Instead::Further;
                is_new.then(|| say(instead, clause))
            });
        } else {
            out += sentence;
        }
    }
    out + &raw[end..]
}

/// A sentence whose clauses that assume a screen give way to ours, each of which is said only once in a text.
fn instead(
    sentence: &str,
    parts: &[(&str, Clause)],
    mut say: impl FnMut(Instead, &str) -> Option<String>,
) -> String {
    let (mut out, mut open) = (String::new(), String::new());
    for (part, clause) in parts {
        if let Clause::Screen(instead) = clause {
            if has_letters(&open) {
                glue(&mut out, &ended(&open));
            }
            open.clear();
            if let Some(ours) = say(*instead, part) {
                glue(&mut out, &ours);
            }
        } else {
            open += part;
        }
    }
    if has_letters(&open) {
        glue(&mut out, open.trim_end());
    }
    let trailing = &sentence[sentence.trim_end().len()..];
    if out.is_empty() {
        return trailing.chars().filter(|c| *c == '\n').collect();
    }
    let leading = if out.starts_with('[') { listed(sentence) } else { "" };
    format!("{leading}{out}{trailing}")
}

fn glue(out: &mut String, next: &str) {
    if !out.is_empty() && !out.ends_with('。') && !next.starts_with(is_han) {
        out.push(' ');
    }
    out.push_str(next);
}

/// What stands before the words of an item of a list.
fn listed(sentence: &str) -> &str {
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '-' | '•' | '*' | '>' | '#');
    let rest = sentence.trim_start_matches(is_mark);
    let behind = rest.trim_start_matches(char::is_numeric);
    let rest = if behind.len() < rest.len() && behind.starts_with(". ") { &behind[2..] } else { rest };
    &sentence[..sentence.len() - rest.len()]
}

/// Ended like a sentence of its script.
fn ended(kept: &str) -> String {
    let kept = kept.trim_end().trim_end_matches([',', ';', '，', '；', '—', '-', '–', ' ']);
    let stop = match kept.chars().next_back() {
        Some('.' | '!' | '?' | '。' | '！' | '？' | '।' | ':' | '：') | None => "",
        _ if kept.contains(is_han) => "。",
        _ if kept.contains(is_bengali) => "।",
        _ => ".",
    };
    format!("{kept}{stop}")
}

/// The clauses, each with what is known of it; a side counts as one only beside a clause that assumes a screen.
fn judged(sentence: &str) -> Vec<(&str, Clause)> {
    let mut parts: Vec<(&str, Clause)> =
        clauses(sentence).into_iter().flat_map(joined).map(|part| (part, judge(part))).collect();
    let is_screen = |clause: Clause| matches!(clause, Clause::Screen(_));
    // From the end, so that one lead may lead to another.
    for at in (0..parts.len()).rev().filter(|at| at + 1 < parts.len()).collect::<Vec<_>>() {
        if parts[at].1 == Clause::Side && is_screen(parts[at + 1].1) {
            parts[at].1 = parts[at + 1].1;
        }
    }
    for at in 1..parts.len() {
        let follows = parts[at].1 == Clause::Side || english::follows(parts[at].0);
        if follows && is_screen(parts[at - 1].1) && !is_screen(parts[at].1) {
            parts[at].1 = parts[at - 1].1;
        }
    }
    let mut merged: Vec<(&str, Clause)> = Vec::with_capacity(parts.len());
    let mut end = 0;
    for (part, clause) in parts {
        let clause = if clause == Clause::Side { Clause::Content } else { clause };
        end += part.len();
        match merged.last_mut().filter(|(_, last)| *last == clause) {
            Some((last, _)) => *last = &sentence[end - part.len() - last.len()..end],
            None => merged.push((part, clause)),
        }
    }
    merged
}

/// A clause parted where another begins that assumes a screen: "I added music and you can click Export".
fn joined(clause: &str) -> Vec<&str> {
    if clause.len() > CLAUSE_LONG {
        return vec![clause];
    }
    let shown = outside(clause);
    for joint in [" and ", " then ", " or ", " so "] {
        for (at, _) in clause.match_indices(joint) {
            // "Drag and drop" is one thing to do.
            let is_pair = ["drag", "click", "press"].iter().any(|verb| clause[..at].ends_with(verb));
            if at > 0
                && !is_pair
                && shown.iter().any(|(place, _)| *place == at)
                && english::screen(&clause[at..]).is_some()
            {
                return vec![&clause[..at], &clause[at..]];
            }
        }
    }
    vec![clause]
}

fn judge(clause: &str) -> Clause {
    let (screen, is_side) = if clause.contains(is_bengali) {
        (bangla::screen(clause), bangla::is_side(clause))
    } else if clause.contains(is_han) {
        (chinese::screen(clause), chinese::is_side(clause))
    } else {
        (english::screen(clause), english::is_side(clause))
    };
    screen.map_or(if is_side { Clause::Side } else { Clause::Content }, Clause::Screen)
}

fn has_letters(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

pub(super) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

pub(super) const fn is_bengali(c: char) -> bool {
    matches!(c, '\u{980}'..='\u{9FF}')
}

/// Whether one of the words of a list, parted by `|`, is so.
fn any(list: &str, is_so: impl FnMut(&str) -> bool) -> bool {
    list.split('|').any(is_so)
}

#[cfg(test)]
mod tests;
