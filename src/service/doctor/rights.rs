//! Whether each folder is there, can be read and written, and whether others can collect what lies in it.

use std::io::ErrorKind;

use super::line::{Line, typed};
use super::place::{Facts, Found, Place, Role, Seen, Tried};
use super::who::Who;
use super::whose::Claim;
use crate::config::AfterSuccess;

const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const SET_GROUP: u32 = 0o2000;
const READ_AND_ENTER: u32 = 0o5;

/// Judges a folder. No line where the mark's line says all there is to say.
pub(super) fn judge(place: &Place, seen: &Seen, who: &Who, after: AfterSuccess) -> Option<Line> {
    let target = place.target();
    let fail = |message: String, mend: String| Some(Line::fail("folder", &target, message, mend));
    match &seen.found {
        Found::Folder(facts) => folder(place, facts, who, after),
        // The share is away, and its mark's line says so.
        Found::Missing(_) if seen.claim.as_ref().is_some_and(Claim::is_away) => None,
        Found::Missing(Ok(())) => Some(Line::ok("folder", target, "is not there yet: `dakbox run` makes it")),
        Found::Missing(Err(why)) => {
            let mode = if place.role.is_shared() { "2775" } else { "700" };
            let (user, group, path) = (who.typed(), &who.group, typed(&place.path));
            let mend = format!("`sudo install -d -o {user} -g {group} -m {mode} {path}`");
            fail(format!("is not there, and {} can't make it ({why})", who.name), mend)
        }
        Found::NoFolder => fail(
            "is no folder".to_owned(),
            format!("Move it away, or set another path: `sudo mv {0} {0}.old`", typed(&place.path)),
        ),
        Found::Unreachable(why) => fail(
            format!("can't be reached: {why}"),
            format!(
                "See what is on the way: `namei -l {}`. If it is a share, mount it again.",
                typed(&place.path)
            ),
        ),
    }
}

fn folder(place: &Place, facts: &Facts, who: &Who, after: AfterSuccess) -> Option<Line> {
    let target = place.target();
    if let Err(why) = &facts.listed {
        let message = format!("can't be read by {}: {why}", who.name);
        return Some(Line::fail("folder", target, message, rights_mend(place, facts, who)));
    }
    match &facts.tried {
        Tried::Done(_) => Some(sharing(place, facts, who)),
        Tried::Left => None,
        Tried::Failed(ErrorKind::StorageFull | ErrorKind::QuotaExceeded, why) => {
            Some(Line::fail("folder", target, format!("nothing more can be written: {why}"), FULL))
        }
        Tried::Failed(kind @ (ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied), why) => {
            if place.role == Role::Inbox && after == AfterSuccess::Leave {
                let message = "can be read, and not written, which after_success = \"leave\" allows";
                return Some(Line::ok("folder", target, message));
            }
            let mut mend = if *kind == ErrorKind::ReadOnlyFilesystem {
                format!("Mount it writable: `sudo mount -o remount,rw {}`.", typed(&place.path))
            } else {
                rights_mend(place, facts, who)
            };
            if place.role == Role::Inbox {
                mend += " Or leave the clips where they are: `after_success = \"leave\"` under `[folders]`.";
            }
            Some(Line::fail("folder", target, format!("can't be written by {}: {why}", who.name), mend))
        }
        Tried::Failed(_, why) => {
            let mend =
                format!("Look at its disk or its share: `sudo dmesg | tail`, `df {}`.", typed(&place.path));
            Some(Line::fail("folder", target, format!("can't be worked in: {why}"), mend))
        }
    }
}

const FULL: &str = "Make room there: delete or move what is not needed, or raise the quota.";

fn rights_mend(place: &Place, facts: &Facts, who: &Who) -> String {
    let path = typed(&place.path);
    if facts.kind.remote {
        let (uid, gid) = (who.uid, who.gid);
        return format!(
            "Give {} the right on the server, or mount the share with `uid={uid},gid={gid}` where it takes that.",
            who.name
        );
    }
    if place.role.is_shared() {
        return format!("`sudo chgrp {} {path} && sudo chmod 2775 {path}`", who.group);
    }
    format!("`sudo chown -R {}:{} {path}`", who.typed(), who.group)
}

/// Whether people can drop and collect: only where a service of its own works for them.
fn sharing(place: &Place, facts: &Facts, who: &Who) -> Line {
    let (target, path) = (place.target(), typed(&place.path));
    let good = || Line::ok("folder", place.target(), format!("{} can read and write it", who.name));
    if !place.role.is_shared() || facts.kind.remote {
        // Who may do what on a share, its server decides.
        return good();
    }
    let is_service = (1..1000).contains(&who.uid);
    let for_group = facts.mode & GROUP_WRITES > 0;
    let for_others = facts.mode & OTHERS_WRITE > 0;
    if is_service && place.role == Role::Inbox && !for_group && !for_others && facts.uid == who.uid {
        return Line::warn(
            "folder",
            target,
            format!("only {} can drop clips there", who.name),
            format!(
                "Let a group do it, such as `clips`: `sudo chgrp clips {path} && sudo chmod 2775 {path}`"
            ),
        );
    }
    let can_collect =
        facts.mode & READ_AND_ENTER == READ_AND_ENTER || facts.mode >> 3 & READ_AND_ENTER == READ_AND_ENTER;
    if is_service && place.role == Role::Outbox && !can_collect {
        return Line::warn(
            "folder",
            target,
            format!("only {} can collect films there: they get the folder's own mode", who.name),
            format!(
                "Let a group do it, such as `clips`: `sudo chgrp clips {path} && sudo chmod 2775 {path}`"
            ),
        );
    }
    if for_group && !for_others && facts.mode & SET_GROUP == 0 && facts.gid != who.gid {
        return Line::warn(
            "folder",
            target,
            "what one person puts there belongs to that person's own group, so that others may not reach it",
            format!("Have it belong to the folder's group: `sudo chmod g+s {path}`"),
        );
    }
    good()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mount::{Abilities, FsKind, Naming};
    use crate::service::doctor::Health::{Fail, Ok as Well, Warn};

    pub(super) fn able() -> Abilities {
        Abilities {
            naming: Naming::OneCall,
            hard_links: true,
            fsync: Ok(std::time::Duration::from_millis(2)),
            fsync_folder: Ok(true),
            folds_case: false,
            folds_accents: false,
            time_step: None,
            ahead_ms: 0,
        }
    }

    fn place(role: Role) -> Place {
        let config = crate::config::Config::default();
        let place = super::super::place::all(&config).into_iter().find(|place| place.role == role);
        Place { path: "/srv/my clips".into(), ..place.unwrap() }
    }

    fn facts(mode: u32, tried: Tried) -> Facts {
        let kind = FsKind { name: "ext4", remote: false };
        Facts { device: 1, uid: 998, gid: 50, mode, kind, room: None, listed: Ok(()), tried }
    }

    #[test]
    fn what_lies_there() {
        let who = Who { uid: 998, gid: 997, name: "dakbox".into(), group: "dakbox".into() };
        let failed = |kind: ErrorKind| Tried::Failed(kind, kind.to_string());
        let folder = |facts| Found::Folder(Box::new(facts));
        let unlisted = Facts { listed: Err("denied".into()), ..facts(0o700, Tried::Left) };
        let smb = FsKind { name: "SMB2", remote: true };
        let remote = Facts { kind: smb, ..facts(0o755, failed(ErrorKind::PermissionDenied)) };
        let remote_fine = Facts { kind: smb, ..facts(0o755, Tried::Done(able())) };
        let done = |mode| folder(facts(mode, Tried::Done(able())));
        let (archive, leave) = (AfterSuccess::Archive, AfterSuccess::Leave);
        for (role, found, after, result, part) in [
            (Role::Inbox, Found::Missing(Ok(())), archive, Well, "makes it"),
            (
                Role::Inbox,
                Found::Missing(Err("x".into())),
                archive,
                Fail,
                "install -d -o dakbox -g dakbox -m 2775 '/srv/my clips'",
            ),
            (Role::State, Found::Missing(Err("x".into())), archive, Fail, "-m 700"),
            (Role::Outbox, Found::NoFolder, archive, Fail, "sudo mv '/srv/my clips'"),
            (Role::Outbox, Found::Unreachable("stale".into()), archive, Fail, "namei -l"),
            (Role::Inbox, folder(unlisted), leave, Fail, "sudo chgrp dakbox '/srv/my clips'"),
            (Role::Inbox, folder(facts(0o755, failed(ErrorKind::PermissionDenied))), leave, Well, "leave"),
            (
                Role::Inbox,
                folder(facts(0o755, failed(ErrorKind::PermissionDenied))),
                archive,
                Fail,
                "after_success = \"leave\"",
            ),
            (
                Role::Outbox,
                folder(facts(0o755, failed(ErrorKind::PermissionDenied))),
                leave,
                Fail,
                "chmod 2775",
            ),
            (Role::Outbox, folder(remote), archive, Fail, "uid=998,gid=997"),
            (
                Role::Outbox,
                folder(facts(0o755, failed(ErrorKind::ReadOnlyFilesystem))),
                archive,
                Fail,
                "remount,rw",
            ),
            (
                Role::State,
                folder(facts(0o755, failed(ErrorKind::PermissionDenied))),
                archive,
                Fail,
                "chown -R dakbox:dakbox",
            ),
            (Role::Outbox, folder(facts(0o755, failed(ErrorKind::StorageFull))), archive, Fail, "Make room"),
            (Role::Outbox, folder(facts(0o755, failed(ErrorKind::Other))), archive, Fail, "dmesg"),
            (Role::Inbox, done(0o755), archive, Warn, "only dakbox can drop"),
            (Role::Inbox, done(0o2775), archive, Well, "read and write"),
            (Role::Inbox, done(0o777), archive, Well, "read and write"),
            (Role::Inbox, done(0o775), archive, Warn, "chmod g+s"),
            (Role::Outbox, done(0o2770), archive, Well, "read and write"),
            (Role::Outbox, done(0o700), archive, Warn, "only dakbox can collect"),
            (Role::State, done(0o700), archive, Well, "read and write"),
            (Role::Inbox, folder(remote_fine), archive, Well, "read and write"),
        ] {
            let seen = Seen { found, claim: None };
            let line = judge(&place(role), &seen, &who, after).unwrap();
            let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
            assert_eq!(line.result, result, "{seen:?}: {line:?}");
            assert!(all.contains(part), "{part}: {all}");
        }
        let left = Seen { found: folder(facts(0o755, Tried::Left)), claim: None };
        assert!(judge(&place(Role::Inbox), &left, &who, archive).is_none(), "the mark's line says it");
    }

    #[test]
    fn a_persons_own_folders_need_no_group() {
        let rina = Who { uid: 998, gid: 50, name: "rina".into(), group: "rina".into() };
        let rina = Who { uid: 1000, ..rina };
        let seen = Seen {
            found: Found::Folder(Box::new(Facts { uid: 1000, ..facts(0o775, Tried::Done(able())) })),
            claim: None,
        };
        for role in [Role::Root, Role::Inbox, Role::Outbox] {
            assert_eq!(judge(&place(role), &seen, &rina, AfterSuccess::Archive).unwrap().result, Well);
        }
    }
}
