//! What a node answers, as programs read it with `--json`. Keys are stable: new ones are added, old ones keep their meaning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::amount::Amount;
use crate::planner::views::PlanView;

/// An answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    Region(RegionView),
    Stock(StockView),
    Counted(CountedView),
    Entered(EnteredView),
    Routes(RoutesView),
    /// What is shared.
    Agreements(AgreementsView),
    Transfers(TransfersView),
    Transfer(TransferView),
    Plan(PlanView),
    Check(CheckView),
    Doctor(Box<DoctorView>),
    Certificate(CertificateView),
    Reset(ResetView),
    /// Everybody who may sign in.
    People(Vec<PersonView>),
    Names(NamesView),
    Peers(PeersView),
    /// A node's card for its neighbours.
    Card {
        text: String,
    },
    PeerAdded {
        peer: PeerView,
        /// What the first exchange brought; none without an address.
        exchange: Option<ExchangeView>,
    },
    PeerRemoved(PeerView),
    PeerSuspended {
        name: String,
    },
    Exchanged {
        exchanges: Vec<ExchangeView>,
    },
    Carried(CarriedView),
    Kept(KeptFilesView),
    KeptPlaced(KeptPlacedView),
    KeptAllowed(KeptForView),
    KeptReleased {
        /// How many files.
        files: usize,
    },
    Log(LogPageView),
    Unpacked(UnpackedView),
    /// Whether there was a difference to be settled.
    FirstViewSettled {
        was: bool,
    },
    /// It is done, and there is nothing to say of it.
    Done,
}

/// A page of entries as they are kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogPageView {
    pub(crate) entries: Vec<KeptView>,
    /// The last place looked at, from which to go on; none where there is nothing more.
    pub(crate) next: Option<u64>,
}

/// One entry as it is signed and kept. Bytes are hexadecimal.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptView {
    /// The order in which this node took it in, from 1.
    pub(crate) place: u64,
    /// The log's id.
    pub(crate) log: String,
    /// Its number in the log, from 0.
    pub(crate) seq: u64,
    pub(crate) id: String,
    /// The node that wrote it, and its community where that is admitted.
    pub(crate) node: String,
    pub(crate) community: Option<String>,
    /// `control`, `federation` or `local`.
    pub(crate) stream: String,
    /// The kind's number, and its name where this program knows it.
    pub(crate) kind: u32,
    pub(crate) kind_name: Option<String>,
    pub(crate) recorded: String,
    /// Who recorded it, and the act to which it belongs.
    pub(crate) actor: Option<String>,
    pub(crate) act: Option<String>,
    /// The signed bytes.
    pub(crate) header: String,
    /// The signature; none where that of a later entry of the same commit covers it.
    pub(crate) signature: Option<String>,
    pub(crate) salt: String,
    pub(crate) body: String,
}

/// A bundle that was written.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CarriedView {
    /// The files, in order.
    pub(crate) files: Vec<String>,
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
}

/// What a bundle holds, and what came of taking it in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct UnpackedView {
    pub(crate) file: String,
    /// The community or node that made it; none where that part is damaged.
    pub(crate) made_by: Option<String>,
    /// When, by the maker's clock.
    pub(crate) made: Option<String>,
    /// For whom; empty is for everybody.
    pub(crate) made_for: Vec<String>,
    /// Which of several files, from 1.
    pub(crate) part: Option<u32>,
    /// Whether another file goes on; none where the end is missing.
    pub(crate) more_parts: Option<bool>,
    /// The entries that can be read, by who wrote them.
    pub(crate) entries: BTreeMap<String, u64>,
    /// Entries that were new here.
    pub(crate) new: u64,
    /// Entries that wait for earlier ones, which did not come.
    pub(crate) waiting: u64,
    /// Entries of nodes that are not admitted here.
    pub(crate) strangers: u64,
    /// Entries that are not shared with this community.
    pub(crate) closed: u64,
    /// Why entries were refused.
    pub(crate) refused: Vec<String>,
    pub(crate) damages: Vec<DamageView>,
    pub(crate) damaged_bytes: u64,
    /// Parts that only a newer version of the program understands.
    pub(crate) of_newer_kinds: u64,
    /// Whether every byte is as its maker wrote it.
    pub(crate) whole: bool,
    /// Whether the maker is known and signed it; none where nobody looked.
    pub(crate) signed: Option<bool>,
}

/// Bytes of a bundle that cannot be used.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DamageView {
    /// The first byte, from the file's beginning.
    pub(crate) at: u64,
    pub(crate) bytes: u64,
    pub(crate) why: String,
}

/// The region as a node knows it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RegionView {
    /// The community for which the node writes.
    pub(crate) own: Option<String>,
    /// The region file.
    pub(crate) toml: String,
}

/// Everything in stock.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct StockView {
    pub(crate) community: Option<String>,
    pub(crate) rows: Vec<StockRow>,
}

/// One batch.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct StockRow {
    pub(crate) community: String,
    pub(crate) store: String,
    pub(crate) item: String,
    pub(crate) batch: Option<String>,
    pub(crate) good_until: Option<String>,
    pub(crate) amount: Amount,
    /// Neither held nor set aside.
    pub(crate) available: Amount,
    pub(crate) counted: Option<String>,
    pub(crate) held: bool,
    pub(crate) lot: String,
}

/// What came of counts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CountedView {
    /// Rows recorded now.
    pub(crate) recorded: usize,
    /// Rows that had been recorded before.
    pub(crate) repeated: usize,
    /// Rows that were not recorded, and why.
    pub(crate) open: Vec<OpenRow>,
}

/// A row that was not recorded.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OpenRow {
    pub(crate) line: u64,
    /// What is asked or wrong.
    pub(crate) why: String,
    /// Whether saying that it is right would record it.
    pub(crate) question: bool,
}

/// What came of one entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct EnteredView {
    /// Whether it is recorded.
    pub(crate) recorded: bool,
    /// Whether it had been recorded before.
    pub(crate) repeated: bool,
    /// The ids of the entries.
    pub(crate) facts: Vec<String>,
    /// What is asked before it is recorded.
    pub(crate) questions: Vec<String>,
}

/// What is shared, and every agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AgreementsView {
    /// What is shared by agreement now.
    pub(crate) shared: Vec<SharedRow>,
    /// Whether shortfalls are stated as needs, because not everybody sees the stock.
    pub(crate) states_shortfalls: bool,
    /// The communities that do not show their stock here.
    pub(crate) hidden: Vec<String>,
    /// The texts, the one that ends last first.
    pub(crate) agreements: Vec<AgreementRow>,
}

/// One dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct SharedRow {
    /// `stock` or `served`.
    pub(crate) dataset: String,
    /// Who may read it now.
    pub(crate) readers: Vec<String>,
    /// Those of them who have not signed, as far as is heard.
    pub(crate) unsigned: Vec<String>,
    /// The last day, as things stand.
    pub(crate) until: Option<String>,
}

/// One agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AgreementRow {
    /// The check number: the digest of its text.
    pub(crate) number: String,
    /// Its name.
    pub(crate) title: String,
    /// The first day.
    pub(crate) from: String,
    /// The last day.
    pub(crate) until: String,
    /// How it stands here: `proposed`, `ahead`, `holds`, `lapsed` or `ended`; nothing where this community is no party.
    pub(crate) state: Option<String>,
    /// The parties.
    pub(crate) parties: Vec<PartyRow>,
    /// The text.
    pub(crate) text: String,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct PartyRow {
    /// The community.
    pub(crate) community: String,
    /// How it stands for it.
    pub(crate) state: String,
    /// How many of its people signed; two are needed.
    pub(crate) signed: usize,
}

/// Routes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RoutesView {
    /// The routes, in the order of the region file.
    pub(crate) routes: Vec<RouteRow>,
}

/// One route.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RouteRow {
    pub(crate) code: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// What its ends say that closes it today or later.
    pub(crate) closed: Vec<ClosedRow>,
}

/// A word that closes a route.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ClosedRow {
    pub(crate) by: String,
    pub(crate) reason: String,
    /// The first day.
    pub(crate) from: String,
    /// The last day, where it is known.
    pub(crate) until: Option<String>,
    /// When it was recorded.
    pub(crate) said: String,
    /// Whether it holds today.
    pub(crate) holds: bool,
}

/// Transfers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TransfersView {
    pub(crate) transfers: Vec<TransferView>,
}

/// One transfer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TransferView {
    pub(crate) id: String,
    pub(crate) giver: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) status: String,
    pub(crate) leaves: String,
    pub(crate) arrives: String,
    pub(crate) lines: Vec<LineView>,
    pub(crate) objections: Vec<String>,
}

/// One line of a transfer with its five counters.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LineView {
    pub(crate) line: u16,
    pub(crate) item: String,
    pub(crate) requested: Amount,
    pub(crate) committed: Amount,
    pub(crate) reserved: Amount,
    pub(crate) in_transit: Amount,
    pub(crate) fulfilled: Amount,
    pub(crate) lost: Amount,
    pub(crate) missing: Amount,
    pub(crate) rejected: Amount,
}

/// What a check found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CheckView {
    pub(crate) sound: bool,
    pub(crate) facts: u64,
    pub(crate) logs: Vec<LogView>,
    pub(crate) file_fault: Option<String>,
    pub(crate) rebuild_fault: Option<String>,
    pub(crate) book_equal: Option<bool>,
    pub(crate) snapshot_equal: Option<bool>,
    /// Facts of kinds that a newer version wrote.
    pub(crate) unknown: u64,
    pub(crate) malformed: u64,
    pub(crate) notes: Vec<String>,
    /// Logs with two histories.
    pub(crate) forks: Vec<String>,
}

/// One log.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogView {
    pub(crate) log: String,
    pub(crate) facts: u64,
    pub(crate) fault: Option<String>,
}

/// How a node does.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DoctorView {
    pub(crate) version: String,
    pub(crate) node: String,
    pub(crate) community: Option<String>,
    pub(crate) data: String,
    pub(crate) now: String,
    pub(crate) disk_free_mib: Option<u64>,
    pub(crate) writing_stopped: Option<String>,
    /// Whether so little is free that every write is refused.
    pub(crate) writes_refused: Option<String>,
    /// By how many hours the clock is behind the newest entry; none where it may be right.
    pub(crate) clock_behind_hours: Option<u64>,
    /// When the newest entry was recorded, where the clock is behind it.
    pub(crate) newest_entry: Option<String>,
    /// What the last verification of the stored data found wrong.
    pub(crate) damage: Option<String>,
    /// What is wrong with the file of entries, where it was looked at now.
    pub(crate) file_fault: Option<String>,
    /// When the newest backup was made, as far as is known.
    pub(crate) backup: Option<String>,
    /// Whether the newest backup is older than a week, or none is known.
    pub(crate) backup_is_old: bool,
    /// Whether people have tasks and none of them has chosen a sign-in name.
    pub(crate) nobody_signs_in: bool,
    /// What is to be said of the certificates; empty when they hold for long.
    pub(crate) certificate: Vec<String>,
    /// What is to be said of what is shared: an agreement that ended, ends soon, or waits for a signature.
    pub(crate) agreement: Option<String>,
    /// Computers that are said to be in other hands, each with what to do.
    #[serde(default)]
    pub(crate) in_other_hands: Vec<String>,
    /// Files that neighbours keep for this node and that are not safe, each with what to do.
    #[serde(default)]
    pub(crate) kept: Vec<String>,
    /// How names stand: `unlocked` where no passphrase is asked for, `open` where one was given, `closed` until it is.
    pub(crate) names: String,
    /// Neighbours still to be asked before stock may be promised.
    pub(crate) waiting_for: Option<usize>,
    pub(crate) doubts: usize,
    /// What stands in place of the own book, or did and was wrong.
    pub(crate) first_view: Option<FirstViewView>,
    /// Neighbours whose first views were not taken since the start, and why.
    pub(crate) first_views_refused: Vec<String>,
    pub(crate) peers: Vec<PeerView>,
    pub(crate) jobs: Vec<JobView>,
}

/// The node's certificate and its authority.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CertificateView {
    /// The host names and addresses for which it holds.
    pub(crate) names: Vec<String>,
    pub(crate) ends: String,
    /// Negative when it has ended.
    pub(crate) days_left: i64,
    pub(crate) authority_ends: String,
    /// Negative when it has ended.
    pub(crate) authority_days_left: i64,
    pub(crate) authority_fingerprint: String,
}

/// Somebody who may sign in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PersonView {
    pub(crate) person: String,
    pub(crate) name: String,
    /// What is typed to sign in; none before the first code was used.
    pub(crate) sign_in_name: Option<String>,
}

/// Who is here, and how names stand.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct NamesView {
    /// Whether a passphrase locks names after each start.
    pub(crate) passphrase: bool,
    /// Whether they can be read now.
    pub(crate) open: bool,
    /// Everybody who has or had a task here; a mark stands for a name that cannot be read.
    pub(crate) people: Vec<PersonView>,
    /// Who was erased by this community.
    pub(crate) erased: Vec<ErasedView>,
}

/// Somebody who was erased.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ErasedView {
    pub(crate) person: String,
    /// The day on which it was asked for.
    pub(crate) asked: String,
    /// The communities whose computers have not answered yet.
    pub(crate) unanswered: Vec<String>,
}

/// One neighbour.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PeerView {
    pub(crate) node: String,
    pub(crate) community: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) last_heard: Option<String>,
    pub(crate) last_asked_us: Option<String>,
    pub(crate) behind: u64,
    pub(crate) clock_ahead_ms: i64,
    /// Whether this community says that the computer is in other hands.
    #[serde(default)]
    pub(crate) suspended: bool,
    pub(crate) last_error: Option<String>,
    /// Seconds until it is asked again by itself.
    pub(crate) next_try_s: Option<u64>,
}

/// Everybody on the list of neighbours.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PeersView {
    pub(crate) peers: Vec<PeerView>,
    /// What stands in place of the own book, or did and was wrong.
    pub(crate) first_view: Option<FirstViewView>,
}

/// A first view: what a neighbour worked out, until the own entries have come.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FirstViewView {
    /// Who made it.
    pub(crate) neighbour: String,
    /// `coming`, `shown` or `differs`.
    pub(crate) state: String,
    /// When it was made, by its maker's clock.
    pub(crate) made: Option<String>,
    /// The newest that it shows of each community's stock, while it is shown.
    #[serde(default)]
    pub(crate) newest: BTreeMap<String, String>,
    /// The entries that have come and were checked; while it is coming, its bytes.
    pub(crate) part: u64,
    /// The entries that it was made from; while it is coming, its bytes.
    pub(crate) whole: u64,
    /// The check number of what it showed, where the own entries say something else.
    pub(crate) theirs: Option<String>,
    /// The check number of the own entries; none where entries that it claims never came.
    pub(crate) ours: Option<String>,
    /// All of it in a sentence, with what to do.
    pub(crate) words: String,
}

/// What one exchange brought, or why it failed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExchangeView {
    pub(crate) neighbour: String,
    /// New entries.
    pub(crate) entries: u64,
    /// Entries that the neighbour holds and that did not come.
    pub(crate) behind: u64,
    /// Why runs of entries were refused.
    pub(crate) refused: Vec<String>,
    /// Which neighbour, which step, the cause.
    pub(crate) error: Option<String>,
    /// What the operator can do about it; may be empty.
    pub(crate) hint: String,
    /// Seconds until it is asked again by itself.
    pub(crate) next_try_s: Option<u64>,
}

/// One job.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct JobView {
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) last_success: Option<String>,
    pub(crate) last_error: Option<String>,
}

/// A new one-time code.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ResetView {
    pub(crate) person: String,
    pub(crate) code: String,
}

/// Files that neighbours keep for this node, and that it keeps for them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptFilesView {
    /// Ours, by name, the newest first.
    pub(crate) ours: Vec<KeptFileView>,
    /// Others', by owner.
    pub(crate) others: Vec<KeptForView>,
    /// The files of ours that are not safe, each with what to do.
    pub(crate) concerns: Vec<String>,
}

/// A file of ours that neighbours keep.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptFileView {
    /// What we call it; empty where it was found at a neighbour.
    pub(crate) name: String,
    /// The BLAKE3 digest of its encrypted bytes.
    pub(crate) digest: String,
    /// Its size, encrypted.
    pub(crate) bytes: u64,
    pub(crate) placed: String,
    /// `kept`, `replaced` until all have the newer one, `released` until nobody has it, or `found` at a neighbour and not on
    /// our list.
    pub(crate) state: String,
    /// Whether its encrypted bytes lie here too.
    pub(crate) here: bool,
    pub(crate) keepers: Vec<KeptAtView>,
}

/// A neighbour and a file of ours.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptAtView {
    pub(crate) neighbour: String,
    /// Whether it says that it holds it.
    pub(crate) holds: bool,
    /// When it last proved that it has every byte.
    pub(crate) proven: Option<String>,
    /// When its proof was wrong, where none was right since.
    pub(crate) wrong: Option<String>,
    /// When it last spoke of it.
    pub(crate) heard: Option<String>,
    /// `not-allowed`, `beyond`, `no-room`, `wrong`, `not-given` or `coming`; why it does not hold it.
    pub(crate) not_taken: Option<String>,
    /// The same in words.
    pub(crate) words: String,
}

/// What is kept for a neighbour.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptForView {
    pub(crate) owner: String,
    /// How many bytes are held, and how many may be.
    pub(crate) bytes: u64,
    pub(crate) allowed_bytes: u64,
    pub(crate) files: Vec<KeptHeldView>,
    /// What it wants kept and is not here, since the last start.
    pub(crate) waiting: Vec<KeptWaitingView>,
    /// Why nothing could be fetched now, where that was tried.
    pub(crate) error: Option<String>,
}

/// A neighbour's file that is held.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptHeldView {
    pub(crate) digest: String,
    pub(crate) bytes: u64,
    pub(crate) came: String,
}

/// A neighbour's file that is not held, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptWaitingView {
    pub(crate) digest: String,
    pub(crate) bytes: u64,
    /// As in [`KeptAtView::not_taken`].
    pub(crate) why: String,
    /// The same in words.
    pub(crate) words: String,
}

/// A file that was placed, or that came back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptPlacedView {
    /// The BLAKE3 digest of its encrypted bytes.
    pub(crate) digest: String,
    pub(crate) bytes: u64,
}
