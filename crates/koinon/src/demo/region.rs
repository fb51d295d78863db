//! Which region the demo plays in.

use std::path::Path;

use anyhow::{Context as _, bail};
use koinon_core::Day;
use koinon_core::region::Region;

use super::madagascar;

/// The ring of ten communities that comes with the program.
const RING: &str = include_str!("../../../../regions/ring.toml");

/// The day on which a demo begins when its region does not say.
pub(crate) const FIRST_DAY: &str = "2026-03-02";

/// A world to play in.
pub(crate) struct Chosen {
    /// The region file's text, as it is adopted.
    pub text: String,
    /// The region.
    pub region: Region,
    /// The first day.
    pub start: Day,
}

/// Reads the world that was asked for: `ring`, `madagascar`, or a region file.
pub(crate) fn choose(world: &str) -> anyhow::Result<Chosen> {
    let text = match world {
        "ring" => RING.to_owned(),
        "madagascar" => madagascar::REGION.to_owned(),
        path => {
            if !Path::new(path).exists() {
                bail!("there is no world '{path}'; give ring, madagascar or the path of a region file");
            }
            std::fs::read_to_string(path).with_context(|| format!("cannot read the region file '{path}'"))?
        }
    };
    let region = Region::parse(&text).map_err(|faults| {
        let list: Vec<String> = faults.iter().take(20).map(ToString::to_string).collect();
        anyhow::anyhow!("the region file '{world}' has {} faults:\n{}", faults.len(), list.join("\n"))
    })?;
    let first = Day::parse(FIRST_DAY).context("the demo's first day is a date")?;
    let start = region.start.unwrap_or(first);
    Ok(Chosen { text, region, start })
}
