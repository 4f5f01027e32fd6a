//! English: what is to be done stands at the head of its clause, behind a few polite words.

use super::phrases::{
    EN_ACCOUNT, EN_BUTTONS, EN_CLICK, EN_FOLLOWS, EN_LEADS, EN_LOOK, EN_NAMES, EN_OPEN, EN_OUT, EN_PARTS,
    EN_PLACES, EN_PRESS, EN_SEEN, EN_SIDES, EN_TELLS, EN_THINGS,
};
use super::{Instead, any};

/// A word, and whether it is the name of something on a screen: in brackets, quotes or stars, or with a capital.
struct Word {
    low: String,
    named: bool,
}

/// What a clause assumes.
pub(super) fn screen(clause: &str) -> Option<Instead> {
    let all = words(clause);
    let (led, head) = without_leads(&all);
    if let Some(instead) = button(head) {
        return Some(instead);
    }
    let (first, rest) = head.split_first()?;
    if first.named && clause.trim_start().starts_with(['"', '“', '「']) {
        return None;
    }
    let has = |list| rest.iter().any(|word| is(list, &word.low));
    let next = rest.first();
    let next_is = |list| next.is_some_and(|word| is(list, &word.low));
    let is_named = next.is_some_and(|word| word.named);
    let verb = first.low.as_str();
    if is(EN_CLICK, verb) && (is_named || next_is(EN_THINGS)) || double(first, next) {
        return Some(clicked(verb, head));
    }
    if is(EN_PRESS, verb) && (has(EN_BUTTONS) || next_is(EN_OUT)) {
        return Some(clicked(verb, head));
    }
    if is("select|choose", verb) && next_is("the|a|any") && has("layer|track") {
        return Some(Instead::Further);
    }
    if drags(verb, rest, led) {
        return Some(Instead::Further);
    }
    if is(EN_OPEN, verb) || is(EN_LOOK, verb) {
        return looked(verb, rest);
    }
    let is_film = |word: &Word| is("video|film|movie|project|file|result", &word.low);
    let out = is("export|download", verb)
        && (led || !has(EN_TELLS))
        && (next.is_none() || next_is(EN_NAMES) || next_is("when|now|to|as|in|here|from"));
    (out || (verb == "save" && next_is(EN_NAMES) && rest.iter().any(is_film))).then_some(Instead::Export)
}

/// Whether it only leads to a clause that assumes a screen.
pub(super) fn is_side(clause: &str) -> bool {
    begins(&words(clause), EN_SIDES).is_some()
}

/// Whether it goes on with one.
pub(super) fn follows(clause: &str) -> bool {
    let all = words(clause);
    let (_, head) = without_leads(&all);
    head.first().is_some_and(|word| is(EN_FOLLOWS, &word.low))
}

/// A button is spoken of, and not as of something in the film.
fn button(head: &[Word]) -> Option<Instead> {
    let at = begins(head, "you will find|you'll find|there is|look for|find|use|the").unwrap_or(0);
    let at = at + usize::from(head.get(at).is_some_and(|word| word.low == "the"));
    let is_at = |at: usize, list| head.get(at).is_some_and(|word| is(list, &word.low));
    (is_at(at, EN_OUT) && is_at(at + 1, EN_BUTTONS)).then_some(Instead::Export)
}

fn double(first: &Word, next: Option<&Word>) -> bool {
    is("double|right|left", &first.low) && next.is_some_and(|word| word.low == "click")
}

fn clicked(verb: &str, head: &[Word]) -> Instead {
    let has = |list| head.iter().any(|word| is(list, &word.low));
    let by_hand = is("double-click|right-click|double|right|select|toggle|hover", verb);
    if has(EN_OUT) {
        Instead::Export
    } else if by_hand || has(EN_PARTS) {
        Instead::Further
    } else if has(EN_ACCOUNT) || has("upgrade|billing") {
        Instead::Credits
    } else if has(EN_SEEN) || has("play|preview") {
        Instead::Timeline
    } else {
        Instead::Click
    }
}

fn drags(verb: &str, rest: &[Word], led: bool) -> bool {
    let has = |list| rest.iter().any(|word| is(list, &word.low));
    let named = rest
        .first()
        .is_some_and(|word| is(EN_NAMES, &word.low) || is(EN_PARTS, &word.low) || word.low.is_empty());
    match verb {
        "drag-and-drop" | "drag-drop" | "drag/drop" => true,
        "drag" => named,
        "drop" => {
            named && has("into|onto|in|on") && has("timeline|track|panel|editor|canvas|start|end|beginning")
        }
        _ => led && has("dragging"),
    }
}

fn looked(verb: &str, rest: &[Word]) -> Option<Instead> {
    let has = |list| rest.iter().any(|word| is(list, &word.low));
    let next_is = |list| rest.first().is_some_and(|word| is(list, &word.low));
    if has(EN_ACCOUNT) && !has("name|title|caption") && !is("play|watch|preview", verb) {
        return Some(Instead::Credits);
    }
    if is(EN_OPEN, verb) && has(EN_PLACES) {
        return Some(if has(EN_OUT) { Instead::Export } else { Instead::Timeline });
    }
    let seen = is(EN_LOOK, verb) && !is("log|sign|top|manage|visit", verb) && has(EN_SEEN);
    (seen || (verb == "preview" && next_is("the|it|your|this|them|how|in"))).then_some(Instead::Timeline)
}

/// The words without those that only lead to what is to be done, and whether it is told to "you".
fn without_leads(all: &[Word]) -> (bool, &[Word]) {
    let (mut head, mut led) = (all, false);
    loop {
        let numbers =
            head.iter().take_while(|w| w.low.is_empty() || w.low.chars().all(char::is_numeric)).count();
        let n = begins(head, EN_LEADS).unwrap_or(0).max(numbers);
        if n == 0 {
            return (led, head);
        }
        led |= head[..n].iter().any(|word| is("you|you'll|free|ahead", &word.low));
        head = &head[n..];
    }
}

/// How many words the longest phrase of a list takes at the head.
fn begins(head: &[Word], list: &str) -> Option<usize> {
    let fits = |phrase: &str| {
        let n = phrase.split(' ').count();
        let same = head.len() >= n && phrase.split(' ').zip(head).all(|(a, b)| a == b.low);
        same.then_some(n)
    };
    list.split('|').filter_map(fits).max()
}

fn is(list: &str, word: &str) -> bool {
    any(list, |entry| entry == word)
}

fn words(clause: &str) -> Vec<Word> {
    let word = |(at, raw): (usize, &str)| {
        let bare = raw.trim_matches(|c: char| !c.is_alphanumeric());
        let marked = raw.starts_with(['[', '"', '“', '*', '`', '\'', '‘', '<']);
        let capital = at > 0 && bare.starts_with(|c: char| c.is_uppercase()) && bare != "I";
        Word { low: bare.to_lowercase().replace('’', "'"), named: marked || capital }
    };
    clause.split_whitespace().enumerate().map(word).collect()
}
