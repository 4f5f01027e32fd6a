//! What seals the page's cookies: a key of its own in the state folder, without which nobody can make one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use secrecy::SecretString;
use uuid::Uuid;

/// The key's file.
const NAME: &str = "page-key";
/// As long as a key is: two numbers that nobody can guess.
const LENGTH: usize = 64;

/// The key of the page, kept over restarts, so that nobody is asked for the token again.
///
/// The token alone must not do: whoever guesses it could make a cookie for each guess, and nobody counts cookies.
pub(super) fn key(state: &Path) -> SecretString {
    match fs::read_to_string(state.join(NAME)) {
        Ok(key) if key.trim().len() == LENGTH => return SecretString::from(key.trim()),
        _ => {}
    }
    let key = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    if let Err(error) = keep(state, &key) {
        tracing::warn!(%error, "the page's key can't be kept: after a restart everybody is asked for the token");
    }
    SecretString::from(key)
}

/// Writes it for this user alone, whole or not at all.
fn keep(state: &Path, key: &str) -> io::Result<()> {
    let temp = state.join(format!(".{NAME}.new"));
    let _ = fs::remove_file(&temp);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temp)?;
    writeln!(file, "{key}")?;
    file.sync_all()?;
    fs::rename(&temp, state.join(NAME))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_key_is_kept_for_its_user_alone() {
        let state = tempfile::tempdir().unwrap();
        let first = key(state.path());
        assert_eq!(key(state.path()).expose_secret(), first.expose_secret());
        let mode = fs::metadata(state.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        for spoilt in ["", "short", &"x".repeat(90)] {
            fs::write(state.path().join(NAME), spoilt).unwrap();
            let next = key(state.path());
            assert_eq!(next.expose_secret().len(), LENGTH);
            assert_ne!(next.expose_secret(), first.expose_secret());
        }
        // Where it can't be kept, cookies end with dakbox.
        let nowhere = state.path().join("none");
        assert_ne!(key(&nowhere).expose_secret(), key(&nowhere).expose_secret());
    }
}
