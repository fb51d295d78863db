//! The command lines whose whole output is kept, with the files that lie beside them.

/// A command line and the files beside it.
pub(crate) struct Case {
    /// The golden file's name.
    pub(crate) name: &'static str,
    /// The command line without the program's name.
    pub(crate) line: &'static str,
    /// Files that are there before: name and bytes.
    pub(crate) files: &'static [(&'static str, &'static [u8])],
}

const fn case(
    name: &'static str,
    line: &'static str,
    files: &'static [(&'static str, &'static [u8])],
) -> Case {
    Case { name, line, files }
}

pub(crate) const REGION: &[u8] = include_bytes!("two-towns.toml");
pub(crate) const STOCK: &[u8] = b"place,item,amount,good until\nhill,Rice,\"12,000.5 kg\",\nhill,pills,900,2026-06-30\nmill store,rice,1 t,\n";
pub(crate) const DISASTERS: &[u8] = b"id,date,type,town,affected\nflood-1,2026-03-02,Flood,Mill,1000\nflood-1,2026-03-02,Flood,Hill,40\nstorm-2,2026-04-01,Storm,Mill,10\n";
pub(crate) const VEHICLES: &[u8] =
    b"vehicle,home,kg,litres,pallets\nHill lorry,hill,3000,9000,\nmill van,mill,900,2000,2\n";
pub(crate) const SHIFTS: &[u8] =
    b"place,day,from,to,drivers\nhill,,07:00,12:00,1\nmill store,2026-03-03,22:00,02:00,1\n";
pub(crate) const LOADS: &[u8] = b"load,from,to,item,amount,unit,urgency,ready,due\n,hill,mill,rice,4,t,,,\nmedicine,mill,hill,pills,5000,,must-have,2026-03-03,2026-03-03 08:00\nlate,mill,hill,pills,10,,,2026-03-03 23:00,\nearly,hill,mill,pills,10,,useful,,2026-03-02 07:10\n";
/// The two towns with a shuttle that leaves at fixed times, one of them over midnight.
pub(crate) const TIMED: &[u8] = concat!(
    include_str!("two-towns.toml"),
    "\n[[corridors]]\ncode = \"shuttle\"\nfrom = \"hill\"\nto = \"mill\"\nmode = \"shuttle\"\nkm = 9\nminutes = 25\n",
    "departures = { days = [\"mon\", \"fri\"], times = [\"07:30\", \"23:50\"] }\ncapacity_kg = 100\ncapacity_l = 400\n"
)
.as_bytes();
pub(crate) const SERVING: &[u8] = b"item,people\npills,0.5\n";

pub(crate) const RING: &[u8] = include_bytes!("../../../../regions/ring.toml");
pub(crate) const STORM_TEAMS: &[u8] = include_bytes!("../../../../examples/storm/teams.csv");
pub(crate) const STORM_MISSIONS: &[u8] = include_bytes!("../../../../examples/storm/missions.csv");
pub(crate) const STORM_FLOORS: &[u8] = include_bytes!("../../../../examples/storm/crew-floors.csv");
pub(crate) const STORM_PATIENTS: &[u8] = include_bytes!("../../../../examples/storm/patients.csv");
pub(crate) const STORM_HOSPITALS: &[u8] = include_bytes!("../../../../examples/storm/hospitals.csv");
pub(crate) const STORM_PARTS: &[u8] = include_bytes!("../../../../examples/storm/parts.csv");
pub(crate) const STORM_SHOPS: &[u8] = include_bytes!("../../../../examples/storm/shops.csv");
pub(crate) const ENERGY_PLACES: &[u8] = include_bytes!("../../../../examples/energy/places.csv");
pub(crate) const ENERGY_LINES: &[u8] = include_bytes!("../../../../examples/energy/lines.csv");
pub(crate) const ENERGY_FLOWS: &[u8] = include_bytes!("../../../../examples/energy/flows.csv");
pub(crate) const DROUGHT_PLACES: &[u8] = include_bytes!("../../../../examples/drought/places.csv");
pub(crate) const DROUGHT_LINES: &[u8] = include_bytes!("../../../../examples/drought/lines.csv");
pub(crate) const DROUGHT_FLOWS: &[u8] = include_bytes!("../../../../examples/drought/flows.csv");
pub(crate) const TWO_GRIDS: &[u8] = b"place;store;level;keep;charge_loss\nhill;200 kWh;100;20;10\nMill;;;;\n";
pub(crate) const ONE_WIRE: &[u8] = b"line,from,to,per_hour,loss\nWire 1,hill,mill,30 kWh,2.5\n";
pub(crate) const TWO_DAYS: &[u8] = b"place,from,until,inflow,must_have,needed,unit\nhill,2026-06-02 06:00,2026-06-02 18:00,1.2,,,MWh\nmill,2026-06-02,2026-06-03,0,240,960,kWh\n";
pub(crate) const TWO_TEAMS: &[u8] =
    b"team;skills\nHill/nurse-1;nurse\nhill/nurse-2;nurse\nmill/crew;nurse+driver 2\n";
pub(crate) const TWO_MISSIONS: &[u8] = b"mission;place;urgency;start;end;skills\nclinic;Mill;must-have;2026-03-02 08:00;2026-03-02 16:00;nurse 3\n";

pub(crate) const CASES: &[Case] = &[
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
