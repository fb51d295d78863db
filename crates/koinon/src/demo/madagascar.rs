//! The world of real depots, stocks, roads and past disasters: see `examples/madagascar/README.md` for its facts, their
//! source and licence.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use koinon_core::region::Region;
use koinon_core::unit::{DecimalMark, parse_decimal};
use koinon_core::{Day, ItemCode, PlaceCode, Quantity, StoreCode};
use koinon_match::relief::{Affected, ReliefItem};
use koinon_sim::OpeningLine;
use koinon_web::demo::relief::{Disaster, Past};

/// The region file.
pub(crate) const REGION: &str = include_str!("../../../../examples/madagascar/region.toml");
const STOCK: &str = include_str!("../../../../examples/madagascar/stock.csv");
const DISASTERS: &str = include_str!("../../../../examples/madagascar/disasters.csv");
const PEOPLE: &str = include_str!("../../../../examples/madagascar/people_per_item.csv");
const SOURCE: &str = "Depots, stocks, driving hours and disasters: ESUPS case study, Gurobi modelling examples, Apache-2.0; \
                      people affected: EM-DAT, CRED / UCLouvain.";

/// What stands in the depots.
pub(crate) fn opening(region: &Region) -> anyhow::Result<Vec<OpeningLine>> {
    let rows = rows(STOCK)?;
    let lines = rows.iter().map(|[store, item, amount]| {
        let item = ItemCode::new(item)?;
        let dimension = region.item(&item).ok_or_else(|| anyhow!("no item {item}"))?.dimension;
        let quantity = Quantity::new(amount.parse()?, dimension)?;
        Ok(OpeningLine { store: StoreCode::new(store)?, item, quantity, expires: None, batch: None })
    });
    lines.collect()
}

/// The past disasters, the newest first.
pub(crate) fn past() -> anyhow::Result<Past> {
    let mut by_id: BTreeMap<String, Disaster> = BTreeMap::new();
    for [id, day, kind, place, people] in rows(DISASTERS)? {
        let day = Day::parse(&day).with_context(|| format!("{id}: no date"))?;
        let one = Affected { place: PlaceCode::new(&place)?, people: people.parse()? };
        let disaster = by_id.entry(id.clone()).or_insert(Disaster { id, day, kind, affected: Vec::new() });
        disaster.affected.push(one);
    }
    let mut disasters: Vec<Disaster> = by_id.into_values().collect();
    disasters.sort_by(|a, b| (b.day, &b.id).cmp(&(a.day, &a.id)));
    let items = rows(PEOPLE)?
        .into_iter()
        .map(|[item, people]| {
            let (digits, scale) = parse_decimal(&people, DecimalMark::Point)?;
            let (people, units) = (i64::try_from(digits)?, 10i64.pow(scale));
            Ok(ReliefItem { code: ItemCode::new(&item)?, people, units })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Past { disasters, items, source: SOURCE.to_owned() })
}

/// The rows of one of our own tables.
fn rows<const N: usize>(text: &str) -> anyhow::Result<Vec<[String; N]>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records = reader.records().map(|record| {
        let cells: Vec<String> = record?.iter().map(str::to_owned).collect();
        <[String; N]>::try_from(cells).map_err(|cells| anyhow!("a row has {} cells, not {N}", cells.len()))
    });
    records.collect()
}
