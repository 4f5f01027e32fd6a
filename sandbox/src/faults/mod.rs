//! What goes wrong on purpose: `--fault CALL:KIND[=VALUE][@K][xN]`.

mod help;
mod kind;
mod nasty;
mod plan;
mod said;
mod spec;
mod stream;
mod upload;

pub(crate) use self::kind::{Canned, FilmFault, Kind, Place, Spot};
pub(crate) use self::nasty::Nasty;
pub(crate) use self::plan::{Hits, Plan};
pub(crate) use self::said::{Said, Tongue};
pub use self::spec::Fault;
pub(crate) use self::stream::{Beat, Lines, Odd, Spoil};
pub(crate) use self::upload::UploadFault;
