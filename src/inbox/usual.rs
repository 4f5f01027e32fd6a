//! The words of a clip that has none of its own: those of its batch, else of the nearest `default.txt`. Headers alone
//! stand over what would hold without them.

use std::io;

use super::beside::{WordsNow, pairs_of, unread};
use super::decide::{House, Look, Wait};
use super::names::BATCH;
use super::open::read_text;
use super::pair::Pairs;
use super::report::{Reason, Text};
use super::settle::Rest;
use crate::config::IgnoreList;
use crate::instruction::{self, Problem};
use crate::job::{Code, RelPath};
use crate::mount::Dir;

impl Look<'_> {
    /// A clip's own text, with what it stands over where it has no words.
    pub(super) fn own(&self, path: &RelPath, rest: Rest, house: &House) -> Result<Text, Wait> {
        let text = self.text(path, rest)?;
        let over = if has_words(&text) { None } else { self.usual(house)? };
        Ok(Text { over: over.map(Box::new), ..text })
    }

    /// The text for a clip that has none of its own.
    pub(super) fn usual(&self, house: &House) -> Result<Option<Text>, Wait> {
        let mut texts: Vec<_> = self.of_batch(house)?.into_iter().collect();
        for (path, rest) in &house.defaults {
            if texts.last().is_some_and(has_words) {
                break;
            }
            texts.push(self.text(path, *rest)?);
        }
        Ok(stacked(texts))
    }

    /// The words of a batch; nothing where its text is empty, which it may be.
    fn of_batch(&self, house: &House) -> Result<Option<Text>, Wait> {
        let Some((path, rest)) = &house.batch else { return Ok(None) };
        match self.text(path, *rest) {
            Err(wait) if wait.reason == Reason::Held(Code::Empty) => Ok(None),
            text => text.map(Some),
        }
    }
}

/// The same as it lies there at this moment, however fresh; the error is what stands in its way.
pub(super) fn usual_now(
    dir: &Dir,
    (folder, pairs): (RelPath, Pairs),
    ignore: &IgnoreList,
) -> io::Result<Result<Option<Text>, WordsNow>> {
    let (mut at, mut pairs, mut texts) = (folder, pairs, Vec::new());
    if let Some(batch) = pairs.text_of(BATCH).filter(|_| at != RelPath::root()) {
        match read_text(dir, batch) {
            // One that says nothing leaves it to the usual words.
            Ok(text) if matches!(instruction::read(&text.bytes), Err(Problem::Empty)) => {}
            Ok(text) => texts.push(text),
            Err(e) => return Ok(Err(unread(batch, &e))),
        }
    }
    while !texts.last().is_some_and(has_words) {
        if let Some(path) = pairs.default_text() {
            match read_text(dir, path) {
                Ok(text) => texts.push(text),
                Err(e) => return Ok(Err(unread(path, &e))),
            }
        }
        if at == RelPath::root() {
            break;
        }
        at = at.parent();
        pairs = pairs_of(dir, &at, None, ignore)?;
    }
    Ok(Ok(stacked(texts)))
}

/// Whether nothing below it is heard: it has words, or what is wrong with it is told.
pub(crate) fn has_words(text: &Text) -> bool {
    instruction::read(&text.bytes).map_or(true, |sidecar| sidecar.words.is_some())
}

/// The first of these texts, standing over the others.
fn stacked(texts: Vec<Text>) -> Option<Text> {
    texts.into_iter().rev().fold(None, |over, text| Some(Text { over: over.map(Box::new), ..text }))
}
