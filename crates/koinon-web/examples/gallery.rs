//! Every component on one page, in each language and theme, for the eye and for the browser tests.
//!
//! `cargo run -p koinon-web --example gallery -- 127.0.0.1:7490`, then open the address. It holds invented figures and no
//! store; the post it accepts only says that it arrived.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::tz::TimeZone;
use koinon_chart::{
    Caption, Corridor, Fan, FanReading, LineChart, Place, Plane, Reading, RegionMap, Series, Sparkline,
    Threshold, Tick, Transfer, TransferState,
};
use koinon_core::{Day, Dimension, Quantity, Timestamp};
use koinon_web::components::{
    Column, Status, StepState, Table, Tile, Tone, age, as_table, card, card_with, chart, chip, columns,
    columns_wide, decision, empty, facts, link_button, live_mark, meter, notice, print_button, qr, stack,
    status, steps, tabs, tiles, timeline,
};
use koinon_web::forms::{
    Field, Input, Weight, actions, choice, faults, post_button, post_form, queued_form, submit, submit_as,
    tick,
};
use koinon_web::i18n::{Lang, Speak as _};
use koinon_web::icons::Icon;
use koinon_web::layout::{Page, Section};
use koinon_web::live::{self, Hub, Topic};
use koinon_web::problem::{Kind, Problem};
use koinon_web::ui::{Chrome, Demo, FormToken, Prefs, Ui};
use koinon_web::{assets, security, ui};
use maud::{Markup, html};

/// Sample words in three languages; a real page takes them from the language files.
fn say(ui: &Ui, en: &'static str, es: &'static str, ar: &'static str) -> String {
    match ui.lang() {
        Lang::En => en,
        Lang::Es => es,
        Lang::Ar => ar,
    }
    .to_owned()
}

fn grams(tonnes: i64) -> Quantity {
    Quantity::new(tonnes * 100_000, Dimension::Mass).unwrap_or(Quantity::zero(Dimension::Mass))
}

fn ui_for(prefs: Prefs, path: &str) -> Ui {
    let now = Timestamp::parse_rfc3339("2026-03-01T09:45:00Z").unwrap_or_default();
    let ui = Ui::new(prefs, path, now, TimeZone::UTC, (FormToken::new("gallery"), [7; 16]));
    let person = |code: &str, name: String| (code.to_owned(), name);
    let personas = vec![
        person("steward", say(&ui, "Steward of Heath", "Responsable de Heath", "أمين Heath")),
        person("guest", say(&ui, "Guest", "Visita", "ضيف")),
    ];
    let chrome = Chrome {
        place: Some("Heath".to_owned()),
        person: Some("Mara".to_owned()),
        demo: Some(Demo { day: 12, personas, persona: "steward".to_owned() }),
        owner: Some("gallery".to_owned()),
        ..Chrome::default()
    };
    ui.with_chrome(chrome)
}

fn spark(ui: &Ui, shape: &[i32]) -> Sparkline {
    let lang = ui.lang();
    Sparkline {
        caption: Caption::new(say(ui, "Last weeks", "Últimas semanas", "الأسابيع الأخيرة"), "")
            .rtl(lang.is_rtl()),
        headings: [say(ui, "Day", "Día", "اليوم"), say(ui, "Days", "Días", "أيام")],
        readings: shape
            .iter()
            .zip(0..)
            .map(|(value, day)| {
                let text = lang.number(i64::from(*value));
                Reading::new(f64::from(day), f64::from(*value), lang.date_short(Day(20_500 + day)), text)
            })
            .collect(),
        floor: None,
    }
}

fn ring(ui: &Ui) -> RegionMap {
    use Status::{Enough, Short, Unheard, Watch};
    let places = [
        ("Fenholt", 0.0, 10.0, Enough),
        ("Elmford", 6.5, 7.8, Enough),
        ("Dunes", 10.0, 3.2, Short),
        ("Cedar", 9.6, -3.4, Enough),
        ("Brook", 6.0, -8.0, Watch),
        ("Alder", 0.0, -10.0, Enough),
        ("Juniper", -6.0, -8.4, Enough),
        ("Isleham", -8.5, -3.0, Unheard),
        ("Heath", -10.0, 3.4, Enough),
        ("Glade", -6.2, 7.8, Watch),
    ];
    let names: Vec<&str> = places.iter().map(|place| place.0).collect();
    let corridors = names.iter().zip(names.iter().cycle().skip(1)).map(|(from, to)| Corridor {
        from: (*from).to_owned(),
        to: (*to).to_owned(),
        capacity: 3.0,
        closed: *from == "Juniper",
        mode_text: say(ui, "road", "carretera", "طريق"),
        ..Corridor::default()
    });
    let transfer = |from: &str, to: &str, label: Quantity, state| Transfer {
        from: from.to_owned(),
        to: to.to_owned(),
        label: ui.lang().quantity(label),
        state,
        state_text: say(ui, "suggested", "sugerido", "مقترح"),
    };
    RegionMap {
        unseen: Vec::new(),
        caption: Caption::new(
            say(ui, "The ring", "El anillo", "الحلقة"),
            say(
                ui,
                "Ten communities and their routes.",
                "Diez comunidades y sus rutas.",
                "عشرة مجتمعات وطرقها.",
            ),
        )
        .rtl(ui.lang().is_rtl()),
        headings: [
            say(ui, "Community", "Comunidad", "المجتمع"),
            say(ui, "Status", "Estado", "الحالة"),
            say(ui, "Note", "Nota", "ملاحظة"),
        ],
        plane: Plane::default(),
        corridors: corridors.collect(),
        transfers: vec![
            transfer("Heath", "Dunes", grams(420), TransferState::default()),
            transfer("Alder", "Brook", grams(95), TransferState::default()),
        ],
        places: places
            .iter()
            .map(|(name, x, y, status)| Place {
                id: (*name).to_owned(),
                label: (*name).to_owned(),
                status: *status,
                status_text: koinon_web::components::status_word(ui, *status),
                x: *x,
                y: *y,
                ..Place::default()
            })
            .collect(),
    }
}

fn forecast(ui: &Ui) -> LineChart {
    let lang = ui.lang();
    let past = [34, 33, 31, 30, 28, 27, 25, 24, 24, 22, 21];
    let days = |n: i32| format!("{} {}", lang.number(i64::from(n)), say(ui, "days", "días", "يومًا"));
    let readings = past.iter().zip(0..).map(|(value, day)| {
        Reading::new(f64::from(day), f64::from(*value), lang.date_short(Day(20_500 + day)), days(*value))
    });
    let fan = (0..8).map(|step: i32| {
        let (middle, spread) = (21.0 - f64::from(step) * 0.8, f64::from(step));
        FanReading {
            at: f64::from(10 + step),
            low: middle - 1.6 * spread,
            inner_low: middle - 0.8 * spread,
            middle,
            inner_high: middle + 0.8 * spread,
            high: middle + 1.6 * spread,
            when: lang.date_short(Day(20_510 + step)),
            text: days(21 - step),
        }
    });
    LineChart {
        caption: Caption::new(
            say(ui, "Food at Dunes", "Comida en Dunes", "الغذاء في Dunes"),
            say(ui, "Falling since the storm.", "Baja desde la tormenta.", "ينقص منذ العاصفة."),
        )
        .rtl(lang.is_rtl()),
        headings: [
            say(ui, "Day", "Día", "اليوم"),
            say(ui, "Food", "Comida", "الغذاء"),
            say(ui, "Lasts", "Dura", "يكفي"),
        ],
        series: vec![Series {
            label: say(ui, "Food", "Comida", "الغذاء"), readings: readings.collect()
        }],
        fan: Some(Fan { label: say(ui, "Forecast", "Previsión", "التوقع"), readings: fan.collect() }),
        threshold: Some(Threshold {
            value: 30.0,
            label: say(ui, "what we keep: 30 days", "lo que guardamos: 30 días", "ما نُبقيه: ٣٠ يومًا"),
        }),
        today: Some(Tick::new(10.0, say(ui, "today", "hoy", "اليوم"))),
        x_ticks: [0, 5, 10, 15]
            .map(|day| Tick::new(f64::from(day), lang.date_short(Day(20_500 + day))))
            .to_vec(),
        y_ticks: [0, 10, 20, 30, 40].map(|n| Tick::new(f64::from(n), lang.number(i64::from(n)))).to_vec(),
    }
}

fn the_decision(ui: &Ui) -> Markup {
    decision(
        &say(
            ui,
            "Dunes has food for 21 days. Can Heath send 42 t of wheat?",
            "Dunes tiene comida para 21 días. ¿Puede Heath enviar 42 t de trigo?",
            "لدى Dunes غذاء يكفي ٢١ يومًا. هل يستطيع Heath إرسال ٤٢ طنًّا من القمح؟",
        ),
        &html! { p.muted { (say(ui,
        "Heath would still keep 55 days, well above the 30 it has promised itself. The road is open; the lorry takes 50 minutes.",
        "Heath aún guardaría 55 días, muy por encima de los 30 que se ha propuesto. La carretera está abierta; el camión tarda 50 minutos.",
        "سيبقى لدى Heath ما يكفي ٥٥ يومًا، فوق الثلاثين التي وعد نفسه بها. الطريق مفتوح والشاحنة تصل في ٥٠ دقيقة.")) } },
        &html! {
            (post_button(ui, "/gallery", &say(ui, "Send 42 t", "Enviar 42 t", "أرسل ٤٢ طنًّا"), Weight::Primary, &[("answer", "all")]))
            (post_button(ui, "/gallery", &say(ui, "Send less", "Enviar menos", "أرسل أقل"), Weight::Secondary, &[("answer", "less")]))
            (post_button(ui, "/gallery", &say(ui, "Not now", "Ahora no", "ليس الآن"), Weight::Quiet, &[("answer", "no")]))
        },
    )
}

fn suggestions(ui: &Ui) -> Markup {
    let table = Table::new(
        say(ui, "Suggestions", "Sugerencias", "اقتراحات"),
        [
            Column::head(say(ui, "What", "Qué", "ماذا")),
            Column::number(say(ui, "How much", "Cuánto", "كم")),
            Column::text(say(ui, "From", "De", "من")),
            Column::text(say(ui, "To", "A", "إلى")),
            Column::text(say(ui, "Why", "Por qué", "لماذا")),
            Column::act(say(ui, "Answer", "Respuesta", "الجواب")),
        ],
    );
    let buttons = || {
        html! {
            (post_button(ui, "/gallery", &say(ui, "Agree", "De acuerdo", "موافق"), Weight::Primary, &[]))
            (post_button(ui, "/gallery", &say(ui, "Object", "Objetar", "اعترض"), Weight::Secondary, &[]))
        }
    };
    let table = table.rows([
        [
            html! { (say(ui, "Seed potatoes", "Patata de siembra", "بذور البطاطا")) },
            html! { (ui.quantity(grams(180))) },
            html! { "Cedar" },
            html! { "Dunes" },
            html! { (say(ui, "Dunes lost a quarter of its planting", "Dunes perdió un cuarto de lo sembrado", "فقد Dunes ربع مزروعاته")) },
            buttons(),
        ],
        [
            html! { (say(ui, "Lentils", "Lentejas", "عدس")) },
            html! { (ui.quantity(grams(95))) },
            html! { "Fenholt" },
            html! { "Glade" },
            html! { (say(ui, "Glade has 38 days and falling", "Glade tiene 38 días y bajando", "لدى Glade ٣٨ يومًا وتنقص")) },
            buttons(),
        ],
    ]);
    card_with(
        &say(ui, "Suggestions", "Sugerencias", "اقتراحات"),
        &age(ui, ui.now.plus_millis(-600_000)),
        &html! { (table) },
    )
}

fn region_page(ui: &Ui) -> Page<'_> {
    let days = |n: i64| format!("{} {}", ui.number(n), say(ui, "days", "días", "يومًا"));
    let now = |minutes: i64| ui.now.plus_millis(-minutes * 60_000);
    let happened = timeline(&[
        (
            age(ui, now(0)),
            html! { (say(ui, "Glade: reservoir at 61%", "Glade: embalse al 61 %", "Glade: الخزان عند ٦١٪")) },
        ),
        (
            html! { (ui.time(now(4))) },
            html! { (say(ui, "Heath counted 312 t of wheat", "Heath contó 312 t de trigo", "عدّ Heath ٣١٢ طنًّا من القمح")) },
        ),
        (
            html! { (ui.time(now(7))) },
            html! { (say(ui, "Isleham: route to Juniper closed by flood", "Isleham: ruta a Juniper cerrada por inundación", "Isleham: الطريق إلى Juniper أغلقه الفيضان")) },
        ),
    ]);
    let body = stack(&[
        the_decision(ui),
        tiles([
            Tile::new(
                say(ui, "Food, middle community", "Comida, comunidad mediana", "الغذاء، المجتمع الأوسط"),
                days(61),
            )
            .curve(&spark(ui, &[70, 66, 67, 64, 65, 63, 62, 64, 61]))
            .link("/stock"),
            Tile::new(
                say(ui, "Water, middle community", "Agua, comunidad mediana", "الماء، المجتمع الأوسط"),
                days(58),
            )
            .curve(&spark(ui, &[50, 52, 55, 51, 56, 57, 55, 59, 58])),
            Tile::new(
                say(ui, "Energy from sun and wind", "Energía de sol y viento", "الطاقة من الشمس والريح"),
                ui.lang().percent(73),
            )
            .curve(&spark(ui, &[80, 78, 74, 75, 70, 68, 71, 72, 73])),
            Tile::new(
                say(ui, "Communities in touch", "Comunidades en contacto", "المجتمعات المتصلة"),
                format!("{} / {}", ui.number(9), ui.number(10)),
            )
            .curve(&spark(ui, &[10, 10, 9, 9, 8, 9, 10, 9, 9])),
        ]),
        columns(
            &card(
                &say(ui, "The ring", "El anillo", "الحلقة"),
                &html! {
                    div.row { (status(ui, Status::Enough)) (status(ui, Status::Watch)) (status(ui, Status::Short)) (status(ui, Status::Unheard)) }
                    (chart(ui, &ring(ui)))
                },
            ),
            &html! {
                (card(&say(ui, "Food at Dunes: past and forecast", "Comida en Dunes: pasado y previsión", "الغذاء في Dunes: ما مضى وما يُتوقع"), &chart(ui, &forecast(ui))))
                (live::region("happened", "/", &[Topic::Region], &card_with(&say(ui, "Just now", "Ahora mismo", "الآن"), &live_mark(ui), &happened)))
            },
        ),
        suggestions(ui),
    ]);
    Page::new(ui, say(ui, "Region", "Región", "المنطقة"))
        .section(Section::Region)
        .headline(say(
            ui,
            "One community is short of food. Help is suggested.",
            "A una comunidad le falta comida. Hay ayuda sugerida.",
            "مجتمع واحد ينقصه الغذاء. والعون مقترح.",
        ))
        .lead(say(
            ui,
            "Nine of ten communities have food for 30 days or more.",
            "Nueve de diez comunidades tienen comida para 30 días o más.",
            "تسعة من عشرة مجتمعات لديها غذاء يكفي ٣٠ يومًا أو أكثر.",
        ))
        .live(&[Topic::Region])
        .body(body)
}

fn parts_page<'a>(ui: &'a Ui, query: &BTreeMap<String, String>) -> Page<'a> {
    let search = query.get("q").cloned().unwrap_or_default();
    let items = ["Wheat", "Lentils", "Rice", "Salt"];
    let rows = items.iter().filter(|item| item.to_lowercase().contains(&search.to_lowercase()));
    let table =
        Table::new(
            say(ui, "Stock", "Existencias", "المخزون"),
            [
                Column::head(say(ui, "What", "Qué", "ماذا")),
                Column::number(say(ui, "How much", "Cuánto", "كم")),
                Column::text(say(ui, "Status", "Estado", "الحالة")),
            ],
        )
        .rows(rows.map(|item| {
            [html! { (item) }, html! { (ui.quantity(grams(3_120))) }, status(ui, Status::Enough)]
        }))
        .foot([
            html! { (say(ui, "Together", "En total", "المجموع")) },
            html! { (ui.quantity(grams(12_480))) },
            html! {},
        ]);
    let journey = ["Agreed", "Loaded", "On its way", "Arrived"];
    let states = [StepState::Done, StepState::Done, StepState::Now, StepState::Ahead];
    let journey: Vec<_> =
        journey.iter().zip(states).map(|(name, state)| ((*name).to_owned(), state)).collect();
    let body = stack(&[
        tabs(
            "Parts",
            "/parts",
            &[
                ("/parts".into(), "Batches".into()),
                ("/pad".into(), "Count".into()),
                ("/waybill".into(), "Waybill".into()),
            ],
        ),
        notice(
            ui,
            Tone::Good,
            &html! { strong { "42 t of wheat are promised to Dunes." } span { "They stay in your store until they are loaded." } },
        ),
        notice(ui, Tone::Info, &html! { "The next exchange with Isleham is expected today." }),
        notice(ui, Tone::Watch, &html! { "Really 312 t? Last time it was 3.1 t." }),
        card("Journey", &html! { (steps(ui, &journey)) (meter(640, Some(300))) }),
        columns_wide(
            &card(
                "Stock",
                &html! {
                    (live::filter_form("/parts", "found", &html! { (Field::new("q", "Search").input(Input::Search).value(search).optional().show(ui)) }))
                    div #found { (table) }
                },
            ),
            &html! {
                (card("Wheat", &html! {
                    (facts(&[("How much".into(), html! { (ui.quantity(grams(3_120))) }), ("Counted".into(), age(ui, ui.now.plus_millis(-10_800_000))), ("Kind".into(), chip("must have"))]))
                    (qr("Code of this batch", "koinon:batch:3f9a"))
                }))
                (card("Nothing yet", &empty(Icon::Stock, "No offers yet", &link_button("/pad", "Count something", true))))
            },
        ),
        as_table(
            ui,
            &Table::new("Numbers", [Column::head("A"), Column::number("B")])
                .row([html! { "x" }, html! { "1" }]),
        ),
    ]);
    Page::new(ui, "Parts")
        .section(Section::Stock)
        .crumb("/", say(ui, "Region", "Región", "المنطقة"))
        .lead("Everything that pages are made of.")
        .live(&[Topic::Stock])
        .body(body)
}

fn form_page(ui: &Ui) -> Page<'_> {
    let unit = |code: &str| (code.to_owned(), code.to_owned());
    let options = [("store".to_owned(), html! { "Store" }), ("barn".to_owned(), html! { "Barn" })];
    let count = queued_form(
        ui,
        "/gallery",
        &html! {
            (Field::new("amount", say(ui, "How much is there?", "¿Cuánto hay?", "كم يوجد؟")).input(Input::Decimal).unit("kg").hint(say(ui, "Last count: 3100 kg", "Último recuento: 3100 kg", "آخر جرد: ٣١٠٠ كغم")).show_with_pad(ui))
            (submit(&say(ui, "Write it down", "Anotar", "دوّنه"), Weight::Primary))
        },
    );
    let form = post_form(
        ui,
        "/gallery",
        &html! {
            (faults(ui, "Two things to put right", &[("weight".into(), "Write an amount such as 42 t".into())]))
            (Field::new("weight", "Weight").input(Input::Decimal).value("4x").units(vec![unit("kg"), unit("t")]).error(Some("'4x' is not an amount. Write it such as 42.".into())).show(ui))
            (Field::new("store", "Where").choices(vec![unit("barn"), unit("cellar")]).show(ui))
            (Field::new("day", "When").input(Input::Date).show(ui))
            (Field::new("words", "Remark").input(Input::Lines).optional().show(ui))
            (choice("Kind", "kind", "store", &options))
            (tick("sure", "Counted by two people", true))
            (actions(&[submit_as("end", "yes", "Save", Weight::Primary), submit_as("end", "no", "Take back", Weight::Danger)]))
        },
    );
    Page::new(ui, "Count")
        .section(Section::Count)
        .crumb("/parts", "Parts")
        .narrow()
        .headline(say(ui, "Wheat in the barn", "Trigo en el granero", "القمح في المخزن"))
        .body(stack(&[card(&say(ui, "Count", "Contar", "الجرد"), &count), card("A form with faults", &form)]))
}

fn waybill_page(ui: &Ui) -> Page<'_> {
    let table = Table::new(
        "Load",
        [Column::head("What"), Column::number("Sent"), Column::number("Arrived"), Column::text("Remark")],
    )
    .row([html! { "Wheat, 840 bags of 50 kg" }, html! { (ui.quantity(grams(420))) }, html! {}, html! {}]);
    let party = |role: &str, name: &str, place: &str| html! { div { span.muted.small { (role) } strong { (name) } span { (place) } } };
    let bill = html! {
        section.waybill {
            div.waybill-head { div { h2 { "Waybill 3f9a-21" } p.muted { (ui.date(Day(20_513))) } } (qr("Code of this waybill", "koinon:waybill:3f9a21")) }
            div.waybill-parties { (party("From", "Heath", "North store, gate 2")) (party("To", "Dunes", "Harbour store")) }
            (table)
            div.waybill-sign { div { "Loaded by" } div { "Driven by" } div { "Received by" } }
        }
        div.actions { (print_button(ui)) }
    };
    Page::new(ui, "Waybill").section(Section::Transfers).crumb("/parts", "Parts").body(stack(&[bill]))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7490".to_owned());
    let hub = Hub::default();
    let routes = Router::new()
        .route("/", get(|prefs: Prefs| async move { region_page(&ui_for(prefs, "/")).into_response() }))
        .route(
            "/parts",
            get(|prefs: Prefs, Query(query): Query<BTreeMap<String, String>>| async move {
                parts_page(&ui_for(prefs, "/parts"), &query).into_response()
            }),
        )
        .route("/pad", get(|prefs: Prefs| async move { form_page(&ui_for(prefs, "/pad")).into_response() }))
        .route(
            "/waybill",
            get(|prefs: Prefs| async move { waybill_page(&ui_for(prefs, "/waybill")).into_response() }),
        )
        .route("/gallery", post(|Form(form): Form<BTreeMap<String, String>>| async move { posted(&form) }))
        .route("/demo/persona", post(|| async { Redirect::to("/") }))
        .route(
            "/live",
            get(|State(hub): State<Hub>, Query(query): Query<BTreeMap<String, String>>| async move {
                let topics = Topic::parse_list(query.get("topics").map_or("", String::as_str));
                hub.seat([])
                    .map(|seat| hub.stream(topics, seat))
                    .ok_or(axum::http::StatusCode::SERVICE_UNAVAILABLE)
            }),
        )
        .merge(ui::settings_router())
        .merge(assets::router())
        .with_state(hub.clone());
    let beats = hub.clone();
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(Duration::from_secs(1));
        loop {
            beat.tick().await;
            beats.changed(Topic::Region);
        }
    });
    let listener = tokio::net::TcpListener::bind(&address).await?;
    axum::serve(listener, security::guarded(routes))
        .with_graceful_shutdown(async move {
            let _ = tokio::signal::ctrl_c().await;
            hub.close();
        })
        .await?;
    Ok(())
}

fn posted(form: &BTreeMap<String, String>) -> Response {
    if form.get("token").is_none_or(|token| !FormToken::new("gallery").matches(token)) {
        return Problem::new(Kind::Forbidden)
            .detail("This form is out of date. Open it again.")
            .into_response();
    }
    Redirect::to("/").into_response()
}
