//! Which folders are watched, how each mount of the inbox is looked at, and what its events have missed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::report::Mounted;
use super::unit::is_below;
use super::watch::{self, Hint, PostBox};
use crate::config::WatchMode;
use crate::job::RelPath;
use crate::mount::Dir;

/// An event that did not come within this time will not come.
const GRACE: Duration = Duration::from_secs(3);
/// After so many files that no event told of, a mount is polled.
const MISSED: u32 = 3;

/// Device and inode number.
type Identity = (u64, u64);

/// All that is watched, below one inbox.
pub(super) struct Watches {
    mode: WatchMode,
    /// The inbox by its real path: events name that one.
    top: PathBuf,
    post: Option<Arc<PostBox>>,
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<RelPath, (u64, Identity)>,
    names: HashMap<Identity, RelPath>,
    places: BTreeMap<u64, Place>,
    /// What hints named since the last look ended.
    heard: BTreeSet<RelPath>,
    /// Files that no event has told of yet: on which mount, and since when.
    suspects: BTreeMap<RelPath, (u64, Duration)>,
    /// Looks that prove nothing, because events were lost.
    lossy: u8,
}

/// One mount.
#[derive(Debug)]
struct Place {
    state: Mounted,
    /// Whether its events, where they come, are all there are.
    trusted: bool,
    seen: bool,
}

impl Watches {
    /// Watches below the inbox at `path`, as settings say. Without a letter box nothing is watched.
    pub(super) fn new(path: &Path, mode: WatchMode, post: Option<Arc<PostBox>>) -> Self {
        let top = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (watched, names, places) = (BTreeMap::new(), HashMap::new(), BTreeMap::new());
        let (heard, suspects) = (BTreeSet::new(), BTreeMap::new());
        Self { mode, top, post, watcher: None, watched, names, places, heard, suspects, lossy: 0 }
    }

    /// Has a folder watched before it is listed; whether it was already.
    pub(super) fn visit(&mut self, folder: &RelPath, here: &Dir, (mount, identity): (u64, Identity)) -> bool {
        let Some(post) = self.post.clone() else { return false };
        let mode = self.mode;
        let place = self.places.entry(mount).or_insert_with(|| Place::new(folder, here, mode));
        place.seen = true;
        if !place.state.native {
            return false;
        }
        match self.watched.get(folder) {
            Some(known) if *known == (mount, identity) => return true,
            Some(_) => self.forget(folder),
            None => {}
        }
        // Moved here: the kernel knows one watch for both names, and the old one must not take it away.
        if let Some(old) = self.names.get(&identity).cloned() {
            self.forget(&old);
        }
        if let Err(why) = self.add(folder, &post) {
            self.poll(mount, why);
        } else {
            self.watched.insert(folder.clone(), (mount, identity));
            self.names.insert(identity, folder.clone());
        }
        false
    }

    fn add(&mut self, folder: &RelPath, post: &Arc<PostBox>) -> Result<(), String> {
        if self.watcher.is_none() {
            self.watcher = Some(watch::watcher(&self.top, post)?);
        }
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        match watcher.watch(&folder.below(&self.top), RecursiveMode::NonRecursive) {
            // It went; whoever lists it will see that.
            Err(e) if matches!(e.kind, notify::ErrorKind::PathNotFound) => Ok(()),
            done => done.map_err(|e| watch::plain(&e)),
        }
    }

    /// Watches a folder, and those below it, no more.
    fn forget(&mut self, folder: &RelPath) {
        let from = self.watched.range(folder.clone()..);
        let below = from.take_while(|(path, _)| path.as_bytes().starts_with(folder.as_bytes()));
        let below: Vec<_> =
            below.map(|(path, _)| path).filter(|path| is_below(path, folder)).cloned().collect();
        for path in below {
            self.unwatch(&path);
        }
    }

    fn unwatch(&mut self, folder: &RelPath) {
        if let Some((_, identity)) = self.watched.remove(folder) {
            self.names.remove(&identity);
        }
        if let Some(watcher) = &mut self.watcher {
            let _ = watcher.unwatch(&folder.below(&self.top));
        }
    }

    /// Has a mount polled from now on.
    fn poll(&mut self, mount: u64, why: String) {
        if let Some(place) = self.places.get_mut(&mount) {
            (place.state.native, place.state.why) = (false, Some(why));
        }
        let of_it = self.watched.iter().filter(|(_, (of, _))| *of == mount);
        for folder in of_it.map(|(path, _)| path.clone()).collect::<Vec<_>>() {
            self.unwatch(&folder);
        }
        self.suspects.retain(|_, (of, _)| *of != mount);
    }

    /// No more events come.
    pub(super) fn broken(&mut self, why: &str) {
        let native = self.places.iter().filter(|(_, place)| place.state.native);
        for mount in native.map(|(mount, _)| *mount).collect::<Vec<_>>() {
            self.poll(mount, why.to_owned());
        }
    }

    /// Takes note of what events told of; a folder that moved, went or changed is to be watched anew.
    pub(super) fn hear(&mut self, hints: &[Hint]) {
        for hint in hints {
            let path = hint.path();
            // That it went does not tell that it had come.
            if !matches!(hint, Hint::Went(_)) {
                self.suspects.remove(path);
            }
            if self.watched.contains_key(path) {
                self.forget(path);
            } else {
                self.heard.insert(path.clone());
            }
        }
    }

    /// Events were lost: files that nothing told of prove nothing.
    pub(super) fn lost(&mut self) {
        self.suspects.clear();
        self.lossy = 2;
    }

    /// A look at everything begins.
    pub(super) fn begin(&mut self) {
        self.places.values_mut().for_each(|place| place.seen = false);
    }

    /// A look has ended: files that it found in watched folders, and that no event had told of. After a full one, what was
    /// not seen is not watched.
    pub(super) fn ended(&mut self, untold: Vec<(RelPath, u64)>, now: Duration, full: bool) {
        let heard = std::mem::take(&mut self.heard);
        if self.lossy > 0 {
            self.lossy -= 1;
        } else {
            for (path, mount) in untold {
                if self.is_native(mount) && !heard.contains(&path) {
                    self.suspects.insert(path, (mount, now));
                }
            }
        }
        if full {
            self.places.retain(|_, place| place.seen);
        }
    }

    /// Counts files of which no event came in time; whether anything changed.
    pub(super) fn judge(&mut self, now: Duration) -> bool {
        let is_due = |_: &RelPath, (_, since): &mut (u64, Duration)| since.saturating_add(GRACE) <= now;
        let due: Vec<_> = self.suspects.extract_if(.., is_due).collect();
        for (path, (mount, _)) in &due {
            // Its watch may have been lost.
            self.unwatch(&path.parent());
            let Some(place) = self.places.get_mut(mount) else { continue };
            place.state.missed = place.state.missed.saturating_add(1);
            let missed = place.state.missed;
            if missed >= MISSED && place.state.native {
                self.poll(*mount, format!("its events did not tell of {missed} files"));
            }
        }
        !due.is_empty()
    }

    /// When that is to be done next.
    pub(super) fn judge_at(&self) -> Option<Duration> {
        self.suspects.values().map(|(_, since)| since.saturating_add(GRACE)).min()
    }

    /// Whether events tell of all that happens in a folder, as far as is known.
    pub(super) fn tells_of(&self, folder: &RelPath, mount: u64) -> bool {
        self.is_native(mount) && self.watched.contains_key(folder)
    }

    /// Whether a writer that closes a file there is always heard.
    pub(super) fn trusts(&self, mount: u64) -> bool {
        self.places.get(&mount).is_some_and(|place| place.state.native && place.trusted)
    }

    pub(super) fn is_polled(&self, mount: u64) -> bool {
        self.places.get(&mount).is_some_and(|place| !place.state.native)
    }

    fn is_native(&self, mount: u64) -> bool {
        self.places.get(&mount).is_some_and(|place| place.state.native)
    }

    /// Whether anything is polled.
    pub(super) fn polls(&self) -> bool {
        self.places.values().any(|place| !place.state.native)
    }

    /// How each mount is looked at, the inbox's own first.
    pub(super) fn states(&self) -> Vec<Mounted> {
        let mut states: Vec<_> = self.places.values().map(|place| place.state.clone()).collect();
        states.sort_by(|a, b| a.at.cmp(&b.at));
        states
    }
}

impl Place {
    fn new(at: &RelPath, here: &Dir, mode: WatchMode) -> Self {
        let kind = here.fs_kind();
        let trusted = kind.as_ref().is_ok_and(|kind| kind.has_events());
        let (fs, at) = (kind.map_or("unknown", |kind| kind.name), at.clone());
        let native = is_native(mode, trusted);
        Self { state: Mounted { at, fs, native, why: None, missed: 0 }, trusted, seen: true }
    }
}

const fn is_native(mode: WatchMode, has_events: bool) -> bool {
    match mode {
        WatchMode::Native => true,
        WatchMode::Poll => false,
        WatchMode::Auto => has_events,
    }
}

/// How the inbox at `path`, and each mount in it, would be looked at: nothing is watched for that.
///
/// # Errors
/// Where the inbox, or the table of mounts, can't be read.
pub fn mounts(path: &Path, mode: WatchMode) -> std::io::Result<Vec<Mounted>> {
    let own = Place::new(&RelPath::root(), &Dir::open(path)?, mode).state;
    let top = std::fs::canonicalize(path)?;
    let nested = crate::mount::mounts_below(path)?.into_iter().filter_map(|at| {
        let below = at.strip_prefix(&top).ok()?.as_os_str().as_encoded_bytes();
        let below = RelPath::from_bytes(below)?;
        Some(match Dir::open(&at) {
            Ok(dir) => Place::new(&below, &dir, mode).state,
            Err(e) => {
                Mounted { at: below, fs: "unknown", native: false, why: Some(e.to_string()), missed: 0 }
            }
        })
    });
    Ok(std::iter::once(own).chain(nested).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNT: u64 = 1;

    fn path(name: &str) -> RelPath {
        RelPath::from_bytes(name.as_bytes()).unwrap()
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A folder that is watched, and was listed since.
    fn watching() -> (tempfile::TempDir, Watches) {
        let top = tempfile::tempdir().unwrap();
        let mut watches = Watches::new(top.path(), WatchMode::Native, Some(Arc::default()));
        let dir = Dir::open(top.path()).unwrap();
        let identity = (MOUNT, dir.identity().unwrap());
        assert!(!watches.visit(&RelPath::root(), &dir, identity), "nothing could be told of before");
        assert!(watches.visit(&RelPath::root(), &dir, identity));
        watches.ended(Vec::new(), at(0), true);
        (top, watches)
    }

    fn find(watches: &mut Watches, name: &str, now: u64) {
        watches.ended(vec![(path(name), MOUNT)], at(now), false);
    }

    #[test]
    fn a_file_that_no_event_told_of_in_time_is_missed_and_a_few_of_them_mean_polling() {
        let (_top, mut watches) = watching();
        // Its event is still on its way.
        find(&mut watches, "late.gif", 1);
        watches.hear(&[Hint::Changed(path("late.gif"))]);
        // It was told of before the look came to it.
        watches.hear(&[Hint::Closed(path("early.gif"))]);
        find(&mut watches, "early.gif", 2);
        // That it went is no event of its coming.
        find(&mut watches, "gone.gif", 2);
        watches.hear(&[Hint::Went(path("gone.gif"))]);
        assert_eq!(watches.judge_at(), Some(at(5)));
        assert!(!watches.judge(at(4)));
        assert!(watches.judge(at(5)));
        assert_eq!((watches.states()[0].missed, watches.states()[0].native), (1, true));
        find(&mut watches, "a.gif", 6);
        find(&mut watches, "b.gif", 6);
        assert!(watches.judge(at(9)));
        let state = watches.states().remove(0);
        assert_eq!((state.missed, state.native), (3, false));
        assert!(state.why.unwrap().contains("3 files") && watches.polls());
    }

    #[test]
    fn where_events_were_lost_nothing_is_missed() {
        let (_top, mut watches) = watching();
        find(&mut watches, "a.gif", 1);
        watches.lost();
        // The look under way, and the one that the loss asked for.
        find(&mut watches, "b.gif", 2);
        find(&mut watches, "c.gif", 3);
        assert_eq!(watches.judge_at(), None);
        find(&mut watches, "d.gif", 4);
        assert_eq!(watches.judge_at(), Some(at(7)));
    }

    #[test]
    fn by_mode_and_kind() {
        let table = [
            (WatchMode::Auto, true, true),
            (WatchMode::Auto, false, false),
            (WatchMode::Native, false, true),
            (WatchMode::Poll, true, false),
        ];
        for (mode, has_events, native) in table {
            assert_eq!(is_native(mode, has_events), native, "{mode:?} {has_events}");
        }
        let top = tempfile::tempdir().unwrap();
        let mounts = mounts(top.path(), WatchMode::Poll).unwrap();
        assert!(mounts.len() == 1 && !mounts[0].native && mounts[0].at == RelPath::root());
    }

    /// The kernel has one watch for a folder, whatever its name: the old name must not take it away.
    #[test]
    fn a_folder_that_moved_is_watched_under_its_new_name() {
        let (top, mut watches) = watching();
        let visit = |watches: &mut Watches, name: &str| {
            let dir = Dir::open(&top.path().join(name)).unwrap();
            watches.visit(&path(name), &dir, (MOUNT, dir.identity().unwrap()))
        };
        std::fs::create_dir(top.path().join("old")).unwrap();
        assert!(!visit(&mut watches, "old") && visit(&mut watches, "old"));
        std::fs::rename(top.path().join("old"), top.path().join("new")).unwrap();
        assert!(!visit(&mut watches, "new") && visit(&mut watches, "new"));
        assert!(!watches.watched.contains_key(&path("old")));
        // Another folder under a known name is watched anew.
        std::fs::rename(top.path().join("new"), top.path().join("aside")).unwrap();
        std::fs::create_dir(top.path().join("new")).unwrap();
        assert!(!visit(&mut watches, "new") && visit(&mut watches, "new"));
    }
}
