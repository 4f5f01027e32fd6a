//! A small service manager: a socket that hears, and the keys of the units that are shipped.

use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::house::LONG;

/// What was heard, and when.
type Heard = Arc<Mutex<Vec<(Instant, String)>>>;

/// The socket.
pub(crate) struct Manager {
    pub(crate) address: String,
    heard: Heard,
    ends: Arc<AtomicBool>,
    _dir: TempDir,
}

impl Drop for Manager {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
    }
}

impl Manager {
    /// One that listens at a file.
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("notify");
        Self::at(UnixDatagram::bind(&path).unwrap(), path.display().to_string(), dir)
    }

    /// One whose socket is no file.
    pub(crate) fn without_a_file() -> Self {
        let dir = TempDir::new().unwrap();
        let name = format!("dakbox-it{}", dir.path().display());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        Self::at(UnixDatagram::bind_addr(&address).unwrap(), format!("@{name}"), dir)
    }

    fn at(socket: UnixDatagram, address: String, dir: TempDir) -> Self {
        let (heard, ends) = (Heard::default(), Arc::new(AtomicBool::new(false)));
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let (ear, end) = (Arc::clone(&heard), Arc::clone(&ends));
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while !end.load(Ordering::SeqCst) {
                if let Ok(size) = socket.recv(&mut buffer) {
                    let text = String::from_utf8(buffer[..size].to_vec()).unwrap();
                    ear.lock().unwrap().push((Instant::now(), text));
                }
            }
        });
        Self { address, heard, ends, _dir: dir }
    }

    /// Every datagram until now.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(_, text)| text.clone()).collect()
    }

    /// How many datagrams hold that line.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.heard().iter().filter(|text| text.lines().any(|l| l == line)).count()
    }

    /// Every status until now.
    pub(crate) fn statuses(&self) -> Vec<String> {
        let heard = self.heard();
        let lines = heard.iter().flat_map(|text| text.lines());
        lines.filter_map(|line| line.strip_prefix("STATUS=")).map(str::to_owned).collect()
    }

    /// When that line was heard last.
    #[cfg(feature = "crash-points")]
    pub(crate) fn last(&self, line: &str) -> Option<Instant> {
        let heard = self.heard.lock().unwrap();
        heard.iter().rev().find(|(_, text)| text.lines().any(|l| l == line)).map(|(at, _)| *at)
    }

    /// Waits until it is so.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + LONG;
        while !is_so(self) {
            assert!(Instant::now() < until, "never heard: {what}; heard {:#?}", self.heard());
            sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the last status says so.
    #[track_caller]
    pub(crate) fn status(&self, what: &str) {
        self.wait(what, |manager| manager.statuses().last().is_some_and(|last| last.contains(what)));
    }

    /// Waits until it has been told that dakbox is ready.
    #[track_caller]
    pub(crate) fn ready(&self) {
        self.wait("READY", |manager| manager.count("READY=1") > 0);
    }

    /// Waits until no sign of life has come for so long.
    #[track_caller]
    #[cfg(feature = "crash-points")]
    pub(crate) fn hears_nothing_for(&self, long: Duration) {
        let silent = |manager: &Self| manager.last("WATCHDOG=1").is_some_and(|last| last.elapsed() > long);
        self.wait("no sign of life", silent);
    }
}

/// A unit as it is shipped.
pub(crate) struct Unit(String);

impl Unit {
    /// One of `systemd/`.
    pub(crate) fn shipped(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name);
        Self(fs::read_to_string(path).unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// What a key is set to, last.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let lines = self.0.lines().rev();
        lines.filter_map(|line| line.split_once('=')).find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// A time.
    pub(crate) fn time(&self, key: &str) -> Duration {
        let value = self.get(key).unwrap_or_else(|| panic!("{key} is not set"));
        let span: jiff::SignedDuration = value.parse().unwrap();
        span.try_into().unwrap()
    }
}
