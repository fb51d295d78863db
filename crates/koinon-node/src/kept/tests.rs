//! An owner against keepers that lie, and what each may fetch: asked without a line, as no honest neighbour would.

use std::path::Path;
use std::sync::Arc;

use age::x25519;
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::{Clock, Timestamp};
use koinon_log::kept::{Answer, Ask, Held, KeeperSays, Wish, proof};
use koinon_log::{NetworkId, WantBytes};

use super::*;
use crate::clock::SettableClock;
use crate::disk::DiskFloors;
use crate::founding::Founding;
use crate::options::Options;
use crate::peers::PeerConfig;
use crate::tls::TlsNames;

const KEEPER: NodeId = NodeId([2; 32]);
const OTHER: NodeId = NodeId([3; 32]);

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-10T08:00:00Z").unwrap()
}

/// An owner with two listed neighbours and a clock that a test sets.
fn owner(dir: &Path) -> (Node, Arc<SettableClock>) {
    let clock = Arc::new(SettableClock::new(now()));
    let region = new_region(2, 1_000, Layout::Ring, 1).unwrap();
    let founding = Founding {
        network: NetworkId::of("test"),
        community: Some(region.communities[0].code.clone()),
        region_text: region.to_toml(),
        agreement: None,
        steward: Some("Ana".into()),
        names: TlsNames::default(),
        recovery: crate::RecoveryPlan::default(),
    };
    let as_clock: Arc<dyn Clock> = clock.clone();
    Node::init(dir, &founding, &as_clock).unwrap();
    let mut options = Options::new(dir).without_exchange();
    options.floors =
        DiskFloors { ballast_bytes: 0, write_bytes: 0, exchange_bytes: 0, ..DiskFloors::default() };
    let node = Node::open_with(options, clock.clone()).unwrap();
    for node_id in [KEEPER, OTHER] {
        node.add_peer(PeerConfig { node: node_id, community: None, url: None, ca: None }).unwrap();
    }
    (node, clock)
}

/// A file placed with the keeper, and its encrypted bytes.
fn placed(node: &Node, dir: &Path) -> (Placed, Vec<u8>) {
    let file = dir.join("ward.tar");
    std::fs::write(&file, vec![5; 200_000]).unwrap();
    let to = x25519::Identity::generate().to_public().to_string();
    let order = PlaceOrder { file, label: "ward".into(), with: vec![KEEPER], recipients: vec![to] };
    let placed = node.kept_place(&order).unwrap();
    let bytes = std::fs::read(files::own(node.dir(), placed.digest)).unwrap();
    (placed, bytes)
}

fn says(node: &Node, keeper: NodeId, held: Vec<Held>) -> Vec<Wish> {
    let says = KeeperSays { allowed: 1 << 20, held, not_taken: Vec::new() };
    match answer(node, keeper, Ask::Keeper(says)).unwrap() {
        Answer::Owner { hold, .. } => hold,
        Answer::Held(_) => panic!("an owner answers as one"),
    }
}

fn held(placed: Placed, proof: Option<[u8; 32]>) -> Vec<Held> {
    let (digest, bytes) = (placed.digest, placed.bytes);
    vec![Held { digest, placed: now(), bytes, came: now(), proof: proof.map(Digest) }]
}

fn at(node: &Node, placed: Placed) -> At {
    node.kept().unwrap().own.files[&placed.digest].at[&KEEPER]
}

fn gets(node: &Node, who: NodeId, placed: Placed) -> Option<Vec<u8>> {
    let want = WantBytes { content: placed.digest, from: 0, most: 100 };
    bytes_of(node, who, &want).unwrap().map(|given| given.bytes)
}

#[test]
fn a_keeper_without_the_bytes_is_found_out_and_cannot_fetch_them_to_prove_them() {
    let dir = tempfile::tempdir().unwrap();
    let (node, clock) = owner(&dir.path().join("data"));
    let (file, bytes) = placed(&node, dir.path());
    let prove = |nonce: [u8; 32], bytes: &[u8]| *proof(&nonce).update(bytes).finalize().as_bytes();

    assert_eq!(says(&node, OTHER, Vec::new()), [], "who was not asked learns of nothing");
    assert_eq!(gets(&node, OTHER, file), None);
    let nonce = says(&node, KEEPER, Vec::new())[0].nonce.unwrap();
    assert_eq!(gets(&node, KEEPER, file).unwrap(), &bytes[..100]);
    // It says that it holds the file, without a proof: that is noted as what it is, and it gets no byte more.
    let again = says(&node, KEEPER, held(file, None))[0].nonce.unwrap();
    assert!(!at(&node, file).is_sure() && at(&node, file).said == Some(Said::Holds));
    assert_eq!(gets(&node, KEEPER, file), None);
    // A proof of other bytes, of an older nonce, and the digest itself are wrong.
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    let day = |days: i64| clock.set(now().plus_days(days));
    for (days, wrong) in [(0, prove(again, &other)), (1, prove(nonce, &bytes)), (2, file.digest.0)] {
        day(days);
        if days > 0 {
            assert!(says(&node, KEEPER, held(file, None))[0].nonce.is_some(), "one is asked for each day");
        }
        let wishes = says(&node, KEEPER, held(file, Some(wrong)));
        assert_eq!((wishes.len(), wishes[0].nonce), (1, None), "and no more than one, right or wrong");
        let at = at(&node, file);
        assert!(at.wrong == Some(now().plus_days(days)) && at.proven.is_none() && !at.is_sure(), "{at:?}");
    }
    let danger = node.kept().unwrap().in_danger(clock.now());
    assert_eq!((danger.len(), danger[0].wrong.as_slice()), (1, &[KEEPER][..]));
    day(3);
    let nonce = says(&node, KEEPER, held(file, None))[0].nonce.unwrap();
    says(&node, KEEPER, held(file, Some(prove(nonce, &bytes))));
    assert!(at(&node, file).is_sure());
    assert_eq!(node.kept().unwrap().in_danger(clock.now()), []);
    // Nobody heard of it for more than a week: that is said too.
    day(11);
    let danger = node.kept().unwrap().in_danger(clock.now());
    assert_eq!((danger.len(), danger[0].proven, danger[0].wanted), (1, 0, 1));
    // A proof cannot be compared where the file itself is damaged or gone: nobody is blamed for that.
    let nonce = says(&node, KEEPER, held(file, None))[0].nonce.unwrap();
    std::fs::write(files::own(node.dir(), file.digest), &other).unwrap();
    says(&node, KEEPER, held(file, Some(prove(nonce, &bytes))));
    assert_eq!(at(&node, file).wrong, None);
}

#[test]
fn what_an_interrupted_act_left_goes_at_the_next_start_and_what_is_listed_stays() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (node, clock) = owner(&data);
    let (file, _) = placed(&node, dir.path());
    drop(node);
    let own = data.join("kept/own");
    std::fs::write(own.join("0123456789abcdef.new"), b"half of a file").unwrap();
    std::fs::write(files::own(&data, Digest([9; 32])), b"on no list").unwrap();
    let node = Node::open_with(Options::new(&data).without_exchange(), clock).unwrap();
    let left = files::names(&own);
    assert_eq!(left, [format!("{}.age", file.digest)]);
    assert_eq!(node.kept().unwrap().here.len(), 1);
    assert!(matches!(node.kept_release("wards"), Err(KeptError::Unknown(_))));
    assert_eq!(node.kept_release("ward").unwrap(), 1);
    assert!(files::names(&own).is_empty());
}

#[test]
fn nothing_plain_is_placed_and_nothing_of_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (node, _) = owner(&data);
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let good = x25519::Identity::generate().to_public().to_string();
    let order = |file: &Path, recipients: &[&str]| PlaceOrder {
        file: file.to_owned(),
        label: "ward".into(),
        with: vec![KEEPER],
        recipients: recipients.iter().map(|text| (*text).to_owned()).collect(),
    };
    let plain = write("plain", b"a name and what ails it");
    let begins = write("begins", b"age-encryption.org/v1\na name and what ails it");
    let sealed = write("sealed", &age::encrypt(&good.parse::<x25519::Recipient>().unwrap(), b"x").unwrap());
    let place = |order: &PlaceOrder| node.kept_place(order).unwrap_err();
    assert!(matches!(place(&order(&plain, &[])), KeptError::NotEncrypted(_)));
    assert!(matches!(place(&order(&begins, &[])), KeptError::NotEncrypted(_)), "its header is no whole one");
    assert!(matches!(place(&order(&sealed, &[&good])), KeptError::Encrypted(_)));
    assert!(matches!(place(&order(&plain, &["age1nobody"])), KeptError::Recipient { .. }));
    assert!(matches!(place(&order(&write("empty", b""), &[&good])), KeptError::Empty(_)));
    assert!(matches!(place(&order(dir.path(), &[&good])), KeptError::NoFile(_)));
    assert!(matches!(place(&order(&dir.path().join("none"), &[&good])), KeptError::Io { .. }));
    let large = dir.path().join("large");
    std::fs::File::create(&large).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
    assert!(matches!(place(&order(&large, &[&good])), KeptError::TooLarge(_)));
    for label in ["", "  ", "two\nlines", &"x".repeat(61)] {
        let order = PlaceOrder { label: label.into(), ..order(&sealed, &[]) };
        assert!(matches!(place(&order), KeptError::Label), "{label:?}");
    }
    let nobody = PlaceOrder { with: Vec::new(), ..order(&sealed, &[]) };
    assert!(matches!(place(&nobody), KeptError::Nobody));
    let stranger = PlaceOrder { with: vec![NodeId([9; 32])], ..order(&sealed, &[]) };
    assert!(matches!(place(&stranger), KeptError::NotListed(_)));
    assert_eq!(files::names(&data.join("kept/own")), Vec::<String>::new());
    assert!(node.kept().unwrap().own.files.is_empty());
    node.kept_place(&order(&sealed, &[])).unwrap();
}

#[test]
fn a_keeper_deletes_a_file_only_as_it_was_placed_and_only_its_owners() {
    let dir = tempfile::tempdir().unwrap();
    let (node, _) = owner(&dir.path().join("data"));
    let digest = Digest([5; 32]);
    let path = files::of(node.dir(), KEEPER, digest);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, b"sealed").unwrap();
    let of = visit::OfOther { placed: now(), bytes: 6, came: now(), proved: None };
    node.on_writer(move |writer| writer.store.put_kept_of((KEEPER, digest), &of)).unwrap().unwrap();
    let before = now().plus_millis(-1);
    assert!(!visit::let_go(&node, KEEPER, vec![(digest, before)]).unwrap(), "it was placed again since");
    assert!(!visit::let_go(&node, OTHER, vec![(digest, now())]).unwrap(), "it is not this one's");
    assert_eq!(node.kept().unwrap().of[&KEEPER].held.len(), 1);
    assert!(visit::let_go(&node, KEEPER, vec![(digest, now())]).unwrap());
    assert!(!path.exists() && node.kept().unwrap().of.is_empty());
}
