//! dakbox: a letter box for clips.
//!
//! The rooms, in the order a clip goes through them; `ARCHITECTURE.md` is the map.

pub mod instruction;
pub mod media;
pub mod timeline;

pub mod job;

pub mod config;
pub mod words;

pub mod mount;

pub mod inbox;
pub mod outbox;

pub mod api;
pub mod ledger;

pub mod worker;

pub mod web;

pub mod cli;
pub mod service;

mod crash;
