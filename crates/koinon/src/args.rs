//! The command line as one tree, and its completions.

use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser, Subcommand};

use crate::agreement::AgreementCommand;
use crate::balance::BalanceCommand;
use crate::book::{CountCommand, NeedArgs, TransferCommand, WantArgs};
use crate::bundle::BundleCommand;
use crate::certificate::CertificateCommand;
use crate::data::DataArgs;
use crate::deploy::DeployCommand;
use crate::failure::{Exit, Explain as _};
use crate::kept::KeptCommand;
use crate::key::KeyCommand;
use crate::log::LogCommand;
use crate::mirror::MirrorCommand;
use crate::operate::{BackupArgs, InitArgs, PassphraseArgs, SignInCommand};
use crate::out::Out;
use crate::peer::{ExchangeArgs, JoinArgs, PeerCommand};
use crate::people::PeopleCommand;
use crate::planner::MatchArgs;
use crate::planner::preposition::PrepositionArgs;
use crate::planner::rounds::RoundsArgs;
use crate::planner::timetable::TimetableArgs;
use crate::region::RegionCommand;
use crate::routes::RouteCommand;
use crate::serve::ServeArgs;

/// Keeps the stock book of a community, and finds who can help whom.
#[derive(Debug, Parser)]
#[command(
    name = "koinon",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done; 1 the answer is no, or nothing was found; 2 error; 64 wrong use of the command."
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
    /// Keep a safety copy for a region, in a file or in a PostgreSQL database
    #[command(subcommand)]
    Mirror(MirrorCommand),
    /// Suggest who sends what to whom, on a node or from plain tables
    Match(MatchArgs),
    /// Plan where depots and stock should stand before the next disaster
    Preposition(PrepositionArgs),
    /// Suggest what flows through wires and pipes, what is stored, and who is short
    #[command(subcommand)]
    Balance(BalanceCommand),
    /// Suggest which team goes to which mission, who is treated or made what where
    #[command(subcommand)]
    Deploy(DeployCommand),
    /// Plan which vehicles bring what, in which order, and when somebody drives
    Rounds(RoundsArgs),
    /// Write what leaves at fixed times as a timetable (GTFS) for any journey planner
    Timetable(TimetableArgs),
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
    /// Join a neighbour: compare the number of its card in person, and make this node's card for it
    Join(JoinArgs),
    /// Look after the neighbours with whom this node exchanges
    #[command(subcommand)]
    Peer(PeerCommand),
    /// Exchange with neighbours now, without waiting for the next turn
    Sync(ExchangeArgs),
    /// Carry entries by hand, where no line goes
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Have neighbours keep an encrypted back-up, and keep theirs
    #[command(subcommand)]
    Kept(KeptCommand),
    /// Look at what is shared with whom; propose, activate (sign) or end an agreement
    #[command(subcommand)]
    Agreement(AgreementCommand),
    /// Look at routes, close one that ends here, open it again
    #[command(subcommand)]
    Route(RouteCommand),
    /// Look at the certificate of this node, renew it, add names
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// Replace the key with which this node signs
    #[command(subcommand)]
    Key(KeyCommand),
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
    Backup(BackupArgs),
    /// Look at the entries as they are signed and kept, verify them, take them out
    #[command(subcommand)]
    Log(LogCommand),
    /// Restore a backup into an empty data directory
    Restore {
        #[command(flatten)]
        data: DataArgs,
        /// The file
        from: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArgs,
    },
    /// Look after names: lock them, erase somebody
    #[command(subcommand)]
    People(PeopleCommand),
    /// Look after sign-in
    #[command(subcommand)]
    SignIn(SignInCommand),
    /// Write a manual page for each command into a directory
    #[command(hide = true)]
    Man {
        /// The directory; it is made where it is missing
        directory: PathBuf,
    },
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

/// Writes a manual page for each command into a directory: `koinon.1`, `koinon-peer.1`, `koinon-peer-add.1`, …
pub(crate) fn man(directory: &Path) -> anyhow::Result<Exit> {
    let cannot = || format!("{} cannot be written", directory.display());
    std::fs::create_dir_all(directory).explain(cannot, "name a directory that you may write")?;
    clap_mangen::generate_to(Args::command(), directory)
        .explain(cannot, "name a directory that you may write")?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn the_tree_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_manual_page() {
        let directory = tempfile::tempdir().unwrap();
        man(&directory.path().join("new")).unwrap();
        for name in ["koinon", "koinon-serve", "koinon-peer", "koinon-peer-add", "koinon-region-check"] {
            let page =
                std::fs::read_to_string(directory.path().join("new").join(format!("{name}.1"))).unwrap();
            assert!(page.contains(".SH SYNOPSIS") || page.contains(".SH NAME"), "{name}");
        }
        assert!(!directory.path().join("new/koinon-man.1").exists(), "what is hidden has none");
    }

    /// The commands in the code blocks of a page, and after a backquote: what follows `koinon ` to the end, without what a
    /// shell does with it.
    fn quoted(page: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut fenced = false;
        for line in page.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
            }
            let block = fenced || line.starts_with("    ");
            match line
                .trim_start()
                .strip_prefix("koinon ")
                .or_else(|| line.trim_start().strip_prefix("koinonctl "))
            {
                Some(rest) if block => {
                    let end = rest.find(['#', '>', '<']).unwrap_or(rest.len());
                    found.push(rest.get(..end).unwrap_or_default().trim().to_owned());
                }
                _ => found.extend(
                    line.split("`koinon ")
                        .skip(1)
                        .filter_map(|rest| rest.split('`').next())
                        .map(str::to_owned),
                ),
            }
        }
        found
    }

    /// The words of a command line; what stands between quotes is one.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut open, mut quote) = (Vec::new(), None::<String>, None);
        for c in line.chars() {
            match (quote, c) {
                (Some(end), _) if c == end => quote = None,
                (None, '"' | '\'') => {
                    quote = Some(c);
                    open.get_or_insert_default();
                }
                (None, _) if c.is_whitespace() => words.extend(open.take()),
                _ => open.get_or_insert_default().push(c),
            }
        }
        words.extend(open);
        words
    }

    #[test]
    fn every_command_that_the_handbook_shows_is_one() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut pages =
            vec![root.join("README.md"), root.join("packaging/README.md"), root.join("docs/benchmarks.md")];
        pages.extend(
            std::fs::read_dir(root.join("docs/handbook")).unwrap().map(|entry| entry.unwrap().path()),
        );
        pages.sort();
        let mut checked = 0;
        for page in pages.iter().filter(|page| page.extension().is_some_and(|end| end == "md")) {
            for line in quoted(&std::fs::read_to_string(page).unwrap()) {
                let tried = Args::try_parse_from(std::iter::once("koinon".to_owned()).chain(words(&line)));
                // A command that is only named, as in "see `koinon doctor`", may leave out what it needs.
                let named = |kind| {
                    matches!(
                        kind,
                        ErrorKind::DisplayHelp
                            | ErrorKind::DisplayVersion
                            | ErrorKind::MissingRequiredArgument
                            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                    )
                };
                if let Err(error) = tried {
                    assert!(named(error.kind()), "{}: koinon {line}\n{error}", page.display());
                }
                checked += 1;
            }
        }
        assert!(checked > 40, "only {checked} commands were found");
        assert!(
            Args::try_parse_from(words("koinon peer add x.card --numbr '1 2'")).is_err(),
            "and a wrong one is not"
        );
    }
}
