//! A folder that lies on a server, and the same folder as a network file system shows it.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ssh::Ssh;
use super::{Samba, must, program};
use crate::house::{LONG, picture_of};

/// What shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// SFTP from a real sshd.
    Sshfs,
    /// SMB from a real smbd, by libsmbclient.
    Smbnetfs,
    /// SMB from a real smbd, by rclone, only to read.
    Rclone,
    /// The same, to write as well: it answers first, and does what was asked of it seconds later.
    RcloneToWrite,
    /// The folder itself: what is written in it is no event for who watches the mount.
    Bindfs,
}

impl Kind {
    /// Those that hold a whole root.
    pub(super) const WHOLE: [Self; 3] = [Self::Sshfs, Self::Smbnetfs, Self::Bindfs];
}

enum Server {
    Ssh(Ssh),
    Samba(Samba),
    None,
}

/// The mount; taken away when this is dropped.
pub(super) struct Served {
    kind: Kind,
    server: Server,
    /// Where it lies.
    pub(super) behind: PathBuf,
    top: PathBuf,
    process: Option<Child>,
}

impl Served {
    /// Makes a folder `behind`, serves it, and mounts it at `top`. The folder seen is [`Served::root`].
    #[track_caller]
    pub(super) fn mount(kind: Kind, behind: &Path, top: &Path) -> Self {
        assert!(Path::new("/dev/fuse").exists(), "NOT TRIED: there is no /dev/fuse here");
        program("fusermount3", "fuse3");
        fs::create_dir_all(behind).unwrap();
        fs::create_dir_all(top).unwrap();
        chown(behind, None, Some(super::nas::GROUP)).unwrap();
        fs::set_permissions(behind, fs::Permissions::from_mode(0o2775)).unwrap();
        let server = match kind {
            Kind::Sshfs => Server::Ssh(Ssh::serve()),
            Kind::Smbnetfs | Kind::Rclone | Kind::RcloneToWrite => {
                Server::Samba(Samba::serve(behind, super::nas::SHARE))
            }
            Kind::Bindfs => Server::None,
        };
        let mut mounted =
            Self { kind, server, behind: behind.to_owned(), top: top.to_owned(), process: None };
        mounted.again();
        mounted
    }

    /// The folder as the network file system shows it.
    pub(super) fn root(&self) -> PathBuf {
        match &self.server {
            Server::Samba(samba) if self.kind == Kind::Smbnetfs => {
                self.top.join(&samba.address).join("clips")
            }
            _ => self.top.clone(),
        }
    }

    /// Mounts it.
    #[track_caller]
    pub(super) fn again(&mut self) {
        let probe = self.behind.join(".probe");
        File::create(&probe).unwrap();
        let mut command = self.command();
        // In a group of its own, so that all of it ends with it.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        let log = File::create(self.log()).unwrap();
        self.process = Some(command.stderr(log).spawn().unwrap());
        let until = Instant::now() + LONG;
        while !self.root().join(".probe").exists() {
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            assert!(Instant::now() < until, "{:?} is not mounted: {log}", self.kind);
            sleep(Duration::from_millis(50));
        }
        fs::remove_file(probe).unwrap();
    }

    fn log(&self) -> PathBuf {
        self.behind.with_extension("mount.log")
    }

    fn command(&self) -> Command {
        match (self.kind, &self.server) {
            (Kind::Sshfs, Server::Ssh(ssh)) => {
                let mut sshfs = Command::new(program("sshfs", "sshfs"));
                sshfs.args(["-f", "-p", &ssh.port.to_string(), "-o"]);
                sshfs.arg(format!("IdentityFile={},StrictHostKeyChecking=no", ssh.key().display()));
                sshfs.args(["-o", "UserKnownHostsFile=/dev/null,reconnect,dcache_timeout=1"]);
                sshfs.arg(format!("root@127.0.0.1:{}", self.behind.display())).arg(&self.top);
                sshfs
            }
            (Kind::Smbnetfs, Server::Samba(samba)) => {
                let home = self.behind.with_extension("home");
                fs::create_dir_all(home.join(".smb")).unwrap();
                let login = home.join(".smb/smbnetfs.conf");
                fs::write(&login, format!("auth {} games pw\n", samba.address)).unwrap();
                fs::set_permissions(&login, fs::Permissions::from_mode(0o600)).unwrap();
                fs::write(home.join(".smb/smb.conf"), "[global]\nclient min protocol = SMB2\n").unwrap();
                let mut smbnetfs = Command::new(program("smbnetfs", "smbnetfs"));
                smbnetfs.arg("-f").arg(&self.top).env("HOME", home);
                smbnetfs
            }
            (Kind::Rclone | Kind::RcloneToWrite, Server::Samba(samba)) => {
                let rclone = program("rclone", "rclone");
                let password = must(Command::new(&rclone).args(["obscure", "pw"]));
                let mut mount = Command::new(rclone);
                mount.args(["mount", ":smb:clips"]).arg(&self.top);
                mount.args([
                    "--smb-host",
                    &samba.address,
                    "--smb-user",
                    "games",
                    "--smb-pass",
                    password.trim(),
                ]);
                mount.args(["--config", "/dev/null", "--dir-cache-time", "1s", "--cache-dir"]);
                mount.arg(self.behind.with_extension("cache"));
                match self.kind {
                    Kind::Rclone => mount.arg("--read-only"),
                    _ => mount.args(["--vfs-cache-mode", "full"]),
                };
                mount
            }
            _ => {
                let mut bindfs = Command::new(program("bindfs", "bindfs"));
                bindfs.arg("-f").arg(&self.behind).arg(&self.top);
                bindfs
            }
        }
    }

    /// The share is gone: its program dies, and nothing is mounted any more.
    pub(super) fn goes_away(&mut self) {
        if let Some(mut process) = self.process.take() {
            if let Some(pid) = i32::try_from(process.id()).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
            }
            let _ = process.wait();
        }
        let _ = Command::new("umount").arg("-l").arg(&self.top).stderr(Stdio::null()).status();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- behind {:?}\n{}", self.kind, picture_of(&self.behind));
            eprintln!("--- its log\n{}", fs::read_to_string(self.log()).unwrap_or_default());
        }
        self.goes_away();
    }
}
