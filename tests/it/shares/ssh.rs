//! An SSH server of a test's own, with keys of its own, for `sshfs`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{must, program};
use crate::house::LONG;

pub(super) struct Ssh {
    process: Child,
    dir: TempDir,
    pub(super) port: u16,
}

impl Ssh {
    #[track_caller]
    pub(super) fn serve() -> Self {
        let sshd = program("sshd", "openssh-server");
        let keygen = program("ssh-keygen", "openssh-client");
        let dir = tempfile::Builder::new().prefix("dakbox-ssh-").tempdir().unwrap();
        for key in ["host", "key"] {
            must(
                Command::new(&keygen).args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(dir.path().join(key)),
            );
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = dir.path().display();
        let settings = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/key.pub\n\
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPidFile none\nSubsystem sftp internal-sftp\n"
        );
        fs::write(dir.path().join("conf"), settings).unwrap();
        // It wants its empty folder, which a package's start-up script makes.
        fs::create_dir_all("/run/sshd").unwrap();
        let mut serve = Command::new(sshd);
        serve.arg("-D").arg("-f").arg(dir.path().join("conf")).arg("-E").arg(dir.path().join("log"));
        let process = serve.stdin(Stdio::null()).spawn().unwrap();
        let ssh = Self { process, dir, port };
        let until = Instant::now() + LONG;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "sshd does not answer");
            sleep(Duration::from_millis(20));
        }
        ssh
    }

    pub(super) fn key(&self) -> PathBuf {
        self.dir.path().join("key")
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
