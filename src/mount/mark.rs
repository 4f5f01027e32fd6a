//! The mark `.dakbox` in a folder: which ledger works it, and how many paid messages that ledger had promised.
//!
//! A second machine on the same share, or a ledger restored from yesterday, sees by it that it must not pay.
//! The count is overwritten in place before each paid message, so the file has two lines for it, each with a
//! check of its own, written in turn: a write that breaks off leaves the other line as it was.

use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::{Dir, OpenError, temp_name};
use crate::job::RelPath;

const NAME: &[u8] = b".dakbox";
const HEAD: &str = "This file says which dakbox works this folder. Please leave it here.\n";
/// Digits of a count; `u64::MAX` has 20.
const DIGITS: usize = 20;
/// Length of a line that begins with `intents: `.
const LINE: usize = "intents: ".len() + DIGITS + 1 + CHECK + 1;
const CHECK: usize = 16;

/// Two counts in flight must not land in the same line.
static TURN: Mutex<()> = Mutex::new(());

/// What a mark says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The folder's own id.
    pub id: Uuid,
    /// The ledger that works it.
    pub ledger: Uuid,
    /// The highest count of intents that ledger is known to have had.
    pub count: u64,
}

/// Why a mark can't be read or written. Nothing paid may be sent then.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// It is there but can't be opened as a file.
    #[error("`.dakbox` can't be opened")]
    Open(#[source] OpenError),
    /// Its text is not what dakbox writes.
    #[error("`.dakbox` is damaged")]
    Damaged,
    /// It went away, or another ledger put its own in place.
    #[error("`.dakbox` is no longer the mark that was read at start")]
    Replaced,
    /// Reading or writing failed.
    #[error("`.dakbox` can't be read or written")]
    Io(#[from] io::Error),
}

impl Mark {
    /// The mark of a folder; `None` where there is none.
    ///
    /// # Errors
    /// See [`MarkError`].
    pub fn read(dir: &Dir) -> Result<Option<Self>, MarkError> {
        match dir.open_file(&name()) {
            Ok(opened) => read_all(opened.file).and_then(|text| parse(&text)).map(|(mark, _)| Some(mark)),
            Err(OpenError::Missing) => Ok(None),
            Err(error) => Err(MarkError::Open(error)),
        }
    }

    /// Marks a folder that has no mark: whole or not at all. Two fsyncs.
    ///
    /// # Errors
    /// `AlreadyExists` when there is one; those of writing.
    pub fn write_new(&self, dir: &Dir) -> io::Result<()> {
        self.put(dir, |part| dir.rename_new(part, dir, &name()))
    }

    /// Puts this mark in the place of another one: only on a person's word (`--adopt`). Two fsyncs.
    ///
    /// # Errors
    /// Those of writing.
    pub fn replace(&self, dir: &Dir) -> io::Result<()> {
        self.put(dir, |part| dir.replace(part, &name()))
    }

    fn put(&self, dir: &Dir, place: impl Fn(&RelPath) -> io::Result<()>) -> io::Result<()> {
        let part = temp_name();
        let file = dir.create_new(&part, 0o644)?;
        let done = file.write_all_at(self.text().as_bytes(), 0).and_then(|()| file.sync_all());
        // Some shares rename no file that is open.
        drop(file);
        let done = done.and_then(|()| place(&part));
        if done.is_err() {
            let _ = dir.remove(&part);
        }
        done.and_then(|()| dir.sync(&RelPath::root()))
    }

    /// Records that the ledger has come to `count` intents, and makes it last: one fsync. Fewer than the
    /// mark says already changes nothing.
    ///
    /// # Errors
    /// Any error means: it is not recorded, nothing may be sent. `Replaced` where the mark is another one now.
    pub fn count(&self, dir: &Dir, count: u64) -> Result<(), MarkError> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let file = dir.open_own(&name()).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => MarkError::Replaced,
            _ => error.into(),
        })?;
        let (now, older_line) = parse(&read_all(&file)?)?;
        if (now.id, now.ledger) != (self.id, self.ledger) {
            return Err(MarkError::Replaced);
        }
        if count > now.count {
            let at = HEAD.len() + self.names().len() + older_line * LINE;
            file.write_all_at(self.line(count).as_bytes(), at as u64)?;
        }
        Ok(file.sync_data()?)
    }

    fn text(&self) -> String {
        let line = self.line(self.count);
        format!("{HEAD}{}{line}{line}", self.names())
    }

    fn names(&self) -> String {
        format!("id: {}\nledger: {}\n", self.id, self.ledger)
    }

    /// A line of the count; its check covers both ids, so that lines of two marks can't be mixed.
    fn line(&self, count: u64) -> String {
        let checked = format!("{}{count:0DIGITS$}", self.names());
        let check = &blake3::hash(checked.as_bytes()).to_hex()[..CHECK];
        format!("intents: {count:0DIGITS$} {check}\n")
    }
}

fn name() -> RelPath {
    RelPath::from_bytes(NAME).unwrap_or_default()
}

fn read_all(file: impl Read) -> Result<String, MarkError> {
    let mut bytes = Vec::new();
    file.take(4096).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| MarkError::Damaged)
}

/// The mark, and which of its two lines (0 or 1) is to be overwritten next.
fn parse(text: &str) -> Result<(Mark, usize), MarkError> {
    let field =
        |key: &str| -> Option<Uuid> { text.lines().find_map(|line| line.strip_prefix(key)?.parse().ok()) };
    let damaged = || MarkError::Damaged;
    let (id, ledger) = (field("id: ").ok_or_else(damaged)?, field("ledger: ").ok_or_else(damaged)?);
    let mut mark = Mark { id, ledger, count: 0 };
    let lines = text.strip_prefix(&format!("{HEAD}{}", mark.names())).ok_or_else(damaged)?;
    let count_at = |n: usize| {
        let line = lines.as_bytes().get(n * LINE..(n + 1) * LINE)?;
        let digits = line.get("intents: ".len()..)?.get(..DIGITS)?;
        let count = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (line == mark.line(count).as_bytes()).then_some(count)
    };
    let (first, second): (Option<u64>, Option<u64>) = (count_at(0), count_at(1));
    mark.count = first.max(second).ok_or_else(damaged)?;
    Ok((mark, usize::from(first > second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked() -> (tempfile::TempDir, Dir, Mark) {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let mark = Mark { id: Uuid::new_v4(), ledger: Uuid::new_v4(), count: 0 };
        assert_eq!(Mark::read(&dir).unwrap(), None);
        mark.write_new(&dir).unwrap();
        (top, dir, mark)
    }

    #[test]
    fn a_mark_is_written_once_and_counts_up() {
        let (top, dir, mark) = marked();
        assert_eq!(Mark::read(&dir).unwrap(), Some(mark));
        let again = Mark { id: Uuid::new_v4(), ..mark };
        assert_eq!(again.write_new(&dir).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        for (count, read) in [(1, 1), (2, 2), (7, 7), (3, 7), (u64::MAX, u64::MAX)] {
            mark.count(&dir, count).unwrap();
            assert_eq!(Mark::read(&dir).unwrap(), Some(Mark { count: read, ..mark }));
        }
        let text = std::fs::read(top.path().join(".dakbox")).unwrap();
        assert!(text.len() <= 512, "one sector");
        assert_eq!(dir.list(&RelPath::root()).unwrap().len(), 1, "no temporary file is left");
    }

    /// Whatever part of a write arrived: the count reads as before or after it, or not at all.
    #[test]
    fn a_torn_write_never_reads_as_another_number() {
        let (top, dir, mark) = marked();
        mark.count(&dir, 41).unwrap();
        let path = top.path().join(".dakbox");
        let before = std::fs::read(&path).unwrap();
        mark.count(&dir, 1_042).unwrap();
        let after = std::fs::read(&path).unwrap();
        assert_eq!(before.len(), after.len());
        for cut in 0..=before.len() {
            for torn in [[&after[..cut], &before[cut..]].concat(), [&before[..cut], &after[cut..]].concat()] {
                std::fs::write(&path, torn).unwrap();
                let count = Mark::read(&dir).unwrap().unwrap().count;
                assert!(count == 41 || count == 1_042, "{count} at {cut}");
                if cut % 32 == 0 {
                    mark.count(&dir, 2_000).unwrap();
                    assert_eq!(Mark::read(&dir).unwrap().unwrap().count, 2_000);
                }
            }
        }
        for n in 0..before.len() {
            let mut flipped = before.clone();
            flipped[n] ^= 1;
            std::fs::write(&path, flipped).unwrap();
            let read = Mark::read(&dir);
            assert!(
                read.is_err() || read.unwrap().unwrap().count <= 41,
                "a flipped bit at {n} is no progress"
            );
        }
    }

    #[test]
    fn nothing_is_counted_in_another_ones_mark() {
        let (top, dir, mark) = marked();
        let theirs = Mark { ledger: Uuid::new_v4(), count: 5, ..mark };
        theirs.replace(&dir).unwrap();
        assert!(matches!(mark.count(&dir, 9), Err(MarkError::Replaced)));
        assert_eq!(Mark::read(&dir).unwrap(), Some(theirs));
        dir.remove(&name()).unwrap();
        assert!(matches!(mark.count(&dir, 9), Err(MarkError::Replaced)));
        std::fs::write(top.path().join(".dakbox"), "hello").unwrap();
        assert!(matches!(mark.count(&dir, 9), Err(MarkError::Damaged)));
        std::fs::remove_file(top.path().join(".dakbox")).unwrap();
        std::fs::create_dir(top.path().join(".dakbox")).unwrap();
        assert!(matches!(Mark::read(&dir), Err(MarkError::Open(_))));
        assert!(mark.count(&dir, 9).is_err());
    }

    #[test]
    fn counts_at_once_end_at_the_highest() {
        let (_top, dir, mark) = marked();
        std::thread::scope(|scope| {
            for n in 1..=8 {
                let dir = &dir;
                scope.spawn(move || mark.count(dir, n).unwrap());
            }
        });
        assert_eq!(Mark::read(&dir).unwrap().unwrap().count, 8);
    }
}
