//! Small pictures drawn with our own strokes, inline, in the colour of the text around them.
//!
//! Every icon is decoration beside a word and hidden from screen readers; none ever stands alone without a name.

use maud::{Markup, PreEscaped, html};

/// A small picture of 24 by 24 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A ring of places: the region.
    Region,
    /// A box: stock.
    Stock,
    /// A tally: counting.
    Count,
    /// An open hand: needs.
    Needs,
    /// A lorry: transfers.
    Transfers,
    /// A person.
    Person,
    /// A tick.
    Tick,
    /// A cross.
    Cross,
    /// An exclamation mark in a triangle.
    Warning,
    /// The letter i in a circle.
    Info,
    /// A key that takes one character back.
    Back,
    /// A printer.
    Print,
    /// An arrow onward, mirrored where text runs from the right.
    Onward,
    /// A plus.
    Plus,
    /// A magnifying glass.
    Search,
    /// A pair of scales: does it add up.
    Scales,
    /// A clock.
    Clock,
    /// Bars of a barcode.
    Barcode,
    /// A globe: languages.
    Language,
}

/// Draws an icon.
pub fn icon(icon: Icon) -> Markup {
    let strokes = match icon {
        Icon::Region => {
            r#"<circle cx="12" cy="12" r="7.5"/><path d="M12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4"/><circle cx="12" cy="12" r="1.6"/>"#
        }
        Icon::Stock => {
            r#"<path d="M12 3 4 7.2v9.6L12 21l8-4.2V7.2z"/><path d="m4 7.2 8 4.3 8-4.3M12 11.5V21"/>"#
        }
        Icon::Count => {
            r#"<rect x="5" y="3" width="14" height="18" rx="2.5"/><path d="M9 8h6M9 12h6M9 16h3"/>"#
        }
        Icon::Needs => {
            r#"<path d="M4 14.5 7 12c1-.8 2-.8 3 0l1.5 1H15a1.7 1.7 0 0 1 0 3.4h-3.5"/><path d="m16.4 15 2.6-1.8a1.5 1.5 0 0 1 1.8 2.4l-4.6 3.6c-.9.7-1.8.8-2.9.5L9 18.7 7 20"/><path d="M12.5 9.5 9.6 6.7a2 2 0 1 1 2.9-2.8 2 2 0 1 1 2.9 2.8z"/>"#
        }
        Icon::Transfers => {
            r#"<path d="M2.5 6.5h11v10h-11zM13.5 10h4l3.5 3.5v3h-7.5z"/><circle cx="7" cy="17.5" r="1.9"/><circle cx="17" cy="17.5" r="1.9"/>"#
        }
        Icon::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>"#,
        Icon::Tick => r#"<path d="m5.5 12.5 4.3 4.3 8.7-9.6"/>"#,
        Icon::Cross => r#"<path d="m6.5 6.5 11 11M17.5 6.500l-11 11"/>"#,
        Icon::Warning => r#"<path d="M12 4 2.8 20h18.400z"/><path d="M12 10.500v4M12 17.200v.1"/>"#,
        Icon::Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.500v.1"/>"#,
        Icon::Back => {
            r#"<path d="M9 5.500h10a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9L3 12z"/><path d="m11.5 9.5 5 5M16.5 9.500l-5 5"/>"#
        }
        Icon::Print => {
            r#"<path d="M7 9V3.500h10V9M7 17.500H4.500V9h15v8.500H17"/><path d="M7 14.500h10v6H7z"/>"#
        }
        Icon::Onward => r#"<path d="M4.5 12h15M13.5 6l6 6-6 6"/>"#,
        Icon::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
        Icon::Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
        Icon::Scales => {
            r#"<path d="M12 3.500v17M7.5 20.500h9M5 6.500h14"/><path d="M5.5 6.5 2.5 14a3.2 3.2 0 0 0 6 0zM18.5 6.500l-3 7.500a3.2 3.2 0 0 0 6 0z"/>"#
        }
        Icon::Clock => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.200l3.5 2"/>"#,
        Icon::Language => {
            r#"<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.6 2.5 3.9 5.5 3.9 9s-1.3 6.5-3.9 9c-2.6-2.5-3.9-5.5-3.9-9S9.4 5.5 12 3"/>"#
        }
        Icon::Barcode => r#"<path d="M4 5v14M7.5 5v14M10 5v14M14 5v14M16.5 5v14M20 5v14"/>"#,
    };
    let class = if icon == Icon::Onward { "icon icon-flip" } else { "icon" };
    html! { svg class=(class) viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(strokes)) } }
}

/// Draws koinon's mark: ten places in a ring, none of them in the middle.
pub fn logo() -> Markup {
    const DOTS: [(&str, &str, &str); 10] = [
        ("16", "4.2", "2.7"),
        ("22.9", "6.5", "2.2"),
        ("27.2", "12.4", "2.7"),
        ("27.2", "19.6", "2.2"),
        ("22.9", "25.5", "2.7"),
        ("16", "27.8", "2.2"),
        ("9.1", "25.5", "2.7"),
        ("4.8", "19.6", "2.2"),
        ("4.8", "12.4", "2.7"),
        ("9.1", "6.5", "2.2"),
    ];
    html! {
        svg.logo viewBox="0 0 32 32" aria-hidden="true" {
            @for (x, y, r) in DOTS { circle cx=(x) cy=(y) r=(r) {} }
        }
    }
}
