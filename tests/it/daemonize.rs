//! Into the background by `run --daemonize`: what the starting shell is told, and what is left behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::house::{House, Ran, WORDS};

/// A daemon that is nobody's child; killed when it is dropped.
struct Background(Pid);

impl Background {
    /// The process whose number a pid file holds.
    #[track_caller]
    fn of(pid_file: &PathBuf) -> Self {
        let text = fs::read_to_string(pid_file).unwrap();
        assert!(text.ends_with('\n'), "{text:?}");
        Self(Pid::from_raw(text.trim().parse().unwrap()).unwrap())
    }

    fn number(&self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// What the kernel tells of it under that name; `None` once it has gone.
    fn fact(&self, name: &str) -> Option<String> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.number())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(|line| line.trim().to_owned())
    }

    fn is_running(&self) -> bool {
        self.fact("State").is_some_and(|state| !state.starts_with('Z'))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = kill_process(self.0, Signal::KILL);
    }
}

/// A house whose settings name every place by a relative path.
fn relative(settings: &str) -> House {
    let mut house = House::set_up(settings);
    house.set("[folders]\nroot = \"clips\"\n[state]\ndir = \"state\"\n");
    house
}

/// Typed in the house: `umask 002; dakbox --config config.toml run …`.
fn typed(house: &House, flags: &str) -> Ran {
    let program = env!("CARGO_BIN_EXE_dakbox");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("umask 002; {program} --config config.toml run {flags}"));
    let env = house.command(&[]);
    shell.env_clear().envs(env.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = shell.current_dir(house.path("")).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: ended.status.code().unwrap_or(-1), out: text(ended.stdout), err: text(ended.stderr) }
}

/// What the daemon has logged.
fn log(house: &House) -> String {
    let folder = house.path("state/log");
    House::names(&folder)
        .iter()
        .map(|name| fs::read_to_string(folder.join(name)).unwrap())
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn the_shell_returns_when_the_daemon_is_ready() {
    let mut house = relative("");
    // What a kill or a power cut left of an earlier one.
    fs::write(house.path("d.pid"), "4711").unwrap();
    let ran = typed(&house, "--daemonize --pid-file d.pid");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let daemon = Background::of(&house.path("d.pid"));
    assert!(
        ran.out.contains(&format!(
            "as process {}; its log is in {}",
            daemon.number(),
            house.path("state/log").display()
        )),
        "{ran:?}"
    );
    // All is up: it need not be waited for.
    assert!(log(&house).contains("takes clips from"), "{}", log(&house));
    let status = house.run(&["status", "--json"]).out;
    assert!(status.contains(&format!("\"running\":true,\"pid\":{}", daemon.number())), "{status}");

    assert_eq!(daemon.fact("Umask").as_deref(), Some("0002"), "the user's own");
    assert_eq!(fs::read_link(format!("/proc/{}/cwd", daemon.number())).unwrap(), PathBuf::from("/"));
    house.drop_pair("talk", WORDS);
    house.delivered("talk");
    // Read again from where it was typed, though the daemon stands elsewhere now.
    house.set("[jobs]\nconcurrency = 1\n");
    kill_process(daemon.0, Signal::HUP).unwrap();
    house.wait_for("the settings are read again", || log(&house).contains("were read again"));

    kill_process(daemon.0, Signal::TERM).unwrap();
    house.wait_for("it ends", || !daemon.is_running());
    assert!(!house.path("d.pid").exists());
    assert_eq!(fs::read_to_string(house.path("state/log/dakbox.stderr")).unwrap(), "", "all is in the log");
}

#[test]
fn a_second_start_is_refused_with_the_first_ones_number() {
    let house = relative("");
    assert_eq!(typed(&house, "--daemonize --pid-file d.pid").code, 0);
    let daemon = Background::of(&house.path("d.pid"));
    let number = daemon.number();
    for (flags, said) in [
        (
            "--daemonize --pid-file d.pid",
            format!("running already, as process {number}: d.pid is its pid file"),
        ),
        ("--pid-file d.pid", format!("running already, as process {number}")),
        ("--once --pid-file d.pid", format!("running already, as process {number}")),
        // The ledger is locked as well: this the daemon finds, and its shell is told.
        ("--daemonize --pid-file other.pid", format!("on this ledger already, as process {number}")),
        ("--daemonize", format!("on this ledger already, as process {number}")),
    ] {
        let ran = typed(&house, flags);
        assert!(ran.code == 1 && ran.err.contains(&said) && ran.out.is_empty(), "{flags}: {ran:?}");
        assert!(!house.path("other.pid").exists(), "{flags}");
        assert_eq!(fs::read_to_string(house.path("d.pid")).unwrap(), format!("{number}\n"), "{flags}");
    }
    assert!(daemon.is_running());
    // After a kill its file is stale, and nobody's.
    drop(daemon);
    assert!(house.path("d.pid").exists());
    house.wait_for("another one starts", || typed(&house, "--daemonize --pid-file d.pid").code == 0);
    assert_ne!(Background::of(&house.path("d.pid")).number(), number);
}

#[test]
fn a_start_that_fails_is_told_to_the_shell() {
    type Break = fn(&mut House);
    let table: &[(&str, Break, i32, &str)] = &[
        ("wrong settings", |h| fs::write(h.path("config.toml"), "[wacht]\n").unwrap(), 2, "watch"),
        ("a token that is not there", |h| h.set("[api]\ntoken_file = \"none\"\n"), 2, "none"),
        ("no state folder", |h| fs::write(h.path("state"), "").unwrap(), 1, "state folder"),
        ("no folder for logs", |h| h.set("[log]\ndir = \"config.toml/log\"\n"), 1, "no log can be written"),
        ("no ledger", |h| fs::create_dir_all(h.path("state/ledger.db")).unwrap(), 1, "ledger"),
        // Found out only when the folders are looked at.
        ("two folders are one", |h| symlink("inbox", h.root("outbox")).unwrap(), 2, "are one folder"),
        (
            "a file that is no pid file",
            |h| fs::write(h.path("d.pid"), "dear diary").unwrap(),
            2,
            "left as it is",
        ),
        ("no place for it", |h| fs::create_dir(h.path("d.pid")).unwrap(), 1, "d.pid can't be used"),
        ("systemd watches", |h| h.set_env("NOTIFY_SOCKET", "/run/none"), 2, "systemd"),
    ];
    for (what, break_it, code, said) in table {
        let mut house = relative("");
        break_it(&mut house);
        let ran = typed(&house, "--daemonize --pid-file d.pid");
        assert!(ran.code == *code && ran.err.contains(said) && ran.out.is_empty(), "{what}: {ran:?}");
        assert!(
            !house.path("d.pid").is_file() || fs::read(house.path("d.pid")).unwrap() == b"dear diary",
            "{what}"
        );
        assert_eq!(house.world().all_requests(), 0, "{what}");
    }
}

#[test]
fn a_daemon_that_may_not_take_anything_yet_says_so_and_stays() {
    let house = relative("[folders]\nfirst_run_limit = 0\n");
    house.drop_pair("talk", WORDS);
    let ran = typed(&house, "--daemonize --pid-file d.pid");
    let daemon = Background::of(&house.path("d.pid"));
    assert!(ran.code == 0 && ran.err.contains("nothing is taken yet: 1 clips lie in a folder"), "{ran:?}");
    fs::rename(house.root("first-run.waiting.txt"), house.root("take-all.txt")).unwrap();
    house.delivered("talk");
    assert!(daemon.is_running());
}

#[test]
fn a_pid_file_in_the_foreground() {
    let mut house = House::new();
    let file = house.path("d.pid");
    house.start_with(&["--pid-file", file.to_str().unwrap()]);
    house
        .wait_for("its number is there", || fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n')));
    // It is there before anybody listens for signals.
    house.wait_for("it is ready", || house.log().contains("takes clips from"));
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{}\n", house.running().pid()));
    assert_eq!(house.stop(), Some(0));
    assert!(!file.exists());
    // In a single run as well.
    assert_eq!(house.run_once(&["--pid-file", file.to_str().unwrap()]), 0);
    assert!(!file.exists());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let house = House::new();
    for flags in ["--daemonize --once", "--daemonize --dry-run", "--dry-run --pid-file d.pid"] {
        let ran = typed(&house, flags);
        assert!(ran.code == 2 && ran.err.contains("cannot be used with"), "{flags}: {ran:?}");
    }
    assert!(!house.path("d.pid").exists() && !house.path("state").exists());
}
