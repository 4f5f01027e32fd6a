//! The page: what a person looks at in a browser, and what programs ask for beside it.
//!
//! [`Web`] serves on a thread of its own. It reads the ledger beside the daemon, and writes only what a person could: requests
//! into the ledger, texts into the inbox, `pause.txt` into the root.

mod start;

mod server;

mod patient;

mod router;

mod guard;

mod door;

mod house;

mod machines;

mod metrics;

mod exposition;

mod health;

mod kept;

mod parts;

mod html;

mod tongue;

pub use start::{Key, Web, WebError};
