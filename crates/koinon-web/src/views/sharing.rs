//! What leaves this community, to whom, why and until when; and who shares what with it.

use koinon_authority::Sight;
use koinon_books::sharing::{Known, Said, Standing as Stands};
use koinon_books::{Fact, ServedPublished};
use koinon_core::{CommunityCode, Day, Timestamp};
use koinon_instruments::{Agreement, Dataset, Share};
use koinon_ledger::{LedgerFact, Reason};
use koinon_log::Stream;
use koinon_node::Leaving;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Happened, Lens, Named, happened};

/// From so many days before the end on, everybody is told that it comes.
pub const ENDS_SOON_DAYS: i32 = 30;

/// How sharing stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SharingView {
    /// The community whose page this is; empty on a safety copy.
    pub own: Option<Named>,
    /// How many other communities there are.
    pub neighbours: usize,
    /// What is shared by agreement now, with whom and until when.
    pub datasets: Vec<DatasetView>,
    /// Whether shortfalls are stated as needs, because not everybody sees the stock.
    pub states_shortfalls: bool,
    /// Those whose stock is not shown here, because they do not share it.
    pub hidden: Vec<Named>,
    /// How many people were served, as communities published it, the newest month first; before them the own month so far,
    /// as it would be published.
    pub served: Vec<ServedRow>,
    /// What was deleted as agreed, the newest first: who deleted whose entries, and when last.
    pub deleted: Vec<DeletedView>,
    /// Every agreement that was put up, the one that ends last first.
    pub agreements: Vec<AgreementView>,
    /// What everybody is told on every page, if anything.
    pub notice: Option<SharingNotice>,
}

/// How many people a community served in a month: 1 to 7 are left out, the rest is rounded to 5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServedRow {
    /// Who.
    pub community: Named,
    /// The first day of the month.
    pub month: String,
    /// People; empty where the figure is left out.
    pub people: Option<u32>,
    /// Households; empty where the figure is left out.
    pub households: Option<u32>,
    /// Whether it was published, or would be if the month were over.
    pub published: bool,
}

/// Entries that a reader deleted, as agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeletedView {
    /// Who deleted them.
    pub by: Named,
    /// Whose they were.
    pub of: Named,
    /// When last.
    pub at: String,
}

/// One dataset of the own community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DatasetView {
    /// `stock` or `served`.
    pub dataset: &'static str,
    /// Who may read it now, of those whose computers are known here.
    pub readers: Vec<Named>,
    /// Those of them who have not signed that they delete it on its day, as far as is heard.
    pub unsigned: Vec<Named>,
    /// The last day, as things stand; empty where it is not shared.
    pub until: Option<String>,
}

/// One agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgreementView {
    /// The digest of its text, by which people compare that they mean the same.
    pub digest: String,
    /// Its name.
    pub title: String,
    /// On what it rests.
    pub basis: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// How many days are left, the last one counted; below one when it is over.
    pub days_left: i32,
    /// How it stands for this community: `proposed`, `ahead`, `holds`, `lapsed`, `ended`, or empty for no party.
    pub standing: Option<&'static str>,
    /// Whether this community's safety copies may hold what is shared.
    pub safety_copies: bool,
    /// Who signs.
    pub parties: Vec<PartyView>,
    /// What is shared.
    pub shares: Vec<ShareView>,
    /// Its text.
    pub text: String,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyView {
    /// Who.
    pub community: Named,
    /// How it stands for it.
    pub standing: &'static str,
    /// How many of its people signed; two at least are needed, and a founding counts as two.
    pub signed: usize,
}

/// What an agreement says of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShareView {
    /// `stock` or `served`.
    pub dataset: &'static str,
    /// Why.
    pub purpose: String,
    /// With whom.
    pub with: Vec<Named>,
    /// `C1` (goods and work) or `C2` (the community's inner life, as sums only).
    pub class: &'static str,
    /// Every field that leaves.
    pub fields: Vec<&'static str>,
    /// How finely.
    pub level: &'static str,
    /// How often.
    pub cadence: &'static str,
    /// How long a reader may keep it after the end.
    pub retention_days: u16,
}

/// An entry of this community that leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeavingRow {
    /// When it was recorded.
    pub recorded: String,
    /// The kind's name.
    pub kind: String,
    /// `control`, `federation`, `stock` or `aggregates`.
    pub part: &'static str,
    /// Its id.
    pub id: String,
    /// Who may read it.
    pub readers: Vec<Named>,
    /// How many of them are not known to hold it yet.
    pub waiting: i64,
    /// Everything that it says, in the diagnostic notation of CBOR (RFC 8949).
    pub content: String,
    #[serde(skip)]
    pub(crate) at: Timestamp,
    #[serde(skip)]
    pub(crate) stream: Stream,
    #[serde(skip)]
    pub(crate) happened: Option<Happened>,
    /// Of an entry in a batch: why, how much, of what.
    #[serde(skip)]
    pub(crate) entered: Option<(Reason, Amount, Named)>,
}

/// What must not be overlooked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SharingNotice {
    /// Our stock was shared and is not any more.
    Lapsed {
        /// The day of its end.
        on: String,
    },
    /// What is shared ends soon.
    EndsSoon {
        /// The last day.
        on: String,
        /// How many days are left.
        days: i32,
    },
    /// An agreement waits for a signature of ours.
    Unsigned {
        /// Its name.
        title: String,
    },
}

/// The word for how an agreement stands.
pub const fn stands_word(stands: Stands) -> &'static str {
    match stands {
        Stands::Proposed => "proposed",
        Stands::Ahead => "ahead",
        Stands::Holds => "holds",
        Stands::Lapsed => "lapsed",
        Stands::Ended => "ended",
    }
}

impl Lens<'_> {
    /// How sharing stands.
    pub fn sharing(&self) -> SharingView {
        let own = self.book.own();
        let others = || {
            let all = self.region().communities_on(self.today()).map(|community| &community.code);
            all.filter(move |code| Some(*code) != own)
        };
        let datasets = Dataset::ALL.into_iter().map(|dataset| {
            let readers = self.book.readers(dataset, self.now);
            let unsigned = readers.iter().filter(|(_, has_signed)| !has_signed);
            DatasetView {
                dataset: dataset.row().code,
                unsigned: unsigned.map(|(reader, _)| self.community(reader)).collect(),
                readers: readers.iter().map(|(reader, _)| self.community(reader)).collect(),
                until: self.book.shared_until(dataset, self.now).map(|day| day.to_string()),
            }
        });
        SharingView {
            own: own.map(|own| self.community(own)),
            neighbours: others().count(),
            datasets: datasets.collect(),
            states_shortfalls: self.book.states_shortfalls(self.now),
            hidden: others()
                .filter(|code| self.figures.hidden.contains(*code) && self.book.knows(code))
                .map(|code| self.community(code))
                .collect(),
            served: self.served(),
            deleted: self.deleted(),
            agreements: self.book.agreements().iter().map(|known| self.agreement(known)).collect(),
            notice: self.sharing_notice(),
        }
    }

    fn served(&self) -> Vec<ServedRow> {
        let row = |of: &CommunityCode, fact: &ServedPublished, published| ServedRow {
            community: self.community(of),
            month: format!("{:04}-{:02}-01", fact.month / 100, fact.month % 100),
            people: fact.people,
            households: fact.households,
            published,
        };
        let so_far = self.book.own().filter(|own| self.is_home(own)).map(|own| {
            let fact = self.book.served_so_far(self.now);
            row(own, &fact, false)
        });
        let told = self.book.served_published().map(|(of, fact)| row(of, fact, true));
        let mut rows: Vec<ServedRow> = so_far.into_iter().chain(told).collect();
        rows.sort_by(|a, b| {
            (a.published, &b.month, &a.community).cmp(&(b.published, &a.month, &b.community))
        });
        rows
    }

    fn deleted(&self) -> Vec<DeletedView> {
        let purges = self.book.purges().iter();
        let mut deleted: Vec<DeletedView> = purges
            .filter_map(|(purge, at)| {
                let (by, of) = (self.book.community_of(purge.by)?, self.book.community_of(purge.of)?);
                Some(DeletedView { by: self.community(by), of: self.community(of), at: at.to_rfc3339() })
            })
            .collect();
        deleted.sort_by(|a, b| b.at.cmp(&a.at));
        deleted
    }

    fn agreement(&self, known: &Known) -> AgreementView {
        let Known { digest, text, agreement, said } = known;
        let Agreement { title, basis, from, until, parties, safety_copies, shares } = agreement;
        let party = |code: &CommunityCode| PartyView {
            community: self.community(code),
            standing: stands_word(known.standing(code, self.today())),
            signed: said.get(code).map_or(0, Said::signatures),
        };
        let share = |(dataset, share): (&Dataset, &Share)| {
            let row = dataset.row();
            ShareView {
                dataset: row.code,
                purpose: share.purpose.clone(),
                with: share.with.iter().map(|code| self.community(code)).collect(),
                class: row.class.code(),
                fields: row.fields.to_vec(),
                level: row.level,
                cadence: row.cadence,
                retention_days: share.retention_days,
            }
        };
        let own = self.book.own().filter(|own| parties.contains(*own));
        AgreementView {
            digest: digest.to_string(),
            title: title.clone(),
            basis: basis.clone(),
            from: from.to_string(),
            until: until.to_string(),
            days_left: until.since(self.today()).saturating_add(1),
            standing: own.map(|own| stands_word(known.standing(own, self.today()))),
            safety_copies: *safety_copies,
            parties: parties.iter().map(party).collect(),
            shares: shares.iter().map(share).collect(),
            text: text.clone(),
        }
    }

    /// An entry that leaves, as people read it and as it is.
    pub fn leaving(&self, leaving: &Leaving) -> LeavingRow {
        let kept = &leaving.kept;
        let fact = kept.entry.as_ref().map(|entry| &entry.fact);
        let own = self.book.own();
        let readers = leaving.readers.iter().filter_map(|node| self.book.community_of(*node));
        LeavingRow {
            recorded: kept.recorded.to_rfc3339(),
            kind: kept.entry.as_ref().map_or_else(|| kept.kind.to_string(), |entry| entry.kind.to_owned()),
            part: kept.log.stream.word(),
            id: kept.id.to_string(),
            readers: readers.map(|code| self.community(code)).collect(),
            waiting: i64::try_from(leaving.readers.len().saturating_sub(leaving.held_by.len())).unwrap_or(0),
            content: kept.content(),
            at: kept.recorded,
            stream: kept.log.stream,
            entered: fact.zip(own).and_then(|(fact, own)| self.entered(own, fact)),
            happened: fact.zip(own).and_then(|(fact, own)| happened(self, own, kept.recorded, fact)),
        }
    }

    /// What an entry in an own batch says, as far as the reader may know.
    fn entered(&self, own: &CommunityCode, fact: &Fact) -> Option<(Reason, Amount, Named)> {
        let Fact::Ledger(LedgerFact::Entered(entered)) = fact else { return None };
        let opened = self.book.ledger().lot(own, entered.lot)?.opened()?;
        let item = self.region().item(&opened.item)?;
        let seen = self.sight_in(item, &opened.store, own) == Sight::Amount;
        seen.then(|| (entered.reason, Amount(entered.quantity), self.item(&opened.item)))
    }

    /// What everybody is told on every page: the gravest first.
    pub fn sharing_notice(&self) -> Option<SharingNotice> {
        sharing_notice(self.book, self.now)
    }
}

/// As [`Lens::sharing_notice`], for whoever has no lens.
pub fn sharing_notice(book: &koinon_books::Book, now: Timestamp) -> Option<SharingNotice> {
    let own = book.own()?;
    let today = now.day(&book.zone());
    let all = book.agreements();
    let ours = || all.iter().filter(|known| known.agreement.parties.contains(own));
    let with_stock = || ours().filter(|known| known.agreement.shares.contains_key(&Dataset::Stock));
    if let Some(until) = book.shared_until(Dataset::Stock, now) {
        let days = until.since(today).saturating_add(1);
        // A renewal that is signed already leaves nothing to be told.
        let renewed = with_stock().any(|known| known.standing(own, today) == Stands::Ahead);
        if days <= ENDS_SOON_DAYS && !renewed {
            return Some(SharingNotice::EndsSoon { on: until.to_string(), days });
        }
    } else if let Some(on) = with_stock().filter_map(|known| over_since(known, own, today, book)).max() {
        return Some(SharingNotice::Lapsed { on: on.to_string() });
    }
    // What a party has ended can no longer be signed by all.
    let open = ours().find(|known| {
        let is_open = known.standing(own, today) == Stands::Proposed && known.agreement.until >= today;
        is_open && known.said.values().all(|said| said.ended.is_none())
    });
    open.map(|known| SharingNotice::Unsigned { title: known.agreement.title.clone() })
}

/// The day after which an agreement that was signed no longer held for a party.
fn over_since(known: &Known, own: &CommunityCode, today: Day, book: &koinon_books::Book) -> Option<Day> {
    let said = known.said.get(own).filter(|said| said.is_signed())?;
    let ended = said.ended.map(|rev| rev.recorded.day(&book.zone()));
    let over = ended.map_or(known.agreement.until, |ended| ended.min(known.agreement.until));
    (ended.is_some() || over < today).then_some(over)
}
