//! Keeps what was seen of the inbox and says what comes of it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use super::decide::{Fate, House, Look, Wait};
use super::names::{DEFAULT, Kind, fold};
use super::picture::{Folder, NotEntered, Picture, is_rule};
use super::report::{Reason, Report, What, Withheld};
use super::scan::scan;
use super::watch::Hint;
use crate::config::Watch;
use crate::job::{Code, RelPath};
use crate::mount::{Dir, Type};

/// The folder as it was seen last.
#[derive(Debug)]
pub(super) struct Tracker {
    watch: Arc<Watch>,
    dir: Dir,
    trust_close: bool,
    picture: Picture,
    /// What was said last of what is withheld.
    told: u64,
    /// Whether a look at everything was complete.
    seen_all: bool,
    /// When a full look is asked for by what was seen.
    scan_at: Option<Duration>,
    quiet: bool,
    /// When a note on a folder that was not entered is due.
    note_at: Option<Duration>,
}

impl Tracker {
    /// Nothing seen yet. `trust_close`: the kernel tells of every writer that closes a file.
    pub(super) fn new(watch: Arc<Watch>, dir: Dir, trust_close: bool) -> Self {
        let (picture, scan_at) = (Picture::default(), Some(Duration::ZERO));
        let (seen_all, quiet, note_at) = (false, false, None);
        Self { watch, dir, trust_close, picture, told: 0, seen_all, scan_at, quiet, note_at }
    }

    /// The same folder is there again: what was known of it still is.
    pub(super) fn resume(&mut self, dir: Dir, trust_close: bool) {
        (self.dir, self.trust_close, self.scan_at) = (dir, trust_close, Some(Duration::ZERO));
    }

    /// The folder.
    pub(super) const fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Takes in hints: one look at each file that is named.
    pub(super) fn hints(&mut self, hints: Vec<Hint>, now: Duration) {
        let once: HashSet<_> = hints.into_iter().collect();
        for hint in once {
            if !self.hint(&hint, now) {
                self.scan_at = Some(now);
            }
        }
    }

    /// Whether one look was enough.
    fn hint(&mut self, hint: &Hint, now: Duration) -> bool {
        let (Hint::Closed(path) | Hint::Changed(path)) = hint;
        if path.names().any(|name| self.watch.ignore.matches(name)) {
            return true;
        }
        match self.dir.stat(path) {
            Ok(Some(entry)) if entry.kind == Type::File && super::names::kind(path) != Kind::Foreign => {
                self.picture.merge_one(path, entry.stamp, matches!(hint, Hint::Closed(_)), now)
            }
            // The end of writing a foreign file means nothing; that it came is told by another hint.
            Ok(Some(entry)) if entry.kind == Type::File => matches!(hint, Hint::Closed(_)),
            _ => false,
        }
    }

    /// Looks at everything.
    ///
    /// # Errors
    /// Why the inbox can't be read; then nothing changes.
    pub(super) fn scan(&mut self, now: Duration, out: &mut dyn FnMut(Report)) -> Result<(), String> {
        self.scan_at = None;
        let found = scan(&self.dir, &self.watch.ignore);
        if let Some(why) = found.broken {
            return Err(why);
        }
        for gone in self.picture.merge(found, now) {
            out(Report::Gone(gone));
        }
        self.picture.settle_folders(now, self.watch.folder_wait);
        (self.seen_all, self.quiet) = (true, false);
        Ok(())
    }

    /// Decides about everything that changed or whose time has come.
    pub(super) fn decide(&mut self, now: Duration, out: &mut dyn FnMut(Report)) {
        for folder in self.picture.folders.values_mut().filter(|f| f.pairs.is_none()) {
            folder.pair(now);
        }
        let is_due = |f: &Folder| f.stale || f.wake.is_some_and(|at| at <= now);
        let due: Vec<_> =
            self.picture.folders.iter().filter(|(_, f)| is_due(f)).map(|(p, _)| p.clone()).collect();
        let acted = !due.is_empty() || self.note_at.is_some_and(|at| at <= now);
        for path in due {
            self.decide_folder(&path, now, out);
        }
        if acted || !self.quiet {
            self.tell(now, out);
        }
    }

    fn decide_folder(&mut self, path: &RelPath, now: Duration, out: &mut dyn FnMut(Report)) {
        let house = self.house(path);
        let Some(mut folder) = self.picture.folders.get_mut(path).map(std::mem::take) else { return };
        (folder.stale, folder.wake) = (false, None);
        let mut ledge = Ledge { now, withheld: Vec::new(), wake: None, outdated: false };
        let look = Look { dir: &self.dir, watch: &self.watch, trust_close: self.trust_close, now };
        let pairs = folder.pairs.take().unwrap_or_default();
        for (clip, pair) in &pairs.clips {
            match look.clip(&mut folder.files, clip, pair, &house) {
                Fate::Sent => {}
                Fate::Ready(arrival) => out(Report::Arrival(arrival)),
                Fate::Wait(wait) => ledge.put(clip.clone(), What::Clip, wait),
            }
        }
        for text in pairs.alone.iter().filter(|t| !is_ruling(t, path)) {
            let since = folder.files[text].rest.map_or(now, |rest| rest.since);
            let note_at = Some(since.saturating_add(self.watch.text_note_after));
            let wait = Wait { due: None, note_at, ..Wait::until(Reason::AwaitsClip, since, now) };
            ledge.put(text.clone(), What::Text, wait);
        }
        self.odd(path, &folder, &house, &mut ledge);
        folder.pairs = Some(pairs);
        (folder.withheld, folder.wake) = (ledge.withheld, ledge.wake);
        if ledge.outdated {
            // The next full look finds it changed, whatever it finds.
            (self.scan_at, folder.digest) = (Some(now), 0);
        }
        self.picture.folders.insert(path.clone(), folder);
    }

    /// What a folder's clips have in common.
    fn house(&self, path: &RelPath) -> House {
        let default = self.picture.default_for(path);
        let default = default.and_then(|(path, item)| Some((path.clone(), item.rest?)));
        let folder = self.picture.folders.get(path);
        let unit = self.picture.not_yet(path);
        let wait = folder.and_then(|folder| {
            if !folder.known {
                let due = folder.arriving.unwrap_or(folder.changed.saturating_add(self.watch.folder_wait));
                return Some(Wait::until(Reason::FolderArriving, folder.changed, due));
            }
            let says = unit.as_ref()?;
            let wait = Wait::held(Code::NotInThisVersion, folder.changed, self.watch.settle, says);
            Some(Wait { note_at: None, ..wait })
        });
        House { wait, default, unit }
    }

    /// What lies in a folder besides clips and texts.
    fn odd(&self, path: &RelPath, folder: &Folder, house: &House, ledge: &mut Ledge) {
        let settle = self.watch.settle;
        if house.wait.as_ref().is_some_and(|w| w.reason == Reason::FolderArriving) {
            return;
        }
        if let Some(wait) = &house.wait {
            if house.unit.as_ref() == Some(path) {
                let note_at = Some(wait.since.saturating_add(settle));
                ledge.put(path.clone(), What::Folder, Wait { note_at, ..wait.clone() });
            }
            return;
        }
        let mut foreign = folder.foreign.0.clone();
        for (file, item) in &folder.files {
            let what = if matches!(item.kind, Kind::Clip(_)) { What::Clip } else { What::Text };
            match (item.kind, item.rest) {
                (Kind::Rich, Some(_)) if !means_a_clip(folder, file) => foreign.push(file.name().to_vec()),
                (Kind::Address, Some(rest)) => {
                    let wait = Wait::held(Code::NotInThisVersion, rest.since, settle, "");
                    ledge.put(file.clone(), What::Address, wait);
                }
                (Kind::Clip(_) | Kind::Text, None) => {
                    ledge.put(
                        file.clone(),
                        what,
                        Wait::held(Code::NotSafe, item.seen, settle, "not a regular file"),
                    );
                }
                _ => {}
            }
        }
        if !foreign.is_empty() {
            let names =
                foreign.iter().filter_map(|name| RelPath::from_bytes(name)).map(|name| name.to_string());
            let mut names: Vec<_> = names.collect();
            names.extend(folder.foreign.1.then(|| "…".to_owned()));
            let wait = Wait::held(Code::NotTaken, folder.foreign_since, settle, names.join(", "));
            ledge.put(path.clone(), What::Foreign, wait);
        }
    }

    /// Says what is withheld, if that changed, and whether nothing is left to wait for.
    fn tell(&mut self, now: Duration, out: &mut dyn FnMut(Report)) {
        let mut ledge = Ledge { now, withheld: Vec::new(), wake: None, outdated: false };
        for (path, NotEntered { why, since }) in &self.picture.closed {
            let (code, detail) = why.as_ref().map_or((Code::TooDeep, ""), |why| (Code::Unreadable, why));
            ledge.put(path.clone(), What::Folder, Wait::held(code, *since, self.watch.settle, detail));
        }
        self.note_at = ledge.wake;
        let all = ledge.withheld.iter().chain(self.picture.folders.values().flat_map(|f| &f.withheld));
        let mut digest = DefaultHasher::new();
        let mut pending = self.scan_at.is_some() || !self.seen_all;
        for held in all.clone() {
            (&held.path, held.what, held.reason, held.note_due, &held.detail).hash(&mut digest);
            pending |= held.what == What::Clip && held.due.is_some();
        }
        let digest = digest.finish();
        if self.told != digest && self.seen_all {
            self.told = digest;
            out(Report::Withheld(all.cloned().collect()));
        }
        if !pending && !self.quiet {
            out(Report::Quiet);
        }
        self.quiet = !pending;
    }

    /// When something will have to be looked at, if nothing happens.
    pub(super) fn wake(&self) -> Option<Duration> {
        let folders = self.picture.folders.values();
        let stale = folders.clone().any(|f| f.stale).then_some(Duration::ZERO);
        folders.filter_map(|f| f.wake).chain(stale).chain(self.note_at).min()
    }

    /// When everything must be looked at, by what was seen.
    pub(super) fn scan_at(&self) -> Option<Duration> {
        self.picture.folders.values().filter_map(|f| f.arriving).chain(self.scan_at).min()
    }
}

/// Where what is withheld is put down.
struct Ledge {
    now: Duration,
    withheld: Vec<Withheld>,
    wake: Option<Duration>,
    outdated: bool,
}

impl Ledge {
    fn put(&mut self, path: RelPath, what: What, wait: Wait) {
        let Wait { reason, since, due, note_at, detail, outdated } = wait;
        let times = [self.wake, due, note_at].into_iter().flatten();
        self.wake = times.filter(|at| *at > self.now).min();
        self.outdated |= outdated;
        let note_due = note_at.is_some_and(|at| at <= self.now);
        self.withheld.push(Withheld { path, what, reason, since, note_due, detail, due });
    }
}

/// Whether a text without a clip rules over others in its folder.
fn is_ruling(text: &RelPath, folder: &RelPath) -> bool {
    fold(text.stem()) == DEFAULT || (*folder != RelPath::root() && is_rule(text))
}

/// Whether a text of a word processor lies beside its clip.
fn means_a_clip(folder: &Folder, text: &RelPath) -> bool {
    let stem = fold(text.stem());
    let clips = folder.files.iter().filter(|(_, item)| matches!(item.kind, Kind::Clip(_)));
    clips.map(|(clip, _)| clip).any(|clip| fold(clip.stem()) == stem || fold(clip.name()) == stem)
}
