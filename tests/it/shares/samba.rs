//! A Samba server of a test's own: one share, one person, on a loopback address nobody else uses.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{must, program};
use crate::house::LONG;

/// The person: a user every Debian has, with a password of this server alone.
pub(super) const PERSON: &str = "games";
const PASSWORD: &str = "pw";

/// The server. The share is called `clips`.
pub(super) struct Samba {
    process: Child,
    dir: TempDir,
    pub(super) address: String,
}

impl Samba {
    /// Serves a folder with lines such as people set for a share.
    #[track_caller]
    pub(super) fn serve(folder: &Path, lines: &str) -> Self {
        let (smbd, passwd) = (program("smbd", "samba"), program("smbpasswd", "samba-common-bin"));
        program("smbclient", "smbclient");
        let dir = tempfile::Builder::new().prefix("dakbox-smb-").tempdir().unwrap();
        let address = free_address();
        let at = dir.path().display();
        for name in ["private", "lock", "state", "cache", "pid", "ncalrpc", "log"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let settings = format!(
            "[global]\nserver role = standalone server\ninterfaces = {address}/8\nbind interfaces only = yes\n\
             smb ports = 445\nprivate dir = {at}/private\nlock directory = {at}/lock\nstate directory = {at}/state\n\
             cache directory = {at}/cache\npid directory = {at}/pid\nncalrpc dir = {at}/ncalrpc\n\
             log file = {at}/log/smbd\npassdb backend = tdbsam:{at}/private/passdb.tdb\ndisable netbios = yes\n\
             load printers = no\ndisable spoolss = yes\n\
             [clips]\npath = {}\nread only = no\n{lines}\n",
            folder.display()
        );
        let file = dir.path().join("smb.conf");
        fs::write(&file, settings).unwrap();
        let mut add = Command::new(passwd);
        add.arg("-c").arg(&file).args(["-s", "-a", PERSON]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut add = add.spawn().unwrap();
        add.stdin.take().unwrap().write_all(format!("{PASSWORD}\n{PASSWORD}\n").as_bytes()).unwrap();
        assert!(add.wait().unwrap().success(), "no password for {PERSON}");
        let mut serve = Command::new(smbd);
        serve.arg("-s").arg(&file).args(["-F", "--no-process-group", "-l"]).arg(dir.path().join("log"));
        // Told to end, it ends its whole group.
        serve.process_group(0);
        let process = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let samba = Self { process, dir, address };
        let until = Instant::now() + LONG;
        while !samba.client("ls").output().unwrap().status.success() {
            assert!(Instant::now() < until, "smbd does not answer: {}", samba.log());
            sleep(Duration::from_millis(50));
        }
        samba
    }

    pub(super) fn settings(&self) -> String {
        self.dir.path().join("smb.conf").display().to_string()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log/smbd")).unwrap_or_default()
    }

    /// `smbclient` with these commands.
    fn client(&self, commands: &str) -> Command {
        let mut client = Command::new("smbclient");
        let share = format!("//{}/clips", self.address);
        client.args([&share, "-s", &self.settings(), "-U", &format!("{PERSON}%{PASSWORD}"), "-c", commands]);
        client.current_dir(self.dir.path()).stdin(Stdio::null());
        client
    }

    /// What a person does at the share, each command as `smbclient` has it; all must succeed.
    #[track_caller]
    pub(super) fn does(&self, commands: &str) -> String {
        must(&mut self.client(commands))
    }

    /// A person puts a file there, under any name.
    #[track_caller]
    pub(super) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.dir.path().join("sent"), bytes).unwrap();
        self.does(&format!("put sent \"{name}\""));
    }

    /// A person collects a file.
    #[track_caller]
    pub(super) fn get(&self, name: &str) -> Vec<u8> {
        self.does(&format!("get \"{name}\" got"));
        fs::read(self.dir.path().join("got")).unwrap()
    }

    /// A program of Windows, which goes on whenever it is told to.
    #[track_caller]
    pub(super) fn explorer(&self, what: &str, name: &str, bytes: &[u8]) -> Explorer {
        program("python3", "python3");
        assert!(
            Path::new("/usr/lib/python3/dist-packages/samba").exists(),
            "NOT TRIED: the package `python3-samba` is missing"
        );
        let source = self.dir.path().join("source");
        fs::write(&source, bytes).unwrap();
        let mut python = Command::new("/usr/bin/python3");
        python.args(["-c", include_str!("explorer.py"), what, &self.address, &self.settings(), name]);
        let mut process = python.arg(source).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (says, told) = (BufReader::new(process.stdout.take().unwrap()), process.stdin.take().unwrap());
        Explorer { process, says, told }
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the log of smbd\n{}", self.log());
        }
        // Its children end when it does, if it is asked to.
        if let Some(pid) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

/// All of 127/8 is this machine; Samba's port may be taken on the usual address.
fn free_address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (pid, n) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    format!("127.{}.{}.{}", 100 + n % 100, pid >> 8 & 0xff, 1 + pid % 250)
}

/// A program that has a file of the share open.
pub(super) struct Explorer {
    process: Child,
    says: BufReader<ChildStdout>,
    told: ChildStdin,
}

impl Explorer {
    /// Waits for its next word.
    #[track_caller]
    pub(super) fn says(&mut self, word: &str) {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), word);
    }

    /// Lets it go on.
    pub(super) fn go_on(&mut self) {
        self.told.write_all(b"\n").unwrap();
    }
}

impl Drop for Explorer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
