//! Prints one page with every chart in light and dark, to look at: `cargo run -p koinon-chart --example charts > charts.html`.

mod samples;

use std::io::Write;

use koinon_chart::STYLE;

const LIGHT: &str = "--paper:#faf9f4;--panel:#fff;--ink:#1b201e;--muted:#5c635f;--line:#e3e1d8;--way:#87857a;--good:#1f7a57;\
--good-bg:#e0efe8;--watch:#8a5a00;--watch-bg:#fdefcd;--short:#a8281e;--short-bg:#fbdfdb;--accent:#1e5c4b;--accent-2:#b04d13";
const DARK: &str = "--paper:#121614;--panel:#1c2220;--ink:#eef1ef;--muted:#a3aca7;--line:#343c38;--way:#7b8681;--good:#7fd6b3;\
--good-bg:#16362a;--watch:#efc062;--watch-bg:#3b2e10;--short:#ff9d90;--short-bg:#4b1f1b;--accent:#7fd6b3;--accent-2:#f2a365";

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>koinon charts</title><style>{STYLE}\n.light{{{LIGHT}}}.dark{{{DARK}}}body{{margin:0;font:16px/1.5 system-ui,sans-serif}}\
         .theme{{background:var(--paper);color:var(--ink);padding:16px;display:grid;gap:16px;\
         grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr))}}\
         figure{{margin:0;padding:16px;background:var(--panel);border:1px solid var(--line);border-radius:12px;min-width:0}}\
         </style>"
    )?;
    for theme in ["light", "dark"] {
        write!(out, "<main class=\"theme {theme}\">")?;
        for (name, chart) in samples::all() {
            let dir = if name.ends_with("-rtl") { "rtl" } else { "ltr" };
            write!(out, "<figure dir=\"{dir}\">{}</figure>", chart.svg())?;
        }
        write!(out, "</main>")?;
    }
    out.flush()
}
