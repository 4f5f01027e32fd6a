//! Settings: as typed, then as meant; problems with file, line, column and the nearest key.
//!
//! Defaults < the file < the environment. One file a section; each says its keys, their defaults and what is
//! impossible. Everything that is wrong is collected, so that a person mends it in one go.

mod env;
mod load;
mod problem;

mod folders;
mod watch;

mod instructions;

mod api;
mod attribution;
mod token;

mod export;
mod jobs;

mod ledger;
mod log;
mod state;

mod budget;
mod messages;
mod web;

mod amounts;
mod describe;
mod ignore;
mod not_built;
mod path;
mod reader;
mod section;
mod typed;

#[cfg(test)]
mod every_key;
#[cfg(test)]
mod whole;

pub use api::{Api, OnTokenExpired};
pub use attribution::Attribution;
pub use budget::Budget;
pub use describe::describe;
pub use env::Env;
pub use export::{Export, Format, Quality};
pub use folders::{AfterSuccess, Folders};
pub use ignore::{IGNORED, IgnoreList};
pub use instructions::{Instructions, OnQuestion};
pub use jobs::Jobs;
pub use ledger::Ledger;
pub use load::{Config, Loaded, load, parse};
pub use log::{Log, LogFormat};
pub use messages::{Language, Messages, Report};
pub use problem::{Problem, Problems};
pub use reader::{Origin, Setting};
pub use state::State;
pub use token::{Token, TokenSource};
pub use watch::{Watch, WatchMode};
pub use web::{Listen, Web};
