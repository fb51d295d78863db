//! Commands on a node's book: stock, counts, needs, offers, transfers, suggestions.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clap::{Args, Subcommand};
use koinon_core::unit::{DecimalMark, UnitError, parse_quantity, parse_unmarked};
use koinon_core::{Day, Digest, Region, StoreCode};
use koinon_table::{Counts, Fault, Flaw, Limits, Names, Sheet, read_counts};
use serde::Serialize;

use crate::console::views::{Answer, CountedView, EnteredView, RegionView, StockView, TransferView};
use crate::console::{Ask, COUNT_ROWS_MAX, CountAsk, CountRow, WantAsk, new_act};
use crate::data::DataArgs;
use crate::failure::{BadTable, Complaint, Exit, Explain};
use crate::out::{Align, Out, progress, say, waiting};
use crate::planner::{Mark, parse_day, said};
use crate::reach::{self, Reach};
use crate::words::named;
use crate::{clock, files};

/// Counts in bulk.
#[derive(Debug, Subcommand)]
pub(crate) enum CountCommand {
    /// Look at a table of counts (CSV or xlsx), and record it with --yes
    Import {
        #[command(flatten)]
        data: DataArgs,
        /// The table: store, item, amount; unit, batch and good-until day if known
        table: PathBuf,
        /// Record it; without it, every row is checked, and a terminal is asked
        #[arg(long, alias = "confirm")]
        yes: bool,
        /// Record the rows that can be used, and leave the others out
        #[arg(long)]
        leave_out: bool,
        /// Record unusual amounts too
        #[arg(long, requires = "yes")]
        sure: bool,
        /// The day on which it was counted; without it, now
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
        day: Option<Day>,
        /// Which mark separates decimals; without it, seen in the column
        #[arg(long, value_enum, value_name = "MARK")]
        decimal: Option<Mark>,
        /// Write the rows that cannot be used to this file, to be mended
        #[arg(long, value_name = "FILE")]
        to_mend: Option<PathBuf>,
        /// As whom, by name or id; without it, the only steward
        #[arg(long = "as", value_name = "PERSON")]
        who: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print a table of what is in the own stores, to be counted and imported
    Export {
        #[command(flatten)]
        data: DataArgs,
    },
}

/// A need or an offer.
#[derive(Debug, Args)]
pub(crate) struct WantArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The item, by code or name
    item: String,
    /// How much, for example '250 kg' or '12 bag'
    amount: String,
    /// The store, by code or name; without it, the community's first
    #[arg(long)]
    store: Option<String>,
    /// The last day: on which it helps, or until which the offer stands; without it, in 14 days
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    by: Option<Day>,
    /// Which mark separates decimals in the amount; without it, an amount that could be read in two ways is refused
    #[arg(long, value_enum, value_name = "MARK")]
    decimal: Option<Mark>,
    /// Enter it although the amount is unusual
    #[arg(long)]
    sure: bool,
    /// As whom, by name or id; without it, the only steward
    #[arg(long = "as", value_name = "PERSON")]
    who: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// State a need.
#[derive(Debug, Args)]
pub(crate) struct NeedArgs {
    #[command(flatten)]
    want: WantArgs,
    /// How badly
    #[arg(long, value_parser = ["must-have", "needed", "useful"], default_value = "needed")]
    urgency: String,
}

/// Transfers.
#[derive(Debug, Subcommand)]
pub(crate) enum TransferCommand {
    /// List transfers that are open
    List {
        #[command(flatten)]
        data: DataArgs,
        /// Closed ones too
        #[arg(long)]
        all: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show one transfer with what became of each line
    Show {
        #[command(flatten)]
        data: DataArgs,
        /// The beginning of its id
        id: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// The most rows left open that are named on a terminal.
const OPEN_SHOWN_MAX: usize = 200;

/// Runs `koinon stock`.
pub(crate) fn stock(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Stock(view) = reach::ask(data, Ask::Stock)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
    } else if !view.rows.is_empty() {
        use Align::{Left, Right};
        let head = ["store", "item", "batch", "good until", "amount", "not set aside", "counted"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(view.rows.iter().map(|row| {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            let counted = row.counted.as_deref().map_or("-", |at| at.split('T').next().unwrap_or(at));
            vec![
                row.store.clone(),
                row.item.clone(),
                text(&row.batch),
                text(&row.good_until),
                row.amount.text.clone(),
                if row.held { "held".to_owned() } else { row.available.text.clone() },
                counted.to_owned(),
            ]
        }));
        out.table(&[Left, Left, Left, Left, Right, Right, Left], &rows)?;
    } else {
        out.flush()?;
        say("Nothing is in stock yet. Count on the pages, or bring a table: koinon count import TABLE.");
    }
    Ok(if view.rows.is_empty() { Exit::No } else { Exit::Done })
}

/// Runs `koinon count`.
pub(crate) fn count(command: &CountCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        CountCommand::Export { data } => {
            let Answer::Stock(view) = reach::ask(data, Ask::Stock)? else { return Err(reach::unexpected()) };
            export(&view, out)
        }
        CountCommand::Import { data, table, yes, leave_out, sure, day, decimal, to_mend, who, json } => {
            let bytes = files::table(table)?;
            let reach = Reach::open(data)?;
            let looked = look(&reach, table, &bytes, said(*decimal));
            let counted = looked.and_then(|counts| {
                preview(&counts, table, to_mend.as_deref(), *leave_out)?;
                if !yes && (*json || !agreed(counts.good.len())?) {
                    return Ok((counts, None));
                }
                let digest = Digest::of("koinon count table 1", &bytes).to_string();
                let ask =
                    CountAsk { rows: Vec::new(), day: *day, sure: *sure, who: who.clone(), table: digest };
                let view = record(&reach, &ask, &counts.good)?;
                Ok((counts, Some(view)))
            });
            reach.close();
            match counted? {
                (counts, None) => looked_at(&counts, *json, out),
                (counts, Some(view)) => {
                    let exit = told(&view, *json, out)?;
                    Ok(if counts.bad.is_empty() { exit } else { Exit::No })
                }
            }
        }
    }
}

/// What a table of counts holds, before anything is recorded.
#[derive(Serialize)]
struct LookedView {
    rows: usize,
    to_mend: Vec<MendView>,
    recorded: usize,
}

/// One flaw of a table.
#[derive(Serialize)]
struct MendView {
    line: Option<u64>,
    column: &'static str,
    fault: String,
}

fn looked_at(counts: &Counts, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let rows = counts.good.len();
    if json {
        let mend =
            |flaw: &Flaw| MendView { line: flaw.line, column: flaw.column, fault: flaw.fault.to_string() };
        out.json(&LookedView { rows, to_mend: counts.flaws().map(mend).collect(), recorded: 0 })?;
    } else {
        let rows = rows_told(rows);
        say(format!("{rows} can be recorded; nothing is recorded yet. Say --yes to record them."));
    }
    Ok(if counts.bad.is_empty() { Exit::Done } else { Exit::No })
}

/// Says what is wrong with which rows, and writes them to be mended; an error unless they may be left out.
fn preview(counts: &Counts, path: &Path, to_mend: Option<&Path>, leave_out: bool) -> anyhow::Result<()> {
    if counts.bad.is_empty() {
        return Ok(());
    }
    let mut hint =
        "mend them, or say --leave-out to record the others; --to-mend FILE writes them out".to_owned();
    if let Some(to) = to_mend {
        files::write(to, &counts.to_mend(["line", "to mend"], &Flaw::told), true)?;
        hint = format!("the rows to mend are in {}", to.display());
    }
    let all = counts.flaws().count();
    let mut flaws: Vec<Flaw> = counts.flaws().take(OPEN_SHOWN_MAX).cloned().collect();
    if all > flaws.len() {
        flaws.push(Flaw::whole(Fault::More(all - flaws.len())));
    }
    if leave_out {
        for flaw in flaws {
            say(flaw.to_string());
        }
        say(format!("{} rows are left out; {hint}", counts.bad.len()));
        return Ok(());
    }
    let bad = Err(BadTable { file: path.display().to_string(), flaws });
    bad.explain(|| "nothing is recorded".to_owned(), &hint)
}

/// Asks at the terminal; where nobody can answer, nothing is agreed to.
fn agreed(rows: usize) -> anyhow::Result<bool> {
    if rows == 0 || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(false);
    }
    say(format!("{rows} rows can be recorded. Record them? [y/N]"));
    let mut answer = String::new();
    std::io::stdin().lock().take(100).read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn next_of<T>(parts: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    parts.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// Records rows in parts, each as few durable commits as possible, and shows how far it is.
fn record(reach: &Reach, ask: &CountAsk, rows: &[koinon_table::CountRow]) -> anyhow::Result<CountedView> {
    let bar = progress(u64::try_from(rows.len()).unwrap_or(u64::MAX), "Recording");
    let parts = Mutex::new(rows.chunks(COUNT_ROWS_MAX));
    let all = Mutex::new(CountedView { recorded: 0, repeated: 0, open: Vec::new() });
    // While one part is written, the next is made ready.
    let record_parts = || {
        while let Some(part) = next_of(&parts) {
            let part = CountAsk { rows: part.iter().map(counted).collect(), ..ask.clone() };
            bar.inc(u64::try_from(part.rows.len()).unwrap_or(0));
            let Answer::Counted(view) = reach.ask(Ask::Count(part))? else { return Err(reach::unexpected()) };
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            all.recorded += view.recorded;
            all.repeated += view.repeated;
            all.open.extend(view.open);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(record_parts);
        let one = record_parts();
        let other = other.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
        one.and(other)
    })?;
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.open.sort_by_key(|row| row.line);
    bar.finish_and_clear();
    Ok(all)
}

fn counted(row: &koinon_table::CountRow) -> CountRow {
    CountRow {
        line: row.line,
        store: row.store.clone(),
        item: row.item.clone(),
        amount: row.seen.amount(),
        batch: row.batch.as_ref().map(ToString::to_string),
        good_until: row.expires,
    }
}

/// So many rows, in words.
fn rows_told(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

fn told(view: &CountedView, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    if json {
        out.json(view)?;
    } else {
        for row in view.open.iter().take(OPEN_SHOWN_MAX) {
            out.line(format!("line {}: {}", row.line, row.why))?;
        }
        if view.open.len() > OPEN_SHOWN_MAX {
            out.line(format!("and {} more; --json names them all", view.open.len() - OPEN_SHOWN_MAX))?;
        }
        out.flush()?;
        let before = if view.repeated == 0 {
            String::new()
        } else {
            format!(", {} had been recorded before", view.repeated)
        };
        let questions = view.open.iter().filter(|row| row.question).count();
        let sure = if questions == 0 { "" } else { " If the amounts are right, say --sure." };
        let rows = rows_told(view.recorded);
        say(format!("{rows} recorded{before}, {} left open.{sure}", view.open.len()));
    }
    Ok(if view.open.is_empty() { Exit::Done } else { Exit::No })
}

/// The own community's batches as a table that `count import` reads.
fn export(view: &StockView, out: &mut Out) -> anyhow::Result<Exit> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["store", "item", "amount", "unit", "batch", "good_until"])?;
    let own = view.rows.iter().filter(|row| view.community.as_ref() == Some(&row.community));
    let mut written = 0usize;
    for row in own {
        let (batch, day) = (row.batch.as_deref().unwrap_or(""), row.good_until.as_deref().unwrap_or(""));
        let amount = row.amount.base_units.to_string();
        writer.write_record([&row.store, &row.item, &amount, &row.amount.base_unit, batch, day])?;
        written += 1;
    }
    let bytes = writer.into_inner().explain(|| "the table cannot be written".to_owned(), "")?;
    out.text(&String::from_utf8(bytes)?)?;
    Ok(if written == 0 { Exit::No } else { Exit::Done })
}

/// The region of the node that was reached, and the community for which it writes.
fn region_of(reach: &Reach) -> anyhow::Result<(Region, RegionView)> {
    let Answer::Region(view) = reach.ask(Ask::Region)? else { return Err(reach::unexpected()) };
    let region = Region::parse(&view.toml).map_err(|_| {
        Complaint::new("this node has no region yet", "adopt one with `koinon region adopt FILE`")
    })?;
    Ok((region, view))
}

/// Reads a table of counts in the stores of the node's own community.
fn look(reach: &Reach, path: &Path, bytes: &[u8], decimal: Option<DecimalMark>) -> anyhow::Result<Counts> {
    let (region, view) = region_of(reach)?;
    let own = view.own.unwrap_or_default();
    let stores: Vec<StoreCode> = region
        .stores
        .iter()
        .filter(|store| store.place.as_str() == own)
        .map(|store| store.code.clone())
        .collect();
    let bar = waiting("Reading");
    let bad = |flaws: Vec<Flaw>| BadTable { file: path.display().to_string(), flaws };
    let read = Sheet::read(bytes, &Limits::COMMAND).map_err(|fault| vec![Flaw::whole(fault)]);
    let counts = read.and_then(|sheet| read_counts(sheet, &region, &stores, decimal)).map_err(bad);
    bar.finish_and_clear();
    Ok(counts?)
}

/// Runs `koinon need`.
pub(crate) fn need(args: &NeedArgs, out: &mut Out) -> anyhow::Result<Exit> {
    want(&args.want, &args.urgency, Ask::Need, out)
}

/// Runs `koinon offer`.
pub(crate) fn offer(args: &WantArgs, out: &mut Out) -> anyhow::Result<Exit> {
    want(args, "", Ask::Offer, out)
}

fn want(args: &WantArgs, urgency: &str, make: fn(WantAsk) -> Ask, out: &mut Out) -> anyhow::Result<Exit> {
    const DAYS: i32 = 14;
    let reach = Reach::open(&args.data)?;
    let entered = region_of(&reach).and_then(|(region, view)| {
        let item = named(&Names::items(&region), &args.item)?;
        let store = match &args.store {
            Some(store) => named(&Names::stores(&region, &every(&region)), store)?,
            None => first_store(&region, view.own.as_deref())?,
        };
        let (text, packs, unit) = (&args.amount, &item.packs, &item.unit);
        let read = match said(args.decimal) {
            Some(mark) => parse_quantity(text, item.dimension, packs, unit, mark),
            None => parse_unmarked(text, item.dimension, packs, unit, DecimalMark::Point),
        };
        let quantity = read.map_err(|error| {
            let hint = match error {
                UnitError::TwoReadings { .. } => "or say --decimal point or --decimal comma",
                _ => "write for example '250 kg'",
            };
            Complaint::usage(error.to_string(), hint)
        })?;
        let today = clock::today(&region.zone());
        let by = args.by.unwrap_or(today.plus(DAYS));
        if !args.json {
            // What was understood, before it is written: a misread amount is seen at once.
            say(format!("{quantity} of {} at {store}, by {by}", item.name));
        }
        let ask = WantAsk {
            store,
            item: item.code.clone(),
            amount: quantity.amount(),
            urgency: urgency.to_owned(),
            by,
            sure: args.sure,
            who: args.who.clone(),
            act: new_act(clock::now()).to_string(),
        };
        match reach.ask(make(ask))? {
            Answer::Entered(view) => Ok(view),
            _ => Err(reach::unexpected()),
        }
    });
    reach.close();
    entered_told(&entered?, args.json, out)
}

fn every(region: &Region) -> Vec<StoreCode> {
    region.stores.iter().map(|store| store.code.clone()).collect()
}

fn first_store(region: &Region, own: Option<&str>) -> anyhow::Result<StoreCode> {
    let of_own = region.stores.iter().find(|store| Some(store.place.as_str()) == own);
    match of_own {
        Some(store) => Ok(store.code.clone()),
        None => Err(Complaint::usage("this node's community has no store", "say --store").into()),
    }
}

/// Says what came of one entry.
pub(crate) fn entered_told(view: &EnteredView, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    if json {
        out.json(view)?;
    } else if view.recorded {
        for fact in &view.facts {
            out.line(fact)?;
        }
        out.flush()?;
        say(if view.repeated { "It had been recorded before." } else { "Recorded." });
    } else {
        for question in &view.questions {
            out.line(question)?;
        }
        out.flush()?;
        say("Nothing is recorded. If it is right, say --sure.");
    }
    Ok(if view.recorded { Exit::Done } else { Exit::No })
}

/// Runs `koinon transfer`.
pub(crate) fn transfer(command: &TransferCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        TransferCommand::List { data, all, json } => {
            let Answer::Transfers(view) = reach::ask(data, Ask::Transfers { all: *all })? else {
                return Err(reach::unexpected());
            };
            if *json {
                out.json(&view)?;
            } else if !view.transfers.is_empty() {
                let head = ["id", "from", "to", "leaves", "status", "what"];
                let mut rows = vec![head.map(str::to_owned).to_vec()];
                rows.extend(view.transfers.iter().map(|one| {
                    let what: Vec<String> = one
                        .lines
                        .iter()
                        .map(|line| format!("{} {}", line.committed.text, line.item))
                        .collect();
                    let id: String = one.id.chars().take(12).collect();
                    vec![
                        id,
                        one.from.clone(),
                        one.to.clone(),
                        one.leaves.clone(),
                        one.status.clone(),
                        what.join(", "),
                    ]
                }));
                out.table(&[Align::Left; 6], &rows)?;
            }
            Ok(if view.transfers.is_empty() { Exit::No } else { Exit::Done })
        }
        TransferCommand::Show { data, id, json } => {
            let Answer::Transfer(view) = reach::ask(data, Ask::Transfer { id: id.clone() })? else {
                return Err(reach::unexpected());
            };
            if *json {
                out.json(&view)?;
            } else {
                show(&view, out)?;
            }
            Ok(Exit::Done)
        }
    }
}

fn show(view: &TransferView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    out.line(format!("{} from {} to {}: {}", view.id, view.from, view.to, view.status))?;
    out.line(format!("leaves {}, arrives {}", view.leaves, view.arrives))?;
    let head = ["item", "asked", "promised", "set aside", "on its way", "arrived", "missing", "lost"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(view.lines.iter().map(|line| {
        let amounts = [
            &line.requested,
            &line.committed,
            &line.reserved,
            &line.in_transit,
            &line.fulfilled,
            &line.missing,
            &line.lost,
        ];
        std::iter::once(line.item.clone()).chain(amounts.map(|amount| amount.text.clone())).collect()
    }));
    out.table(&[Left, Right, Right, Right, Right, Right, Right, Right], &rows)?;
    for objection in &view.objections {
        out.line(format!("objection of {objection}"))?;
    }
    Ok(())
}
