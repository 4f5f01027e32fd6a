//! Bangla: what is to be done stands at the end of its clause.

use super::Instead;
use super::phrases::{
    BN_ACCOUNT, BN_ACCOUNT_LOOK, BN_ASKS, BN_CLICK, BN_DRAG, BN_LOOK, BN_OPEN, BN_OUT, BN_OUT_ALONE,
    BN_OUT_THEN, BN_PARTS, BN_PLACES, BN_SIDES,
};
use crate::words::sentences::bare;

/// What a clause assumes.
pub(super) fn screen(clause: &str) -> Option<Instead> {
    let (clause, told) = (spelled(clause), spelled(&bare(clause)));
    let said = told.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_sign(c));
    let has = |list| any(list, |word| told.contains(word));
    let names = |list| any(list, |word| clause.to_lowercase().contains(word));
    if has(BN_OUT_THEN) && names("এক্সপোর্ট|ডাউনলোড|export|download") {
        return Some(Instead::Export);
    }
    if !any(BN_ASKS, |end| said.ends_with(end)) {
        return None;
    }
    if has(BN_DRAG) || has(BN_PARTS) {
        return Some(Instead::Further);
    }
    if has(BN_CLICK) && clicks(&told) {
        return Some(if names(BN_OUT) {
            Instead::Export
        } else if names(BN_ACCOUNT) {
            Instead::Credits
        } else if names("প্রিভিউ|টাইমলাইন|প্লে|play|preview") {
            Instead::Timeline
        } else {
            Instead::Click
        });
    }
    if has(BN_ACCOUNT) && has(BN_ACCOUNT_LOOK) {
        return Some(Instead::Credits);
    }
    if has(BN_PLACES) && (has(BN_OPEN) || has(BN_LOOK))
        || any("প্রিভিউ দেখ|প্রিভিউ করে", |word| told.contains(word))
    {
        return Some(Instead::Timeline);
    }
    any(BN_OUT_ALONE, |end| said.ends_with(end)).then_some(Instead::Export)
}

/// Whether it only leads to a clause that assumes a screen.
pub(super) fn is_side(clause: &str) -> bool {
    let clause = spelled(clause);
    let said = clause.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_sign(c));
    any(BN_SIDES, |end| said.ends_with(end))
}

/// A click is meant as something to do, and not as a sound.
fn clicks(told: &str) -> bool {
    !any("ক্লিকের|ক্লিক সাউন্ড|ক্লিক শব্দ", |word| {
        told.contains(word)
    })
}

fn any(list: &str, mut is_so: impl FnMut(&str) -> bool) -> bool {
    list.split('|').any(|word| is_so(&spelled(word)))
}

/// One spelling: letters with a dot below are written in one or in two characters.
fn spelled(text: &str) -> String {
    text.replace('\u{9DF}', "\u{9AF}\u{9BC}").replace('\u{9DC}', "\u{9A1}\u{9BC}")
}

/// Signs that are part of a letter.
const fn is_sign(c: char) -> bool {
    matches!(c, '\u{981}'..='\u{983}' | '\u{9BC}' | '\u{9BE}'..='\u{9CD}' | '\u{9D7}')
}
