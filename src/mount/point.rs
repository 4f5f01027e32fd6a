//! Whether a folder is only the place where a share should be mounted: nothing may be marked or made there.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::Dir;

impl Dir {
    /// Whether `/etc/fstab` names this folder, or one above it, as a mount point on which nothing is mounted.
    ///
    /// # Errors
    /// Those of reading the table of mounts; a machine without `/etc/fstab` has no such folder.
    pub fn is_bare_mount_point(&self) -> io::Result<bool> {
        let fstab = match std::fs::read("/etc/fstab") {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let mounts = std::fs::read("/proc/self/mountinfo")?;
        Ok(is_bare(&std::fs::canonicalize(self.path())?, &fstab, &mounts))
    }
}

/// The mount points below a folder.
///
/// # Errors
/// Those of reading the table of mounts.
pub fn mounts_below(path: &Path) -> io::Result<Vec<PathBuf>> {
    let top = std::fs::canonicalize(path)?;
    let mounts = std::fs::read("/proc/self/mountinfo")?;
    let mut below: Vec<_> = points(&mounts, 4).filter(|at| at.starts_with(&top) && *at != top).collect();
    below.sort_unstable();
    below.dedup();
    Ok(below)
}

fn is_bare(path: &Path, fstab: &[u8], mounts: &[u8]) -> bool {
    let mounted: Vec<_> = points(mounts, 4).collect();
    points(fstab, 1).any(|point| point.is_absolute() && path.starts_with(&point) && !mounted.contains(&point))
}

/// The mount points in a table, of which they are the column `at`.
fn points(table: &[u8], at: usize) -> impl Iterator<Item = PathBuf> {
    let lines = table.split(|b| *b == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#"));
    let column = move |line: &[u8]| {
        let mut fields = line.split(|b| matches!(b, b' ' | b'\t')).filter(|f| !f.is_empty());
        fields.nth(at).map(unescaped)
    };
    lines.filter_map(column)
}

/// Spaces and their like are written as three octal digits.
fn unescaped(field: &[u8]) -> PathBuf {
    let (mut out, mut rest) = (Vec::with_capacity(field.len()), field);
    while let [first, after @ ..] = rest {
        let octal = after.get(..3).filter(|_| *first == b'\\').and_then(|d| std::str::from_utf8(d).ok());
        let (byte, next) = match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => (byte, &after[3..]),
            None => (*first, after),
        };
        out.push(byte);
        rest = next;
    }
    // `/srv/clips/` and `/srv/clips` are one.
    Path::new(&OsString::from_vec(out)).components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_should_be_there() {
        let fstab = b"# a comment /srv/no\nUUID=1 / ext4 defaults 0 1\n//nas/clips /srv/clips/ cifs x 0 0\n\
            nas:/a\t/mnt/my\\040share\tnfs\n/dev/sda2 none swap sw 0 0\nbroken\n\n";
        let root = b"22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n";
        let both = [
            &root[..],
            b"40 22 0:40 / /srv/clips rw - cifs //nas/clips rw\n",
            b"41 22 0:41 / /mnt/my\\040share rw - nfs nas:/a rw\n",
        ]
        .concat();
        for (path, alone) in [
            ("/srv/clips", true),
            ("/srv/clips/inbox", true),
            ("/mnt/my share", true),
            ("/srv/clipsy", false),
            ("/srv", false),
            ("/srv/no", false),
        ] {
            assert_eq!(is_bare(Path::new(path), fstab, root), alone, "{path}");
            assert!(!is_bare(Path::new(path), fstab, &both), "{path}");
        }
        assert_eq!(unescaped(b"/a\\134\\0\\999"), Path::new("/a\\\\0\\999"));
    }

    #[test]
    fn this_machine() {
        let top = tempfile::tempdir().unwrap();
        assert!(!Dir::open(top.path()).unwrap().is_bare_mount_point().unwrap());
    }
}
