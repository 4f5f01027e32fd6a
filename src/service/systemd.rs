//! The line to the service manager: its socket, and what it asks of us. Outside systemd there is none.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use sd_notify::NotifyState;

/// A manager that hears nothing for so long is not waited for: what is lost is said again, or said anew.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the service manager listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Manager(OsString);

impl Manager {
    /// The one that started this process, if any did.
    pub(super) fn of_this_process() -> Option<Self> {
        std::env::var_os("NOTIFY_SOCKET").filter(|path| !path.is_empty()).map(Self)
    }

    /// Tells it all of this at once.
    ///
    /// # Errors
    /// Those of the socket.
    pub(super) fn tell(&self, state: &[NotifyState<'_>]) -> io::Result<()> {
        let mut message = String::new();
        for line in state {
            let _ = writeln!(message, "{line}");
        }
        // Opened anew each time: a manager that was started again listens on another socket of that name.
        let socket = UnixDatagram::unbound()?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.connect_addr(&address(&self.0)?)?;
        socket.send(message.as_bytes()).map(drop)
    }
}

/// A path, or after an `@` a name without a file, which `sd-notify` does not know.
fn address(socket: &OsStr) -> io::Result<SocketAddr> {
    match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(socket),
    }
}

/// How long it waits for a sign of life, where it waits for any, and for those of this very process.
pub(super) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().filter(|within| !within.is_zero())
}
