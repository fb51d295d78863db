//! The command line as one tree, and its completions.

use clap::{CommandFactory, Parser, Subcommand};

use crate::failure::Exit;
use crate::out::Out;
use crate::planner::MatchArgs;
use crate::region::RegionCommand;

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
    /// Make, check and adopt region files
    #[command(subcommand)]
    Region(RegionCommand),
    /// Suggest who sends what to whom, from plain tables
    Match(MatchArgs),
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
