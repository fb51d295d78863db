//! `koinon agreement`: what this community shares with whom, why and until when.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use koinon_core::Day;
use koinon_instruments::Agreement;

use crate::book::entered_told;
use crate::clock;
use crate::console::views::{AgreementRow, Answer, PartyRow};
use crate::console::{AgreementAsk, Ask, new_act};
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit};
use crate::files;
use crate::out::{Align, Out, say};
use crate::planner::parse_day;
use crate::reach;

/// Agreements.
#[derive(Debug, Subcommand)]
pub(crate) enum AgreementCommand {
    /// Show what is shared with whom, and every agreement
    Show {
        #[command(flatten)]
        data: DataArgs,
        /// Print the text of the agreement whose check number begins so
        #[arg(long, value_name = "NUMBER")]
        text: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write a first text for all communities of a region file, to be read and changed
    Draft {
        /// The region file
        #[arg(long, value_name = "FILE")]
        region: PathBuf,
        /// The first day; without it, today
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
        from: Option<Day>,
    },
    /// Put a text up, and sign it as the first of two people
    Propose {
        /// The file with the text
        file: PathBuf,
        #[command(flatten)]
        who: Who,
    },
    /// Sign a text that was put up; with two people of this community it is in force for it
    Activate {
        /// The check number, or its beginning; `koinon agreement show` has it
        number: String,
        #[command(flatten)]
        who: Who,
    },
    /// End an agreement for this community, at once and for good
    End {
        /// The check number, or its beginning
        number: String,
        /// Yes, end it: it cannot be taken back, only agreed anew
        #[arg(long)]
        sure: bool,
        #[command(flatten)]
        who: Who,
    },
}

/// As whom, where, and how the answer is printed.
#[derive(Debug, ClapArgs)]
pub(crate) struct Who {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// As whom, by name or id; without it, the only steward
    #[arg(long = "as", value_name = "PERSON")]
    pub(crate) person: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Runs `koinon agreement`.
pub(crate) fn run(command: &AgreementCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        AgreementCommand::Show { data, text, json } => show(data, text.as_deref(), *json, out),
        AgreementCommand::Draft { region, from } => draft(region, *from, out),
        AgreementCommand::Propose { file, who } => {
            let text = files::agreement(file)?;
            let number = Agreement::digest_of(&text);
            let exit = act(who, |ask| AgreementAsk { propose: Some(text), ..ask }, out)?;
            out.flush()?;
            say(format!("Its check number is {number}; a second person signs with `koinon agreement activate`."));
            Ok(exit)
        }
        AgreementCommand::Activate { number, who } => {
            act(who, |ask| AgreementAsk { sign: Some(number.clone()), ..ask }, out)
        }
        AgreementCommand::End { sure: false, .. } => Err(Complaint::usage(
            "an agreement ends at once and for good: neighbours no longer see the stock, nor this community theirs; what is needed, offered and sent goes on",
            "if it is to end, say --sure",
        )
        .into()),
        AgreementCommand::End { number, who, sure: true } => {
            act(who, |ask| AgreementAsk { end: Some(number.clone()), ..ask }, out)
        }
    }
}

fn act(who: &Who, ask: impl FnOnce(AgreementAsk) -> AgreementAsk, out: &mut Out) -> anyhow::Result<Exit> {
    let act = new_act(clock::now()).to_string();
    let ask = ask(AgreementAsk { propose: None, sign: None, end: None, who: who.person.clone(), act });
    let Answer::Entered(view) = reach::ask(&who.data, Ask::Agree(ask))? else {
        return Err(reach::unexpected());
    };
    entered_told(&view, who.json, out)
}

fn draft(region: &std::path::Path, from: Option<Day>, out: &mut Out) -> anyhow::Result<Exit> {
    let (region, _) = files::region(region)?;
    let from = from.unwrap_or_else(|| clock::now().day(&region.zone()));
    out.text(&Agreement::draft_of(&region, from))?;
    Ok(Exit::Done)
}

fn show(data: &DataArgs, text: Option<&str>, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Agreements(view) = reach::ask(data, Ask::Agreements)? else {
        return Err(reach::unexpected());
    };
    if json {
        out.json(&view)?;
        return Ok(if view.agreements.is_empty() { Exit::No } else { Exit::Done });
    }
    if let Some(number) = text {
        let found = view.agreements.iter().find(|row| row.number.starts_with(number));
        let unknown = || {
            Complaint::usage(
                format!("no agreement's number begins with '{number}'"),
                "`koinon agreement show` lists them",
            )
        };
        out.text(&found.ok_or_else(unknown)?.text)?;
        return Ok(Exit::Done);
    }
    for shared in &view.shared {
        let readers = if shared.readers.is_empty() { "nobody".to_owned() } else { shared.readers.join(", ") };
        let unsigned = shared.unsigned.join(", ");
        let unsigned = if unsigned.is_empty() { unsigned } else { format!("; not signed yet by {unsigned}") };
        let until = shared.until.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
        out.line(format!("{}: shared with {readers}{until}{unsigned}", shared.dataset))?;
    }
    if view.states_shortfalls {
        out.line("! not everybody sees the stock: shortfalls are stated as needs")?;
    }
    if !view.hidden.is_empty() {
        out.line(format!("not shown to us: the stock of {}", view.hidden.join(", ")))?;
    }
    if !view.agreements.is_empty() {
        let head = ["number", "title", "from", "until", "state", "signed"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(view.agreements.iter().map(row)).collect();
        out.table(&[Align::Left; 6], &rows)?;
    }
    Ok(if view.agreements.is_empty() { Exit::No } else { Exit::Done })
}

fn signed(party: &PartyRow) -> String {
    let ended = if party.state == "ended" { ", ended it" } else { "" };
    format!("{} {}{ended}", party.community, party.signed)
}

fn row(row: &AgreementRow) -> Vec<String> {
    let signed: Vec<String> = row.parties.iter().map(signed).collect();
    let number: String = row.number.chars().take(16).collect();
    let state = row.state.as_deref().unwrap_or("not ours");
    vec![number, row.title.clone(), row.from.clone(), row.until.clone(), state.to_owned(), signed.join(", ")]
}
