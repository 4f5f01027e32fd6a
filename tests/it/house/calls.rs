//! System calls that fail or take long: `strace` does it to a daemon that runs, where a call leads to certain places.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use super::{Daemon, House, LONG};

/// What is done to the calls, until it is ended or dropped.
pub(crate) struct Calls {
    pid: u32,
    strace: Daemon,
    seen: PathBuf,
}

impl Calls {
    /// From now on the daemon's `calls` that lead to one of `places` suffer `fault`, as strace spells both:
    /// `fsync,fdatasync`, `error=EIO:when=2+2`, `delay_enter=50000`.
    #[track_caller]
    pub(crate) fn of(house: &mut House, places: &[PathBuf], calls: &str, fault: &str) -> Self {
        let (pid, seen) = (house.running().pid(), house.path("calls"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o"]).arg(&seen);
        for place in places {
            strace.arg("-P").arg(place);
        }
        let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{fault}"));
        strace.args(["-e", &trace, "-e", &inject, "-p", &pid.to_string()]);
        let calls = Self { pid, strace: house.spawn_as(strace), seen };
        house.wait_for("every thread is under strace", || {
            calls.threads().iter().all(|thread| {
                let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
                !status.contains("TracerPid:\t0\n")
            })
        });
        calls
    }

    fn threads(&self) -> Vec<PathBuf> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten();
        tasks.flatten().map(|task| task.path()).collect()
    }

    /// How many of the calls there were.
    pub(crate) fn count(&self) -> usize {
        fs::read_to_string(&self.seen).unwrap_or_default().lines().count()
    }

    /// Whether the thread of that name is held for as long as this looks.
    pub(crate) fn hold(&self, name: &str) -> bool {
        let is_it =
            |thread: &Path| fs::read_to_string(thread.join("comm")).is_ok_and(|comm| comm.trim() == name);
        let Some(thread) = self.threads().into_iter().find(|thread| is_it(thread)) else { return false };
        (0..30).all(|_| {
            sleep(Duration::from_millis(10));
            fs::read_to_string(thread.join("stat")).is_ok_and(|stat| stat.contains(") t "))
        })
    }

    /// All goes its usual way again, also a call that was being held.
    #[track_caller]
    pub(crate) fn end(mut self) {
        self.strace.terminate();
        self.strace.ends_within(LONG);
    }
}
