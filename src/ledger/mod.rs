//! What is known for good: events, jobs, intents, in SQLite behind one thread.
//!
//! [`Ledger`] is the daemon's: it writes, through a thread of its own, and a commit is on disk when its call returns.
//! [`Overview`] is everyone else's: it reads beside a running daemon.

mod handle;

mod overview;

mod figures;

mod machines;

mod tally;

mod condition;

mod record;

mod consent;
mod intent;
mod line;
mod trust;

mod render_times;

mod spending;

mod query;

mod root;

mod request;

mod changes;

mod schema;

mod counted;

mod error;

pub use changes::watch as watch_changes;
pub use condition::Condition;
pub use error::LedgerError;
pub use figures::{CreditsRead, Ended, Took};
pub use handle::{Ledger, MOST_SIGHTINGS};
pub use line::FilmLine;
pub use overview::{InboxShown, MountShown, Overview, Progress, Seen, Sighting};
pub use query::Recorded;
pub use request::{Answer, Ask, Request, Requests};
pub use root::{Root, RootState};
pub use tally::Summary;

#[cfg(test)]
mod cut_tests;
#[cfg(test)]
#[cfg(feature = "crash-points")]
mod grown_tests;
#[cfg(test)]
mod tests;
