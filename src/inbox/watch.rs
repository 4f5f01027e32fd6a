//! Hints that something may be there: the kernel's events, sorted out and put where they can't be lost.
//!
//! A hint says where to look and nothing else. When there are too many of them, or the kernel dropped some, one
//! flag stands for all: look at everything.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::job::RelPath;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{Config, Event, RecommendedWatcher, Watcher};

/// More hints than this at once are one hint: look at everything.
const MAX_HINTS: usize = 4096;

/// Where something happened.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Hint {
    /// A writer closed this file, or it was moved here.
    Closed(RelPath),
    /// A name came or got other rights.
    Changed(RelPath),
    /// A name went.
    Went(RelPath),
}

/// What the inbox's thread finds when it wakes up.
#[derive(Default, Debug)]
pub(super) struct Post {
    /// Where to look.
    pub hints: Vec<Hint>,
    /// Hints were lost: there were too many.
    pub lost: bool,
    /// Everything must be looked at.
    pub rescan: bool,
    /// Clips to be reported once more.
    pub anew: Vec<RelPath>,
    /// Why no more events will come.
    pub broken: Option<String>,
    /// The inbox is to end.
    pub stop: bool,
}

/// The letter box of the inbox's thread: whoever posts never waits.
#[derive(Default, Debug)]
pub(super) struct PostBox {
    post: Mutex<Post>,
    bell: Condvar,
}

impl Hint {
    /// Where.
    pub(super) const fn path(&self) -> &RelPath {
        let (Self::Closed(path) | Self::Changed(path) | Self::Went(path)) = self;
        path
    }
}

impl PostBox {
    /// Changes what the thread will find, and wakes it.
    pub(super) fn put(&self, change: impl FnOnce(&mut Post)) {
        change(&mut self.lock());
        self.bell.notify_all();
    }

    /// Takes what is there; waits at most `timeout` for something.
    pub(super) fn take(&self, timeout: Duration) -> Post {
        let idle = |p: &mut Post| p.hints.is_empty() && !p.rescan && !p.stop && p.broken.is_none();
        let waited = self.bell.wait_timeout_while(self.lock(), timeout, idle);
        let (mut post, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // `stop` stays for every later look.
        let stop = post.stop;
        std::mem::replace(&mut post, Post { stop, ..Post::default() })
    }

    fn hint(&self, hint: Hint) {
        self.put(|post| {
            if post.hints.len() >= MAX_HINTS {
                post.hints.clear();
                (post.rescan, post.lost) = (true, true);
            } else if !post.lost {
                post.hints.push(hint);
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A watcher that watches nothing yet; what it sees below `top` is posted.
///
/// # Errors
/// The kernel's limits, in plain words.
pub(super) fn watcher(top: &Path, post: &Arc<PostBox>) -> Result<RecommendedWatcher, String> {
    let (top, post) = (top.to_owned(), Arc::clone(post));
    let handler = move |event| sort(event, &top, &post);
    let config = Config::default().with_follow_symlinks(false);
    RecommendedWatcher::new(handler, config).map_err(|e| plain(&e))
}

/// Runs on the watcher's thread for every event: must be quick and never wait.
fn sort(event: notify::Result<Event>, top: &Path, post: &PostBox) {
    match event {
        Err(e) => post.put(|p| (p.broken, p.rescan) = (Some(plain(&e)), true)),
        Ok(event) if event.need_rescan() => post.put(|p| (p.rescan, p.lost) = (true, true)),
        Ok(event) => {
            let Some(hint) = maker(event.kind) else { return };
            for path in &event.paths {
                if let Some(path) = below(top, path) {
                    post.hint(hint(path));
                }
            }
        }
    }
}

/// What an event is a hint of. Reading is none: we read ourselves; nor is writing: its end is.
fn maker(kind: EventKind) -> Option<fn(RelPath) -> Hint> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Some(Hint::Closed),
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Metadata(_)) => Some(Hint::Changed),
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => Some(Hint::Went),
        _ => None,
    }
}

fn below(top: &Path, path: &Path) -> Option<RelPath> {
    RelPath::from_bytes(path.strip_prefix(top).ok()?.as_os_str().as_bytes())
}

/// An error in plain words.
pub(super) fn plain(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system's limit of watched folders is reached (fs.inotify.max_user_watches)".to_owned()
        }
        notify::ErrorKind::Io(e) if e.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) => {
            "the system's limit of watchers is reached (fs.inotify.max_user_instances)".to_owned()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use notify::event::{CreateKind, DataChange, Flag, MetadataKind, RemoveKind};

    use super::*;

    fn post_of(events: Vec<notify::Result<Event>>) -> Post {
        let post = PostBox::default();
        for event in events {
            sort(event, Path::new("/in"), &post);
        }
        post.take(Duration::ZERO)
    }

    #[test]
    fn events_and_their_hints() {
        let path = RelPath::from_bytes(b"news/a.mp4").unwrap();
        let closed = Some(Hint::Closed(path.clone()));
        let went = Some(Hint::Went(path.clone()));
        let changed = Some(Hint::Changed(path));
        let name = |mode| EventKind::Modify(ModifyKind::Name(mode));
        let table = [
            (EventKind::Access(AccessKind::Close(AccessMode::Write)), closed.clone()),
            (name(RenameMode::To), closed),
            (name(RenameMode::From), went.clone()),
            (EventKind::Create(CreateKind::File), changed.clone()),
            (EventKind::Create(CreateKind::Folder), changed.clone()),
            (EventKind::Remove(RemoveKind::File), went),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), changed),
            // Our own reading.
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), None),
            (EventKind::Access(AccessKind::Close(AccessMode::Read)), None),
            (EventKind::Modify(ModifyKind::Data(DataChange::Any)), None),
        ];
        for (kind, want) in table {
            let event = Event::new(kind).add_path(PathBuf::from("/in/news/a.mp4"));
            let post = post_of(vec![Ok(event)]);
            assert_eq!((post.hints.first().cloned(), post.rescan), (want, false), "{kind:?}");
        }
    }

    #[test]
    fn what_is_lost_is_looked_for_everywhere() {
        let close = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let one = || Ok(Event::new(close).add_path(PathBuf::from("/in/a.mp4")));
        let post = post_of((0..=MAX_HINTS).map(|_| one()).collect());
        assert!(post.rescan && post.hints.is_empty());
        let overflow = Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan));
        assert!(post_of(vec![overflow, one()]).rescan);
        let broken = post_of(vec![Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch))]);
        assert!(broken.rescan && broken.broken.unwrap().contains("max_user_watches"));
        let elsewhere = Ok(Event::new(close).add_path(PathBuf::from("/out/a.mp4")));
        assert!(post_of(vec![elsewhere]).hints.is_empty());
    }

    #[test]
    fn a_stop_is_never_forgotten() {
        let post = PostBox::default();
        post.put(|p| p.stop = true);
        assert!(post.take(Duration::from_mins(1)).stop);
        assert!(post.take(Duration::from_mins(1)).stop);
    }
}
