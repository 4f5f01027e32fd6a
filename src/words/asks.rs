//! Whether words of the service put a question to a person, and which. Pure.
//!
//! What counts is how they end: a question, or a request to say something, that nothing but courtesies follow. "Is there
//! anything else?" is a courtesy. Words that only tell somebody to drag something are a question as well: to have it
//! done is a further message, and that costs.

mod phrases;

use self::phrases::{
    BN_ASKED, BN_CLOSING, BN_ENDS, BN_IF, BN_OF, BN_POLITE, BN_TELL, EN_ASKED, EN_CLOSING, EN_OFFERS,
    EN_REQUESTS, EN_STARTS, EN_SURE, EN_YOU, ZH_ASKED, ZH_CLOSING, ZH_TELL, ZH_YOU,
};
use super::screen::{Instead, is_bengali, is_han, only};
use super::sentences::{bare, sentences};

/// Sentences that may follow a question, courtesies apart.
const BEHIND: usize = 3;
/// Only the end of very long words is looked at, in bytes.
const MOST: usize = 16_384;
/// Words that are no longer are a question as a whole: what leads to it helps.
const WHOLE: usize = 400;

/// Whether these words put a question to a person.
pub fn asks(words: &str) -> bool {
    question(words).is_some()
}

/// The question: the words from where they ask, or all of them where they are few.
pub fn question(words: &str) -> Option<&str> {
    let words = words.trim();
    let mut from = words.len().saturating_sub(MOST);
    while !words.is_char_boundary(from) {
        from += 1;
    }
    let all: Vec<&str> = sentences(&words[from..]).into_iter().collect();
    let first = asking(&all)
        .or_else(|| (all.iter().all(|s| is_silent(s)) && all.iter().any(|s| drags(s))).then_some(0))?;
    if words.chars().count() <= WHOLE {
        return Some(words);
    }
    // The sentence before it often says what is asked about.
    let at: usize = all[..first.saturating_sub(1)].iter().map(|sentence| sentence.len()).sum();
    Some(words[from + at..].trim())
}

/// The first sentence of those at the end that ask.
fn asking(all: &[&str]) -> Option<usize> {
    let mut behind = 0;
    let mut first = None;
    for (at, sentence) in all.iter().enumerate().rev() {
        if is_listed(sentence) || is_silent(sentence) {
            continue;
        }
        if is_asking(sentence) {
            first = Some(at);
        } else {
            behind += 1;
        }
        if behind > BEHIND || (first.is_some() && behind > 0) {
            break;
        }
    }
    first
}

/// Says nothing that matters here: a courtesy, what assumes a screen, or no word at all.
fn is_silent(sentence: &str) -> bool {
    !sentence.contains(char::is_alphabetic) || is_courtesy(sentence) || only(sentence).is_some()
}

fn drags(sentence: &str) -> bool {
    only(sentence) == Some(Instead::Further)
}

/// An item of a list to choose from.
fn is_listed(sentence: &str) -> bool {
    let sentence = sentence.trim_start();
    let rest = sentence.trim_start_matches(char::is_numeric);
    sentence.starts_with(['-', '•', '*'])
        || (rest.len() < sentence.len() && rest.starts_with(['.', ')', '、', '।', '）']))
}

fn is_marked(said: &str) -> bool {
    // An address whose query is not shown.
    if said.split_whitespace().next_back().is_some_and(|last| last.contains("://") && last.contains("?…")) {
        return false;
    }
    said.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '?' | '？' | '؟'))
        .ends_with(['?', '？', '؟'])
}

fn is_courtesy(sentence: &str) -> bool {
    let said = low(&bare(sentence));
    let has = |list: &str| list.split('|').any(|phrase| said.contains(phrase));
    if said.contains(is_bengali) {
        return has(BN_CLOSING);
    }
    has(ZH_CLOSING) || has(EN_OFFERS) || (!is_marked(&said) && has(EN_CLOSING) && !has(EN_SURE))
}

fn is_asking(sentence: &str) -> bool {
    let said = low(&bare(sentence));
    if is_marked(&said) {
        return true;
    }
    if said.contains(is_bengali) {
        return asks_in_bangla(&said);
    }
    let has = |list: &str| list.split('|').any(|phrase| said.contains(phrase));
    if said.contains(is_han) {
        let said = said.trim_end_matches(|c: char| !c.is_alphanumeric());
        return has(ZH_TELL) || said.ends_with(['吗', '呢']) || (has(ZH_YOU) && has(ZH_ASKED));
    }
    has(EN_REQUESTS) || has(EN_SURE) || begins_as_a_question(&said)
}

/// Somebody has forgotten the mark.
fn begins_as_a_question(said: &str) -> bool {
    let said = said.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins = |list: &str| {
        list.split('|').any(|start| said.strip_prefix(start).is_some_and(|rest| rest.starts_with(' ')))
    };
    begins(EN_STARTS) || (begins(EN_ASKED) && EN_YOU.split('|').any(|phrase| said.contains(phrase)))
}

fn asks_in_bangla(said: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || is_bengali(c) || c == '\u{200D}' || c == '\u{200C}';
    let words: Vec<&str> = said.split(|c: char| !is_part(c) || c == '।').filter(|w| !w.is_empty()).collect();
    let asked = words.iter().any(|word| BN_ASKED.split('|').any(|one| low(one) == *word));
    let is_last = |list: &str| words.last().is_some_and(|last| list.split('|').any(|end| *last == low(end)));
    let told = words.iter().any(|word| BN_TELL.split('|').any(|one| low(one) == *word));
    let ends = |word: &str| ["টি", "টা", "গুলো", "গুলি", "টুকু"].iter().any(|end| word.ends_with(end));
    let is_one = |list: &str, word: &str| list.split('|').any(|one| low(one) == word);
    // "Please tell the colour": who only may tell is not asked.
    let requested = is_last(BN_TELL)
        && !words.iter().any(|word| is_one(BN_IF, word))
        && (BN_POLITE.split('|').any(|polite| said.contains(&low(polite)))
            || words.iter().rev().nth(1).is_some_and(|word| ends(word) || is_one(BN_OF, word)));
    requested || (asked && (told || is_last(BN_ENDS)))
}

/// One spelling: lower case, straight apostrophes, blanks folded, Bangla letters with a dot below in two characters.
fn low(text: &str) -> String {
    let text = text.to_lowercase().replace('’', "'").replace('\u{9DF}', "\u{9AF}\u{9BC}");
    text.replace('\u{9DC}', "\u{9A1}\u{9BC}").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = include_str!("asks/rows.txt");

    #[test]
    fn what_asks_is_told_from_what_is_only_polite() {
        let rows: Vec<_> = ROWS.lines().filter(|l| !l.starts_with('#')).collect();
        assert!(rows.len() >= 60, "{} rows", rows.len());
        let wrong: Vec<_> = rows
            .into_iter()
            .map(|row| row.split_once(' ').unwrap())
            .filter(|(want, raw)| asks(&raw.replace("\\n", "\n")) != (*want == "yes"))
            .collect();
        assert!(wrong.is_empty(), "{} wrong\n{wrong:#?}", wrong.len());
    }

    #[test]
    fn of_many_words_the_question_is_left() {
        let many = "The clip has a man, a dog and a tree in it. ".repeat(30);
        let words = format!("{many}There are two songs. Which one do you want?\n- Lo-fi\n- Jazz");
        assert_eq!(question(&words), Some("There are two songs. Which one do you want?\n- Lo-fi\n- Jazz"));
        assert_eq!(question("Two songs fit. Which one?"), Some("Two songs fit. Which one?"));
        assert_eq!(question(&format!("Which one? {many}")), None, "all that follows is no courtesy");
        assert!(asks(&"ক?".repeat(9_000)));
    }

    #[test]
    fn words_that_only_say_drag_are_a_question() {
        assert!(asks("Drag the clip to the start of the timeline."));
        assert!(asks("将片段拖到时间线开头。还需要什么吗？"));
        assert!(!asks("I moved the clip. Drag it to the end if you prefer that."));
        assert!(!asks("Click [Export] to save it."));
    }
}
