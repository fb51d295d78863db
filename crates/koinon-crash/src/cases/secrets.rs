//! Keys, certificates and signing in.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_books::Subject;
use koinon_node::{Device, Returned, RotateBy, TlsFiles, TlsNames, rotate as replace, tls};

use crate::acts::{ACCOUNTS, CODES, act_id, sign_in_count, take_in};
use crate::stage::{Found, Said, Stage};

pub(super) fn rotate(stage: &Stage) -> anyhow::Result<()> {
    replaced(stage, &[RotateBy::Committed, RotateBy::Committed])
}

pub(super) fn recover(stage: &Stage) -> anyhow::Result<()> {
    replaced(stage, &[RotateBy::Stewards(vec![stage.props.recovery_code.clone()])])
}

/// The key is replaced between two lives; each new one signs.
fn replaced(stage: &Stage, ways: &[RotateBy]) -> anyhow::Result<()> {
    for by in ways {
        let keys = replace(&stage.dir(), &*stage.clock, by, Returned::Ask)?;
        ensure!(keys.void == 0, "nothing of one's own is void");
        let now = keys.now;
        let signs = move |found: &Found<'_>| {
            let directory = found.node.directory();
            let known = directory.keys(found.node.id()).iter().any(|key| key.id() == now);
            ensure!(known, "the key {now:?} was brought in");
            Ok(())
        };
        stage.promise(Said::Look("a key that was replaced", Arc::new(signs)));
        stage.all_is_held()?;
        let node = stage.open()?;
        stage.act(&node, take_in(&node, 3)?)?;
        stage.close(node);
    }
    Ok(())
}

/// A code is used up, then everything is reset: at any moment the person has a code or an account.
pub(super) fn sign_in(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let person = stage.props.steward.context("a steward")?;
    let can_enter = |found: &Found<'_>| {
        let (codes, accounts) = (sign_in_count(found.root, CODES)?, sign_in_count(found.root, ACCOUNTS)?);
        ensure!(codes + accounts > 0, "no code and no account");
        Ok(())
    };
    stage.always("the steward can enter", Arc::new(can_enter));
    let code = node.accounts().make_code(person, None)?;
    let device = Device { label: "phone".into(), shared: false };
    let standing = |who| node.standing(who);
    let (token, _) =
        node.accounts().redeem(&code, "ana", "long grey herons wade", &device, "here", standing)?;
    let token = token.expose().to_owned();
    let at = stage.disk.changes();
    let is_good = move |found: &Found<'_>| {
        let reset = sign_in_count(found.root, CODES)?;
        let session = found.node.session(&token)?;
        ensure!(
            session.is_some_and(|session| session.person == person) || reset > 0,
            "the session of change {at}"
        );
        Ok(())
    };
    stage.promise(Said::Look("a session that was begun", Arc::new(is_good)));
    node.accounts().reset_sign_in(person)?;
    let is_reset = |found: &Found<'_>| {
        let accounts = sign_in_count(found.root, ACCOUNTS)?;
        ensure!(accounts == 0, "an account that was reset");
        Ok(())
    };
    stage.promise(Said::Look("a reset", Arc::new(is_reset)));
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}

/// Names are locked with a passphrase, and unlocked again: at any moment they open by themselves or with it.
pub(super) fn lock(stage: &Stage) -> anyhow::Result<()> {
    const PASSPHRASE: &str = "five words of no song";
    let node = stage.open()?;
    let person = stage.props.steward.context("a steward")?;
    let can_read = move |found: &Found<'_>| {
        let name = || found.node.read(|book| found.node.personal().name(book, person));
        if name().is_none() {
            found.node.personal().open_with(PASSPHRASE)?;
        }
        ensure!(name().is_some(), "it opens for nobody");
        Ok(())
    };
    stage.always("a name", Arc::new(can_read));
    node.personal().lock(PASSPHRASE)?;
    let is_locked = stage.dir().join("keys/people.locked");
    ensure!(is_locked.exists(), "it is locked");
    node.personal().unlock(PASSPHRASE)?;
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}

/// Nobody has the passphrase any more: whatever interrupts beginning anew, it can be begun again, and names can be kept after.
pub(super) fn give_up(stage: &Stage) -> anyhow::Result<()> {
    const PASSPHRASE: &str = "five words of no song";
    let node = stage.open()?;
    let person = stage.props.steward.context("a steward")?;
    node.personal().lock(PASSPHRASE)?;
    let can_begin = move |found: &Found<'_>| {
        let keys = found.node.personal();
        if keys.needs_passphrase() {
            keys.reset()?;
        }
        keys.seal(&Subject::Person(person), act_id(), "Ana")?;
        Ok(())
    };
    stage.always("a way to keep names", Arc::new(can_begin));
    node.personal().reset()?;
    // Were it begun once more, this would be another.
    let key = Path::new("data/keys/people.key");
    stage.promise(Said::File(key.to_owned(), std::fs::read(stage.disk.root().join(key))?));
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}

/// The certificate is renewed, then the authority is founded anew: at any moment there is one whole pair.
pub(super) fn certificates(stage: &Stage) -> anyhow::Result<()> {
    let has_pair = |found: &Found<'_>| {
        tls::look(&found.root.join("data"))?;
        Ok(())
    };
    stage.always("a certificate with its authority", Arc::new(has_pair));
    let names = TlsNames { hosts: vec!["dunes.internal".into()], ..TlsNames::default() };
    let inside = |path: std::path::PathBuf| path.strip_prefix(stage.disk.root()).map(Path::to_owned);
    let files = TlsFiles::of(&stage.dir());
    tls::renew(&stage.dir(), &names, stage.props.now)?;
    let authority = std::fs::read(&files.ca)?;
    tls::found_anew(&stage.dir(), "dunes", &names, stage.props.now)?;
    for file in [&files.ca, &files.cert, &files.key] {
        stage.promise(Said::File(inside(file.clone())?, std::fs::read(file)?));
    }
    ensure!(std::fs::read(&files.ca)? != authority, "the authority is another");
    let node = stage.open()?;
    stage.act(&node, take_in(&node, 3)?)?;
    stage.pull_plug(node);
    Ok(())
}
