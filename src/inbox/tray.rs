//! Where all that isn't taken is put down, with its reason and the next moment that matters to it. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use super::decide::{House, Wait};
use super::folder::{Folder, is_rule};
use super::names::{DEFAULT, Kind, fold};
use super::report::{What, Withheld};
use crate::config::Watch;
use crate::job::{Code, RelPath};

/// What is withheld at one moment.
#[derive(Debug)]
pub(super) struct Tray {
    now: Duration,
    /// All of it.
    pub withheld: Vec<Withheld>,
    /// When the first of it must be looked at again.
    pub wake: Option<Duration>,
    /// Whether something was seen that doesn't fit the picture.
    pub outdated: bool,
}

impl Tray {
    /// Nothing yet.
    pub(super) const fn new(now: Duration) -> Self {
        Self { now, withheld: Vec::new(), wake: None, outdated: false }
    }

    /// One more thing that waits.
    pub(super) fn put(&mut self, path: RelPath, what: What, wait: Wait) {
        let Wait { reason, since, due, note_at, detail, outdated } = wait;
        let times = [self.wake, due, note_at].into_iter().flatten();
        self.wake = times.filter(|at| *at > self.now).min();
        self.outdated |= outdated;
        let note_due = note_at.is_some_and(|at| at <= self.now);
        let (first, stamp) = (None, None);
        self.withheld.push(Withheld { path, what, reason, since, note_due, detail, due, first, stamp });
    }

    /// What lies in a folder besides clips and texts that are regular files: the folder itself where it is a unit,
    /// strangers.
    pub(super) fn put_others(&mut self, path: &RelPath, folder: &Folder, house: &House, watch: &Watch) {
        match &house.wait {
            None => {
                self.put_odd(folder, watch.settle);
                self.put_foreign(path, folder, watch.settle);
            }
            Some(wait) if !house.project && house.unit.as_ref() == Some(path) && wait.due.is_none() => {
                let note_at = Some(wait.since.saturating_add(watch.settle));
                self.put(path.clone(), What::Folder, Wait { note_at, ..wait.clone() });
            }
            Some(_) => {}
        }
    }

    /// What has the name of a clip, an address or a text and is no regular file.
    fn put_odd(&mut self, folder: &Folder, settle: Duration) {
        for (file, item) in &folder.files {
            let what = match (item.kind, item.rest) {
                (Kind::Address, None) => What::Address,
                (Kind::Clip(_), None) => What::Clip,
                (Kind::Text, None) => What::Text,
                _ => continue,
            };
            let wait = Wait::held(Code::NotSafe, item.since(), settle, &"not a regular file");
            self.put(file.clone(), what, wait);
        }
    }

    /// One entry for all files that are none of ours.
    fn put_foreign(&mut self, path: &RelPath, folder: &Folder, settle: Duration) {
        let mut names: BTreeSet<&[u8]> = folder.foreign.0.iter().map(|name| &name[..]).collect();
        let mut since = folder.foreign_since;
        let clips = folder.files.iter().filter(|(_, item)| item.kind.is_clip());
        let stems: BTreeSet<_> = clips.flat_map(|(clip, _)| [fold(clip.stem()), fold(clip.name())]).collect();
        for (text, item) in
            folder.files.iter().filter(|(_, item)| item.kind == Kind::Rich && item.rest.is_some())
        {
            if !stems.contains(&fold(text.stem())) {
                names.insert(text.name());
                since = since.max(item.seen);
            }
        }
        if names.is_empty() {
            return;
        }
        let names = names.into_iter().filter_map(RelPath::from_bytes).map(|name| name.to_string());
        let more = folder.foreign.1.then(|| "…".to_owned());
        let detail = names.chain(more).collect::<Vec<_>>().join(", ");
        self.put(path.clone(), What::Foreign, Wait::held(Code::NotTaken, since, settle, &detail));
    }
}

/// Whether a text without a clip rules over others in its folder.
pub(super) fn rules(text: &RelPath, folder: &RelPath) -> bool {
    fold(text.stem()) == DEFAULT || (*folder != RelPath::root() && is_rule(text))
}
