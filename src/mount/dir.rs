//! A handle on a folder: opened once, and everything below it is reached from that handle.
//!
//! People who can write into a shared folder can swap any part of a path for a symbolic link at any moment.
//! No call here takes a path apart from the one configured, and no link below it is ever followed.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};

use super::look::statx_of;
use super::{Type, resolve};
use crate::job::RelPath;

/// An open folder. Clones share one handle.
#[derive(Clone, Debug)]
pub struct Dir {
    fd: Arc<OwnedFd>,
    path: PathBuf,
}

impl Dir {
    /// Opens a configured path; symbolic links in it are resolved now and never again.
    ///
    /// # Errors
    /// Those of `open`; `NotADirectory` where the path leads to something else.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self { fd: Arc::new(fd), path: path.to_owned() })
    }

    /// Opens a configured path, and makes what is missing of it, with mode and group as the deepest folder
    /// that exists has them.
    ///
    /// # Errors
    /// Those of `open` and `mkdir`; `InvalidInput` where the missing part holds a `..`.
    pub fn make(path: &Path) -> io::Result<Self> {
        match Self::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            done => return done,
        }
        let full = std::path::absolute(path)?;
        let there = full.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("/"));
        let missing = full.strip_prefix(there).map_err(|_| bad_path())?;
        let plain = missing.components().all(|c| matches!(c, Component::Normal(_)));
        let rel = RelPath::from_bytes(missing.as_os_str().as_encoded_bytes()).filter(|_| plain);
        Self::open(there)?.make_below(&rel.ok_or_else(bad_path)?)?;
        Self::open(path)
    }

    /// The folder at `rel` as a handle of its own: for many looks into one folder, one system call each.
    ///
    /// # Errors
    /// Those of `open`; a symbolic link on the way is one.
    pub fn below(&self, rel: &RelPath) -> io::Result<Self> {
        if rel.as_bytes().is_empty() {
            return Ok(self.clone());
        }
        let fd = resolve::open(self.as_fd(), rel, resolve::FOLDER, Mode::empty())?;
        Ok(Self { fd: Arc::new(fd), path: rel.below(&self.path) })
    }

    /// The path it was opened by: for people and logs, not for reaching files.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Device and inode number.
    ///
    /// # Errors
    /// Those of `stat`: a share may have gone away under the handle.
    pub fn identity(&self) -> io::Result<(u64, u64)> {
        let stat = statx_of(self.as_fd())?;
        Ok((stat.stamp.dev, stat.stamp.ino))
    }

    /// Whether the path now leads to another folder than this handle, or nowhere.
    ///
    /// # Errors
    /// When it can't be told.
    pub fn moved(&self) -> io::Result<bool> {
        match Self::open(&self.path) {
            Ok(now) => Ok(now.identity()? != self.identity()?),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(true),
                _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => Ok(true),
                _ => Err(error),
            },
        }
    }

    /// Bytes that this process may still write on the file system of this folder; all there can be where it doesn't tell.
    ///
    /// # Errors
    /// Those of `statvfs`.
    pub fn free(&self) -> io::Result<u64> {
        let stat = rustix::fs::fstatvfs(self.as_fd())?;
        // smbnetfs answers with zeros throughout; a disk that is full still has a size.
        Ok(if stat.f_blocks == 0 { u64::MAX } else { stat.f_bavail.saturating_mul(stat.f_frsize) })
    }

    /// The longest name this file system takes, in bytes: 255 on most, 143 where names are encrypted.
    ///
    /// # Errors
    /// Those of `statvfs`.
    pub fn name_max(&self) -> io::Result<usize> {
        let told = rustix::fs::fstatvfs(self.as_fd())?.f_namemax;
        // FAT counts characters, some servers tell nothing.
        Ok(usize::try_from(told).map_or(255, |n| if n < 64 { 255 } else { n.min(255) }))
    }

    /// The handle itself.
    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// The folder that holds `rel`, for the calls that take a folder and one name.
    pub(super) fn parent_of(&self, rel: &RelPath) -> io::Result<Self> {
        if rel.as_bytes().is_empty() { Err(bad_path()) } else { self.below(&rel.parent()) }
    }

    /// Whether `rel` is a folder, not following links.
    pub(super) fn holds_folder(&self, rel: &RelPath) -> io::Result<bool> {
        Ok(self.stat(rel)?.is_some_and(|e| matches!(e.kind, Type::Folder)))
    }
}

/// The folder itself where a file below it is asked for, or a path that climbs.
fn bad_path() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a path below the folder")
}
