//! What just happened, as plain happenings that a page can say in a sentence.
//!
//! Daily use is left out, since it would drown everything else. What is hidden from the reader never becomes a happening.

use koinon_aid::AidFact;
use koinon_authority::Sight;
use koinon_books::fact::Fact;
use koinon_core::{CommunityCode, ItemCode, LotId, Quantity, StandingId, Timestamp, TransferId};
use koinon_ledger::LedgerFact;
use koinon_ledger::fact::RouteStated;
use koinon_ledger::reason::Account;
use koinon_ledger::route::ends;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Lens, Named};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Counted stock.
    #[default]
    Counted,
    /// Grew, made or received something from outside.
    CameIn,
    /// Lost something.
    Lost,
    /// Corrected or took back an entry.
    Corrected,
    /// Set a batch aside as not to be used.
    Held,
    /// Called a printed batch back.
    Recalled,
    /// Asked for something.
    Needed,
    /// Offered something.
    Offered,
    /// Promised something to `other`.
    Promised,
    /// Agreed to a promise of `other`.
    Accepted,
    /// Said no to a promise of `other`.
    Declined,
    /// Would rather have something else than what `other` promised.
    Countered,
    /// Objected to a transfer of `other`.
    Objected,
    /// Took a promise to `other` back.
    Withdrew,
    /// Loaded something for `other`.
    Sent,
    /// Took something in from `other`.
    Received,
    /// Goes by a new region file.
    Adopted,
    /// Closed `route`.
    RouteClosed,
    /// Opened `route` again.
    RouteOpened,
    /// Set the giving of an item aside.
    Paused,
    /// Wants no more of an item sent for a while.
    Enough,
    /// Said how much it wishes for an item beside others.
    Wished,
    /// Proposed to `other` what both could give each other regularly.
    StandingProposed,
    /// Agreed to what `other` proposed for regular giving.
    StandingAgreed,
    /// Said no to what `other` proposed, or ended it.
    StandingDeclined,
    /// Ended what it gave and took regularly with `other`.
    StandingEnded,
    /// Asked for a count.
    Doubted,
    /// Two stewards gave somebody a new sign-in code.
    Recovered,
    /// Asked for people.
    AskedForPeople,
    /// Promised a team to `other`.
    PromisedTeam,
    /// Said yes to a team of `other`.
    TookTeam,
    /// Wrote down that a team left home.
    SentTeam,
    /// Wrote down that a team is home again.
    TeamHome,
    /// Asked for care or parts.
    AskedForService,
    /// Promised care or work to `other`.
    PromisedService,
    /// Said yes to what `other` promised of care or work.
    TookService,
    /// Wrote down that promised care or work is done.
    DidService,
    /// Said no to what `other` promised of care or work.
    DeclinedService,
    /// Asks no more for care or parts.
    ClosedService,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Happened {
    /// When it was recorded.
    pub at: String,
    /// Who.
    pub community: Named,
    /// What they did.
    pub what: What,
    /// With which item; the first of a transfer.
    pub item: Option<Named>,
    /// How much; empty for guests.
    pub amount: Option<Amount>,
    /// The other community.
    pub other: Option<Named>,
    /// The two ends of the route.
    pub route: Option<(Named, Named)>,
    /// Why the route is closed: `flood`, `snow`, `repair`, `unsafe` or `other`.
    pub reason: Option<&'static str>,
    /// The page with the entries behind it.
    pub href: Option<String>,
    #[serde(skip)]
    pub(crate) recorded: Timestamp,
}

#[derive(Default)]
struct Told {
    what: What,
    item: Option<Named>,
    amount: Option<Amount>,
    other: Option<Named>,
    route: Option<(Named, Named)>,
    reason: Option<&'static str>,
    href: Option<String>,
}

/// Says what a recorded fact was, as far as the reader may know; nothing for what is hidden or of no interest.
pub fn happened(
    lens: &Lens<'_>,
    community: &CommunityCode,
    recorded: Timestamp,
    fact: &Fact,
) -> Option<Happened> {
    let told = match fact {
        Fact::Ledger(fact) => of_ledger(lens, community, fact)?,
        Fact::Aid(fact) => of_teams(lens, fact)?,
        Fact::RegionAdopted(_) => Told { what: What::Adopted, ..Told::default() },
        // Only the stewards of the same community are told, and the page names nobody.
        Fact::RecoveryAgreed(_) if lens.may_give_tasks(community) => {
            Told { what: What::Recovered, href: Some("/operator/people".to_owned()), ..Told::default() }
        }
        _ => return None,
    };
    Some(Happened {
        at: recorded.to_rfc3339(),
        community: lens.community(community),
        what: told.what,
        item: told.item,
        amount: told.amount,
        other: told.other,
        route: told.route,
        reason: told.reason,
        href: told.href,
        recorded,
    })
}

/// Teams and missions are told to members; a word on a team or a crew is none of the day's news.
fn of_teams(lens: &Lens<'_>, fact: &AidFact) -> Option<Told> {
    let (what, other) = match fact {
        AidFact::MissionAsked(_) => (What::AskedForPeople, None),
        AidFact::TeamPromised(f) => (What::PromisedTeam, Some(&f.asker)),
        AidFact::TeamTaken(f) => (What::TookTeam, Some(&f.home)),
        AidFact::TeamLeft(_) => (What::SentTeam, None),
        AidFact::TeamBack(_) => (What::TeamHome, None),
        _ => return of_services(lens, fact),
    };
    let other = other.map(|code| lens.community(code));
    lens.sees_amounts().then(|| Told { what, other, href: Some("/teams".to_owned()), ..Told::default() })
}

/// The same of care and work for others.
fn of_services(lens: &Lens<'_>, fact: &AidFact) -> Option<Told> {
    let (what, other) = match fact {
        AidFact::ServiceAsked(_) => (What::AskedForService, None),
        AidFact::ServicePromised(f) => (What::PromisedService, Some(&f.asker)),
        AidFact::ServiceTaken(f) => (What::TookService, Some(&f.home)),
        AidFact::ServiceDone(_) => (What::DidService, None),
        AidFact::ServiceDeclined(f) => (What::DeclinedService, Some(&f.home)),
        AidFact::ServiceAskClosed(_) => (What::ClosedService, None),
        _ => return None,
    };
    let other = other.map(|code| lens.community(code));
    lens.sees_amounts().then(|| Told { what, other, href: Some("/services".to_owned()), ..Told::default() })
}

fn of_ledger(lens: &Lens<'_>, own: &CommunityCode, fact: &LedgerFact) -> Option<Told> {
    match fact {
        LedgerFact::Counted(f) => of_lot(lens, own, f.lot, What::Counted, Some(f.seen)),
        LedgerFact::Entered(f) => {
            let what = match f.reason.account() {
                Account::Produced | Account::CameIn => What::CameIn,
                Account::Lost => What::Lost,
                _ => return None,
            };
            of_lot(lens, own, f.lot, what, Some(f.quantity))
        }
        LedgerFact::Corrected(f) => of_lot(lens, own, f.lot, What::Corrected, f.quantity),
        LedgerFact::Held(f) if f.held => of_lot(lens, own, f.lot, What::Held, None),
        LedgerFact::Recalled(f) if f.stands => {
            let item = lens.region().item(&f.item)?;
            let href = format!("/stock/{}", f.item);
            (lens.sight_of_word(item, None, own) > Sight::Nothing).then(|| Told {
                what: What::Recalled,
                item: Some(lens.item(&f.item)),
                href: Some(href),
                ..Told::default()
            })
        }
        LedgerFact::NeedStated(f) => {
            let item = lens.region().item(&f.item)?;
            let seen = lens.sight_of_word(item, Some(&f.store), own);
            (seen > Sight::Nothing).then(|| Told {
                what: What::Needed,
                item: Some(lens.item(&f.item)),
                amount: (seen == Sight::Amount).then_some(Amount(f.quantity)),
                href: Some("/needs".to_owned()),
                ..Told::default()
            })
        }
        LedgerFact::OfferMade(f) => {
            let item = lens.region().item(&f.item)?;
            let seen = lens.sight_of_word(item, Some(&f.store), own);
            (seen > Sight::Nothing).then(|| Told {
                what: What::Offered,
                item: Some(lens.item(&f.item)),
                amount: (seen == Sight::Amount).then_some(Amount(f.quantity)),
                href: Some("/needs".to_owned()),
                ..Told::default()
            })
        }
        LedgerFact::Committed(f) => of_transfer(lens, own, f.transfer, What::Promised, false),
        LedgerFact::Withdrawn(f) => of_transfer(lens, own, f.transfer, What::Withdrew, false),
        LedgerFact::Dispatched(f) => of_transfer(lens, own, f.transfer, What::Sent, true),
        LedgerFact::Accepted(f) => of_transfer(lens, &f.giver, f.transfer, What::Accepted, false),
        LedgerFact::Refused(f) => of_transfer(lens, &f.giver, f.transfer, What::Declined, false),
        LedgerFact::CounterOffered(f) => of_transfer(lens, &f.giver, f.transfer, What::Countered, false),
        LedgerFact::Objected(f) => of_transfer(lens, &f.giver, f.transfer, What::Objected, false),
        LedgerFact::Received(f) => of_transfer(lens, &f.giver, f.transfer, What::Received, true),
        LedgerFact::RouteStated(f) => of_route(lens, own, f),
        // That something set aside is taken up again is no news.
        LedgerFact::GivingPaused(f) => {
            of_item(lens, own, &f.item, What::Paused, Some("/suggestions")).filter(|_| f.until.is_some())
        }
        LedgerFact::TakingPaused(f) => {
            of_item(lens, own, &f.item, What::Enough, Some("/suggestions")).filter(|_| f.until.is_some())
        }
        LedgerFact::WishStated(f) => of_item(lens, own, &f.item, What::Wished, Some("/needs")),
        LedgerFact::StandingProposed(f) => {
            of_standing(lens, (own, f.standing), &f.with, What::StandingProposed)
        }
        LedgerFact::StandingAnswered(f) => {
            let what = if f.yes { What::StandingAgreed } else { What::StandingDeclined };
            of_standing(lens, (&f.proposer, f.standing), &f.proposer, what)
        }
        LedgerFact::StandingEnded(f) => {
            let text = lens.book.ledger().standing_of(own, f.standing)?.last_text()?;
            of_standing(lens, (own, f.standing), &text.with, What::StandingEnded)
        }
        LedgerFact::CountAsked(f) => {
            f.until?;
            let told = of_item(lens, own, &f.item, What::Doubted, None)?;
            Some(Told { other: Some(lens.place(&f.place)), ..told })
        }
        _ => None,
    }
}

/// What a community said of an item, wherever it lies.
fn of_item(
    lens: &Lens<'_>,
    own: &CommunityCode,
    item: &ItemCode,
    what: What,
    href: Option<&str>,
) -> Option<Told> {
    let known = lens.region().item(item)?;
    (lens.sight_of_word(known, None, own) > Sight::Nothing).then(|| Told {
        what,
        item: Some(lens.item(item)),
        href: href.map(str::to_owned),
        ..Told::default()
    })
}

/// What was said of regular giving, to those who may see the first thing in it.
fn of_standing(
    lens: &Lens<'_>,
    (proposer, id): (&CommunityCode, StandingId),
    other: &CommunityCode,
    what: What,
) -> Option<Told> {
    let text = lens.book.ledger().standing_of(proposer, id)?.last_text()?;
    let told = of_item(lens, proposer, &text.lines.first()?.item, what, Some("/standing"))?;
    Some(Told { other: Some(lens.community(other)), ..told })
}

/// What an end said of a route; the words of others are none.
fn of_route(lens: &Lens<'_>, own: &CommunityCode, said: &RouteStated) -> Option<Told> {
    let corridor = lens.region().corridor(&said.corridor)?;
    ends(lens.region(), corridor).contains(own).then(|| Told {
        what: if said.closed.is_some() { What::RouteClosed } else { What::RouteOpened },
        route: Some((lens.place(&corridor.from), lens.place(&corridor.to))),
        reason: said.closed.map(|closed| closed.reason.code()),
        href: Some("/routes".to_owned()),
        ..Told::default()
    })
}

fn of_lot(
    lens: &Lens<'_>,
    community: &CommunityCode,
    lot: LotId,
    what: What,
    quantity: Option<Quantity>,
) -> Option<Told> {
    let opened = lens.book.ledger().lot(community, lot)?.opened()?;
    let item = lens.region().item(&opened.item)?;
    let seen = lens.sight_in(item, &opened.store, community);
    let full = seen == Sight::Amount;
    (seen > Sight::Nothing).then(|| Told {
        what,
        item: Some(lens.item(&opened.item)),
        amount: quantity.filter(|_| full).map(Amount),
        href: full.then(|| format!("/lot/{community}/{lot}")),
        ..Told::default()
    })
}

/// What was done to a transfer; a load or a receipt (`on_the_road`) is told only to those who send or receive it.
fn of_transfer(
    lens: &Lens<'_>,
    giver: &CommunityCode,
    id: TransferId,
    what: What,
    on_the_road: bool,
) -> Option<Told> {
    let transfer = lens.book.ledger().transfer(giver, id)?;
    let line = lens.transfer(giver, id, transfer)?;
    if on_the_road && !line.is_ours {
        return None;
    }
    let by_giver = matches!(what, What::Promised | What::Withdrew | What::Sent);
    let first = line.lines.into_iter().next()?;
    Some(Told {
        what,
        item: Some(first.item),
        amount: first.counts.map(|counts| counts.committed),
        other: Some(if by_giver { line.to } else { line.giver }),
        href: Some(format!("/transfer/{giver}/{id}")),
        ..Told::default()
    })
}
