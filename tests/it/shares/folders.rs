//! What a file manager does with whole folders on a real Samba share: copied slowly, moved in, collected.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::house::{House, clip, faulty, quick};

use super::mounted::Home;
use super::nas::{Nas, SHARE};
use super::{Kind, assert_rendered};

const FILM: &str = "make one film of all of it\n";

/// A started house on the server, with these faults and settings.
pub(super) fn nas(faults: &[&str], settings: &str) -> Nas {
    let mut nas = Nas::new(if faults.is_empty() { quick() } else { faulty(faults) }, settings, SHARE);
    nas.start();
    nas
}

/// A person collects a film and its report: read, then taken off the share.
#[track_caller]
pub(super) fn collected(nas: &Nas, stem: &str) -> String {
    nas.house.note(nas.house.outbox(format!("{stem}.report.txt")));
    assert_rendered(&nas.house, &nas.samba.get(&format!("outbox/{stem}.mp4")));
    let report = String::from_utf8(nas.samba.get(&format!("outbox/{stem}.report.txt"))).unwrap();
    let at = format!("outbox\\{}", stem.replace('/', "\\"));
    nas.samba.does(&format!("del \"{at}.mp4\"; del \"{at}.report.txt\""));
    report
}

/// Makes a folder on the share beside dakbox's own, where a person gets things ready.
fn prepare(nas: &Nas, folder: &str, files: &[(&str, &[u8])]) {
    nas.samba.does(&format!("mkdir desk; mkdir \"desk\\{folder}\""));
    for (name, bytes) in files {
        nas.samba.put(&format!("desk/{folder}/{name}"), bytes);
    }
}

#[track_caller]
fn put_away(nas: &Nas, folder: &str, files: &[&str]) {
    nas.house.wait_for(&format!("{folder} is put away"), || {
        !nas.house.inbox(folder).exists()
            && files.iter().all(|file| nas.house.archive(folder).join(file).exists())
    });
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_project_copied_with_pauses_is_one_film_though_its_text_comes_last() {
    let nas = nas(&[], "[watch]\nfolder_wait = '8s'\nsidecar_wait = '50ms'\n");
    nas.samba.does("mkdir inbox\\trip");
    nas.samba.put("inbox/trip/clip 10.mp4", clip("ten"));
    // Longer than a clip alone waits for its text.
    sleep(Duration::from_secs(1));
    let mut explorer = nas.samba.explorer("copy", "inbox\\trip\\clip 2.mp4", &clip("two"));
    explorer.says("sized");
    for _ in 0..8 {
        sleep(Duration::from_millis(200));
        explorer.go_on();
        explorer.says("piece");
    }
    explorer.says("closed");
    sleep(Duration::from_secs(1));
    assert_eq!(nas.house.world().requests("upload"), 0);
    nas.samba.put("inbox/trip/project.txt", FILM);
    let report = collected(&nas, "trip");
    assert!(report.contains(FILM.trim()), "{report}");
    put_away(&nas, "trip", &["clip 2.mp4", "clip 10.mp4", "project.txt"]);
    let world = nas.house.world();
    assert_eq!(world.uploaded_names(), ["clip 2.mp4", "clip 10.mp4"]);
    assert_eq!((world.accepted(), world.renders().len()), (vec![FILM.trim().to_owned()], 1));
    // Its film is gone from the share; words for a next version still know it.
    nas.samba.put("inbox/trip.v2.txt", "shorter");
    collected(&nas, "trip.v2");
    assert_eq!((nas.house.world().sessions().len(), nas.house.world().charges()), (1, 2));
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_project_moved_in_whole_by_a_rename_on_the_share_is_one_film() {
    let nas = nas(&[], "[watch]\nsidecar_wait = '50ms'\n");
    let name = "বাংলা ভ্রমণ 2026";
    let files: [(&str, &[u8]); 6] = [
        ("b.mp4", &clip("b")),
        ("a.mp4", &clip("a")),
        ("project.txt", FILM.as_bytes()),
        // What Windows and macOS leave beside them.
        ("Thumbs.db", b"\xd0\xcf\x11\xe0"),
        ("._a.mp4", b"\0\x05\x16\x07"),
        (".DS_Store", b"\0\0\0\x01Bud1"),
    ];
    prepare(&nas, name, &files);
    nas.samba.does(&format!("rename \"desk\\{name}\" \"inbox\\{name}\""));
    collected(&nas, name);
    nas.house.wait_for("it is put away", || nas.house.archive(name).join("project.txt").exists());
    nas.house.wait_for("no clip is left", || !nas.house.inbox(name).join("a.mp4").exists());
    eprintln!("left in the inbox: {:?}", House::names(&nas.house.inbox(name)));
    assert_eq!((nas.house.world().uploaded_names().len(), nas.house.world().charges()), (2, 1));
    // The person takes the whole folder out of the archive again.
    nas.samba.does(&format!("rename \"archive\\{name}\" \"desk\\done\""));
    assert!(nas.house.root("desk/done/a.mp4").exists());
}

#[test]
#[ignore = "slow: runs a Samba server, so it takes root and packages"]
fn a_batch_moved_in_gives_each_clip_its_film() {
    let nas = nas(&["upload:draft-forgets"], "");
    prepare(
        &nas,
        "day 1",
        &[
            ("2.mp4", &clip("two")),
            ("10.mp4", &clip("ten")),
            ("10.txt", b"\xff\xfem\0u\0s\0i\0c\0"),
            ("batch.txt", b"subtitles for all\r\n"),
        ],
    );
    nas.samba.does("rename \"desk\\day 1\" \"inbox\\day 1\"");
    for stem in ["2", "10"] {
        collected(&nas, &format!("day 1/{stem}"));
    }
    put_away(&nas, "day 1", &["2.mp4", "10.mp4", "10.txt", "batch.txt"]);
    let world = nas.house.world();
    assert_eq!(world.accepted(), ["subtitles for all", "music"]);
    assert_eq!((world.sessions().len(), world.renders().len()), (1, 2));
}

/// Moves on the server of a folder that dakbox sees over the network.
fn folders_on_a_share(kind: Kind) {
    let mut home = Home::on(kind);
    home.house.set("[watch]\nsidecar_wait = '50ms'\nfolder_wait = '2s'\n");
    home.house.start();
    home.drop_behind("trip/b.mp4", clip("b"));
    home.drop_behind("trip/a.mp4", clip("a"));
    home.drop_behind("trip/project.txt", FILM);
    let film = |name: &str| home.behind(&format!("outbox/{name}.mp4"));
    home.house.note(home.behind("outbox/trip.report.txt"));
    assert_rendered(&home.house, &fs::read(film("trip")).unwrap());
    home.house.wait_for("it is put away", || {
        home.behind("archive/trip/project.txt").exists() && !home.behind("inbox/trip").exists()
    });
    home.drop_behind("trip.v2.txt", "shorter");
    home.house.note(home.behind("outbox/trip.v2.report.txt"));
    assert!(film("trip.v2").exists());
    // A folder made ready beside the inbox, then moved in.
    home.drop_behind("../desk/1.mp4", clip("one"));
    home.drop_behind("../desk/2.mp4", clip("two"));
    home.drop_behind("../desk/batch.txt", "for all");
    fs::rename(home.behind("desk"), home.behind("inbox/day")).unwrap();
    for stem in ["day/1", "day/2"] {
        home.house.note(home.behind(&format!("outbox/{stem}.report.txt")));
        assert!(film(stem).exists());
    }
    home.house.wait_for("the batch is put away", || !home.behind("inbox/day").exists());
    let world = home.house.world();
    assert_eq!(world.accepted(), [FILM.trim(), "shorter", "for all", "for all"]);
    assert_eq!((world.charges(), world.most_charged()), (4, 1));
}

#[test]
#[ignore = "slow: mounts sshfs, so it takes root and packages"]
fn folders_moved_behind_sshfs_are_projects_and_batches() {
    folders_on_a_share(Kind::Sshfs);
}

#[test]
#[ignore = "slow: mounts smbnetfs on a Samba server, so it takes root and packages"]
fn folders_moved_behind_smbnetfs_are_projects_and_batches() {
    folders_on_a_share(Kind::Smbnetfs);
}
