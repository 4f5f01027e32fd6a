//! Texts that a person writes on the page: they are put into the inbox, as if they had been dropped there.

use std::io::{self, ErrorKind};

use crate::job::{Job, RelPath, folded};
use crate::mount::Dir;
use crate::outbox;

/// What a text may be long, as one that was dropped.
pub(super) const MOST: usize = 64 << 10;
/// The highest number of a version.
const LAST: u32 = 999;
/// The longest name that file systems take, in bytes.
const LONGEST: usize = 255;

/// What it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Letter {
    /// The answer to a question: `talk.answer.txt`.
    Answer,
    /// What is to be done to a finished film: `talk.v2.txt`.
    Refine,
}

/// Puts the text beside where the job's clip lay, under a name that nothing has yet.
///
/// # Errors
/// Those of writing; `AlreadyExists` where an answer lies there already.
pub(super) fn put(inbox: &Dir, outbox: &Dir, job: &Job, letter: Letter, words: &str) -> io::Result<RelPath> {
    let (folder, stem) = (job.home(), film_stem(job));
    match letter {
        Letter::Answer => {
            let whole = named(&folder, job.dropped().name(), b".answer.txt");
            let path = match whole {
                Ok(whole) if has_twin(inbox, job) => whole,
                _ => named(&folder, job.stem(), b".answer.txt")?,
            };
            outbox::put_letter(inbox, &path, words)
        }
        Letter::Refine => {
            let mut first = first_free(inbox, &folder, stem)?.max(first_free(outbox, &folder, stem)?);
            loop {
                let name = named(&folder, stem, format!(".v{first}.txt").as_bytes())?;
                match outbox::put_letter(inbox, &name, words) {
                    Err(error) if error.kind() == ErrorKind::AlreadyExists && first < LAST => first += 1,
                    done => return done,
                }
            }
        }
    }
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
    let names = match dir.list(folder) {
        Ok(names) => names,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(2),
        Err(error) => return Err(error),
    };
    let taken = names.iter().filter_map(|(name, _)| {
        let rest = name.strip_prefix(title)?.strip_prefix(b".v")?;
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        std::str::from_utf8(&rest[..digits]).ok()?.parse::<u32>().ok()
    });
    Ok(taken.max().map_or(2, |last| last.saturating_add(1).clamp(2, LAST)))
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
