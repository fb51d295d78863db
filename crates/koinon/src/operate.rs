//! Commands of the person who runs a node: found it, check it, back it up, look after it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use koinon_core::{Clock, CommunityCode, Region};
use koinon_log::NetworkId;
use koinon_node::tls::{self, TlsFiles, TlsNames};
use koinon_node::{Founding, Node, RecoveryPlan, SystemClock};
use serde::Serialize;

use crate::console::Ask;
use crate::console::views::{Answer, CheckView, DoctorView};
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit, Explain};
use crate::out::{Align, Out, grouped, say, waiting};
use crate::{files, reach};

/// Founds a node.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The community that the node writes for; without it, the node keeps a safety copy
    #[arg(long, value_name = "CODE")]
    community: Option<String>,
    /// The region file that the communities agreed on
    #[arg(long, value_name = "FILE", required_unless_present = "mirror")]
    region: Option<PathBuf>,
    /// The sharing agreement that the founders signed in person; without it, neighbours see no stock, only what aid needs
    #[arg(long, value_name = "FILE", conflicts_with = "mirror")]
    agreement: Option<PathBuf>,
    /// The text by which the communities know their federation; without it, the region's name
    #[arg(long, value_name = "TEXT")]
    network: Option<String>,
    /// What the first steward is called
    #[arg(long, value_name = "NAME", default_value = "Steward")]
    steward: String,
    /// Keep a safety copy only: write for no community
    #[arg(long, conflicts_with_all = ["community", "region"], requires = "network")]
    mirror: bool,
    /// How many recovery codes are made, each for another person; they bring the node's key back when it is lost
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    recovery_codes: u8,
    /// How many of the recovery codes are needed together; without it, more than half
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=16))]
    recovery_needed: Option<u8>,
    /// A name by which the node is reached, such as dunes.internal; may be said more than once
    #[arg(long = "name", value_name = "HOST")]
    hosts: Vec<String>,
    /// An address by which the node is reached; may be said more than once
    #[arg(long = "address", value_name = "IP")]
    addresses: Vec<IpAddr>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl InitArgs {
    /// What founds a safety copy that `koinon mirror` keeps.
    pub(crate) fn of_copy(
        directory: PathBuf,
        network: String,
        (hosts, addresses): (Vec<String>, Vec<IpAddr>),
        json: bool,
    ) -> Self {
        Self {
            data: DataArgs::at(directory),
            community: None,
            region: None,
            agreement: None,
            network: Some(network),
            steward: String::new(),
            mirror: true,
            recovery_codes: 1,
            recovery_needed: None,
            hosts,
            addresses,
            json,
        }
    }
}

/// What is done with sign-in from the console.
#[derive(Debug, Subcommand)]
pub(crate) enum SignInCommand {
    /// Forget somebody's password and give a new one-time code
    Reset {
        #[command(flatten)]
        data: DataArgs,
        /// The person's sign-in name, name or id; without it, everybody is listed
        person: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Writes a backup, or tries one.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct BackupArgs {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    #[command(flatten)]
    data: DataArgs,
    /// The file
    #[arg(required = true)]
    to: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What else is done with backups.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Open a backup beside the node and verify everything in it; restores nothing
    Verify {
        /// The file
        from: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Where a passphrase comes from.
#[derive(Debug, Args)]
pub(crate) struct PassphraseArgs {
    /// The file whose first line is the passphrase, or - for standard input; without it, `$KOINON_PASSPHRASE`
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Serialize)]
struct InitView {
    node: String,
    community: Option<String>,
    data: String,
    one_time_code: String,
    recovery_code: String,
    recovery_codes: Vec<String>,
    recovery_needed: u8,
    ca_fingerprint: Option<String>,
}

impl PassphraseArgs {
    pub(crate) fn read(&self) -> anyhow::Result<String> {
        const BYTES_MAX: usize = 4_096;
        let text = match &self.passphrase_file {
            Some(path) => String::from_utf8(files::read(path, BYTES_MAX)?)
                .explain(|| "the passphrase is not text in UTF-8".to_owned(), "")?,
            None => std::env::var("KOINON_PASSPHRASE").unwrap_or_default(),
        };
        match text.lines().next().filter(|line| !line.is_empty()) {
            Some(line) => Ok(line.to_owned()),
            None => Err(Complaint::usage(
                "no passphrase is given",
                "say --passphrase-file FILE, or set KOINON_PASSPHRASE",
            )
            .into()),
        }
    }
}

/// Runs `koinon init`.
pub(crate) fn init(args: &InitArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let directory = args.data.directory()?;
    let (region, region_text) = match &args.region {
        Some(path) => files::region(path).map(|(region, text)| (Some(region), text))?,
        None => (None, String::new()),
    };
    let community = community(args, region.as_ref())?;
    let network = args.network.clone().or_else(|| region.map(|region| region.name)).unwrap_or_default();
    let recovery = recovery_plan(args)?;
    let agreement = args.agreement.as_deref().map(files::agreement).transpose()?;
    let founding = Founding {
        recovery,
        network: NetworkId::of(&network),
        steward: community.is_some().then(|| args.steward.clone()),
        community: community.clone(),
        region_text,
        agreement,
        names: TlsNames { hosts: args.hosts.clone(), addresses: args.addresses.clone() },
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let made = Node::init(&directory, &founding, &clock)
        .explain(|| format!("no node can be founded in {}", directory.display()), "")?;
    let view = InitView {
        node: made.node_id.to_string(),
        community: community.map(|code| code.to_string()),
        data: directory.display().to_string(),
        one_time_code: made.setup_code,
        recovery_code: made.recovery_codes.first().cloned().unwrap_or_default(),
        recovery_codes: made.recovery_codes,
        recovery_needed: recovery.needed,
        ca_fingerprint: fingerprint(&directory),
    };
    if args.json {
        out.json(&view)?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![("node", view.node.as_str()), ("data", &view.data)];
    rows.extend(view.community.as_deref().map(|code| ("community", code)));
    if !view.one_time_code.is_empty() {
        rows.push(("one-time code", &view.one_time_code));
    }
    rows.extend(view.recovery_codes.iter().map(|code| ("recovery code", code.as_str())));
    rows.extend(view.ca_fingerprint.as_deref().map(|text| ("certificate authority", text)));
    pairs(&rows, out)?;
    out.flush()?;
    say(match view.recovery_codes.len() {
        1 => "Write the recovery code on paper and keep it apart: it is kept nowhere else.".to_owned(),
        codes => format!(
            "Write each of the {codes} recovery codes on a paper of its own, for {codes} people: they are kept nowhere else, and {} of \
             them together bring the key back.",
            view.recovery_needed
        ),
    });
    if !view.one_time_code.is_empty() {
        say("With the one-time code the first steward chooses a password, after `koinon serve`.");
    }
    Ok(Exit::Done)
}

/// How many recovery codes are made and needed.
fn recovery_plan(args: &InitArgs) -> anyhow::Result<RecoveryPlan> {
    let codes = args.recovery_codes;
    let needed = args.recovery_needed.unwrap_or(codes / 2 + 1);
    if needed > codes {
        let found = format!("{needed} of {codes} recovery codes cannot be needed");
        return Err(Complaint::usage(found, "say --recovery-codes with at least as many").into());
    }
    Ok(RecoveryPlan { codes, needed })
}

fn community(args: &InitArgs, region: Option<&Region>) -> anyhow::Result<Option<CommunityCode>> {
    let Some(region) = region.filter(|_| !args.mirror) else { return Ok(None) };
    let codes = || region.communities.iter().map(|c| c.code.as_str()).collect::<Vec<_>>().join(", ");
    let Some(named) = &args.community else {
        let hint = format!("say --community with one of {}", codes());
        return Err(Complaint::usage("no community is named", hint).into());
    };
    let known = region.communities.iter().find(|c| c.code.as_str() == named || c.name == *named);
    let unknown = || {
        let hint = format!("use one of {}", codes());
        Complaint::usage(format!("'{named}' is no community of the region"), hint)
    };
    Ok(Some(known.ok_or_else(unknown)?.code.clone()))
}

fn fingerprint(directory: &Path) -> Option<String> {
    std::fs::read_to_string(TlsFiles::of(directory).ca).ok().map(|pem| tls::fingerprint(&pem))
}

fn pairs(rows: &[(&str, &str)], out: &mut Out) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = rows.iter().map(|(a, b)| vec![(*a).to_owned(), (*b).to_owned()]).collect();
    Ok(out.table(&[Align::Left, Align::Left], &rows)?)
}

/// Runs `koinon check`.
pub(crate) fn check(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let bar = waiting("Reading and verifying everything");
    let answer = reach::ask(data, Ask::Check);
    bar.finish_and_clear();
    let Answer::Check(view) = answer? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
    } else {
        print_check(&view, out)?;
    }
    Ok(if view.sound { Exit::Done } else { Exit::No })
}

fn print_check(view: &CheckView, out: &mut Out) -> anyhow::Result<()> {
    let equal = |equal: Option<bool>, unknown: &'static str| match equal {
        Some(true) => "equal",
        Some(false) => "DIFFERENT",
        None => unknown,
    };
    let faulty = view.logs.iter().filter(|log| log.fault.is_some()).count();
    let facts: u64 = view.logs.iter().map(|log| log.facts).sum();
    let logs = format!("{} with {} signed entries, {faulty} faulty", view.logs.len(), facts);
    let rows = [
        ("file", view.file_fault.as_deref().unwrap_or("sound")),
        ("logs", &logs),
        ("book rebuilt", view.rebuild_fault.as_deref().unwrap_or(equal(view.book_equal, "not rebuilt"))),
        ("snapshot", equal(view.snapshot_equal, "none")),
    ];
    pairs(&rows, out)?;
    for log in view.logs.iter().filter_map(|log| Some((&log.log, log.fault.as_ref()?))) {
        out.line(format!("log {}: {}", log.0, log.1))?;
    }
    for note in &view.notes {
        out.line(format!("note: {note}"))?;
    }
    for fork in &view.forks {
        out.line(format!("two histories were signed of log {fork}"))?;
    }
    out.flush()?;
    say(if view.sound {
        "Everything verifies."
    } else {
        "Something does not verify. Keep the files as they are, and restore a backup into another directory."
    });
    Ok(())
}

/// Runs `koinon doctor`.
pub(crate) fn doctor(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Doctor(view) = reach::ask(data, Ask::Doctor)? else { return Err(reach::unexpected()) };
    let troubles = troubles(&view);
    if json {
        out.json(&view)?;
    } else {
        let free = view.disk_free_mib.map_or_else(
            || "not known".to_owned(),
            |mib| format!("{} MiB free", grouped(i64::try_from(mib).unwrap_or(i64::MAX))),
        );
        let community = view.community.as_deref().unwrap_or("none; a safety copy");
        let (peers, jobs) = (view.peers.len().to_string(), view.jobs.len().to_string());
        let names = match view.names.as_str() {
            "open" => "locked with a passphrase, open until the next start",
            "closed" => "locked",
            _ => "opened by this computer itself; `koinon people lock` asks for a passphrase",
        };
        let first = view.first_view.as_ref().filter(|first| first.state != "differs");
        let first = first.map(|first| ("first view", first.words.as_str()));
        let rows = [
            ("version", view.version.as_str()),
            ("node", &view.node),
            ("community", community),
            ("data", &view.data),
            ("disk", &free),
            ("clock", &view.now),
            ("neighbours", &peers),
            ("jobs", &jobs),
            ("names", names),
        ];
        pairs(&rows.into_iter().chain(first).collect::<Vec<_>>(), out)?;
        for trouble in &troubles {
            out.line(format!("! {trouble}"))?;
        }
        out.flush()?;
        say(if troubles.is_empty() {
            "Nothing is wrong. Entries themselves are verified by `koinon check`."
        } else {
            "Look at the lines with an exclamation mark."
        });
    }
    Ok(if troubles.is_empty() { Exit::Done } else { Exit::No })
}

/// What an operator should look at, each with what to do.
fn troubles(view: &DoctorView) -> Vec<String> {
    let mut troubles = Vec::new();
    if let Some(cause) = &view.writing_stopped {
        troubles.push(format!("writing has stopped ({cause}); check the disk, then start koinon again"));
    }
    if let Some(damage) = &view.damage {
        troubles.push(damage.clone());
    } else if let Some(fault) = &view.file_fault {
        troubles.push(format!(
            "the file of entries is damaged ({fault}); keep the files as they are, and restore a backup into another directory"
        ));
    }
    let first = view.first_view.iter().filter(|first| first.state == "differs");
    troubles.extend(first.map(|first| first.words.clone()));
    troubles.extend(view.first_views_refused.iter().cloned());
    troubles.extend(view.agreement.clone());
    troubles.extend(view.in_other_hands.iter().cloned());
    troubles.extend(view.kept.iter().cloned());
    if view.names == "closed" {
        troubles.push("names are locked since the start; open them with `koinon people open`".to_owned());
    }
    if view.nobody_signs_in {
        troubles.push(
            "nobody has chosen a sign-in name; use the one-time code that `koinon init` showed, or get a new one with `koinon sign-in reset NAME`"
                .to_owned(),
        );
    }
    match &view.backup {
        None if view.community.is_some() => {
            troubles
                .push("no backup is known; make one with `koinon backup`, and keep it elsewhere".to_owned());
        }
        Some(at) if view.backup_is_old => {
            troubles.push(format!("the newest backup is of {at}; make a new one with `koinon backup`"));
        }
        _ => {}
    }
    if let (Some(hours), Some(newest)) = (view.clock_behind_hours, &view.newest_entry) {
        let by = if hours < 48 { format!("{hours} hours") } else { format!("{} days", hours / 24) };
        troubles.push(format!(
            "the clock says {}, {by} before the newest entry, of {newest}; set the clock of this computer",
            view.now
        ));
    }
    if let Some(refused) = &view.writes_refused {
        troubles.push(format!("writes are refused: {refused}"));
    } else if let Some(mib) = view.disk_free_mib.filter(|mib| *mib < 1_024) {
        troubles.push(format!("only {mib} MiB are free; make room before writes are refused"));
    }
    troubles.extend(view.certificate.iter().cloned());
    if let Some(waiting) = view.waiting_for {
        troubles.push(format!(
            "the data may be old: {waiting} neighbours are to be asked before stock is promised; wait, or let a steward confirm"
        ));
    }
    for peer in &view.peers {
        let name = peer.community.as_deref().unwrap_or(&peer.node);
        if let Some(error) = &peer.last_error {
            troubles.push(error.clone());
        }
        if peer.clock_ahead_ms.saturating_abs() > 60_000 {
            let seconds = peer.clock_ahead_ms / 1_000;
            troubles.push(format!("{name}: its clock differs by {seconds} seconds; set one of the two"));
        }
    }
    for job in view
        .jobs
        .iter()
        .filter(|job| job.state == "failing" && !job.name.starts_with("exchange ") && !told_above(&job.name))
    {
        let error = job.last_error.as_deref().unwrap_or("no cause is known");
        troubles.push(format!("{} fails: {error}", job.name));
    }
    troubles
}

/// Jobs whose trouble has a line of its own.
fn told_above(job: &str) -> bool {
    matches!(job, "scrub" | "writing")
}

/// Runs `koinon sign-in`.
pub(crate) fn sign_in(command: &SignInCommand, out: &mut Out) -> anyhow::Result<Exit> {
    let SignInCommand::Reset { data, person, json } = command;
    let Some(person) = person else { return people(data, *json, out) };
    let Answer::Reset(view) = reach::ask(data, Ask::ResetSignIn { person: person.clone() })? else {
        return Err(reach::unexpected());
    };
    if *json {
        out.json(&view)?;
    } else {
        pairs(&[("person", &view.person), ("one-time code", &view.code)], out)?;
        out.flush()?;
        say("The password is forgotten and every device is signed out. The code chooses a new one, once.");
    }
    Ok(Exit::Done)
}

/// Lists everybody who may sign in.
fn people(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::People(people) = reach::ask(data, Ask::People)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&people)?;
    } else if !people.is_empty() {
        let mut rows = vec![["sign-in name", "name", "id"].map(str::to_owned).to_vec()];
        rows.extend(people.iter().map(|one| {
            vec![
                one.sign_in_name.clone().unwrap_or_else(|| "-".to_owned()),
                one.name.clone(),
                one.person.clone(),
            ]
        }));
        out.table(&[Align::Left; 3], &rows)?;
    }
    out.flush()?;
    say("Nothing is changed yet; say whose sign-in is forgotten: koinon sign-in reset PERSON.");
    Ok(Exit::No)
}

/// Runs `koinon backup`.
pub(crate) fn backup(args: &BackupArgs, out: &mut Out) -> anyhow::Result<Exit> {
    if let Some(BackupCommand::Verify { from, passphrase, json }) = &args.command {
        return try_backup(from, passphrase, *json, out);
    }
    let (data, passphrase) = (&args.data, args.passphrase.read()?);
    let to = args.to.as_deref().unwrap_or(Path::new(""));
    let to = std::path::absolute(to).explain(|| format!("{} is no path", to.display()), "")?;
    let file = to.to_str().map(str::to_owned).ok_or_else(|| {
        Complaint::usage(format!("{} is not text in UTF-8", to.display()), "choose another name")
    })?;
    let bar = waiting("Writing the backup");
    let answer = reach::ask(data, Ask::Backup { file, passphrase });
    bar.finish_and_clear();
    let Answer::Done = answer? else {
        return Err(reach::unexpected());
    };
    say(format!("Wrote {}. Keep it and its passphrase apart from this machine.", to.display()));
    Ok(Exit::Done)
}

/// Runs `koinon backup verify`.
fn try_backup(from: &Path, passphrase: &PassphraseArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let passphrase = passphrase.read()?;
    let scratch = std::env::temp_dir()
        .join(format!("koinon-backup-{}", crate::desk::new_token().get(..16).unwrap_or_default()));
    let bar = waiting("Opening and verifying the backup");
    let tried = Node::try_backup(from, &scratch, &passphrase);
    bar.finish_and_clear();
    // It holds the node's keys.
    let removed = std::fs::remove_dir_all(&scratch);
    let tried = tried.explain(|| format!("{} cannot be used", from.display()), "")?;
    removed.explain(
        || format!("{} with the node's keys in it is left behind", scratch.display()),
        "remove it",
    )?;
    let view = TriedView {
        node: tried.node.to_string(),
        entries: tried.facts,
        newest: tried.newest.map(koinon_core::Timestamp::to_rfc3339),
        sound: tried.faults.is_empty(),
        faults: tried.faults,
    };
    if json {
        out.json(&view)?;
    } else {
        let entries = grouped(i64::try_from(view.entries).unwrap_or(i64::MAX));
        let newest = view.newest.as_deref().unwrap_or("none can be read");
        pairs(&[("node", &view.node), ("entries", &entries), ("newest entry", newest)], out)?;
        view.faults.iter().try_for_each(|fault| out.line(format!("! {fault}")))?;
        out.flush()?;
        say(if view.sound {
            "Everything in it verifies."
        } else {
            "Not all of it verifies. Make another backup, and keep this one until that is good."
        });
    }
    Ok(if view.sound { Exit::Done } else { Exit::No })
}

/// A backup as it was tried.
#[derive(Serialize)]
struct TriedView {
    node: String,
    entries: u64,
    newest: Option<String>,
    sound: bool,
    faults: Vec<String>,
}

/// Runs `koinon restore`.
pub(crate) fn restore(data: &DataArgs, from: &Path, passphrase: &PassphraseArgs) -> anyhow::Result<Exit> {
    let passphrase = passphrase.read()?;
    let directory = data.directory()?;
    let bar = waiting("Opening the backup");
    let restored = Node::restore(from, &directory, &passphrase);
    bar.finish_and_clear();
    let node = restored.explain(|| format!("{} cannot be restored", from.display()), "")?;
    say(format!("Restored node {node} into {}.", directory.display()));
    say("It promises no stock until its neighbours were asked. Never run it beside the one it came from.");
    Ok(Exit::Done)
}
