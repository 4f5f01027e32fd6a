//! Disks that are full, read-only or broken. Whoever has no right to mount is told so: all of it is tried as root.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use dakbox_sandbox::Options;

use crate::house::{Calls, Daemon, Disk, House, LONG, WORDS, clip, files_below, quick, sha256};

/// The film that the sandbox makes without ffmpeg is so long.
const FILM: u64 = 293_767;

/// A house with its outbox on a disk of its own.
fn small_outbox(options: &str) -> (House, Disk) {
    let house = House::new();
    let disk = Disk::small(&house.outbox(""), options);
    (house, disk)
}

/// The film is there, whole, paid for once, and nothing half made lies beside it.
fn assert_delivered_whole(house: &House, stem: &str) {
    house.delivered(stem);
    let film = sha256(&fs::read(house.outbox(format!("{stem}.mp4"))).unwrap());
    let world = house.world();
    assert!(world.films().contains(&film));
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (1, 1, 1));
    let half =
        files_below(&house.outbox("")).into_iter().find(|file| file.extension() == Some("part".as_ref()));
    assert_eq!(half, None, "something half made is left");
    house.wait_for("no note is left", || !house.outbox(format!("{stem}.waiting.txt")).exists());
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_full_outbox_is_found_before_anything_is_paid() {
    let (mut house, disk) = small_outbox("size=4m");
    disk.fill(0);
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("no-space"));

    assert_eq!((house.world().requests("message"), house.world().requests("upload")), (0, 0));
    disk.clear();
    assert_delivered_whole(&house, "talk");
}

/// The disk becomes full when the message is paid for, or when the film is already asked for.
fn filled_later(when: &str, left: u64) {
    eprintln!("filled when the {when} is asked for, {left} bytes left");
    let (mut house, disk) = small_outbox("size=4m");
    house.service.faults(&format!("{when}:delay=500msx1"));
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is asked for", |world| world.requests(when) == 1);
    disk.fill(left);
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("no-space"));
    assert!(!house.outbox("talk.mp4").exists() && house.inbox("talk.mp4").exists());
    assert_eq!(house.world().charges(), 1);
    disk.clear();
    assert_delivered_whole(&house, "talk");
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn an_outbox_that_is_full_when_the_film_comes_gets_it_later_and_nothing_is_paid_again() {
    for left in [0, FILM / 100, FILM / 2, FILM * 99 / 100] {
        filled_later("message", left);
        filled_later("download", left);
    }
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn an_outbox_that_can_only_be_read_is_found_before_anything_is_paid() {
    let (mut house, disk) = small_outbox("size=4m");
    disk.set("ro");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("outbox-read-only"));
    assert_eq!((house.world().requests("message"), house.world().requests("upload")), (0, 0));
    disk.set("rw");
    assert_delivered_whole(&house, "talk");
    // And one that becomes so when it is paid for.
    house.service.faults("message:delay=500msx1");
    house.drop_pair("later", WORDS);
    house.wait_world("it is asked for", |world| world.requests("message") == 2);
    disk.set("ro");
    house.wait_for("it can't be written", || house.log().contains("Read-only file system"));
    disk.set("rw");
    house.delivered("later");
    assert_eq!((house.world().charges(), house.world().requests("message")), (2, 2));
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn an_outbox_without_an_inode_left_is_found_before_anything_is_paid() {
    let (mut house, disk) = small_outbox("size=4m,nr_inodes=40");
    let used = disk.use_up_inodes();
    assert!(!used.is_empty());
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("no-space"));
    assert_eq!((house.world().requests("message"), house.world().requests("upload")), (0, 0));
    for path in used {
        fs::remove_file(path).unwrap();
    }
    assert_delivered_whole(&house, "talk");
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn a_state_folder_without_room_lets_no_message_out() {
    let mut house = House::new();
    let disk = Disk::small(&house.path("state"), "size=4m");
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is uploaded", |world| world.uploaded().len() == 1);
    house.wait_for("it is held by the brake", || {
        house.run(&["jobs", "--json"]).out.contains("\"step\":\"instruct\"")
    });
    disk.fill(0);
    fs::remove_file(house.root("pause.txt")).unwrap();
    // Without its records it sends nothing, says why, and goes on watching.
    house.wait_for("it is said", || house.log().contains("can't be recorded now"));
    assert!(house.log().contains("full"), "{}", house.log());
    assert!(house.running().is_running() && house.world().requests("message") == 0, "{}", house.log());
    disk.clear();
    assert_delivered_whole(&house, "talk");
    house.drop_pair("more", WORDS);
    house.delivered("more");
}

#[test]
#[ignore = "slow: mounts, so it takes root"]
fn the_same_share_at_two_places_is_refused() {
    let house = House::new();
    let inbox = house.inbox("");
    let _outbox = Disk::again(&inbox, &house.outbox(""));
    house.drop_pair("talk", WORDS);
    let ran = house.run(&["run", "--once"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("inbox") && ran.err.contains("outbox"), "{}", ran.err);
    assert_eq!(house.world().all_requests(), 0);
}

#[test]
#[ignore = "slow: strace"]
fn a_ledger_whose_fsync_fails_lets_nothing_more_out() {
    let mut stopped = 0;
    for n in 1..=16 {
        let mut house = House::new();
        assert_eq!(house.run(&["credits"]).code, 0);
        house.drop_pair("talk", WORDS);
        let log = house.path("state/ledger.db-wal");
        let fault = format!("inject=fdatasync,fsync:error=EIO:when={n}");
        let (log, trace) = (log.to_str().unwrap(), "trace=fdatasync,fsync");
        let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", log, "-e", trace, "-e", &fault, "--"];
        let mut daemon = house.spawn_as(house.command_under(&strace));
        house.wait_for("it ends, or all is done", || !daemon.is_running() || house.is_delivered("talk"));
        if !daemon.is_running() {
            stopped += 1;
            assert_eq!(daemon.ends_within(LONG).code(), Some(1), "fsync {n}: {}", house.log());
            assert!(house.log().contains("the ledger can't be used"), "fsync {n}: {}", house.log());
        }
        daemon.kill();
        let before = house.world().requests("message");
        assert!(before <= 1);
        house.start();
        house.wait_for("it is delivered or parked", || {
            house.is_delivered("talk")
                || fs::read_to_string(house.outbox("talk.waiting.txt"))
                    .unwrap_or_default()
                    .contains("unknown-fate")
        });
        let world = house.world();
        assert!(world.charges() <= 1 && world.requests("message") <= 1, "fsync {n}");
    }
    assert!(stopped >= 8, "{stopped} of 16 fsyncs were those of the ledger");
}

#[test]
#[ignore = "slow: strace"]
fn a_quota_that_is_used_up_is_told_as_a_full_disk() {
    let mut house = House::new();
    house.start();
    house.wait_for("it is watched", || house.log().contains("is watched by the kernel"));
    // Before anything is paid: no new file is granted.
    let outbox = house.outbox("");
    let used_up = Calls::of(&mut house, &[outbox], "openat2", "error=EDQUOT");
    house.drop_pair("talk", WORDS);
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("no-space"));
    assert_eq!((house.world().requests("message"), house.world().requests("upload")), (0, 0));
    used_up.end();
    assert_delivered_whole(&house, "talk");
    // When the film has come: the file is there, and no byte of it is granted.
    house.service.faults("download:delay=20sx1");
    house.drop_pair("later", WORDS);
    let part =
        || files_below(&house.outbox("")).into_iter().find(|file| file.extension() == Some("part".as_ref()));
    house.wait_world("its film is asked for", |world| world.requests("download") >= 2);
    let part = part().expect("its file is there");
    let used_up = Calls::of(&mut house, &[part], "write,pwrite64", "error=EDQUOT");
    house.wait_for("it is told", || house.log().contains("became full while the film was being fetched"));
    used_up.end();
    house.delivered("later");
    assert_eq!((house.world().charges(), house.world().requests("message")), (2, 2));
}

#[test]
#[ignore = "slow: strace"]
fn a_ledger_whose_quota_is_used_up_lets_nothing_more_out() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it is held by the brake", || {
        house.run(&["jobs", "--json"]).out.contains("\"step\":\"instruct\"")
    });
    let files = ["ledger.db", "ledger.db-wal"].map(|name| house.path("state").join(name));
    let used_up = Calls::of(&mut house, &files, "pwrite64", "error=EDQUOT");
    fs::remove_file(house.root("pause.txt")).unwrap();
    assert_eq!(house.running().ends_within(LONG).code(), Some(1), "{}", house.log());
    assert!(house.log().contains("the ledger can't be used"), "{}", house.log());
    assert_eq!(house.world().requests("message"), 0);
    used_up.end();
    house.start();
    assert_delivered_whole(&house, "talk");
}

#[test]
fn a_film_that_is_longer_than_a_file_may_be_ends_nothing() {
    let mut house = House::new();
    house.service.faults("download:endless");
    house.drop_pair("talk", WORDS);
    house.daemon = Some(house.spawn_as(house.command_under(&["prlimit", "--fsize=16777216"])));
    house.waits("talk", "local-io");
    assert!(house.log().contains("File too large"), "{}", house.log());
    assert!(house.running().is_running() && !house.outbox("talk.mp4").exists());
    house.service.faults("");
    assert_delivered_whole(&house, "talk");
}

#[test]
#[ignore = "slow: strace"]
fn a_clip_that_cannot_be_read_to_its_end_is_not_paid_for() {
    let mut house = House::set_up("[api]\nupload_limit = \"1MiB\"\n[jobs]\nmax_attempts = 2\n");
    let mut bytes = clip("talk");
    bytes.extend_from_slice(&(8_u32 + (3 << 20)).to_be_bytes());
    bytes.extend_from_slice(b"mdat");
    bytes.extend(std::iter::repeat_n(7, 3 << 20));
    house.drop_file("talk.txt", WORDS);
    house.drop_file("talk.mp4", &bytes);
    house.start();
    house.wait_for("it is being uploaded", || house.log().contains("is being uploaded"));
    let path = house.inbox("talk.mp4");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(&path);
    strace.args(["-e", "trace=read,pread64,readv", "-e", "inject=read,pread64,readv:error=EIO"]);
    let mut strace = Daemon::from(strace.arg("-p").arg(house.running().pid().to_string()).spawn().unwrap());
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("unreadable"));
    assert_eq!((house.world().requests("message"), house.world().charges()), (0, 0));
    // The disk is well again.
    strace.terminate();
    strace.ends_within(LONG);
    assert_delivered_whole(&house, "talk");
}

fn give_away(folder: &Path, to: u32) {
    chown(folder, Some(to), Some(to)).expect("NOT TRIED: it takes root to give files away");
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            give_away(&entry.path(), to);
        } else {
            chown(entry.path(), Some(to), Some(to)).unwrap();
        }
    }
}

#[test]
#[ignore = "slow: becomes another user, so it takes root"]
fn what_may_not_be_read_is_told_of_and_taken_when_it_may() {
    let mut house = House::new();
    let rights =
        |name: &str, mode| fs::set_permissions(house.inbox(name), Permissions::from_mode(mode)).unwrap();
    house.drop_pair("clip", WORDS);
    house.drop_pair("text", WORDS);
    rights("clip.mp4", 0);
    rights("text.txt", 0);
    give_away(&house.path(""), 4242);
    let another = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"];
    house.daemon = Some(house.spawn_as(house.command_under(&another)));
    for stem in ["clip", "text"] {
        let note = house.waits(stem, "unreadable");
        assert!(note.contains("No credits were spent"), "{note}");
    }
    assert_eq!(house.world().all_requests(), 0);
    for (stem, name) in [("clip", "clip.mp4"), ("text", "text.txt")] {
        fs::set_permissions(house.inbox(name), Permissions::from_mode(0o644)).unwrap();
        house.delivered(stem);
    }
    // A folder that may not be written is found before anything is paid.
    fs::set_permissions(house.outbox(""), Permissions::from_mode(0o555)).unwrap();
    house.drop_pair("more", WORDS);
    for name in ["more.mp4", "more.txt"] {
        chown(house.inbox(name), Some(4242), Some(4242)).unwrap();
    }
    house.wait_for("it waits", || house.run(&["jobs", "--json"]).out.contains("outbox-read-only"));
    assert_eq!(house.world().charges(), 2);
    fs::set_permissions(house.outbox(""), Permissions::from_mode(0o755)).unwrap();
    house.delivered("more");
    assert_eq!(house.world().charges(), 3);
}

/// A token that the sandbox knows from the start.
const TOKEN: &str = "nmv_usr_good";

/// A daemon with limits of the system so narrow that things fail; with the usual ones all of it comes out.
fn within_limits(limits: &[&str]) {
    eprintln!("{limits:?}");
    // A person's own token: how often one without a file handle to keep it may ask for another is not asked here.
    let options = Options { credits: 100_000, tokens: vec![TOKEN.to_owned()], ..quick() };
    let mut house = House::with(options, "[jobs]\nconcurrency = 8\nuploads = 8\n");
    house.set_env("NEMO_TOKEN", TOKEN);
    let stems: Vec<String> = (0..8).map(|n| format!("clip {n}")).collect();
    for stem in &stems {
        house.drop_pair(stem, WORDS);
    }
    let limited = [&["prlimit"], limits].concat();
    let mut daemon = house.spawn_as(house.command_under(&limited));
    house.wait_for("it ends, or all is done, or waits", || {
        let settled =
            |stem: &String| house.is_delivered(stem) || house.outbox(format!("{stem}.waiting.txt")).exists();
        !daemon.is_running() || stems.iter().all(settled)
    });
    daemon.kill();
    assert!(
        house.world().all_requests() <= 3 * 14 * 8,
        "a storm of {} requests",
        house.world().all_requests()
    );
    house.start();
    for stem in &stems {
        house.wait_for(&format!("{stem} is delivered, or asks"), || {
            let note = fs::read_to_string(house.outbox(format!("{stem}.waiting.txt"))).unwrap_or_default();
            house.is_delivered(stem) || note.contains("unknown-fate")
        });
    }
    assert!(house.world().most_charged() <= 1 && house.world().requests("message") <= 8);
}

#[test]
fn without_file_handles_or_with_files_cut_short_nothing_is_paid_twice() {
    for files in ["--nofile=24", "--nofile=32", "--nofile=48"] {
        within_limits(&[files]);
    }
    for length in ["--fsize=40000", "--fsize=100000", "--fsize=200000"] {
        within_limits(&[length]);
    }
}
