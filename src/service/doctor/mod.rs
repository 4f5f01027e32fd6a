//! What is wrong with folders, disks, network and account, and how to mend it. Nothing is changed, nothing paid for.
//!
//! Each file looks, and then judges what it saw: the judging is pure, and has its cases beside it.

mod line;

mod whole;

mod bounded;

mod machine;

mod who;

mod unit;

mod place;

mod whose;

mod rights;
#[cfg(test)]
mod rights_tests;

mod disk;

mod watch;

mod books;

mod knock;
mod page;

mod service;

mod account;

pub use line::{Health, Line};
pub use unit::unit_gives;
pub use whole::doctor;
