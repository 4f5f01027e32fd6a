//! Whose folder it is, judged from its mark and from what the ledger knows. Pure.

use uuid::Uuid;

use super::Mark;

/// What a ledger knows of a folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Nothing.
    No,
    /// It was about to mark it with this id.
    Marking(Uuid),
    /// It works it under this id.
    Yes(Uuid),
}

/// A ledger as far as marks are concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keeper {
    /// The ledger's id.
    pub ledger: Uuid,
    /// Its count of intents.
    pub count: u64,
}

/// Whose folder it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nobody's: it may be marked, if it doesn't hold too much already.
    New,
    /// The mark was about to be written when we stopped: write it now.
    Marking,
    /// Ours.
    Ours,
    /// Known, and without its mark: a share that is away. Wait, and take nothing for deleted.
    Away,
    /// Another ledger's, or another folder than the one known. Nothing paid.
    Foreign,
    /// Ours, but this ledger is older than the mark: restored, or copied. Nothing paid.
    LedgerBehind,
}

/// Judges a folder.
pub fn verdict(mark: Option<&Mark>, known: Known, keeper: Keeper) -> Verdict {
    match (mark, known) {
        (None, Known::No) => Verdict::New,
        (None, Known::Marking(_)) => Verdict::Marking,
        (None, Known::Yes(_)) => Verdict::Away,
        (Some(mark), _) if mark.ledger != keeper.ledger => Verdict::Foreign,
        (Some(mark), Known::Marking(id) | Known::Yes(id)) if mark.id != id => Verdict::Foreign,
        // It names this ledger, which has forgotten it: a copy from before the marking.
        (Some(_), Known::No) => Verdict::LedgerBehind,
        (Some(mark), _) if mark.count > keeper.count => Verdict::LedgerBehind,
        (Some(_), _) => Verdict::Ours,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case() {
        let [folder, other, ours, theirs] = [1, 2, 3, 4].map(Uuid::from_u128);
        let mark = |id, ledger, count| Some(Mark { id, ledger, count });
        let table = [
            (None, Known::No, 0, Verdict::New),
            (None, Known::Marking(folder), 0, Verdict::Marking),
            (None, Known::Yes(folder), 9, Verdict::Away),
            (mark(folder, ours, 9), Known::Yes(folder), 9, Verdict::Ours),
            (mark(folder, ours, 9), Known::Yes(folder), 10, Verdict::Ours),
            (mark(folder, ours, 0), Known::Marking(folder), 0, Verdict::Ours),
            (mark(folder, ours, 9), Known::Yes(folder), 8, Verdict::LedgerBehind),
            (mark(folder, ours, 1), Known::Marking(folder), 0, Verdict::LedgerBehind),
            (mark(folder, ours, 0), Known::No, 5, Verdict::LedgerBehind),
            (mark(other, ours, 9), Known::Yes(folder), 9, Verdict::Foreign),
            (mark(other, ours, 0), Known::Marking(folder), 0, Verdict::Foreign),
            (mark(folder, theirs, 9), Known::Yes(folder), 99, Verdict::Foreign),
            (mark(folder, theirs, 0), Known::Marking(folder), 0, Verdict::Foreign),
            (mark(folder, theirs, 0), Known::No, 0, Verdict::Foreign),
        ];
        for (mark, known, count, wanted) in table {
            let keeper = Keeper { ledger: ours, count };
            assert_eq!(verdict(mark.as_ref(), known, keeper), wanted, "{mark:?} {known:?} {count}");
        }
    }
}
