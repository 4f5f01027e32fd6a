//! New words for a film: which version they make, and what of them is new. Pure.

use super::order;
use super::texts::is_asked;
use crate::instruction::{self, canonical};
use crate::job::WordsFrom::Sidecar;
use crate::job::{Base, Code, End, Failure, Job, JobEvent, Order, RelPath, WordsFrom};

/// A film with all that was made of it since. A film that was delivered once more is of the same project, and so of the
/// same line.
pub(super) struct Line {
    root: Job,
    film: Option<RelPath>,
    /// Later versions, oldest first, whatever became of them.
    versions: Vec<Job>,
}

impl Line {
    pub(super) fn new(root: Job, versions: Vec<Job>) -> Self {
        Self { film: root.delivered.clone(), root, versions }
    }

    /// The same, known by the name of that film.
    pub(super) fn named(self, film: Option<RelPath>) -> Self {
        Self { film: film.or(self.film), ..self }
    }

    /// Whether a version is being made: a session has one message at a time. One that says nothing new, and for which nothing
    /// was sent, holds nobody up.
    pub(super) fn is_busy(&self) -> bool {
        let is_idle = |job: &Job| job.code() == Some(Code::SameAgain) && !job.may_be_paid();
        self.versions.iter().any(|job| !job.is_ended() && !is_idle(job))
    }

    /// The newest version that was delivered.
    pub(super) fn last(&self) -> &Job {
        self.versions.iter().rev().find(|job| job.end == Some(End::Delivered)).unwrap_or(&self.root)
    }

    /// All whose words were carried out in the project.
    pub(super) fn told(&self) -> Vec<&Job> {
        let delivered = self.versions.iter().filter(|job| job.end == Some(End::Delivered));
        std::iter::once(&self.root).chain(delivered).collect()
    }

    /// The film that new words are for: the version that was asked for, where that is free, else the next one.
    pub(super) fn base(&self, asked: Option<u32>) -> Option<Base> {
        let last = self.last();
        let delivered = self.versions.iter().filter(|job| job.end == Some(End::Delivered));
        let highest = delivered.filter_map(|job| Some(job.work.base()?.made)).max().unwrap_or(1);
        let next = highest.saturating_add(1);
        Some(Base {
            root: self.root.id,
            over: last.id,
            version: asked.unwrap_or(next),
            made: asked.map_or(next, |asked| asked.max(next)),
            film: self.film.clone()?,
            bytes: last.film.as_ref().map_or(0, |film| film.len),
            session: last.session.clone()?,
            task: last.task.clone(),
            account: last.account.clone(),
            contents: self.root.contents()?,
            language: self.root.order.language.clone(),
        })
    }
}

/// What is asked of a film with these words: where they only go on where the last ones ended, or any ones before them, what
/// is new in them.
/// The second value: there is nothing new in them, and nobody has said by a version's number that they are meant again.
pub(super) fn order(
    order: Order,
    base: &Base,
    (last, earlier): (&Job, &[&Job]),
    numbered: bool,
) -> (Order, bool) {
    let mut order = Order { language: base.language.clone(), ..order };
    let new = &order.words;
    let told = || std::iter::once(&last).chain(earlier);
    // The very same text asks for nothing new, whatever it meant beside its clip: an editor that was left open saves the
    // first one behind a later version as well.
    let is_it = |job: &Job| matches!((&job.order.from, &order.from), (Sidecar(old), Sidecar(new)) if old.same_text(new));
    let spent = told().any(|job| is_it(job));
    let same = spent || told().any(|job| job.order.words == *new);
    // A text of the first film may be written on after versions that had texts of their own: what is the most of it that was
    // sent already is not sent again.
    let more = told().filter_map(|job| goes_on(&job.order.words, new));
    if !same && let Some(more) = more.min_by_key(String::len) {
        order.messages = order::messages(&instruction::steps(&more));
    }
    // A consent is good for one time.
    let known = same && !numbered && (!order.again || spent);
    (order, known)
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
    if matches!(&job.order.from, WordsFrom::Sidecar(old) if old.same_text(text)) {
        return None;
    }
    let old: Vec<&str> = match &job.order.from {
        WordsFrom::Sidecar(_) => job.order.words.lines().map(str::trim).collect(),
        // The words so far were not written for this clip: all of a text of its own are new.
        _ => Vec::new(),
    };
    let is_new = |line: &&str| !old.contains(&line.trim());
    let words = canonical(&order.words.lines().filter(is_new).collect::<Vec<_>>().join("\n"));
    // An export, or the dashes before a step, are nothing that could be sent.
    let words = order::messages(&instruction::steps(&words)).join("\n");
    let (text, steps) = (Some(text.clone()), order.messages.clone());
    (!words.is_empty()).then_some(JobEvent::Replied { n: asking.n, words, text, sidecar: true, steps })
}

#[cfg(test)]
mod tests {
    use super::{Line, goes_on};
    use crate::job::{
        Clip, ContentHash, Job, JobEvent, JobId, Moment, RelPath, SessionId, Stamp, Work, admit,
    };
    use crate::worker::order;

    /// A delivered film; of a later version, where a number is given.
    fn film(id: i64, version: Option<u32>) -> Job {
        let name = |name: &str| RelPath::from_bytes(name.as_bytes()).unwrap();
        let stamp = Stamp { dev: 1, ino: 1, size: 1, mtime_ns: 1, ctime_ns: 1 };
        let clip = Clip { root: 1, path: name("talk.mp4"), stamp };
        let first =
            JobEvent::Admitted { clip, order: order::unreadable(None), work: Work::Clip, batch: None };
        let mut job = admit(JobId(id), &first, Moment(0)).unwrap();
        job.session = Some(SessionId::new("s"));
        job.content = Some(ContentHash::new([1; 32]));
        (job.delivered, job.end) = (Some(name("talk.mp4")), Some(crate::job::End::Delivered));
        if let Some(version) = version {
            let base = Line::new(job.clone(), Vec::new()).base(Some(version)).unwrap();
            job.work = Work::Refine(Box::new(base));
        }
        job
    }

    #[test]
    fn versions_are_counted_on() {
        let table: [(&[u32], Option<u32>, u32, u32); 6] = [
            (&[], None, 2, 2),
            (&[], Some(9), 9, 9),
            (&[2], None, 3, 3),
            (&[2], Some(2), 2, 3),
            (&[u32::MAX], None, u32::MAX, u32::MAX),
            (&[u32::MAX], Some(2), 2, u32::MAX),
        ];
        for (there, asked, version, made) in table {
            let versions = there.iter().map(|version| film(2, Some(*version))).collect();
            let base = Line::new(film(1, None), versions).base(asked).unwrap();
            assert_eq!((base.version, base.made), (version, made), "{there:?} {asked:?}");
        }
        // Two of one number: the second is made under the next one, and is counted.
        let mut versions = vec![film(2, Some(2))];
        let base = Line::new(film(1, None), versions.clone()).base(Some(2)).unwrap();
        versions.push(Job { work: Work::Refine(Box::new(base)), ..film(3, None) });
        assert_eq!(Line::new(film(1, None), versions).base(None).unwrap().made, 4);
    }

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
