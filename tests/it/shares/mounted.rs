//! The daemon itself on a network file system: what is dropped behind it comes back behind it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use crate::house::{House, WORDS, clip, files_below, quick, sha256};

use super::nas::GROUP;
use super::{Kind, Served, assert_rendered};

/// A house whose root lies on a share.
pub(super) struct Home {
    pub(super) served: Served,
    pub(super) house: House,
}

impl Home {
    #[track_caller]
    pub(super) fn on(kind: Kind) -> Self {
        eprintln!("on {kind:?}");
        let mut house = House::with(quick(), "");
        let served = Served::mount(kind, &house.path("server"), &house.path("mnt"));
        // The house's own names lead to the share.
        fs::remove_dir_all(house.root("")).unwrap();
        symlink(served.root(), house.path("clips")).unwrap();
        house.set(&format!("[folders]\nroot = {:?}\n", served.root().display().to_string()));
        let home = Self { served, house };
        home.folder_behind("inbox");
        home
    }

    pub(super) fn behind(&self, name: &str) -> PathBuf {
        self.served.behind.join(name)
    }

    /// Somebody else writes into the folder that is served: no event of the mount tells of it.
    pub(super) fn drop_behind(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.behind("inbox").join(name);
        if !path.parent().unwrap().exists() {
            self.folder_behind(&format!("inbox/{}", Path::new(name).parent().unwrap().display()));
        }
        fs::write(&path, bytes).unwrap();
        // The group may write, as the server is told to make its files: rclone sets their time.
        chown(&path, None, Some(GROUP)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
    }

    /// Somebody makes a folder there, as the server is told to make them.
    fn folder_behind(&self, name: &str) {
        fs::create_dir_all(self.behind(name)).unwrap();
        chown(self.behind(name), None, Some(GROUP)).unwrap();
        fs::set_permissions(self.behind(name), Permissions::from_mode(0o2775)).unwrap();
    }

    #[track_caller]
    pub(super) fn delivered_behind(&self, stem: &str) -> Vec<u8> {
        let [film, archived, report] = [
            format!("outbox/{stem}.mp4"),
            format!("archive/{stem}.mp4"),
            format!("outbox/{stem}.report.txt"),
        ]
        .map(|name| self.behind(&name));
        self.house.wait_for(&format!("{stem} is delivered"), || {
            film.exists() && archived.exists() && report.exists()
        });
        self.house.wait_for("its clip is gone from the inbox", || {
            !self.behind(&format!("inbox/{stem}.mp4")).exists()
        });
        // rclone shows a film behind it while it is still bringing it there.
        self.house.wait_for("the film is whole", || self.is_film(&film));
        fs::read(film).unwrap()
    }

    /// Whether one of the films that were rendered lies there, byte for byte.
    fn is_film(&self, path: &Path) -> bool {
        fs::read(path).is_ok_and(|bytes| self.house.world().films().contains(&sha256(&bytes)))
    }
}

/// Drop → film, on a share: watched by looking, paid for once, nothing overwritten, nothing half made left.
fn a_share(kind: Kind) {
    let mut home = Home::on(kind);
    let bytes = clip("talk");
    home.drop_behind("talk.txt", WORDS);
    home.drop_behind("talk.mp4", &bytes);
    home.house.start();
    let film = home.delivered_behind("talk");
    assert_rendered(&home.house, &film);
    assert_eq!(fs::read(home.behind("archive/talk.mp4")).unwrap(), bytes);
    let words = || fs::read_to_string(home.behind("archive/talk.txt")).ok();
    home.house.wait_for("its text lies beside it", || words().as_deref() == Some(WORDS));

    // While it runs, in a folder of its own, with a name of many bytes; the film's name is taken already.
    let name = "বাংলা é";
    home.folder_behind("outbox/news");
    fs::write(home.behind(&format!("outbox/news/{name}.mp4")), "mine").unwrap();
    home.drop_behind(&format!("news/{name}.txt"), WORDS);
    home.drop_behind(&format!("news/{name}.mp4"), clip("second"));
    let second = home.behind(&format!("outbox/news/{name} (2).mp4"));
    home.house.wait_for("the second film is there", || home.is_film(&second));
    home.house.wait_for("its clip is put away", || home.behind(&format!("archive/news/{name}.mp4")).exists());
    assert_eq!(fs::read(home.behind(&format!("outbox/news/{name}.mp4"))).unwrap(), b"mine");

    assert_eq!(home.house.stop(), Some(0));
    let world = home.house.world();
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (2, 1, 2));
    // What is behind may lag a little where a program writes it later.
    home.house.wait_for("each clip and text is put away once, and nothing else is left", || {
        let files = files_below(&home.served.behind);
        let below = |name: &str| files.iter().filter(|file| file.starts_with(home.behind(name))).count();
        let half = files.iter().any(|file| file.extension() == Some("part".as_ref()));
        (below("inbox"), below("archive"), below("outbox"), half) == (0, 4, 5, false)
    });
    let log = home.house.log();
    assert!(log.contains("poll"), "how it is watched is told");
}

#[test]
#[ignore = "slow: mounts sshfs, so it takes root and packages"]
fn a_clip_dropped_behind_sshfs_comes_back_through_it() {
    a_share(Kind::Sshfs);
}

#[test]
#[ignore = "slow: mounts smbnetfs on a Samba server, so it takes root and packages"]
fn a_clip_dropped_behind_smbnetfs_comes_back_through_it() {
    a_share(Kind::Smbnetfs);
}

/// Only the inbox lies there, and nothing can be written to it: clips stay where they are, and are known again.
#[test]
#[ignore = "slow: mounts rclone on a Samba server, so it takes root and packages"]
fn a_share_that_can_only_be_read_is_an_inbox() {
    let mut house = House::set_up("[folders]\nafter_success = \"leave\"\n");
    let served = Served::mount(Kind::Rclone, &house.path("server"), &house.path("mnt"));
    house.set(&format!("[folders]\ninbox = {:?}\n", served.root().display().to_string()));
    fs::write(served.behind.join("talk.txt"), WORDS).unwrap();
    fs::write(served.behind.join("talk.mp4"), clip("talk")).unwrap();
    house.start();
    for stem in ["talk", "later"] {
        house.wait_for("its film is there", || house.outbox(format!("{stem}.report.txt")).exists());
        assert_rendered(&house, &fs::read(house.outbox(format!("{stem}.mp4"))).unwrap());
        if stem == "talk" {
            fs::write(served.behind.join("later.txt"), WORDS).unwrap();
            fs::write(served.behind.join("later.mp4"), clip("later")).unwrap();
        }
    }
    // After a stop as well.
    assert_eq!(house.stop(), Some(0));
    house.start();
    fs::write(served.behind.join("third.txt"), WORDS).unwrap();
    fs::write(served.behind.join("third.mp4"), clip("third")).unwrap();
    house.wait_for("a third film is there", || house.outbox("third.report.txt").exists());
    assert_eq!((house.world().charges(), house.world().most_charged()), (3, 1));
    assert_eq!(House::names(&served.behind).len(), 6, "all as it was");
}

#[test]
#[ignore = "slow: mounts rclone on a Samba server, so it takes root and packages"]
fn a_clip_dropped_behind_rclone_comes_back_through_it() {
    a_share(Kind::RcloneToWrite);
}

#[test]
#[ignore = "slow: mounts bindfs, so it takes root and packages"]
fn a_clip_dropped_behind_bindfs_comes_back_through_it() {
    a_share(Kind::Bindfs);
}
