//! Folders as they may be found, and what is said of each.

use std::io::ErrorKind;
use std::time::Duration;

use super::Health::{self, Fail, Ok as Well, Warn};
use super::place::{Facts, Found, Role, Seen, Tried, sample};
use super::rights::judge;
use super::who::Who;
use crate::config::AfterSuccess;
use crate::mount::{Abilities, FsKind, Naming};

const LOCAL: FsKind = FsKind { name: "ext4", remote: false };
const SMB: FsKind = FsKind { name: "SMB2", remote: true };

fn able() -> Tried {
    Tried::Done(Abilities {
        naming: Naming::OneCall,
        hard_links: true,
        fsync: Ok(Duration::from_millis(2)),
        fsync_folder: Ok(true),
        folds_case: false,
        folds_accents: false,
        time_step: None,
        ahead_ms: 0,
    })
}

fn failed(kind: ErrorKind) -> Tried {
    Tried::Failed(kind, kind.to_string())
}

fn facts(mode: u32, tried: Tried) -> Facts {
    Facts { device: 1, uid: 998, gid: 50, mode, kind: LOCAL, room: None, listed: Ok(()), tried }
}

fn folder(facts: Facts) -> Found {
    Found::Folder(Box::new(facts))
}

fn daemon() -> Who {
    Who { uid: 998, gid: 997, name: "dakbox".into(), group: "dakbox".into() }
}

#[track_caller]
fn assert_told(role: Role, found: Found, after: AfterSuccess, (result, part): (Health, &str)) {
    let seen = Seen { found, claim: None };
    let line = judge(&sample(role, "/srv/my clips"), &seen, &daemon(), after).unwrap();
    let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
    assert_eq!(line.result, result, "{seen:?}: {line:?}");
    assert!(all.contains(part), "{part}: {all}");
}

#[test]
fn what_lies_there() {
    let missing = |why: &str| Found::Missing(Err(why.to_owned()));
    for (role, found, told) in [
        (Role::Inbox, Found::Missing(Ok(())), (Well, "makes it")),
        (Role::Inbox, missing("x"), (Fail, "install -d -o dakbox -g dakbox -m 2775 '/srv/my clips'")),
        (Role::State, missing("x"), (Fail, "-m 700")),
        (Role::Outbox, Found::NoFolder, (Fail, "sudo mv '/srv/my clips'")),
        (Role::Outbox, Found::Unreachable("stale".into()), (Fail, "namei -l")),
    ] {
        assert_told(role, found, AfterSuccess::Archive, told);
    }
}

#[test]
fn what_may_be_done_there() {
    use ErrorKind::{Other, PermissionDenied as Denied, ReadOnlyFilesystem as ReadOnly, StorageFull as Full};
    let (archive, leave) = (AfterSuccess::Archive, AfterSuccess::Leave);
    let unlisted = Facts { listed: Err("denied".into()), ..facts(0o700, Tried::Left) };
    assert_told(Role::Inbox, folder(unlisted), leave, (Fail, "sudo chgrp dakbox '/srv/my clips'"));
    let remote = Facts { kind: SMB, ..facts(0o755, failed(Denied)) };
    assert_told(Role::Outbox, folder(remote), archive, (Fail, "uid=998,gid=997"));
    for (role, kind, after, told) in [
        (Role::Inbox, Denied, leave, (Well, "leave")),
        (Role::Inbox, ReadOnly, leave, (Well, "leave")),
        (Role::Inbox, Denied, archive, (Fail, "after_success = \"leave\"")),
        (Role::Outbox, Denied, leave, (Fail, "chmod 2775")),
        (Role::Outbox, ReadOnly, archive, (Fail, "remount,rw")),
        (Role::State, Denied, archive, (Fail, "chown -R dakbox:dakbox")),
        (Role::Outbox, Full, archive, (Fail, "Make room")),
        (Role::Outbox, Other, archive, (Fail, "dmesg")),
    ] {
        assert_told(role, folder(facts(0o755, failed(kind))), after, told);
    }
    let left = Seen { found: folder(facts(0o755, Tried::Left)), claim: None };
    let line = judge(&sample(Role::Inbox, "/srv/in"), &left, &daemon(), archive);
    assert!(line.is_none(), "the mark's line says it");
}

#[test]
fn whether_others_can_drop_and_collect() {
    let remote = Facts { kind: SMB, ..facts(0o700, able()) };
    assert_told(Role::Inbox, folder(remote), AfterSuccess::Archive, (Well, "read and write"));
    for (role, mode, told) in [
        (Role::Inbox, 0o755, (Warn, "only dakbox can drop")),
        (Role::Inbox, 0o2775, (Well, "read and write")),
        (Role::Inbox, 0o777, (Well, "read and write")),
        (Role::Inbox, 0o775, (Warn, "chmod g+s")),
        (Role::Outbox, 0o2770, (Well, "read and write")),
        (Role::Outbox, 0o700, (Warn, "only dakbox can collect")),
        (Role::State, 0o700, (Well, "read and write")),
    ] {
        assert_told(role, folder(facts(mode, able())), AfterSuccess::Archive, told);
    }
    // A person's own folders need no group.
    let rina = Who { uid: 1000, gid: 50, name: "rina".into(), group: "rina".into() };
    for mode in [0o700, 0o755, 0o775] {
        for role in [Role::Root, Role::Inbox, Role::Outbox] {
            let seen = Seen { found: folder(Facts { uid: 1000, ..facts(mode, able()) }), claim: None };
            let line = judge(&sample(role, "/home/rina/clips"), &seen, &rina, AfterSuccess::Archive).unwrap();
            assert_eq!(line.result, Well, "{mode:o}: {line:?}");
        }
    }
}
