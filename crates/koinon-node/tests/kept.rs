//! Files that neighbours keep for one another, over real HTTP: placed, fetched over lines that are cut anywhere, proved,
//! brought back, replaced and let go; and what goes to nobody.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use std::path::{Path, PathBuf};

use age::x25519;
use common::proxy::{Asked, Law, line};
use common::served::{Served, serve, settle};
use common::{Home, founding};
use koinon_core::{Digest, NodeId};
use koinon_log::kept::NotTaken;
use koinon_node::kept::{Placed, Said, State};
use koinon_node::{KeptError, Node, PeerConfig, PlaceOrder, PullCause};

const MIB: u64 = 1 << 20;
const HOUR_MS: i64 = 3_600_000;
/// What the clinic calls its file; no neighbour learns it.
const LABEL: &str = "ward seven, by night";
/// What nobody but the clinic may read.
const CANARY: &[u8] = b"the patient of bed seven";
const PASSPHRASE: &str = "five grey herons wade slowly";

/// Some communities, each the others' neighbour.
async fn some(count: usize) -> Vec<Served> {
    let mut all = Vec::new();
    for index in 0..count {
        all.push(serve(Home::new(3, Some(index))).await);
    }
    for one in &all {
        for other in all.iter().filter(|other| other.node.id() != one.node.id()) {
            one.node.add_peer(other.config()).unwrap();
        }
    }
    settle(&all.iter().collect::<Vec<_>>()).await;
    all
}

/// What a clinic would place: the canary again and again, among other bytes.
fn plain(bytes: usize, seed: u8) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < bytes {
        all.extend(CANARY);
        all.extend(blake3::hash(&[&[seed], &all.len().to_be_bytes()[..]].concat()).as_bytes());
    }
    all.truncate(bytes);
    all
}

/// The clinic's own key, which koinon never sees.
struct Clinic {
    key: x25519::Identity,
    desk: tempfile::TempDir,
}

impl Clinic {
    fn new() -> Self {
        Self { key: x25519::Identity::generate(), desk: tempfile::tempdir().unwrap() }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.desk.path().join("ward.tar");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Places bytes, which koinon encrypts to the clinic's key.
    fn place(&self, at: &Served, bytes: &[u8], with: &[&Served]) -> Placed {
        let order = PlaceOrder {
            file: self.file(bytes),
            label: LABEL.into(),
            with: with.iter().map(|keeper| keeper.node.id()).collect(),
            recipients: vec![self.key.to_public().to_string()],
        };
        at.node.kept_place(&order).unwrap()
    }

    fn open(&self, sealed: &Path) -> Vec<u8> {
        age::decrypt(&self.key, &std::fs::read(sealed).unwrap()).unwrap()
    }
}

fn file_of(keeper: &Served, owner: NodeId, digest: Digest) -> PathBuf {
    keeper.home.path().join(format!("kept/of/{owner}/{digest}.age"))
}

fn own_file(owner: &Served, digest: Digest) -> PathBuf {
    owner.home.path().join(format!("kept/own/{digest}.age"))
}

/// The digests that a node holds of another.
fn held(keeper: &Node, owner: NodeId) -> Vec<Digest> {
    let of = keeper.kept().unwrap().of.remove(&owner).unwrap_or_default();
    of.held.iter().map(|held| held.digest).collect()
}

fn not_taken(keeper: &Node, owner: NodeId) -> Vec<NotTaken> {
    let of = keeper.kept().unwrap().of.remove(&owner).unwrap_or_default();
    of.not_taken.iter().map(|(_, _, why)| *why).collect()
}

fn is_sure(owner: &Node, file: Placed, keeper: NodeId) -> bool {
    owner.kept().unwrap().own.files[&file.digest].at[&keeper].is_sure()
}

/// Every byte under a directory.
fn search(dir: &Path, what: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(search(&path, what));
        } else if std::fs::read(&path).unwrap().windows(what.len()).any(|window| window == what) {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_fetched_by_those_who_agreed_proved_each_day_and_comes_back_unread() {
    let all = some(3).await;
    let [clinic_at, b, c] = &all[..] else { panic!("three") };
    let clinic = Clinic::new();
    let bytes = plain(700_000, 1);
    let file = clinic.place(clinic_at, &bytes, &[b, c]);
    let owner = clinic_at.node.id();

    // Nobody takes anything unasked.
    b.node.keep_for(owner).await.unwrap();
    assert_eq!((held(&b.node, owner), not_taken(&b.node, owner)), (vec![], vec![NotTaken::NotAllowed]));
    assert!(!file_of(b, owner, file.digest).exists());
    let at = clinic_at.node.kept().unwrap().own.files[&file.digest].at.clone();
    assert_eq!(at[&b.node.id()].said, Some(Said::Not(NotTaken::NotAllowed)), "the owner is told");
    assert_eq!(at[&c.node.id()].said, None);
    // Nor beyond what was allowed.
    b.node.kept_allow(owner, file.bytes - 1).unwrap();
    b.node.keep_for(owner).await.unwrap();
    assert_eq!((held(&b.node, owner), not_taken(&b.node, owner)), (vec![], vec![NotTaken::Beyond]));
    for keeper in [b, c] {
        keeper.node.kept_allow(owner, file.bytes).unwrap();
        keeper.node.keep_for(owner).await.unwrap();
        assert_eq!((held(&keeper.node, owner), not_taken(&keeper.node, owner)), (vec![file.digest], vec![]));
        assert!(is_sure(&clinic_at.node, file, keeper.node.id()), "fetched and proved in one round");
        let kept = std::fs::read(file_of(keeper, owner, file.digest)).unwrap();
        assert_eq!(Digest(*blake3::hash(&kept).as_bytes()), file.digest);
    }
    assert_eq!(clinic_at.node.kept().unwrap().in_danger(common::start().plus_days(3)), []);
    assert_eq!(clinic_at.node.kept().unwrap().in_danger(common::start().plus_days(8))[0].proven, 0);

    // Another proof each day, by an ordinary exchange.
    for served in &all {
        served.home.clock.set(common::start().plus_days(8));
    }
    b.node.keep_for(owner).await.unwrap();
    let at = clinic_at.node.kept().unwrap().own.files[&file.digest].at[&b.node.id()];
    assert_eq!(at.proven, Some(common::start().plus_days(8)));
    let danger = clinic_at.node.kept().unwrap().in_danger(common::start().plus_days(8));
    assert_eq!((danger[0].proven, danger[0].wanted), (1, 2));

    // It comes back as it was, and only the clinic opens it.
    let back = clinic.desk.path().join("back.age");
    assert_eq!(clinic_at.node.kept_get(LABEL, c.node.id(), &back).unwrap(), file);
    assert_eq!(clinic.open(&back), bytes);
    let again = clinic_at.node.kept_get(LABEL, c.node.id(), &back);
    assert!(matches!(again, Err(KeptError::Exists(_))));
    let short = file.digest.short();
    clinic_at.node.kept_get(&short, b.node.id(), &clinic.desk.path().join("by-digest")).unwrap();
    let unknown = clinic_at.node.kept_get("wards", b.node.id(), &clinic.desk.path().join("x"));
    assert!(matches!(unknown, Err(KeptError::NotHeld { held, .. }) if held.len() == 1));
    let others = b.node.kept_get(&short, clinic_at.node.id(), &clinic.desk.path().join("x"));
    assert!(matches!(others, Err(KeptError::NotHeld { held, .. }) if held.is_empty()), "it is not b's");

    // What was typed is nowhere, nor does a keeper learn what it is called.
    for served in &all {
        assert_eq!(search(&served.home.path(), CANARY), Vec::<PathBuf>::new());
    }
    assert!(
        !search(&clinic_at.home.path(), LABEL.as_bytes()).is_empty(),
        "the search can find what is there"
    );
    assert_eq!(search(&b.home.path(), LABEL.as_bytes()), Vec::<PathBuf>::new());
    assert!(search(clinic.desk.path(), CANARY).contains(&clinic.desk.path().join("ward.tar")));
}

/// Only so many bytes of each answer with bytes of a file come.
fn portions(most: usize) -> Law {
    Box::new(move |asked: &Asked, size| if asked.path.ends_with("/bytes") { most.min(size) } else { size })
}

async fn by_line(reader: &Served, neighbour: &Served, law: Law) -> common::proxy::Proxy {
    let proxy = line(&neighbour.url, law).await;
    reader.node.add_peer(PeerConfig { url: Some(proxy.url.clone()), ..neighbour.config() }).unwrap();
    proxy
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_portions_the_whole_comes_there_and_back() {
    let all = some(2).await;
    let [owner, keeper] = &all[..] else { panic!("two") };
    let clinic = Clinic::new();
    let file = clinic.place(owner, &plain(100_000, 1), &[keeper]);
    keeper.node.kept_allow(owner.node.id(), MIB).unwrap();
    for portion in [1_009, 16_384, 65_537] {
        let there = by_line(keeper, owner, portions(portion)).await;
        // Each time the line carries one portion, and no more until the next round.
        let mut left = 1;
        *there.law.lock().unwrap() = Box::new(move |asked: &Asked, size| {
            if !asked.path.ends_with("/bytes") {
                left = 1;
                return size;
            }
            let most = if left > 0 { portion.min(size) } else { 0 };
            left -= 1;
            most
        });
        let (mut rounds, mut had) = (0, 0);
        while held(&keeper.node, owner.node.id()).is_empty() {
            let round = keeper.node.keep_for(owner.node.id()).await;
            let coming = file_of(keeper, owner.node.id(), file.digest).with_extension("coming");
            let has = std::fs::metadata(coming).map_or(file.bytes, |meta| meta.len());
            assert!(has > had, "what came is gone on with: {has} after {had}, {round:?}");
            (rounds, had) = (rounds + 1, has);
        }
        assert!(rounds >= file.bytes / u64::try_from(portion).unwrap(), "{rounds} rounds");
        assert!(is_sure(&owner.node, file, keeper.node.id()), "of portions of {portion}");

        // Back the same way: each try gives up with what came, and the next goes on.
        let mut answers = 0;
        let law: Law = Box::new(move |asked: &Asked, size| {
            if !asked.path.ends_with("/bytes") {
                answers = 0;
                return size;
            }
            answers += 1;
            if answers == 1 { portion.min(size) } else { 0 }
        });
        let _back = by_line(owner, keeper, law).await;
        let to = clinic.desk.path().join(format!("back-{portion}"));
        let mut tries = 0;
        while let Err(error) = owner.node.kept_get(LABEL, keeper.node.id(), &to) {
            assert!(matches!(error, KeptError::Stuck(_) | KeptError::Line(_)) && tries < 1_000, "{error}");
            assert!(!to.exists(), "no half of a file bears its name");
            tries += 1;
        }
        assert!(tries > 0);
        assert_eq!(clinic.open(&to), plain(100_000, 1));
        let beside = std::fs::read_dir(clinic.desk.path()).unwrap().flatten();
        assert!(!beside.into_iter().any(|file| file.path().extension().is_some_and(|end| end == "coming")));

        // And once more from nothing.
        std::fs::remove_file(file_of(keeper, owner.node.id(), file.digest)).unwrap();
        keeper.node.add_peer(owner.config()).unwrap();
        owner.node.add_peer(keeper.config()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bytes_are_found_on_either_side_and_replaced() {
    let all = some(2).await;
    let [owner, keeper] = &all[..] else { panic!("two") };
    let clinic = Clinic::new();
    let file = clinic.place(owner, &plain(100_000, 1), &[keeper]);
    keeper.node.kept_allow(owner.node.id(), MIB).unwrap();
    // The owner gives something else than its digest says: it is not taken, and not fetched without end.
    let own = own_file(owner, file.digest);
    let good = std::fs::read(&own).unwrap();
    let mut bad = good.clone();
    bad[50_000] ^= 1;
    std::fs::write(&own, &bad).unwrap();
    keeper.node.keep_for(owner.node.id()).await.unwrap();
    assert_eq!(held(&keeper.node, owner.node.id()), []);
    assert_eq!(not_taken(&keeper.node, owner.node.id()), [NotTaken::Wrong]);
    let left = std::fs::read_dir(keeper.home.path().join(format!("kept/of/{}", owner.node.id())));
    assert_eq!(left.unwrap().count(), 0);
    std::fs::write(&own, &good).unwrap();
    for served in &all {
        served.home.clock.advance(25 * HOUR_MS);
    }
    keeper.node.keep_for(owner.node.id()).await.unwrap();
    assert!(is_sure(&owner.node, file, keeper.node.id()));
    // The keeper's copy is damaged: what comes back is found out, and its own proof finds it and fetches it again.
    let kept = file_of(keeper, owner.node.id(), file.digest);
    std::fs::write(&kept, &bad).unwrap();
    let to = clinic.desk.path().join("back");
    let back = owner.node.kept_get(LABEL, keeper.node.id(), &to);
    assert!(matches!(back, Err(KeptError::Wrong)) && !to.exists(), "{back:?}");
    for served in &all {
        served.home.clock.advance(25 * HOUR_MS);
    }
    keeper.node.keep_for(owner.node.id()).await.unwrap();
    assert_eq!(std::fs::read(&kept).unwrap(), good);
    assert!(is_sure(&owner.node, file, keeper.node.id()));
    owner.node.kept_get(LABEL, keeper.node.id(), &to).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_file_takes_the_olders_place_and_what_is_let_go_is_deleted() {
    let all = some(3).await;
    let [owner, b, c] = &all[..] else { panic!("three") };
    let (clinic, id) = (Clinic::new(), owner.node.id());
    let old = clinic.place(owner, &plain(50_000, 1), &[b, c]);
    for keeper in [b, c] {
        keeper.node.kept_allow(id, MIB).unwrap();
        keeper.node.keep_for(id).await.unwrap();
    }
    owner.home.clock.advance(HOUR_MS);
    let new = clinic.place(owner, &plain(60_000, 2), &[b, c]);
    assert_ne!(new.digest, old.digest);
    b.node.keep_for(id).await.unwrap();
    assert_eq!(held(&b.node, id).len(), 2, "c has only the old one");
    assert_eq!(owner.node.kept().unwrap().own.files[&old.digest].state, State::Replaced);
    assert!(own_file(owner, old.digest).exists());
    c.node.keep_for(id).await.unwrap();
    assert_eq!(held(&c.node, id), [new.digest], "in the round in which it proved the new one");
    assert!(!own_file(owner, old.digest).exists());
    b.node.keep_for(id).await.unwrap();
    assert_eq!(held(&b.node, id), [new.digest]);
    assert!(!file_of(b, id, old.digest).exists());

    // Taking the permission back deletes nothing; letting go does.
    b.node.kept_allow(id, 0).unwrap();
    b.node.keep_for(id).await.unwrap();
    assert_eq!(held(&b.node, id), [new.digest]);
    assert!(is_sure(&owner.node, new, b.node.id()));
    assert_eq!(owner.node.kept_release(LABEL).unwrap(), 1);
    assert_eq!(owner.node.kept().unwrap().own.files.len(), 1, "until nobody has it");
    for keeper in [b, c] {
        keeper.node.keep_for(id).await.unwrap();
        assert!(!file_of(keeper, id, new.digest).exists());
    }
    assert!(owner.node.kept().unwrap().own.files.is_empty());
    assert!(matches!(owner.node.kept_release(LABEL), Err(KeptError::Unknown(_))));
}

/// The computer is lost; what an old back-up held is all there is.
async fn restored(served: Served, backup: &Path) -> Served {
    let Served { mut home, node, task, .. } = served;
    task.abort();
    let _ = task.await;
    node.shutdown().await;
    let to = home.dir.path().join("replaced/data");
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    Node::restore(backup, &to, PASSPHRASE).unwrap();
    std::fs::remove_dir_all(home.path()).unwrap();
    std::fs::rename(&to, home.path()).unwrap();
    home.setup_code.clear();
    serve(home).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_restored_from_an_old_back_up_gets_its_file_back_and_nothing_is_deleted() {
    let mut all = some(2).await;
    let keeper = all.pop().unwrap();
    let owner = all.pop().unwrap();
    let (clinic, id) = (Clinic::new(), owner.node.id());
    let first = clinic.place(&owner, &plain(40_000, 1), &[&keeper]);
    keeper.node.kept_allow(id, MIB).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    // One back-up knows the first file, and that it was let go.
    let early = owner.home.dir.path().join("early.age");
    owner.node.kept_release(LABEL).unwrap();
    owner.node.backup(&early, PASSPHRASE).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    assert_eq!(held(&keeper.node, id), []);
    // Later that very file was placed again, as it stood encrypted, and another.
    owner.home.clock.advance(HOUR_MS);
    let bytes = plain(40_000, 2);
    let second = clinic.place(&owner, &bytes, &[&keeper]);
    let sealed = clinic.desk.path().join("sealed.age");
    std::fs::write(&sealed, age::encrypt(&clinic.key.to_public(), &plain(30_000, 3)).unwrap()).unwrap();
    let order = PlaceOrder {
        file: sealed,
        label: "lab".into(),
        with: vec![keeper.node.id()],
        recipients: Vec::new(),
    };
    let lab = owner.node.kept_place(&order).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    let mut both = vec![second.digest, lab.digest];
    both.sort();
    assert_eq!(held(&keeper.node, id), both);
    assert!(!both.contains(&first.digest));

    let owner = restored(owner, &early).await;
    owner.node.add_peer(keeper.config()).unwrap();
    keeper.node.add_peer(owner.config()).unwrap();
    for _ in 0..2 {
        keeper.node.keep_for(id).await.unwrap();
    }
    assert_eq!(held(&keeper.node, id), both, "a list that names nothing lets nothing go");
    let found = owner.node.kept().unwrap().own;
    let found: Vec<(Digest, State)> = found
        .files
        .iter()
        .filter(|(_, file)| file.state != State::Released)
        .map(|(d, file)| (*d, file.state))
        .collect();
    assert_eq!(found, both.iter().map(|digest| (*digest, State::Found)).collect::<Vec<_>>());
    let told = owner.node.kept_held_by(keeper.node.id()).unwrap();
    assert_eq!(told.iter().map(|held| held.digest).collect::<Vec<_>>(), both);
    let to = clinic.desk.path().join("back");
    owner.node.kept_get(&second.digest.short(), keeper.node.id(), &to).unwrap();
    assert_eq!(clinic.open(&to), bytes);
    // Placed again under its label, it is proved again, without going over the line.
    let order =
        PlaceOrder { file: to, label: LABEL.into(), with: vec![keeper.node.id()], recipients: Vec::new() };
    assert_eq!(owner.node.kept_place(&order).unwrap(), second);
    keeper.node.keep_for(id).await.unwrap();
    assert_eq!(owner.node.kept().unwrap().own.files[&second.digest].state, State::Kept);
    assert!(is_sure(&owner.node, second, keeper.node.id()));
    // And what is not wanted any more goes by its digest.
    owner.node.kept_release(&lab.digest.to_string()).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    assert_eq!(held(&keeper.node, id), [second.digest]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_owner_compares_proofs_again_once_it_has_its_file_back() {
    let mut all = some(2).await;
    let (keeper, owner) = (all.pop().unwrap(), all.pop().unwrap());
    let (clinic, id) = (Clinic::new(), owner.node.id());
    let file = clinic.place(&owner, &plain(40_000, 1), &[&keeper]);
    keeper.node.kept_allow(id, MIB).unwrap();
    let backup = owner.home.dir.path().join("back-up.age");
    owner.node.backup(&backup, PASSPHRASE).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    let owner = restored(owner, &backup).await;
    owner.node.add_peer(keeper.config()).unwrap();
    keeper.node.add_peer(owner.config()).unwrap();
    assert!(owner.node.kept().unwrap().here.is_empty(), "a back-up holds the list, not the files");
    let day = |days: i64| {
        owner.home.clock.set(common::start().plus_days(days));
        keeper.home.clock.set(common::start().plus_days(days));
    };
    day(2);
    keeper.node.keep_for(id).await.unwrap();
    let at = owner.node.kept().unwrap().own.files[&file.digest].at[&keeper.node.id()];
    assert_eq!((at.said, at.proven, at.wrong), (Some(Said::Holds), None, None));
    owner.node.kept_get(LABEL, keeper.node.id(), &clinic.desk.path().join("back")).unwrap();
    assert_eq!(owner.node.kept().unwrap().here.len(), 1);
    day(4);
    keeper.node.keep_for(id).await.unwrap();
    assert!(is_sure(&owner.node, file, keeper.node.id()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_listed_or_is_suspended_gets_nothing_and_gives_nothing_and_what_is_held_stays() {
    let all = some(3).await;
    let [owner, keeper, third] = &all[..] else { panic!("three") };
    let (clinic, id) = (Clinic::new(), owner.node.id());
    let file = clinic.place(owner, &plain(40_000, 1), &[keeper, third]);
    for one in [keeper, third] {
        one.node.kept_allow(id, MIB).unwrap();
    }
    keeper.node.keep_for(id).await.unwrap();

    // The third is admitted, and exchanges; but it is no neighbour of the owner's any more.
    owner.node.remove_peer(third.node.id()).unwrap();
    third.node.pull_once(id).await.unwrap();
    let refused = third.node.keep_for(id).await.unwrap_err();
    let KeptError::Line(cause) = &refused else { panic!("{refused}") };
    assert!(matches!(&**cause, PullCause::Refused { status: 403, .. }), "{cause}");
    assert_eq!(held(&third.node, id), []);
    let back = owner.node.kept_held_by(third.node.id());
    assert!(matches!(back, Err(KeptError::NotListed(_))), "{back:?}");
    assert!(matches!(owner.node.kept_allow(third.node.id(), 1), Err(KeptError::NotListed(_))));

    // The keeper suspends the owner: nothing more is taken of it, not even its word that something may go.
    let newer = clinic.place(owner, &plain(30_000, 2), &[keeper]);
    owner.node.kept_release(&file.digest.to_string()).unwrap();
    keeper.node.suspend(id, true).unwrap();
    let refused = keeper.node.keep_for(id).await.unwrap_err();
    assert!(matches!(refused, KeptError::Suspended(_)), "{refused}");
    let refused = owner.node.kept_get(LABEL, keeper.node.id(), &clinic.desk.path().join("x")).unwrap_err();
    let KeptError::Line(cause) = &refused else { panic!("{refused}") };
    assert!(cause.to_string().contains("in other hands"), "{cause}");
    assert_eq!(held(&keeper.node, id), [file.digest]);
    keeper.node.suspend(id, false).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    assert_eq!(held(&keeper.node, id), [newer.digest]);

    // The owner suspends the keeper: it gets no byte more, and none is taken of it.
    owner.node.suspend(keeper.node.id(), true).unwrap();
    let refused = keeper.node.keep_for(id).await.unwrap_err();
    let KeptError::Line(cause) = &refused else { panic!("{refused}") };
    assert!(cause.to_string().contains("in other hands"), "{cause}");
    let refused = owner.node.kept_get(LABEL, keeper.node.id(), &clinic.desk.path().join("x"));
    assert!(matches!(refused, Err(KeptError::Suspended(_))));
    let order = PlaceOrder {
        file: clinic.file(b"x"),
        label: "new".into(),
        with: vec![keeper.node.id()],
        recipients: vec![clinic.key.to_public().to_string()],
    };
    assert!(matches!(owner.node.kept_place(&order), Err(KeptError::Suspended(_))));
    assert_eq!(held(&keeper.node, id), [newer.digest]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_with_the_exchange_by_itself_and_a_full_disk_takes_none() {
    let owner = serve(Home::new(3, Some(0))).await;
    let home = Home::found(&founding(3, Some(1)));
    let mut options = home.options();
    // Whatever is free, this much is to stay.
    options.floors.exchange_percent = 100;
    options.floors.exchange_bytes = u64::MAX;
    let node = Node::open_with(options, home.clock.clone()).unwrap();
    let keeper = common::served::serve_node(home, node).await;
    owner.node.add_peer(keeper.config()).unwrap();
    keeper.node.add_peer(owner.config()).unwrap();
    let (clinic, id) = (Clinic::new(), owner.node.id());
    let file = clinic.place(&owner, &plain(40_000, 1), &[&keeper]);
    keeper.node.kept_allow(id, MIB).unwrap();
    keeper.node.keep_for(id).await.unwrap();
    assert_eq!(not_taken(&keeper.node, id), [NotTaken::NoRoom]);
    let Served { home, node, task, .. } = keeper;
    task.abort();
    let _ = task.await;
    node.shutdown().await;
    let keeper = serve(home).await;
    keeper.node.add_peer(owner.config()).unwrap();
    keeper.node.pull_once(id).await.unwrap();
    assert_eq!(held(&keeper.node, id), [file.digest]);
    let job = keeper.node.jobs().into_iter().find(|job| job.name.starts_with("keep for"));
    assert!(job.is_some_and(|job| job.last_error.is_none()));
}

#[tokio::test]
async fn a_store_that_knew_nothing_of_kept_files_is_brought_forward() {
    let home = Home::new(3, Some(0));
    let node = home.open();
    node.submit(home.actor(), common::take_in(&node, 7)).await.unwrap();
    node.shutdown().await;
    let store = rusqlite::Connection::open(home.path().join("koinon.db")).unwrap();
    store
        .execute_batch(
            "DROP TABLE kept_file; DROP TABLE kept_by; DROP TABLE kept_allowed; DROP TABLE kept_of; PRAGMA user_version = 5",
        )
        .unwrap();
    drop(store);
    let node = home.open();
    assert_eq!(node.kept().unwrap(), koinon_node::Kept::default());
    assert!(node.check().unwrap().is_sound());
}
