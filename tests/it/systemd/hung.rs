//! What stands still: a loop, which gets no sign of life any more, and a share, which is no standstill.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::Options;
use rustix::process::{Pid, Signal, kill_process};

use super::{Manager, start};
use crate::house::{House, LONG, WORDS, quick};

/// A loop that does not come round, with or without the thread that it runs on.
#[cfg(feature = "crash-points")]
#[test]
fn a_loop_that_stands_still_gives_no_sign_of_life() {
    for stuck in ["dispatcher", "intake"] {
        let mut house = House::new();
        let manager = Manager::new();
        let stop = house.path("stand-still").display().to_string();
        let env =
            [("WATCHDOG_USEC", "1000000"), ("DAKBOX_STANDSTILL", stuck), ("DAKBOX_STANDSTILL_AT", &stop)];
        start(&mut house, &manager, &env);
        manager.ready();
        manager.wait("it lives", |m| m.count("WATCHDOG=1") > 4);
        fs::write(&stop, "").unwrap();
        house.drop_pair("talk", WORDS);
        manager.hears_nothing_for(Duration::from_secs(4));
        assert!(house.log().contains("stands still"), "{stuck}");
        // What systemd sends then.
        house.running().signal(Signal::ABORT);
        house.running().ends_within(LONG);
        fs::remove_file(&stop).unwrap();
        house.start();
        house.delivered("talk");
        assert_eq!(house.world().charges(), 1, "{stuck}");
    }
}

/// A share whose server does not answer: files behind it can be looked at by nobody.
struct Share {
    server: std::process::Child,
    at: std::path::PathBuf,
}

impl Share {
    /// `behind`, seen through a file system of its own at `at`.
    fn mount(behind: &Path, at: &Path) -> Self {
        fs::create_dir_all(behind).unwrap();
        fs::create_dir_all(at).unwrap();
        let mut server = Command::new("bindfs");
        server.args(["-f", "-o", "nonempty,attr_timeout=0,entry_timeout=0"]).arg(behind).arg(at);
        let server = server.spawn().unwrap();
        let share = Self { server, at: at.to_owned() };
        let until = Instant::now() + LONG;
        let device = |path: &Path| fs::metadata(path).unwrap().dev();
        while device(at) == device(behind) {
            assert!(Instant::now() < until, "it is never mounted");
            sleep(Duration::from_millis(10));
        }
        share
    }

    fn hangs(&self, hangs: bool) {
        let pid = Pid::from_raw(i32::try_from(self.server.id()).unwrap()).unwrap();
        kill_process(pid, if hangs { Signal::STOP } else { Signal::CONT }).unwrap();
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hangs(false);
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
#[ignore = "slow: mounts a share, which takes root and bindfs"]
fn a_share_that_hangs_is_no_standstill() {
    let mut house = House::with(Options { message_time: Duration::from_secs(2), ..quick() }, "");
    let share = Share::mount(&house.path("behind"), &house.root(""));
    fs::create_dir_all(house.inbox("")).unwrap();
    let manager = Manager::new();
    let env = [("WATCHDOG_USEC", "1000000")];
    start(&mut house, &manager, &env);
    manager.ready();
    house.drop_pair("talk", WORDS);
    house.wait_world("the message runs", |world| world.running() == 1);
    share.hangs(true);
    house.wait_world("the message has ended", |world| world.running() == 0);
    let lives = manager.count("WATCHDOG=1");
    manager.wait("it lives all the same", |m| m.count("WATCHDOG=1") > lives + 20);
    share.hangs(false);
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
    assert_eq!(house.stop(), Some(0));

    // The same at a start: it must not time out, and it can be stopped.
    share.hangs(true);
    let manager = Manager::new();
    start(&mut house, &manager, &env);
    manager.ready();
    manager.status("waiting: the share does not answer");
    let lives = manager.count("WATCHDOG=1");
    manager.wait("it lives while it waits", |m| m.count("WATCHDOG=1") > lives + 8);
    house.running().terminate();
    assert_eq!(house.running().ends_within(LONG).code(), Some(0));
    let manager = Manager::new();
    start(&mut house, &manager, &env);
    manager.status("waiting: the share does not answer");
    share.hangs(false);
    manager.status("nothing to do");
    assert_eq!(manager.count("READY=1"), 1);
    assert_eq!(house.stop(), Some(0));
}

/// Whoever starts it in the background gets the shell back, and is told why nothing is taken.
#[test]
#[ignore = "slow: mounts a share, which takes root and bindfs"]
fn a_share_that_hangs_does_not_hold_the_shell_that_starts_it() {
    let mut house = House::new();
    let share = Share::mount(&house.path("behind"), &house.root(""));
    fs::create_dir_all(house.inbox("")).unwrap();
    house.start();
    house.drop_pair("talk", WORDS);
    house.delivered("talk");
    assert_eq!(house.stop(), Some(0));
    share.hangs(true);
    let pid_file = house.path("pid");
    let ran = house.run(&["run", "--daemonize", "--pid-file", pid_file.to_str().unwrap()]);
    let pid = Pid::from_raw(fs::read_to_string(&pid_file).unwrap().trim().parse().unwrap()).unwrap();
    assert!(ran.code == 0 && ran.err.contains("does not answer"), "{ran:?}");
    kill_process(pid, Signal::TERM).unwrap();
    house.wait_for("it has ended all the same", || !pid_file.exists());
    share.hangs(false);
}
