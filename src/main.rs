//! The program `retain`.

use std::process::ExitCode;

/// Cards and answers are very many small pieces of memory.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    retain::cli::run()
}
