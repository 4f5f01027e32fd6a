//! The brake that everyone can reach, put on and taken off through an open folder.

use std::io::{self, ErrorKind, Write as _};

use super::file::one;
use crate::mount::Dir;

/// Its name in the root.
const NAME: &[u8] = b"pause.txt";

/// What stands in the file, for whoever finds it.
pub const PAUSED: &str = "\
dakbox is paused.

While this file lies here, dakbox sends no new instruction, and so nothing new is
paid for. What was sent already is still finished and delivered.

To go on, delete this file, or run `dakbox resume`.
";

/// Puts it on; says whether it was not on before.
///
/// # Errors
/// Those of making the file.
pub fn put_on(root: &Dir) -> io::Result<bool> {
    let own = root.stat(&crate::job::RelPath::root())?.ok_or(ErrorKind::NotFound)?;
    match root.create_new(&one(NAME)?, own.mode & 0o666 | 0o600) {
        Ok(mut file) => {
            // The file is the brake, not its text: on a full disk an empty one holds as well.
            let _ = file.write_all(PAUSED.as_bytes());
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes it off; says whether it was on before.
///
/// # Errors
/// Those of removing the file.
pub fn take_off(root: &Dir) -> io::Result<bool> {
    root.remove(&one(NAME)?)
}
