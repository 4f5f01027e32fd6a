//! The command line: what is typed, and what is shown for it. No decisions about jobs are made here.
//!
//! Each command has a file. What scripts read is in `json`, what people read is put together in the command's own
//! file from the small words in `human`.

mod main;

mod args;
mod exit;

mod check;

mod doctor;

mod status;
mod watch;

mod view;

mod standing;

mod sentence;

mod doing;

mod jobs;

mod show;

mod explain;

mod texts;
mod trail;

mod sighted;

mod story;

mod ask;
mod brake;

mod credits;

mod pages;

mod json;

mod human;
mod out;
mod table;

mod calls;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use args::Args;
pub use exit::Exit;
pub use main::main;
