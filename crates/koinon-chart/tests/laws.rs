//! What holds for every picture, whatever the data: sound XML, finite short numbers, names escaped, labels apart.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test panics, and that is how it speaks"
)]

mod support;

use koinon_chart::{
    BarRow, Bars, Caption, Chart, Corridor, Fan, FanReading, Flow, Gantt, LineChart, Phase, PhaseState,
    Place, PlaceKind, Plane, Reading, RegionMap, Sankey, Segment, Series, Shade, Sparkline, Status, Step,
    Steps, Threshold, Tick, Transfer, TransferState, TravelMode, nice_ticks,
};
use proptest::prelude::*;
use support::check_picture;

/// Numbers that break careless code, and some that do not.
fn hostile() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -100.0..100.0f64,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::EPSILON,
            1e300, -1e300, 1e-300, 180.0, -180.0, 90.0,
        ]),
    ]
}

/// Texts that break careless code: markup, quotes, control characters, other scripts, nothing at all.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-d]{1}",
        "[A-Za-z ]{1,30}",
        any::<String>(),
        prop::sample::select(vec![
            "</svg><script>",
            "a&b",
            "\"'>",
            "]]>",
            "ديونز",
            "漢字の地名",
            "\u{0}\u{ffff}",
            "👩‍🌾"
        ])
        .prop_map(String::from),
    ]
}

/// Ids from a short list, so that routes find their ends.
fn id() -> impl Strategy<Value = String> {
    "[a-d]"
}

fn caption() -> impl Strategy<Value = Caption> {
    (words(), words(), any::<bool>()).prop_map(|(title, desc, rtl)| Caption { title, desc, rtl })
}

fn tick() -> impl Strategy<Value = Tick> {
    (hostile(), words()).prop_map(|(at, label)| Tick { at, label })
}

fn reading() -> impl Strategy<Value = Reading> {
    (hostile(), hostile(), words(), words()).prop_map(|(at, value, when, text)| Reading {
        at,
        value,
        when,
        text,
    })
}

fn threshold() -> impl Strategy<Value = Threshold> {
    (hostile(), words()).prop_map(|(value, label)| Threshold { value, label })
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(vec![Status::Enough, Status::Watch, Status::Short, Status::Unheard])
}

fn map() -> impl Strategy<Value = RegionMap> {
    let place = (id(), words(), any::<bool>(), status(), hostile(), hostile(), prop::option::of(words()))
        .prop_map(|(id, label, hub, status, x, y, href)| Place {
            id,
            label,
            kind: if hub { PlaceKind::Hub } else { PlaceKind::Community },
            status,
            status_text: String::new(),
            note: String::new(),
            x,
            y,
            href,
        });
    let modes = vec![TravelMode::Road, TravelMode::Rail, TravelMode::Water, TravelMode::Fibre];
    let corridor = (id(), id(), prop::sample::select(modes), words(), hostile(), any::<bool>()).prop_map(
        |(from, to, mode, mode_text, capacity, closed)| Corridor {
            from,
            to,
            mode,
            mode_text,
            capacity,
            note: String::new(),
            closed,
        },
    );
    let transfer = (id(), id(), words(), any::<bool>()).prop_map(|(from, to, label, moving)| Transfer {
        from,
        to,
        label,
        state: if moving { TransferState::UnderWay } else { TransferState::Proposed },
        state_text: String::new(),
    });
    (
        caption(),
        any::<bool>(),
        prop::collection::vec(place, 0..8),
        prop::collection::vec(corridor, 0..6),
        prop::collection::vec(transfer, 0..5),
    )
        .prop_map(|(caption, local, places, corridors, transfers)| RegionMap {
            caption,
            headings: Default::default(),
            plane: if local { Plane::Local } else { Plane::LonLat },
            places,
            corridors,
            unseen: transfers.iter().skip(2).cloned().collect(),
            transfers,
        })
}

fn line() -> impl Strategy<Value = LineChart> {
    let forecast = (hostile(), prop::array::uniform5(hostile()), words()).prop_map(
        |(at, [low, inner_low, middle, inner_high, high], when)| FanReading {
            at,
            low,
            inner_low,
            middle,
            inner_high,
            high,
            when,
            text: String::new(),
        },
    );
    let series = (words(), prop::collection::vec(reading(), 0..12))
        .prop_map(|(label, readings)| Series { label, readings });
    let fan = prop::option::of(
        (words(), prop::collection::vec(forecast, 0..6))
            .prop_map(|(label, readings)| Fan { label, readings }),
    );
    let axes = (prop::collection::vec(tick(), 0..6), prop::collection::vec(tick(), 0..6));
    (
        caption(),
        prop::collection::vec(series, 0..4),
        fan,
        prop::option::of(threshold()),
        prop::option::of(tick()),
        axes,
    )
        .prop_map(|(caption, series, fan, threshold, today, (x_ticks, y_ticks))| LineChart {
            caption,
            headings: Default::default(),
            series,
            fan,
            threshold,
            today,
            x_ticks,
            y_ticks,
        })
}

fn bars() -> impl Strategy<Value = Bars> {
    let shades = vec![Shade::Status, Shade::Main, Shade::Second, Shade::Pale];
    let segment = (words(), hostile(), words(), prop::sample::select(shades))
        .prop_map(|(label, value, text, shade)| Segment { label, value, text, shade });
    let segments = prop::collection::vec(segment, 0..4);
    let row = (
        words(),
        words(),
        prop::option::of(status()),
        segments,
        prop::option::of(hostile()),
        prop::option::of(words()),
    )
        .prop_map(|(label, text, status, segments, floor, href)| BarRow {
            label,
            text,
            status,
            segments,
            floor,
            href,
        });
    (caption(), prop::collection::vec(row, 0..6), words()).prop_map(|(caption, rows, floor_label)| Bars {
        caption,
        headings: Default::default(),
        rows,
        floor_label,
    })
}

fn others() -> impl Strategy<Value = (Sankey, Gantt, Steps, Sparkline)> {
    let flow = (id(), words(), hostile(), words()).prop_map(|(from, to, value, text)| Flow {
        from,
        to,
        value,
        text,
    });
    let phase = (words(), hostile(), hostile(), words()).prop_map(|(label, start, end, when)| Phase {
        label,
        start,
        end,
        state: PhaseState::Now,
        when,
        state_text: String::new(),
    });
    let step = (words(), hostile(), words()).prop_map(|(label, value, text)| Step { label, value, text });
    (
        caption(),
        prop::collection::vec(flow, 0..8),
        (prop::collection::vec(phase, 0..6), prop::collection::vec(tick(), 0..6), prop::option::of(tick())),
        prop::collection::vec(step, 0..6),
        (prop::collection::vec(reading(), 0..12), prop::option::of(threshold())),
    )
        .prop_map(|(caption, flows, (phases, ticks, today), steps, (readings, floor))| {
            (
                Sankey { caption: caption.clone(), headings: Default::default(), flows },
                Gantt { caption: caption.clone(), headings: Default::default(), phases, today, ticks },
                Steps { caption: caption.clone(), headings: Default::default(), steps },
                Sparkline { caption, headings: Default::default(), readings, floor },
            )
        })
}

fn holds(chart: &dyn Chart) {
    let svg = chart.svg();
    check_picture(&svg);
    assert_eq!(svg, chart.svg(), "two drawings of one chart differ");
    let table = chart.table();
    assert!(table.rows.iter().all(|row| row.len() == table.headers.len()), "ragged table");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_map_is_sound(chart in map()) {
        holds(&chart);
    }

    #[test]
    fn a_line_is_sound(chart in line()) {
        holds(&chart);
    }

    #[test]
    fn bars_are_sound(chart in bars()) {
        holds(&chart);
    }

    #[test]
    fn flows_plans_and_counters_are_sound((sankey, gantt, steps, spark) in others()) {
        holds(&sankey);
        holds(&gantt);
        holds(&steps);
        holds(&spark);
    }

    #[test]
    fn ticks_cover_their_range(low in hostile(), high in hostile(), wanted in any::<u32>()) {
        let ticks = nice_ticks(low, high, wanted);
        prop_assert!((2..=25).contains(&ticks.len()), "{ticks:?}");
        prop_assert!(ticks.iter().all(|tick| tick.is_finite()));
        prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]), "{ticks:?}");
        if low.abs() < 1e9 && high.abs() < 1e9 {
            let slack = (high - low).abs() * 1e-6 + 1e-6;
            prop_assert!(ticks[0] <= low.min(high) + slack && ticks[ticks.len() - 1] >= low.max(high) - slack);
        }
    }
}

#[test]
fn empty_charts_are_still_pictures() {
    let charts: [Box<dyn Chart>; 7] = [
        Box::new(RegionMap::default()),
        Box::new(LineChart::default()),
        Box::new(Sparkline::default()),
        Box::new(Bars::default()),
        Box::new(Sankey::default()),
        Box::new(Gantt::default()),
        Box::new(Steps::default()),
    ];
    for chart in charts {
        holds(chart.as_ref());
        assert!(chart.table().rows.is_empty());
    }
}

/// Two hundred places on a grid, all of one name length.
fn crowded(spacing: f64) -> RegionMap {
    let place = |nth: u32| Place {
        id: format!("p{nth}"),
        label: format!("Place {nth}"),
        status: if nth == 77 { Status::Short } else { Status::Enough },
        x: f64::from(nth % 20) * spacing,
        y: f64::from(nth / 20) * spacing,
        ..Place::default()
    };
    RegionMap { plane: Plane::Local, places: (0..200).map(place).collect(), ..RegionMap::default() }
}

#[test]
fn two_hundred_places_are_drawn_and_the_one_in_need_is_named() {
    for spacing in [1.0, 0.0, 1e-12, 1e300] {
        let chart = crowded(spacing);
        holds(&chart);
        let elements = check_picture(&chart.svg());
        let nodes = elements.iter().filter(|e| e.get("class") == Some("kc-node")).count();
        assert_eq!(nodes, 200, "spacing {spacing}");
        if spacing > 0.5 && spacing < 2.0 {
            assert!(elements.iter().any(|e| e.name == "text" && e.text == "Place 77"));
        }
    }
}

/// Forty places spread without order, all doing well.
fn scattered() -> RegionMap {
    let place = |nth: u32| Place {
        id: format!("p{nth}"),
        label: format!("Place {nth}"),
        status: Status::Enough,
        x: f64::from(nth * 37 % 101),
        y: f64::from(nth * 53 % 89),
        ..Place::default()
    };
    RegionMap { plane: Plane::Local, places: (0..40).map(place).collect(), ..RegionMap::default() }
}

#[test]
fn no_name_covers_a_mark_or_another_name() {
    // The estimate of widths errs on the wide side, so apart here is apart on the page: 7.5 units a letter at 13 units high.
    let elements = check_picture(&scattered().svg());
    let number = |e: &support::Element, key: &str| e.get(key).unwrap().parse::<f64>().unwrap();
    let mut boxes: Vec<[f64; 4]> = Vec::new();
    for text in elements.iter().filter(|e| e.name == "text") {
        let (x, y) = (number(text, "x"), number(text, "y"));
        let wide = 7.5 * f64::from(u32::try_from(text.text.chars().count()).unwrap());
        let left = match text.get("text-anchor") {
            Some("middle") => x - wide / 2.0,
            Some("end") => x - wide,
            _ => x,
        };
        boxes.push([left, y - 7.0, left + wide, y + 7.0]);
    }
    assert!(boxes.len() >= 10, "only {} names", boxes.len());
    let marks = elements.iter().filter(|e| e.name == "circle").map(|e| {
        let (x, y, r) = (number(e, "cx"), number(e, "cy"), number(e, "r"));
        [x - r, y - r, x + r, y + r]
    });
    let apart = |a: &[f64; 4], b: &[f64; 4]| a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
    for (nth, one) in boxes.iter().enumerate() {
        assert!(boxes.iter().skip(nth + 1).all(|other| apart(one, other)), "{one:?}");
    }
    for mark in marks {
        assert!(boxes.iter().all(|name| apart(name, &mark)), "{mark:?}");
    }
}

#[test]
fn right_to_left_turns_axes_but_not_geography() {
    let place = |id: &str, x: f64| Place { id: id.into(), label: id.into(), x, y: 0.0, ..Place::default() };
    let nodes = |rtl: bool| -> Vec<f64> {
        let chart = RegionMap {
            caption: Caption::new("t", "d").rtl(rtl),
            places: vec![place("west", 45.0), place("east", 46.0)],
            ..RegionMap::default()
        };
        let elements = check_picture(&chart.svg());
        let marks = elements.iter().filter(|e| e.get("class") == Some("kc-node"));
        marks.map(|e| e.get("cx").unwrap().parse().unwrap()).collect()
    };
    assert_eq!(nodes(false), nodes(true));
    assert!(nodes(true)[0] < nodes(true)[1]);
    let end = |rtl: bool| -> f64 {
        let readings = vec![Reading::new(0.0, 1.0, "", ""), Reading::new(1.0, 2.0, "", "")];
        let chart = Sparkline { caption: Caption::new("t", "d").rtl(rtl), readings, ..Sparkline::default() };
        let elements = check_picture(&chart.svg());
        elements.iter().find(|e| e.name == "circle").unwrap().get("cx").unwrap().parse().unwrap()
    };
    assert!(end(false) > 90.0 && end(true) < 90.0);
}

#[test]
fn a_gap_breaks_the_line() {
    let values = [1.0, 2.0, f64::NAN, 3.0, 4.0, f64::NAN, 5.0];
    let readings = (0u32..).zip(values).map(|(n, value)| Reading::new(f64::from(n), value, "", "")).collect();
    let chart = LineChart { series: vec![Series { label: "s".into(), readings }], ..LineChart::default() };
    let elements = check_picture(&chart.svg());
    let of = |class: &str| elements.iter().filter(|e| e.get("class") == Some(class)).count();
    assert_eq!((of("kc-curve"), of("kc-point")), (2, 1));
}

#[test]
fn a_place_across_the_date_line_stays_near() {
    let place = |id: &str, x: f64, y: f64| Place { id: id.into(), x, y, ..Place::default() };
    let places = vec![place("a", 179.9, -17.0), place("b", -179.9, -17.0), place("c", 179.9, -16.9)];
    let elements = check_picture(&RegionMap { places, ..RegionMap::default() }.svg());
    let x: Vec<f64> = elements
        .iter()
        .filter(|e| e.get("class") == Some("kc-node"))
        .map(|e| e.get("cx").unwrap().parse().unwrap())
        .collect();
    assert!(x[0] < x[1], "east of the line lies east: {x:?}");
}

#[test]
fn a_dense_network_is_thinned_to_what_can_be_told_apart_and_stays_whole() {
    let places: Vec<Place> = (0..24u32)
        .map(|n| {
            let (x, y) =
                (f64::from(n % 5) + f64::from(n % 3) * 0.21, f64::from(n / 5) + f64::from(n % 7) * 0.13);
            Place { id: format!("p{n}"), label: format!("Place {n}"), x, y, ..Place::default() }
        })
        .collect();
    let mut corridors = Vec::new();
    for one in 0..24 {
        for other in one + 1..24 {
            let (from, to) = (format!("p{one}"), format!("p{other}"));
            let closed = (one, other) == (0, 23);
            corridors.push(Corridor { from, to, capacity: 1.0, closed, ..Corridor::default() });
        }
    }
    let transfers =
        vec![Transfer { from: "p20".into(), to: "p4".into(), label: "5 t".into(), ..Transfer::default() }];
    let map = RegionMap { plane: Plane::Local, places, corridors, transfers, ..RegionMap::default() };
    let rows = map.table().rows;
    let drawn: Vec<(usize, usize)> = rows[24..]
        .iter()
        .filter_map(|row| {
            let (from, to) = row[0].split_once(" \u{2013} ")?;
            let number = |name: &str| name.rsplit(' ').next()?.parse().ok();
            Some((number(from)?, number(to)?))
        })
        .collect();
    assert!((24..60).contains(&drawn.len()), "{}", drawn.len());
    assert_eq!(map.routes_left_out() + drawn.len(), 24 * 23 / 2);
    assert!(drawn.contains(&(0, 23)) && drawn.contains(&(4, 20)), "closed, and carrying: {drawn:?}");
    let mut reached = std::collections::BTreeSet::from([0]);
    for _ in 0..24 {
        for (from, to) in &drawn {
            if reached.contains(from) || reached.contains(to) {
                reached.extend([*from, *to]);
            }
        }
    }
    assert_eq!(reached.len(), 24, "every place is still reached");
    let ways = check_picture(&map.svg());
    let of =
        |class: &str| ways.iter().filter(|e| e.get("class").is_some_and(|c| c.starts_with(class))).count();
    assert_eq!(of("kc-corridor"), drawn.len());
}

#[test]
fn links_make_a_group_and_foreign_addresses_make_none() {
    let with = |href: &str| {
        let place = Place { id: "a".into(), label: "A".into(), href: Some(href.into()), ..Place::default() };
        check_picture(&RegionMap { places: vec![place], ..RegionMap::default() }.svg())
    };
    let (local, foreign) = (with("/places/a?x=1&y=2"), with("javascript:alert(1)"));
    assert_eq!(local[0].get("role"), Some("group"));
    assert!(local.iter().any(|e| e.get("href") == Some("/places/a?x=1&amp;y=2")));
    assert_eq!(foreign[0].get("role"), Some("img"));
    assert!(foreign.iter().all(|e| e.get("href").is_none()));
}

#[test]
fn the_reader_of_these_tests_refuses_what_is_not_sound() {
    let faults = [
        "<svg>",
        "<svg></g>",
        "<svg><g></svg></g>",
        "<svg a=b/>",
        "<svg>&x</svg>",
        "<svg x=\"1\" x=\"2\"/>",
        "<a/><b/>",
        "<svg>\u{1}</svg>",
    ];
    for fault in faults {
        assert!(support::read(fault).is_err(), "{fault}");
    }
}
