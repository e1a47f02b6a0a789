//! The program: hands the command line to the library and its exit status to the system.

use std::process::ExitCode;

fn main() -> ExitCode {
    exlog::cli::main()
}
