//! Made-up facts of ten communities, one chart of every kind; the golden tests draw the same.

use koinon_chart::{
    BarRow, Bars, Caption, Chart, Corridor, Fan, FanReading, Flow, Gantt, LineChart, Phase, PhaseState,
    Place, PlaceKind, Plane, Reading, RegionMap, Sankey, Segment, Series, Shade, Sparkline, Status, Step,
    Steps, Threshold, Tick, Transfer, TransferState, TravelMode,
};

fn words<const N: usize>(texts: [&str; N]) -> [String; N] {
    texts.map(String::from)
}

/// Lists one chart of every kind with a file name for each, left to right and right to left where it differs.
pub(crate) fn all() -> Vec<(&'static str, Box<dyn Chart>)> {
    vec![
        ("map", Box::new(map())),
        ("line", Box::new(line())),
        ("lines", Box::new(lines())),
        ("bars", Box::new(bars())),
        ("steps", Box::new(steps())),
        ("sankey", Box::new(sankey())),
        ("gantt", Box::new(gantt())),
        ("spark", Box::new(spark())),
        ("map-rtl", Box::new(map_rtl())),
        ("line-rtl", Box::new(line_rtl())),
        ("bars-rtl", Box::new(bars_rtl())),
        ("steps-rtl", Box::new(steps_rtl())),
    ]
}

/// Ten communities in a ring and two hubs.
pub(crate) fn map() -> RegionMap {
    let places = [
        ("alder", "Alder", 0.0, -17.0, Status::Enough, "lasts 61 days"),
        ("brook", "Brook", 10.5, -13.0, Status::Watch, "lasts 36 days"),
        ("cedar", "Cedar", 18.0, -5.5, Status::Enough, "lasts 58 days"),
        ("dunes", "Dunes", 19.0, 6.0, Status::Short, "lasts 21 days"),
        ("elmford", "Elmford", 11.0, 13.5, Status::Enough, "lasts 49 days"),
        ("fenholt", "Fenholt", 0.0, 17.5, Status::Enough, "lasts 70 days"),
        ("glade", "Glade", -10.0, 12.0, Status::Watch, "lasts 38 days"),
        ("heath", "Heath", -19.5, 6.0, Status::Enough, "lasts 97 days"),
        ("isleham", "Isleham", -15.0, -4.5, Status::Unheard, "last heard 2 days ago"),
        ("juniper", "Juniper", -11.5, -14.5, Status::Enough, "lasts 55 days"),
    ];
    let words_for = |status| match status {
        Status::Enough => "enough",
        Status::Watch => "watch",
        Status::Short => "short",
        Status::Unheard => "not heard",
    };
    let community = |(id, label, x, y, status, note): (&str, &str, f64, f64, Status, &str)| Place {
        id: id.into(),
        label: label.into(),
        kind: PlaceKind::Community,
        status,
        status_text: words_for(status).into(),
        note: note.into(),
        x,
        y,
        href: Some(format!("/places/{id}")),
    };
    let hub = |id: &str, label: &str, x, y| Place {
        kind: PlaceKind::Hub,
        ..community((id, label, x, y, Status::Enough, ""))
    };
    let corridor = |from: &str, to: &str, mode, mode_text: &str, capacity, closed| Corridor {
        from: from.into(),
        to: to.into(),
        mode,
        mode_text: mode_text.into(),
        capacity,
        note: if closed { "closed by flood".into() } else { format!("{capacity} t a day") },
        closed,
    };
    let transfer = |from: &str, to: &str, label: &str, state| Transfer {
        from: from.into(),
        to: to.into(),
        label: label.into(),
        state,
        state_text: if state == TransferState::Proposed { "suggested".into() } else { "on its way".into() },
    };
    let (road, rail) = (TravelMode::Road, TravelMode::Rail);
    RegionMap {
        unseen: Vec::new(),
        caption: Caption::new(
            "The region",
            "Ten communities and two hubs. Dunes is short; three transfers are drawn.",
        ),
        headings: words(["What", "How it stands", "More"]),
        plane: Plane::Local,
        places: places
            .into_iter()
            .map(community)
            .chain([hub("north", "North hub", 2.5, 6.5), hub("south", "South hub", -2.0, -6.0)])
            .collect(),
        corridors: vec![
            corridor("alder", "brook", road, "road", 20.0, false),
            corridor("brook", "cedar", road, "road", 24.0, false),
            corridor("cedar", "dunes", road, "road", 40.0, false),
            corridor("dunes", "elmford", road, "road", 12.0, false),
            corridor("elmford", "fenholt", road, "road", 18.0, false),
            corridor("fenholt", "glade", road, "road", 36.0, false),
            corridor("glade", "heath", road, "road", 24.0, false),
            corridor("heath", "isleham", TravelMode::Water, "river", 8.0, false),
            corridor("isleham", "juniper", road, "road", 30.0, true),
            corridor("juniper", "alder", road, "road", 24.0, false),
            corridor("north", "fenholt", rail, "railway", 60.0, false),
            corridor("north", "dunes", road, "road", 30.0, false),
            corridor("north", "south", rail, "railway", 60.0, false),
            corridor("north", "south", road, "road", 30.0, false),
            corridor("south", "alder", road, "road", 30.0, false),
            corridor("south", "juniper", road, "road", 18.0, false),
            corridor("north", "heath", road, "road", 24.0, false),
        ],
        transfers: vec![
            transfer("heath", "dunes", "42 t wheat", TransferState::Proposed),
            transfer("fenholt", "glade", "9.5 t lentils", TransferState::UnderWay),
            transfer("juniper", "brook", "240 vials", TransferState::UnderWay),
            transfer("cedar", "dunes", "18 t", TransferState::Proposed),
        ],
    }
}

/// The same region for a reader of Arabic.
pub(crate) fn map_rtl() -> RegionMap {
    let mut chart = map();
    chart.caption = Caption::new("المنطقة", "عشر مجتمعات ومركزان.").rtl(true);
    chart.headings = words(["ماذا", "الحالة", "المزيد"]);
    let names = [
        "ألدر",
        "بروك",
        "سيدار",
        "ديونز",
        "إلمفورد",
        "فنهولت",
        "غليد",
        "هيث",
        "آيلهام",
        "جونيبر",
        "مركز الشمال",
        "مركز الجنوب",
    ];
    for (place, name) in chart.places.iter_mut().zip(names) {
        place.label = name.into();
    }
    for (transfer, load) in chart.transfers.iter_mut().zip(["٤٢ طن قمح", "٩٫٥ طن عدس", "٢٤٠ قارورة", "١٨ طن"])
    {
        transfer.label = load.into();
    }
    chart
}

fn course(n: u32) -> f64 {
    let t = f64::from(n);
    24.0 + 7.0 * (1.0 - t / 8.0).max(0.0) + 2.2 * (t * 0.9).sin() + 1.6 * (t * 0.37).cos() - t * 0.15
}

/// Food at one community: half a year measured, a quarter forecast.
pub(crate) fn line() -> LineChart {
    let readings = (0..=26)
        .map(|n| {
            Reading::new(f64::from(n) * 7.0, course(n), format!("week {n}"), format!("{:.0} days", course(n)))
        })
        .collect();
    let fan = (0..=12).map(|n| {
        let (t, wide) = (f64::from(n), f64::from(n).sqrt() * 5.0);
        let middle = course(26) - t * 0.5 + t * t * 0.05;
        FanReading {
            at: 182.0 + t * 7.0,
            low: middle - wide,
            inner_low: middle - wide * 0.45,
            middle,
            inner_high: middle + wide * 0.45,
            high: middle + wide * 1.1,
            when: format!("week {}", 26 + n),
            text: format!("{middle:.0} days"),
        }
    });
    let months = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];
    LineChart {
        caption: Caption::new(
            "Food at Dunes: past and forecast",
            "Days of food, measured until today and forecast for twelve weeks.",
        ),
        headings: words(["What", "When", "Lasts"]),
        series: vec![Series { label: "Food at Dunes".into(), readings }],
        fan: Some(Fan { label: "Forecast".into(), readings: fan.collect() }),
        threshold: Some(Threshold { value: 30.0, label: "agreed minimum: 30 days".into() }),
        today: Some(Tick::new(182.0, "today")),
        x_ticks: months
            .into_iter()
            .zip(0u32..)
            .map(|(month, n)| Tick::new(f64::from(n) * 30.5 + 10.0, month))
            .collect(),
        y_ticks: Vec::new(),
    }
}

/// Two communities on one axis, with a gap where nothing was counted.
pub(crate) fn lines() -> LineChart {
    let mut chart = line();
    chart.caption =
        Caption::new("Food at Dunes and Heath", "Two communities; Heath was not counted for three weeks.");
    let heath = |n: u32| {
        let value = if (11..14).contains(&n) { f64::NAN } else { 29.0 + 4.0 * (f64::from(n) * 0.5).sin() };
        Reading::new(
            f64::from(n) * 7.0,
            value,
            format!("week {n}"),
            format!("{value:.0} days").replace("NaN days", "not counted"),
        )
    };
    chart.series.push(Series { label: "Food at Heath".into(), readings: (0..=26).map(heath).collect() });
    chart
}

/// The same course for a reader of Arabic, with localised axis labels.
pub(crate) fn line_rtl() -> LineChart {
    let mut chart = line();
    chart.caption = Caption::new("الغذاء في ديونز", "أيام الغذاء حتى اليوم والتوقعات.").rtl(true);
    chart.headings = words(["ماذا", "متى", "كم"]);
    chart.threshold =
        Some(Threshold { value: 30.0, label: "الحد المتفق عليه: ٣٠ يوما".into() });
    chart.today = Some(Tick::new(182.0, "اليوم"));
    let months = ["يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر", "يناير", "فبراير"];
    for (tick, month) in chart.x_ticks.iter_mut().zip(months) {
        tick.label = month.into();
    }
    chart.y_ticks = [(0.0, "٠"), (10.0, "١٠"), (20.0, "٢٠"), (30.0, "٣٠"), (40.0, "٤٠"), (50.0, "٥٠")]
        .map(|(at, label)| Tick::new(at, label))
        .into();
    chart
}

/// Cover per community with the floor that all keep.
pub(crate) fn bars() -> Bars {
    let row = |label: &str, days: f64, held: f64, status| BarRow {
        label: label.into(),
        text: format!("{} days", days + held),
        status: Some(status),
        segments: vec![
            Segment { label: "free".into(), value: days, text: format!("{days} days"), shade: Shade::Status },
            Segment {
                label: "promised".into(),
                value: held,
                text: format!("{held} days"),
                shade: Shade::Pale,
            },
        ],
        floor: Some(30.0),
        href: None,
    };
    Bars {
        caption: Caption::new(
            "Food by community",
            "Days of food that each community holds, and the floor of 30 days.",
        ),
        headings: words(["Community", "Part", "Lasts"]),
        rows: vec![
            row("Dunes", 21.0, 0.0, Status::Short),
            row("Brook", 36.0, 0.0, Status::Watch),
            row("Fenholt", 63.0, 7.0, Status::Enough),
            row("Heath", 78.0, 19.0, Status::Enough),
            row("Isleham", 44.0, 0.0, Status::Unheard),
        ],
        floor_label: "what we keep: 30 days".into(),
    }
}

/// The same list for a reader of Arabic.
pub(crate) fn bars_rtl() -> Bars {
    let mut chart = bars();
    chart.caption = Caption::new("الغذاء حسب المجتمع", "أيام الغذاء لدى كل مجتمع.").rtl(true);
    chart.floor_label = "ما نحتفظ به: ٣٠ يوما".into();
    let rows = [
        ("ديونز", "٢١ يوما"),
        ("بروك", "٣٦ يوما"),
        ("فنهولت", "٧٠ يوما"),
        ("هيث", "٩٧ يوما"),
        ("آيلهام", "٤٤ يوما"),
    ];
    for (row, (label, text)) in chart.rows.iter_mut().zip(rows) {
        row.label = label.into();
        row.text = text.into();
    }
    chart
}

/// One transfer half way.
pub(crate) fn steps() -> Steps {
    let step = |label: &str, value: f64| Step { label: label.into(), value, text: format!("{value} t") };
    Steps {
        caption: Caption::new("42 t of wheat, Heath to Dunes", "How far the transfer has come."),
        headings: words(["Step", "How much"]),
        steps: vec![
            step("Asked for", 42.0),
            step("Promised", 42.0),
            step("Set aside", 40.0),
            step("On its way", 16.0),
            step("Arrived", 0.0),
        ],
    }
}

/// The same transfer for a reader of Arabic.
pub(crate) fn steps_rtl() -> Steps {
    let mut chart = steps();
    chart.caption = Caption::new("٤٢ طن قمح", "إلى أين وصل النقل.").rtl(true);
    let rows =
        [("مطلوب", "٤٢ طن"), ("موعود", "٤٢ طن"), ("محجوز", "٤٠ طن"), ("في الطريق", "١٦ طن"), ("وصل", "٠ طن")];
    for (step, (label, text)) in chart.steps.iter_mut().zip(rows) {
        step.label = label.into();
        step.text = text.into();
    }
    chart
}

/// Who gives to whom this week.
pub(crate) fn sankey() -> Sankey {
    let flow = |from: &str, to: &str, value: f64| Flow {
        from: from.into(),
        to: to.into(),
        value,
        text: format!("{value} t"),
    };
    Sankey {
        caption: Caption::new(
            "Transfers this week",
            "Tonnes from givers on one side to takers on the other.",
        ),
        headings: words(["From", "To", "How much"]),
        flows: vec![
            flow("Cedar", "Dunes", 18.0),
            flow("Heath", "Dunes", 42.0),
            flow("Fenholt", "Dunes", 6.0),
            flow("Fenholt", "Glade", 9.5),
            flow("Fenholt", "Brook", 9.0),
            flow("Alder", "Glade", 12.0),
        ],
    }
}

/// A plan of eight years.
pub(crate) fn gantt() -> Gantt {
    let phase = |label: &str, start: f64, end: f64, state, state_text: &str| Phase {
        label: label.into(),
        start,
        end,
        state,
        when: format!("year {start} to {end}"),
        state_text: state_text.into(),
    };
    Gantt {
        caption: Caption::new("From pilots to region", "Phases of the plan over eight years."),
        headings: words(["Phase", "When", "How it stands"]),
        phases: vec![
            phase("Preparation", 0.0, 0.5, PhaseState::Done, "done"),
            phase("Seed pilots", 0.5, 2.0, PhaseState::Done, "done"),
            phase("Buildout", 2.0, 5.0, PhaseState::Now, "under way"),
            phase("Regional hub", 2.5, 4.5, PhaseState::Now, "under way"),
            phase("Training centre", 3.0, 5.0, PhaseState::Later, "to come"),
            phase("Integration", 5.0, 8.0, PhaseState::Later, "to come"),
        ],
        today: Some(Tick::new(2.6, "today")),
        ticks: [(0.0, "0"), (2.0, "2 y"), (4.0, "4 y"), (6.0, "6 y"), (8.0, "8 y")]
            .map(|(at, label)| Tick::new(at, label))
            .into(),
    }
}

/// A month of one headline number.
pub(crate) fn spark() -> Sparkline {
    let readings = (0..30).map(|n| {
        Reading::new(
            f64::from(n),
            course(n) + 30.0,
            format!("day {n}"),
            format!("{:.0} days", course(n) + 30.0),
        )
    });
    Sparkline {
        caption: Caption::new("Food reserve, median", "The median over thirty days."),
        headings: words(["Day", "Reserve"]),
        readings: readings.collect(),
        floor: None,
    }
}
