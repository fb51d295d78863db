//! The registry of kind numbers: which number, stream and version each fact has. Numbers are never reused.
//!
//! Only kinds with a shared stream leave a node; what is routed to [`Stream::Local`] never does. What stands in the stores
//! goes to those with whom an agreement shares it; what aid needs goes to every node of the federation. A body is the CBOR
//! array `[stamp, payload]`.

use koinon_aid::AidFact;
use koinon_ledger::LedgerFact;
use koinon_log::Stream;
use koinon_log::control::KINDS_RESERVED;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::fact::{Fact, Stamp};

/// The version of every kind so far.
pub const SCHEMA: u8 = 1;

/// One row of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The number in the header.
    pub number: u32,
    /// The name in JSON and in the handbook.
    pub name: &'static str,
    /// Where it is written.
    pub stream: Stream,
}

/// A body as bytes with its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Its row.
    pub kind: Kind,
    /// The body.
    pub body: Vec<u8>,
}

/// A body read back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "the known case is the common one and lives for one call")]
pub enum Decoded {
    /// A fact that this version knows.
    Known(Stamp, Fact),
    /// A newer kind or version; kept and passed on, never guessed at.
    Unknown,
    /// A known kind whose bytes do not fit it; kept, shown, without effect.
    Malformed(String),
}

macro_rules! registry {
    ($( $number:literal $name:literal $stream:ident $variant:ident $(($inner:ident))? ;)*) => {
        /// Every kind.
        pub const KINDS: &[Kind] = &[$(Kind { number: $number, name: $name, stream: Stream::$stream },)*];

        /// The row of a fact.
        pub fn kind_of(fact: &Fact) -> Kind {
            match fact {
                $(registry!(@pattern $variant $($inner)?) => {
                    Kind { number: $number, name: $name, stream: Stream::$stream }
                })*
            }
        }

        fn encode_payload(fact: &Fact, e: &mut Encoder<Vec<u8>>) {
            let done = match fact {
                $(registry!(@bind $variant $($inner)? f) => f.encode(e, &mut ()),)*
            };
            // Writing to memory cannot fail.
            debug_assert!(done.is_ok());
        }

        fn decode_payload(number: u32, d: &mut Decoder<'_>) -> Option<Result<Fact, minicbor::decode::Error>> {
            match number {
                $($number => Some(Decode::decode(d, &mut ()).map(|f| registry!(@make $variant $($inner)? f))),)*
                _ => None,
            }
        }
    };
    (@pattern Ledger $inner:ident) => { Fact::Ledger(LedgerFact::$inner(_)) };
    (@pattern Aid $inner:ident) => { Fact::Aid(AidFact::$inner(_)) };
    (@pattern $variant:ident) => { Fact::$variant(_) };
    (@bind Ledger $inner:ident $f:ident) => { Fact::Ledger(LedgerFact::$inner($f)) };
    (@bind Aid $inner:ident $f:ident) => { Fact::Aid(AidFact::$inner($f)) };
    (@bind $variant:ident $f:ident) => { Fact::$variant($f) };
    (@make Ledger $inner:ident $f:ident) => { Fact::Ledger(LedgerFact::$inner($f)) };
    (@make Aid $inner:ident $f:ident) => { Fact::Aid(AidFact::$inner($f)) };
    (@make $variant:ident $f:ident) => { Fact::$variant($f) };
}

registry! {
    16 "node-speaks-for" Control NodeSpeaksFor;
    17 "granted" Control Granted;
    18 "revoked" Control Revoked;
    19 "region-part" Control RegionPart;
    20 "region-adopted" Control RegionAdopted;
    21 "node-admitted" Control NodeAdmitted;
    22 "recovery-agreed" Control RecoveryAgreed;
    23 "agreement-text" Control AgreementText;
    24 "agreement-signed" Control AgreementSigned;
    25 "agreement-ended" Control AgreementEnded;
    26 "purged" Control Purged;
    27 "erased" Control Erased;
    28 "erasure-answered" Control ErasureAnswered;
    29 "node-suspended" Control NodeSuspended;
    32 "local-note" Local LocalNote;
    33 "person-named" Local PersonNamed;
    34 "people-served" Local PeopleServed;
    35 "note-sealed" Local NoteSealed;
    36 "name-sealed" Local NameSealed;
    64 "lot-opened" Stock Ledger(LotOpened);
    65 "entered" Stock Ledger(Entered);
    66 "counted" Stock Ledger(Counted);
    67 "corrected" Stock Ledger(Corrected);
    68 "held" Stock Ledger(Held);
    69 "recalled" Federation Ledger(Recalled);
    70 "need-stated" Federation Ledger(NeedStated);
    71 "need-closed" Federation Ledger(NeedClosed);
    72 "offer-made" Federation Ledger(OfferMade);
    73 "offer-closed" Federation Ledger(OfferClosed);
    74 "committed" Federation Ledger(Committed);
    75 "approved" Federation Ledger(Approved);
    76 "accepted" Federation Ledger(Accepted);
    77 "refused" Federation Ledger(Refused);
    78 "objected" Federation Ledger(Objected);
    79 "objection-settled" Federation Ledger(ObjectionSettled);
    80 "withdrawn" Federation Ledger(Withdrawn);
    81 "dispatched" Federation Ledger(Dispatched);
    82 "transit-noted" Federation Ledger(TransitNoted);
    83 "received" Federation Ledger(Received);
    84 "returned" Federation Ledger(Returned);
    85 "loss-settled" Federation Ledger(LossSettled);
    86 "route-stated" Federation Ledger(RouteStated);
    87 "giving-paused" Federation Ledger(GivingPaused);
    88 "count-asked" Federation Ledger(CountAsked);
    89 "counter-offered" Federation Ledger(CounterOffered);
    90 "taking-paused" Federation Ledger(TakingPaused);
    91 "wish-stated" Federation Ledger(WishStated);
    92 "standing-proposed" Federation Ledger(StandingProposed);
    93 "standing-answered" Federation Ledger(StandingAnswered);
    94 "standing-ended" Federation Ledger(StandingEnded);
    95 "joined" Federation Ledger(Joined);
    96 "served-published" Aggregates ServedPublished;
    104 "team-stated" Federation Aid(TeamStated);
    105 "crew-kept" Federation Aid(CrewKept);
    106 "mission-asked" Federation Aid(MissionAsked);
    107 "mission-closed" Federation Aid(MissionClosed);
    108 "team-promised" Federation Aid(TeamPromised);
    109 "team-taken" Federation Aid(TeamTaken);
    110 "team-declined" Federation Aid(TeamDeclined);
    111 "team-withdrawn" Federation Aid(TeamWithdrawn);
    112 "team-left" Federation Aid(TeamLeft);
    113 "team-back" Federation Aid(TeamBack);
    114 "service-offered" Federation Aid(ServiceOffered);
    115 "service-asked" Federation Aid(ServiceAsked);
    116 "service-ask-closed" Federation Aid(ServiceAskClosed);
    117 "service-promised" Federation Aid(ServicePromised);
    118 "service-taken" Federation Aid(ServiceTaken);
    119 "service-declined" Federation Aid(ServiceDeclined);
    120 "service-withdrawn" Federation Aid(ServiceWithdrawn);
    121 "service-done" Federation Aid(ServiceDone);
}

/// Whether a fact is of a kind that may leave the node that wrote it.
pub fn leaves(fact: &Fact) -> bool {
    kind_of(fact).stream.shared().is_some()
}

/// What most bodies have room in.
const BODY_BYTES_USUAL: usize = 128;

/// Writes a fact's body.
pub fn encode(stamp: &Stamp, fact: &Fact) -> Encoded {
    let mut e = Encoder::new(Vec::with_capacity(BODY_BYTES_USUAL));
    let stamped = e.array(2).and_then(|e| stamp.encode(e, &mut ()));
    debug_assert!(stamped.is_ok(), "writing to memory cannot fail");
    encode_payload(fact, &mut e);
    Encoded { kind: kind_of(fact), body: e.into_writer() }
}

/// Reads a body of a kind and version.
pub fn decode(number: u32, schema: u8, body: &[u8]) -> Decoded {
    if schema != SCHEMA || number < KINDS_RESERVED || !KINDS.iter().any(|kind| kind.number == number) {
        return Decoded::Unknown;
    }
    match read(number, body) {
        Ok((stamp, fact)) => Decoded::Known(stamp, fact),
        Err(error) => Decoded::Malformed(error.to_string()),
    }
}

fn read(number: u32, body: &[u8]) -> Result<(Stamp, Fact), minicbor::decode::Error> {
    let mut d = Decoder::new(body);
    if d.array()? != Some(2) {
        return Err(minicbor::decode::Error::message("a body is an array of stamp and payload"));
    }
    let stamp = Stamp::decode(&mut d, &mut ())?;
    let fact = decode_payload(number, &mut d)
        .unwrap_or_else(|| Err(minicbor::decode::Error::message("a kind that is not registered")))?;
    if d.position() != body.len() {
        return Err(minicbor::decode::Error::message("bytes after the payload"));
    }
    Ok((stamp, fact))
}
