//! `koinon peer`: the neighbours with whom this node exchanges.
//!
//! Two operators make a card each, send it by whatever way, and read its number to one another. Only then do the two
//! computers talk: each must have listed the other.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::card::{self, Card};
use crate::console::Ask;
use crate::console::views::{Answer, ExchangeView, PeerView, PeersView};
use crate::data::{DataArgs, Desk};
use crate::failure::{Complaint, Exit, Explain as _};
use crate::out::{Align, Out, say, waiting};
use crate::{files, reach};

/// What is done with neighbours.
#[derive(Debug, Subcommand)]
pub(crate) enum PeerCommand {
    /// Make this node's card, for the neighbour's operator
    Card(CardArgs),
    /// List a neighbour by its card
    Add(AddArgs),
    /// Take a neighbour off the list; what it wrote stays
    Remove {
        #[command(flatten)]
        data: DataArgs,
        /// Its community's code, or the beginning of its node's id
        neighbour: String,
    },
    /// Say that a neighbour's computer is in other hands: nothing is exchanged with it until its key is replaced
    Suspend {
        #[command(flatten)]
        data: DataArgs,
        /// Its community's code, or the beginning of its node's id
        neighbour: String,
        /// Yes: nothing is given to it and nothing taken, and every community is told
        #[arg(long)]
        sure: bool,
    },
    /// Take back that a neighbour's computer is in other hands
    Resume {
        #[command(flatten)]
        data: DataArgs,
        /// Its community's code, or the beginning of its node's id
        neighbour: String,
    },
    /// Show the neighbours, and how the exchange with each stands
    List {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Exchange now, without waiting for the next turn; the same as `koinon sync`
    Exchange(ExchangeArgs),
    /// Take off the warning that a neighbour's first view was wrong, once both have looked into it
    Settle {
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Exchanges now.
#[derive(Debug, Args)]
pub(crate) struct ExchangeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Its community's code, or the beginning of its node's id; without it, all
    neighbour: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Makes a card.
#[derive(Debug, Args)]
pub(crate) struct CardArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Where the neighbour reaches this node, such as <https://mill.internal:7400>; without it, only this node asks
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// The file to write; without it, standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Lists a neighbour.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The card that the neighbour's operator made, or - for standard input
    card: PathBuf,
    /// The number of the card, as the neighbour's operator reads it out
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Where this node reaches the neighbour, if not where its card says
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Joins two computers: each operator runs it once, and reads a number to the other.
#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The card that the neighbour's operator made; without it, only this node's card is made
    card: Option<PathBuf>,
    /// The number of the neighbour's card, as its operator reads it out
    #[arg(long, value_name = "NUMBER", requires = "card")]
    number: Option<String>,
    /// Where the neighbour reaches this node, such as <https://mill.internal:7400>; without it, only this node asks
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// The file for this node's card
    #[arg(long, value_name = "FILE", default_value = "own.card")]
    to: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs `koinon join`: lists the neighbour whose card and number are there, and makes this node's card for it.
pub(crate) fn join(args: &JoinArgs, out: &mut Out) -> anyhow::Result<Exit> {
    if let Some(card) = &args.card {
        let (data, number) = (args.data.clone(), args.number.clone());
        add(&AddArgs { data, card: card.clone(), number, address: None, json: args.json }, out)?;
        out.flush()?;
    }
    let card = CardArgs { data: args.data.clone(), address: args.address.clone(), to: Some(args.to.clone()) };
    make_card(&card, out)?;
    say(format!("This node's card is in {}.", args.to.display()));
    if args.card.is_none() {
        say(
            "The neighbour's operator runs `koinon join CARD --number NUMBER` with it, and sends a card back: run it here with that one.",
        );
    } else {
        say(
            "If the neighbour has not listed this node yet, its operator runs `koinon join CARD --number NUMBER` with this card. Then both exchange by themselves.",
        );
    }
    Ok(Exit::Done)
}

/// Runs `koinon peer`.
pub(crate) fn run(command: &PeerCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        PeerCommand::Card(args) => make_card(args, out),
        PeerCommand::Add(args) => add(args, out),
        PeerCommand::Remove { data, neighbour } => remove(data, neighbour),
        PeerCommand::Suspend { sure: false, .. } => Err(Complaint::usage(
            "a suspension is told to every community, and nothing is exchanged with that computer any more",
            "if the computer is in other hands, say --sure; call its community by telephone too",
        )
        .into()),
        PeerCommand::Suspend { data, neighbour, sure: true } => suspend(data, neighbour, true),
        PeerCommand::Resume { data, neighbour } => suspend(data, neighbour, false),
        PeerCommand::List { data, json } => list(data, *json, out),
        PeerCommand::Exchange(args) => exchange(args, out),
        PeerCommand::Settle { data } => settle(data),
    }
}

fn make_card(args: &CardArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Card { text } = reach::ask(&args.data, Ask::Card { address: args.address.clone() })? else {
        return Err(reach::unexpected());
    };
    let number = Card::read(&text)?.number();
    match &args.to {
        Some(path) => files::write(path, &text, true)?,
        None => out.text(&text)?,
    }
    out.flush()?;
    say(
        "Send the card to the neighbour's operator by any way. Then read this number out, in person or by telephone:",
    );
    say(format!("    {number}"));
    if args.address.is_none() {
        say(
            "The card names no address: the neighbour will wait for this node to ask. Say --address to be asked too.",
        );
    }
    Ok(Exit::Done)
}

fn add(args: &AddArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let shown = args.card.display();
    let text = String::from_utf8(files::read(&args.card, card::BYTES_MAX)?).explain(
        || format!("{shown} is not text in UTF-8"),
        "ask the neighbour's operator for the card again",
    )?;
    let read = Card::read(&text)?;
    let name = name_of(read.peer.community.as_ref().map(ToString::to_string), &read.peer.node.to_string());
    let Some(number) = &args.number else {
        let hint = format!(
            "ask {name}'s operator, in person or by telephone, for the number that `koinon peer card` showed there, \
             and say --number 'xxxx xxxx …'"
        );
        return Err(Complaint::usage(format!("the card of {name} is not compared yet"), hint).into());
    };
    if !read.has_number(number) {
        let hint =
            "ask for the number again; if it still differs, the card was changed on its way: do not use it";
        return Err(Complaint::new(format!("the number is not that of {name}'s card"), hint).into());
    }
    let ask = Ask::AddPeer { card: text, address: args.address.clone() };
    let Answer::PeerAdded { peer, exchange } = reach::ask(&args.data, ask)? else {
        return Err(reach::unexpected());
    };
    if args.json {
        out.json(&serde_json::json!({ "peer": peer, "exchange": exchange }))?;
        return Ok(Exit::Done);
    }
    print(std::slice::from_ref(&peer), out)?;
    out.flush()?;
    say(format!("{name} is listed."));
    match &exchange {
        None => say("Its card names no address: it asks this node. Make a card for it with --address."),
        Some(exchange) => tell(exchange),
    }
    Ok(Exit::Done)
}

fn remove(data: &DataArgs, neighbour: &str) -> anyhow::Result<Exit> {
    let ask = Ask::RemovePeer { name: neighbour.to_owned() };
    let Answer::PeerRemoved(peer) = reach::ask(data, ask)? else { return Err(reach::unexpected()) };
    say(format!("{} is off the list. What it wrote stays in the book.", name_of(peer.community, &peer.node)));
    Ok(Exit::Done)
}

fn suspend(data: &DataArgs, neighbour: &str, stands: bool) -> anyhow::Result<Exit> {
    let ask = Ask::SuspendPeer { name: neighbour.to_owned(), stands };
    let Answer::PeerSuspended { name } = reach::ask(data, ask)? else { return Err(reach::unexpected()) };
    say(if stands {
        format!(
            "Nothing is exchanged with {name} any more; every community is told. It ends by itself when {name} replaces its key, or with `koinon peer resume`."
        )
    } else {
        format!("{name} is exchanged with again.")
    });
    Ok(Exit::Done)
}

fn settle(data: &DataArgs) -> anyhow::Result<Exit> {
    let Answer::FirstViewSettled { was } = reach::ask(data, Ask::SettleFirstView)? else {
        return Err(reach::unexpected());
    };
    say(if was {
        "The warning is gone. The log of the program keeps it."
    } else {
        "There is nothing to settle."
    });
    Ok(if was { Exit::Done } else { Exit::No })
}

fn list(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Peers(view) = reach::ask(data, Ask::Peers)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
    } else if !view.peers.is_empty() {
        print(&view.peers, out)?;
        troubles(&view, out)?;
    }
    out.flush()?;
    if view.peers.is_empty() {
        say("No neighbour is listed. `koinon peer add` lists one by its card.");
        return Ok(Exit::No);
    }
    Ok(Exit::Done)
}

pub(crate) fn exchange(args: &ExchangeArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let directory = args.data.directory()?;
    if Desk::find(&directory)?.is_none() {
        crate::mirror::needs_database(&directory)?;
    }
    let bar = waiting("Exchanging");
    let answer = reach::ask(&args.data, Ask::Exchange { name: args.neighbour.clone() });
    bar.finish_and_clear();
    let Answer::Exchanged { exchanges } = answer? else { return Err(reach::unexpected()) };
    if args.json {
        out.json(&serde_json::json!({ "exchanges": exchanges }))?;
    } else {
        exchanges.iter().for_each(tell);
    }
    if exchanges.is_empty() {
        say("No neighbour with an address is listed. `koinon peer add` lists one by its card.");
    }
    let good = !exchanges.is_empty() && exchanges.iter().all(|exchange| exchange.error.is_none());
    Ok(if good { Exit::Done } else { Exit::No })
}

/// A neighbour's community, or the beginning of its node's id.
fn name_of(community: Option<String>, node: &str) -> String {
    community.unwrap_or_else(|| node.chars().take(8).collect())
}

fn print(peers: &[PeerView], out: &mut Out) -> anyhow::Result<()> {
    let head = ["community", "node", "address", "heard", "asked us", "behind", "next"].map(str::to_owned);
    let mut rows = vec![head.to_vec()];
    let or = |text: &Option<String>, none: &str| text.clone().unwrap_or_else(|| none.to_owned());
    for peer in peers {
        rows.push(vec![
            or(&peer.community, "(safety copy)"),
            peer.node.chars().take(8).collect(),
            or(&peer.address, "it asks us"),
            or(&peer.last_heard, "never"),
            or(&peer.last_asked_us, "never"),
            peer.behind.to_string(),
            peer.next_try_s.map_or_else(|| "-".to_owned(), |seconds| format!("in {seconds} s")),
        ]);
    }
    let left = Align::Left;
    Ok(out.table(&[left, left, left, left, left, Align::Right, left], &rows)?)
}

fn troubles(view: &PeersView, out: &mut Out) -> anyhow::Result<()> {
    for peer in &view.peers {
        if peer.suspended {
            let name = name_of(peer.community.clone(), &peer.node);
            out.line(format!("! {name}: suspended, since its computer is said to be in other hands"))?;
        }
        if let Some(error) = &peer.last_error {
            out.line(format!("! {error}"))?;
        }
    }
    if let Some(first) = &view.first_view {
        let mark = if first.state == "differs" { "! " } else { "" };
        out.line(format!("{mark}{}", first.words))?;
    }
    Ok(())
}

/// Says what an exchange brought: whom, how many entries, or at which step it failed, why, and when it is tried again.
fn tell(exchange: &ExchangeView) {
    let Some(error) = &exchange.error else {
        say(format!(
            "{}: {} new entries, {} still to come.",
            exchange.neighbour, exchange.entries, exchange.behind
        ));
        for refused in &exchange.refused {
            say(format!("  refused: {refused}"));
        }
        return;
    };
    say(format!("! {error}"));
    say(match exchange.next_try_s {
        Some(seconds) => {
            format!("  It is tried again in {seconds} seconds; `koinon sync` tries at once.")
        }
        None => "  `koinon serve` tries again by itself; `koinon sync` tries at once.".to_owned(),
    });
    if !exchange.hint.is_empty() {
        say(format!("hint: {}", exchange.hint));
    }
}
