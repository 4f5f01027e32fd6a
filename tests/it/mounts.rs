//! Shares: what tells of nothing, goes away, hangs, or is mounted inside the inbox. Real mounts take root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::house::{Daemon, Disk, House, LONG, WORDS, clip};

/// A folder seen through a file system that a program serves: what is written behind it makes no event.
pub(crate) struct Share {
    behind: PathBuf,
    at: PathBuf,
    server: Daemon,
}

impl Share {
    /// Serves a folder of the house's own at a place in it.
    #[track_caller]
    pub(crate) fn serve(house: &House, behind: &str, at: &Path) -> Self {
        let behind = house.path(behind);
        fs::create_dir_all(&behind).unwrap();
        fs::create_dir_all(at).unwrap();
        // Nothing is remembered by the kernel: what hangs hangs at once.
        let options = "attr_timeout=0,entry_timeout=0,negative_timeout=0,nonempty";
        let mut server = Command::new("bindfs");
        server.args(["-f", "-o", options]).arg(&behind).arg(at);
        let server = house.spawn_as(server);
        let share = Self { behind, at: at.to_owned(), server };
        house.wait_for("the share is mounted", || share.is_mounted());
        share
    }

    fn is_mounted(&self) -> bool {
        let table = fs::read_to_string("/proc/self/mountinfo").unwrap();
        table.lines().filter_map(|line| line.split(' ').nth(4)).any(|at| self.at == Path::new(at))
    }

    /// Puts files behind it, as another machine does.
    pub(crate) fn put(&self, stem: &str) {
        fs::write(self.behind.join(format!("{stem}.txt")), WORDS).unwrap();
        fs::write(self.behind.join(format!("{stem}.mp4")), clip(stem)).unwrap();
    }

    /// It stops to answer.
    pub(crate) fn hang(&self) {
        self.server.signal(Signal::STOP);
    }

    pub(crate) fn answer(&self) {
        self.server.signal(Signal::CONT);
    }

    /// Takes it away, whoever uses it.
    pub(crate) fn unmount(&mut self) {
        self.answer();
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
        self.server.terminate();
        self.server.ends_within(LONG);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.server.is_running() {
            self.answer();
        }
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

fn watch_of(house: &House) -> String {
    // A ledger that is being made can't be asked yet.
    let said = serde_json::from_str(&house.run(&["status", "--json"]).out).unwrap_or(serde_json::Value::Null);
    said["watch"].to_string()
}

#[test]
fn status_and_log_say_how_the_inbox_is_looked_at() {
    let mut house = House::set_up("[watch]\nmode = \"poll\"\n");
    house.start();
    house.wait_for("it is polled", || watch_of(&house).contains(r#""mode":"poll""#));
    assert!(
        house.run(&["status"]).out.contains("is looked at every 100ms"),
        "{}",
        house.run(&["status"]).out
    );
    assert!(house.log().contains("is looked at by polling"), "{}", house.log());
    assert_eq!(house.stop(), Some(0));
    house.set("[watch]\nmode = \"native\"\nrescan = \"1h\"\n");
    house.start();
    house.wait_for("it is watched", || watch_of(&house).contains(r#""mode":"native""#));
    // In a folder that came later, and in one that was moved here, events tell as well.
    fs::create_dir(house.inbox("news")).unwrap();
    house.drop_pair("news/one", WORDS);
    house.delivered("news/one");
    fs::rename(house.inbox("news"), house.inbox("old")).unwrap();
    house.drop_pair("old/two", WORDS);
    house.delivered("old/two");
    house.drop_pair("old/three", WORDS);
    house.delivered("old/three");
    assert!(watch_of(&house).contains(r#""missed":0"#), "{}", watch_of(&house));
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn an_inbox_deleted_renamed_or_made_again_is_watched_again() {
    let mut house = House::set_up("[watch]\nrescan = \"300ms\"\n");
    house.start();
    house.drop_pair("one", WORDS);
    house.delivered("one");
    fs::remove_dir_all(house.inbox("")).unwrap();
    fs::create_dir(house.inbox("")).unwrap();
    house.drop_pair("two", WORDS);
    house.delivered("two");
    fs::rename(house.inbox(""), house.path("elsewhere")).unwrap();
    house.wait_for("it is told", || house.log().contains("the inbox is not there"));
    fs::create_dir(house.inbox("")).unwrap();
    house.drop_pair("three", WORDS);
    house.delivered("three");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (3, 1));
}

/// More happens while dakbox can't look than the kernel's queue holds (16,384 events).
#[test]
fn what_the_kernels_queue_lost_is_looked_for() {
    let mut house = House::set_up("[watch]\nmode = \"native\"\nrescan = \"1h\"\n");
    house.start();
    house.wait_for("it is watched", || watch_of(&house).contains(r#""mode":"native""#));
    house.drop_pair("first", WORDS);
    house.delivered("first");
    house.running().signal(Signal::STOP);
    for n in 0..9_000 {
        house.drop_file(format!("{n}.part"), "x");
    }
    house.drop_pair("talk", WORDS);
    house.running().signal(Signal::CONT);
    house.delivered("talk");
    assert!(watch_of(&house).contains(r#""missed":0"#), "{}", watch_of(&house));
    assert_eq!((house.world().charges(), house.world().most_charged()), (2, 1));
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_without_events_is_polled_and_each_clip_is_paid_once() {
    let mut house = House::new();
    let share = Share::serve(&house, "server", &house.inbox(""));
    house.start();
    house.wait_for("it is polled", || {
        let watch = watch_of(&house);
        watch.contains("FUSE") && watch.contains(r#""mode":"poll""#)
    });
    for stem in ["one", "two"] {
        share.put(stem);
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (2, 1));
    assert_eq!(house.stop(), Some(0));
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_that_was_said_to_have_events_is_polled_once_it_missed_some() {
    let mut house = House::set_up("[watch]\nmode = \"native\"\n");
    let share = Share::serve(&house, "server", &house.inbox(""));
    house.start();
    house.wait_for("it is watched", || watch_of(&house).contains(r#""mode":"native""#));
    for stem in ["one", "two"] {
        share.put(stem);
        house.delivered(stem);
    }
    house.wait_for("it is polled", || watch_of(&house).contains(r#""mode":"poll""#));
    let status = house.run(&["status"]).out;
    assert!(status.contains("did not tell of"), "{status}");
    assert!(house.log().contains("because its events did not tell of"), "{}", house.log());
    assert_eq!((house.world().charges(), house.world().most_charged()), (2, 1));
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_mounted_inside_the_inbox_is_looked_at_in_its_own_way_and_its_leaving_deletes_nothing() {
    let mut house = House::new();
    let mut share = Share::serve(&house, "server", &house.inbox("nas"));
    fs::write(house.root("pause.txt"), "").unwrap();
    house.start();
    house.wait_for("both are said", || {
        let watch = watch_of(&house);
        watch.contains(r#""mode":"native""#) && watch.contains(r#""mode":"poll""#) && watch.contains("nas")
    });
    share.put("talk");
    house.wait_world("it is uploaded", |world| world.uploaded().len() == 1);
    share.unmount();
    // What lies on the bare mount point is nobody's drop.
    house.drop_pair("nas/stray", WORDS);
    house.wait_for("it is told", || {
        house.log().contains("unmounted") || house.run(&["status"]).out.contains("nas")
    });
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(
        house.run(&["jobs", "--state", "cancelled", "--json"]).out,
        "",
        "nothing is taken for deleted"
    );
    assert_eq!(house.world().uploaded().len(), 1);
    for name in ["stray.txt", "stray.mp4"] {
        fs::remove_file(house.inbox("nas").join(name)).unwrap();
    }
    let _share = Share::serve(&house, "server", &house.inbox("nas"));
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("nas/talk");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (1, 1));
}

/// The whole root on a share that leaves in the middle of a message.
#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_that_leaves_in_the_middle_of_a_message_costs_one_charge() {
    let mut house = House::new();
    let behind = house.path("server");
    fs::create_dir_all(behind.join("inbox")).unwrap();
    let root = house.root("");
    let disk = Disk::again(&behind, &root);
    house.service.faults("message:delay=1500msx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the message is out", |world| world.requests("message") == 1);
    drop(disk);
    // The bare mount point shows. Nothing may be made on it.
    let bare = House::names(&root);
    house.wait_world("the message ends", |world| world.charges() == 1);
    house.wait_for("it is told", || house.log().contains("away") || house.log().contains("not there"));
    assert_eq!(house.run(&["status"]).code, 0);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(House::names(&root), bare, "nothing is written on a bare mount point");
    assert_eq!(house.run(&["jobs", "--state", "cancelled", "--json"]).out, "");
    let disk = Disk::again(&behind, &root);
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (1, 1, 1));
    assert_eq!(house.stop(), Some(0));
    drop(disk);
}

/// Only the outbox, or only the inbox, is a share of its own: its bare mount point is known by the mark it lacks.
#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_of_its_own_below_the_root_is_missed_even_after_a_restart() {
    for folder in ["inbox", "outbox"] {
        eprintln!("{folder}");
        let mut house = House::new();
        let place = house.root(folder);
        let behind = house.path("server");
        fs::create_dir_all(&behind).unwrap();
        let disk = Disk::again(&behind, &place);
        house.drop_pair("old", WORDS);
        house.start();
        house.delivered("old");
        assert_eq!(house.stop(), Some(0));
        house.drop_pair("new", WORDS);
        drop(disk);
        let before = house.world().all_requests();
        house.start();
        house.wait_for("it is told", || house.log().contains("nothing is taken"));
        assert!(house.run(&["status"]).out.contains("share-away"));
        assert_eq!(house.world().all_requests(), before);
        assert!(House::names(&place).is_empty(), "{:?}", House::names(&place));
        let _disk = Disk::again(&behind, &place);
        house.delivered("new");
        assert_eq!((house.world().charges(), house.world().most_charged()), (2, 1));
        assert_eq!(house.stop(), Some(0));
    }
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_share_that_hangs_holds_neither_status_nor_the_end_nor_the_start() {
    let mut house = House::new();
    let share = Share::serve(&house, "server", &house.root(""));
    fs::create_dir_all(share.behind.join("inbox")).unwrap();
    house.drop_pair("one", WORDS);
    house.start();
    house.delivered("one");
    // While it runs.
    house.service.faults("message:delay=1sx1");
    house.drop_pair("two", WORDS);
    house.wait_world("the message is out", |world| world.requests("message") == 2);
    share.hang();
    house.wait_world("the message ends all the same", |world| world.charges() == 2);
    assert_eq!(house.run(&["status"]).code, 0, "observers are not held up");
    house.running().terminate();
    house.running().ends_within(Duration::from_secs(20));
    house.daemon = None;
    // While it starts.
    house.start();
    house.wait_for("it is told", || house.log().contains("does not answer"));
    assert!(house.run(&["status"]).out.contains("does not answer"));
    house.running().terminate();
    house.running().ends_within(Duration::from_secs(20));
    house.daemon = None;
    // And a start that outlasts it.
    house.start();
    share.answer();
    house.delivered("two");
    house.drop_pair("three", WORDS);
    house.delivered("three");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (3, 1, 3));
    assert_eq!(house.stop(), Some(0));
}

/// The kernel's limits, as another user has used them up: tried in a place of its own for limits and users.
#[test]
#[ignore = "slow: becomes another user, so it takes root"]
fn where_the_kernel_gives_no_watches_it_is_polled_and_said() {
    for (limit, value) in [("max_inotify_instances", "0"), ("max_inotify_watches", "0")] {
        let mut house = House::new();
        let inner = format!("echo {value} > /proc/sys/user/{limit} && exec \"$0\" \"$@\"");
        let outer = ["unshare", "--user", "--map-root-user", "sh", "-c", &inner];
        house.daemon = Some(house.spawn_as(house.command_under(&outer)));
        house.wait_for("it is polled", || watch_of(&house).contains("limit"));
        assert!(
            house.log().contains("is looked at by polling, because the system's limit"),
            "{}",
            house.log()
        );
        assert!(house.run(&["status"]).out.contains("the system's limit"), "{limit}");
        house.drop_pair("talk", WORDS);
        house.delivered("talk");
        assert_eq!(house.world().charges(), 1);
    }
}

#[test]
#[ignore = "slow: strace"]
fn errors_of_the_share_in_the_middle_of_a_look_delete_nothing() {
    // (what fails, how, on which files)
    let faults = [
        ("getdents64", "ESTALE"),
        ("getdents64", "EIO"),
        ("statx", "ESTALE"),
        ("statx", "EIO"),
        ("statx", "EBUSY"),
        ("openat2", "ENOTCONN"),
    ];
    for (call, error) in faults {
        eprintln!("{call} {error}");
        let mut house = House::set_up("[watch]\nmode = \"poll\"\n");
        fs::write(house.root("pause.txt"), "").unwrap();
        house.drop_pair("talk", WORDS);
        house.drop_pair("news/more", WORDS);
        house.start();
        house.wait_world("both are uploaded", |world| world.uploaded().len() == 2);
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e"]);
        // Every second call fails: looks break off in the middle, again and again.
        strace.arg(format!("inject={call}:error={error}:when=2+2"));
        let mut strace =
            Daemon::from(strace.arg("-p").arg(house.running().pid().to_string()).spawn().unwrap());
        std::thread::sleep(Duration::from_secs(3));
        let status = house.run(&["status"]);
        assert_eq!(status.code, 0, "{status:?}");
        assert!(house.running().is_running(), "{}", house.log());
        strace.terminate();
        strace.ends_within(LONG);
        assert_eq!(house.run(&["jobs", "--state", "cancelled", "--json"]).out, "", "{call} {error}");
        fs::remove_file(house.root("pause.txt")).unwrap();
        house.delivered("talk");
        house.delivered("news/more");
        let world = house.world();
        assert_eq!((world.charges(), world.most_charged()), (2, 1), "{call} {error}");
    }
}

#[test]
#[ignore = "slow: strace"]
fn looks_that_are_slow_hold_up_nothing_else() {
    let mut house = House::set_up("[watch]\nmode = \"poll\"\n");
    for n in 0..60 {
        house.drop_file(format!("note {n}.txt"), "words");
    }
    house.start();
    house.wait_for("it is looked at", || watch_of(&house).contains("poll"));
    let mut strace = Command::new("strace");
    strace.args([
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=statx",
        "-e",
        "inject=statx:delay_enter=50000",
    ]);
    let strace = Daemon::from(strace.arg("-p").arg(house.running().pid().to_string()).spawn().unwrap());
    house.drop_pair("talk", WORDS);
    house.delivered("talk");
    assert_eq!(house.run(&["status"]).code, 0);
    strace.terminate();
    assert_eq!((house.world().charges(), house.world().most_charged()), (1, 1));
}

/// A server's clock that is years off: a stamp is only compared with an earlier one.
#[test]
fn files_of_the_past_and_of_the_future_are_taken_once_they_are_still() {
    let mut house = House::set_up("[watch]\nmode = \"poll\"\n");
    house.start();
    for (stem, year) in [("past", "197001020000"), ("future", "209901010000")] {
        let aside = house.path(stem);
        fs::create_dir(&aside).unwrap();
        for (ending, bytes) in [("txt", WORDS.as_bytes().to_vec()), ("mp4", clip(stem))] {
            let file = aside.join(ending);
            fs::write(&file, bytes).unwrap();
            assert!(Command::new("touch").args(["-t", year]).arg(&file).status().unwrap().success());
            fs::rename(file, house.inbox(format!("{stem}.{ending}"))).unwrap();
        }
        house.delivered(stem);
    }
    assert_eq!((house.world().charges(), house.world().most_charged()), (2, 1));
}
