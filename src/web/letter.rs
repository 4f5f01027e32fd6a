//! Texts that a person writes on the page: they are put into the inbox, as if they had been dropped there.

use std::io::{self, ErrorKind};

use super::share::GivenUp;
use crate::instruction::{self, Route, route};
use crate::job::{ContentHash, Job, RelPath, Work, folded};
use crate::mount::{Dir, Type};
use crate::outbox;
use crate::worker::{film_title, is_asked};

/// What a text may be long, as one that was dropped.
pub(super) const MOST: usize = 64 << 10;
/// The highest number of a version.
const LAST: u32 = 999;
/// The longest name that file systems take, in bytes.
const LONGEST: usize = 255;

/// What it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Letter {
    /// The answer to a question: `talk.answer.txt`. To which, by the number of its message, where that was told.
    Answer(Option<u16>),
    /// What is to be done to a finished film: `talk.v2.txt`.
    Refine,
}

/// Why a text was not put into the inbox.
#[derive(Debug)]
pub(super) enum Unput {
    /// What is to be said.
    Said(&'static str),
    /// What went wrong.
    Io(io::Error),
}

impl From<io::Error> for Unput {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidFilename => Self::Said("name-too-long"),
            _ => Self::Io(error),
        }
    }
}

/// The folders that a text has to do with, and whether somebody still waits for it.
pub(super) struct Desk<'a> {
    pub(super) inbox: Dir,
    pub(super) outbox: Dir,
    pub(super) given_up: &'a GivenUp,
}

/// Whether the text could be sent: one that is not understood would lie there for ever.
pub(super) fn is_fit(letter: Letter, words: &str) -> bool {
    let Ok(text) = instruction::read(words.as_bytes()) else { return false };
    let says = || text.instruction("").steps.iter().any(|step| route(step) == Route::Message);
    letter == Letter::Refine || says()
}

/// Puts the text beside where the job's clip lay. Another answer makes room only where it was sent already.
///
/// # Errors
/// Why it was not.
pub(super) fn put(desk: &Desk<'_>, job: &Job, letter: Letter, words: &str) -> Result<RelPath, Unput> {
    match letter {
        Letter::Answer(n) => answer(desk, job, n, words),
        Letter::Refine => refine(desk, job, words),
    }
}

fn answer(desk: &Desk<'_>, job: &Job, n: Option<u16>, words: &str) -> Result<RelPath, Unput> {
    let asking = job.asking.as_ref().filter(|_| is_asked(job)).map(|asking| asking.n);
    if asking.is_none() || n.is_some_and(|n| Some(n) != asking) {
        return Err(Unput::Said("not-asked"));
    }
    let (folder, title) = (job.home(), film_title(job));
    let own = if has_twin(&desk.inbox, job) { job.dropped().name() } else { job.stem() };
    // A name that is too long for a note of its own is known by that of its film.
    let path = named(&folder, own, b".answer.txt").or_else(|_| named(&folder, &title, b".answer.txt"))?;
    let is_used = |lies: &[u8]| {
        let hash = ContentHash::new(*blake3::hash(lies).as_bytes());
        let texts = job.replies.iter().filter_map(|reply| reply.text.as_ref());
        texts.into_iter().any(|text| text.path == path && text.hash == hash)
    };
    match outbox::put_letter(&desk.inbox, &path, words, is_used, || desk.given_up.goes_on()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Unput::Said("answer-lies")),
        done => Ok(done?),
    }
}

fn refine(desk: &Desk<'_>, job: &Job, words: &str) -> Result<RelPath, Unput> {
    if !is_refined(job) {
        return Err(Unput::Said("not-asked"));
    }
    let (folder, stem) = (job.home(), film_stem(job));
    if lies(&desk.inbox, &folder, stem, words)? {
        return Err(Unput::Said("text-lies"));
    }
    let mut first = first_free(&desk.inbox, &folder, stem)?.max(first_free(&desk.outbox, &folder, stem)?);
    loop {
        let name = named(&folder, stem, format!(".v{first}.txt").as_bytes())?;
        match outbox::put_letter(&desk.inbox, &name, words, |_| false, || desk.given_up.goes_on()) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && first < LAST => first += 1,
            done => return Ok(done?),
        }
    }
}

/// Whether another version can be made of it.
pub(super) fn is_refined(job: &Job) -> bool {
    job.delivered.is_some() && job.is_ended() && job.work != Work::Ask
}

/// Whether the same text waits already to be made a version of: whoever sends a form twice means one.
fn lies(inbox: &Dir, folder: &RelPath, title: &[u8], words: &str) -> io::Result<bool> {
    for (name, _) in listed(inbox, folder)? {
        let Some(path) = folder.join(&name).filter(|_| version(&name, title).is_some()) else { continue };
        if outbox::read_text(inbox, &path).ok().flatten().is_some_and(|lies| lies == words.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether another clip of that stem lies beside it: then only the whole name says which one is answered.
fn has_twin(inbox: &Dir, job: &Job) -> bool {
    let is_twin = |name: &[u8]| {
        let path = RelPath::from_bytes(name);
        let named = path.is_some_and(|path| folded(path.stem()) == folded(job.stem()));
        named && name != job.dropped().name() && !name.to_ascii_lowercase().ends_with(b".txt")
    };
    inbox.list(&job.home()).unwrap_or_default().iter().any(|(name, _)| is_twin(name))
}

/// The title that all versions of a film share: that of the first one.
fn film_stem(job: &Job) -> &[u8] {
    let first = job.work.base().map(|base| &base.film).or(job.delivered.as_ref());
    first.map_or_else(|| job.stem(), RelPath::stem)
}

/// The first version that nothing in this folder has.
fn first_free(dir: &Dir, folder: &RelPath, title: &[u8]) -> io::Result<u32> {
    let names = listed(dir, folder)?;
    let taken = names.iter().filter_map(|(name, _)| version(name, title));
    Ok(taken.max().map_or(2, |last| last.saturating_add(1).clamp(2, LAST)))
}

/// The number of the version that a file of this name is, or is about.
fn version(name: &[u8], title: &[u8]) -> Option<u32> {
    let rest = name.strip_prefix(title)?.strip_prefix(b".v")?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

fn listed(dir: &Dir, folder: &RelPath) -> io::Result<Vec<(Vec<u8>, Type)>> {
    match dir.list(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        listed => listed,
    }
}

fn named(folder: &RelPath, stem: &[u8], ending: &[u8]) -> io::Result<RelPath> {
    let name = [stem, ending].concat();
    folder.join(&name).filter(|_| name.len() <= LONGEST).ok_or_else(|| ErrorKind::InvalidFilename.into())
}

/// A text as it is put into a file: lines end as on this system, and the last one ends.
pub(super) fn as_file(words: &str) -> String {
    words.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    #[test]
    fn versions_are_counted_on() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let root = RelPath::root();
        assert_eq!(first_free(&dir, &root, b"talk").unwrap(), 2);
        assert_eq!(first_free(&dir, &path("none"), b"talk").unwrap(), 2);
        for name in ["talk.v3.mp4", "talk.v2.report.txt", "other.v9.mp4", "talk.vx.mp4", "talk.v.txt"] {
            std::fs::write(top.path().join(name), "").unwrap();
        }
        assert_eq!(first_free(&dir, &root, b"talk").unwrap(), 4);
        std::fs::write(top.path().join("talk.v99999999999.txt"), "").unwrap();
        std::fs::write(top.path().join("talk.v4294967295.txt"), "").unwrap();
        assert_eq!(first_free(&dir, &root, b"talk").unwrap(), LAST);
    }

    #[test]
    fn lines_are_lines() {
        assert_eq!(as_file(" one\r\ntwo\rthree \n\n"), "one\ntwo\nthree\n");
    }
}
