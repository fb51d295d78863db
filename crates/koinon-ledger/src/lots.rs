//! The batches in memory, by community.
//!
//! Each batch is shared with the copies of the book: a writer can look ahead on a copy without copying every batch's lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use koinon_core::{CommunityCode, LotId};
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use minicbor::{Decode, Encode};

use crate::lot::Lot;

/// The batches of one community.
pub(crate) type OfCommunity = BTreeMap<LotId, Arc<Lot>>;

/// All batches; no community without one is listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Lots(BTreeMap<CommunityCode, OfCommunity>);

impl Lots {
    pub(crate) fn of(&self, community: &CommunityCode) -> Option<&OfCommunity> {
        self.0.get(community)
    }

    pub(crate) fn get(&self, community: &CommunityCode, id: LotId) -> Option<&Lot> {
        self.of(community)?.get(&id).map(Arc::as_ref)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&CommunityCode, LotId, &Lot)> {
        self.0
            .iter()
            .flat_map(|(community, lots)| lots.iter().map(move |(id, lot)| (community, *id, lot.as_ref())))
    }

    /// A batch to be changed; a new one where there was none.
    pub(crate) fn change(&mut self, community: &CommunityCode, id: LotId) -> &mut Lot {
        let lots = self.0.entry(community.clone()).or_default();
        Arc::make_mut(lots.entry(id).or_default())
    }

    /// Puts a batch in place of the one before, which is given back.
    pub(crate) fn insert(&mut self, community: &CommunityCode, id: LotId, lot: Arc<Lot>) -> Option<Arc<Lot>> {
        self.0.entry(community.clone()).or_default().insert(id, lot)
    }

    pub(crate) fn remove(&mut self, community: &CommunityCode, id: LotId) -> Option<Arc<Lot>> {
        let lots = self.0.get_mut(community)?;
        let removed = lots.remove(&id);
        if lots.is_empty() {
            self.0.remove(community);
        }
        removed
    }

    /// Changes every batch and keeps those for which `keep` says so.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&CommunityCode, LotId, &mut Lot) -> bool) {
        self.0.retain(|community, lots| {
            lots.retain(|id, lot| keep(community, *id, Arc::make_mut(lot)));
            !lots.is_empty()
        });
    }
}

impl<C> Encode<C> for Lots {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.map(length(self.0.len()))?;
        for (community, lots) in &self.0 {
            community.encode(e, ctx)?;
            e.map(length(lots.len()))?;
            for (id, lot) in lots {
                id.encode(e, ctx)?;
                lot.as_ref().encode(e, ctx)?;
            }
        }
        e.ok()
    }
}

impl<'b, C> Decode<'b, C> for Lots {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, DecodeError> {
        let all: BTreeMap<CommunityCode, BTreeMap<LotId, Lot>> = d.decode_with(ctx)?;
        let share =
            |lots: BTreeMap<LotId, Lot>| lots.into_iter().map(|(id, lot)| (id, Arc::new(lot))).collect();
        Ok(Self(all.into_iter().map(|(community, lots)| (community, share(lots))).collect()))
    }
}

fn length(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
