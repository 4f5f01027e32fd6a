//! What lies in a folder, to look through and to show when a test fails.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::sha256;

/// Every file below a folder, links and others included, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(files_below(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    files
}

/// Everything below a folder, a line each: what it is, when it was changed, and its contents by hash.
pub(crate) fn picture_of(folder: &Path) -> String {
    let mut lines = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(meta) = entry.path().symlink_metadata() else { continue };
            // Reading a pipe would never end.
            let bytes = meta.is_file().then(|| fs::read(entry.path()).ok()).flatten();
            let hash = bytes.map_or_else(|| "-".to_owned(), |bytes| sha256(&bytes));
            let at = (meta.mtime(), meta.mtime_nsec());
            lines.push(format!("{} {} {:o} {at:?} {hash}", entry.path().display(), meta.len(), meta.mode()));
            if meta.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    lines.sort();
    lines.join("\n")
}
