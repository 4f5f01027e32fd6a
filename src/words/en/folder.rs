//! About the folders: whose they are, whether they are there, whether there is room.

use super::super::fill::{Text, Ways};

const ASK: Ways = &["If this does not help, show this note to the person who runs dakbox."];

pub(super) const FIRST_RUN: Text = Text {
    happened: &[
        "dakbox is new in {$file}, and there are many clips in it already: {$count}. It has taken none of them yet, \
         because each one can cost credits.",
        "dakbox is new in {$file}, and there are many clips in it already. It has taken none of them yet, because \
         each one can cost credits.",
    ],
    to_do: &[
        &["Do you want dakbox to take all of them? Then rename this note to this:\n    take-all.txt"],
        &["Or the person who runs dakbox starts it once like this:\n    dakbox run --adopt"],
        &["Do you want it to take only some of them? Then first move the others out of the inbox."],
    ],
};

pub(super) const NOT_OURS: Text = Text {
    happened: &[
        "{$file} belongs to another dakbox, or this dakbox has lost its own records. It takes nothing here, so that \
         nothing is paid twice.",
    ],
    to_do: &[
        &["Does dakbox run on another computer with the same folder? Then use only one of them."],
        &[
            "If not, first move the clips out of the inbox whose films you already have. They could be paid for \
           again.",
        ],
        &["Then the person who runs dakbox starts it once like this:\n    dakbox run --adopt"],
    ],
};

pub(super) const SHARE_AWAY: Text = Text {
    happened: &[
        "dakbox cannot reach {$file} at the moment. Nothing is lost, and nothing is taken as deleted.",
    ],
    to_do: &[
        &["Check that the network drive or the disk is connected."],
        &["Do not make a new, empty folder in its place."],
        ASK,
    ],
};

pub(super) const NO_SPACE: Text = Text {
    happened: &[
        "There is not enough free space for the film of {$file}: {$needed} are needed, and {$free} are free.",
        "There is not enough free space for the film of {$file}.",
    ],
    to_do: &[
        &[
            "Delete files that you no longer need, or move them to another disk. Look into the outbox and the archive \
           first.",
        ],
        ASK,
    ],
};

pub(super) const OUTBOX_READ_ONLY: Text = Text {
    happened: &["dakbox cannot write into the outbox, so there is no place for the film of {$file}."],
    to_do: &[
        &["Check that you can make a new file in the outbox yourself."],
        &["If you cannot, show this note to the person who looks after the folder or the network drive."],
        &["If you can, show it to the person who runs dakbox: dakbox needs the right to write there."],
    ],
};
