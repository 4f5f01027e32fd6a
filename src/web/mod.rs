//! The page: what a person looks at in a browser, and what programs ask for beside it.
//!
//! [`Web`] serves on a thread of its own. It reads the ledger beside the daemon, and writes only what a person could: requests
//! into the ledger, texts into the inbox, `pause.txt` into the root. One file is its own: `page-key` in the state folder.

mod start;

mod server;

mod patient;

mod router;

mod guard;

mod door;

mod seal;

mod login;

mod house;

mod machines;

mod metrics;

mod exposition;

mod probes;

mod board;

mod section;

mod look;

mod row;

mod job;

mod story;

mod acts;

mod beside;

mod lanes;

#[cfg(test)]
mod weight_tests;

mod fit;

mod heavy;

mod film;

mod range;

mod sent;

mod share;

mod list;

mod figures;

mod chart;

mod health;

mod ask;

mod letter;

mod live;

mod kept;

mod parts;

mod frame;

mod html;

mod tongue;

mod assets;

pub use start::{Key, Web, WebError};
