//! Where a grant holds and what is acted upon: scopes, resources, caps.
//!
//! Containment compares whole codes, segment by segment: `mu3` never contains `mu31`. A scope always names the
//! community that gives it, so no community can give authority over what is another's.

use std::collections::BTreeMap;
use std::fmt;

use koinon_core::{CommunityCode, ItemCode, PlaceCode, Quantity, StoreCode};
use minicbor::{Decode, Encode};

/// The most items that the caps of one grant may name.
pub const CAPS_MAX: usize = 100;

/// Where a grant holds. The community is the one whose log carries the grant; a hub's is its keeper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Scope {
    /// Everything of a community.
    #[n(0)]
    Community(#[n(0)] CommunityCode),
    /// One place that the community keeps: itself or a hub.
    #[n(1)]
    Place(#[n(0)] CommunityCode, #[n(1)] PlaceCode),
    /// One store that the community keeps.
    #[n(2)]
    Store(#[n(0)] CommunityCode, #[n(1)] StoreCode),
}

/// What is acted upon: a community, or a place or store of it, and the amounts that one act moves.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resource {
    /// The community whose it is; for a hub its keeper.
    pub community: CommunityCode,
    /// The place, if the act concerns one.
    pub place: Option<PlaceCode>,
    /// The store, if the act concerns one. Name its place too, so that a grant for the place reaches it.
    pub store: Option<StoreCode>,
    /// The amounts that the act moves or promises, for caps; several lines of one item are summed.
    pub amounts: Vec<Amount>,
}

/// An amount of one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount {
    /// The item.
    pub item: ItemCode,
    /// How much of it.
    pub quantity: Quantity,
}

/// Bounds on one act under a grant. Items that are not named are not bounded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(map)]
pub struct Caps {
    /// The most of an item that one act may move, in base units; at most [`CAPS_MAX`] items.
    #[n(0)]
    #[cbor(with = "per_act_max")]
    pub per_act_max: BTreeMap<ItemCode, Quantity>,
}

/// Caps as an array of pairs in the order of the codes, so that equal caps have equal bytes.
mod per_act_max {
    use super::{BTreeMap, ItemCode, Quantity};
    use minicbor::decode::Error as DecodeError;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decode, Decoder, Encode, Encoder};

    pub(super) fn encode<C, W: Write>(
        caps: &BTreeMap<ItemCode, Quantity>,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        caps.iter().collect::<Vec<_>>().encode(e, ctx)
    }

    pub(super) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<BTreeMap<ItemCode, Quantity>, DecodeError> {
        let pairs = Vec::<(ItemCode, Quantity)>::decode(d, ctx)?;
        if !pairs.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(DecodeError::message("caps must name each item once, in the order of the codes"));
        }
        Ok(pairs.into_iter().collect())
    }
}

impl Scope {
    /// The community that gives the scope.
    pub const fn community(&self) -> &CommunityCode {
        match self {
            Self::Community(community) | Self::Place(community, _) | Self::Store(community, _) => community,
        }
    }

    /// Whether the resource lies inside the scope.
    pub fn contains(&self, resource: &Resource) -> bool {
        if *self.community() != resource.community {
            return false;
        }
        match self {
            Self::Community(_) => true,
            Self::Place(_, place) => resource.place.as_ref() == Some(place),
            Self::Store(_, store) => resource.store.as_ref() == Some(store),
        }
    }

    /// The scope as a resource, to ask whether somebody may give it.
    pub fn resource(&self) -> Resource {
        let whole = Resource::community(self.community().clone());
        match self {
            Self::Community(_) => whole,
            Self::Place(_, place) => whole.at_place(place.clone()),
            Self::Store(_, store) => Resource { store: Some(store.clone()), ..whole },
        }
    }
}

impl Resource {
    /// A whole community.
    pub const fn community(community: CommunityCode) -> Self {
        Self { community, place: None, store: None, amounts: Vec::new() }
    }

    /// The same at a place.
    pub fn at_place(self, place: PlaceCode) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same in a store of a place.
    pub fn in_store(self, place: PlaceCode, store: StoreCode) -> Self {
        Self { place: Some(place), store: Some(store), ..self }
    }

    /// The same with one more amount that the act moves.
    pub fn moving(mut self, item: ItemCode, quantity: Quantity) -> Self {
        self.amounts.push(Amount { item, quantity });
        self
    }

    /// Whether `inner` is this resource or a part of it, amounts aside.
    pub fn contains(&self, inner: &Self) -> bool {
        fn within<T: PartialEq>(outer: Option<&T>, inner: Option<&T>) -> bool {
            outer.is_none() || outer == inner
        }
        self.community == inner.community
            && within(self.place.as_ref(), inner.place.as_ref())
            && within(self.store.as_ref(), inner.store.as_ref())
    }
}

impl Caps {
    /// No bounds.
    pub const fn none() -> Self {
        Self { per_act_max: BTreeMap::new() }
    }

    /// Whether nothing is bounded.
    pub fn is_none(&self) -> bool {
        self.per_act_max.is_empty()
    }

    /// The first item, by code, whose lines together exceed its bound, with the bound and the sum asked.
    ///
    /// An amount in another dimension than its bound counts as too much; lines below zero do not offset others.
    pub fn exceeded(&self, amounts: &[Amount]) -> Option<(ItemCode, Quantity, i128)> {
        self.per_act_max.iter().find_map(|(item, max)| {
            let lines = || amounts.iter().filter(|line| line.item == *item).map(|line| line.quantity);
            let asked: i128 = lines().map(|quantity| i128::from(quantity.amount()).abs()).sum();
            let mismatch = lines().any(|quantity| quantity.dimension() != max.dimension());
            (mismatch || asked > i128::from(max.amount())).then(|| (item.clone(), *max, asked))
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Community(community) => write!(f, "{community}"),
            Self::Place(_, place) => write!(f, "{place}"),
            Self::Store(_, store) => write!(f, "store {store}"),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.store, &self.place) {
            (Some(store), _) => write!(f, "store {store}"),
            (None, Some(place)) => write!(f, "{place}"),
            (None, None) => write!(f, "{}", self.community),
        }
    }
}
