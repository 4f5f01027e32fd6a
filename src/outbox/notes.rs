//! Small texts for people: reports and errors, which nothing replaces. Each appears whole.
//!
//! UTF-8 without a BOM and with plain `\n`, which every editor of the last years reads, Notepad too.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};

use super::file::{folder_at, one, temp_in, temp_like};
use super::names::{LAST_NUMBER, Note, Title};
use crate::job::RelPath;
use crate::mount::{Dir, OpenError};

/// What is longer than this is no note of ours.
const LONGEST: u64 = 1 << 20;

/// What lies where a note is to be.
pub(super) enum There {
    Nothing,
    SameText,
    OtherText,
    NoNote,
}

/// Writes a note that nothing may replace, under its film's number, or the next free one if somebody was
/// quicker. The same text lying there already is that note. Two fsyncs.
///
/// # Errors
/// Those of writing; `AlreadyExists` where all numbers are taken.
pub fn put_new(
    base: &Dir,
    at: &RelPath,
    (title, note): (&Title, Note),
    number: u32,
    text: &str,
) -> io::Result<RelPath> {
    let folder = folder_at(base, at)?;
    for number in number..=LAST_NUMBER {
        let name = one(&title.note(number, note))?;
        let placed = match there(&folder, &name, text)? {
            There::OtherText | There::NoNote => continue,
            There::SameText => Ok(()),
            There::Nothing => place(&folder, text, |part| folder.rename_new(part, &folder, &name)),
        };
        match placed {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => {
                folder.sync(&RelPath::root())?;
                return at.join(name.name()).ok_or_else(|| ErrorKind::InvalidInput.into());
            }
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Writes a person's text where nothing lies: what lies there already is left alone, but for one of which `is_used` says
/// that it was read and is on record. `goes_on` is asked once more before it appears. Two fsyncs.
///
/// # Errors
/// Those of writing, and of `goes_on`; `AlreadyExists` where the name is taken.
pub fn put_letter(
    base: &Dir,
    path: &RelPath,
    text: &str,
    is_used: impl FnOnce(&[u8]) -> bool,
    goes_on: impl Fn() -> io::Result<()>,
) -> io::Result<RelPath> {
    let folder = folder_at(base, &path.parent())?;
    let name = one(path.name())?;
    let lies = folder.stat(&name)?.is_some();
    if lies && !read(&folder, &name)?.is_some_and(|text| is_used(&text)) {
        return Err(ErrorKind::AlreadyExists.into());
    }
    // It is written at the top, where each start removes what a kill has left: nobody knows all folders below. Where
    // another disk is mounted in between, or nobody may write there, beside its place.
    let from_top = |part: &RelPath| {
        goes_on()?;
        if lies { base.replace(part, path) } else { base.rename_new(part, &folder, &name) }
    };
    let beside = |part: &RelPath| {
        goes_on()?;
        if lies { folder.replace(part, &name) } else { folder.rename_new(part, &folder, &name) }
    };
    let placed = temp_like(&folder, base).and_then(|temp| put_into(base, temp, text, from_top));
    match placed {
        Err(error) if matches!(error.kind(), ErrorKind::CrossesDevices | ErrorKind::PermissionDenied) => {
            place(&folder, text, beside)?;
        }
        placed => placed?,
    }
    folder.sync(&RelPath::root())?;
    Ok(path.clone())
}

/// Removes a note; `false` where there was none. No fsync: one that comes back says nothing wrong for long.
///
/// # Errors
/// Those of removing; a folder of that name is one.
pub fn clear(base: &Dir, path: &RelPath) -> io::Result<bool> {
    base.remove(path)
}

pub(super) fn there(folder: &Dir, name: &RelPath, text: &str) -> io::Result<There> {
    Ok(match read(folder, name) {
        Ok(Some(lies)) if lies == text.as_bytes() => There::SameText,
        Ok(Some(_)) => There::OtherText,
        Ok(None) => There::NoNote,
        Err(error) if error.kind() == ErrorKind::NotFound => There::Nothing,
        Err(error) => return Err(error),
    })
}

/// The bytes of a small text below that folder; nothing where something lies there that can't be one.
///
/// # Errors
/// Those of reading; `NotFound` where nothing lies there.
pub fn read(folder: &Dir, path: &RelPath) -> io::Result<Option<Vec<u8>>> {
    let opened = match folder.open_file(path) {
        Ok(opened) if opened.stamp.size <= LONGEST => opened,
        Ok(_) | Err(OpenError::NotFile(_) | OpenError::OtherMount | OpenError::Link) => return Ok(None),
        Err(OpenError::Missing) => return Err(ErrorKind::NotFound.into()),
        Err(OpenError::Io(error)) => return Err(error),
    };
    let mut lies = Vec::new();
    opened.file.take(LONGEST + 1).read_to_end(&mut lies)?;
    Ok(Some(lies))
}

/// Writes the text beside its place and lets `name` put it there.
pub(super) fn place(
    folder: &Dir,
    text: &str,
    name: impl FnOnce(&RelPath) -> io::Result<()>,
) -> io::Result<()> {
    put_into(folder, temp_in(folder)?, text, name)
}

/// The same by that temporary file of that folder.
fn put_into(
    at: &Dir,
    (part, mut file): (RelPath, File),
    text: &str,
    name: impl FnOnce(&RelPath) -> io::Result<()>,
) -> io::Result<()> {
    let done = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    // Some shares rename no file that is open.
    drop(file);
    let done = done.and_then(|()| name(&part));
    if done.is_err() {
        let _ = at.remove(&part);
    }
    done
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    fn outbox() -> (tempfile::TempDir, Dir) {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        (top, dir)
    }

    #[test]
    fn a_letter_takes_the_place_of_a_used_one_alone_and_none_when_nobody_waits() {
        let (top, dir) = outbox();
        let (path, real) = (rel("talk.answer.txt"), top.path().join("talk.answer.txt"));
        let put = |text: &str, used: &'static str, goes_on: bool| {
            let given_up = || if goes_on { Ok(()) } else { Err(ErrorKind::TimedOut.into()) };
            put_letter(&dir, &path, text, |lies| lies == used.as_bytes(), given_up).map_err(|e| e.kind())
        };
        assert_eq!(put("one\n", "", false), Err(ErrorKind::TimedOut));
        assert_eq!(dir.list(&RelPath::root()).unwrap(), [], "nothing comes later");
        assert_eq!(put("one\n", "", true), Ok(path.clone()));
        assert_eq!(put("two\n", "other\n", true), Err(ErrorKind::AlreadyExists));
        assert_eq!(put("two\n", "one\n", false), Err(ErrorKind::TimedOut));
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "one\n");
        assert_eq!(put("two\n", "one\n", true), Ok(path.clone()));
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "two\n");
        std::fs::remove_file(&real).unwrap();
        symlink("one\n", &real).unwrap();
        assert_eq!(put("two\n", "one\n", true), Err(ErrorKind::AlreadyExists));
    }

    #[test]
    fn a_report_never_replaces_one() {
        let (top, dir) = outbox();
        let title = Title::new(b"talk", 255);
        let report =
            |number, text| put_new(&dir, &RelPath::root(), (&title, Note::Report), number, text).unwrap();
        assert_eq!(report(1, "one"), rel("talk.report.txt"));
        assert_eq!(report(1, "one"), rel("talk.report.txt"), "told twice after a stop");
        assert_eq!(report(1, "two"), rel("talk (2).report.txt"));
        symlink("nowhere", top.path().join("talk (3).report.txt")).unwrap();
        assert_eq!(report(3, "three"), rel("talk (4).report.txt"));
        assert!(!top.path().join("nowhere").exists());
        assert_eq!(std::fs::read(top.path().join("talk.report.txt")).unwrap(), b"one");
    }

    /// What a kill leaves of it lies where each start looks.
    #[test]
    fn a_letter_is_written_at_the_top() {
        use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};
        let (top, dir) = outbox();
        let below = top.path().join("news");
        std::fs::create_dir(&below).unwrap();
        std::fs::set_permissions(&below, std::fs::Permissions::from_mode(0o2770)).unwrap();
        let events = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        add_watch(&events, &below, WatchFlags::CREATE | WatchFlags::MOVED_TO).unwrap();
        let letter = rel("news/talk.v2.txt");
        assert_eq!(put_letter(&dir, &letter, "louder\n", |_| false, || Ok(())).unwrap(), letter);
        assert_eq!(
            put_letter(&dir, &letter, "quieter\n", |_| false, || Ok(())).unwrap_err().kind(),
            ErrorKind::AlreadyExists
        );
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut seen = Reader::new(&events, &mut buffer);
        let mut came = Vec::new();
        while let Ok(event) = seen.next() {
            came.push(event.file_name().unwrap().to_str().unwrap().to_owned());
        }
        assert_eq!(came, ["talk.v2.txt"], "nothing else was ever there");
        assert_eq!(dir.stat(&letter).unwrap().unwrap().mode, 0o660, "as a file of its folder");
        assert_eq!(std::fs::read(below.join("talk.v2.txt")).unwrap(), b"louder\n");
        assert_eq!(dir.list(&RelPath::root()).unwrap().len(), 1, "no temporary file stays");
    }
}
