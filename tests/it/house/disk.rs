//! Disks of a test's own: small ones, read-only ones, and what fills them. All of it needs root.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in a folder; it is taken away when this is dropped, whoever still has files open there.
pub(crate) struct Disk {
    path: PathBuf,
}

impl Disk {
    /// A small file system in memory, with options such as `size=1m`.
    #[track_caller]
    pub(crate) fn small(path: &Path, options: &str) -> Self {
        fs::create_dir_all(path).unwrap();
        mount(&["-t", "tmpfs", "-o", options, "tmpfs"], path);
        Self { path: path.to_owned() }
    }

    /// The same folder once more, at another place.
    #[track_caller]
    pub(crate) fn again(of: &Path, path: &Path) -> Self {
        fs::create_dir_all(path).unwrap();
        mount(&["--bind", of.to_str().unwrap()], path);
        Self { path: path.to_owned() }
    }

    #[track_caller]
    pub(crate) fn set(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}")], &self.path);
    }

    fn filling(&self) -> PathBuf {
        self.path.join(".filling")
    }

    /// Fills it until so many bytes are left, a page more or less.
    pub(crate) fn fill(&self, left: u64) {
        let _ = fs::remove_file(self.filling());
        let mut file = File::create(self.filling()).unwrap();
        let free = rustix::fs::statvfs(&self.path).map(|disk| disk.f_bavail * disk.f_frsize).unwrap();
        // Whoever writes there at the same time takes what is left of the room.
        let _ = io::copy(&mut io::Read::take(io::repeat(1), free.saturating_sub(left)), &mut file);
        let _ = file.flush();
    }

    /// Makes the room again.
    pub(crate) fn clear(&self) {
        fs::remove_file(self.filling()).unwrap();
    }

    /// Uses up its inodes; the names of what does.
    pub(crate) fn use_up_inodes(&self) -> Vec<PathBuf> {
        let names = (0..).map(|n| self.path.join(format!(".inode-{n}")));
        names.take_while(|path| File::create(path).is_ok()).collect()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        unmount(&self.path);
    }
}

/// Takes a file system away, whoever still has files open there.
pub(super) fn unmount(path: &Path) {
    let _ = Command::new("umount").arg("-l").arg(path).status();
}

#[track_caller]
pub(super) fn mount(args: &[&str], path: &Path) {
    let mounted = Command::new("mount").args(args).arg(path).status();
    let mounted = mounted.is_ok_and(|status| status.success());
    assert!(mounted, "NOT TRIED: nothing can be mounted here; it takes root");
}
