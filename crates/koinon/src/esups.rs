//! From the tables of an ESUPS study (depots, stocks, driving hours, past disasters) to a region file and its tables.
//!
//! Written from the facts of the tables alone. What they do not say and a region must state is marked below with
//! "not in the tables"; `examples/madagascar/README.md` repeats it for readers. Nothing is repaired: a row that
//! cannot be used ends the import with every such row named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use koinon_core::id::code_from_words;
use koinon_core::region::{
    Community, Corridor, Degrees, Departures, FORMAT, Group, Hub, Item, Mode, Place, Population, Region,
    StorageClass, Store, Tier, Visibility,
};
use koinon_core::unit::{DecimalMark, parse_decimal};
use koinon_core::{CommunityCode, CorridorCode, Day, Dimension, ItemCode, PlaceCode, StoreCode};
use koinon_table::{Column, Limits, Table, quoted};

use crate::failure::{BadTable, Complaint, Exit, Explain};
use crate::files;
use crate::out::say;
use crate::words::{Cells, each};

/// What one lorry convoy carries: not in the tables, and high enough never to bind.
const CONVOY_KG: i64 = 1_000_000;
/// Its room in litres: not in the tables, and high enough never to bind.
const CONVOY_L: i64 = 10_000_000;
/// How many people keep a depot: not in the tables.
const KEEPERS: u32 = 2;

/// Items of ESUPS studies: their name there, here, and what the tables do not say of them.
const ITEMS: [(&str, &str, Group, Tier); 15] = [
    ("Blankets", "Blankets", Group::Shelter, Tier::Needed),
    ("Buckets", "Buckets", Group::Hygiene, Tier::Needed),
    ("Clothes", "Clothes", Group::Shelter, Tier::Useful),
    ("HygieneAndDignityKits", "Hygiene and dignity kits", Group::Hygiene, Tier::Needed),
    ("Kitchenset", "Kitchen sets", Group::Tool, Tier::Needed),
    ("Mosquitonets", "Mosquito nets", Group::Hygiene, Tier::MustHave),
    ("Otherlampslanterns", "Lamps and lanterns", Group::Tool, Tier::Useful),
    ("PersonalProtectionEquipmentkit(PPE)", "Protective equipment kits", Group::Medicine, Tier::Needed),
    ("SafeDeliverykits", "Safe delivery kits", Group::Medicine, Tier::MustHave),
    ("SchoolPlaykits", "School and play kits", Group::Tool, Tier::Useful),
    ("ShelterToolKit", "Shelter tool kits", Group::Shelter, Tier::Needed),
    ("Sleepingmats", "Sleeping mats", Group::Shelter, Tier::Needed),
    ("Tarpaulins", "Tarpaulins", Group::Shelter, Tier::MustHave),
    ("Tents", "Tents", Group::Shelter, Tier::MustHave),
    ("WaterContainers", "Water containers", Group::Water, Tier::MustHave),
];

/// What the items are called in Spanish, Arabic and French; the words are ours.
const NAMES: [(&str, [&str; 3]); 15] = [
    ("Blankets", ["Mantas", "بطانيات", "Couvertures"]),
    ("Buckets", ["Cubos", "دلاء", "Seaux"]),
    ("Clothes", ["Ropa", "ملابس", "Vêtements"]),
    (
        "Hygiene and dignity kits",
        ["Juegos de higiene y dignidad", "مجموعات النظافة والكرامة", "Kits d'hygiène et de dignité"],
    ),
    ("Kitchen sets", ["Juegos de cocina", "أطقم مطبخ", "Batteries de cuisine"]),
    ("Mosquito nets", ["Mosquiteras", "ناموسيات", "Moustiquaires"]),
    ("Lamps and lanterns", ["Lámparas y faroles", "مصابيح وفوانيس", "Lampes et lanternes"]),
    (
        "Protective equipment kits",
        ["Juegos de equipo de protección", "مجموعات معدات الوقاية", "Kits d'équipement de protection"],
    ),
    (
        "Safe delivery kits",
        ["Juegos para partos seguros", "مجموعات الولادة الآمنة", "Kits d'accouchement sans risque"],
    ),
    (
        "School and play kits",
        ["Juegos escolares y de recreo", "مجموعات الدراسة واللعب", "Kits scolaires et de jeu"],
    ),
    ("Shelter tool kits", ["Herramientas para refugios", "مجموعات أدوات المأوى", "Kits d'outils pour abris"]),
    ("Sleeping mats", ["Esterillas para dormir", "حصائر نوم", "Nattes de couchage"]),
    ("Tarpaulins", ["Lonas", "مشمعات", "Bâches"]),
    ("Tents", ["Tiendas de campaña", "خيام", "Tentes"]),
    ("Water containers", ["Recipientes de agua", "أوعية ماء", "Récipients à eau"]),
];
/// The languages of [`NAMES`].
const NAME_LANGUAGES: [&str; 3] = ["es", "ar", "fr"];

const fn column(name: &'static str) -> Column {
    Column { name, also: &[], required: true }
}

/// A town of the tables: its address there, and where it lies.
struct Town {
    address: String,
    name: String,
    place: Place,
}

/// Driving between a depot and a town.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Drive {
    minutes: u32,
    km: u32,
}

/// Where a depot stands.
#[derive(Clone)]
struct Depot {
    store: StoreCode,
    place: PlaceCode,
}

/// What is written.
struct Study {
    region: Region,
    stock: Vec<Vec<String>>,
    disasters: Vec<Vec<String>>,
    people_per_item: Vec<Vec<String>>,
}

/// Reads the tables of one study.
struct Reader<'a> {
    from: &'a Path,
}

impl Reader<'_> {
    /// Reads one table and makes something of each row; every flaw of the table is an error at once.
    fn rows<T>(
        &self,
        name: &str,
        columns: &[Column],
        make: impl FnMut(&mut Cells<'_>) -> Option<T>,
    ) -> anyhow::Result<Vec<T>> {
        let path = self.from.join(name);
        let bytes = files::table(&path)?;
        let bad = |flaws| BadTable { file: path.display().to_string(), flaws };
        let table = Table::read(&bytes, &Limits::COMMAND, columns).map_err(bad)?;
        Ok(each(&table, make).map_err(bad)?)
    }
}

/// Imports a study into a directory: `region.toml`, `stock.csv`, `disasters.csv` and `people_per_item.csv`.
pub(crate) fn import(from: &Path, to: &Path, force: bool) -> anyhow::Result<Exit> {
    let study = read(from)?;
    let errors: Vec<String> =
        study.region.check().iter().filter(|f| f.is_error()).map(ToString::to_string).collect();
    if !errors.is_empty() {
        let message = format!("the tables make no region that can be used:\n  {}", errors.join("\n  "));
        return Err(Complaint::new(message, "mend the tables").into());
    }
    std::fs::create_dir_all(to)
        .explain(|| format!("{} cannot be made", to.display()), "check the path and its rights")?;
    let tables = [
        ("stock.csv", &["store", "item", "amount"][..], &study.stock),
        ("disasters.csv", &["disaster", "day", "kind", "place", "people"][..], &study.disasters),
        ("people_per_item.csv", &["item", "people"][..], &study.people_per_item),
    ];
    files::write(&to.join("region.toml"), &study.region.to_toml(), force)?;
    for (name, head, rows) in tables {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(head)?;
        for row in rows {
            writer.write_record(row)?;
        }
        let bytes = writer.into_inner().explain(|| format!("{name} cannot be written"), "")?;
        files::write(&to.join(name), &String::from_utf8(bytes)?, force)?;
    }
    say(format!(
        "Wrote {} places, {} depots, {} routes and {} rows of disasters to {}.",
        study.region.places().count(),
        study.region.stores.len(),
        study.region.corridors.len(),
        study.disasters.len(),
        to.display()
    ));
    Ok(Exit::Done)
}

fn read(from: &Path) -> anyhow::Result<Study> {
    let reader = Reader { from };
    let towns = read_towns(&reader, "disasterCoordinates.csv")?;
    let included: BTreeSet<String> = reader
        .rows("depotSelection.csv", &[column("gglAddressAscii"), column("include")], |cells| {
            (cells.text("include") == "1").then(|| cells.text("gglAddressAscii").to_owned())
        })?
        .into_iter()
        .collect();
    let mut depots = read_towns(&reader, "depotCoordinates.csv")?;
    depots.retain(|depot| included.contains(&depot.address));
    let drives = read_drives(&reader)?;
    let (disasters, hit) = read_disasters(&reader, &towns)?;
    let mut region = Region::default();
    region.format = FORMAT;
    region.name = country(&towns);
    // Not in the tables: Madagascar's; change it for another country's study.
    "Indian/Antananarivo".clone_into(&mut region.time_zone);
    let languages = std::iter::once("en").chain(NAME_LANGUAGES);
    region.languages = languages.map(str::to_owned).collect();
    region.items = read_items(&reader)?;
    let mut places = BTreeMap::new();
    for town in &towns {
        let code = CommunityCode::new(&code_of(&town.name)?)?;
        places.insert(town.address.clone(), code.place());
        region.communities.push(Community {
            code,
            name: town.name.clone(),
            place: town.place,
            // Not in the tables: the most people whom one disaster hit there stands in.
            population: Population::constant(hit.get(&town.address).copied().unwrap_or(0).max(1)),
            joins: None,
            leaves: None,
            split_from: None,
            keeps_days: None,
            ages: None,
            divisions: None,
            districts: Vec::new(),
        });
    }
    let depots = settle_depots(&mut region, &depots, &places, &drives)?;
    lay_routes(&mut region, &depots, &places, &drives)?;
    region.reindex();
    let stock = read_stock(&reader, &depots, &region)?;
    let people_per_item = read_people_per_item(&reader, &region)?;
    Ok(Study { region, stock, disasters, people_per_item })
}

fn country(towns: &[Town]) -> String {
    let country = towns.first().and_then(|town| town.address.rsplit_once(", "));
    country.map_or_else(|| "Study".to_owned(), |(_, country)| country.to_owned())
}

/// The code of a name; one too long to be a code is an error.
fn code_of(name: &str) -> anyhow::Result<String> {
    code_from_words(name)
        .ok_or_else(|| Complaint::new(format!("{} makes no code", quoted(name)), "use Latin letters").into())
}

/// Puts each depot into the town that it can reach in no time, and into a hub of its own where there is none.
fn settle_depots(
    region: &mut Region,
    depots: &[Town],
    places: &BTreeMap<String, PlaceCode>,
    drives: &BTreeMap<(String, String), Drive>,
) -> anyhow::Result<BTreeMap<String, Depot>> {
    let mut settled = BTreeMap::new();
    for depot in depots {
        let nearest = places
            .iter()
            .filter_map(|(address, place)| {
                let drive = drives.get(&(depot.address.clone(), address.clone()))?;
                Some((drive.minutes, drive.km, place))
            })
            .min();
        let Some((minutes, _, town)) = nearest else {
            let found = format!("no driving hours lead from the depot {}", quoted(&depot.address));
            return Err(Complaint::new(found, "add it to distanceMatrix.csv").into());
        };
        let code = code_of(&depot.name)?;
        let place = if minutes == 0 {
            town.clone()
        } else {
            let own = PlaceCode::new(&code)?;
            region.hubs.push(Hub {
                code: own.clone(),
                name: depot.name.clone(),
                place: depot.place,
                // Not in the tables: the nearest town keeps it.
                keeper: town.community(),
                opens: None,
                closes: None,
                keeps: BTreeMap::new(),
            });
            own
        };
        let store = StoreCode::new(&code)?;
        region.stores.push(Store {
            code: store.clone(),
            place: place.clone(),
            name: format!("Depot {}", depot.name),
            storage: vec![StorageClass::Ambient],
            open_days: Vec::new(),
            holidays: Vec::new(),
            capacity_kg: None,
            capacity_l: None,
            keepers: KEEPERS,
            visibility: Visibility::default(),
            collection_point: false,
            opens: None,
            closes: None,
        });
        settled.insert(depot.address.clone(), Depot { store, place });
    }
    Ok(settled)
}

/// One road for each pair of places that the tables join: both ways where they say the same or only one way.
fn lay_routes(
    region: &mut Region,
    depots: &BTreeMap<String, Depot>,
    places: &BTreeMap<String, PlaceCode>,
    drives: &BTreeMap<(String, String), Drive>,
) -> anyhow::Result<()> {
    let mut roads: BTreeMap<(PlaceCode, PlaceCode), Drive> = BTreeMap::new();
    for ((depot, town), drive) in drives {
        if let (Some(depot), Some(town)) = (depots.get(depot), places.get(town))
            && depot.place != *town
        {
            roads.insert((depot.place.clone(), town.clone()), *drive);
        }
    }
    for ((from, to), drive) in &roads {
        let back = roads.get(&(to.clone(), from.clone()));
        let both_ways = back.is_none_or(|back| back == drive);
        if both_ways && back.is_some() && to < from {
            // Its other direction stands already.
            continue;
        }
        region.corridors.push(Corridor {
            code: CorridorCode::new(&format!("{from}-{to}"))?,
            from: from.clone(),
            to: to.clone(),
            both_ways,
            mode: Mode::Road,
            km: drive.km.max(1),
            minutes: drive.minutes.max(1),
            departures: Departures::default(),
            capacity_kg: CONVOY_KG,
            capacity_l: CONVOY_L,
            capacity_pallets: None,
            cold: false,
            loss_per_mille: 0,
            opens: None,
            closes: None,
        });
    }
    Ok(())
}

fn read_towns(reader: &Reader<'_>, file: &str) -> anyhow::Result<Vec<Town>> {
    let columns = [column("gglAddressAscii"), column("gglLat"), column("gglLong")];
    let mut seen = BTreeSet::new();
    reader.rows(file, &columns, |cells| {
        let address = cells.text("gglAddressAscii").to_owned();
        let lat = number(cells, "gglLat", 1_000_000);
        let lon = number(cells, "gglLong", 1_000_000);
        if !seen.insert(address.clone()) {
            cells.said("gglAddressAscii", format!("{} stands twice", quoted(&address)), "keep one row");
        }
        let degrees = |micro: i64| i32::try_from(micro).ok().map(Degrees::from_micro);
        let name = address.split(',').next().unwrap_or_default().trim().to_owned();
        Some(Town { name, place: Place { lon: degrees(lon?)?, lat: degrees(lat?)? }, address })
    })
}

fn read_drives(reader: &Reader<'_>) -> anyhow::Result<BTreeMap<(String, String), Drive>> {
    let columns = [
        column("depotGglAddressAscii"),
        column("disasterGglAddressAscii"),
        column("drivingTime_hrs"),
        column("distance_km"),
    ];
    let drives = reader.rows("distanceMatrix.csv", &columns, |cells| {
        let minutes = number(cells, "drivingTime_hrs", 60);
        let km = number(cells, "distance_km", 1);
        let ends =
            (cells.text("depotGglAddressAscii").to_owned(), cells.text("disasterGglAddressAscii").to_owned());
        Some((ends, Drive { minutes: u32::try_from(minutes?).ok()?, km: u32::try_from(km?).ok()? }))
    })?;
    Ok(drives.into_iter().collect())
}

fn read_items(reader: &Reader<'_>) -> anyhow::Result<Vec<Item>> {
    let columns = [column("ItemName"), column("WeightMetricTon"), column("CubicMeters")];
    reader.rows("items.csv", &columns, |cells| {
        // Tonnes to grams, or cubic metres to millilitres, in 1,000 pieces.
        let mass = number(cells, "WeightMetricTon", 1_000_000_000);
        let volume = number(cells, "CubicMeters", 1_000_000_000);
        let (name, group, tier) = known_item(cells, "ItemName")?;
        Some(Item {
            code: item_code(name)?,
            name: name.to_owned(),
            names: names_of(name),
            group,
            dimension: Dimension::Count,
            unit: "piece".to_owned(),
            packs: Vec::new(),
            mass_g_per_1000: Some(mass?),
            volume_ml_per_1000: Some(volume?),
            micropallets_per_1000: None,
            kcal_per_1000: None,
            shelf_days: None,
            storage: StorageClass::Ambient,
            tier,
            need: None,
            substitutes: Vec::new(),
            allergens: Vec::new(),
            diet: Vec::new(),
            prescription: false,
            controlled: false,
            hazards: Vec::new(),
            returnable: None,
            contains: Vec::new(),
            sowing: None,
            husbandry: None,
            visibility: None,
            source: "ESUPS study, items.csv".to_owned(),
        })
    })
}

fn known_item<'a>(cells: &mut Cells<'_>, column: &'static str) -> Option<(&'a str, Group, Tier)> {
    let text = cells.text(column);
    let known = ITEMS.iter().find(|(there, ..)| *there == text);
    if known.is_none() {
        let remedy = "use one of the items of ESUPS studies, for example Blankets or Tents";
        cells.said(column, format!("{} is not known", quoted(text)), remedy);
    }
    known.map(|(_, name, group, tier)| (*name, *group, *tier))
}

/// The names of an item in other languages.
fn names_of(name: &str) -> BTreeMap<String, String> {
    let known = NAMES.iter().filter(|(known, _)| *known == name);
    let pairs = known.flat_map(|(_, words)| NAME_LANGUAGES.iter().zip(words));
    pairs.map(|(language, word)| ((*language).to_owned(), (*word).to_owned())).collect()
}

fn item_code(name: &str) -> Option<ItemCode> {
    ItemCode::new(&code_from_words(name)?).ok()
}

fn read_stock(
    reader: &Reader<'_>,
    depots: &BTreeMap<String, Depot>,
    region: &Region,
) -> anyhow::Result<Vec<Vec<String>>> {
    let columns = [column("ItemName"), column("gglAddress"), column("Total")];
    reader.rows("inventory/actual.csv", &columns, |cells| {
        let total = number(cells, "Total", 1);
        let item = known_item(cells, "ItemName").and_then(|(name, ..)| item_code(name));
        let address = cells.text("gglAddress");
        let Some(depot) = depots.get(address) else {
            cells.said("gglAddress", format!("{} is no depot", quoted(address)), "add its coordinates");
            return None;
        };
        let item = item.filter(|code| region.item(code).is_some())?;
        Some(vec![depot.store.to_string(), item.to_string(), total?.to_string()])
    })
}

fn read_people_per_item(reader: &Reader<'_>, region: &Region) -> anyhow::Result<Vec<Vec<String>>> {
    let columns = [column("Item"), column("Month"), column("PersonsPerItem")];
    let rows = reader.rows("personsPerItem.csv", &columns, |cells| {
        let people = number(cells, "PersonsPerItem", 1_000);
        let (name, ..) = known_item(cells, "Item")?;
        let item = item_code(name).filter(|code| region.item(code).is_some())?;
        people?;
        let is_default = cells.text("Month") == "DEFAULT";
        Some(is_default.then(|| vec![item.to_string(), cells.text("PersonsPerItem").to_owned()]))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Rows of disasters, and the most people whom one disaster hit in each town.
type Disasters = (Vec<Vec<String>>, BTreeMap<String, i64>);

/// One row for each disaster and town, in the order of days; the kinds that the study leaves out are left out.
fn read_disasters(reader: &Reader<'_>, towns: &[Town]) -> anyhow::Result<Disasters> {
    let kinds: BTreeSet<String> = reader
        .rows("disasterTypeSelection.csv", &[column("disasterType"), column("include")], |cells| {
            (cells.text("include") == "1").then(|| cells.text("disasterType").to_owned())
        })?
        .into_iter()
        .collect();
    let columns = [
        column("Day"),
        column("Month"),
        column("Year"),
        column("Type"),
        column("DisasterID"),
        column("gglAddress"),
        column("TotAffected"),
    ];
    let rows = reader.rows("disasterAffectedData2.csv", &columns, |cells| {
        let people = number(cells, "TotAffected", 1);
        let address = cells.text("gglAddress").to_owned();
        let town = towns.iter().find(|town| town.address == address);
        if town.is_none() {
            cells.said("gglAddress", format!("{} is no town", quoted(&address)), "add its coordinates");
        }
        let day = day(cells);
        let (kind, id) = (cells.text("Type").to_owned(), cells.text("DisasterID").to_owned());
        let row = (day?, id, kind, code_from_words(&town?.name)?, people?, address);
        Some(kinds.contains(&row.2).then_some(row))
    })?;
    let mut rows: Vec<_> = rows.into_iter().flatten().collect();
    rows.sort();
    let mut hit: BTreeMap<String, i64> = BTreeMap::new();
    for (.., people, address) in &rows {
        let most = hit.entry(address.clone()).or_default();
        *most = (*most).max(*people);
    }
    let rows = rows
        .into_iter()
        .map(|(day, id, kind, place, people, _)| vec![id, day, kind, place, people.to_string()])
        .collect();
    Ok((rows, hit))
}

/// The day as `YYYY-MM-DD`; the first of the month where the tables say day 0, which is not known.
fn day(cells: &mut Cells<'_>) -> Option<String> {
    let of = |column: &str| cells.text(column).parse::<u16>().ok();
    let text = match (of("Year"), of("Month"), of("Day")) {
        (Some(year), Some(month), Some(day)) => format!("{year:04}-{month:02}-{:02}", day.max(1)),
        _ => String::new(),
    };
    if Day::parse(&text).is_none() {
        cells.said("Day", "Day, Month and Year are no date", "write whole numbers; day 0 is not known");
        return None;
    }
    Some(text)
}

/// A decimal number times `times`, rounded to the nearest whole number.
fn number(cells: &mut Cells<'_>, column: &'static str, times: i64) -> Option<i64> {
    let text = cells.text(column);
    let exact = parse_decimal(text, DecimalMark::Point).ok().and_then(|(digits, scale)| {
        let below = 10i128.pow(scale);
        let top = digits.checked_mul(i128::from(times))?;
        i64::try_from((2 * top + below).div_euclid(2 * below)).ok()
    });
    if exact.is_none() {
        cells.said(column, format!("{} is no number", quoted(text)), "write it like 1250.5");
    }
    exact
}
