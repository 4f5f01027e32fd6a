//! Whose a folder is, by its mark and by what the ledger knows; and so whether anything may be tried in it.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::super::ownership::known;
use super::books;
use super::line::Line;
use crate::ledger::{LedgerError, Overview};
use crate::mount::{Dir, Keeper, Known, Mark, Verdict, verdict};

/// What is known of one marked place.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// Where the mark is.
    pub(super) place: PathBuf,
    /// `None`: there is no such folder.
    mark: Option<Result<Option<Mark>, String>>,
    ledger: Told,
    is_bare: bool,
}

/// What the ledger says.
#[derive(Clone, Debug)]
enum Told {
    /// There is no ledger.
    Nothing,
    /// It can't be read.
    Unreadable,
    Known(Known, Keeper),
}

impl Claim {
    /// Looks at the mark of `place`, and then at the ledger: in this order, a running daemon's count is never behind.
    pub(super) fn look(place: &Path, ledger: &Path) -> Self {
        let dir = Dir::open(place);
        let mark = dir.as_ref().ok().map(|dir| Mark::read(dir).map_err(|error| error.to_string()));
        let id = mark.as_ref().and_then(|mark| mark.as_ref().ok()).and_then(|mark| mark.map(|mark| mark.id));
        let is_bare = dir.is_ok_and(|dir| dir.is_bare_mount_point().unwrap_or(false));
        let told = match ledger.metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Told::Nothing,
            Ok(there) if there.len() == 0 => Told::Nothing,
            _ => told(place, id, ledger).unwrap_or(Told::Unreadable),
        };
        Self { place: place.to_owned(), mark, ledger: told, is_bare }
    }

    /// Whether something may be tried in it: never on a bare mount point, nor where a share's own mark is missing.
    pub(super) fn lets_try(&self) -> bool {
        match (&self.mark, &self.ledger) {
            (Some(Ok(Some(_))), _) => true,
            (Some(Ok(None)), Told::Unreadable | Told::Known(Known::Yes(_), _)) => false,
            (Some(Ok(None)), _) => !self.is_bare,
            _ => false,
        }
    }

    /// Whether the ledger knows a folder there that is not there now.
    pub(super) fn is_away(&self) -> bool {
        matches!((&self.mark, &self.ledger), (None | Some(Ok(None)), Told::Known(Known::Yes(_), _)))
    }
}

fn told(place: &Path, mark: Option<Uuid>, ledger: &Path) -> Result<Told, LedgerError> {
    let _turn = books::turn();
    let view = Overview::open(ledger)?;
    let condition = view.condition()?;
    let mut root = view.root_by_path(place)?;
    if let (None, Some(mark)) = (&root, mark) {
        // The same share, mounted elsewhere.
        root = view.root_by_mark(&mark.to_string())?;
    }
    let keeper =
        Keeper { ledger: Uuid::try_parse(&condition.id).unwrap_or_default(), count: condition.intents };
    Ok(Told::Known(known(root.as_ref()), keeper))
}

/// Whose it is. `None` where nothing can be said that another line doesn't say.
pub(super) fn judge(claim: &Claim) -> Option<Line> {
    let at = claim.place.display();
    let mount =
        "Mount the share; it goes on by itself. If this folder is a new one: `dakbox run --adopt`, once.";
    let adopt = "If no other dakbox works this folder: `dakbox run --adopt`, once.";
    let fail = |message: &str, mend: &str| Some(Line::fail("mark", &at, message, mend));
    let mark = match (&claim.mark, &claim.ledger) {
        (None, Told::Known(Known::Yes(_), _)) => {
            return fail("is away: dakbox has worked there before", mount);
        }
        (None, _) => return None,
        (Some(Err(error)), _) => return fail(error, adopt),
        (Some(Ok(mark)), _) => mark,
    };
    let judged = match &claim.ledger {
        Told::Unreadable => return None,
        Told::Nothing if mark.is_some() => {
            let mend = "Is `[state] dir` the folder that the service uses? If the ledger is lost: `dakbox run --adopt`, once.";
            return fail("is marked by a ledger, and there is none where the settings say", mend);
        }
        Told::Nothing => Verdict::New,
        Told::Known(known, keeper) => verdict(mark.as_ref(), *known, *keeper),
    };
    match judged {
        Verdict::New | Verdict::Marking if claim.is_bare => fail("nothing is mounted there", mount),
        Verdict::New | Verdict::Marking => {
            Some(Line::ok("mark", at, "not marked yet: the first run does it"))
        }
        Verdict::Ours => Some(Line::ok("mark", at, "belongs to this ledger")),
        Verdict::Away => fail("is away: its mark is not there", mount),
        Verdict::Foreign => fail("another ledger's mark is on it: nothing is paid", adopt),
        Verdict::LedgerBehind => {
            let message =
                "its mark tells of messages that this ledger does not know: the ledger is an old copy";
            fail(message, adopt)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{Fail, Ok as Well};

    #[test]
    fn every_case() {
        let [folder, ours, theirs] = [1, 2, 3].map(Uuid::from_u128);
        let mark = |ledger, count| Some(Ok(Some(Mark { id: folder, ledger, count })));
        let known = |known| Told::Known(known, Keeper { ledger: ours, count: 5 });
        let none = || Some(Ok(None));
        for (mark, ledger, is_bare, may_try, judged) in [
            (none(), Told::Nothing, false, true, Some((Well, "first run"))),
            (none(), Told::Nothing, true, false, Some((Fail, "nothing is mounted"))),
            (none(), known(Known::No), false, true, Some((Well, "first run"))),
            (none(), known(Known::Marking(folder)), false, true, Some((Well, "first run"))),
            (none(), known(Known::Yes(folder)), false, false, Some((Fail, "away"))),
            (none(), Told::Unreadable, false, false, None),
            (mark(ours, 5), known(Known::Yes(folder)), false, true, Some((Well, "belongs"))),
            (mark(ours, 5), known(Known::Yes(folder)), true, true, Some((Well, "belongs"))),
            (mark(theirs, 5), known(Known::Yes(folder)), false, true, Some((Fail, "another ledger"))),
            (mark(ours, 6), known(Known::Yes(folder)), false, true, Some((Fail, "old copy"))),
            (mark(ours, 0), Told::Nothing, false, true, Some((Fail, "there is none"))),
            (mark(ours, 0), Told::Unreadable, false, true, None),
            (Some(Err("damaged".to_owned())), known(Known::No), false, false, Some((Fail, "damaged"))),
            (None, known(Known::Yes(folder)), false, false, Some((Fail, "away"))),
            (None, known(Known::No), false, false, None),
            (None, Told::Nothing, false, false, None),
        ] {
            let claim = Claim { place: "/srv/clips".into(), mark, ledger, is_bare };
            assert_eq!(claim.lets_try(), may_try, "{claim:?}");
            let line = judge(&claim);
            let seen = line.as_ref().map(|line| line.result);
            assert_eq!(seen, judged.map(|(result, _)| result), "{claim:?}");
            assert!(judged.is_none_or(|(_, part)| line.as_ref().unwrap().message.contains(part)), "{line:?}");
        }
    }
}
