//! `koinon region`: a region file is made, checked, described, or written from somebody's tables.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use koinon_core::Region;
use koinon_core::region::generate::{self, Layout};
use koinon_core::region::{Fault, Severity};
use serde::Serialize;

use crate::console::Ask;
use crate::console::views::Answer;
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit};
use crate::out::{Align, Out, grouped, say};
use crate::{book, esups, files, reach};

/// What can be done with a region file.
#[derive(Debug, Subcommand)]
pub(crate) enum RegionCommand {
    /// Make a region to start from
    New {
        /// How many communities
        #[arg(long, default_value_t = 10)]
        communities: usize,
        /// How many people in each
        #[arg(long, default_value_t = 25_000)]
        population: i64,
        /// How the communities lie to each other
        #[arg(long, value_enum, default_value_t = Shape::Ring)]
        layout: Shape,
        /// Moves places and lengths; the same number gives the same region
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The region's name
        #[arg(long)]
        name: Option<String>,
        /// Write to this file instead of the terminal
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// Replace the file if it exists
        #[arg(long, requires = "to")]
        force: bool,
    },
    /// Say everything that is wrong with a region file
    Check {
        /// The region file, or - for standard input
        file: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Go by a region file from now on, on a node
    Adopt {
        #[command(flatten)]
        data: DataArgs,
        /// The region file
        file: PathBuf,
        /// As whom, by name or id; without it, the only steward
        #[arg(long = "as", value_name = "PERSON")]
        who: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of region files
    Schema,
    /// Write a region and its tables from ESUPS tables of depots, stocks and disasters
    ImportEsups {
        /// The directory that holds the tables
        from: PathBuf,
        /// The directory to write to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// Replace files that exist
        #[arg(long)]
        force: bool,
    },
}

/// How communities lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// On a ring, each joined to its two neighbours
    Ring,
    /// On a grid with some disorder
    Cluster,
}

#[derive(Serialize)]
struct CheckView<'a> {
    file: String,
    usable: bool,
    /// `None` where the region cannot be used.
    digest: Option<String>,
    communities: usize,
    people: i64,
    hubs: usize,
    stores: usize,
    corridors: usize,
    items: usize,
    faults: Vec<FaultView<'a>>,
}

#[derive(Serialize)]
struct FaultView<'a> {
    line: Option<usize>,
    path: &'a str,
    severity: &'static str,
    found: &'a str,
    remedy: &'a str,
}

/// Runs one of the commands.
pub(crate) fn run(command: RegionCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        RegionCommand::New { communities, population, layout, seed, name, to, force } => {
            let layout = match layout {
                Shape::Ring => Layout::Ring,
                Shape::Cluster => Layout::Cluster,
            };
            let mut region = generate::new_region(communities, population, layout, seed)
                .map_err(|error| Complaint::usage(error.to_string(), "see `koinon region new --help`"))?;
            if let Some(name) = name {
                region.name = name;
            }
            put(&region, to.as_deref(), force, out)
        }
        RegionCommand::Check { file, json } => check(&file, json, out),
        RegionCommand::Adopt { data, file, who, json } => {
            // A file with faults is refused here, with their lines, before any node is asked.
            let (_, text) = files::region(&file)?;
            let Answer::Entered(view) = reach::ask(&data, Ask::Adopt { text, who })? else {
                return Err(reach::unexpected());
            };
            book::entered_told(&view, json, out)
        }
        RegionCommand::Schema => {
            out.line(Region::json_schema())?;
            Ok(Exit::Done)
        }
        RegionCommand::ImportEsups { from, to, force } => esups::import(&from, &to, force),
    }
}

fn put(region: &Region, to: Option<&Path>, force: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let errors: Vec<Fault> = region.check().into_iter().filter(Fault::is_error).collect();
    if let Some(fault) = errors.first() {
        return Err(Complaint::usage(fault.found.clone(), fault.remedy.clone()).into());
    }
    let text = region.to_toml();
    match to {
        None => out.text(&text)?,
        Some(path) => {
            files::write(path, &text, force)?;
            say(format!("Wrote {} with {}.", path.display(), counts(region)));
        }
    }
    Ok(Exit::Done)
}

fn counts(region: &Region) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    format!(
        "{}, {}, {}, {} and {}",
        count(region.communities.len(), "community", "communities"),
        count(region.hubs.len(), "hub", "hubs"),
        count(region.stores.len(), "store", "stores"),
        count(region.corridors.len(), "route", "routes"),
        count(region.items.len(), "item", "items")
    )
}

fn people(region: &Region) -> i64 {
    let day = region.start.unwrap_or_default();
    region.communities_on(day).map(|c| c.people(day)).fold(0, i64::saturating_add)
}

fn check(file: &Path, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let text = files::region_text(file)?;
    let (region, faults) = Region::examine(&text);
    if json {
        out.json(&view(file, region.as_ref(), &faults))?;
    } else {
        for fault in &faults {
            out.line(format!("{}: {fault}", file.display()))?;
        }
        if let Some(region) = &region {
            let rows = [
                ("region", region.name.clone()),
                ("holds", counts(region)),
                ("people", grouped(people(region))),
                ("check number", region.digest().short()),
            ];
            let rows: Vec<Vec<String>> = rows.map(|(word, value)| vec![word.to_owned(), value]).into();
            out.table(&[Align::Left, Align::Left], &rows)?;
        }
        out.flush()?;
        let (errors, warnings): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(|f| f.is_error());
        say(match (errors.len(), warnings.len()) {
            (0, 0) => "Nothing is wrong with it.".to_owned(),
            (0, 1) => "It can be used; one entry deserves a look.".to_owned(),
            (0, n) => format!("It can be used; {n} entries deserve a look."),
            (1, _) => "It cannot be used: one error.".to_owned(),
            (n, _) => format!("It cannot be used: {n} errors."),
        });
    }
    Ok(if region.is_some() { Exit::Done } else { Exit::No })
}

fn view<'a>(file: &Path, region: Option<&Region>, faults: &'a [Fault]) -> CheckView<'a> {
    CheckView {
        file: file.display().to_string(),
        usable: region.is_some(),
        digest: region.map(|r| r.digest().to_string()),
        communities: region.map_or(0, |r| r.communities.len()),
        people: region.map_or(0, people),
        hubs: region.map_or(0, |r| r.hubs.len()),
        stores: region.map_or(0, |r| r.stores.len()),
        corridors: region.map_or(0, |r| r.corridors.len()),
        items: region.map_or(0, |r| r.items.len()),
        faults: faults
            .iter()
            .map(|fault| FaultView {
                line: fault.line,
                path: &fault.path,
                severity: match fault.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                found: &fault.found,
                remedy: &fault.remedy,
            })
            .collect(),
    }
}
