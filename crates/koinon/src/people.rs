//! `koinon people`: names on this computer. Who is here, a passphrase that locks the names, and erasing somebody.

use clap::Subcommand;

use crate::agreement::Who;
use crate::book::entered_told;
use crate::clock;
use crate::console::views::Answer;
use crate::console::{Ask, EraseAsk, NamesAsk, new_act};
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit};
use crate::operate::PassphraseArgs;
use crate::out::{Align, Out, say};
use crate::reach;

/// What is done about names.
#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    /// List everybody who has or had a task here, and say whether names are locked
    List {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Lock names and notes with a passphrase, asked for after each start; counting and sending go on without it
    Lock(NamesArgs),
    /// Open names and notes after a start
    Open(NamesArgs),
    /// Take the passphrase away: this computer opens names and notes by itself
    Unlock(NamesArgs),
    /// Begin anew where nobody has the passphrase any more: names and notes until now are lost, and everything else stays
    Reset {
        #[command(flatten)]
        data: DataArgs,
        /// Yes, they are lost
        #[arg(long)]
        sure: bool,
    },
    /// Erase what is personal of somebody for good, here and, by asking, everywhere
    Erase {
        /// The person's id, as `koinon people list` shows it, or the beginning of it
        #[arg(value_name = "PERSON")]
        erased: String,
        /// Yes, for good
        #[arg(long)]
        sure: bool,
        #[command(flatten)]
        who: Who,
    },
}

/// Where, and the passphrase.
#[derive(Debug, clap::Args)]
pub(crate) struct NamesArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Runs `koinon people`.
pub(crate) fn run(command: &PeopleCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        PeopleCommand::List { data, json } => list(data, *json, out),
        PeopleCommand::Lock(args) => {
            names(args, "lock")?;
            say("Names and notes are locked from the next start on. Keep the passphrase on paper, away from this computer; nobody can bring names back without it. A backup from before opens them without it: make a new one and destroy those.");
            Ok(Exit::Done)
        }
        PeopleCommand::Open(args) => {
            reach::served(&args.data, "names and notes stay open only as long as the node runs")?;
            names(args, "open")?;
            say("Names and notes are open until this computer starts again.");
            Ok(Exit::Done)
        }
        PeopleCommand::Unlock(args) => {
            names(args, "unlock")?;
            say("This computer opens names and notes by itself now; whoever takes it away can read them.");
            Ok(Exit::Done)
        }
        PeopleCommand::Reset { sure: false, .. } => Err(Complaint::usage(
            "a reset destroys what opens names and notes: those entered until now can never be read again",
            "look for the passphrase first; if it is lost, say --sure",
        )
        .into()),
        PeopleCommand::Reset { data, sure: true } => {
            change(data, "reset", String::new())?;
            say("This computer opens names and notes by itself from now on. Those of before are lost: enter names again on the page Who does what. A backup from before still opens with the old passphrase.");
            Ok(Exit::Done)
        }
        PeopleCommand::Erase { sure: false, .. } => Err(Complaint::usage(
            "an erasure is for good: name and sign-in are destroyed here, and every community is asked to do the same",
            "if the person is to be erased, say --sure",
        )
        .into()),
        PeopleCommand::Erase { erased, who, sure: true } => {
            let act = new_act(clock::now()).to_string();
            let ask = EraseAsk { person: erased.clone(), who: who.person.clone(), act };
            let Answer::Entered(view) = reach::ask(&who.data, Ask::Erase(ask))? else {
                return Err(reach::unexpected());
            };
            entered_told(&view, who.json, out)
        }
    }
}

fn names(args: &NamesArgs, what: &str) -> anyhow::Result<()> {
    change(&args.data, what, args.passphrase.read()?)
}

fn change(data: &DataArgs, what: &str, passphrase: String) -> anyhow::Result<()> {
    let ask = NamesAsk { what: what.to_owned(), passphrase };
    match reach::ask(data, Ask::Names(ask))? {
        Answer::Done => Ok(()),
        _ => Err(reach::unexpected()),
    }
}

fn list(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Names(view) = reach::ask(data, Ask::NamesState)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![["name", "sign-in name", "id"].map(str::to_owned).to_vec()];
    rows.extend(view.people.iter().map(|one| {
        let sign_in = one.sign_in_name.clone().unwrap_or_else(|| "-".to_owned());
        vec![one.name.clone(), sign_in, one.person.clone()]
    }));
    out.table(&[Align::Left; 3], &rows)?;
    for erased in &view.erased {
        let waits = if erased.unanswered.is_empty() {
            "all have answered".to_owned()
        } else {
            format!("not answered yet: {}", erased.unanswered.join(", "))
        };
        out.text(&format!("erased: {}, asked on {}; {waits}\n", erased.person, erased.asked))?;
    }
    out.flush()?;
    say(match (view.passphrase, view.open) {
        (false, _) => {
            "Names are encrypted here, and this computer opens them by itself; lock them with `koinon people lock`."
        }
        (true, true) => "Names are locked with a passphrase, and open until this computer starts again.",
        (true, false) => "Names are locked; open them with `koinon people open`.",
    });
    Ok(Exit::Done)
}
