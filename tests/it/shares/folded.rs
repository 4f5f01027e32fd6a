//! A disk to which `Talk` and `TALK` are one name: exFAT, as sticks and cameras bring it, without hard links and rights.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::house::{House, clip, files_below, quick};

use super::{must, program};

/// An exFAT disk in a file, mounted until it is dropped.
struct Stick {
    device: String,
    at: PathBuf,
}

impl Stick {
    #[track_caller]
    fn mount(house: &House) -> Self {
        let (image, at) = (house.path("stick.img"), house.path("stick"));
        fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
        must(Command::new(program("mkfs.exfat", "exfatprogs")).arg(&image));
        let device = must(Command::new(program("losetup", "mount")).args(["--find", "--show"]).arg(&image))
            .trim()
            .to_owned();
        fs::create_dir(&at).unwrap();
        let stick = Self { device, at };
        must(Command::new(program("mount.exfat-fuse", "exfat-fuse")).arg(&stick.device).arg(&stick.at));
        stick
    }
}

impl Drop for Stick {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.at).status();
        let _ = Command::new("losetup").arg("--detach").arg(&self.device).status();
    }
}

fn names(root: &Path) -> Vec<String> {
    let mut names: Vec<_> = files_below(root)
        .iter()
        .map(|path| path.strip_prefix(root).unwrap().display().to_string())
        .filter(|name| name != ".dakbox")
        .collect();
    names.sort();
    names
}

#[test]
#[ignore = "slow: an exFAT disk by FUSE"]
fn names_that_differ_in_case_alone_never_replace_one_another() {
    let mut house = House::with(quick(), "");
    let stick = Stick::mount(&house);
    let root = stick.at.join("clips");
    fs::create_dir_all(root.join("inbox")).unwrap();
    fs::write(root.join("inbox/Probe"), "").unwrap();
    assert!(root.join("inbox/pROBE").exists(), "to this disk they are one name");
    fs::remove_file(root.join("inbox/Probe")).unwrap();
    house.set(&format!("[folders]\nroot = {:?}\n", root.display().to_string()));
    house.start();
    let first = clip("talk");
    fs::write(root.join("inbox/talk.txt"), "words").unwrap();
    fs::write(root.join("inbox/Talk.MP4"), &first).unwrap();
    house.wait_for("the first is done", || {
        names(&root) == ["archive/Talk.MP4", "archive/talk.txt", "outbox/Talk.mp4", "outbox/Talk.report.txt"]
    });
    let film = fs::read(root.join("outbox/Talk.mp4")).unwrap();
    let second = clip("another");
    fs::write(root.join("inbox/TALK.txt"), "other words").unwrap();
    fs::write(root.join("inbox/TALK.mp4"), &second).unwrap();
    house.wait_for("the second is done, beside the first", || {
        names(&root)
            == [
                "archive/TALK (2).mp4",
                "archive/TALK (2).txt",
                "archive/Talk.MP4",
                "archive/talk.txt",
                "outbox/TALK (2).mp4",
                "outbox/TALK (2).report.txt",
                "outbox/Talk.mp4",
                "outbox/Talk.report.txt",
            ]
    });
    assert_eq!(fs::read(root.join("outbox/Talk.mp4")).unwrap(), film);
    assert_eq!(fs::read(root.join("archive/Talk.MP4")).unwrap(), first);
    assert_eq!(fs::read(root.join("archive/TALK (2).mp4")).unwrap(), second);
    let world = house.world();
    assert_eq!((world.charges(), world.accepted()), (2, vec!["words".to_owned(), "other words".to_owned()]));
    house.stop();
}
