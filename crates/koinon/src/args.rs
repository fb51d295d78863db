//! The command line as one tree, and its completions.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

use crate::book::{CountCommand, NeedArgs, TransferCommand, WantArgs};
use crate::data::DataArgs;
use crate::failure::Exit;
use crate::operate::{InitArgs, PassphraseArgs, SignInCommand};
use crate::out::Out;
use crate::peer::PeerCommand;
use crate::planner::MatchArgs;
use crate::region::RegionCommand;
use crate::serve::ServeArgs;

/// Keeps the stock book of a community, and finds who can help whom.
#[derive(Debug, Parser)]
#[command(
    name = "koinon",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 no or nothing found, 2 error, 64 misuse."
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Everything that koinon does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See it live: a whole region in one process, with made-up people
    Demo(crate::demo::DemoArgs),
    /// Make, check and adopt region files
    #[command(subcommand)]
    Region(RegionCommand),
    /// Found a node in a data directory
    Init(InitArgs),
    /// Serve a node: its pages, its neighbours, the commands of this machine
    Serve(ServeArgs),
    /// Suggest who sends what to whom, on a node or from plain tables
    Match(MatchArgs),
    /// Show what is in stock
    Stock {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Count in bulk
    #[command(subcommand)]
    Count(CountCommand),
    /// State a need
    Need(NeedArgs),
    /// Make an offer
    Offer(WantArgs),
    /// Look at transfers
    #[command(subcommand)]
    Transfer(TransferCommand),
    /// Look after the neighbours with whom this node exchanges
    #[command(subcommand)]
    Peer(PeerCommand),
    /// Verify every entry, rebuild the book, compare
    Check {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Say how the node does: version, disk, clock, neighbours, jobs
    Doctor {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write data and keys into a new file, under a passphrase
    Backup {
        #[command(flatten)]
        data: DataArgs,
        /// The file
        to: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArgs,
    },
    /// Restore a backup into an empty data directory
    Restore {
        #[command(flatten)]
        data: DataArgs,
        /// The file
        from: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArgs,
    },
    /// Look after sign-in
    #[command(subcommand)]
    SignIn(SignInCommand),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Prints the completions of a shell.
pub(crate) fn completions(shell: clap_complete::Shell, out: &mut Out) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "koinon", &mut script);
    out.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_sound() {
        Args::command().debug_assert();
    }
}
