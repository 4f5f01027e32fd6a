//! dakbox on the server itself: people come through a real Samba server, from Windows and from macOS.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use crate::house::{House, WORDS, clip, faulty, files_below, quick};

use super::{Samba, assert_rendered};
use dakbox_sandbox::Options;

/// The group that people and dakbox share: `users`, which every Debian has.
pub(super) const GROUP: u32 = 100;
/// dakbox's own user: `proxy`, whom every Debian has.
const DAKBOX: u32 = 13;
/// A share as people set it up.
pub(super) const SHARE: &str = "force group = users\ncreate mask = 0664\ndirectory mask = 2775";

/// A house that people reach through Samba, worked by a user of its own in their group.
pub(super) struct Nas {
    pub(super) samba: Samba,
    pub(super) house: House,
}

impl Nas {
    #[track_caller]
    pub(super) fn new(options: Options, settings: &str, share: &str) -> Self {
        let house = House::with(options, settings);
        let shared = |folder: &Path, owner: u32, mode: u32| {
            fs::create_dir_all(folder).unwrap();
            chown(folder, Some(owner), Some(GROUP)).unwrap();
            fs::set_permissions(folder, Permissions::from_mode(mode)).unwrap();
        };
        shared(&house.path(""), 0, 0o755);
        shared(&house.path("state"), DAKBOX, 0o700);
        shared(&house.root(""), 0, 0o2775);
        shared(&house.inbox(""), 0, 0o2775);
        let samba = Samba::serve(&house.root(""), share);
        Self { samba, house }
    }

    pub(super) fn start(&mut self) {
        let who = [format!("--reuid={DAKBOX}"), format!("--regid={DAKBOX}"), format!("--groups={GROUP}")];
        let command = self.house.command_under(&["setpriv", &who[0], &who[1], &who[2]]);
        self.house.daemon = Some(self.house.spawn_as(command));
    }
}

/// The people's files are another user's and `0644`; folders are the group's.
#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_clip_dropped_through_samba_comes_back_through_samba() {
    let share = "force group = users\ncreate mask = 0644\ndirectory mask = 2775\nstrict sync = yes\n\
                 kernel change notify = yes";
    let mut nas = Nas::new(quick(), "", share);
    nas.start();
    let bytes = clip("talk");
    nas.samba.put("inbox/talk.mp4", &bytes);
    nas.samba.put("inbox/talk.txt", "\u{feff}add Bangla subtitles, please\r\n");
    nas.house.delivered("talk");
    let film = nas.samba.get("outbox/talk.mp4");
    assert_rendered(&nas.house, &film);
    let kept = fs::metadata(nas.house.archive("talk.mp4")).unwrap();
    assert_eq!((kept.uid(), kept.gid(), kept.mode() & 0o777), (5, GROUP, 0o644), "as it was dropped");
    let film = fs::metadata(nas.house.outbox("talk.mp4")).unwrap();
    assert_eq!((film.uid(), film.gid(), film.mode() & 0o777), (DAKBOX, GROUP, 0o664));
    // The person may give it another name, and take it away.
    nas.samba
        .does("rename outbox\\talk.mp4 outbox\\mine.mp4; del outbox\\mine.mp4; del outbox\\talk.report.txt");
    assert_eq!(House::names(&nas.house.outbox("")), [""; 0]);
    assert_eq!((nas.house.world().charges(), nas.house.world().most_charged()), (1, 1));
}

/// Windows sets the full size first and fills it in order, for as long as it takes.
#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_slow_copy_by_explorer_is_taken_when_it_is_filled() {
    let mut nas = Nas::new(quick(), "", SHARE);
    nas.start();
    let bytes = clip("slow");
    nas.samba.put("inbox/slow.txt", WORDS);
    let mut explorer = nas.samba.explorer("copy", "inbox\\slow.mp4", &bytes);
    explorer.says("sized");
    for piece in 0..8 {
        if piece == 4 {
            // Half of it lies there, of its full size, for longer than anything settles.
            nas.house.waits("slow", "not-whole");
        }
        assert_eq!(nas.house.world().requests("upload"), 0, "piece {piece}");
        explorer.go_on();
        explorer.says("piece");
    }
    explorer.says("closed");
    nas.house.delivered("slow");
    assert_rendered(&nas.house, &nas.samba.get("outbox/slow.mp4"));
    assert_eq!(nas.house.world().uploaded(), [crate::house::sha256(&bytes)]);
}

/// macOS: its own files beside each clip, names in pieces; and names that only a server's disk can hold.
#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn names_from_macos_and_whole_folders_are_worked() {
    let mut nas = Nas::new(quick(), "", SHARE);
    nas.start();
    let long = "x".repeat(251);
    let names = ["cafe\u{301} re\u{301}sume\u{301}", "বাংলা ভিডিও", "it's (a) #talk & more", " blank ", &long];
    nas.samba.put("inbox/.DS_Store", "\0\0\0\u{1}Bud1");
    for name in names {
        nas.samba.put(&format!("inbox/._{}.mp4", &name[..name.len().min(20) / 4 * 3]), "\0\u{5}\u{16}\u{7}");
        nas.samba.put(&format!("inbox/{name}.txt"), WORDS);
        nas.samba.put(&format!("inbox/{name}.mp4"), clip(name));
    }
    // A folder is made, then filled.
    nas.samba.put("inbox/gone.txt", "words that are taken away again");
    nas.samba.does("mkdir inbox\\news; rename inbox\\gone.txt inbox\\away.txt; del inbox\\away.txt");
    nas.samba.put("inbox/news/one.mp4", clip("one"));
    nas.samba.put("inbox/news/one.txt", WORDS);
    for name in names.into_iter().chain(["news/one"]) {
        // The film's name is shorter where the report's would not fit beside it.
        let film = || {
            let films = files_below(&nas.house.outbox(""));
            let begins = nas.house.outbox(&name[..name.len().min(200)]);
            films.into_iter().find(|film| {
                film.extension() == Some("mp4".as_ref())
                    && film.as_os_str().as_encoded_bytes().starts_with(begins.as_os_str().as_encoded_bytes())
            })
        };
        nas.house.wait_for(&format!("{name} is there"), || film().is_some());
        nas.house.wait_for(&format!("{name} is put away"), || {
            nas.house.archive(format!("{name}.mp4")).exists()
                && !nas.house.inbox(format!("{name}.mp4")).exists()
        });
        let film = film().unwrap();
        let film = film.strip_prefix(nas.house.root("")).unwrap().to_str().unwrap().to_owned();
        assert_rendered(&nas.house, &nas.samba.get(&film));
    }
    let world = nas.house.world();
    assert_eq!((world.charges(), world.most_charged()), (6, 1), "none of the system's own files");
    let left: Vec<_> =
        House::names(&nas.house.inbox("")).into_iter().filter(|n| !n.starts_with('.')).collect();
    assert_eq!(left, ["news"]);
}

/// What people do at the share while it works.
#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn what_people_rename_delete_and_hold_open_while_it_works() {
    let mut nas = Nas::new(faulty(&["upload:delay=800ms"]), "", SHARE);
    nas.start();
    // Renamed while it is uploaded: the same job, one charge, under the new name.
    nas.samba.put("inbox/old.txt", WORDS);
    nas.samba.put("inbox/old.mp4", clip("old"));
    nas.house.wait_world("it is uploaded", |world| world.requests("upload") == 1);
    nas.samba.does("rename inbox\\old.mp4 inbox\\new.mp4; rename inbox\\old.txt inbox\\new.txt");
    nas.house.delivered("new");
    // Deleted before its message: nothing is paid.
    nas.samba.put("inbox/oops.txt", WORDS);
    nas.samba.put("inbox/oops.mp4", clip("oops"));
    nas.house.wait_world("it is uploaded", |world| world.requests("upload") >= 2);
    nas.samba.does("del inbox\\oops.mp4");
    // A film that somebody watches, and lets nobody else touch, holds up no other.
    let mut player = nas.samba.explorer("hold", "outbox\\new.mp4", b"");
    player.says("open");
    nas.samba.does("mkdir inbox\\next");
    nas.samba.put("inbox/more.txt", WORDS);
    nas.samba.put("inbox/more.mp4", clip("more"));
    nas.house.delivered("more");
    player.go_on();
    player.says("closed");
}

/// A folder that its maker keeps to himself: the film is made, and it is said why the clip can't be put away.
#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_folder_that_others_may_not_change_is_told_of() {
    let share = "force group = users\ncreate mask = 0644\ndirectory mask = 0755";
    let mut nas = Nas::new(quick(), "", share);
    nas.start();
    nas.samba.does("mkdir inbox\\news");
    nas.samba.put("inbox/news/talk.txt", WORDS);
    nas.samba.put("inbox/news/talk.mp4", clip("talk"));
    let film = nas.house.outbox("news/talk.mp4");
    nas.house.wait_for("the film is there", || film.exists());
    let note = nas.house.note(nas.house.outbox("news/talk.waiting.txt"));
    assert!(note.contains("Permission denied"), "{note}");
    eprintln!("{note}");
    // Its maker opens it to the group, as the note says.
    fs::set_permissions(nas.house.inbox("news"), Permissions::from_mode(0o2775)).unwrap();
    nas.house.delivered("news/talk");
    assert_eq!((nas.house.world().charges(), nas.house.world().most_charged()), (1, 1));
}
