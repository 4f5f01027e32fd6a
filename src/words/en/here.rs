//! About this side: disks, records, tries.

use super::super::fill::Text;

pub(super) const CANCELLED: Text = Text {
    happened: &["The work on {$file} was given up: the person who runs dakbox cancelled it."],
    to_do: &[
        &["Do you want it after all? Put the clip and its text into the inbox again."],
        &["You can look at the project in your browser:\n    {$project}"],
    ],
};

pub(super) const LOCAL_IO: Text = Text {
    happened: &["dakbox could not read or write a file while it worked on {$file}."],
    to_do: &[
        &["Check that the disk or the network drive is connected, and that it is not full."],
        &["If this note is still here tomorrow, show it to the person who runs dakbox."],
    ],
};

pub(super) const LEDGER: Text = Text {
    happened: &[
        "dakbox cannot keep its own records, so the work on {$file} has stopped. Without them it sends nothing, so \
         that nothing is paid twice.",
    ],
    to_do: &[&[
        "Show this note to the person who runs dakbox. The disk that holds its records may be full or broken.",
    ]],
};
