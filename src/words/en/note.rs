//! What notes say besides: credits, headings, endings.

use super::super::fill::Ways;

pub(in crate::words) const PAID_NO: &str = "No credits were spent.";
pub(in crate::words) const PAID_MAYBE: &str =
    "Credits may have been spent once: dakbox could not see whether the message arrived.";
pub(in crate::words) const PAID_MAYBE_ANSWERED: &str =
    "Credits may have been spent once: the video service answered, but it does not say what it took.";
pub(in crate::words) const PAID_MAYBE_MORE: &str =
    "Credits may have been spent more than once: dakbox could not see whether the messages arrived.";
pub(in crate::words) const PAID_YES: &str = "Credits were spent for this clip.";
pub(in crate::words) const PAID_YES_AND_MAYBE: &str = "Credits were spent for this clip, and perhaps once more: dakbox could not see whether one message arrived.";

pub(in crate::words) const TO_DO: &str = "What to do:";
pub(in crate::words) const ASKED: &str = "This is the question:";
pub(in crate::words) const THESE: &str = "These are the files:";
pub(in crate::words) const AND_MORE: Ways = &["... and {$more} more."];
pub(in crate::words) const FOUND: Ways =
    &["This is what dakbox found: {$message} {$hint}", "This is what dakbox found: {$message}"];

pub(in crate::words) const GOES_ON: &str =
    "dakbox looks at this again by itself. When the cause is gone, it goes on, and this note goes away.";
pub(in crate::words) const LOOKS: &str = "dakbox looks at the project again by itself. When the work is done there, or when you have decided, it goes on, \
     and this note goes away.";
pub(in crate::words) const STAYS: &str = "dakbox does nothing more here by itself. It waits for you, and this note goes away when you have decided.";
pub(in crate::words) const FAILED: &str = "Your clip and its text are kept as you dropped them. dakbox leaves them alone until you put them into the inbox.";
pub(in crate::words) const FAILED_PAID: &str = "Your clip and its text are kept as you dropped them. If you put them into the inbox again, dakbox goes on where \
     it stopped. What was paid for is not paid for again.";

pub(in crate::words) const PROJECT: Ways =
    &["The project, in your browser (the link works for 7 days):\n  {$project}"];
pub(in crate::words) const SINCE: Ways = &["Waiting since: {$since}"];
pub(in crate::words) const FAILED_AT: Ways = &["Failed at: {$since}"];
pub(in crate::words) const DETAILS: Ways = &["Details: {$message}"];
pub(in crate::words) const JOB: Ways =
    &["Job: {$job}, session: {$session}", "Job: {$job}", "Session: {$session}"];
pub(in crate::words) const SESSION: Ways = &["Session: {$session}"];
pub(in crate::words) const REASON: Ways = &["Reason: {$code}"];

/// A name within a sentence.
pub(in crate::words) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}
