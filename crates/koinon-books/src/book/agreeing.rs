//! Sharing agreements: putting up, signing, and who may read what by them.

use std::collections::BTreeMap;

use koinon_authority::Permit;
use koinon_core::region::{Fault, Region};
use koinon_core::{CommunityCode, Day, Digest, NodeId, Timestamp};
use koinon_instruments::{Agreement, Dataset};
use koinon_ledger::Rev;
use koinon_log::Entitled;

use super::Book;
use crate::command::Refused;
use crate::fact::{AgreementSigned, AgreementText, Fact};
use crate::sharing::{Known, Purge, Standing, stream_of};

/// Putting up and signing.
impl Book {
    /// Puts a text up, unless it is known, and signs it.
    pub(super) fn propose(
        &self,
        own: &CommunityCode,
        text: &str,
        permit: &Permit,
    ) -> Result<Vec<Fact>, Refused> {
        let digest = Agreement::digest_of(text);
        if let Some(known) = self.sharing.get(digest) {
            return self.sign(own, &known, permit);
        }
        let agreement = Agreement::parse(text).map_err(Refused::Agreement)?;
        strangers(&self.region, &agreement)?;
        let known = Known { digest, text: text.to_owned(), agreement, said: BTreeMap::new() };
        let put_up = Fact::AgreementText(AgreementText { text: digest, bytes: text.as_bytes().to_vec() });
        let signed = self.sign(own, &known, permit)?;
        Ok(std::iter::once(put_up).chain(signed).collect())
    }

    pub(super) fn sign(
        &self,
        own: &CommunityCode,
        known: &Known,
        permit: &Permit,
    ) -> Result<Vec<Fact>, Refused> {
        let today = permit.at().day(&self.zone());
        if !known.agreement.parties.contains(own) {
            return Err(Refused::NoParty(own.clone()));
        }
        if matches!(known.standing(own, today), Standing::Lapsed | Standing::Ended) {
            return Err(Refused::AgreementOver);
        }
        let said = known.said.get(own);
        if said.is_some_and(|said| said.signed.contains_key(&permit.subject())) {
            return Err(Refused::SignedAlready);
        }
        Ok(vec![Fact::AgreementSigned(AgreementSigned { text: known.digest })])
    }
}

/// Refuses an agreement with parties that the region does not have.
pub(super) fn strangers(region: &Region, agreement: &Agreement) -> Result<(), Refused> {
    let strange = agreement.parties.iter().filter(|party| region.community(party).is_none());
    let faults: Vec<Fault> = strange
        .map(|party| Fault {
            line: None,
            path: "agreement.parties".into(),
            severity: koinon_core::region::Severity::Error,
            found: format!("'{party}' is no community of this region"),
            remedy: "use the codes of the region file".into(),
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Refused::Agreement(faults)) }
}

/// Who may read what.
impl Book {
    /// Every sharing agreement that was put up, the one that ends last first.
    pub fn agreements(&self) -> Vec<Known> {
        self.sharing.all()
    }

    /// One sharing agreement.
    pub fn agreement(&self, digest: Digest) -> Option<Known> {
        self.sharing.get(digest)
    }

    /// Who let go whose entries as agreed, and when last.
    pub fn purges(&self) -> &BTreeMap<Purge, Timestamp> {
        self.sharing.purged()
    }

    /// Whether a community shares a dataset with another now.
    pub fn shares(
        &self,
        of: &CommunityCode,
        reader: &CommunityCode,
        dataset: Dataset,
        now: Timestamp,
    ) -> bool {
        self.sharing.shares(of, reader, dataset, now.day(&self.zone()))
    }

    /// Whether a reader of what a community shares has signed for it too. It is served before that: the one whose data it is
    /// consents; people should know all the same.
    pub fn reader_signed(
        &self,
        of: &CommunityCode,
        reader: &CommunityCode,
        dataset: Dataset,
        now: Timestamp,
    ) -> bool {
        self.sharing.reader_signed(of, reader, dataset, now.day(&self.zone()))
    }

    /// Whether a computer of a community is known here: nothing goes to the others yet.
    pub fn knows(&self, community: &CommunityCode) -> bool {
        self.admitted.values().any(|of| of == community)
    }

    /// Who reads a dataset of the own community now, of those whose computers are known here; each with whether it has
    /// signed for it too.
    pub fn readers(&self, dataset: Dataset, now: Timestamp) -> Vec<(&CommunityCode, bool)> {
        let Some(own) = &self.own else { return Vec::new() };
        let others = self.region.communities_on(now.day(&self.zone())).map(|community| &community.code);
        let others = others.filter(|code| *code != own && self.knows(code));
        let readers = others.filter(|reader| self.shares(own, reader, dataset, now));
        readers.map(|reader| (reader, self.reader_signed(own, reader, dataset, now))).collect()
    }

    /// The last day on which a dataset of the own community is shared, as things stand; `None` where it is not now.
    pub fn shared_until(&self, dataset: Dataset, now: Timestamp) -> Option<Day> {
        self.sharing.holds_until(self.own.as_ref()?, dataset, now.day(&self.zone()))
    }

    /// Whether the own community, or the safety copy that this is, may see a community's stock now.
    pub fn sees_stock_of(&self, of: &CommunityCode, now: Timestamp) -> bool {
        match &self.own {
            Some(own) => self.shares(of, own, Dataset::Stock, now),
            None => self.sharing.lets_copy(of, Dataset::Stock, now.day(&self.zone())),
        }
    }

    /// What a node may read now, by what the communities agreed. `is_copy` says that it keeps a safety copy.
    pub fn entitled(&self, reader: NodeId, is_copy: bool, now: Timestamp) -> Entitled {
        let today = now.day(&self.zone());
        let community = self.admitted.get(&reader);
        let mut entitled = Entitled::open_to(reader);
        for (node, of) in &self.admitted {
            for dataset in Dataset::ALL {
                let may = match community {
                    Some(community) => self.sharing.shares(of, community, dataset, today),
                    None => is_copy && self.sharing.lets_copy(of, dataset, today),
                };
                if may {
                    entitled = entitled.and(*node, stream_of(dataset));
                }
            }
        }
        entitled
    }

    /// The nodes whose entries of a dataset may no longer be kept here, as what was agreed has run out.
    pub fn to_purge(&self, dataset: Dataset, now: Timestamp) -> Vec<NodeId> {
        let zone = self.zone();
        let today = now.day(&zone);
        let day_of = |rev: Rev| rev.recorded.day(&zone);
        let reader = self.own.as_ref();
        let others =
            self.admitted.iter().filter(|(node, of)| Some(**node) != self.own_node && Some(*of) != reader);
        let over = others.filter(|(_, of)| {
            let keep = self.sharing.keep_until(of, reader, dataset, (today, &day_of));
            keep.is_some_and(|keep| keep < today)
        });
        over.map(|(node, _)| *node).collect()
    }

    /// The digest over the agreements that bind the own community now; nothing where none does.
    pub fn agreements_digest(&self, now: Timestamp) -> Option<Digest> {
        self.sharing.digest(self.own.as_ref()?, now.day(&self.zone()))
    }
}
