//! Stories of the whole program: the real binary as a process of its own, against the sandbox. What is true is asked
//! of the sandbox's world and of the folders, never of the daemon.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod house;

mod account;
mod addresses;
mod again;
mod alone;
mod answered;
mod answers;
mod architecture;
mod arrivals;
mod asked;
mod asked_again;
mod batches;
mod budget;
mod campaign;
mod captures;
mod clock;
mod commands;
mod daemonize;
mod damage;
mod delivery;
mod dialects;
mod disk;
mod doctor;
mod explain;
mod films;
mod foreign_notes;
mod formats;
mod guards;
mod kills;
mod machines;
mod memory;
mod mounts;
mod names;
mod network;
mod ownership;
mod paid_once;
mod projects;
mod questions;
mod refine;
mod refusals;
mod rejected;
mod reliability;
mod share_page;
mod shares;
mod shutdown;
mod slow_disk;
mod strangers;
mod streams;
mod systemd;
mod terminal;
mod tongues;
mod web;
mod words;
