//! What commands ask of a node, and its answers: the same words whether the node is opened by the command itself or
//! serves in another process.
//!
//! A command on the console acts as a person of the node's own community, by default its only steward; the book
//! authorizes it like anybody's act. Nothing here writes past `submit`.

mod carry;
mod certificate;
mod entries;
mod health;
mod kept;
mod log;
mod peers;
mod people;
mod routes;
mod sharing;
mod stock;
mod transfers;
pub(crate) mod views;

use koinon_authority::Actor;
use koinon_books::{Book, BookCommand};
use koinon_core::{CommunityCode, CorridorCode, Day, EntryId, ItemCode, StoreCode, Timestamp};
use koinon_node::{Node, OsEntropy, Submitted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use carry::view as bundle_view;
pub(crate) use certificate::words as certificate_words;
pub(crate) use health::clock_words;
use views::Answer;

/// The most rows that are counted in one ask; a node's queue holds several of them.
pub(crate) const COUNT_ROWS_MAX: usize = 20_000;

/// What a command asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ask {
    /// The region as this node knows it.
    Region,
    /// Everything in stock.
    Stock,
    /// Record counts.
    Count(CountAsk),
    /// State a need.
    Need(WantAsk),
    /// Make an offer.
    Offer(WantAsk),
    /// All transfers that are open, or all that the book holds.
    Transfers {
        /// Closed ones too.
        all: bool,
    },
    /// One transfer, by the beginning of its id.
    Transfer {
        /// The beginning of its id.
        id: String,
    },
    /// Every route and how it stands today.
    Routes,
    /// What is shared, and every agreement.
    Agreements,
    /// Put an agreement up, sign one or end one.
    Agree(AgreementAsk),
    /// Say that a route is closed, or open again.
    Route(RouteAsk),
    /// Suggestions on this node's knowledge.
    Match,
    /// Verify everything.
    Check,
    /// How the node does.
    Doctor,
    /// Go by a region file.
    Adopt {
        /// The file's text.
        text: String,
        /// Who acts.
        who: Option<String>,
    },
    /// Write data and keys into a new file.
    Backup {
        /// The file, as an absolute path.
        file: String,
        /// What opens it.
        passphrase: String,
    },
    /// The neighbours.
    Peers,
    /// Take the warning off that a first view was wrong.
    SettleFirstView,
    /// This node's card for a neighbour.
    Card {
        /// Where the neighbour reaches it.
        address: Option<String>,
    },
    /// List a neighbour whose card was compared.
    AddPeer {
        /// The card's text.
        card: String,
        /// Its address, if not the card's.
        address: Option<String>,
    },
    /// Take a neighbour off the list.
    RemovePeer {
        /// Its community or the beginning of its id.
        name: String,
    },
    /// Say that a neighbour's computer is in other hands, or take that back.
    SuspendPeer {
        /// Its community or the beginning of its id.
        name: String,
        /// Whether it stands.
        stands: bool,
    },
    /// Exchange now.
    Exchange {
        /// With whom; with everybody if nobody is named.
        name: Option<String>,
    },
    /// Write a bundle into files.
    WriteBundle(CarryAsk),
    /// Take a bundle in.
    TakeBundle {
        /// The file, as an absolute path.
        file: String,
    },
    /// Files that neighbours keep, and that are kept for them.
    Kept,
    /// Place a file with neighbours.
    KeptAdd(KeptAddAsk),
    /// Agree to keep files for a neighbour.
    KeptAllow {
        /// Its community or the beginning of its id.
        name: String,
        /// MiB in all; 0 takes it back.
        mib: u64,
    },
    /// Bring a file back.
    KeptGet {
        /// What it is called, or the beginning of its digest.
        file: String,
        /// The neighbour's community or the beginning of its id.
        from: String,
        /// Where to, as an absolute path.
        to: String,
    },
    /// Let a file go.
    KeptRelease {
        /// What it is called, or the beginning of its digest.
        file: String,
    },
    /// Entries as they are kept.
    Log(LogAsk),
    /// The certificate.
    Certificate,
    /// Renew the certificate.
    RenewCertificate(RenewAsk),
    /// Everybody who may sign in.
    People,
    /// Who is here, whether names are locked, and who was erased.
    NamesState,
    /// Lock names, open them, or take the passphrase away.
    Names(NamesAsk),
    /// Erase somebody.
    Erase(EraseAsk),
    /// Give somebody a new one-time code.
    ResetSignIn {
        /// The sign-in name, name or id of the person.
        person: String,
    },
}

/// Counts to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CountAsk {
    /// The rows.
    pub(crate) rows: Vec<CountRow>,
    /// The day on which they were counted; none is now.
    #[schema(value_type = Option<String>)]
    pub(crate) day: Option<Day>,
    /// Questions are answered with yes.
    pub(crate) sure: bool,
    /// Who acts.
    pub(crate) who: Option<String>,
    /// What makes the same import the same act: a digest of the table.
    pub(crate) table: String,
}

/// One counted batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CountRow {
    /// The line of the table.
    pub(crate) line: u64,
    #[schema(value_type = String)]
    pub(crate) store: StoreCode,
    #[schema(value_type = String)]
    pub(crate) item: ItemCode,
    /// Base units seen.
    pub(crate) amount: i64,
    /// The printed batch number.
    pub(crate) batch: Option<String>,
    /// The last good day.
    #[schema(value_type = Option<String>)]
    pub(crate) good_until: Option<Day>,
}

/// A need or an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct WantAsk {
    #[schema(value_type = String)]
    pub(crate) store: StoreCode,
    #[schema(value_type = String)]
    pub(crate) item: ItemCode,
    /// Base units.
    pub(crate) amount: i64,
    /// `must-have`, `needed` or `useful`; of needs only.
    pub(crate) urgency: String,
    /// The last day: on which a need helps, until which an offer stands.
    #[schema(value_type = String)]
    pub(crate) by: Day,
    /// Questions are answered with yes.
    pub(crate) sure: bool,
    /// Who acts.
    pub(crate) who: Option<String>,
    /// Made by the command, so that asking twice is done once.
    pub(crate) act: String,
}

/// Something said of an agreement: one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AgreementAsk {
    /// The text to be put up and signed.
    pub(crate) propose: Option<String>,
    /// The beginning of the number of the text to be signed.
    pub(crate) sign: Option<String>,
    /// The beginning of the number of the text to be ended.
    pub(crate) end: Option<String>,
    /// Who acts.
    pub(crate) who: Option<String>,
    /// Made by the command, so that asking twice is done once.
    pub(crate) act: String,
}

/// What is done with the passphrase of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct NamesAsk {
    /// `lock`, `open`, `unlock` or `reset`.
    pub(crate) what: String,
    /// The passphrase; a reset needs none.
    pub(crate) passphrase: String,
}

/// Who is to be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct EraseAsk {
    /// The person's id, or the beginning of it.
    pub(crate) person: String,
    /// Who acts.
    pub(crate) who: Option<String>,
    /// Made by the command, so that asking twice is done once.
    pub(crate) act: String,
}

/// How a route stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct RouteAsk {
    #[schema(value_type = String)]
    pub(crate) corridor: CorridorCode,
    /// `flood`, `snow`, `repair`, `unsafe` or `other`; none says that it is open again.
    pub(crate) reason: Option<String>,
    /// The first day; none is today.
    #[schema(value_type = Option<String>)]
    pub(crate) from: Option<Day>,
    /// The last day, where it is known.
    #[schema(value_type = Option<String>)]
    pub(crate) until: Option<Day>,
    /// Who acts.
    pub(crate) who: Option<String>,
    /// Made by the command, so that asking twice is done once.
    pub(crate) act: String,
}

/// A bundle to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CarryAsk {
    /// For whom: communities, or the beginnings of node ids; empty is for everybody.
    pub(crate) to: Vec<String>,
    /// Everything, also what they are known to hold.
    pub(crate) all: bool,
    /// The first file, as an absolute path.
    pub(crate) file: String,
    /// MiB beyond which another file goes on.
    pub(crate) part_mib: u64,
}

/// A file to be placed with neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptAddAsk {
    /// The file, as an absolute path.
    pub(crate) file: String,
    /// What it is called.
    pub(crate) name: String,
    /// The neighbours: communities, or the beginnings of node ids.
    pub(crate) with: Vec<String>,
    /// For whom it is encrypted: public keys of age; none where it is an age file.
    pub(crate) recipients: Vec<String>,
}

/// Which entries are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogAsk {
    /// After which place, in the order of arrival; none is for the newest, newest first.
    pub(crate) after: Option<u64>,
    /// At most so many.
    pub(crate) limit: usize,
    /// Those too that never leave this node: names, notes.
    pub(crate) local: bool,
}

/// How a certificate is renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct RenewAsk {
    /// More host names.
    pub(crate) hosts: Vec<String>,
    /// More addresses.
    #[schema(value_type = Vec<String>)]
    pub(crate) addresses: Vec<std::net::IpAddr>,
    /// Whether a new authority is founded too.
    pub(crate) new_authority: bool,
}

/// A node says no, and what would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    /// What is wrong.
    pub(crate) message: String,
    /// What the reader can do; may be empty.
    pub(crate) hint: String,
}

impl Refusal {
    pub(crate) fn new(message: &(impl ToString + ?Sized), hint: &str) -> Self {
        Self { message: message.to_string(), hint: hint.to_owned() }
    }
}

/// Answers one command. Where this computer's clock is behind what was recorded, a refusal says so: it may be the cause.
pub(crate) async fn answer(node: &Node, ask: Ask) -> Result<Answer, Refusal> {
    answer_one(node, ask).await.map_err(|refusal| match clock_words(node) {
        Some(words) => Refusal { hint: format!("{words}, then try again"), ..refusal },
        None => refusal,
    })
}

async fn answer_one(node: &Node, ask: Ask) -> Result<Answer, Refusal> {
    match ask {
        Ask::Region => Ok(Answer::Region(node.read(health::region))),
        Ask::Stock => Ok(Answer::Stock(stock::stock(node))),
        Ask::Count(ask) => entries::count(node, ask).await.map(Answer::Counted),
        Ask::Need(ask) => entries::need(node, ask).await.map(Answer::Entered),
        Ask::Offer(ask) => entries::offer(node, ask).await.map(Answer::Entered),
        Ask::Transfers { all } => Ok(Answer::Transfers(transfers::list(node, all))),
        Ask::Transfer { id } => transfers::show(node, &id).map(Answer::Transfer),
        Ask::Agreements => Ok(Answer::Agreements(sharing::show(node))),
        Ask::Agree(ask) => sharing::agree(node, ask).await.map(Answer::Entered),
        Ask::Routes => Ok(Answer::Routes(routes::list(node))),
        Ask::Route(ask) => routes::state(node, ask).await.map(Answer::Entered),
        Ask::Match => transfers::plan(node).await.map(Answer::Plan),
        Ask::Check => health::check(node).await.map(Answer::Check),
        Ask::Doctor => Ok(Answer::Doctor(Box::new(health::doctor(node).await))),
        Ask::Adopt { text, who } => entries::adopt(node, text, who.as_deref()).await.map(Answer::Entered),
        Ask::Backup { file, passphrase } => {
            health::backup(node, file, passphrase).await.map(|()| Answer::Done)
        }
        Ask::Peers => Ok(Answer::Peers(peers::list(node))),
        Ask::SettleFirstView => peers::settle_first_view(node).await,
        Ask::Card { address } => peers::card(node, address),
        Ask::AddPeer { card, address } => peers::add(node, &card, address).await,
        Ask::RemovePeer { name } => peers::remove(node, &name),
        Ask::SuspendPeer { name, stands } => peers::suspend(node, &name, stands).await,
        Ask::Exchange { name } => peers::exchange_now(node, name.as_deref()).await,
        Ask::WriteBundle(ask) => carry::write(node, ask).await.map(Answer::Carried),
        Ask::TakeBundle { file } => carry::take(node, file).await.map(Answer::Unpacked),
        Ask::Kept => kept::list(node).await.map(Answer::Kept),
        Ask::KeptAdd(ask) => kept::add(node, ask).await.map(Answer::KeptPlaced),
        Ask::KeptAllow { name, mib } => kept::allow(node, &name, mib).await,
        Ask::KeptGet { file, from, to } => kept::get(node, file, &from, to).await.map(Answer::KeptPlaced),
        Ask::KeptRelease { file } => kept::release(node, file).await,
        Ask::Log(ask) => log::page(node, &ask).map(Answer::Log),
        Ask::Certificate => certificate::show(node).map(Answer::Certificate),
        Ask::RenewCertificate(ask) => certificate::renew(node, ask).await.map(Answer::Certificate),
        Ask::People => health::people(node).map(Answer::People),
        Ask::NamesState => people::state(node).map(Answer::Names),
        Ask::Names(ask) => people::names(node, ask).await.map(|()| Answer::Done),
        Ask::Erase(ask) => people::erase(node, ask).await.map(Answer::Entered),
        Ask::ResetSignIn { person } => health::reset(node, &person).map(Answer::Reset),
    }
}

/// The community for which this node writes.
fn own(book: &Book) -> Result<CommunityCode, Refusal> {
    let none = || {
        let hint = "ask the computer of a community; this one keeps a safety copy only";
        Refusal::new(&"this node writes for no community", hint)
    };
    book.own().cloned().ok_or_else(none)
}

/// The person as whom the console acts.
fn actor((node, book): (&Node, &Book), who: Option<&str>, now: Timestamp) -> Result<Actor, Refusal> {
    koinon_web::token::person((node, book), who, now)
        .map(Actor::Person)
        .map_err(|fault| Refusal::new(&fault, &fault.remedy()))
}

/// Records one command, or gives the questions that it raises.
async fn submit(node: &Node, who: Actor, command: BookCommand) -> Result<Submitted, Refusal> {
    node.submit(who, command).await.map_err(|error| Refusal::new(&error, ""))
}

/// A new act.
pub(crate) fn new_act(now: Timestamp) -> EntryId {
    EntryId::make(now, &mut OsEntropy)
}
