//! `koinon deploy`: which team could go to which mission, who could be treated where, and where parts could be made.
//!
//! All three read plain tables, plan in `koinon-match`, and print a suggestion with its reasons. Nobody is named in them: a team is a word of
//! its community, a request a count.

mod capacity;
mod capacity_views;
mod tables;
mod teams;
mod teams_views;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use koinon_core::{Day, PlaceCode, Region};
use koinon_match::Moment;
use koinon_match::relief::Way;
use serde::de::DeserializeOwned;

use crate::failure::Exit;
use crate::files;
use crate::out::Out;
use crate::planner::{read, verify};

/// Suggests who goes where.
#[derive(Debug, Subcommand)]
pub(crate) enum DeployCommand {
    /// Suggest which team goes to which mission
    Teams(teams::TeamsArgs),
    /// Suggest which hospital takes how many people of a community, for which kind of care, on which day
    Referrals(capacity::ReferralsArgs),
    /// Suggest which shop makes which part, on which days
    Fabrication(capacity::FabricationArgs),
}

/// What all three have in common.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The region file: places, and the routes between them
    #[arg(long, value_name = "FILE")]
    region: PathBuf,
    /// Minutes of ways that the region file does not know, or knows otherwise: a table with from, to, minutes
    #[arg(long, value_name = "FILE")]
    travel: Option<PathBuf>,
    /// Work the plan out again and say whether this one, as `--json` printed it, is just that
    #[arg(long, value_name = "PLAN")]
    verify: Option<PathBuf>,
    /// Write the rows that cannot be used to this file, to be mended
    #[arg(long, value_name = "FILE")]
    to_mend: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs a command.
pub(crate) fn run(command: &DeployCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        DeployCommand::Teams(args) => teams::run(args, out),
        DeployCommand::Referrals(args) => capacity::referrals(args, out),
        DeployCommand::Fabrication(args) => capacity::fabrication(args, out),
    }
}

impl Common {
    /// The region, and what the file of a plan to verify says.
    fn open<V: DeserializeOwned>(&self, command: &str) -> anyhow::Result<(Region, Option<V>)> {
        let (region, _) = files::region(&self.region)?;
        let Some(path) = &self.verify else { return Ok((region, None)) };
        Ok((region, Some(verify::open(path, &format!("deploy {command}"))?)))
    }

    fn to_mend(&self) -> Option<&Path> {
        self.to_mend.as_deref()
    }

    /// Minutes between places: by the routes of the region on a day, and by the table where it says otherwise. Where the table has no row for
    /// the way back, it takes as long.
    fn ways(
        &self,
        region: &Region,
        day: Day,
        from: &BTreeSet<PlaceCode>,
        to: &BTreeSet<PlaceCode>,
    ) -> anyhow::Result<Vec<Way>> {
        let mut ways: BTreeMap<(PlaceCode, PlaceCode), i64> = BTreeMap::new();
        let by_road = |a, b| koinon_match::roads::ways(region, day, a, b).into_iter();
        for way in by_road(from, to).chain(by_road(to, from)) {
            ways.insert((way.depot, way.place), way.minutes);
        }
        if let Some(path) = &self.travel {
            let rows = read(path, self.to_mend(), &tables::TRAVEL, |table| tables::travel(region, table))?;
            let said: BTreeSet<_> = rows.iter().map(|way| (way.depot.clone(), way.place.clone())).collect();
            for Way { depot, place, minutes } in rows {
                if !said.contains(&(place.clone(), depot.clone())) {
                    ways.insert((place.clone(), depot.clone()), minutes);
                }
                ways.insert((depot, place), minutes);
            }
        }
        ways.retain(|(a, b), _| (from.contains(a) && to.contains(b)) || (to.contains(a) && from.contains(b)));
        ways.retain(|(a, b), _| a != b);
        Ok(ways.into_iter().map(|((depot, place), minutes)| Way { depot, place, minutes }).collect())
    }
}

/// Reads a moment of the command line.
pub(crate) fn parse_moment(text: &str) -> Result<Moment, String> {
    verify::moment(&text.replace('T', " "))
        .ok_or_else(|| "that is no moment; write it like 2026-03-31T06:30".to_owned())
}

/// One of so many, in words: `1 team`, `2 teams`.
fn many(count: i64, one: &str, more: &str) -> String {
    format!("{} {}", crate::out::grouped(count), if count == 1 { one } else { more })
}

/// Minutes as hours and minutes: `45 min`, `2 h`, `2 h 05 min`.
fn length(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest:02} min"),
    }
}
