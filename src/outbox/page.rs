//! The page in the root: replaced only where it is ours.

use std::io::{self, Read};

use super::file::one;
use super::notes::{There, place, there};
use crate::job::RelPath;
use crate::mount::{Dir, OpenError};
use crate::words::MARK;

const NAME: &[u8] = b"index.html";
/// The mark stands within so many bytes.
const HEAD: u64 = 512;

/// What came of a wish to write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrote {
    /// It lies there.
    Done,
    /// Something of somebody else's lies there, and was not touched.
    Foreign,
}

/// Puts the page into the root; it appears whole. One fsync.
///
/// # Errors
/// Those of writing.
pub fn put_page(root: &Dir, text: &str) -> io::Result<Wrote> {
    let name = one(NAME)?;
    let placed = match there(root, &name, text)? {
        There::SameText => return Ok(Wrote::Done),
        There::Nothing => place(root, text, |part| root.rename_new(part, root, &name)),
        There::OtherText if is_ours(root, &name)? => place(root, text, |part| root.replace(part, &name)),
        There::OtherText | There::NoNote => return Ok(Wrote::Foreign),
    };
    match placed {
        // Somebody was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Wrote::Foreign),
        placed => placed.map(|()| Wrote::Done),
    }
}

/// Removes the page, where it is ours.
///
/// # Errors
/// Those of reading and removing.
pub fn remove_page(root: &Dir) -> io::Result<bool> {
    let name = one(NAME)?;
    Ok(is_ours(root, &name)? && root.remove(&name)?)
}

fn is_ours(root: &Dir, name: &RelPath) -> io::Result<bool> {
    let opened = match root.open_file(name) {
        Ok(opened) => opened,
        Err(OpenError::Io(error)) => return Err(error),
        Err(_) => return Ok(false),
    };
    let mut head = Vec::new();
    opened.file.take(HEAD).read_to_end(&mut head)?;
    Ok(String::from_utf8_lossy(&head).contains(MARK))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_our_own_page_is_replaced_or_removed() {
        let top = tempfile::tempdir().unwrap();
        let (dir, file) = (Dir::open(top.path()).unwrap(), top.path().join("index.html"));
        let [one, two] = ["one", "two"].map(|words| format!("<!doctype html>{MARK}{words}"));
        assert!(!remove_page(&dir).unwrap());
        for page in [&one, &two, &two] {
            assert_eq!(put_page(&dir, page).unwrap(), Wrote::Done);
            assert_eq!(fs::read_to_string(&file).unwrap(), *page);
        }
        assert!(remove_page(&dir).unwrap() && !file.exists());
        fs::write(&file, "my own page").unwrap();
        assert_eq!(put_page(&dir, &one).unwrap(), Wrote::Foreign);
        assert!(!remove_page(&dir).unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), "my own page");
        fs::remove_file(&file).unwrap();
        fs::write(top.path().join("other"), &two).unwrap();
        symlink("other", &file).unwrap();
        assert_eq!(put_page(&dir, &one).unwrap(), Wrote::Foreign);
        assert!(!remove_page(&dir).unwrap() && file.is_symlink());
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert_eq!(put_page(&dir, &one).unwrap(), Wrote::Foreign);
        assert_eq!(dir.list(&RelPath::root()).unwrap().len(), 2, "and no temporary file stays");
    }
}
