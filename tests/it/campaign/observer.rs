//! Somebody who looks at the outbox all the time, as a person's player or a sync program does: what is seen under a
//! final name, at any moment, is hashed there and then.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::house::{files_below, sha256};

/// The observer. Sees nothing any more once it is dropped.
pub(super) struct Observer {
    seen: Arc<Mutex<BTreeSet<(PathBuf, String)>>>,
    folder: PathBuf,
    _watcher: RecommendedWatcher,
}

impl Observer {
    /// Watches a folder, and what is in it.
    pub(super) fn of(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        Self::going_on(folder, Arc::default())
    }

    /// The same folder after another disk has been put in its place; what was seen before counts on.
    pub(super) fn again(&self) -> Self {
        Self::going_on(&self.folder, Arc::clone(&self.seen))
    }

    fn going_on(folder: &Path, seen: Arc<Mutex<BTreeSet<(PathBuf, String)>>>) -> Self {
        let told = Arc::clone(&seen);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            for path in event.into_iter().flat_map(|event| event.paths) {
                told.lock().unwrap().extend(look(path));
            }
        })
        .unwrap();
        watcher.watch(folder, RecursiveMode::Recursive).unwrap();
        Self { seen, folder: folder.to_owned(), _watcher: watcher }
    }

    /// Every film ever seen under a final name: path and hash, whatever became of it.
    pub(super) fn films(&self) -> BTreeSet<(PathBuf, String)> {
        let mut seen = self.seen.lock().unwrap();
        seen.extend(files_below(&self.folder).into_iter().filter_map(look));
        seen.clone()
    }
}

fn look(path: PathBuf) -> Option<(PathBuf, String)> {
    let name = path.file_name()?.to_string_lossy();
    if name.starts_with('.') || !name.ends_with(".mp4") {
        return None;
    }
    let hash = sha256(&fs::read(&path).ok()?);
    Some((path, hash))
}
