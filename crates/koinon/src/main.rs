//! The binary: commands, arguments, terminal.
//!
//! Data goes to standard output, talk to standard error; `--json` on every command that reads. Exit codes: 0 done,
//! 1 no or nothing found, 2 error, 64 misuse. A reader that goes away early is no error.

mod args;
mod clock;
mod esups;
mod failure;
mod files;
mod out;
mod planner;
mod region;
mod tables;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::{Args, Command};
use crate::failure::Exit;
use crate::out::Out;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(told) => {
            let asked = matches!(told.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Nobody reads on: nothing to say.
            let _ = told.print();
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(failure::USAGE) };
        }
    };
    let mut out = Out::new();
    let ended = run(args.command, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match ended {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::No) => ExitCode::from(1),
        Err(error) if failure::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // What was printed before the error stays on the terminal before it.
            let _ = out.flush();
            out::say(failure::tell(&error).trim_end());
            ExitCode::from(failure::code(&error))
        }
    }
}

fn run(command: Command, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        Command::Region(command) => region::run(command, out),
        Command::Match(args) => planner::run(&args, out),
        Command::Completions { shell } => args::completions(shell, out),
    }
}
