//! dakbox.
fn main() {}
