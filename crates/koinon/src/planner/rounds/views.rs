//! What `koinon rounds` shows: one view, printed as columns or as JSON.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use koinon_core::{Dimension, ItemCode, LoadCode, PlaceCode, Region, VehicleCode};
use koinon_match::Moment;
use koinon_match::rounds::{LeftWhy, Load, RoundPlan, Rounds, Tour};
use serde::{Deserialize, Serialize};

use super::super::verify;
use super::super::views::{moment, urgency_word};
use crate::amount::Amount;
use crate::failure::{Complaint, Exit};
use crate::out::{Align, Out};

/// All tours.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RoundsView {
    /// The moment from which they were planned, in the region's time: YYYY-MM-DD HH:MM.
    start: String,
    /// For how many days loads were taken that name no day.
    pub(super) days: u32,
    handling_minutes: u32,
    duty_minutes: u32,
    /// The digest of the region's roads and the tables.
    inputs: String,
    /// The check number: equal inputs give an equal one everywhere.
    digest: String,
    /// Whether no plan takes more loads, or the same in fewer minutes.
    best: bool,
    /// Minutes of all tours on the way and at stops, without waiting.
    minutes: i64,
    /// The fewest minutes in which any plan takes just these loads, where that is known.
    minutes_at_least: Option<i64>,
    /// How many loads any plan takes at most.
    loads_at_most: usize,
    tours: Vec<TourView>,
    /// What is brought.
    loads: Vec<LoadView>,
    /// What no tour takes.
    left: Vec<LeftView>,
    #[serde(skip)]
    file: PathBuf,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct TourView {
    vehicle: VehicleCode,
    home: PlaceCode,
    shift_from: String,
    shift_to: String,
    /// Which of the shift's drivers, from 1.
    driver: u32,
    leaves: String,
    back: String,
    minutes: i64,
    stops: Vec<StopView>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct StopView {
    place: PlaceCode,
    arrives: String,
    leaves: String,
    unload: Vec<LoadCode>,
    load: Vec<LoadCode>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct LoadView {
    load: LoadCode,
    from: PlaceCode,
    to: PlaceCode,
    item: ItemCode,
    amount: Amount,
    urgency: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct LeftView {
    #[serde(flatten)]
    load: LoadView,
    why: String,
}

/// Reads rounds as `koinon rounds --json` prints them.
pub(super) fn read(path: &Path) -> anyhow::Result<RoundsView> {
    let view: RoundsView = verify::open(path, "rounds")?;
    if !(1..=60).contains(&view.days) {
        let found = format!("{}: planned for {} days", path.display(), view.days);
        return Err(Complaint::new(found, "take the file as `koinon rounds --json` wrote it").into());
    }
    Ok(RoundsView { file: path.to_owned(), ..view })
}

/// Makes the view of a plan.
pub(super) fn rounds(problem: &Rounds, plan: &RoundPlan, region: &Region, days: u32) -> RoundsView {
    let loads: BTreeMap<&LoadCode, &Load> = problem.loads.iter().map(|load| (&load.code, load)).collect();
    let load = |code: &LoadCode| loads.get(code).map(|load| load_view(load, region));
    let taken = plan.tours.iter().flat_map(|tour| &tour.stops).flat_map(|stop| &stop.on);
    let mut taken: Vec<LoadView> = taken.filter_map(load).collect();
    taken.sort_by(|a, b| a.load.cmp(&b.load));
    let left = plan
        .left
        .iter()
        .filter_map(|left| Some(LeftView { load: load(&left.load)?, why: why(left.why).to_owned() }));
    RoundsView {
        start: moment(problem.now),
        days,
        handling_minutes: problem.handling_minutes,
        duty_minutes: problem.duty_minutes,
        inputs: plan.inputs.to_string(),
        digest: plan.digest.to_string(),
        best: plan.proven,
        minutes: plan.minutes,
        minutes_at_least: plan.bound.minutes,
        loads_at_most: plan.bound.loads,
        tours: plan.tours.iter().map(tour_view).collect(),
        loads: taken,
        left: left.collect(),
        file: PathBuf::new(),
    }
}

fn load_view(load: &Load, region: &Region) -> LoadView {
    let dimension = region.item(&load.item).map_or(Dimension::Count, |item| item.dimension);
    LoadView {
        load: load.code.clone(),
        from: load.from.clone(),
        to: load.to.clone(),
        item: load.item.clone(),
        amount: Amount::new(load.amount, dimension),
        urgency: load.urgency.map(|urgency| urgency_word(urgency).to_owned()),
    }
}

fn tour_view(tour: &Tour) -> TourView {
    let stop = |stop: &koinon_match::rounds::Stop| StopView {
        place: stop.place.clone(),
        arrives: moment(stop.arrives),
        leaves: moment(stop.leaves),
        unload: stop.off.clone(),
        load: stop.on.clone(),
    };
    TourView {
        vehicle: tour.vehicle.clone(),
        home: tour.home.clone(),
        shift_from: moment(tour.shift.0),
        shift_to: moment(tour.shift.1),
        driver: tour.driver,
        leaves: moment(tour.leaves),
        back: moment(tour.back),
        minutes: tour.minutes,
        stops: tour.stops.iter().map(stop).collect(),
    }
}

const fn why(why: LeftWhy) -> &'static str {
    match why {
        LeftWhy::NoVehicle => "there is no vehicle",
        LeftWhy::NothingCold => "no vehicle keeps it cold",
        LeftWhy::NothingSafe => "no vehicle that could take it may carry dangerous goods",
        LeftWhy::TooHeavy => "too heavy for every vehicle that suits it",
        LeftWhy::TooBulky => "no vehicle that suits it has so much room",
        LeftWhy::TooManyPallets => "more pallets than any vehicle that suits it takes",
        LeftWhy::NoWay => "no road leads there from where such a vehicle is at home, or back",
        LeftWhy::NoDriver => "nobody drives in that time where such a vehicle is at home",
        LeftWhy::OutOfService => "such vehicles are out of service until it is too late",
        LeftWhy::TooFar => "there and back takes longer than a driver is on duty",
        LeftWhy::TooLate => "it would arrive too late",
        LeftWhy::Taken => "vehicles and drivers bring others, which come first or are more",
    }
}

impl RoundsView {
    /// Whether nothing is brought.
    pub(super) const fn is_empty(&self) -> bool {
        self.tours.is_empty()
    }

    /// Minutes of handling and of duty.
    pub(super) const fn rules(&self) -> (u32, u32) {
        (self.handling_minutes, self.duty_minutes)
    }

    /// The moment from which they were planned.
    pub(super) fn start(&self) -> anyhow::Result<Moment> {
        verify::moment_of(&self.start, &self.file)
    }

    /// Compares them with the tours that follow, and says what is different.
    pub(super) fn compare(&self, ours: &Self, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
        let same = verify::Numbers { theirs: &self.inputs, ours: &ours.inputs, digest: &ours.digest };
        let what = format!("{} tours", self.tours.len());
        verify::judge(self, &Self { file: self.file.clone(), ..ours.again()? }, &same, &what, json, out)
    }

    /// The same as it is written and read.
    fn again(&self) -> anyhow::Result<Self> {
        Ok(serde_json::from_value(serde_json::to_value(self)?)?)
    }
}

/// Prints the tours in columns.
pub(super) fn print(view: &RoundsView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    let codes = |codes: &[LoadCode]| match codes {
        [] => "-".to_owned(),
        codes => codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    };
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    if !view.tours.is_empty() {
        let mut rows = vec![row(&["vehicle", "driver", "place", "arrives", "leaves", "unload", "load"])];
        for tour in &view.tours {
            let driver = format!("{} of {}", tour.driver, tour.home);
            let (mut vehicle, mut driver) = (tour.vehicle.to_string(), driver);
            let mut line = |place: &str, arrives: &str, leaves: &str, off: &str, on: &str| {
                let start = [std::mem::take(&mut vehicle), std::mem::take(&mut driver)];
                start.into_iter().chain(row(&[place, arrives, leaves, off, on])).collect::<Vec<_>>()
            };
            if tour.stops.first().is_none_or(|stop| stop.place != tour.home) {
                rows.push(line(tour.home.as_str(), "-", &tour.leaves, "-", "-"));
            }
            for stop in &tour.stops {
                rows.push(line(
                    stop.place.as_str(),
                    &stop.arrives,
                    &stop.leaves,
                    &codes(&stop.unload),
                    &codes(&stop.load),
                ));
            }
            if tour.stops.last().is_none_or(|stop| stop.place != tour.home) {
                rows.push(line(tour.home.as_str(), &tour.back, "-", "-", "-"));
            }
        }
        out.table(&[Left; 7], &rows)?;
        out.line("")?;
        let mut rows = vec![row(&["load", "from", "to", "item", "amount", "urgency"])];
        rows.extend(view.loads.iter().map(load_row));
        out.table(&[Left, Left, Left, Left, Right, Left], &rows)?;
    }
    if !view.left.is_empty() {
        if !view.tours.is_empty() {
            out.line("")?;
        }
        let mut rows = vec![row(&["left", "from", "to", "item", "amount", "urgency", "why"])];
        rows.extend(view.left.iter().map(|left| {
            let mut cells = load_row(&left.load);
            cells.push(left.why.clone());
            cells
        }));
        out.table(&[Left, Left, Left, Left, Right, Left, Left], &rows)?;
    }
    Ok(())
}

fn load_row(load: &LoadView) -> Vec<String> {
    let urgency = load.urgency.as_deref().unwrap_or("-");
    let cells = [
        load.load.as_str(),
        load.from.as_str(),
        load.to.as_str(),
        load.item.as_str(),
        &load.amount.text,
        urgency,
    ];
    cells.map(str::to_owned).to_vec()
}

/// One sentence about the tours.
pub(super) fn summary(view: &RoundsView) -> String {
    let count =
        |n: usize, one: &str, many: &str| if n == 1 { format!("one {one}") } else { format!("{n} {many}") };
    let all = view.loads.len() + view.left.len();
    let quality = if view.best {
        "no better tours exist".to_owned()
    } else {
        let loads = if view.loads.len() == view.loads_at_most {
            "no tours bring more".to_owned()
        } else {
            format!("no tours bring more than {} of them", view.loads_at_most)
        };
        match view.minutes_at_least {
            Some(least) => format!("{loads}, and these loads take at least {least} minutes"),
            None => loads,
        }
    };
    let short: String = view.digest.chars().take(8).collect();
    format!(
        "{} of {} in {}, {} minutes on the way and at stops; {quality}; check number {short}",
        view.loads.len(),
        count(all, "load", "loads"),
        count(view.tours.len(), "tour", "tours"),
        view.minutes
    )
}
