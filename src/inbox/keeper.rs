//! The inbox's own thread: it alone touches the folder, and when the folder hangs, it alone does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::report::{FolderState, Report};
use super::scan::Slice;
use super::tracker::Tracker;
use super::watch::{Post, PostBox};
use super::watches::Watches;
use crate::config::Watch;
use crate::job::RelPath;
use crate::mount::{Dir, Entry};

/// After a full look only the timetable brings another one for this many times as long as it took.
const SCAN_SHARE: u32 = 10;
/// And at least so long: a burst of events is one look.
const SCAN_GAP: Duration = Duration::from_millis(20);
/// So often a folder that can't be looked at is tried again, at most.
const AWAY_GAP: Duration = Duration::from_millis(20);
/// A look is made in slices of so long, so that hints and waits go on meanwhile.
const SLICE: Duration = Duration::from_millis(50);
/// Once all was seen, so many calls a slice go to file systems that are polled: 2,000 a second.
const CALLS: u32 = 100;

/// The running inbox. Dropping it stops it.
#[derive(Debug)]
pub struct Inbox {
    pub(super) post: Arc<PostBox>,
    begun: Instant,
}

impl Inbox {
    /// Time since it was started: the clock of all that it reports.
    pub fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Looks at everything as soon as possible.
    pub fn rescan(&self) {
        self.post.put(|post| post.rescan = true);
    }

    /// Has a clip reported once more as soon as it is ready: whoever took it found it, or its words, changed.
    pub fn report_anew(&self, clip: &RelPath) {
        self.post.put(|post| {
            post.anew.push(clip.clone());
            post.rescan = true;
        });
    }

    /// Lets the thread end after what it is doing. It is not waited for: it may hang in a dead share.
    pub fn stop(&self) {
        self.post.put(|post| post.stop = true);
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the thread of the inbox at `path`. `admit` is asked whether the folder found at the path is the right one (its root's
/// mark), each time it was opened anew; its error says why not. `out` may block: then the inbox waits as well.
///
/// # Errors
/// When no thread can be had. A folder that is not there is no error: it is reported as away.
pub fn start(
    path: PathBuf,
    watch: Watch,
    admit: impl Fn(&Dir) -> Result<(), String> + Send + 'static,
    out: impl FnMut(Report) + Send + 'static,
) -> std::io::Result<Inbox> {
    let (post, begun) = (Arc::new(PostBox::default()), Instant::now());
    let keeper = Keeper {
        post: Arc::clone(&post),
        admit,
        out,
        begun,
        state: None,
        watches: Watches::new(&path, watch.mode, None),
        path,
        watch: Arc::new(watch),
        tracker: None,
        looked: Looked::default(),
        retry_at: Duration::ZERO,
        anew: Vec::new(),
    };
    std::thread::Builder::new().name("inbox".to_owned()).spawn(move || keeper.run())?;
    Ok(Inbox { post, begun })
}

/// The looks that were made, and the one that is under way.
#[derive(Clone, Copy, Default, Debug)]
struct Looked {
    /// When the last one ended, and the last one at everything.
    ended: Duration,
    everything: Duration,
    /// How long those took.
    took: Duration,
    took_all: Duration,
    /// When the one under way was begun, and when it may go on.
    begun: Duration,
    go_on: Duration,
}

struct Keeper<A, O> {
    path: PathBuf,
    watch: Arc<Watch>,
    post: Arc<PostBox>,
    admit: A,
    out: O,
    begun: Instant,
    /// What was said last of the folder.
    state: Option<FolderState>,
    /// Kept while the folder is away: it may be the same one that comes back.
    tracker: Option<Tracker>,
    watches: Watches,
    looked: Looked,
    /// Not opened again before this, after a look that failed.
    retry_at: Duration,
    /// Clips to be reported once more, as soon as the folder can be looked at.
    anew: Vec<RelPath>,
}

impl<A: Fn(&Dir) -> Result<(), String>, O: FnMut(Report)> Keeper<A, O> {
    fn run(mut self) {
        loop {
            if !self.is_here() {
                if self.begun.elapsed() < self.retry_at {
                    let post = self.post.take(self.retry_at.saturating_sub(self.begun.elapsed()));
                    self.anew.extend(post.anew);
                    if post.stop {
                        return;
                    }
                    continue;
                }
                let wait = match self.open() {
                    Ok(()) => Duration::ZERO,
                    Err(why) => {
                        self.say(FolderState::Away { why });
                        self.watch.poll_interval.max(AWAY_GAP)
                    }
                };
                let post = self.post.take(wait);
                self.anew.extend(post.anew);
                if post.stop {
                    return;
                }
                continue;
            }
            let post = self.post.take(self.until_next());
            if post.stop {
                return;
            }
            self.turn(post);
        }
    }

    /// One turn: the hints, some of the look if it is time, and what comes of both.
    fn turn(&mut self, post: Post) {
        self.anew.extend(post.anew);
        if let Some(why) = post.broken {
            self.watches.broken(&why);
            self.say(FolderState::Here(self.watches.states()));
        }
        if post.lost {
            self.watches.lost();
        }
        self.watches.hear(&post.hints);
        let Some(tracker) = &mut self.tracker else { return };
        tracker.hints(post.hints);
        if post.rescan {
            tracker.look_again();
        }
        if let Err(why) = self.look() {
            self.leave(why);
            return;
        }
        if self.watches.judge(self.begun.elapsed()) {
            self.say(FolderState::Here(self.watches.states()));
        }
        if let Some(tracker) = &mut self.tracker {
            tracker.anew(&std::mem::take(&mut self.anew));
            tracker.decide(&self.watches, &mut self.out);
        }
    }

    /// Begins a look where it is time, and goes on with the one under way.
    fn look(&mut self) -> Result<(), String> {
        let (at, everything) = self.next_look();
        let now = self.begun.elapsed();
        let Some(tracker) = &mut self.tracker else { return Ok(()) };
        if !tracker.is_looking() {
            if at > now {
                return Ok(());
            }
            match tracker.dir().moved() {
                Ok(false) => tracker.begin(everything, &mut self.watches),
                Ok(true) => return Err("another folder, or none, is in its place".to_owned()),
                Err(e) => return Err(e.to_string()),
            }
            (self.looked.begun, self.looked.go_on) = (now, now);
        }
        if now < self.looked.go_on {
            return Ok(());
        }
        let calls = if tracker.has_seen_all() { CALLS } else { u32::MAX };
        let mut slice = Slice { calls, until: Some(Instant::now() + SLICE) };
        let ended = tracker.look(&mut self.watches, &mut slice, &mut self.out)?;
        let after = self.begun.elapsed();
        let Some(everything) = ended else {
            self.looked.go_on = if slice.calls == 0 { now + SLICE } else { after };
            return Ok(());
        };
        let took = after.saturating_sub(self.looked.begun);
        (self.looked.ended, self.looked.took) = (after, took);
        if everything {
            (self.looked.everything, self.looked.took_all) = (after, took);
        }
        (self.out)(Report::Looked { everything, took });
        self.say(FolderState::Here(self.watches.states()));
        Ok(())
    }

    /// The folder can't be looked at any more.
    fn leave(&mut self, why: String) {
        self.watches = Watches::new(&self.path, self.watch.mode, None);
        // It may open, and can't be read: without a pause it would be opened again at once, for ever.
        self.retry_at = self.begun.elapsed() + self.watch.poll_interval.max(AWAY_GAP);
        self.say(FolderState::Away { why });
    }

    /// Opens the folder, and has it watched before the first look at it.
    fn open(&mut self) -> Result<(), String> {
        let dir = Dir::open(&self.path).map_err(|e| e.to_string())?;
        (self.admit)(&dir)?;
        let entry = dir.stat(&RelPath::root()).map_err(|e| e.to_string())?;
        let Some(Entry { stamp, mount, .. }) = entry else { return Err("it is not there".to_owned()) };
        let identity = (stamp.dev, stamp.ino);
        self.watches = Watches::new(&self.path, self.watch.mode, Some(Arc::clone(&self.post)));
        self.watches.visit(&RelPath::root(), &dir, (mount, identity));
        match self.tracker.as_mut().filter(|t| t.dir().identity().is_ok_and(|old| old == identity)) {
            Some(same) => same.resume(dir),
            None => self.tracker = Some(Tracker::new(Arc::clone(&self.watch), self.begun, dir)),
        }
        self.say(FolderState::Here(self.watches.states()));
        Ok(())
    }

    fn is_here(&self) -> bool {
        matches!(self.state, Some(FolderState::Here { .. }))
    }

    fn say(&mut self, state: FolderState) {
        if self.state.as_ref() != Some(&state) {
            (self.out)(Report::Folder(state.clone()));
            self.state = Some(state);
        }
    }

    /// When the next look is to begin, by the timetable, or earlier where what was seen asks for it; and whether it is to
    /// be one at everything.
    fn next_look(&self) -> (Duration, bool) {
        let Watch { rescan, poll_interval, .. } = *self.watch;
        let looked = &self.looked;
        let planned = looked.everything.saturating_add(rescan.max(looked.took_all).max(SCAN_GAP));
        let gap = SCAN_GAP.max(looked.took_all.saturating_mul(SCAN_SHARE));
        let full = match self.tracker.as_ref().and_then(Tracker::scan_at) {
            None => planned,
            Some(Duration::ZERO) => Duration::ZERO,
            Some(asked) => asked.max(looked.everything.saturating_add(gap)).min(planned),
        };
        if !self.watches.polls() {
            return (full, true);
        }
        let light = looked.ended.saturating_add(poll_interval.max(looked.took).max(SCAN_GAP));
        if light < full { (light, false) } else { (full, true) }
    }

    fn until_next(&self) -> Duration {
        let looking = self.tracker.as_ref().is_some_and(Tracker::is_looking);
        let look = if looking { self.looked.go_on } else { self.next_look().0 };
        let wake = self.tracker.as_ref().and_then(Tracker::wake);
        let next = [wake, self.watches.judge_at()].into_iter().flatten().fold(look, Duration::min);
        next.saturating_sub(self.begun.elapsed())
    }
}
