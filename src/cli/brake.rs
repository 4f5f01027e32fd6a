//! `dakbox pause` and `dakbox resume`: the brake that everyone can reach, put on and taken off.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::human::path;
use super::standing::brake_of;
use super::{Exit, json, out};
use crate::outbox::PAUSED;

/// The brake as it is now: the one line of `pause --json` and `resume --json`.
#[derive(Serialize)]
struct BrakeLine {
    /// Whether it is on.
    paused: bool,
    /// Whether that was otherwise before.
    changed: bool,
    /// The file that it is.
    file: String,
}

/// Puts the brake on.
pub(super) fn pause(root: &Path, as_json: bool) -> anyhow::Result<Exit> {
    let changed = put_on(root)?;
    let brake = brake_of(root);
    let how = if changed { "Paused" } else { "Paused already" };
    let text = format!("{how}: no new message is sent while {} is there.\n", path(&brake));
    said(&BrakeLine { paused: true, changed, file: brake.to_string_lossy().into_owned() }, text, as_json)
}

/// Takes the brake off.
pub(super) fn resume(root: &Path, as_json: bool) -> anyhow::Result<Exit> {
    let changed = take_off(root)?;
    let text = if changed { "Not paused any more.\n" } else { "Not paused.\n" };
    let file = brake_of(root).to_string_lossy().into_owned();
    said(&BrakeLine { paused: false, changed, file }, text.to_owned(), as_json)
}

fn said(line: &BrakeLine, text: String, as_json: bool) -> anyhow::Result<Exit> {
    out::print(&if as_json { json::line(line)? } else { text })?;
    Ok(Exit::Done)
}

/// Says whether the brake was not on before.
fn put_on(root: &Path) -> anyhow::Result<bool> {
    there(root)?;
    let brake = brake_of(root);
    match OpenOptions::new().write(true).create_new(true).open(&brake) {
        Ok(mut file) => {
            // The file is the brake, not its text: on a full disk an empty one holds as well.
            let _ = file.write_all(PAUSED.as_bytes());
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{} can't be made", path(&brake))),
    }
}

/// Says whether the brake was on before.
fn take_off(root: &Path) -> anyhow::Result<bool> {
    there(root)?;
    let brake = brake_of(root);
    match std::fs::remove_file(&brake) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{} can't be removed", path(&brake))),
    }
}

fn there(root: &Path) -> anyhow::Result<()> {
    let is = root.metadata().with_context(|| format!("the root {} can't be reached", path(root)))?;
    ensure!(is.is_dir(), "the root {} is no folder", path(root));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_and_off_as_often_as_one_likes() {
        let root = tempfile::tempdir().unwrap();
        let brake = root.path().join("pause.txt");
        assert!(!take_off(root.path()).unwrap());
        assert!(put_on(root.path()).unwrap());
        assert_eq!(std::fs::read_to_string(&brake).unwrap(), PAUSED);
        std::fs::write(&brake, "by hand").unwrap();
        assert!(!put_on(root.path()).unwrap());
        assert_eq!(std::fs::read_to_string(&brake).unwrap(), "by hand", "what a person wrote stays");
        assert!(take_off(root.path()).unwrap());
        assert!(!brake.exists());
    }

    #[test]
    fn a_link_is_a_brake_and_nothing_is_written_through_it() {
        let root = tempfile::tempdir().unwrap();
        let brake = root.path().join("pause.txt");
        std::os::unix::fs::symlink(root.path().join("elsewhere"), &brake).unwrap();
        assert!(!put_on(root.path()).unwrap());
        assert!(!root.path().join("elsewhere").exists());
        assert!(take_off(root.path()).unwrap());
    }

    #[test]
    fn without_a_root_it_is_said_which() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        for (missing, want) in [(root.path().join("gone"), "can't be reached"), (file, "is no folder")] {
            for error in [put_on(&missing).unwrap_err(), take_off(&missing).unwrap_err()] {
                let said = error.to_string();
                assert!(said.contains(want) && said.contains(missing.to_str().unwrap()), "{said}");
            }
        }
    }
}
