//! What always runs, whatever is agreed: each community says how much of what it is short of.
//!
//! Where a community's stock is shared with everybody, its neighbours see for themselves what it lacks. Where it is not
//! (no agreement yet, one that lapsed or was ended), it states its shortfalls as needs: a community, an item, an amount.
//! So no paper that ran out takes a need away. Such a need has an id by which every reader can tell it, so that those who
//! do see the stock do not count it twice.

use std::collections::{BTreeMap, BTreeSet};

use koinon_authority::{Actor, PolicyName};
use koinon_core::region::{Item, Tier};
use koinon_core::{CommunityCode, Day, Digest, EntryId, ItemCode, NeedId, Quantity, StoreCode, Timestamp};
use koinon_instruments::Dataset;
use koinon_ledger::fact::{NeedStated, Urgency};
use koinon_ledger::{Act, Command, Reason};
use koinon_match::problem::{NeedRef, Problem};

use crate::book::Book;
use crate::command::BookCommand;
use crate::cover::Band;
use crate::policy::Reaction;

/// The policy that states them.
pub const MINIMUM_FEED: &str = "minimum-feed";
/// For how many days ahead a shortfall is stated.
const DAYS_AHEAD: i32 = 7;
/// It is stated again when fewer days than this are left.
const DAYS_LEFT: i32 = 3;
/// It is stated again when more is short, or less by more than one part in so many.
const CHANGED_PART: i64 = 20;

/// The first half of the id of every need that the policy states for an item of a community.
fn tag(community: &CommunityCode, item: &ItemCode) -> [u8; 8] {
    let words = format!("{community} {item}");
    let digest = Digest::of("koinon/minimum feed/1", words.as_bytes());
    let mut tag = [0; 8];
    tag.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
    tag
}

/// The need that the policy opens on a day.
fn opened_on(community: &CommunityCode, item: &ItemCode, day: Day) -> NeedId {
    let (first, last) = (tag(community, item), i64::from(day.0).to_be_bytes());
    let mut id = [0; 16];
    id.iter_mut().zip(first.into_iter().chain(last)).for_each(|(to, from)| *to = from);
    NeedId(id)
}

/// Whether a need is one that the policy states, by its id.
pub fn is_minimum(community: &CommunityCode, item: &ItemCode, need: NeedId) -> bool {
    need.0.starts_with(&tag(community, item))
}

/// What is short at the own place, as the engine sees it: what it would be filled up to, less what may be used there and
/// what is on its way.
fn shortfalls(problem: &Problem, own: &CommunityCode) -> BTreeMap<ItemCode, i64> {
    let place = own.place();
    let mut there: BTreeMap<&ItemCode, i64> = BTreeMap::new();
    let stock = problem.stock.iter().filter(|stock| stock.place == place).map(|s| (&s.item, s.amount));
    let coming = problem.arriving.iter().filter(|coming| coming.place == place).map(|c| (&c.item, c.amount));
    for (item, amount) in stock.chain(coming) {
        let sum = there.entry(item).or_default();
        *sum = sum.saturating_add(amount);
    }
    let uses = problem.uses.iter().filter(|one| one.place == place);
    let short = uses.map(|one| {
        let amount = one.keep.target.saturating_sub(there.get(&one.item).copied().unwrap_or(0));
        (one.item.clone(), amount)
    });
    short.filter(|(_, amount)| *amount > 0).collect()
}

impl Book {
    /// The problem for the engine, as far as this book's community may see it: of communities that do not share their stock
    /// with it only what they state counts.
    pub fn problem(&self, now: Timestamp) -> Problem {
        self.as_seen(Problem::from_books(self.ledger(), self.region(), now), now)
    }

    /// The same for [`Problem::instead_of`].
    pub fn problem_instead_of(
        &self,
        now: Timestamp,
        promise: (&CommunityCode, koinon_core::TransferId),
    ) -> Option<Problem> {
        let problem = Problem::instead_of(self.ledger(), self.region(), now, promise)?;
        Some(self.as_seen(problem, now))
    }

    fn as_seen(&self, mut problem: Problem, now: Timestamp) -> Problem {
        let hidden = self.hidden(now);
        problem.without_stock_of(self.region(), &hidden);
        // Whose stock is seen, their shortfalls are seen: stated once more they would count twice.
        problem.needs.retain(|need| match &need.id {
            NeedRef::Book(community, id) => {
                hidden.contains(community) || !is_minimum(community, &need.item, *id)
            }
            NeedRef::Row(_) | NeedRef::Due(_) => true,
        });
        problem
    }

    /// Whether somebody in the region cannot see this community's stock, so that its shortfalls are stated.
    pub fn states_shortfalls(&self, now: Timestamp) -> bool {
        let Some(own) = self.own() else { return false };
        let today = now.day(&self.zone());
        let mut others = self.region().communities_on(today).filter(|other| other.code != *own);
        others.any(|other| !self.shares(own, &other.code, Dataset::Stock, now))
    }

    /// What the policy has to say now: shortfalls that are new or have changed, and those that are over.
    pub fn minimum_feed(&self, now: Timestamp) -> Vec<Reaction> {
        let (Some(own), Ok(name)) = (self.own(), PolicyName::new(MINIMUM_FEED)) else { return Vec::new() };
        let today = now.day(&self.zone());
        let stated = self.stated_minimum(own, today);
        let short = if self.states_shortfalls(now) {
            shortfalls(&Problem::from_books(self.ledger(), self.region(), now), own)
        } else {
            BTreeMap::new()
        };
        let promised = koinon_match::books::promised(self.ledger());
        let mut acts = Vec::new();
        for (_, (id, _)) in stated.iter().filter(|(item, _)| !short.contains_key(*item)) {
            acts.push((*id, 0, Act::CloseNeed { need: *id, reason: Reason::NotNeeded }));
        }
        for (item, amount) in &short {
            let before = stated.get(item);
            let id = before.map_or_else(|| opened_on(own, item, today), |(id, _)| *id);
            let coming = promised.get(&id).copied().unwrap_or(0);
            // What was promised for this need is taken off it by every reader.
            let amount = amount.saturating_add(i64::try_from(coming).unwrap_or(i64::MAX));
            let is_told = before.is_some_and(|(_, need)| {
                let told = need.quantity.amount();
                let less = told.saturating_sub(amount);
                let changed = less < 0 || less.saturating_mul(CHANGED_PART) > told;
                !changed && need.by.since(today) >= DAYS_LEFT
            });
            let (Some(store), false) = (self.store_for(own, item), is_told) else { continue };
            let Some(known) = self.region().item(item) else { continue };
            let Ok(quantity) = Quantity::new(amount, known.dimension) else { continue };
            let urgency = self.urgency_of(own, known, today);
            let what = Act::StateNeed {
                need: id,
                item: item.clone(),
                store,
                quantity,
                urgency,
                by: today.plus(DAYS_AHEAD),
                every_days: None,
                people: None,
            };
            acts.push((id, amount, what));
        }
        let reaction = |(id, amount, what): (NeedId, i64, Act)| {
            let cause = [&id.0[..], &today.0.to_be_bytes(), &amount.to_be_bytes()].concat();
            let act = EntryId::derived("koinon/policy/minimum-feed/1", &cause);
            let command = Command { act, occurred: now, confirmed: true, what };
            Reaction { who: Actor::Policy(name.clone()), command: BookCommand::Ledger(command) }
        };
        acts.into_iter().map(reaction).collect()
    }

    /// How badly an item is missing. Lives depend on what people must have and is counted as short; of what nobody counted, and
    /// of what is only below what is kept, that is not known.
    fn urgency_of(&self, own: &CommunityCode, item: &Item, today: Day) -> Urgency {
        let is_counted = self.ledger().lots_of(own, &item.code).next().is_some();
        match item.tier {
            Tier::MustHave if is_counted && self.item_cover(own, item, today).band == Band::Short => {
                Urgency::MustHave
            }
            Tier::MustHave | Tier::Needed => Urgency::Needed,
            Tier::Useful => Urgency::Useful,
        }
    }

    /// The shortfalls that are stated and not closed, by item; the newest where there are several.
    fn stated_minimum(&self, own: &CommunityCode, today: Day) -> BTreeMap<ItemCode, (NeedId, NeedStated)> {
        let open = self.ledger().needs().filter(|(owner, _, _)| *owner == own);
        let open = open.filter_map(|(_, id, want)| Some((id, want.open_on(today)?)));
        let of_policy = open.filter(|(id, need)| is_minimum(own, &need.item, *id));
        let mut stated: BTreeMap<ItemCode, (NeedId, NeedStated)> = BTreeMap::new();
        for (id, need) in of_policy {
            let kept = stated.get(&need.item).is_some_and(|(before, _)| *before > id);
            if !kept {
                stated.insert(need.item.clone(), (id, need));
            }
        }
        stated
    }

    /// A store of the community that can take an item in: the first that fits, else the first of all.
    fn store_for(&self, own: &CommunityCode, item: &ItemCode) -> Option<StoreCode> {
        let storage = self.region().item(item)?.storage;
        let place = own.place();
        let stores: Vec<_> = self.region().stores_of(&place).collect();
        let fits = stores.iter().find(|store| store.storage.contains(&storage));
        fits.or(stores.first()).map(|store| store.code.clone())
    }

    /// The communities whose stock this book's community may not see now.
    pub fn hidden(&self, now: Timestamp) -> BTreeSet<CommunityCode> {
        let communities = self.region().communities.iter().map(|community| community.code.clone());
        communities.filter(|community| !self.sees_stock_of(community, now)).collect()
    }
}
