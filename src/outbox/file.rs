//! New files that others can use: with mode and group as their folder has them.

use std::fs::File;
use std::io::{self, Read};

use rustix::fs::{Gid, fchown};

use crate::job::{ContentHash, RelPath};
use crate::mount::{Dir, temp_name};

/// A new temporary file in `folder`, and its name.
pub(super) fn temp_in(folder: &Dir) -> io::Result<(RelPath, File)> {
    temp_like(folder, folder)
}

/// A new temporary file in `at`, and its name, with mode and group as a file of `folder` has them.
pub(super) fn temp_like(folder: &Dir, at: &Dir) -> io::Result<(RelPath, File)> {
    let own = folder.stat(&RelPath::root())?.ok_or(io::ErrorKind::NotFound)?;
    let name = temp_name();
    let file = at.create_new(&name, own.mode & 0o666 | 0o600)?;
    let new = at.stat(&name)?.ok_or(io::ErrorKind::NotFound)?;
    if new.gid != own.gid {
        // Only root, or a member of that group, may do this; the file is readable as its mode says all the same.
        let _ = fchown(&file, None, Some(Gid::from_raw(own.gid)));
    }
    Ok((name, file))
}

/// The folder at `rel` below `base`, made if it isn't there.
pub(super) fn folder_at(base: &Dir, rel: &RelPath) -> io::Result<Dir> {
    base.make_below(rel)?;
    base.below(rel)
}

/// The hash of everything that can be read.
pub(super) fn hash_of(from: impl Read) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(from)?;
    Ok(ContentHash::new(*hasher.finalize().as_bytes()))
}

/// A single name as a path.
pub(super) fn one(name: &[u8]) -> io::Result<RelPath> {
    RelPath::root().join(name).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}
