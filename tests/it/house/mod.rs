//! A house of a test's own: folders, settings, a sandbox, and the real program as a process in it.

mod calls;
mod clips;
mod cutter;
mod daemon;
mod disk;
mod door;
mod drive;
mod each;
mod line;
mod pty;
mod service;
mod tls;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::{Ffmpeg, Options};
use tempfile::TempDir;

pub(crate) use self::calls::Calls;
pub(crate) use self::clips::{clip, media, sha256};
pub(crate) use self::cutter::{Cut, Cutter};
pub(crate) use self::daemon::{Daemon, Ran};
pub(crate) use self::disk::Disk;
pub(crate) use self::door::Door;
pub(crate) use self::drive::Drive;
pub(crate) use self::each::{each, side_by_side};
pub(crate) use self::line::{At, How, Line, Plan};
pub(crate) use self::pty::Pty;
pub(crate) use self::service::{Service, World};
pub(crate) use self::tls::{Flaw, Front, Trouble};
pub(crate) use self::tree::{files_below, picture_of};

/// Nothing here takes longer, even on a busy machine.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// Words a person might drop.
pub(crate) const WORDS: &str = "add Bangla subtitles, please\n";

/// Settings with which a whole story takes a second. A clip alone waits long for its text, so that no busy machine
/// pays for the usual words by mistake; stories about clips alone shorten that.
const SETTINGS: &str = r#"
[folders]
min_free = "0"
share_page = false
[watch]
poll_interval = "100ms"
rescan = "500ms"
settle = "50ms"
zero_tail_wait = "200ms"
sidecar_wait = "1h"
folder_wait = "100ms"
empty_after = "200ms"
[api]
state_interval = "40ms"
recovery_interval = "60ms"
retry_wait = "100ms"
[jobs]
waiting_recheck = "300ms"
[export]
poll_interval = "50ms"
[log]
level = "debug"
[web]
listen = "off"
"#;

/// Options with which the sandbox is quick.
pub(crate) fn quick() -> Options {
    Options {
        message_time: Duration::from_millis(60),
        second_stage: Some(Duration::from_millis(5)),
        render_time: Duration::from_millis(20),
        silent: 0.0,
        ffmpeg: Ffmpeg::Off,
        ..Options::default()
    }
}

/// Options with faults.
pub(crate) fn faulty(faults: &[&str]) -> Options {
    Options { faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(), ..quick() }
}

/// The house. When it is dropped, everything in it ends, and the service must have had nothing to complain of.
pub(crate) struct House {
    pub(crate) service: Service,
    pub(crate) daemon: Option<Daemon>,
    settings: toml::Table,
    env: Vec<(String, String)>,
    top: TempDir,
}

impl House {
    /// A house with a quick sandbox.
    pub(crate) fn new() -> Self {
        Self::with(quick(), "")
    }

    /// A house with these settings over the usual ones.
    pub(crate) fn set_up(settings: &str) -> Self {
        Self::with(quick(), settings)
    }

    /// A house with such a sandbox, and with these settings over the usual ones.
    pub(crate) fn with(options: Options, settings: &str) -> Self {
        let top = tempfile::Builder::new().prefix("dakbox-it-").tempdir().unwrap();
        let service = Service::start(options);
        let mut house =
            Self { service, daemon: None, settings: toml::from_str(SETTINGS).unwrap(), env: Vec::new(), top };
        let url = house.service.url();
        let [root, state] = ["clips", "state"].map(|name| house.path(name).display().to_string());
        house.set(&format!(
            "[folders]\nroot = {root:?}\n[api]\nurl = {url:?}\nweb_url = {url:?}\n[state]\ndir = {state:?}\n"
        ));
        house.set(settings);
        fs::create_dir_all(house.inbox("")).unwrap();
        house
    }

    /// Changes settings; a running daemon does not know it.
    pub(crate) fn set(&mut self, settings: &str) {
        let other: toml::Table = toml::from_str(settings).unwrap();
        for (section, keys) in other {
            let known = self.settings.entry(section).or_insert_with(|| toml::Table::new().into());
            known.as_table_mut().unwrap().extend(keys.as_table().unwrap().clone());
        }
        fs::write(self.path("config.toml"), toml::to_string(&self.settings).unwrap()).unwrap();
    }

    /// A variable for every process of the house.
    pub(crate) fn set_env(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// A place in the house.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.top.path().join(name)
    }

    pub(crate) fn root(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path("clips").join(name)
    }

    pub(crate) fn inbox(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root("inbox").join(name)
    }

    pub(crate) fn outbox(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root("outbox").join(name)
    }

    pub(crate) fn archive(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root("archive").join(name)
    }

    pub(crate) fn failed(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root("failed").join(name)
    }

    /// Puts a file into the inbox, as a program that writes and closes it does.
    pub(crate) fn drop_file(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.inbox(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Drops `talk.txt` and then `talk.mp4`; the clip's bytes.
    pub(crate) fn drop_pair(&self, stem: &str, words: &str) -> Vec<u8> {
        let bytes = clip(stem);
        self.drop_file(format!("{stem}.txt"), words);
        self.drop_file(format!("{stem}.mp4"), &bytes);
        bytes
    }

    /// The world as the sandbox counts it.
    pub(crate) fn world(&self) -> World {
        self.service.world()
    }

    /// Waits until it is so.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let until = Instant::now() + LONG;
        while !is_so() {
            assert!(Instant::now() < until, "never so in {}: {what}", self.top.path().display());
            sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the world is so.
    #[track_caller]
    pub(crate) fn wait_world(&self, what: &str, is_so: impl Fn(&World) -> bool) -> World {
        let mut last = None;
        self.wait_for(what, || is_so(last.insert(self.world())));
        last.unwrap()
    }

    /// Waits until the film of `talk.mp4` is there, and its clip and text are put away; the report.
    #[track_caller]
    pub(crate) fn delivered(&self, stem: &str) -> String {
        let report = self.outbox(format!("{stem}.report.txt"));
        self.wait_for(&format!("{stem} is delivered"), || self.is_delivered(stem) && report.exists());
        fs::read_to_string(report).unwrap()
    }

    /// Whether the film of `talk.mp4` is there, and its clip and its text are put away: the text goes after the clip.
    pub(crate) fn is_delivered(&self, stem: &str) -> bool {
        let (name, text) = (format!("{stem}.mp4"), format!("{stem}.txt"));
        self.outbox(&name).exists()
            && [&name, &text].into_iter().all(|name| !self.inbox(name).exists())
            && self.archive(&name).exists()
    }

    /// Waits for a note and reads it.
    #[track_caller]
    pub(crate) fn note(&self, path: PathBuf) -> String {
        self.wait_for(&format!("{} is there", path.display()), || path.exists());
        fs::read_to_string(path).unwrap()
    }

    /// Waits until `talk` waits for this reason; its note.
    #[track_caller]
    pub(crate) fn waits(&self, stem: &str, code: &str) -> String {
        let path = self.outbox(format!("{stem}.waiting.txt"));
        let reason = format!("Reason: {code}");
        let mut text = String::new();
        self.wait_for(&format!("{stem} waits with {code}"), || {
            text = fs::read_to_string(&path).unwrap_or_default();
            text.contains(&reason)
        });
        text
    }

    /// Waits until `talk` has failed for this reason; its note.
    #[track_caller]
    pub(crate) fn fails(&self, stem: &str, code: &str) -> String {
        let text = self.note(self.failed(format!("{stem}.error.txt")));
        assert!(text.contains(&format!("Reason: {code}")), "{text}");
        text
    }

    /// The names in a folder, sorted; none where there is no such folder.
    pub(crate) fn names(folder: &Path) -> Vec<String> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// What the daemons of this house have logged.
    pub(crate) fn log(&self) -> String {
        fs::read(self.path("daemon.log"))
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(self.daemon.take());
        let world = self.service.try_world();
        let complaints = world.as_ref().map(World::violations).unwrap_or_default();
        if std::thread::panicking() || !complaints.is_empty() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(200).collect();
            eprintln!("--- the folders\n{}", picture_of(self.top.path()));
            eprintln!("--- the world\n{world:#?}");
            eprintln!("--- the log\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        assert!(std::thread::panicking() || complaints.is_empty(), "the service complains: {complaints:?}");
    }
}
