//! Stories: someone drops things into a real folder, and the inbox says what it makes of them.

mod clips;
mod folders;
mod texts;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::{Arrival, Gone, Inbox, Reason, Report, Withheld, start};
use crate::config::{IgnoreList, Watch, WatchMode};
use crate::job::{Code, RelPath};

/// A whole GIF of one pixel: its end is proven.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
/// Nothing is waited for longer; never reached where all is well.
const DEADLINE: Duration = Duration::from_secs(20);
/// Longer than any test takes.
const NEVER: Duration = Duration::from_hours(1);
const SETTLE: Duration = Duration::from_millis(150);

/// A few frames of MP3: nothing in it tells where it ends.
fn mp3() -> Vec<u8> {
    let frame = [&[0xff, 0xfb, 0x90, 0x64][..], &[0x55; 413]].concat();
    frame.repeat(8)
}

/// A folder, the inbox that watches it, and all that it has said.
struct Scene {
    top: tempfile::TempDir,
    inbox: Option<Inbox>,
    reports: Receiver<Report>,
    said: RefCell<Vec<Report>>,
}

/// Short waits, events of the kernel, no waiting for sidecars.
fn short_waits() -> Watch {
    Watch {
        mode: WatchMode::Native,
        poll_interval: Duration::from_millis(50),
        rescan: NEVER,
        settle: SETTLE,
        zero_tail_wait: SETTLE,
        sidecar_wait: Duration::ZERO,
        clip_wait: Duration::ZERO,
        folder_wait: Duration::from_millis(300),
        text_note_after: SETTLE,
        empty_after: SETTLE,
        require_sidecar: false,
        ignore: IgnoreList::default(),
    }
}

impl Scene {
    /// Before the inbox runs.
    fn prepared(prepare: impl FnOnce(&Self), change: impl FnOnce(&mut Watch)) -> Self {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir(top.path().join("inbox")).unwrap();
        std::fs::create_dir(top.path().join("aside")).unwrap();
        let (send, reports) = channel();
        let mut scene = Self { top, inbox: None, reports, said: RefCell::default() };
        prepare(&scene);
        let mut watch = short_waits();
        change(&mut watch);
        scene.inbox = Some(start(scene.at(""), watch, |_| Ok(()), move |r| drop(send.send(r))).unwrap());
        scene.wait("the first look", |s| s.said(|r| matches!(r, Report::Withheld(_))));
        scene
    }

    fn with(change: impl FnOnce(&mut Watch)) -> Self {
        Self::prepared(|_| {}, change)
    }

    fn new() -> Self {
        Self::with(|_| {})
    }

    /// A path in the inbox.
    fn at(&self, name: &str) -> PathBuf {
        self.top.path().join("inbox").join(name)
    }

    /// A path beside it, on the same file system.
    fn aside(&self, name: &str) -> PathBuf {
        self.top.path().join("aside").join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.at(name), bytes).unwrap();
    }

    fn said(&self, what: impl Fn(&Report) -> bool) -> bool {
        self.said.borrow().iter().any(what)
    }

    /// Waits until it is so.
    #[track_caller]
    fn wait<T: Answer>(&self, what: &str, mut so: impl FnMut(&Self) -> T) -> T {
        let begun = Instant::now();
        loop {
            let now = so(self);
            if now.is_yes() {
                return now;
            }
            let said = self.said.borrow().len();
            assert!(begun.elapsed() < DEADLINE, "waiting for {what}: {:#?}", &self.said.borrow()[..said]);
            if let Ok(report) = self.reports.recv_timeout(Duration::from_millis(100)) {
                self.said.borrow_mut().push(report);
            }
        }
    }

    /// All that arrived until now.
    fn arrivals(&self) -> Vec<Arrival> {
        self.said.borrow_mut().extend(self.reports.try_iter());
        let said = self.said.borrow();
        said.iter()
            .filter_map(|r| if let Report::Arrival(a) = r { Some((**a).clone()) } else { None })
            .collect()
    }

    /// The last arrival of a clip.
    fn arrival(&self, clip: &str) -> Option<Arrival> {
        self.arrivals().into_iter().rfind(|a| a.clip == path(clip))
    }

    #[track_caller]
    fn arrives(&self, clip: &str) -> Arrival {
        self.wait(clip, |s| s.arrival(clip)).unwrap()
    }

    /// What is withheld now, of this path.
    fn withheld(&self, name: &str) -> Option<Withheld> {
        let said = self.said.borrow();
        let last =
            said.iter().rev().find_map(|r| if let Report::Withheld(all) = r { Some(all) } else { None });
        last?.iter().find(|w| w.path == path(name)).cloned()
    }

    #[track_caller]
    fn waits(&self, name: &str, reason: Reason) -> Withheld {
        self.wait(name, |s| s.withheld(name).filter(|w| w.reason == reason)).unwrap()
    }

    /// Waits for a person, and the person is told.
    #[track_caller]
    fn is_held(&self, name: &str, code: Code) -> Withheld {
        let told = |w: &Withheld| w.reason == Reason::Held(code) && w.note_due;
        self.wait(name, |s| s.withheld(name).filter(told)).unwrap()
    }

    fn gone(&self, name: &str) -> Option<Gone> {
        let said = self.said.borrow();
        said.iter().find_map(|r| {
            if let Report::Gone(g) = r { Some(g.clone()) } else { None }.filter(|g| g.path == path(name))
        })
    }

    /// Has everything looked at, and waits for what comes of it.
    #[track_caller]
    fn look(&self) {
        self.said.borrow_mut().extend(self.reports.try_iter());
        self.said.borrow_mut().retain(|r| *r != Report::Quiet);
        self.inbox.as_ref().unwrap().rescan();
        self.wait("quiet", |s| s.said(|r| *r == Report::Quiet));
    }
}

/// What one can wait for.
trait Answer {
    fn is_yes(&self) -> bool;
}

impl Answer for bool {
    fn is_yes(&self) -> bool {
        *self
    }
}

impl<T> Answer for Option<T> {
    fn is_yes(&self) -> bool {
        self.is_some()
    }
}

fn path(name: &str) -> RelPath {
    RelPath::from_bytes(name.as_bytes()).unwrap()
}
