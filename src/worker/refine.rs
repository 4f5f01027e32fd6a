//! New words for a film: which version they make, and what of them is new. Pure.

use super::order;
use super::texts::is_asked;
use crate::instruction::{self, canonical};
use crate::job::{Base, Code, End, Failure, Job, JobEvent, Order, WordsFrom};

/// A film with all that was made of it since.
pub(super) struct Line {
    root: Job,
    /// Later versions, oldest first, whatever became of them.
    versions: Vec<Job>,
}

impl Line {
    pub(super) const fn new(root: Job, versions: Vec<Job>) -> Self {
        Self { root, versions }
    }

    /// Whether a version is being made: a session has one message at a time.
    pub(super) fn is_busy(&self) -> bool {
        self.versions.iter().any(|job| !job.is_ended())
    }

    /// The newest version that was delivered.
    pub(super) fn last(&self) -> &Job {
        self.versions.iter().rev().find(|job| job.end == Some(End::Delivered)).unwrap_or(&self.root)
    }

    /// The film that new words are for: the version that was asked for, where that is free, else the next one.
    pub(super) fn base(&self, asked: Option<u32>) -> Option<Base> {
        let last = self.last();
        let delivered = self.versions.iter().filter(|job| job.end == Some(End::Delivered));
        let highest = delivered.filter_map(|job| Some(job.work.base()?.version)).max().unwrap_or(1);
        Some(Base {
            root: self.root.id,
            over: last.id,
            version: asked.unwrap_or(highest + 1),
            made: asked.map_or(highest + 1, |asked| asked.max(highest + 1)),
            film: self.root.delivered.clone()?,
            bytes: last.film.as_ref().map_or(0, |film| film.len),
            session: last.session.clone()?,
            task: last.task.clone(),
            account: last.account.clone(),
            contents: self.root.contents()?,
            language: self.root.order.language.clone(),
        })
    }
}

/// What is asked of a film with these words: where they only go on where the last ones ended, what is new in them.
/// The second value: there is nothing new in them, and nobody has said by a version's number that they are meant again.
pub(super) fn order(order: Order, base: &Base, last: &Job, numbered: bool) -> (Order, bool) {
    let mut order = Order { language: base.language.clone(), ..order };
    let (old, new) = (&last.order.words, &order.words);
    let same = old == new;
    if !same && let Some(more) = goes_on(old, new) {
        order.messages = order::messages(&instruction::steps(&more));
    }
    (order.clone(), same && !numbered && !order.again)
}

/// What a text says after what an old one said, where it only goes on from it.
fn goes_on(old: &str, new: &str) -> Option<String> {
    let rest = new.strip_prefix(old).filter(|_| !old.is_empty())?;
    let rest = canonical(rest.strip_prefix('\n')?);
    (!rest.is_empty()).then_some(rest)
}

/// Words that were sent for a film already, and nothing else.
pub(super) fn nothing_new(film: &str) -> Failure {
    Failure::new(
        Code::SameAgain,
        "these are the words that the film was made with",
        "Write what is to be changed. Or write `Again: yes` as the first line to have the same words sent once more.",
    )
    .about(film)
}

/// The answer to a job's question, where its own text was saved with new lines in it.
pub(super) fn reply(job: &Job, order: &Order) -> Option<JobEvent> {
    let asking = job.asking.as_ref().filter(|_| is_asked(job))?;
    let WordsFrom::Sidecar(text) = &order.from else { return None };
    if matches!(&job.order.from, WordsFrom::Sidecar(old) if old.hash == text.hash) {
        return None;
    }
    let old: Vec<&str> = match &job.order.from {
        WordsFrom::Sidecar(_) => job.order.words.lines().map(str::trim).collect(),
        // The words so far were not written for this clip: all of a text of its own are new.
        _ => Vec::new(),
    };
    let is_new = |line: &&str| !old.contains(&line.trim());
    let words = canonical(&order.words.lines().filter(is_new).collect::<Vec<_>>().join("\n"));
    let reply = |words| JobEvent::Replied { n: asking.n, words, text: Some(text.clone()), sidecar: true };
    (!words.is_empty()).then(|| reply(words))
}

#[cfg(test)]
mod tests {
    use super::goes_on;

    #[test]
    fn only_what_is_new_in_a_text_that_goes_on() {
        let table = [
            ("a", "a\n---\nb", Some("b")),
            ("a", "a\nb", Some("b")),
            ("a\n---\nb", "a\n---\nb\n---\nc\n---\nd", Some("c\n---\nd")),
            ("a", "a", None),
            ("a", "ab", None),
            ("a", "b\n---\na", None),
            ("a\n---\nb", "a", None),
            ("", "a", None),
        ];
        for (old, new, want) in table {
            assert_eq!(goes_on(old, new).as_deref(), want, "{old:?} {new:?}");
        }
    }
}
