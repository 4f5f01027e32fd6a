//! A drive whose power can be cut. The house's folders lie on an ext4, in a file on an XFS that shares blocks: a copy of
//! that file, which is made at one instant, is what the drive holds at that instant and what is still in memory is not.
//! All of it needs root.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::PathBuf;
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
    /// How often the power was cut.
    cuts: u32,
}

impl Drive {
    /// Lays the root and the state folder of a house, in which nothing lies yet, onto a drive.
    #[track_caller]
    pub(crate) fn under(house: &House) -> Self {
        let top = tempfile::Builder::new().prefix("dakbox-it-drive-").tempdir().unwrap();
        let drive = Self { top, places: FOLDERS.map(|name| house.path(name)), cuts: 0 };
        for folder in [drive.host(), drive.disk()].iter().chain(&drive.places) {
            fs::create_dir_all(folder).unwrap();
        }
        let host = drive.top.path().join("host.img");
        made(&host, 512, &["mkfs.xfs", "-q", "-m", "reflink=1"]);
        mount(&["-o", "loop", host.to_str().unwrap()], &drive.host());
        made(&drive.image(), 64, &["mkfs.ext4", "-q", "-F"]);
        mount(&["-o", "loop", drive.image().to_str().unwrap()], &drive.disk());
        for name in FOLDERS {
            fs::create_dir_all(drive.disk().join(name)).unwrap();
        }
        drive.show();
        fs::create_dir_all(house.inbox("")).unwrap();
        drive
    }

    /// Where the XFS lies.
    fn host(&self) -> PathBuf {
        self.top.path().join("host")
    }

    /// Where the ext4 lies.
    fn disk(&self) -> PathBuf {
        self.top.path().join("disk")
    }

    /// Everything written so far is on the drive.
    pub(crate) fn sync(&self) {
        rustix::fs::syncfs(File::open(self.disk()).unwrap()).unwrap();
    }

    /// Keeps what the drive holds now. Whoever writes there must have been stopped before, or does more than a program
    /// without power can.
    #[track_caller]
    pub(crate) fn keep(&mut self) {
        let now = self.image();
        self.cuts += 1;
        run(&["cp".as_ref(), "--reflink=always".as_ref(), now.as_ref(), self.image().as_ref()]);
    }

    /// The power comes back: what was kept lies in the house's folders.
    #[track_caller]
    pub(crate) fn come_back(&self) {
        self.places.iter().chain([&self.disk()]).for_each(|place| unmount(place));
        mount(&["-o", "loop", self.image().to_str().unwrap()], &self.disk());
        self.show();
        let _ = fs::remove_file(self.host().join(format!("{}.img", self.cuts - 1)));
    }

    fn image(&self) -> PathBuf {
        self.host().join(format!("{}.img", self.cuts))
    }

    fn show(&self) {
        for (name, place) in FOLDERS.iter().zip(&self.places) {
            mount(&["--bind", self.disk().join(name).to_str().unwrap()], place);
        }
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.places.iter().chain([&self.disk(), &self.host()]).for_each(|place| unmount(place));
    }
}

/// A file of so many MiB with a file system in it.
#[track_caller]
fn made(image: &PathBuf, size: u64, maker: &[&str]) {
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
