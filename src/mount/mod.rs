//! Folders as file systems: whose they are (the mark), what kind, how much is free.

mod change;
mod dir;
mod look;
mod resolve;

pub use change::Removal;
pub use dir::Dir;
pub use look::{Entry, OpenError, Opened, Type, stamp_of};
