//! What kind of file system a folder lies on: whether its events can be trusted, whether a ledger may lie there.

use std::io;

use super::Dir;

/// A kind of file system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FsKind {
    /// Its name, for people.
    pub name: &'static str,
    /// Other machines may write to it, or it is served by a program: changes come without events, and
    /// locks and shared memory can't be relied on.
    pub remote: bool,
}

impl FsKind {
    const UNKNOWN: Self = Self { name: "unknown", remote: false };

    /// Whether the kernel tells of every change: only where it is known to.
    pub fn has_events(self) -> bool {
        !self.remote && self != Self::UNKNOWN
    }

    /// By the number that `statfs` gives.
    fn of_magic(magic: u32) -> Self {
        let found = |table: &[(u32, &'static str)], remote| {
            table.iter().find(|(m, _)| *m == magic).map(|(_, name)| Self { name, remote })
        };
        found(REMOTE, true).or_else(|| found(LOCAL, false)).unwrap_or(Self::UNKNOWN)
    }
}

impl Dir {
    /// The kind of file system this folder lies on.
    ///
    /// # Errors
    /// Those of `statfs`.
    pub fn fs_kind(&self) -> io::Result<FsKind> {
        let magic = rustix::fs::fstatfs(self.as_fd())?.f_type & 0xFFFF_FFFF;
        Ok(u32::try_from(magic).map_or(FsKind::UNKNOWN, FsKind::of_magic))
    }
}

/// Numbers of `linux/magic.h` and of the drivers themselves.
const REMOTE: &[(u32, &str)] = &[
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "SMB (CIFS)"),
    (0xFE53_4D42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x1983_0326, "BeeGFS"),
    (0x2003_0528, "OrangeFS"),
    (0x0116_1970, "GFS2"),
    (0x7461_636F, "OCFS2"),
    (0x7375_7245, "Coda"),
    (0x564C, "NCP"),
    (0x786F_4256, "VirtualBox shared folder"),
    (0xBACB_ACBC, "VMware shared folder"),
    (0x7C7C_6673, "Parallels shared folder"),
];

const LOCAL: &[(u32, &str)] = &[
    (0xEF53, "ext4"),
    (0x5846_5342, "XFS"),
    (0x9123_683E, "Btrfs"),
    (0x2FC1_2FC1, "ZFS"),
    (0xF2F5_2010, "F2FS"),
    (0xCA45_1A4E, "bcachefs"),
    (0x0102_1994, "tmpfs"),
    (0x8584_58F6, "ramfs"),
    (0x794C_7630, "overlay"),
    (0x4D44, "FAT"),
    (0x2011_BAB0, "exFAT"),
    (0x7366_746E, "NTFS"),
    (0x5346_544E, "NTFS"),
    (0x482B, "HFS+"),
    (0x3153_464A, "JFS"),
    (0x5265_4973, "ReiserFS"),
    (0x3434, "NILFS"),
    (0xF15F, "eCryptfs"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_remote_and_what_has_events() {
        let table = [
            (0x6969, "NFS", true, false),
            (0xFF53_4D42, "SMB (CIFS)", true, false),
            (0x6573_5546, "FUSE", true, false),
            (0xEF53, "ext4", false, true),
            (0x794C_7630, "overlay", false, true),
            (0xDEAD_BEEF, "unknown", false, false),
        ];
        for (magic, name, remote, events) in table {
            let kind = FsKind::of_magic(magic);
            assert_eq!((kind.name, kind.remote, kind.has_events()), (name, remote, events), "{magic:x}");
        }
    }

    #[test]
    fn no_number_is_listed_twice() {
        let all: BTreeSet<u32> = REMOTE.iter().chain(LOCAL).map(|(m, _)| *m).collect();
        assert_eq!(all.len(), REMOTE.len() + LOCAL.len());
    }

    #[test]
    fn this_machine() {
        let top = tempfile::tempdir().unwrap();
        assert!(!Dir::open(top.path()).unwrap().fs_kind().unwrap().name.is_empty());
        if Path::new("/proc/self").exists() {
            let proc = Dir::open(Path::new("/proc")).unwrap().fs_kind().unwrap();
            assert!(!proc.has_events());
        }
    }
}
