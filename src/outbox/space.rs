//! Asked before anything is paid for: is there room for the film, and may we put it there?

use std::io::{self, Write};

use super::file::{folder_at, temp_in};
use crate::job::RelPath;
use crate::mount::Dir;

/// Whether `need` bytes fit, asked before anything is paid for.
///
/// # Errors
/// Those of `statvfs`.
pub fn enough(outbox: &Dir, need: u64) -> io::Result<bool> {
    Ok(outbox.free()? >= need)
}

/// Proves, before anything is paid for, that a file can be made in this sub-folder.
///
/// # Errors
/// Those that delivery would meet: read-only, no permission, no inode left.
pub fn prove_writable(outbox: &Dir, at: &RelPath) -> io::Result<()> {
    let folder = folder_at(outbox, at)?;
    let (name, mut file) = temp_in(&folder)?;
    let written = file.write_all(b"dakbox");
    // Some shares remove no file that is open.
    drop(file);
    folder.remove(&name)?;
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_and_right_to_write() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        assert!(enough(&dir, 1).unwrap());
        assert!(!enough(&dir, u64::MAX).unwrap());
        let news = RelPath::from_bytes(b"news").unwrap();
        prove_writable(&dir, &news).unwrap();
        assert_eq!(dir.list(&news).unwrap(), [], "nothing stays behind");
        std::fs::write(top.path().join("file"), "").unwrap();
        assert!(prove_writable(&dir, &RelPath::from_bytes(b"file").unwrap()).is_err());
    }
}
