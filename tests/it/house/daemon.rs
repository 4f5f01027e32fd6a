//! The program as a process: the daemon that runs beside a test, and commands that end by themselves.

use std::fs::{self, File, OpenOptions};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{House, LONG};

/// A running process; killed when it is dropped.
pub(crate) struct Daemon(Child);

impl Daemon {
    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// A first, or a second, request to stop.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.0.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Waits for its end within `most`.
    #[track_caller]
    pub(crate) fn ends_within(&mut self, most: Duration) -> ExitStatus {
        let until = Instant::now() + most;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end");
            sleep(Duration::from_millis(5));
        }
    }
}

impl From<Child> for Daemon {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl House {
    /// `dakbox` with these settings and nothing of this test's own environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dakbox"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.path("home"));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.arg("--config").arg(self.path("config.toml")).args(args);
        command.current_dir(self.path("")).stdin(Stdio::null());
        command
    }

    /// Starts the daemon.
    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts the daemon with flags.
    pub(crate) fn start_with(&mut self, flags: &[&str]) {
        self.start_in(flags, &[]);
    }

    /// Starts the daemon with flags, and with variables for this one start.
    pub(crate) fn start_in(&mut self, flags: &[&str], env: &[(&str, &str)]) {
        let mut command = self.command(&[&["run"], flags].concat());
        command.envs(env.iter().copied());
        self.daemon = Some(self.spawn_as(command));
    }

    /// Starts the program beside the test; what it says goes to the house's log.
    pub(crate) fn spawn(&self, args: &[&str]) -> Daemon {
        self.spawn_as(self.command(args))
    }

    /// The daemon, run by another program: as another user, within limits, under `strace`.
    pub(crate) fn command_under(&self, outer: &[&str]) -> Command {
        let inner = self.command(&["run"]);
        let mut command = Command::new(outer[0]);
        command.args(&outer[1..]).arg(inner.get_program()).args(inner.get_args());
        command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(self.path("")).stdin(Stdio::null());
        command
    }

    /// The same for a command that runs the program.
    pub(crate) fn spawn_as(&self, mut command: Command) -> Daemon {
        let log = OpenOptions::new().append(true).create(true).open(self.path("daemon.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        Daemon(command.spawn().unwrap())
    }

    /// The daemon that was started.
    #[track_caller]
    pub(crate) fn running(&mut self) -> &mut Daemon {
        self.daemon.as_mut().expect("a daemon was started")
    }

    /// `kill -9` to the daemon.
    pub(crate) fn kill(&mut self) {
        drop(self.daemon.take());
    }

    /// Asks the daemon to stop and waits for it; its exit code.
    #[track_caller]
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.running().terminate();
        let code = self.running().ends_within(LONG).code();
        self.daemon = None;
        code
    }

    /// Runs a command to its end.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        run_to_end(self.command(args))
    }

    /// `dakbox run` with flags that make it end by itself.
    #[track_caller]
    pub(crate) fn run_once(&self, flags: &[&str]) -> i32 {
        let ran = self.run(&[&["run", "--once"], flags].concat());
        let mut log = OpenOptions::new().append(true).create(true).open(self.path("daemon.log")).unwrap();
        std::io::Write::write_all(&mut log, ran.err.as_bytes()).unwrap();
        ran.code
    }
}

/// Runs a command to its end. What it prints goes through files, so that no pipe can hold it up.
#[track_caller]
fn run_to_end(mut command: Command) -> Ran {
    let dir = tempfile::TempDir::new().unwrap();
    let (out, err) = (dir.path().join("out"), dir.path().join("err"));
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let mut process = Daemon(command.spawn().unwrap());
    let code = process.ends_within(LONG).code().unwrap_or(-1);
    let read = |path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    Ran { code, out: read(out), err: read(err) }
}
