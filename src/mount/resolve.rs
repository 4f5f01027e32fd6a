//! From a folder's handle to something below it, without following a link or leaving the file system.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use super::Type;
use super::look::{entry_at, statx_of};
use crate::job::RelPath;

/// A folder as a place to start from.
pub(super) const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);

/// Opens `rel` below `base`; the kernel checks every step of the way.
pub(super) fn open(base: BorrowedFd<'_>, rel: &RelPath, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let how = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    let path = if rel.as_bytes().is_empty() { &b"."[..] } else { rel.as_bytes() };
    match openat2(base, path, flags | OFlags::CLOEXEC, mode, how) {
        // An old kernel, or a filter that doesn't know the call.
        Err(Errno::NOSYS | Errno::PERM) => walk(base, rel, flags, mode),
        done => Ok(done?),
    }
}

/// The same, name by name, where the kernel can't do it in one call.
fn walk(base: BorrowedFd<'_>, rel: &RelPath, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let here = statx_of(base)?.stamp.dev;
    let mut at = step(base, b".", FOLDER, mode)?;
    for name in rel.parent().names() {
        at = step(at.as_fd(), name, FOLDER, mode)?;
    }
    let name = if rel.as_bytes().is_empty() { &b"."[..] } else { rel.name() };
    let last = step(at.as_fd(), name, flags, mode)?;
    if statx_of(last.as_fd())?.stamp.dev == here { Ok(last) } else { Err(Errno::XDEV.into()) }
}

/// One name. A link where a folder is asked for is told as a link, as `openat2` does.
fn step(at: BorrowedFd<'_>, name: &[u8], flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    match openat(at, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, mode) {
        Err(Errno::NOTDIR) if entry_at(at, name)?.kind == Type::Link => Err(Errno::LOOP.into()),
        done => Ok(done?),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;
    use crate::mount::Dir;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    /// Both ways of opening hold to the same rules.
    #[test]
    fn no_way_leads_out() {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(top.path().join("in/sub")).unwrap();
        std::fs::write(top.path().join("secret"), "s").unwrap();
        std::fs::write(top.path().join("in/sub/a"), "a").unwrap();
        symlink("../secret", top.path().join("in/link")).unwrap();
        symlink("sub", top.path().join("in/linked")).unwrap();
        symlink("/proc/self/fd", top.path().join("in/magic")).unwrap();
        let dir = Dir::open(&top.path().join("in")).unwrap();
        for way in [open, walk] {
            let go = |path| way(dir.as_fd(), &rel(path), OFlags::RDONLY, Mode::empty());
            assert!(go("sub/a").is_ok());
            assert!(go("").is_ok());
            for (bad, why) in [
                ("link", Errno::LOOP),
                ("linked/a", Errno::LOOP),
                ("magic/0", Errno::LOOP),
                ("sub/a/b", Errno::NOTDIR),
                ("none", Errno::NOENT),
            ] {
                let error = go(bad).unwrap_err();
                assert_eq!(error.raw_os_error(), Some(why.raw_os_error()), "{bad}");
            }
        }
    }

    /// `/proc` is mounted on any machine that runs tests.
    #[test]
    fn a_mount_inside_is_an_error() {
        if !Path::new("/proc/self").exists() {
            return;
        }
        let dir = Dir::open(Path::new("/")).unwrap();
        for way in [open, walk] {
            let error = way(dir.as_fd(), &rel("proc"), FOLDER, Mode::empty()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::CrossesDevices);
        }
    }
}
