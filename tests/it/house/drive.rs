//! A drive whose power can be cut. The house's folders lie on ext4, in a file on an XFS that shares blocks: a copy of that
//! file is made at one instant, holds what the drive holds then, and nothing that is still in memory.
//! All of it needs root.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::House;
use super::disk::{mount, unmount};

/// The house's folders that lie on the drive.
const FOLDERS: [&str; 2] = ["clips", "state"];

/// The drive. When it is dropped it is taken away, whoever still has files open there.
pub(crate) struct Drive {
    /// Outside of the house: who looks through that must not find everything twice.
    top: TempDir,
    /// The places in the house, in the order of `FOLDERS`.
    places: [PathBuf; 2],
    /// Whether each folder is a file system of its own: then no fsync of the one carries the other along.
    is_split: bool,
    /// How often the power was cut.
    cuts: u32,
}

impl Drive {
    /// Lays the root and the state folder of a house, in which nothing lies yet, onto a drive.
    #[track_caller]
    pub(crate) fn under(house: &House, is_split: bool) -> Self {
        let top = tempfile::Builder::new().prefix("dakbox-it-drive-").tempdir().unwrap();
        let drive = Self { top, places: FOLDERS.map(|name| house.path(name)), is_split, cuts: 0 };
        let image = drive.top.path().join("host.img");
        made(&image, 512, &["mkfs.xfs", "-q", "-m", "reflink=1"]);
        mount_image(&image, &drive.host());
        for (name, place) in drive.disks() {
            made(&drive.image(name), 64, &["mkfs.ext4", "-q", "-F"]);
            mount_image(&drive.image(name), &place);
        }
        drive.bind();
        fs::create_dir_all(house.inbox("")).unwrap();
        drive
    }

    /// Where the XFS lies.
    fn host(&self) -> PathBuf {
        self.top.path().join("host")
    }

    /// Each ext4, and where it lies.
    fn disks(&self) -> Vec<(&'static str, PathBuf)> {
        if self.is_split {
            FOLDERS.into_iter().zip(self.places.clone()).collect()
        } else {
            vec![("disk", self.top.path().join("disk"))]
        }
    }

    /// What it holds now, or held at the last cut.
    fn image(&self, disk: &str) -> PathBuf {
        self.host().join(format!("{disk}-{}.img", self.cuts))
    }

    /// Shows the folders of the one ext4 in their places.
    fn bind(&self) {
        for (name, place) in FOLDERS.iter().zip(&self.places).filter(|_| !self.is_split) {
            let folder = self.top.path().join("disk").join(name);
            for folder in [&folder, place] {
                fs::create_dir_all(folder).unwrap();
            }
            mount(&["--bind", folder.to_str().unwrap()], place);
        }
    }

    fn take_away(&self) {
        self.places.iter().filter(|_| !self.is_split).for_each(|place| unmount(place));
        self.disks().iter().for_each(|(_, place)| unmount(place));
    }

    /// Everything written so far is on the drive.
    pub(crate) fn sync(&self) {
        for place in &self.places {
            rustix::fs::syncfs(File::open(place).unwrap()).unwrap();
        }
    }

    /// Keeps what the drive holds now. Whoever writes there must have been stopped before, or does more than a program
    /// without power can.
    #[track_caller]
    pub(crate) fn keep(&mut self) {
        let now: Vec<_> = self.disks().iter().map(|(name, _)| self.image(name)).collect();
        self.cuts += 1;
        for (now, (name, _)) in now.iter().zip(self.disks()) {
            run(&["cp".as_ref(), "--reflink=always".as_ref(), now.as_ref(), self.image(name).as_ref()]);
            let _ = fs::remove_file(now);
        }
    }

    /// The power comes back: what was kept lies in the house's folders.
    #[track_caller]
    pub(crate) fn come_back(&self) {
        self.take_away();
        for (name, place) in self.disks() {
            mount_image(&self.image(name), &place);
        }
        self.bind();
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.take_away();
        unmount(&self.host());
    }
}

#[track_caller]
fn mount_image(image: &Path, place: &Path) {
    fs::create_dir_all(place).unwrap();
    mount(&["-o", "loop", image.to_str().unwrap()], place);
}

/// A file of so many MiB with a file system in it.
#[track_caller]
fn made(image: &Path, size: u64, maker: &[&str]) {
    File::create_new(image).unwrap().set_len(size << 20).unwrap();
    let maker: Vec<&OsStr> = maker.iter().map(OsStr::new).chain([image.as_os_str()]).collect();
    run(&maker);
}

#[track_caller]
fn run(command: &[&OsStr]) {
    // What makes file systems does not lie where other programs do.
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let mut ran = Command::new("env");
    let ran = ran.env("PATH", path).args(command).output().unwrap();
    assert!(ran.status.success(), "NOT TRIED: {command:?}: {}", String::from_utf8_lossy(&ran.stderr));
}
