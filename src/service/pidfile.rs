//! The pid file: whoever holds its lock is the one whose number it holds, and takes it away at the end.
//!
//! The lock is the truth, the number only says who. It belongs to the open file, so it is taken before the process goes
//! into the background, where the starting shell can be told, and is still held by the process that comes of it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use thiserror::Error;

use super::lockfile::patiently;

/// A pid file holds a number and an end of line, and never more than this.
const MOST: u64 = 32;

/// Why a pid file was not had.
#[derive(Debug, Error)]
pub enum PidError {
    /// Another process has it.
    #[error("dakbox is running already, as process {pid}: {path} is its pid file")]
    Taken {
        /// The pid file.
        path: String,
        /// Its number, as it wrote it; `?` where it did not.
        pid: String,
    },
    /// Something else lies there: a slip of the hand must not cost a file.
    #[error(
        "{path} holds something else than a process's number, and is left as it is: name another pid file"
    )]
    NoPidFile {
        /// What was named.
        path: String,
    },
    /// The file can't be used.
    #[error("the pid file {path} can't be used: {source}")]
    Io {
        /// The pid file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// A pid file whose lock is held.
#[derive(Debug)]
pub(super) struct PidFile {
    file: File,
    path: PathBuf,
    /// The process that takes it away.
    owner: Option<u32>,
}

impl PidFile {
    /// Takes the lock of the file at `path`, which is made where it is missing. Its folder must be there.
    ///
    /// # Errors
    /// See [`PidError`].
    pub(super) fn take(path: &Path) -> Result<Self, PidError> {
        let shown = || path.display().to_string();
        let io = |source| PidError::Io { path: shown(), source };
        // From here on the working folder may be another one.
        let full = std::path::absolute(path).map_err(io)?;
        loop {
            let mut file = open(&full).map_err(io)?;
            match patiently(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let pid = said(&mut file).map_err(io)?.unwrap_or_default();
                    let pid = if pid.is_empty() { "?".to_owned() } else { pid };
                    return Err(PidError::Taken { path: shown(), pid });
                }
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
            // Whoever had it may have taken the name away in between: then another one may be locked by now.
            if !leads_to(&full, &file).map_err(io)? {
                continue;
            }
            return match said(&mut file).map_err(io)? {
                Some(_) => Ok(Self { file, path: full, owner: Some(std::process::id()) }),
                None => Err(PidError::NoPidFile { path: shown() }),
            };
        }
    }

    /// Leaves it to a child of this process, which holds the same lock.
    pub(super) fn leave(&mut self) {
        self.owner = None;
    }

    /// Writes this process's number into it: from now on this process takes it away at its end.
    ///
    /// # Errors
    /// Where it can't be written.
    pub(super) fn write(&mut self) -> Result<(), PidError> {
        let pid = std::process::id();
        let written = self.file.set_len(0).and_then(|()| self.file.rewind());
        let written = written.and_then(|()| writeln!(self.file, "{pid}"));
        self.owner = Some(pid);
        written.map_err(|source| PidError::Io { path: self.path.display().to_string(), source })
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // The shell that started a daemon holds the same lock, and must not take its file away.
        if self.owner == Some(std::process::id()) && leads_to(&self.path, &self.file).unwrap_or(false) {
            // Before the lock is let go, so that nobody's but our own goes.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opened to read and write: flock on NFS asks for both. Never through a link: in a folder of everyone's, it could
/// lead anywhere.
fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o644).custom_flags(flags);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

/// The number that the file holds, empty where it holds none; `None` where it is no pid file.
fn said(file: &mut File) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    file.rewind()?;
    Read::by_ref(file).take(MOST + 1).read_to_end(&mut text)?;
    // A power cut may leave zeros behind.
    let text = String::from_utf8(text).unwrap_or_else(|_| "no number".to_owned()).replace('\0', "");
    let is_one = text.len() as u64 <= MOST && text.trim().bytes().all(|b| b.is_ascii_digit());
    Ok(is_one.then(|| text.trim().to_owned()))
}

/// Whether the name still leads to this open file.
fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    let ours = file.metadata()?;
    match path.symlink_metadata() {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_pid_file_from_its_lock_to_its_end() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("d.pid");
        // Stale ones, of a kill and of a power cut, are nobody's.
        for stale in ["", "4711\n", "4711", "\0\0\0\0"] {
            fs::write(&path, stale).unwrap();
            let mut first = PidFile::take(&path).unwrap();
            first.write().unwrap();
            let pid = std::process::id().to_string();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{pid}\n"), "{stale:?}");
            let second = PidFile::take(&path).unwrap_err().to_string();
            assert!(second.contains(&format!("as process {pid}:")), "{second}");
            drop(first);
            assert!(!path.exists(), "{stale:?}");
        }
        // Left to a child, it stays; not begun, it goes.
        let mut left = PidFile::take(&path).unwrap();
        left.leave();
        drop(left);
        assert!(path.exists());
        drop(PidFile::take(&path).unwrap());
        assert!(!path.exists());
    }

    #[test]
    fn what_is_no_pid_file_is_left_alone() {
        let dir = tempfile::TempDir::new().unwrap();
        for text in ["my notes", "12 34", "11111111111111111111111111111111111111"] {
            let path = dir.path().join("notes.txt");
            fs::write(&path, text).unwrap();
            assert!(matches!(PidFile::take(&path), Err(PidError::NoPidFile { .. })), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let link = dir.path().join("link.pid");
        std::os::unix::fs::symlink("target.pid", &link).unwrap();
        for bad in [&link, dir.path(), &dir.path().join("none/d.pid")] {
            assert!(matches!(PidFile::take(bad), Err(PidError::Io { .. })), "{}", bad.display());
        }
        assert!(!dir.path().join("target.pid").exists());
    }

    #[test]
    fn another_ones_file_under_the_name_is_not_taken_away() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("d.pid");
        let mut ours = PidFile::take(&path).unwrap();
        ours.write().unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "1\n").unwrap();
        drop(ours);
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n");
    }

    /// Some come while others go: never are there two owners at once.
    #[test]
    fn there_is_one_owner_at_any_moment() {
        let dir = tempfile::TempDir::new().unwrap();
        let (path, owners, had) = (dir.path().join("d.pid"), AtomicU32::new(0), AtomicU32::new(0));
        let work = || {
            for _ in 0..400 {
                let Ok(mut file) = PidFile::take(&path) else { continue };
                assert_eq!(owners.fetch_add(1, Ordering::SeqCst), 0, "a second owner");
                file.write().unwrap();
                assert!(path.exists());
                had.fetch_add(1, Ordering::SeqCst);
                owners.fetch_sub(1, Ordering::SeqCst);
                drop(file);
            }
        };
        std::thread::scope(|threads| (0..4).for_each(|_| drop(threads.spawn(work))));
        assert!(had.load(Ordering::SeqCst) > 0);
    }
}
