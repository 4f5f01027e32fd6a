//! dakbox on real shares: as the server that people reach through Samba, and as the client of sshfs, SMB and bindfs.
//! What is not installed is a failure that names the package: `./test --all` installs all of them. Takes root.

mod away;
mod folded;
mod folders;
mod mounted;
mod moves;
mod nas;
mod samba;
mod served;
mod ssh;

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::house::House;

use self::samba::Samba;
use self::served::{Kind, Served};

/// The program of a package.
#[track_caller]
fn program(name: &str, package: &str) -> PathBuf {
    let found = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].iter().map(|dir| PathBuf::from(dir).join(name));
    found
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("NOT TRIED: there is no `{name}` here; the package `{package}` brings it"))
}

/// Runs a command to its end; it must succeed.
#[track_caller]
fn must(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{out}\n{err}");
    out.into_owned()
}

/// The film in the outbox is one that the service rendered, byte for byte.
#[track_caller]
fn assert_rendered(house: &House, film: &[u8]) {
    assert!(
        house.world().films().contains(&crate::house::sha256(film)),
        "another film, {} bytes",
        film.len()
    );
}
