//! The program `dakbox`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    dakbox::cli::main()
}
