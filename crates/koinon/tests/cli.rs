//! Whole outputs of the program: exit code, standard output and standard error of each command line, kept in
//! `tests/cli/`. `KOINON_BLESS=1 cargo test -p koinon --test cli` writes them anew; look at the difference before you
//! commit it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail loudly")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A command line and the files beside it.
struct Case {
    /// The golden file's name.
    name: &'static str,
    /// The command line without the program's name.
    line: &'static str,
    /// Files that are there before: name and bytes.
    files: &'static [(&'static str, &'static [u8])],
}

const fn case(
    name: &'static str,
    line: &'static str,
    files: &'static [(&'static str, &'static [u8])],
) -> Case {
    Case { name, line, files }
}

const REGION: &[u8] = include_bytes!("cli/two-towns.toml");
const STOCK: &[u8] = b"place,item,amount,good until\nhill,Rice,\"12,000.5 kg\",\nhill,pills,900,2026-06-30\nmill store,rice,1 t,\n";
const DISASTERS: &[u8] = b"id,date,type,town,affected\nflood-1,2026-03-02,Flood,Mill,1000\nflood-1,2026-03-02,Flood,Hill,40\nstorm-2,2026-04-01,Storm,Mill,10\n";
const VEHICLES: &[u8] =
    b"vehicle,home,kg,litres,pallets\nHill lorry,hill,3000,9000,\nmill van,mill,900,2000,2\n";
const SHIFTS: &[u8] =
    b"place,day,from,to,drivers\nhill,,07:00,12:00,1\nmill store,2026-03-03,22:00,02:00,1\n";
const LOADS: &[u8] = b"load,from,to,item,amount,unit,urgency,ready,due\n,hill,mill,rice,4,t,,,\nmedicine,mill,hill,pills,5000,,must-have,2026-03-03,2026-03-03 08:00\nlate,mill,hill,pills,10,,,2026-03-03 23:00,\nearly,hill,mill,pills,10,,useful,,2026-03-02 07:10\n";
/// The two towns with a shuttle that leaves at fixed times, one of them over midnight.
const TIMED: &[u8] = concat!(
    include_str!("cli/two-towns.toml"),
    "\n[[corridors]]\ncode = \"shuttle\"\nfrom = \"hill\"\nto = \"mill\"\nmode = \"shuttle\"\nkm = 9\nminutes = 25\n",
    "departures = { days = [\"mon\", \"fri\"], times = [\"07:30\", \"23:50\"] }\ncapacity_kg = 100\ncapacity_l = 400\n"
)
.as_bytes();
const SERVING: &[u8] = b"item,people\npills,0.5\n";

const RING: &[u8] = include_bytes!("../../../regions/ring.toml");
const STORM_TEAMS: &[u8] = include_bytes!("../../../examples/storm/teams.csv");
const STORM_MISSIONS: &[u8] = include_bytes!("../../../examples/storm/missions.csv");
const STORM_FLOORS: &[u8] = include_bytes!("../../../examples/storm/crew-floors.csv");
const STORM_PATIENTS: &[u8] = include_bytes!("../../../examples/storm/patients.csv");
const STORM_HOSPITALS: &[u8] = include_bytes!("../../../examples/storm/hospitals.csv");
const STORM_PARTS: &[u8] = include_bytes!("../../../examples/storm/parts.csv");
const STORM_SHOPS: &[u8] = include_bytes!("../../../examples/storm/shops.csv");
const ENERGY_PLACES: &[u8] = include_bytes!("../../../examples/energy/places.csv");
const ENERGY_LINES: &[u8] = include_bytes!("../../../examples/energy/lines.csv");
const ENERGY_FLOWS: &[u8] = include_bytes!("../../../examples/energy/flows.csv");
const DROUGHT_PLACES: &[u8] = include_bytes!("../../../examples/drought/places.csv");
const DROUGHT_LINES: &[u8] = include_bytes!("../../../examples/drought/lines.csv");
const DROUGHT_FLOWS: &[u8] = include_bytes!("../../../examples/drought/flows.csv");
const TWO_GRIDS: &[u8] = b"place;store;level;keep;charge_loss\nhill;200 kWh;100;20;10\nMill;;;;\n";
const ONE_WIRE: &[u8] = b"line,from,to,per_hour,loss\nWire 1,hill,mill,30 kWh,2.5\n";
const TWO_DAYS: &[u8] = b"place,from,until,inflow,must_have,needed,unit\nhill,2026-06-02 06:00,2026-06-02 18:00,1.2,,,MWh\nmill,2026-06-02,2026-06-03,0,240,960,kWh\n";
const TWO_TEAMS: &[u8] = b"team;skills\nHill/nurse-1;nurse\nhill/nurse-2;nurse\nmill/crew;nurse+driver 2\n";
const TWO_MISSIONS: &[u8] = b"mission;place;urgency;start;end;skills\nclinic;Mill;must-have;2026-03-02 08:00;2026-03-02 16:00;nurse 3\n";

const CASES: &[Case] = &[
    case("balance-energy-help", "balance energy --help", &[]),
    case(
        "balance-energy",
        "balance energy --region ring.toml --places p.csv --lines l.csv --flows f.csv",
        &[("ring.toml", RING), ("p.csv", ENERGY_PLACES), ("l.csv", ENERGY_LINES), ("f.csv", ENERGY_FLOWS)],
    ),
    case(
        "balance-water",
        "balance water --region ring.toml --places p.csv --lines l.csv --flows f.csv",
        &[("ring.toml", RING), ("p.csv", DROUGHT_PLACES), ("l.csv", DROUGHT_LINES), ("f.csv", DROUGHT_FLOWS)],
    ),
    case(
        "balance-energy-json",
        "balance energy --region r.toml --places p.csv --lines l.csv --flows f.csv --step 6h --json",
        &[("r.toml", REGION), ("p.csv", TWO_GRIDS), ("l.csv", ONE_WIRE), ("f.csv", TWO_DAYS)],
    ),
    case(
        "balance-bad-rows",
        "balance water --region r.toml --places p.csv --lines l.csv --flows f.csv --to-mend mend.csv",
        &[
            ("r.toml", REGION),
            ("p.csv", b"place,store,level,keep,loss_per_day,unit\nhil,,,,,\nmill,10,11,,,m3\nhill,,3,,95,kg\n"),
            ("l.csv", ONE_WIRE),
            ("f.csv", TWO_DAYS),
        ],
    ),
    case(
        "balance-bad-lines",
        "balance energy --region r.toml --places p.csv --lines l.csv --flows f.csv",
        &[
            ("r.toml", REGION),
            ("p.csv", TWO_GRIDS),
            ("l.csv", b"line,from,to,per_hour,per_day,loss,both_ways\na,hill,hill,1,,,\nb,hill,mill,,,lots,perhaps\n"),
            ("f.csv", TWO_DAYS),
        ],
    ),
    case(
        "balance-bad-flows",
        "balance energy --region r.toml --places p.csv --lines l.csv --flows f.csv",
        &[
            ("r.toml", REGION),
            ("p.csv", b"place\nhill\n"),
            ("l.csv", b"line,from,to,per_hour\n"),
            ("f.csv", b"place,from,until,inflow\nmill,2026-06-02,2026-06-03,1\nhill,noon,,1\nhill,2026-06-03,2026-06-02,-4 kWh\n"),
        ],
    ),
    case("deploy-help", "deploy --help", &[]),
    case("deploy-teams-help", "deploy teams --help", &[]),
    case(
        "deploy-teams",
        "deploy teams --region ring.toml --teams t.csv --missions m.csv --floors f.csv --now 2026-03-02T06:00",
        &[("ring.toml", RING), ("t.csv", STORM_TEAMS), ("m.csv", STORM_MISSIONS), ("f.csv", STORM_FLOORS)],
    ),
    case(
        "deploy-teams-json",
        "deploy teams --region r.toml --teams t.csv --missions m.csv --now 2026-03-02T06:00 --json",
        &[("r.toml", REGION), ("t.csv", TWO_TEAMS), ("m.csv", TWO_MISSIONS)],
    ),
    case(
        "deploy-teams-travel",
        "deploy teams --region r.toml --teams t.csv --missions m.csv --travel w.csv --now 2026-03-02T06:00 --keep 0",
        &[("r.toml", REGION), ("t.csv", TWO_TEAMS), ("m.csv", TWO_MISSIONS), ("w.csv", b"from,to,minutes\nhill,mill,130\n")],
    ),
    case(
        "deploy-teams-nobody",
        "deploy teams --region r.toml --teams t.csv --missions m.csv --now 2026-03-02T06:00 --keep 9",
        &[("r.toml", REGION), ("t.csv", TWO_TEAMS), ("m.csv", TWO_MISSIONS)],
    ),
    case(
        "deploy-teams-bad-rows",
        "deploy teams --region r.toml --teams t.csv --missions m.csv --to-mend mend.csv",
        &[
            ("r.toml", REGION),
            ("m.csv", TWO_MISSIONS),
            (
                "t.csv",
                b"team,skills,willing,until,max_minutes,last_duty_start,last_duty_end,duty_hours\nnurse-1,nurse,,,,,,\nhil/nurse-1,,maybe,soon,-4,,,\nhill/a,nurse 0,,,,2026-03-02,,\nhill/a,n\xc3\xa9e,,,,2026-03-02 06:00,,many\nhill/b,nurse,,,,2026-03-02 06:00,,\nhill/c,nurse,yes,,,,,12:75\n",
            ),
        ],
    ),
    case(
        "deploy-teams-bad-missions",
        "deploy teams --region r.toml --teams t.csv --missions m.csv --now 2026-03-02T06:00",
        &[
            ("r.toml", REGION),
            ("t.csv", TWO_TEAMS),
            (
                "m.csv",
                b"mission,place,urgency,start,end,skills,days\nclinic,mil,soon,2026-03-02 08:00,,nurse,1\nflood,mill,,2026-03-02 08:00,2026-03-05 08:00,nurse,0\nstorm,mill,,8 o'clock,2026-03-02 08:00,\"nurse, nurse\",\n",
            ),
        ],
    ),
    case(
        "deploy-teams-too-late",
        "deploy teams --region r.toml --teams t.csv --missions m.csv --now 2026-06-02T06:00",
        &[("r.toml", REGION), ("t.csv", TWO_TEAMS), ("m.csv", TWO_MISSIONS)],
    ),
    case(
        "deploy-referrals",
        "deploy referrals --region ring.toml --needs n.csv --hospitals h.csv --today 2026-03-02",
        &[("ring.toml", RING), ("n.csv", STORM_PATIENTS), ("h.csv", STORM_HOSPITALS)],
    ),
    case(
        "deploy-referrals-json",
        "deploy referrals --region r.toml --needs n.csv --hospitals h.csv --today 2026-03-02 --days 2 --json",
        &[
            ("r.toml", REGION),
            ("n.csv", b"place,care,people,by\nhill,surgery,3,2026-03-03\n"),
            ("h.csv", b"hospital,care,beds_per_day\nmill/ward,surgery,1\n"),
        ],
    ),
    case(
        "deploy-referrals-bad-rows",
        "deploy referrals --region r.toml --needs n.csv --hospitals h.csv --today 2026-03-02",
        &[
            ("r.toml", REGION),
            ("n.csv", b"place,care,people,by\nhil,surgery,three,never\nhill,,0,\n"),
            ("h.csv", b"hospital,care,beds_per_day\nward,surgery,1\n"),
        ],
    ),
    case(
        "deploy-fabrication",
        "deploy fabrication --region ring.toml --requests p.csv --shops s.csv --today 2026-03-02",
        &[("ring.toml", RING), ("p.csv", STORM_PARTS), ("s.csv", STORM_SHOPS)],
    ),
    case("help", "--help", &[]),
    case("nothing", "", &[]),
    case("unknown-command", "stok", &[]),
    case("version", "--version", &[]),
    case("match-help", "match --help", &[]),
    case("region-new-too-many", "region new --communities 5000", &[]),
    case("region-new-to", "region new --communities 3 --population 1000 --name Vale --to vale.toml", &[]),
    case("region-new-exists", "region new --to vale.toml", &[("vale.toml", b"mine")]),
    case("region-check", "region check r.toml", &[("r.toml", REGION)]),
    case("region-check-json", "region check r.toml --json", &[("r.toml", REGION)]),
    case("region-check-missing", "region check nowhere.toml", &[]),
    case(
        "region-check-bad",
        "region check r.toml",
        &[("r.toml", b"format = 1\nname = \"\"\ntime_zone = \"Mars/Base\"\nlanguages = []\ncomunities = []\n")],
    ),
    case("region-check-not-text", "region check r.toml", &[("r.toml", b"\xff\xfe\x00name")]),
    case("match", "match --region r.toml --stock s.csv --today 2026-03-02", &[("r.toml", REGION), ("s.csv", STOCK)]),
    case(
        "match-needs",
        "match --region r.toml --stock s.csv --needs n.csv --today 2026-03-02 --days 3",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("n.csv", b"place;item;amount;urgency;by\nMill;pills;30;must-have;2026-03-04\nmill;pills;9000;useful;\n"),
        ],
    ),
    case(
        "match-json",
        "match --region r.toml --stock s.csv --today 2026-03-02 --json",
        &[("r.toml", REGION), ("s.csv", STOCK)],
    ),
    case(
        "match-nothing",
        "match --region r.toml --stock s.csv --today 2026-03-02",
        &[("r.toml", REGION), ("s.csv", b"place,item,amount\nhill,pills,1\n")],
    ),
    case(
        "match-bad-rows",
        "match --region r.toml --stock s.csv --to-mend mend.csv",
        &[
            ("r.toml", REGION),
            (
                "s.csv",
                b"Where\tArticle\tQty\tgood until\nhil\trice\t1 t\t\nhill\trise\t1\t\nhill\trice\t\t\nhill\trice\t-2 t\tsoon\nhill\trice\t5 l\t\nmill\tpills\t3\t\n",
            ),
        ],
    ),
    case(
        "match-two-readings",
        "match --region r.toml --stock s.csv",
        &[("r.toml", REGION), ("s.csv", b"place;item;amount\nhill;rice;1,250\nhill;pills;7\n")],
    ),
    case(
        "match-workbook",
        "match --region r.toml --stock s.xlsx",
        &[("r.toml", REGION), ("s.xlsx", b"PK\x03\x04\x14\x00")],
    ),
    case(
        "match-no-columns",
        "match --region r.toml --stock s.csv",
        &[("r.toml", REGION), ("s.csv", b"goods,number\nrice,1\n")],
    ),
    case(
        "match-bad-region",
        "match --region r.toml --stock s.csv",
        &[("r.toml", b"format = 9"), ("s.csv", STOCK)],
    ),
    case("match-bad-day", "match --region r.toml --stock s.csv --today 31.3.2026", &[]),
    case("match-directory", "match --region . --stock s.csv", &[]),
    case(
        "relief",
        "match --region r.toml --stock s.csv --disasters d.csv --disaster flood-1",
        &[("r.toml", REGION), ("s.csv", STOCK), ("d.csv", DISASTERS), ("people_per_item.csv", SERVING)],
    ),
    case(
        "relief-json",
        "match --region r.toml --stock s.csv --disasters d.csv --disaster storm-2 --people-per-item p.csv --json",
        &[("r.toml", REGION), ("s.csv", STOCK), ("d.csv", DISASTERS), ("p.csv", SERVING)],
    ),
    case(
        "relief-all",
        "match --region r.toml --stock s.csv --disasters d.csv --all",
        &[("r.toml", REGION), ("s.csv", STOCK), ("d.csv", DISASTERS), ("people_per_item.csv", SERVING)],
    ),
    case(
        "relief-unknown",
        "match --region r.toml --stock s.csv --disasters d.csv --disaster flood-9",
        &[("r.toml", REGION), ("s.csv", STOCK), ("d.csv", DISASTERS), ("people_per_item.csv", SERVING)],
    ),
    case(
        "relief-bad-rows",
        "match --region r.toml --stock s.csv --disasters d.csv --all",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("people_per_item.csv", SERVING),
            ("d.csv", b"id,date,type,town,affected\n,2026-02-30,Flood,Mill,many\nf,2026-03-02,Flood,Mill,1\nf,2026-03-02,Flood,mill,2\n"),
        ],
    ),
    case("relief-which", "match --region r.toml --stock s.csv --disasters d.csv", &[]),
    case("preposition-help", "preposition --help", &[]),
    case(
        "preposition",
        "preposition --region r.toml --stock s.csv --disasters d.csv --today 2026-03-02 --to then.csv",
        &[("r.toml", REGION), ("s.csv", STOCK), ("d.csv", DISASTERS), ("people_per_item.csv", SERVING)],
    ),
    case(
        "preposition-json",
        "preposition --region r.toml --stock s.csv --disasters d.csv --sites p.csv --today 2026-03-02 --json",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("d.csv", b"disaster,day,kind,place,people,weight\nflood-1,2026-03-02,Flood,Mill,200,3\nfire-2,2026-04-01,Fire,Hill,40,1\n"),
            ("people_per_item.csv", SERVING),
            ("p.csv", b"place,item,open,litres,least,most\nmill,,must,9000,,\nmill,pills,,,100,350\n"),
        ],
    ),
    case(
        "preposition-added",
        "preposition --region r.toml --stock s.csv --disasters d.csv --add a.csv --stay --today 2026-03-02",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("d.csv", DISASTERS),
            ("people_per_item.csv", SERVING),
            ("a.csv", b"item,amount\npills,500\n"),
        ],
    ),
    case(
        "preposition-bad-rows",
        "preposition --region r.toml --stock s.csv --disasters d.csv --sites p.csv",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("d.csv", DISASTERS),
            ("people_per_item.csv", SERVING),
            ("p.csv", b"place,item,open,litres,least,most\nmil,,must,,,\nmill,,perhaps,lots,3,\nmill,pills,,,9,2\nmill,pills,,,,\n"),
        ],
    ),
    case(
        "preposition-bad-weights",
        "preposition --region r.toml --stock s.csv --disasters d.csv",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("people_per_item.csv", SERVING),
            ("d.csv", b"disaster,day,kind,place,people,weight\nf,2026-03-02,Flood,Mill,200,3\nf,2026-03-02,Flood,Hill,200,2\ng,2026-03-02,Flood,Hill,200,half\n"),
        ],
    ),
    case(
        "preposition-no-room",
        "preposition --region r.toml --stock s.csv --disasters d.csv --sites p.csv --today 2026-03-02",
        &[
            ("r.toml", REGION),
            ("s.csv", STOCK),
            ("d.csv", DISASTERS),
            ("people_per_item.csv", SERVING),
            ("p.csv", b"place,item,most\nmill,pills,30\nhill,pills,40\n"),
        ],
    ),
    case(
        "preposition-nothing",
        "preposition --region r.toml --stock s.csv --disasters d.csv --people-per-item p.csv --today 2026-03-02",
        &[("r.toml", REGION), ("s.csv", STOCK), ("d.csv", DISASTERS), ("p.csv", b"item,people\n")],
    ),
    case("rounds-help", "rounds --help", &[]),
    case(
        "rounds",
        "rounds --region r.toml --vehicles v.csv --shifts d.csv --loads l.csv --today 2026-03-02 --gtfs tours.zip",
        &[("r.toml", REGION), ("v.csv", VEHICLES), ("d.csv", SHIFTS), ("l.csv", LOADS)],
    ),
    case(
        "rounds-json",
        "rounds --region r.toml --vehicles v.csv --loads l.csv --today 2026-03-02 --days 1 --json",
        &[("r.toml", REGION), ("v.csv", VEHICLES), ("l.csv", b"from,to,item,amount\nhill,mill,pills,50\nmill,hill,pills,40\n")],
    ),
    case(
        "rounds-nothing",
        "rounds --region r.toml --vehicles v.csv --loads l.csv --today 2026-03-02",
        &[("r.toml", REGION), ("v.csv", b"vehicle,home,kg,litres\n"), ("l.csv", LOADS)],
    ),
    case(
        "rounds-bad-rows",
        "rounds --region r.toml --vehicles v.csv --loads l.csv --to-mend mend.csv",
        &[
            ("r.toml", REGION),
            ("v.csv", b"vehicle,home,kg,litres,cold box,out until\n!,hil,7 t,-1,perhaps,soon\nvan,hill,1,1,,\n"),
            ("l.csv", LOADS),
        ],
    ),
    case(
        "rounds-twice",
        "rounds --region r.toml --vehicles v.csv --loads l.csv --today 2026-03-02",
        &[
            ("r.toml", REGION),
            ("v.csv", b"vehicle,home,kg,litres\nvan,hill,1,1\nvan,mill,1,1\n"),
            ("l.csv", b"load,from,to,item,amount,ready,due\na,hill,mill,pills,1,2026-03-05,2026-03-04\na,hill,mill,pills,1,,\n"),
        ],
    ),
    case("rounds-of-nothing", "rounds --region r.toml --vehicles v.csv", &[]),
    case("timetable", "timetable --region r.toml --gtfs t.zip --today 2026-03-02 --days 7", &[("r.toml", TIMED)]),
    case("timetable-json", "timetable --region r.toml --gtfs t.zip --today 2026-03-02 --json", &[("r.toml", TIMED)]),
    case("timetable-nothing", "timetable --region r.toml --gtfs t.zip --today 2026-03-02", &[("r.toml", REGION)]),
    case("timetable-exists", "timetable --region r.toml --gtfs t.zip --today 2026-03-02", &[("r.toml", TIMED), ("t.zip", b"mine")]),
    case("import-esups-nothing", "region import-esups . --to out", &[]),
    case("import-esups-bad", "region import-esups . --to out", &[("disasterCoordinates.csv", b"gglAddressAscii,gglLat,gglLong\n\"A, B\",north,1\n\"A, B\",2,3\n")]),
];

fn run(directory: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_koinon"))
        .args(line.split_whitespace())
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn told(line: &str, output: &Output, directory: &Path) -> String {
    let mut text = format!("$ koinon {line}\n[exit {}]\n", output.status.code().unwrap_or(-1));
    for (name, bytes) in [("out", &output.stdout), ("err", &output.stderr)] {
        let words = String::from_utf8_lossy(bytes).replace(&directory.display().to_string(), "DIRECTORY");
        if !words.is_empty() {
            let _ = write!(text, "[{name}]\n{words}");
        }
    }
    text
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(name)
}

#[test]
fn every_command_line_answers_as_before() {
    let bless = std::env::var_os("KOINON_BLESS").is_some();
    let mut differ = String::new();
    for case in CASES {
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in case.files {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        let mut found = told(case.line, &run(directory.path(), case.line), directory.path());
        if let Ok(mend) = fs::read_to_string(directory.path().join("mend.csv")) {
            let _ = write!(found, "[mend.csv]\n{mend}");
        }
        let path = golden(&format!("{}.txt", case.name));
        if bless {
            fs::write(&path, &found).unwrap();
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        if found != wanted {
            let _ = write!(differ, "{}: wanted\n{wanted}\nfound\n{found}\n", path.display());
        }
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn golden_files_and_cases_are_the_same_set() {
    let mut files: Vec<String> = fs::read_dir(golden(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .collect();
    files.sort();
    let mut cases: Vec<String> = CASES.iter().map(|case| case.name.to_owned()).collect();
    cases.sort();
    assert_eq!(files, cases);
}

#[test]
fn a_deployment_plan_is_verified_from_the_same_files_and_no_others() {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("r.toml", REGION),
        ("t.csv", TWO_TEAMS),
        ("m.csv", TWO_MISSIONS),
        ("n.csv", b"place,care,people\nhill,surgery,3\n"),
        ("h.csv", b"hospital,care,beds_per_day\nmill/ward,surgery,1\n"),
    ] {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    let plan = directory.path().join("plan.json");
    for (line, start, change, other) in [
        (
            "deploy teams --region r.toml --teams t.csv --missions m.csv",
            "--now 2026-03-02T06:00 --keep 0",
            ("\"way_minutes\": 0", "\"way_minutes\": 1"),
            "deploy teams --region r.toml --teams t.csv --missions m.csv --travel w.csv",
        ),
        (
            "deploy referrals --region r.toml --needs n.csv --hospitals h.csv",
            "--today 2026-03-02 --days 5",
            ("\"served\": 3", "\"served\": 4"),
            "deploy referrals --region r.toml --needs n.csv --hospitals h.csv --travel w.csv",
        ),
    ] {
        let made = run(directory.path(), &format!("{line} {start} --json"));
        assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
        fs::write(&plan, &made.stdout).unwrap();
        let said = |line: &str| {
            let output = run(directory.path(), &format!("{line} --verify plan.json"));
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        let (code, words) = said(line);
        assert_eq!((code, words.starts_with("This is the plan that follows: ")), (Some(0), true), "{words}");
        let text = String::from_utf8(made.stdout).unwrap();
        assert!(text.contains(change.0), "{text}");
        fs::write(&plan, text.replace(change.0, change.1)).unwrap();
        let (code, words) = said(line);
        assert_eq!((code, words.contains("This is not the plan that follows")), (Some(1), true), "{words}");
        fs::write(&plan, text).unwrap();
        fs::write(directory.path().join("w.csv"), "from,to,minutes\nhill,mill,77\n").unwrap();
        let (code, words) = said(other);
        assert_eq!((code, words.contains("was made from other files")), (Some(1), true), "{words}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let lines = [
        "region new --communities 1000",
        "match --region region.toml --stock stock.csv --disasters disasters.csv --all --json",
    ];
    for line in lines {
        let mut child = Command::new(env!("CARGO_BIN_EXE_koinon"))
            .args(line.split_whitespace())
            .current_dir(workspace.join("examples/madagascar"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    }
}

#[test]
fn completions_exist_for_every_shell() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(directory.path(), &format!("completions {shell}"));
        assert!(output.status.success(), "{shell}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("koinon"), "{shell}");
    }
}

#[test]
fn a_new_region_is_always_the_same_and_reads_back_without_a_fault() {
    let directory = tempfile::tempdir().unwrap();
    for line in ["region new", "region new --communities 37 --population 900 --layout cluster --seed 7"] {
        let (first, second) = (run(directory.path(), line), run(directory.path(), line));
        assert_eq!(first.stdout, second.stdout);
        fs::write(directory.path().join("r.toml"), &first.stdout).unwrap();
        let check = run(directory.path(), "region check r.toml");
        assert_eq!(check.status.code(), Some(0), "{}", String::from_utf8_lossy(&check.stdout));
    }
}

#[test]
fn the_schema_is_a_json_object() {
    let output = run(Path::new("."), "region schema");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(schema.get("properties").is_some());
}

/// The example is what the conversion makes of the study's tables.
#[test]
fn the_madagascar_example_is_the_conversion_of_the_study() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let shared = std::env::var_os("KOINON_SHARED").map_or_else(|| workspace.join("../shared"), PathBuf::from);
    let study = shared.join("data/esups_madagascar");
    if !study.exists() {
        // A test that cannot run says so, past any capture.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: the ESUPS study is not here; set KOINON_SHARED to compare examples/madagascar with it\n",
        );
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let line = format!("region import-esups {} --to made", study.display());
    let output = run(directory.path(), &line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["region.toml", "stock.csv", "disasters.csv", "people_per_item.csv"] {
        let made = fs::read_to_string(directory.path().join("made").join(name)).unwrap();
        let kept = fs::read_to_string(workspace.join("examples/madagascar").join(name)).unwrap();
        assert!(made == kept, "{name} is no longer the conversion of the study; import it again");
    }
}

/// What the example says of every disaster, so that a change of the engine shows.
#[test]
fn the_madagascar_example_plans_every_disaster() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let line = "match --region region.toml --stock stock.csv --disasters disasters.csv --all --json";
    let output = run(&workspace.join("examples/madagascar"), line);
    let view: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let disasters = view["disasters"].as_array().unwrap();
    assert_eq!(disasters.len(), 64);
    for one in disasters {
        let number = |key: &str| one[key].as_i64().unwrap();
        assert!(number("people_with_any") <= number("people"), "{one}");
        assert!(number("people_with_all") <= number("people_with_any"), "{one}");
        assert!(number("last_minute") <= 52 * 60, "no road of the study is longer than 52 hours: {one}");
    }
    for item in view["total"]["items"].as_array().unwrap() {
        let people = item["people"].as_i64().unwrap() + item["uncovered"].as_i64().unwrap();
        assert_eq!(Some(people), view["total"]["people"].as_i64(), "{item}");
    }
}

#[test]
fn a_plan_is_verified_by_whoever_has_the_same_files() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(directory.path().join(name), bytes).unwrap();
    write("r.toml", REGION);
    write("s.csv", STOCK);
    let tables = "match --region r.toml --stock s.csv";
    let printed = run(directory.path(), &format!("{tables} --json")).stdout;
    let plan: serde_json::Value = serde_json::from_slice(&printed).unwrap();
    assert!(!plan["suggestions"].as_array().unwrap().is_empty());
    let verify = |file: &str| {
        let output = run(directory.path(), &format!("{tables} --verify {file}"));
        let json = run(directory.path(), &format!("{tables} --verify {file} --json"));
        assert_eq!(json.status.code(), output.status.code());
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), told, serde_json::from_slice::<serde_json::Value>(&json.stdout).ok())
    };
    // From the moment of the plan on, whenever it is asked.
    write("plan.json", &printed);
    let (code, told, json) = verify("plan.json");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains(plan["digest"].as_str().unwrap()), "{told}");
    assert_eq!(json.unwrap()["verified"], true);
    // A line that somebody changed, with the check number left as it was.
    let mut forged = plan.clone();
    forged["suggestions"][0]["to"] = "hill".into();
    forged["gap_ppm"] = 7.into();
    write("forged.json", forged.to_string().as_bytes());
    let (code, told, json) = verify("forged.json");
    assert_eq!(code, Some(1));
    assert!(told.contains("suggestions[0].to: the plan says \"hill\"") && told.contains("gap_ppm"), "{told}");
    assert_eq!(json.as_ref().unwrap()["same_inputs"], true);
    assert_eq!(json.unwrap()["differences"].as_array().unwrap().len(), 2);
    let mut short = plan.clone();
    short["suggestions"].as_array_mut().unwrap().remove(0);
    write("short.json", short.to_string().as_bytes());
    assert_eq!(verify("short.json").0, Some(1));
    // Other files, no plan, and a start that is none.
    write("other.csv", b"place,item,amount\nhill,Rice,11 t\n");
    let other = run(directory.path(), "match --region r.toml --stock other.csv --verify plan.json");
    assert_eq!(other.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&other.stderr).contains("made from other files"));
    assert_eq!(verify("s.csv").0, Some(2));
    let mut odd = plan;
    odd["start"] = "soon".into();
    write("odd.json", odd.to_string().as_bytes());
    let (code, told, _) = verify("odd.json");
    assert_eq!(code, Some(2));
    assert!(told.contains("odd.json: start 'soon' is none"), "{told}");
}

#[test]
fn rounds_follow_from_a_plan_are_verified_and_written_as_a_timetable() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("r.toml"), REGION).unwrap();
    fs::write(path("s.csv"), STOCK).unwrap();
    fs::write(path("n.csv"), b"place,item,amount,urgency,by\nMill,pills,30,must-have,2026-03-04\n").unwrap();
    fs::write(path("v.csv"), VEHICLES).unwrap();
    let plan =
        run(directory.path(), "match --region r.toml --stock s.csv --needs n.csv --today 2026-03-02 --json");
    fs::write(path("plan.json"), &plan.stdout).unwrap();
    let line = "rounds --region r.toml --vehicles v.csv --plan plan.json";
    let found = run(directory.path(), &format!("{line} --json --gtfs tours.zip"));
    assert_eq!(found.status.code(), Some(0), "{}", String::from_utf8_lossy(&found.stderr));
    let view: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    let urgencies: Vec<&str> =
        view["loads"].as_array().unwrap().iter().filter_map(|load| load["urgency"].as_str()).collect();
    assert_eq!(urgencies, ["must-have"]);
    let suggested = serde_json::from_slice::<serde_json::Value>(&plan.stdout).unwrap()["suggestions"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(view["loads"].as_array().unwrap().len(), suggested);
    // Every tour is a trip that starts and ends at home.
    let tours = view["tours"].as_array().unwrap();
    let mut archive = zip::ZipArchive::new(fs::File::open(path("tours.zip")).unwrap()).unwrap();
    let times = csv::Reader::from_reader(archive.by_name("stop_times.txt").unwrap())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .collect::<Vec<_>>();
    let trips: Vec<&[Vec<String>]> = times.chunk_by(|a, b| a[0] == b[0]).collect();
    assert_eq!(trips.len(), tours.len());
    for trip in trips {
        assert_eq!((trip[0][3].as_str(), trip[trip.len() - 1][3].as_str()), ("hill", "hill"));
    }
    // Whoever has the same files works the tours out again; a changed minute is seen.
    fs::write(path("mine.json"), &found.stdout).unwrap();
    let same = run(directory.path(), &format!("{line} --verify mine.json"));
    assert_eq!(same.status.code(), Some(0), "{}", String::from_utf8_lossy(&same.stderr));
    let text = String::from_utf8(found.stdout).unwrap();
    let leaves = tours[0]["leaves"].as_str().unwrap();
    fs::write(
        path("other.json"),
        text.replacen(&format!("\"leaves\": \"{leaves}\""), "\"leaves\": \"2026-03-02 05:59\"", 1),
    )
    .unwrap();
    let other = run(directory.path(), &format!("{line} --verify other.json --json"));
    assert_eq!(other.status.code(), Some(1));
    let verdict: serde_json::Value = serde_json::from_slice(&other.stdout).unwrap();
    assert_eq!((&verdict["verified"], &verdict["same_inputs"]), (&false.into(), &true.into()));
    assert!(verdict["differences"][0].as_str().unwrap().contains("leaves"), "{verdict}");
    // Days that no plan has, and a day that is too far, are said at once; nothing is laid out for them.
    fs::write(path("long.json"), text.replacen("\"days\": ", "\"days\": 200000000", 1)).unwrap();
    let long = run(directory.path(), &format!("{line} --verify long.json"));
    assert_eq!(long.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&long.stderr).contains("planned for 200000000"), "{long:?}");
    fs::write(path("far.csv"), b"from,to,item,amount,due\nhill,Mill,Rice,10 kg,9999-12-31\n").unwrap();
    let far = "rounds --region r.toml --vehicles v.csv --loads far.csv --today 2026-03-02";
    let far = run(directory.path(), far);
    assert_eq!(far.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&far.stderr).contains("more than 400 days"), "{far:?}");
}

#[test]
fn the_example_of_rounds_leaves_what_its_page_says() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let example = "--vehicles examples/rounds/vehicles.csv --shifts examples/rounds/shifts.csv --loads examples/rounds/loads.csv";
    let found =
        run(&workspace, &format!("rounds --region regions/ring.toml {example} --today 2026-03-02 --json"));
    let view: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    let left: Vec<&str> =
        view["left"].as_array().unwrap().iter().map(|left| left["load"].as_str().unwrap()).collect();
    assert_eq!(left, ["milk-brook-1"]);
    let chlorine =
        view["tours"].as_array().unwrap().iter().find(|tour| tour["vehicle"] == "tanker-van").unwrap();
    assert!(chlorine.to_string().contains("chlorine-alder"));
}
