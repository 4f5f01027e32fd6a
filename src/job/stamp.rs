//! What tells one state of a file from another without reading it.

use serde::{Deserialize, Serialize};

/// Identity and last change of a regular file, as `fstat` gives them.
///
/// Two equal stamps mean: the same file, untouched between both looks (as far as its file system tells).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Device number.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// Length in bytes.
    pub size: u64,
    /// Last change of the contents, nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Last change of the inode, nanoseconds since 1970.
    pub ctime_ns: i64,
}

impl Stamp {
    /// Whether both name the same inode, changed or not.
    pub const fn same_file(&self, other: &Self) -> bool {
        self.dev == other.dev && self.ino == other.ino
    }

    /// Whether length and time are as they were. Programs that serve a file system (sshfs, rclone, smbnetfs) number its
    /// files as they meet them: anew after a mount, a link or a full memory.
    pub const fn same_but_numbers(&self, other: &Self) -> bool {
        self.size == other.size && self.mtime_ns == other.mtime_ns
    }

    /// Whether the contents are untouched: all but ctime, which a rename or a chmod moves as well.
    pub const fn same_contents(&self, other: &Self) -> bool {
        self.same_file(other) && self.same_but_numbers(other)
    }
}
