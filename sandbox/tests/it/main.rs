//! The sandbox over the wire, spoken to in plain HTTP so that nothing of a client is shared.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod asking;
mod batches;
mod by_address;
mod faults;
mod films;
mod http;
mod manners;
mod media;
mod money;
mod nasty;
mod projects;
mod renders;
mod story;
mod streams;
