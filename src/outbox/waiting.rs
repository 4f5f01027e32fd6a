//! Waiting notes: they change while a job waits and go with its wait, and never touch a file that is not ours.

use std::io;

use super::file::{folder_at, one};
use super::names::{Note, Title};
use super::notes::{place, read};
use crate::job::RelPath;
use crate::mount::{Dir, Removal};

/// Bytes in a name.
const NAME_MAX: usize = 255;

/// The note's name under that number: `talk.waiting.txt`, and from 2 on `talk (2).waiting.txt`.
pub fn numbered(path: &RelPath, number: u32) -> Option<RelPath> {
    let stem = path.name().strip_suffix(Note::Waiting.ending());
    match stem {
        Some(stem) if number > 1 => path.with_name(&Title::new(stem, NAME_MAX).note(number, Note::Waiting)),
        _ => (number < 2).then(|| path.clone()),
    }
}

/// Whether a note can be written there: nothing lies there, or this text, or what `is_ours` knows.
///
/// # Errors
/// Those of reading.
pub fn can_be(
    base: &Dir,
    path: &RelPath,
    text: &str,
    is_ours: impl FnOnce(&[u8]) -> bool,
) -> io::Result<bool> {
    let folder = match base.below(&path.parent()) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let name = one(path.name())?;
    Ok(match read(&folder, &name) {
        Ok(lies) => lies.is_some_and(|lies| lies == text.as_bytes() || is_ours(&lies)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error),
    })
}

/// Writes a note that may change while its job waits, over an earlier one that `is_ours` knows. Says whether it had to
/// be written. One fsync, none where the text is there already.
///
/// # Errors
/// Those of writing; `AlreadyExists` where something else lies there: nothing of anybody's is overwritten.
pub fn put(base: &Dir, path: &RelPath, text: &str, is_ours: impl FnOnce(&[u8]) -> bool) -> io::Result<bool> {
    let folder = folder_at(base, &path.parent())?;
    let name = one(path.name())?;
    let lies = match read(&folder, &name) {
        Ok(Some(lies)) if lies == text.as_bytes() => return Ok(false),
        Ok(Some(lies)) if is_ours(&lies) => true,
        Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    place(&folder, text, |part| {
        if lies { folder.replace(part, &name) } else { folder.rename_new(part, &folder, &name) }
    })?;
    Ok(true)
}

/// Removes a note, if `is_ours` knows what lies there; `false` where nothing was removed. No fsync: one that comes back says
/// nothing wrong for long.
///
/// # Errors
/// Those of reading and removing.
pub fn clear(base: &Dir, path: &RelPath, is_ours: impl FnOnce(&[u8]) -> bool) -> io::Result<bool> {
    let Some(entry) = base.stat(path)? else { return Ok(false) };
    match read(base, path) {
        Ok(Some(lies)) if is_ours(&lies) => Ok(base.remove_if_same(path, &entry.stamp)? == Removal::Removed),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
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
    fn a_waiting_note_follows_its_job() {
        let (top, dir) = outbox();
        std::fs::set_permissions(top.path(), std::fs::Permissions::from_mode(0o2775)).unwrap();
        let path = rel("news/talk.waiting.txt");
        let real = top.path().join("news/talk.waiting.txt");
        let ours = |lies: &[u8]| lies == b"no credits\n";
        assert!(put(&dir, &path, "no credits\n", ours).unwrap());
        let first = dir.stat(&path).unwrap().unwrap();
        assert_eq!(first.mode, 0o664);
        assert!(!put(&dir, &path, "no credits\n", ours).unwrap(), "the same text is not written again");
        assert_eq!(dir.stat(&path).unwrap().unwrap(), first);
        assert!(put(&dir, &path, "বাংলা\n", ours).unwrap());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "বাংলা\n");
        let ours = |lies: &[u8]| lies == "বাংলা\n".as_bytes();
        assert!(clear(&dir, &path, ours).unwrap());
        assert!(!clear(&dir, &path, ours).unwrap());
        assert!(!clear(&dir, &rel("none/x.waiting.txt"), ours).unwrap());
        assert_eq!(dir.list(&rel("news")).unwrap(), []);
    }

    #[test]
    fn what_is_no_note_is_left_alone() {
        let (top, dir) = outbox();
        std::fs::write(top.path().join("precious"), "p").unwrap();
        symlink("precious", top.path().join("a.waiting.txt")).unwrap();
        std::fs::create_dir(top.path().join("b.waiting.txt")).unwrap();
        std::fs::write(top.path().join("c.waiting.txt"), vec![b'c'; 2 << 20]).unwrap();
        std::fs::write(top.path().join("file"), "").unwrap();
        for name in ["a.waiting.txt", "b.waiting.txt", "c.waiting.txt", "file/d.waiting.txt"] {
            assert!(put(&dir, &rel(name), "text", |_| true).is_err(), "{name}");
        }
        assert_eq!(std::fs::read(top.path().join("precious")).unwrap(), b"p");
        assert_eq!(dir.list(&RelPath::root()).unwrap().len(), 5, "and no temporary file stays");
    }

    #[test]
    fn a_note_replaces_and_removes_only_what_is_ours() {
        let (top, dir) = outbox();
        let (path, real) = (rel("talk.waiting.txt"), top.path().join("talk.waiting.txt"));
        std::fs::write(&real, "a person's").unwrap();
        let ours = |lies: &[u8]| lies == b"ours";
        assert!(!can_be(&dir, &path, "new", ours).unwrap());
        let error = put(&dir, &path, "new", ours).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(!clear(&dir, &path, ours).unwrap());
        assert_eq!(std::fs::read(&real).unwrap(), b"a person's");
        let next = numbered(&path, 2).unwrap();
        assert_eq!(next, rel("talk (2).waiting.txt"));
        assert!(can_be(&dir, &next, "new", ours).unwrap() && put(&dir, &next, "new", ours).unwrap());
        std::fs::write(&real, "ours").unwrap();
        assert!(can_be(&dir, &path, "new", ours).unwrap());
        assert!(clear(&dir, &path, ours).unwrap() && !real.exists());
        assert!(can_be(&dir, &rel("none/x.waiting.txt"), "new", ours).unwrap());
    }
}
