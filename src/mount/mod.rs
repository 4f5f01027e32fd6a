//! Folders as file systems: whose they are (the mark), what kind, what they can do, how much is free.

mod able;
mod change;
mod dir;
mod kind;
mod look;
mod mark;
mod point;
mod probe;
mod resolve;
mod temp;
mod verdict;

pub use able::{Abilities, Naming, Room};
pub use change::Removal;
pub use dir::Dir;
pub use kind::FsKind;
pub use look::{Entry, OpenError, Opened, Type, stamp_of};
pub use mark::{Mark, MarkError};
pub use point::mounts_below;
pub use probe::{Relation, relation};
pub use temp::{is_temp, temp_name};
pub use verdict::{Keeper, Known, Verdict, verdict};
