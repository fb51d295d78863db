//! Plans that the program prints, verifies again and writes as files; examples that the documents speak of.

use std::fs;
use std::path::{Path, PathBuf};

use super::cases::{ONE_WIRE, REGION, STOCK, TWO_DAYS, TWO_GRIDS, TWO_MISSIONS, TWO_TEAMS, VEHICLES};
use super::run;

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

#[test]
fn a_balance_is_verified_from_the_same_files_and_written_step_by_step() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    for (name, bytes) in [("r.toml", REGION), ("p.csv", TWO_GRIDS), ("l.csv", ONE_WIRE), ("f.csv", TWO_DAYS)]
    {
        fs::write(path(name), bytes).unwrap();
    }
    fs::create_dir(path("steps")).unwrap();
    let line = "balance energy --region r.toml --places p.csv --lines l.csv --flows f.csv";
    let made = run(directory.path(), &format!("{line} --step 6h --json --csv steps"));
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    let view: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    // Every flow of a step is a row of a table.
    let rows: usize = fs::read_dir(path("steps"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .filter(|text| text.lines().next().is_some_and(|head| head.contains("line")))
        .map(|text| text.lines().count() - 1)
        .sum();
    assert_eq!(rows, view["flows"].as_array().unwrap().len());
    let said = |text: &str, line: &str| {
        fs::write(path("plan.json"), text).unwrap();
        let output = run(directory.path(), &format!("{line} --verify plan.json"));
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    // The steps are those of the plan, whatever stands on the command line.
    let text = String::from_utf8(made.stdout).unwrap();
    let (code, words) = said(&text, line);
    assert_eq!(code, Some(0), "{words}");
    let sent = format!("\"sent\": {}", view["flows"][0]["sent"]);
    let (code, words) = said(&text.replacen(&sent, "\"sent\": 1", 1), line);
    assert_eq!((code, words.contains("flows[0].sent")), (Some(1), true), "{words}");
    fs::write(path("other.csv"), "line,from,to,per_hour,loss\nWire 1,hill,mill,29 kWh,2.5\n").unwrap();
    let (code, words) = said(&text, &line.replace("l.csv", "other.csv"));
    assert_eq!((code, words.contains("made from other files")), (Some(1), true), "{words}");
    let (code, words) = said(&text.replace("\"step_minutes\": 360", "\"step_minutes\": 0"), line);
    assert_eq!((code, words.contains("steps of 0 minutes")), (Some(2), true), "{words}");
}
