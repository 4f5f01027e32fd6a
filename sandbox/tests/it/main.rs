//! The sandbox over the wire, spoken to in plain HTTP so that nothing of a client is shared.

mod faults;
mod films;
mod http;
mod manners;
mod money;
mod story;
