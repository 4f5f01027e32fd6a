//! A terminal that a test holds the other end of.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;
use std::sync::{Arc, Mutex};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::Daemon;

/// What a process has written on it. It can't be the process's own, so that Ctrl-C is a signal that the test sends.
pub(crate) struct Pty {
    screen: File,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Pty {
    /// Runs a command on a terminal of so many columns and rows.
    pub(crate) fn run(mut command: Command, columns: u16, rows: u16) -> (Self, Daemon) {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let flags = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let name = std::ffi::OsStr::from_bytes(name.to_bytes());
        let theirs = OpenOptions::new().read(true).write(true).custom_flags(flags).open(name).unwrap();
        let pty = Self { screen: theirs.try_clone().unwrap(), written: Arc::default() };
        pty.resize(columns, rows);
        command.stdout(theirs);
        let daemon = Daemon::from(command.spawn().unwrap());
        let (mut ours, written) = (File::from(ours), Arc::clone(&pty.written));
        std::thread::spawn(move || {
            let mut some = [0; 4096];
            // The end of the last writer is an error here, and the end.
            while let Ok(n @ 1..) = ours.read(&mut some) {
                written.lock().unwrap().extend_from_slice(&some[..n]);
            }
        });
        (pty, daemon)
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.screen, size).unwrap();
    }

    /// All that was written so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }
}
