//! What a report says.

use super::super::fill::Ways;
use crate::job::Step;

pub(in crate::words) const INCOMPLETE: &str = "Something may be missing in this film: the connection broke while the video service was at work. Please watch it \
     to the end before you use it.";
pub(in crate::words) const READY: Ways = &["The film of {$clip} is ready: {$film}."];
pub(in crate::words) const LENGTH: Ways = &["Length: {$length}"];
pub(in crate::words) const PICTURE: Ways = &["Picture: {$width} x {$height}"];
pub(in crate::words) const SIZE: Ways = &["File size: {$size}"];

pub(in crate::words) const ASKED_IN_TEXT: Ways = &["What was asked, in {$text}:"];
pub(in crate::words) const ASKED_BY_FOLDER: Ways =
    &["What was asked. The clip had no text of its own, so the words come from {$text}:"];
pub(in crate::words) const ASKED_BY_DEFAULT: &str =
    "What was asked. The clip had no text of its own, so these are the usual words of this dakbox:";
pub(in crate::words) const TIMELINE: &str = "What is in the film:";
pub(in crate::words) const SAID: &str = "What the video service said:";
pub(in crate::words) const SAID_TO: Ways = &["What the video service said to message {$n}:"];
pub(in crate::words) const SAID_NOTHING: &str = "It said nothing. This is normal after some changes.";

pub(in crate::words) const CREDITS: Ways = &[
    "Credits before: {$before}. Credits after: {$after}. Spent: {$spent}.",
    "Credits before: {$before}. Credits after: {$after}.",
    "Credits after: {$after}.",
    "Credits before: {$before}.",
];
pub(in crate::words) const OTHERS: Ways = &[
    "Other jobs used the same account at the same time: {$others}. The numbers are for all of them together.",
];

pub(in crate::words) const ACCOUNTS: Ways = &[
    "The account changed while this clip was in work: it was begun with {$old_account}, and ended with {$new_account}.",
];

pub(in crate::words) const STEPS: &str = "What was done, and how long it took:";
pub(in crate::words) const TOOK: Ways = &["{$at}: {$step} ({$seconds} s)"];
pub(in crate::words) const REMARKS: &str = "Please note:";
pub(in crate::words) const TIP: &str = "Tip: clips under 2 minutes give the most accurate Bangla text.";

/// What a step did.
pub(in crate::words) const fn step(step: Step) -> Ways {
    match step {
        Step::Session => &["project opened"],
        Step::Upload => &["clip uploaded"],
        Step::Instruct(_) => &["message {$n} sent and carried out"],
        Step::Observe(_) => &["result of message {$n} checked"],
        Step::Export => &["film exported"],
        Step::Fetch => &["film fetched"],
        Step::Deliver => &["film put into the outbox"],
        Step::Tidy => &["tidied up"],
    }
}
