//! The program `retain`.

use std::process::ExitCode;

fn main() -> ExitCode {
    retain::cli::run()
}
