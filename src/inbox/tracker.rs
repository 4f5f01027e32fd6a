//! Keeps what was seen of the inbox and says what comes of it.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::decide::{self, House, Look, Wait};
use super::folder::{Folder, Item};
use super::lone::{Clips, names_a_film};
use super::names::{self, BATCH, Kind};
use super::pair::Pairs;
use super::picture::{NotEntered, Picture};
use super::project::{Fate, in_order};
use super::report::{Arrival, Reason, Report, What, Withheld};
use super::scan::{Around, Scan, Slice, Walk};
use super::tray::{Tray, rules};
use super::watch::Hint;
use super::watches::Watches;
use crate::config::Watch;
use crate::job::{Code, RelPath};
use crate::mount::{Dir, Type};

/// While things change, the list of what is withheld is said again at most so often.
const TELL_GAP: Duration = Duration::from_millis(100);

/// Up to so many files, every look is one at everything.
const FEW: usize = 1000;

/// The folder as it was seen last.
#[derive(Debug)]
pub(super) struct Tracker {
    watch: Arc<Watch>,
    begun: Instant,
    dir: Dir,
    picture: Picture,
    /// The look that is under way.
    walk: Option<Walk>,
    /// What was said last of what is withheld.
    told: u64,
    /// Whether a look at everything was complete.
    seen_all: bool,
    /// When a full look is asked for by what was seen.
    scan_at: Option<Duration>,
    quiet: bool,
    /// When that was, and when more is to be said.
    told_at: Duration,
    tell_at: Option<Duration>,
}

/// What is decided about one file.
#[derive(Debug)]
pub(super) struct Decided {
    /// Who belongs to whom in its folder.
    pub pairs: Pairs,
    /// The folder that makes it part of a project or a batch.
    pub unit: Option<RelPath>,
    /// The `default.txt` that rules there.
    pub default: Option<RelPath>,
    /// The `batch.txt` that lies there.
    pub batch: Option<RelPath>,
    /// It is ready.
    pub arrival: Option<Arrival>,
    /// It isn't.
    pub withheld: Option<Withheld>,
}

impl Tracker {
    /// Nothing seen yet. Times count from `begun`.
    pub(super) fn new(watch: Arc<Watch>, begun: Instant, dir: Dir) -> Self {
        Self {
            watch,
            begun,
            dir,
            picture: Picture::default(),
            walk: None,
            told: 0,
            told_at: Duration::ZERO,
            tell_at: None,
            seen_all: false,
            scan_at: Some(Duration::ZERO),
            quiet: false,
        }
    }

    /// The same folder is there again: what was known of it still is.
    pub(super) fn resume(&mut self, dir: Dir) {
        (self.dir, self.walk, self.scan_at) = (dir, None, Some(Duration::ZERO));
    }

    /// The folder.
    pub(super) const fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Has these clips reported once more.
    pub(super) fn anew(&mut self, clips: &[RelPath]) {
        for clip in clips {
            self.picture.report_anew(clip);
        }
    }

    /// Takes in hints: one look at each file that is named.
    pub(super) fn hints(&mut self, hints: Vec<Hint>) {
        let once: HashSet<_> = hints.into_iter().collect();
        for hint in once {
            if !self.hint(&hint) {
                self.scan_at = Some(self.begun.elapsed());
            }
        }
    }

    /// Whether one look was enough.
    fn hint(&mut self, hint: &Hint) -> bool {
        let path = hint.path();
        if path.names().any(|name| self.watch.ignore.matches(name)) {
            return true;
        }
        let looked = self.dir.stat(path);
        let now = self.begun.elapsed();
        match looked {
            Ok(Some(entry)) if entry.kind == Type::File && names::kind(path) != Kind::Foreign => {
                self.picture.merge_one(path, entry.stamp, matches!(hint, Hint::Closed(_)), now)
            }
            // The end of writing a foreign file means nothing; that it came is told by another hint.
            Ok(Some(entry)) if entry.kind == Type::File => matches!(hint, Hint::Closed(_)),
            _ => false,
        }
    }

    /// Begins a look: at everything, or, where that was seen once and files are many, at what may have changed. A look
    /// that is under way is given up.
    pub(super) fn begin(&mut self, everything: bool, watches: &mut Watches) {
        if everything || !self.seen_all || self.picture.len() <= FEW {
            self.scan_at = None;
            watches.begin();
            self.walk = Some(Walk::full());
        } else {
            self.walk = Some(Walk::light(&self.picture));
        }
    }

    /// Has everything looked at as soon as possible, after what is under way.
    pub(super) fn look_again(&mut self) {
        self.scan_at = Some(Duration::ZERO);
    }

    /// Whether a look is under way.
    pub(super) const fn is_looking(&self) -> bool {
        self.walk.is_some()
    }

    /// Whether everything was looked at once.
    pub(super) const fn has_seen_all(&self) -> bool {
        self.seen_all
    }

    /// Goes on with the look; whether it ended, and then whether it was one at everything.
    ///
    /// # Errors
    /// Why the inbox can't be read; then nothing changes.
    pub(super) fn look(
        &mut self,
        watches: &mut Watches,
        slice: &mut Slice,
        out: &mut dyn FnMut(Report),
    ) -> Result<Option<bool>, String> {
        let Some(walk) = &mut self.walk else { return Ok(None) };
        let (dir, ignore, known, begun) = (&self.dir, &self.watch.ignore, &self.picture, self.begun);
        let mut around = Around { dir, ignore, known, watches, begun };
        let Some(found) = walk.step(&mut around, slice) else { return Ok(None) };
        let full = walk.is_full();
        self.walk = None;
        if let Some(why) = found.broken {
            return Err(why);
        }
        self.take(found, (watches, full), out);
        Ok(Some(full))
    }

    /// Takes in what a look has found.
    pub(super) fn take(
        &mut self,
        found: Scan,
        (watches, full): (&mut Watches, bool),
        out: &mut dyn FnMut(Report),
    ) {
        // A file was seen at some moment of the look: its rest counts from the end.
        let now = self.begun.elapsed();
        let merged = self.picture.merge(found, now);
        watches.ended(merged.untold, now, full);
        merged.gone.into_iter().for_each(|gone| out(Report::Gone(gone)));
        self.picture.settle_folders(now, self.watch.folder_wait);
        (self.seen_all, self.quiet) = (true, false);
    }

    /// What would be decided about one file now, of a picture that holds its folder and those above it.
    pub(super) fn decide_one(&mut self, file: &RelPath, watches: &Watches) -> Decided {
        let (now, path) = (self.begun.elapsed(), file.parent());
        self.picture.folders.values_mut().for_each(|folder| folder.pair(now));
        let mut arrival = None;
        let mut out = |report| {
            if let Report::Arrival(arrived) = report {
                arrival = Some(*arrived);
            }
        };
        self.decide_folder(&path, (now, watches), Some(file), &mut out);
        let House { defaults, batch, unit, .. } = self.house(&path);
        let folder = self.picture.folders.get(&path);
        let withheld = folder.and_then(|f| f.withheld.iter().find(|held| held.path == *file)).cloned();
        let pairs = folder.and_then(|f| f.pairs.clone()).unwrap_or_default();
        let [default, batch] = [defaults.into_iter().next(), batch].map(|text| text.map(|(path, _)| path));
        Decided { pairs, unit, default, batch, arrival, withheld }
    }

    /// Decides about everything that changed or whose time has come.
    pub(super) fn decide(&mut self, watches: &Watches, out: &mut dyn FnMut(Report)) {
        let now = self.begun.elapsed();
        self.picture.folders.values_mut().for_each(|folder| folder.pair(now));
        let is_due = |f: &Folder| f.stale || f.wake.is_some_and(|at| at <= now);
        let due: Vec<_> =
            self.picture.folders.iter().filter(|(_, f)| is_due(f)).map(|(p, _)| p.clone()).collect();
        let acted = !due.is_empty() || self.tell_at.is_some_and(|at| at <= now);
        let mut projects = BTreeSet::new();
        for path in due {
            projects.extend(self.picture.project(&path));
            self.decide_folder(&path, (now, watches), None, out);
        }
        for unit in projects {
            self.decide_project(&unit, (now, watches), out);
        }
        if acted || !self.quiet {
            self.tell(now, out);
        }
    }

    /// Decides about a project's folder, once all that lies in it was looked at.
    fn decide_project(
        &mut self,
        unit: &RelPath,
        (now, watches): (Duration, &Watches),
        out: &mut dyn FnMut(Report),
    ) {
        let Self { dir, watch, begun, picture, .. } = self;
        let trust_close = picture.folders.get(unit).is_some_and(|folder| watches.trusts(folder.mount));
        let look = Look { dir, watch, trust_close, begun: *begun, now };
        let mut tray = Tray::new(now);
        match picture.decide_project(unit, &look) {
            Fate::Sent => {}
            Fate::Ready(found) => out(Report::Project(found)),
            Fate::Wait(wait) => tray.put(unit.clone(), What::Folder, wait),
        }
        let Some(folder) = self.picture.folders.get_mut(unit) else { return };
        if tray.outdated {
            (self.scan_at, folder.digest) = (Some(now), 0);
        }
        folder.withheld.retain(|held| held.path != *unit || held.what != What::Folder);
        folder.withheld.extend(tray.withheld);
        folder.wake = [folder.wake, tray.wake].into_iter().flatten().min();
    }

    /// Decides about all clips of a folder, or about `only` one of them.
    fn decide_folder(
        &mut self,
        path: &RelPath,
        (now, watches): (Duration, &Watches),
        only: Option<&RelPath>,
        out: &mut dyn FnMut(Report),
    ) {
        let house = self.house(path);
        let Some(mut folder) = self.picture.folders.get_mut(path).map(std::mem::take) else { return };
        (folder.stale, folder.wake) = (false, None);
        let mut tray = Tray::new(now);
        let Self { dir, watch, begun, .. } = self;
        let look = Look { dir, watch, trust_close: watches.trusts(folder.mount), begun: *begun, now };
        let pairs = folder.pairs.take().unwrap_or_default();
        let one = |path: &RelPath| !house.project && only.is_none_or(|only| only == path);
        let mut clips: Vec<_> = pairs.clips.iter().filter(|(clip, _)| one(clip)).collect();
        // Those of a batch are worked in the order in which they are told of.
        clips.sort_by(|(a, _), (b, _)| if house.batch.is_some() { in_order(a, b) } else { a.cmp(b) });
        for (clip, pair) in clips {
            match look.clip(&mut folder.files, clip, pair, &house) {
                decide::Fate::Sent => {}
                decide::Fate::Ready(arrival) => out(Report::Arrival(arrival)),
                decide::Fate::Wait(wait) => {
                    let what = if names::is_address(clip) { What::Address } else { What::Clip };
                    tray.put(clip.clone(), what, wait);
                }
            }
        }
        let alone = pairs.alone.iter().filter(|text| !rules(text, path) && one(text));
        // Other texts may be for the film that one of these makes.
        let (films, others): (Vec<_>, Vec<_>) = alone.partition(|text| names_a_film(text));
        for texts in [films, others] {
            let beside = (&house, &Clips::of(&folder.files, &pairs.alone));
            for text in texts {
                let mut ready = |lone| out(Report::Text(Box::new(lone)));
                let wait = look.lone(&mut folder.files, text, beside, &mut ready);
                tray.put(text.clone(), What::Text, wait);
            }
        }
        folder.pairs = Some(pairs);
        tray.put_others(path, &folder, &house, watch);
        if tray.outdated {
            // The next full look finds it changed, whatever it finds.
            (self.scan_at, folder.digest) = (Some(now), 0);
        }
        for held in &mut tray.withheld {
            let item = folder.files.get(&held.path);
            held.first = item.map(|item| (item.seen, item.by_event));
            held.stamp = item.and_then(|item| item.rest).map(|rest| rest.stamp);
        }
        (folder.withheld, folder.wake) = (tray.withheld, tray.wake);
        self.picture.folders.insert(path.clone(), folder);
    }

    /// What a folder's clips have in common.
    fn house(&self, path: &RelPath) -> House {
        let still = |(path, item): (&RelPath, &Item)| Some((path.clone(), item.rest?));
        let defaults = self.picture.defaults_for(path).filter_map(still).collect();
        let folder = self.picture.folders.get(path);
        let (unit, project) = (self.picture.unit(path), self.picture.project(path).is_some());
        let of_batch = folder.filter(|_| !project && unit.is_some());
        let batch = of_batch.and_then(|folder| folder.text_of(BATCH)).and_then(still);
        let wait = folder.and_then(|folder| {
            if !folder.known {
                let due = folder.arriving.unwrap_or(folder.changed.saturating_add(self.watch.folder_wait));
                return Some(Wait::until(Reason::FolderArriving, folder.changed, due));
            }
            let (text, item) = of_batch.filter(|_| batch.is_none())?.unfit_of(BATCH)?;
            let wait = Wait::held(Code::NotPlainText, item.seen, self.watch.settle, text);
            Some(Wait { note_at: None, ..wait })
        });
        House { wait, defaults, batch, unit, project }
    }

    /// Says what is withheld, if that changed, and whether nothing is left to wait for.
    fn tell(&mut self, now: Duration, out: &mut dyn FnMut(Report)) {
        let mut tray = Tray::new(now);
        for (path, NotEntered { why, what, since }) in &self.picture.closed {
            let (code, detail) = why.as_ref().map_or((Code::TooDeep, ""), |why| (Code::Unreadable, why));
            tray.put(path.clone(), *what, Wait::held(code, *since, self.watch.settle, &detail));
        }
        self.tell_at = tray.wake;
        let all = tray.withheld.iter().chain(self.picture.folders.values().flat_map(|f| &f.withheld));
        let mut digest = DefaultHasher::new();
        let mut pending =
            self.scan_at.is_some() || !self.seen_all || self.walk.as_ref().is_some_and(Walk::is_full);
        for held in all.clone() {
            (&held.path, held.what, held.reason, held.note_due, &held.detail).hash(&mut digest);
            // A text alone that is still is waited for long, and may be nobody's.
            let at =
                if held.what == What::Text { now.saturating_add(self.watch.settle) } else { Duration::MAX };
            let takes = matches!(held.what, What::Clip | What::Address | What::Text | What::Folder);
            pending |= takes && held.due.is_some_and(|due| due <= at);
        }
        let digest = digest.finish();
        let soonest = self.told_at.saturating_add(TELL_GAP);
        if self.told == digest || !self.seen_all {
        } else if pending && self.told != 0 && now < soonest {
            self.tell_at = Some(self.tell_at.map_or(soonest, |at| at.min(soonest)));
        } else {
            (self.told, self.told_at) = (digest, now);
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
        folders.filter_map(|f| f.wake).chain(stale).chain(self.tell_at).min()
    }

    /// When everything must be looked at, by what was seen.
    pub(super) fn scan_at(&self) -> Option<Duration> {
        self.picture.folders.values().filter_map(|f| f.arriving).chain(self.scan_at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, WatchMode};

    /// A listing of ten thousand names every few seconds would cost more than all else that dakbox does.
    #[test]
    fn files_that_are_nobodys_clips_make_a_folder_large_too() {
        let top = tempfile::tempdir().unwrap();
        for n in 0..=FEW {
            std::fs::write(top.path().join(format!("{n}.dat")), "").unwrap();
        }
        let watch = Watch { mode: WatchMode::Poll, ..Config::default().watch };
        let mut watches = Watches::new(top.path(), WatchMode::Poll, None);
        let mut tracker = Tracker::new(Arc::new(watch), Instant::now(), Dir::open(top.path()).unwrap());
        let mut look = |tracker: &mut Tracker| {
            tracker.begin(false, &mut watches);
            let full = tracker.walk.as_ref().map(Walk::is_full);
            assert_eq!(tracker.look(&mut watches, &mut Slice::ALL.clone(), &mut |_| {}).unwrap(), full);
            full.unwrap()
        };
        assert!(look(&mut tracker), "nothing is known yet");
        assert!(!look(&mut tracker), "a light look is enough");
    }
}
