//! Stories about clips: how they come, what they are, and what must never be read.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{chown, symlink};
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode as Rights, mkfifoat};

use super::super::{Judged, MAX_CLIP, Reason, Report, judge_clip};
use super::{DEADLINE, GIF, NEVER, SETTLE, Scene, mp3, path};
use crate::config::WatchMode;
use crate::inbox::Dropped;
use crate::job::{Code, RelPath};
use crate::media::Format;
use crate::mount::Dir;

#[test]
fn a_proven_clip_is_taken_as_soon_as_its_writer_closes_it() {
    let scene = Scene::with(|o| o.settle = NEVER);
    let begun = Instant::now();
    scene.write("a.gif", GIF);
    let arrival = scene.arrives("a.gif");
    let Dropped::Media(verdict) = arrival.verdict.unwrap() else { panic!() };
    assert_eq!((verdict.format, arrival.stamp.size), (Format::Gif, GIF.len() as u64));
    assert_eq!((arrival.sidecar, arrival.default), (None, None));
    println!("close to report: {:?}", begun.elapsed());
}

#[test]
fn a_clip_moved_in_is_taken_at_once() {
    let scene = Scene::with(|o| o.settle = NEVER);
    fs::write(scene.aside("a.gif"), GIF).unwrap();
    fs::rename(scene.aside("a.gif"), scene.at("a.GIF")).unwrap();
    scene.arrives("a.GIF");
}

#[test]
fn a_linked_clip_and_one_without_an_end_wait_until_they_are_still() {
    let scene = Scene::new();
    let begun = Instant::now();
    fs::write(scene.aside("b.gif"), GIF).unwrap();
    fs::hard_link(scene.aside("b.gif"), scene.at("b.gif")).unwrap();
    scene.write("a.mp3", mp3());
    scene.arrives("a.mp3");
    scene.arrives("b.gif");
    assert!(begun.elapsed() >= SETTLE);
}

#[test]
fn a_slow_writer_is_waited_for() {
    let scene = Scene::new();
    let mut file = File::create(scene.at("slow.gif")).unwrap();
    file.write_all(&GIF[..30]).unwrap();
    // Far longer than `settle`, and told of: it is never given up.
    scene.is_held("slow.gif", Code::NotWhole);
    file.write_all(&GIF[30..]).unwrap();
    drop(file);
    let arrival = scene.arrives("slow.gif");
    assert_eq!(arrival.stamp.size, GIF.len() as u64);
    assert_eq!(scene.arrivals().len(), 1);
}

#[test]
fn what_explorer_leaves_when_it_breaks_off_waits_and_is_taken_when_filled() {
    let scene = Scene::new();
    let mut file = File::create(scene.at("zeros.mp4")).unwrap();
    file.set_len(1 << 20).unwrap();
    scene.is_held("zeros.mp4", Code::NotWhole);
    scene.write("empty.mp4", "");
    scene.is_held("empty.mp4", Code::Empty);
    assert!(scene.arrivals().is_empty());
    file.set_len(0).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(GIF).unwrap();
    drop(file);
    scene.arrives("zeros.mp4");
}

#[test]
fn what_can_never_be_taken_is_reported_with_its_reason() {
    let scene = Scene::new();
    scene.write("film.mp4", "<html><body>Not found</body></html>\n".repeat(40));
    let failure = scene.arrives("film.mp4").verdict.unwrap_err();
    assert_eq!(failure.code, Code::NotMedia);
    for (name, over, want) in [("exact.mp4", 0, None), ("over.mp4", 1, Some(Code::TooLarge))] {
        let pieces = padded_film(MAX_CLIP + over);
        let mut file = File::create(scene.at(name)).unwrap();
        for (at, bytes) in pieces {
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&bytes).unwrap();
        }
        drop(file);
        let arrival = scene.arrives(name);
        assert_eq!(arrival.stamp.size, MAX_CLIP + over);
        assert_eq!(arrival.verdict.err().map(|f| f.code), want, "{name}");
    }
}

/// The pieces of an MP4 of this length: nearly all of it is a padding box that was never written.
fn padded_film(len: u64) -> Vec<(u64, Vec<u8>)> {
    fn boxed(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(8 + body.len()).unwrap();
        [&len.to_be_bytes()[..], kind, body].concat()
    }
    let mut head = boxed(b"ftyp", b"isom\0\0\x02\0isommp41");
    let tail = [boxed(b"mdat", &[0x5a; 200]), boxed(b"moov", &boxed(b"mvhd", &[1; 100]))].concat();
    let free = len - head.len() as u64 - tail.len() as u64;
    head.extend_from_slice(&u32::try_from(free).unwrap().to_be_bytes());
    head.extend_from_slice(b"free");
    vec![(0, head), (len - tail.len() as u64, tail)]
}

#[test]
fn any_name_a_file_system_can_hold() {
    let scene = Scene::new();
    let long = format!("{}.gif", "n".repeat(251));
    let names: [&[u8]; 8] = [
        b"new\nline.gif",
        b"raw\xff\xfe.gif",
        b"-rf $(x); 'q' \"%s\".gif",
        "বাংলা ক্লিপ.gif".as_bytes(),
        "caf\u{e9}.gif".as_bytes(),
        "cafe\u{301}.gif".as_bytes(),
        "\u{202E}fig.gif".as_bytes(),
        long.as_bytes(),
    ];
    for name in names {
        fs::write(scene.at("").join(OsStr::from_bytes(name)), GIF).unwrap();
    }
    for name in names {
        let clip = RelPath::from_bytes(name).unwrap();
        scene.wait("the name", |s| s.arrivals().iter().any(|a| a.clip == clip));
    }
}

#[test]
fn what_is_no_regular_file_is_never_read() {
    let scene = Scene::new();
    fs::write(scene.aside("secret.gif"), GIF).unwrap();
    symlink(scene.aside("secret.gif"), scene.at("link.gif")).unwrap();
    symlink("nowhere", scene.at("dead.gif")).unwrap();
    symlink(scene.aside(""), scene.at("folder")).unwrap();
    mkfifoat(CWD, scene.at("pipe.mp4"), Rights::RWXU).unwrap();
    let _socket = UnixListener::bind(scene.at("socket.mp4")).unwrap();
    fs::create_dir(scene.at("dir.mp4")).unwrap();
    fs::create_dir(scene.at(".hidden")).unwrap();
    fs::write(scene.at(".hidden/a.gif"), GIF).unwrap();
    for name in ["a.gif.part", ".a.gif", "._a.gif", "~$a.gif", "a.report.gif", "a.gif.crdownload"] {
        scene.write(name, GIF);
    }
    for name in ["link.gif", "dead.gif", "pipe.mp4", "socket.mp4"] {
        scene.is_held(name, Code::NotSafe);
    }
    scene.write("words.gif", GIF);
    symlink(scene.aside("secret.gif"), scene.at("words.txt")).unwrap();
    scene.write("last.gif", GIF);
    scene.arrives("last.gif");
    let taken: Vec<_> =
        scene.arrivals().into_iter().map(|a| a.clip).filter(|c| *c != path("words.gif")).collect();
    assert_eq!(taken, [path("last.gif")]);
}

#[test]
fn a_link_swapped_in_is_never_followed() {
    let top = tempfile::tempdir().unwrap();
    let at = |name: &str| top.path().join(name);
    fs::create_dir(at("inbox")).unwrap();
    // Were it read, it would be said to be a text.
    fs::write(at("secret"), "the secret of someone else\n".repeat(50)).unwrap();
    let dir = Dir::open(&at("inbox")).unwrap();
    let done = AtomicBool::new(false);
    let mut seen = [0_u32; 2];
    let mut looks = || {
        let begun = Instant::now();
        for look in 0.. {
            match judge_clip(&dir, &path("a.gif"), false) {
                Judged::Fit(_) => seen[0] += 1,
                Judged::Held { code: Code::NotSafe, .. } => seen[1] += 1,
                Judged::Held { .. } | Judged::Gone => {}
                Judged::Refused { failure, .. } => return Err(failure),
            }
            if look >= 10_000 && (seen.iter().all(|n| *n > 100) || begun.elapsed() > DEADLINE) {
                break;
            }
        }
        Ok(())
    };
    let looked = std::thread::scope(|s| {
        s.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                symlink(at("secret"), at("new")).unwrap();
                fs::rename(at("new"), at("inbox/a.gif")).unwrap();
                fs::write(at("new"), GIF).unwrap();
                fs::rename(at("new"), at("inbox/a.gif")).unwrap();
            }
        });
        let looked = looks();
        done.store(true, Ordering::Relaxed);
        looked
    });
    assert_eq!(looked, Ok(()), "nothing was read through the link");
    assert!(seen.iter().all(|n| *n > 100), "both were seen: {seen:?}");
}

#[test]
fn a_strangers_file_linked_in_is_refused() {
    let top = tempfile::tempdir().unwrap();
    let at = |name: &str| top.path().join(name);
    fs::write(at("a.gif"), GIF).unwrap();
    fs::hard_link(at("a.gif"), at("b.gif")).unwrap();
    let dir = Dir::open(top.path()).unwrap();
    assert!(matches!(judge_clip(&dir, &path("b.gif"), false), Judged::Fit(_)), "our own may be linked");
    if chown(at("a.gif"), Some(4242), None).is_err() {
        return; // Only root can give a file away.
    }
    let is_unsafe =
        || matches!(judge_clip(&dir, &path("b.gif"), false), Judged::Held { code: Code::NotSafe, .. });
    assert!(is_unsafe());
    chown(top.path(), Some(4242), None).unwrap();
    assert!(!is_unsafe(), "it is the folder owner's own");
    chown(top.path(), Some(0), None).unwrap();
    fs::remove_file(at("a.gif")).unwrap();
    assert!(!is_unsafe(), "a file of a stranger with no other name is a drop like any");
}

#[test]
fn a_clip_that_goes_is_told_of_and_so_is_its_new_name() {
    let scene = Scene::new();
    scene.write("a.gif", GIF);
    scene.write("b.gif", GIF);
    let (a, b) = (scene.arrives("a.gif"), scene.arrives("b.gif"));
    fs::rename(scene.at("a.gif"), scene.at("new.gif")).unwrap();
    let gone = scene.wait("a went", |s| s.gone("a.gif")).unwrap();
    assert_eq!((gone.stamp, gone.now_at), (a.stamp, Some(path("new.gif"))));
    assert!(scene.arrives("new.gif").stamp.same_contents(&a.stamp));
    fs::remove_file(scene.at("b.gif")).unwrap();
    let gone = scene.wait("b went", |s| s.gone("b.gif")).unwrap();
    assert_eq!((gone.stamp, gone.now_at), (b.stamp, None));
}

#[test]
fn a_clip_replaced_after_it_arrived_arrives_anew() {
    let scene = Scene::new();
    scene.write("a.gif", GIF);
    let first = scene.arrives("a.gif");
    fs::write(scene.aside("a.gif"), [GIF, b"\0"].concat()).unwrap();
    fs::rename(scene.aside("a.gif"), scene.at("a.gif")).unwrap();
    scene.wait("the second", |s| s.arrival("a.gif").is_some_and(|a| a.stamp.ino != first.stamp.ino));
    assert!(scene.gone("a.gif").is_none());
}

#[test]
fn polling_finds_all_that_events_would_have_told() {
    let scene = Scene::with(|o| o.mode = WatchMode::Poll);
    scene.write("a.gif", GIF);
    scene.write("a.txt", "cut it");
    let begun = Instant::now();
    assert_eq!(scene.arrives("a.gif").sidecar.unwrap().bytes, b"cut it");
    assert!(begun.elapsed() + Duration::from_millis(20) >= SETTLE);
    fs::remove_file(scene.at("a.gif")).unwrap();
    scene.wait("it went", |s| s.gone("a.gif"));
}

#[test]
fn rights_given_later_are_noticed() {
    let scene = Scene::with(|o| o.mode = WatchMode::Poll);
    if rustix::process::geteuid().is_root() {
        return; // Root can read everything.
    }
    scene.write("a.gif", GIF);
    let rights =
        |mode| fs::set_permissions(scene.at("a.gif"), std::os::unix::fs::PermissionsExt::from_mode(mode));
    rights(0).unwrap();
    scene.is_held("a.gif", Code::Unreadable);
    rights(0o600).unwrap();
    scene.arrives("a.gif");
}

#[test]
fn a_backlog_is_there_at_the_start_and_then_it_is_quiet() {
    let prepare = |s: &Scene| (0..50).for_each(|n| s.write(&format!("clip {n}.gif"), GIF));
    let scene = Scene::prepared(prepare, |_| {});
    scene.wait("quiet", |s| s.said(|r| *r == Report::Quiet));
    assert_eq!(scene.arrivals().len(), 50);
    scene.look();
    assert_eq!(scene.arrivals().len(), 50, "nothing is reported twice");
    scene.write("waits.mp3", mp3());
    scene.waits("waits.mp3", Reason::Settling);
}
