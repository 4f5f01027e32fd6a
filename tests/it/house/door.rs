//! A door before the service that can be shut: who knocks at a shut door has sent nothing.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, getsockname, listen, socket_with, sockopt};

/// An address that leads to the service while the door is open. What went through before it was shut goes on.
pub(crate) struct Door {
    to: SocketAddr,
    address: SocketAddr,
    /// Keeps the address while nobody listens at it: else another test's service could get it.
    kept: Option<OwnedFd>,
    open: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Door {
    pub(crate) fn to(service: SocketAddr) -> Self {
        let any = "127.0.0.1:0".parse().unwrap();
        let kept = keep(any);
        let address = getsockname(&kept).unwrap().try_into().unwrap();
        let mut door = Self { to: service, address, kept: Some(kept), open: None };
        door.open();
        door
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn open(&mut self) {
        let Some(kept) = self.kept.take() else { return };
        listen(&kept, 128).unwrap();
        let listener = TcpListener::from(kept);
        let (to, shut) = (self.to, Arc::new(AtomicBool::new(false)));
        let until = Arc::clone(&shut);
        let keeper = spawn(move || {
            for stream in listener.incoming() {
                if until.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok((stream, inside)) = stream.and_then(|s| Ok((s, TcpStream::connect(to)?))) {
                    let _ = lead(&stream, &inside).and_then(|()| lead(&inside, &stream));
                }
            }
        });
        self.open = Some((shut, keeper));
    }

    pub(crate) fn shut(&mut self) {
        let Some((shut, keeper)) = self.open.take() else { return };
        self.kept = Some(keep(self.address));
        shut.store(true, Ordering::SeqCst);
        // Wakes the keeper, who then lets go of the listener.
        let _ = TcpStream::connect(self.address);
        keeper.join().unwrap();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.shut();
    }
}

/// A socket at this address that nobody listens at.
fn keep(address: SocketAddr) -> OwnedFd {
    // No child may inherit it, and so keep the door open.
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).unwrap();
    sockopt::set_socket_reuseaddr(&socket, true).unwrap();
    sockopt::set_socket_reuseport(&socket, true).unwrap();
    bind(&socket, &address).unwrap();
    socket
}

/// Copies from one end to the other until the first ends.
fn lead(from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
    spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    Ok(())
}
