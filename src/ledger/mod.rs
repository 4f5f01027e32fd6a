//! What is known for good: events, jobs, intents, in SQLite behind one thread.
//!
//! [`Ledger`] is the daemon's: it writes, through a thread of its own, and a commit is on disk when its call returns.
//! [`Overview`] is everyone else's: it reads beside a running daemon.

mod handle;

mod overview;

mod record;

mod intent;
mod trust;

mod render_times;

mod query;

mod root;

mod request;

mod changes;

mod schema;

mod counted;

mod error;

pub use error::LedgerError;
pub use handle::Ledger;
pub use overview::{Overview, Progress, Sighting, Summary};
pub use query::Recorded;
pub use request::{Answer, Ask, Request, Requests};
pub use root::{Root, RootState};

#[cfg(test)]
mod cut_tests;
#[cfg(test)]
mod tests;
