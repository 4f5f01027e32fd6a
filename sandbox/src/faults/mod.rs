//! What goes wrong on purpose: `--fault CALL:KIND[=VALUE][@K][xN]`.

mod help;
mod kind;
mod plan;
mod spec;
mod stream;

pub(crate) use self::kind::{Canned, Kind, Place};
pub(crate) use self::plan::{Hits, Plan};
pub use self::spec::Fault;
pub(crate) use self::stream::{Beat, Lines, Odd, Spoil};
