//! The binary: commands, arguments, terminal.
//!
//! Data goes to standard output, talk to standard error; `--json` on every command that reads. Exit codes: 0 done;
//! 1 the answer is no, or nothing was found; 2 error; 64 wrong use of the command. A reader that goes away early is no error.

mod agreement;
mod amount;
mod args;
mod balance;
mod book;
mod bundle;
mod card;
mod certificate;
mod clock;
mod console;
mod data;
mod demo;
mod deploy;
mod desk;
mod esups;
mod failure;
mod files;
mod kept;
mod key;
mod listen;
mod log;
mod mirror;
mod operate;
mod out;
mod peer;
mod people;
mod planner;
mod reach;
mod region;
mod routes;
mod serve;
mod words;

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
            out::say(failure::tell(&error, failure::Ink::of_stderr()).trim_end());
            ExitCode::from(failure::code(&error))
        }
    }
}

fn run(command: Command, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        Command::Demo(args) => demo::run(&args).map(|()| Exit::Done),
        Command::Region(command) => region::run(command, out),
        Command::Init(args) => operate::init(&args, out),
        Command::Serve(args) => serve::run(&args),
        Command::Mirror(command) => mirror::run(command, out),
        Command::Match(args) => planner::run(&args, out),
        Command::Preposition(args) => planner::preposition::run(&args, out),
        Command::Balance(command) => balance::run(&command, out),
        Command::Deploy(command) => deploy::run(&command, out),
        Command::Rounds(args) => planner::rounds::run(&args, out),
        Command::Timetable(args) => planner::timetable::run(&args, out),
        Command::Stock { data, json } => book::stock(&data, json, out),
        Command::Count(command) => book::count(&command, out),
        Command::Need(args) => book::need(&args, out),
        Command::Offer(args) => book::offer(&args, out),
        Command::Route(command) => routes::run(&command, out),
        Command::Agreement(command) => agreement::run(&command, out),
        Command::Transfer(command) => book::transfer(&command, out),
        Command::Certificate(command) => certificate::run(&command, out),
        Command::Key(command) => key::run(&command, out),
        Command::Sync(args) => peer::exchange(&args, out),
        Command::Bundle(command) => bundle::run(&command, out),
        Command::Kept(command) => kept::run(&command, out),
        Command::Join(args) => peer::join(&args, out),
        Command::Peer(command) => peer::run(&command, out),
        Command::Check { data, json } => operate::check(&data, json, out),
        Command::Doctor { data, json } => operate::doctor(&data, json, out),
        Command::Backup(args) => operate::backup(&args, out),
        Command::Log(command) => log::run(&command, out),
        Command::Restore { data, from, passphrase } => operate::restore(&data, &from, &passphrase),
        Command::People(command) => people::run(&command, out),
        Command::SignIn(command) => operate::sign_in(&command, out),
        Command::Man { directory } => args::man(&directory),
        Command::Completions { shell } => args::completions(shell, out),
    }
}
