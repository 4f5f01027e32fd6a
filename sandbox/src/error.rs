//! Why the sandbox doesn't start, and what is wrong with a fault somebody typed.

use std::io;

/// Why the sandbox can't serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder for uploads and films can't be made.
    #[error("the sandbox's work folder can't be made")]
    WorkDir(#[source] io::Error),
    /// The listener doesn't say where it listens.
    #[error("the sandbox's own address can't be read")]
    Address(#[source] io::Error),
}

/// What is wrong with a fault as typed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// There is no `:` between the call and the kind.
    #[error("`{0}` is not of the form CALL:KIND[=VALUE][@K][xN]")]
    Form(String),
    /// No call has that name.
    #[error("`{0}` is not a call; one of {calls} or any", calls = crate::calls::Call::names())]
    Call(String),
    /// No fault has that name.
    #[error("`{0}` is not a kind of fault, see the help on --fault")]
    Kind(String),
    /// The value can't be read as what its kind wants.
    #[error("`{value}` is not a value for `{kind}`: {wanted}")]
    Value {
        /// The kind as typed.
        kind: String,
        /// The value as typed.
        value: String,
        /// What would be right.
        wanted: &'static str,
    },
    /// The kind makes sense for other calls only.
    #[error("`{kind}` works for {calls} only")]
    NotHere {
        /// The kind as typed.
        kind: String,
        /// The calls it works for.
        calls: &'static str,
    },
}
