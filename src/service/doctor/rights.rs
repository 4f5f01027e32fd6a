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
