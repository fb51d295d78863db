//! Golden bytes of every kind of fact, kept for ever: what was written once must read the same in twenty years.
//!
//! `KOINON_BLESS=1` writes lines for new kinds; a line that exists may never change.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use koinon_aid::AidFact;
use koinon_aid::fact::{
    Component, CrewKept, MissionAsked, MissionClosed, SkillCount, TeamBack, TeamDeclined, TeamLeft,
    TeamPromised, TeamStated, TeamTaken, TeamWithdrawn, Word,
};
use koinon_aid::service::{
    DayUse, Kind, ServiceAskClosed, ServiceAsked, ServiceDeclined, ServiceDone, ServiceOffered,
    ServicePromised, ServiceTaken, ServiceWithdrawn,
};
use koinon_authority::{Caps, Granted, RevokeReason, Revoked, Role, Scope};
use koinon_books::fact::{
    About, AgreementEnded, AgreementSigned, AgreementText, Erased, ErasureAnswered, Fact, LocalNote,
    NameSealed, NodeAdmitted, NodeSpeaksFor, NodeSuspended, NoteSealed, PeopleServed, PersonNamed, Purged,
    RecoveryAgreed, RegionAdopted, RegionPart, ServedPublished,
};
use koinon_books::registry::{Decoded, KINDS, decode, encode};
use koinon_books::{Sealed, Stamp};
use koinon_core::{
    CommunityCode, CorridorCode, Day, Digest, Dimension, EntryId, GrantId, ItemCode, LotId, MissionCode,
    NeedId, NodeId, OfferId, PersonId, PlaceCode, Quantity, ServiceCode, SkillCode, StandingId, StoreCode,
    TeamName, Timestamp, TransferId,
};
use koinon_ledger::fact::*;
use koinon_ledger::{LedgerFact, Reason};
use proptest::prelude::*;

fn grams(n: i64) -> Quantity {
    Quantity::new(n, Dimension::Mass).unwrap()
}

fn samples() -> Vec<Fact> {
    let community = CommunityCode::new("heath").unwrap();
    let item = ItemCode::new("wheat").unwrap();
    let store = StoreCode::new("heath-main").unwrap();
    let place = |code: &str| PlaceCode::new(code).unwrap();
    let mark = || PrintedMark::new("B-17/4").unwrap();
    let (lot, entry, transfer) = (LotId([1; 16]), EntryId([2; 16]), TransferId([3; 16]));
    let (person, shipment) = (PersonId([4; 16]), EntryId([5; 16]));
    let at = Timestamp::from_millis(1_772_000_000_000);
    let giver = community.clone();
    let load = || vec![LoadLine { line: 0, lot, quantity: grams(42_000_000), batch: None, expires: None }];
    let ledger: Vec<LedgerFact> = vec![
        LotOpened {
            lot,
            item: item.clone(),
            store: store.clone(),
            batch: Some(mark()),
            expires: Some(Day(20_600)),
            owner: None,
            from: Some((community.clone(), LotId([9; 16]))),
        }
        .into(),
        Entered {
            entry,
            lot,
            quantity: grams(1_250),
            reason: Reason::HandedOut,
            occurred: at,
            served: Some(Served { people: 12, households: 4 }),
            paper: Some(mark()),
            method: Method::Counted,
        }
        .into(),
        Counted {
            entry,
            lot,
            seen: grams(312),
            occurred: at,
            method: Method::Paper,
            witness: Some(person),
            opens: None,
        }
        .into(),
        Corrected { target: entry, lot, quantity: None, reason: Reason::EntryError }.into(),
        Held { lot, held: true, reason: Reason::Quarantine }.into(),
        Recalled { item: item.clone(), batch: mark(), stands: true, reason: Reason::Recall }.into(),
        NeedStated {
            need: NeedId([6; 16]),
            item: item.clone(),
            store: store.clone(),
            quantity: grams(5_000),
            urgency: Urgency::MustHave,
            by: Day(20_500),
            every_days: Some(7),
            people: Some(180),
        }
        .into(),
        NeedClosed { need: NeedId([6; 16]), reason: Reason::NotNeeded }.into(),
        OfferMade {
            offer: OfferId([7; 16]),
            item: item.clone(),
            store,
            quantity: grams(9),
            from: Day(20_500),
            until: Day(20_507),
            take_please: true,
            return_by: None,
        }
        .into(),
        OfferClosed { offer: OfferId([7; 16]), reason: Reason::NeededHere }.into(),
        Committed {
            transfer,
            from: place("heath"),
            to: place("dunes"),
            taker: CommunityCode::new("dunes").unwrap(),
            lines: vec![CommitLine {
                line: 0,
                item: item.clone(),
                lot,
                quantity: grams(42_000_000),
                requested: None,
            }],
            route: vec![CorridorCode::new("heath-dunes").unwrap()],
            leaves: Day(20_501),
            arrives: Day(20_501),
            needs_second: true,
            need: None,
            suggestion: Some(Digest([8; 32])),
            return_by: None,
            standing: None,
        }
        .into(),
        Approved { transfer, commitment: Digest([8; 32]) }.into(),
        Accepted { giver: giver.clone(), transfer, less: vec![(0, grams(40_000_000))], answers: None }.into(),
        Refused { giver: giver.clone(), transfer, reason: Reason::NoRoom }.into(),
        Objected { giver: giver.clone(), transfer, objection: entry, reason: Reason::FiguresDoubted }.into(),
        ObjectionSettled { giver: giver.clone(), transfer, objection: entry }.into(),
        Withdrawn { transfer, reason: Reason::NeededHere }.into(),
        Dispatched { transfer, shipment, lines: load(), vehicle: Vehicle::Truck, occurred: at, paper: None }
            .into(),
        TransitNoted {
            giver: giver.clone(),
            transfer,
            shipment,
            what: OnTheWay::Diverted(place("glade"), CommunityCode::new("glade").unwrap()),
            occurred: at,
        }
        .into(),
        Received {
            giver: giver.clone(),
            transfer,
            shipment,
            lines: vec![ReceiptLine {
                line: 0,
                to_lot: lot,
                accepted: grams(41_950_000),
                rejected: grams(0),
                missing: grams(50_000),
                excess: grams(0),
                reason: Some(Reason::NotKnownYet),
            }],
            occurred: at,
        }
        .into(),
        Returned { transfer, shipment, lines: load(), occurred: at }.into(),
        LossSettled {
            giver: giver.clone(),
            transfer,
            shipment,
            line: 0,
            lost: grams(50_000),
            reason: Reason::Stolen,
        }
        .into(),
        RouteStated {
            corridor: CorridorCode::new("heath-dunes").unwrap(),
            closed: Some(RouteClosed {
                reason: RouteReason::Flood,
                from: Day(20_510),
                until: Some(Day(20_514)),
            }),
        }
        .into(),
        GivingPaused { place: place("heath"), item: item.clone(), until: Some(Day(20_520)) }.into(),
        CountAsked { place: place("heath"), item: item.clone(), until: Some(Day(20_520)) }.into(),
        CounterOffered {
            giver,
            transfer,
            answers: Digest([8; 32]),
            wants: vec![(item.clone(), grams(20_000_000))],
            not_before: Some(Day(20_505)),
            reason: Reason::NoRoom,
        }
        .into(),
        TakingPaused { place: place("heath"), item: item.clone(), until: Some(Day(20_520)) }.into(),
        WishStated { item: item.clone(), wish: Wish::More }.into(),
        StandingProposed {
            standing: StandingId([9; 16]),
            with: CommunityCode::new("dunes").unwrap(),
            lines: vec![StandingLine {
                line: 0,
                from: place("heath"),
                to: place("dunes"),
                item,
                quantity: grams(2_000),
            }],
            first: Day(20_505),
            every_days: 7,
            until: Day(20_700),
        }
        .into(),
        StandingAnswered {
            proposer: CommunityCode::new("heath").unwrap(),
            standing: StandingId([9; 16]),
            answers: Digest([8; 32]),
            yes: false,
            reason: Some(Reason::NoRoom),
        }
        .into(),
        StandingEnded { standing: StandingId([9; 16]), reason: Reason::NotNeeded }.into(),
        Joined { joint: entry, transfers: vec![transfer, TransferId([13; 16])] }.into(),
    ];
    let own = vec![
        Fact::NodeSpeaksFor(NodeSpeaksFor { community: community.clone() }),
        Fact::NodeAdmitted(NodeAdmitted { node: NodeId([10; 32]), community: community.clone() }),
        Fact::Granted(Granted {
            grant: GrantId([11; 16]),
            subject: person,
            role: Role::Steward,
            scope: Scope::Community(community.clone()),
            caps: Caps::none(),
            not_before: at,
            expires: at.plus_days(365),
            by: None,
            decision: None,
        }),
        Fact::Revoked(Revoked {
            grant: GrantId([11; 16]),
            community,
            by: person,
            reason: RevokeReason::Asked,
        }),
        Fact::RegionPart(RegionPart {
            text: Digest([12; 32]),
            part: 0,
            of: 1,
            bytes: b"format = 1".to_vec(),
        }),
        Fact::RegionAdopted(RegionAdopted { text: Digest([12; 32]), content: Digest([13; 32]) }),
        Fact::RecoveryAgreed(RecoveryAgreed {
            person,
            asked_by: PersonId([14; 16]),
            asked_under: GrantId([15; 16]),
        }),
        Fact::AgreementText(AgreementText { text: Digest([16; 32]), bytes: b"[agreement]".to_vec() }),
        Fact::AgreementSigned(AgreementSigned { text: Digest([16; 32]) }),
        Fact::AgreementEnded(AgreementEnded { text: Digest([16; 32]) }),
        Fact::Purged(Purged { of: NodeId([10; 32]), facts: 1_204 }),
        Fact::PeopleServed(PeopleServed { entry, lot, people: 12, households: 4, occurred: at }),
        Fact::ServedPublished(ServedPublished { month: 202_603, people: Some(2_505), households: None }),
        Fact::LocalNote(LocalNote { about: About::Lot(lot), text: "key at the mill".into() }),
        Fact::PersonNamed(PersonNamed { person, name: "Vera".into() }),
        Fact::NoteSealed(NoteSealed { about: About::Lot(lot), text: Some(Sealed(vec![17; 88])) }),
        Fact::NameSealed(NameSealed { person, name: Some(Sealed(vec![18; 88])) }),
        Fact::Erased(Erased { person }),
        Fact::ErasureAnswered(ErasureAnswered { person }),
        Fact::NodeSuspended(NodeSuspended { node: NodeId([10; 32]), key: Digest([19; 32]), stands: true }),
    ];
    own.into_iter().chain(ledger.into_iter().map(Fact::Ledger)).chain(of_teams()).collect()
}

fn of_teams() -> Vec<Fact> {
    let (home, asker) = (CommunityCode::new("heath").unwrap(), CommunityCode::new("dunes").unwrap());
    let (team, mission) = (TeamName::new("nurse-2").unwrap(), MissionCode::new("flood-2").unwrap());
    let skill = |word: &str| SkillCode::new(word).unwrap();
    let place = || PlaceCode::new("dunes").unwrap();
    let at = |hours: i64| Timestamp::from_millis(1_772_000_000_000 + hours * 3_600_000);
    let promise = EntryId([20; 16]);
    let asks = || vec![SkillCount { skill: skill("nurse"), people: 2 }];
    let facts: Vec<AidFact> = vec![
        TeamStated {
            team: team.clone(),
            home: PlaceCode::new("heath").unwrap(),
            components: vec![Component { skills: vec![skill("driver"), skill("nurse")], people: 2 }],
            word: Word {
                willing: true,
                first: Some(Day(20_500)),
                last: Some(Day(20_530)),
                way_minutes_max: Some(120),
            },
            notice_minutes: 90,
            self_sufficient_hours: 24,
            closed: false,
        }
        .into(),
        CrewKept { place: PlaceCode::new("heath").unwrap(), skill: skill("nurse"), keep: Some(2) }.into(),
        MissionAsked {
            mission: mission.clone(),
            place: place(),
            urgency: Urgency::MustHave,
            start: at(4),
            end: at(12),
            days: 3,
            asks: asks(),
            self_sufficient_hours: 24,
        }
        .into(),
        MissionClosed { mission: mission.clone(), reason: koinon_aid::Reason::Done }.into(),
        TeamPromised {
            promise,
            team,
            asker,
            mission,
            place: place(),
            serves: asks(),
            leaves: at(3),
            start: at(4),
            end: at(12),
            days: 3,
            home_again: at(61),
            suggestion: Some(Digest([8; 32])),
        }
        .into(),
        TeamTaken { home: home.clone(), promise }.into(),
        TeamDeclined { home, promise, reason: koinon_aid::Reason::Enough }.into(),
        TeamWithdrawn { promise, reason: koinon_aid::Reason::NeededHere }.into(),
        TeamLeft { promise, at: at(3) }.into(),
        TeamBack { promise, at: at(61) }.into(),
    ];
    facts.into_iter().chain(services()).map(Fact::Aid).collect()
}

fn services() -> Vec<AidFact> {
    let (home, asker) = (CommunityCode::new("heath").unwrap(), CommunityCode::new("dunes").unwrap());
    let (promise, ask) = (EntryId([21; 16]), EntryId([22; 16]));
    let (provider, surgery) = (TeamName::new("hospital").unwrap(), ServiceCode::new("surgery").unwrap());
    vec![
        ServiceOffered {
            provider: provider.clone(),
            place: home.place(),
            kind: Kind::Care,
            services: vec![surgery.clone(), ServiceCode::new("births").unwrap()],
            per_day: 12,
            closed: false,
        }
        .into(),
        ServiceAsked {
            ask,
            place: asker.place(),
            kind: Kind::Making,
            service: ServiceCode::new("pump-seal").unwrap(),
            count: 40,
            each: 12,
            urgency: Urgency::Needed,
            by: Day(20_520),
        }
        .into(),
        ServiceAskClosed { ask, reason: koinon_aid::Reason::NotNeeded }.into(),
        ServicePromised {
            promise,
            provider,
            asker,
            ask,
            kind: Kind::Care,
            service: surgery,
            count: 3,
            each: 1,
            days: vec![DayUse { day: Day(20_510), amount: 2 }, DayUse { day: Day(20_511), amount: 1 }],
            suggestion: Some(Digest([8; 32])),
        }
        .into(),
        ServiceTaken { home: home.clone(), promise }.into(),
        ServiceDeclined { home, promise, reason: koinon_aid::Reason::TooLate }.into(),
        ServiceWithdrawn { promise, reason: koinon_aid::Reason::NotAble }.into(),
        ServiceDone { promise, count: 2, on: Day(20_512), kind: Kind::Care }.into(),
    ]
}

fn count_of_a_new_batch() -> Fact {
    let opens = NewBatch {
        item: ItemCode::new("wheat").unwrap(),
        store: StoreCode::new("heath-main").unwrap(),
        batch: Some(PrintedMark::new("B-17/4").unwrap()),
        expires: Some(Day(20_600)),
    };
    let counted = Counted {
        entry: EntryId([2; 16]),
        lot: LotId([1; 16]),
        seen: grams(312),
        occurred: Timestamp::from_millis(1_772_000_000_000),
        method: Method::Counted,
        witness: None,
        opens: Some(opens),
    };
    Fact::Ledger(counted.into())
}

fn load_with_its_print() -> Fact {
    let line = LoadLine {
        line: 0,
        lot: LotId([1; 16]),
        quantity: grams(42_000_000),
        batch: Some(PrintedMark::new("B-17/4").unwrap()),
        expires: Some(Day(20_600)),
    };
    let dispatched = Dispatched {
        transfer: TransferId([3; 16]),
        shipment: EntryId([5; 16]),
        lines: vec![line],
        vehicle: Vehicle::Truck,
        occurred: Timestamp::from_millis(1_772_000_000_000),
        paper: None,
    };
    Fact::Ledger(dispatched.into())
}

fn stamp() -> Stamp {
    Stamp {
        recorded: Timestamp::from_millis(1_772_000_000_001),
        actor: Some(PersonId([4; 16])),
        grant: Some(GrantId([11; 16])),
        act: EntryId([2; 16]),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
fn every_kind_keeps_its_bytes() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/facts.txt");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let kept: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut lines: Vec<String> = Vec::new();
    let mut missing = Vec::new();
    let more = [("-of-a-new-batch", count_of_a_new_batch()), ("-with-its-print", load_with_its_print())];
    let samples = samples().into_iter().map(|fact| ("", fact)).chain(more);
    for (what, fact) in samples {
        let encoded = encode(&stamp(), &fact);
        let key = format!("{}-{}{what}-v1", encoded.kind.number, encoded.kind.name);
        koinon_log::cbor::check(&encoded.body).unwrap_or_else(|e| panic!("{key} is not strict CBOR: {e}"));
        match decode(encoded.kind.number, 1, &encoded.body) {
            Decoded::Known(read, again) => assert_eq!((read, again), (stamp(), fact), "{key}"),
            other => panic!("{key} reads as {other:?}"),
        }
        match kept.get(key.as_str()) {
            Some(golden) => assert_eq!(hex(&encoded.body), **golden, "{key} changed its bytes"),
            None => missing.push(key.clone()),
        }
        lines.push(format!("{key} {}", hex(&encoded.body)));
    }
    assert_eq!(lines.len(), KINDS.len() + 2, "one sample per kind, and two of kinds that grew");
    if std::env::var_os("KOINON_BLESS").is_some() {
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    }
    assert!(missing.is_empty(), "no golden bytes for {missing:?}; KOINON_BLESS=1 writes them");
}

#[test]
fn a_newer_kind_or_version_is_never_guessed_at() {
    let encoded = encode(&stamp(), &samples()[0]);
    assert_eq!(decode(encoded.kind.number, 2, &encoded.body), Decoded::Unknown);
    assert_eq!(decode(9_999, 1, &encoded.body), Decoded::Unknown);
    assert_eq!(decode(0, 1, &encoded.body), Decoded::Unknown, "the log's own kinds are not read here");
    let mut longer = encoded.body.clone();
    longer.push(0);
    assert!(matches!(decode(encoded.kind.number, 1, &longer), Decoded::Malformed(_)));
}

#[test]
fn only_the_committed_list_of_fields_leaves_a_node() {
    // Free text may stand in kinds that stay at home, and nowhere else: all shared text is codes and printed marks, and
    // texts that communities agree on, region files and agreements.
    for fact in samples() {
        let encoded = encode(&stamp(), &fact);
        let local = matches!(
            fact,
            Fact::LocalNote(_)
                | Fact::PersonNamed(_)
                | Fact::PeopleServed(_)
                | Fact::NoteSealed(_)
                | Fact::NameSealed(_)
        );
        assert_eq!(encoded.kind.stream.shared().is_none(), local, "{}", encoded.kind.name);
    }
}

proptest! {
    #[test]
    fn damaged_bytes_are_named_and_never_crash(
        which in 0usize..32,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let samples = samples();
        let encoded = encode(&stamp(), &samples[which % samples.len()]);
        let mut body = encoded.body.clone();
        let index = at.index(body.len());
        body[index] = byte;
        let _ = decode(encoded.kind.number, 1, &body);
        body.truncate(cut.index(body.len()));
        prop_assert!(matches!(decode(encoded.kind.number, 1, &body), Decoded::Malformed(_)));
    }
}
