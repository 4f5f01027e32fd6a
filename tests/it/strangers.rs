//! What strangers put into the inbox: nothing of theirs is read that they could not read, and nobody pays by accident.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use crate::house::{House, WORDS, clip, files_below, sha256};

/// A file that only root may read, beside the house's folders.
fn sentinel(house: &House, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = house.path(name);
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path
}

/// Whatever was going to be taken of what lies there is taken before these two are through.
fn two_more_go_through(house: &House) {
    for stem in ["one more", "two more"] {
        house.drop_pair(stem, WORDS);
        house.delivered(stem);
    }
}

#[test]
fn a_file_swapped_for_a_link_ten_thousand_times_is_never_read_through_it() {
    let house = House::set_up("[watch]\nsettle = \"1ms\"\nrescan = \"50ms\"\nsidecar_wait = \"10ms\"\n");
    let secret = sentinel(&house, "secret.mp4", &clip("the secret of someone else"));
    let secret_words = sentinel(&house, "secret.txt", b"secret words");
    let (swaps, done) = (AtomicU32::new(0), AtomicBool::new(false));
    let swap = || {
        while !done.load(Ordering::Relaxed) || swaps.load(Ordering::Relaxed) < 10_000 {
            for (link, name) in [(&secret, "a.mp4"), (&secret_words, "a.txt")] {
                symlink(link, house.path("new")).unwrap();
                fs::rename(house.path("new"), house.inbox(name)).unwrap();
                // Without a pause now and then, nothing would ever lie still for long enough to be taken.
                let bytes = if name == "a.txt" { WORDS.as_bytes().to_vec() } else { clip("a") };
                fs::write(house.path("new"), bytes).unwrap();
                fs::rename(house.path("new"), house.inbox(name)).unwrap();
            }
            if swaps.fetch_add(1, Ordering::Relaxed).is_multiple_of(500) {
                std::thread::sleep(Duration::from_millis(60));
            }
        }
    };
    let mut daemon = house.spawn(&["run"]);
    std::thread::scope(|scope| {
        scope.spawn(swap);
        two_more_go_through(&house);
        done.store(true, Ordering::Relaxed);
    });
    house.wait_world("the clip is taken at last", |world| world.uploaded_names().contains(&"a.mp4".into()));
    let world = house.world();
    assert!(!world.uploaded().contains(&sha256(&fs::read(&secret).unwrap())), "the secret was sent");
    assert!(!world.accepted().concat().contains("secret"), "{:?}", world.accepted());
    assert_eq!(world.most_charged(), 1);
    assert!(daemon.is_running());
}

#[test]
fn links_to_what_only_root_may_read_are_named_and_not_read() {
    let mut house = House::new();
    let secret = sentinel(&house, "secret.mp4", &clip("a secret"));
    let words = sentinel(&house, "secret.txt", b"secret words");
    symlink(&secret, house.inbox("clip link.mp4")).unwrap();
    house.drop_file("clip link.txt", WORDS);
    house.drop_file("text link.mp4", clip("text link"));
    symlink(&words, house.inbox("text link.txt")).unwrap();
    house.drop_file("shadow.mp4", clip("shadow"));
    symlink("/etc/shadow", house.inbox("shadow.txt")).unwrap();
    house.start();
    two_more_go_through(&house);
    let note = house.waits("text link", "not-safe");
    assert!(note.contains("text link.txt") && note.contains("No credits were spent"), "{note}");
    house.waits("shadow", "not-safe");
    let world = house.world();
    assert_eq!(world.uploaded_names(), ["one more.mp4", "two more.mp4"]);
    assert!(!house.log().contains("secret words") && !house.log().contains("root:"));
    // Mended by what the note says: a real file.
    fs::remove_file(house.inbox("text link.txt")).unwrap();
    house.drop_file("text link.txt", WORDS);
    house.delivered("text link");
}

#[test]
#[ignore = "slow: gives files away, so it takes root"]
fn a_hard_link_to_the_file_of_another_user_is_refused() {
    let mut house = House::new();
    for (stem, is_clip) in [("linked clip", true), ("linked text", false)] {
        let name = format!("{stem}{}", if is_clip { ".mp4" } else { ".txt" });
        let theirs = house.path(&name);
        fs::write(&theirs, if is_clip { clip(stem) } else { WORDS.as_bytes().to_vec() }).unwrap();
        chown(&theirs, Some(4242), Some(4242)).expect("only root can give a file away");
        fs::hard_link(&theirs, house.inbox(&name)).unwrap();
        if is_clip {
            house.drop_file(format!("{stem}.txt"), WORDS);
        } else {
            house.drop_file(format!("{stem}.mp4"), clip(stem));
        }
    }
    // Where nothing else bears its name it is a drop like any.
    house.drop_pair("theirs alone", WORDS);
    chown(house.inbox("theirs alone.mp4"), Some(4242), Some(4242)).unwrap();
    house.start();
    two_more_go_through(&house);
    house.delivered("theirs alone");
    for stem in ["linked clip", "linked text"] {
        let note = house.waits(stem, "not-safe");
        assert!(note.contains("hard link"), "{note}");
        assert!(!house.world().uploaded_names().contains(&format!("{stem}.mp4")));
    }
    // Mended: a copy of one's own.
    fs::remove_file(house.inbox("linked clip.mp4")).unwrap();
    house.drop_file("linked clip.mp4", clip("linked clip"));
    house.delivered("linked clip");
}

#[test]
fn devices_and_what_else_is_no_file_never_hold_anything_up() {
    let mut house = House::new();
    let made = |kind: &[&str], name: &str| {
        let path = house.inbox(name);
        Command::new("mknod").arg(&path).args(kind).status().is_ok_and(|status| status.success())
    };
    assert!(made(&["p"], "pipe.mp4") && made(&["p"], "text.txt"), "pipes can be made");
    // A device that reads for ever, and one of a tape drive that is not there.
    if !(made(&["c", "1", "5"], "zero.mp4") && made(&["c", "9", "0"], "tape.mov")) {
        eprintln!("SKIPPED in part: no devices can be made here");
    }
    house.drop_file("text.mp4", clip("text"));
    for stem in ["pipe", "zero", "tape"] {
        house.drop_file(format!("{stem}.txt"), WORDS);
    }
    fs::create_dir(house.inbox("folder.mp4")).unwrap();
    house.start();
    two_more_go_through(&house);
    assert_eq!(house.world().uploaded_names(), ["one more.mp4", "two more.mp4"]);
    assert_eq!(house.stop(), Some(0), "nothing hangs");
}

/// A clip under its own name, so long that its upload can be changed under way.
fn long_clip(seed: &str) -> Vec<u8> {
    let mut bytes = clip(seed);
    let fill = 3 << 20;
    bytes.extend_from_slice(&u32::try_from(fill + 8).unwrap().to_be_bytes());
    bytes.extend_from_slice(b"mdat");
    bytes.extend(seed.bytes().cycle().take(fill));
    bytes
}

/// What is done to a clip while it is being uploaded, and what of it is delivered then.
fn changed_while_uploaded(what: &str, change: impl FnOnce(&House), end: Option<&[u8]>) {
    eprintln!("{what}");
    // Too rarely looked at for a scan to see the change before the message is due.
    let watch = "[watch]\nmode = \"poll\"\npoll_interval = \"2s\"\nrescan = \"2s\"\n";
    let mut house = House::set_up(&format!("{watch}[api]\nupload_limit = \"4MiB\"\n"));
    house.drop_file("talk.txt", WORDS);
    let first = long_clip("talk");
    house.drop_file("talk.mp4", &first);
    house.start();
    house.wait_for("it is being uploaded", || house.log().contains("is being uploaded"));
    std::thread::sleep(Duration::from_millis(150));
    change(&house);
    match end {
        Some(_) => drop(house.delivered("talk")),
        None => {
            house.wait_for("it is called off", || {
                house.run(&["jobs", "--state", "cancelled", "--json"]).out.contains("talk.mp4")
            });
        }
    }
    two_more_go_through(&house);
    let world = house.world();
    for bytes in [Some(&first[..]), end].into_iter().flatten() {
        let wanted = usize::from(Some(bytes) == end);
        assert_eq!(world.charges_of(bytes), wanted, "{what}: {:?}", world.uploaded_names());
    }
    assert_eq!(world.charges(), 2 + usize::from(end.is_some()), "{what}");
    assert_eq!(world.most_charged(), 1, "{what}");
}

#[test]
fn a_clip_that_changes_while_it_is_uploaded_is_not_paid_for_as_it_was() {
    let longer = [&long_clip("talk")[..], &[0, 0, 0, 12], b"free", b"more"].concat();
    let grown = longer.clone();
    changed_while_uploaded(
        "it grows",
        move |house| {
            let mut file = OpenOptions::new().append(true).open(house.inbox("talk.mp4")).unwrap();
            file.write_all(&grown[long_clip("talk").len()..]).unwrap();
        },
        Some(&longer),
    );
    let mut other = long_clip("talk");
    let last = other.len() - 1;
    other[last] ^= 1;
    let byte = other[last];
    changed_while_uploaded(
        "a byte of it is changed in its place",
        move |house| {
            let mut file = OpenOptions::new().write(true).open(house.inbox("talk.mp4")).unwrap();
            file.seek(SeekFrom::Start(last as u64)).unwrap();
            file.write_all(&[byte]).unwrap();
        },
        Some(&other),
    );
    changed_while_uploaded(
        "it is cut short, and filled anew",
        |house| {
            File::create(house.inbox("talk.mp4")).unwrap();
            std::thread::sleep(Duration::from_millis(200));
            fs::write(house.inbox("talk.mp4"), clip("short")).unwrap();
        },
        Some(&clip("short")),
    );
    changed_while_uploaded(
        "another is put in its place",
        |house| {
            fs::write(house.path("new"), clip("other")).unwrap();
            fs::rename(house.path("new"), house.inbox("talk.mp4")).unwrap();
        },
        Some(&clip("other")),
    );
    changed_while_uploaded(
        "it is taken away",
        |house| fs::remove_file(house.inbox("talk.mp4")).unwrap(),
        None,
    );
}

/// Drops a clip of that length, without a hole: one at its end would be taken for one that is still being filled.
fn drop_of_length(house: &House, stem: &str, len: u64) {
    let mut bytes = clip(stem);
    let rest = len - bytes.len() as u64;
    bytes.extend_from_slice(&u32::try_from(rest).unwrap().to_be_bytes());
    bytes.extend_from_slice(b"mdat");
    let mut file = File::create(house.path(stem)).unwrap();
    file.write_all(&bytes).unwrap();
    let filling = len - bytes.len() as u64;
    std::io::copy(&mut std::io::repeat(7).take(filling), &mut file).unwrap();
    drop(file);
    fs::rename(house.path(stem), house.inbox(format!("{stem}.mp4"))).unwrap();
    house.drop_file(format!("{stem}.txt"), WORDS);
}

#[test]
#[ignore = "slow: uploads 500 MiB"]
fn the_largest_clip_is_taken_and_one_byte_more_is_not() {
    const MOST: u64 = 500 << 20;
    let mut house = House::new();
    drop_of_length(&house, "too large", MOST + 1);
    house.start();
    house.fails("too large", "too-large");
    assert_eq!(house.world().all_requests(), 0);
    fs::remove_file(house.failed("too large.mp4")).unwrap();
    drop_of_length(&house, "just so", MOST);
    house.wait_world("it is uploaded", |world| world.uploaded_names() == ["just so.mp4"]);
    house.delivered("just so");
    assert_eq!(house.world().charges(), 1);
}

#[test]
#[ignore = "slow: uploads 500 MiB"]
fn a_clip_that_grows_beyond_the_limit_while_it_is_uploaded_is_broken_off_and_told() {
    const MOST: u64 = 500 << 20;
    // Too rarely looked at for a scan to see it before its last byte would have been sent.
    let watch = "[watch]\nmode = \"poll\"\npoll_interval = \"1h\"\nrescan = \"1h\"\n";
    let mut house = House::set_up(&format!("{watch}[api]\nupload_limit = \"100MiB\"\n"));
    drop_of_length(&house, "talk", MOST - 12);
    house.start();
    house.wait_for("it is being uploaded", || house.log().contains("is being uploaded"));
    let mut file = OpenOptions::new().append(true).open(house.inbox("talk.mp4")).unwrap();
    file.write_all(b"\0\0\0\x0dfreemore.").unwrap();
    let note = house.fails("talk", "too-large");
    assert!(note.contains("No credits were spent"), "{note}");
    let world = house.world();
    assert_eq!((world.requests("upload"), world.uploaded().len()), (1, 0), "it was sent to its old end");
    assert_eq!((world.requests("message"), world.charges()), (0, 0));
}

#[test]
fn an_inbox_behind_a_link_is_looked_at_once_and_kept() {
    let mut house = House::new();
    let (real, other) = (house.path("real"), house.path("other"));
    for folder in [&real, &other] {
        fs::create_dir(folder).unwrap();
    }
    let link = house.path("link");
    symlink(&real, &link).unwrap();
    house.set(&format!("[folders]\ninbox = {link:?}\n"));
    let drop_into = |folder: &Path, stem: &str| {
        fs::write(folder.join(format!("{stem}.txt")), WORDS).unwrap();
        fs::write(folder.join(format!("{stem}.mp4")), clip(stem)).unwrap();
    };
    drop_into(&real, "real");
    house.start();
    house.wait_for("it is archived", || house.archive("real.mp4").exists());
    // Whoever turns the link leads nobody astray.
    drop_into(&other, "other");
    symlink(&other, house.path("new link")).unwrap();
    fs::rename(house.path("new link"), &link).unwrap();
    house.wait_for("it is told", || house.log().contains("nothing is taken for deleted"));
    assert_eq!(house.world().uploaded_names(), ["real.mp4"]);
    symlink(&real, house.path("new link")).unwrap();
    fs::rename(house.path("new link"), &link).unwrap();
    drop_into(&real, "again");
    house.wait_for("it is archived", || house.archive("again.mp4").exists());
    assert_eq!(house.world().uploaded_names(), ["real.mp4", "again.mp4"]);
}

#[test]
fn folders_a_thousand_deep_are_told_of_and_hold_nothing_up() {
    let mut house = House::new();
    let mut deep = house.inbox("");
    let mut at = rustix::fs::open(&deep, rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
    for depth in 1..=1000 {
        rustix::fs::mkdirat(&at, "d", rustix::fs::Mode::RWXU).unwrap();
        at = rustix::fs::openat(&at, "d", rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
        deep.push("d");
        if depth == 31 || depth == 32 {
            fs::write(deep.join(format!("at {depth}.txt")), WORDS).unwrap();
            fs::write(deep.join(format!("at {depth}.mp4")), clip(&depth.to_string())).unwrap();
        }
    }
    house.start();
    let up = "d/".repeat(31);
    house.wait_for("the deepest that is looked at is taken", || {
        house.archive(format!("{up}at 31.mp4")).exists() && house.archive(format!("{up}d/at 32.mp4")).exists()
    });
    house.wait_for("it is told", || {
        files_below(&house.outbox("")).iter().any(|file| {
            file.to_string_lossy().ends_with(".waiting.txt")
                && fs::read_to_string(file).unwrap_or_default().contains("Reason: too-deep")
        })
    });
    two_more_go_through(&house);
    assert_eq!(house.world().charges(), 4);
    // A path of that length can't be removed by name.
    assert!(Command::new("rm").arg("-rf").arg(house.inbox("d")).status().unwrap().success());
}

#[test]
fn two_thousand_clips_on_a_first_run_are_not_paid_for_unasked() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"50ms\"\n");
    let bytes = clip("one of many");
    for n in 0..2000 {
        house.drop_file(format!("{:02}/clip {n:04}.mp4", n % 40), &bytes);
    }
    house.start();
    let note = house.note(house.root("first-run.waiting.txt"));
    assert!(note.contains("2000"), "{note}");
    // The same at the next start, and while it is looked at again.
    house.wait_for("it is told", || house.log().contains("nothing is taken"));
    assert_eq!(house.stop(), Some(0));
    assert_eq!(house.run_once(&[]), 3);
    assert_eq!(house.world().all_requests(), 0);
    assert_eq!(House::names(&house.outbox("")), [] as [&str; 0]);
}

#[test]
#[ignore = "slow: strace"]
fn files_of_others_cost_their_names_and_no_more() {
    let mut house = House::set_up("[watch]\nrescan = \"1h\"\n");
    for n in 0..100_000 {
        File::create(house.inbox(format!("paper {n:06}.pdf"))).unwrap();
    }
    let calls = house.path("calls");
    let trace = "trace=statx,newfstatat,openat,openat2,getdents64";
    let strace = ["strace", "-f", "-qq", "-o", calls.to_str().unwrap(), "-e", trace, "--"];
    house.daemon = Some(house.spawn_as(house.command_under(&strace)));
    house.drop_pair("first", WORDS);
    house.delivered("first");
    let begun = fs::read_to_string(&calls).unwrap().len();
    two_more_go_through(&house);
    let calls = fs::read_to_string(calls).unwrap();
    let count = |calls: &str, name: &str| calls.matches(&format!("{name}(")).count();
    let looks = |calls: &str| calls.matches("paper ").count();
    eprintln!(
        "{} of theirs looked at at the start, {} later; {} pieces of listings",
        looks(&calls[..begun]),
        looks(&calls[begun..]),
        count(&calls, "getdents64")
    );
    // To be watched, a folder is walked through once. After that its files are names in a listing.
    assert!(looks(&calls[..begun]) <= 100_000, "none is looked at twice");
    assert!(count(&calls, "getdents64") > 60);
    assert_eq!(looks(&calls[begun..]), 0);
}

#[test]
fn a_hundred_thousand_files_of_others_are_no_hindrance() {
    let mut house = House::set_up("[watch]\nrescan = \"1h\"\n");
    for n in 0..100_000 {
        File::create(house.inbox(format!("paper {n:06}.pdf"))).unwrap();
    }
    house.drop_pair("there before", WORDS);
    house.start();
    house.delivered("there before");
    house.drop_pair("there later", WORDS);
    house.delivered("there later");
    let note = house.note(house.outbox("not-taken.waiting.txt"));
    assert!(note.contains("paper 000000.pdf") && note.len() < 4000, "{note}");
    assert_eq!(house.world().uploaded_names(), ["there before.mp4", "there later.mp4"]);
}
