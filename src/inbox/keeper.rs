//! The inbox's own thread: it alone touches the folder, and when the folder hangs, it alone does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::RecommendedWatcher;

use super::report::{FolderState, Report};
use super::tracker::Tracker;
use super::watch::{self, Post, PostBox};
use crate::config::{Watch, WatchMode};
use crate::job::RelPath;
use crate::mount::Dir;

/// After a full look only the timetable brings another one for this many times as long as it took.
const SCAN_SHARE: u32 = 10;
/// And at least so long: a burst of events is one look.
const SCAN_GAP: Duration = Duration::from_millis(20);
/// So often a folder that can't be looked at is tried again, at most.
const AWAY_GAP: Duration = Duration::from_millis(20);

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
        path,
        watch: Arc::new(watch),
        post: Arc::clone(&post),
        admit,
        out,
        begun,
        state: None,
        tracker: None,
        watcher: None,
        scanned: Duration::ZERO,
        took: Duration::ZERO,
        retry_at: Duration::ZERO,
        anew: Vec::new(),
    };
    std::thread::Builder::new().name("inbox".to_owned()).spawn(move || keeper.run())?;
    Ok(Inbox { post, begun })
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
    watcher: Option<RecommendedWatcher>,
    /// When the last full look ended, and how long it took.
    scanned: Duration,
    took: Duration,
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

    /// One turn: the hints, the full look if it is time, and what comes of both.
    fn turn(&mut self, post: Post) {
        self.anew.extend(post.anew);
        if let Some(why) = post.broken {
            self.watcher = None;
            self.say(FolderState::Here { native: false, why: Some(why) });
        }
        let Some(tracker) = &mut self.tracker else { return };
        tracker.hints(post.hints);
        let now = self.begun.elapsed();
        if post.rescan || self.next_scan() <= now {
            let looked = self.scan();
            self.scanned = self.begun.elapsed();
            self.took = self.scanned.saturating_sub(now);
            if let Err(why) = looked {
                self.watcher = None;
                // It opens, and can't be read: without a pause it would be opened again at once, for ever.
                self.retry_at = self.scanned + self.watch.poll_interval.max(AWAY_GAP);
                self.say(FolderState::Away { why });
                return;
            }
        }
        if let Some(tracker) = &mut self.tracker {
            tracker.anew(&std::mem::take(&mut self.anew));
            tracker.decide(&mut self.out);
        }
    }

    fn scan(&mut self) -> Result<(), String> {
        let Some(tracker) = &mut self.tracker else { return Ok(()) };
        match tracker.dir().moved() {
            Ok(false) => tracker.scan(&mut self.out),
            Ok(true) => Err("another folder, or none, is in its place".to_owned()),
            Err(e) => Err(e.to_string()),
        }
    }

    /// Opens the folder, and has it watched before the first look at it.
    fn open(&mut self) -> Result<(), String> {
        let dir = Dir::open(&self.path).map_err(|e| e.to_string())?;
        (self.admit)(&dir)?;
        let identity = dir.identity().map_err(|e| e.to_string())?;
        let has_events = dir.fs_kind().is_ok_and(crate::mount::FsKind::has_events);
        let (mut native, mut why) = (false, None);
        if self.watch.mode == WatchMode::Native || (self.watch.mode == WatchMode::Auto && has_events) {
            match watch::watch(&self.path, &self.post) {
                Ok(watcher) => (native, self.watcher) = (true, Some(watcher)),
                Err(problem) => why = Some(problem),
            }
        }
        let trust_close = native && has_events;
        match self.tracker.as_mut().filter(|t| t.dir().identity().is_ok_and(|old| old == identity)) {
            Some(same) => same.resume(dir, trust_close),
            None => self.tracker = Some(Tracker::new(Arc::clone(&self.watch), self.begun, dir, trust_close)),
        }
        self.say(FolderState::Here { native, why });
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

    /// When everything is to be looked at: by the timetable, or earlier where what was seen asks for it.
    fn next_scan(&self) -> Duration {
        let Watch { rescan, poll_interval, .. } = *self.watch;
        let every = if self.watcher.is_some() { rescan } else { poll_interval.min(rescan) };
        let planned = self.scanned.saturating_add(every.max(self.took).max(SCAN_GAP));
        let gap = SCAN_GAP.max(self.took.saturating_mul(SCAN_SHARE));
        match self.tracker.as_ref().and_then(Tracker::scan_at) {
            None => planned,
            Some(Duration::ZERO) => Duration::ZERO,
            Some(asked) => asked.max(self.scanned.saturating_add(gap)).min(planned),
        }
    }

    fn until_next(&self) -> Duration {
        let wake = self.tracker.as_ref().and_then(Tracker::wake);
        let next = wake.map_or(self.next_scan(), |at| at.min(self.next_scan()));
        next.saturating_sub(self.begun.elapsed())
    }
}
