//! The steps of a job: one file each, one action each.

pub(super) mod session;

pub(super) mod upload;

pub(super) mod instruct;

pub(super) mod observe;

pub(super) mod export;

mod watch;

pub(super) mod fetch;

pub(super) mod deliver;

pub(super) mod tidy;

pub(super) mod room;

pub use address::shown as shown_address;
mod address;
mod answer;
mod batch;
mod same;
pub(super) mod spare;
mod wordless;
