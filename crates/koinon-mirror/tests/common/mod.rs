//! Servers of PostgreSQL on loopback, made for one test and gone with it; and facts to fill them with.

#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use koinon_core::{NodeId, Timestamp};
use koinon_log::testing::{SeededEntropy, fact, identity};
use koinon_log::{Commit, LogWriter, NetworkId, NewFact, Stream, Tails};
use koinon_mirror::{Address, Owner, PgStore, Standbys};
use postgres::{Client, NoTls};

/// How often a thing is looked at before it is taken for missing, and how long is between two looks.
const LOOKS: u32 = 3_000;
const BETWEEN: Duration = Duration::from_millis(20);

/// Whether PostgreSQL is there; says loudly when it is not.
pub(crate) fn is_here() -> bool {
    let there = bin("initdb").is_some() && bin("postgres").is_some() && bin("pg_basebackup").is_some();
    if !there {
        eprintln!("SKIPPED: no initdb, postgres and pg_basebackup here; install Debian's package postgresql");
    }
    there
}

/// Where a program of PostgreSQL is: on the path, or where Debian keeps it.
fn bin(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut kept: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    kept.sort();
    // Wrappers on the path may hide the real programs.
    kept.into_iter().rev().chain(on_path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The user that servers run as where the test itself is root's, whom they refuse.
fn other_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) != 0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let row = users.lines().find(|line| line.starts_with("postgres:")).expect("a user postgres");
    let fields: Vec<&str> = row.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

fn run(name: &str, args: &[&str]) -> Output {
    let program = bin(name).unwrap();
    let mut command = match other_user() {
        None => Command::new(program),
        Some((user, group)) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", &user.to_string(), "--regid", &group.to_string(), "--clear-groups"]);
            command.arg(program);
            command
        }
    };
    command.args(args).current_dir("/").output().unwrap()
}

fn done(name: &str, args: &[&str]) {
    let output = run(name, args);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {args:?}: {told}{}", String::from_utf8_lossy(&output.stdout));
}

/// Tries until it is so, within a bound.
pub(crate) fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = ready() {
            return found;
        }
        std::thread::sleep(BETWEEN);
    }
    panic!("{what} never came");
}

/// One server.
pub(crate) struct Server {
    pub(crate) port: u16,
    data: PathBuf,
    /// The folder goes with the server.
    _folder: tempfile::TempDir,
}

impl Server {
    /// Makes and starts a primary with some settings, one a line.
    pub(crate) fn primary(settings: &str) -> Self {
        let server = Self::at();
        let data = server.data.to_str().unwrap();
        done(
            "initdb",
            &["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"],
        );
        let hba = "local all all trust\nhost all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n\
                   host replication all 127.0.0.1/32 trust\n";
        fs::write(server.data.join("pg_hba.conf"), hba).unwrap();
        server
            .set(&format!("max_connections = 20\nshared_buffers = 16MB\nwal_keep_size = 256MB\n{settings}"));
        server.start();
        server
    }

    /// Makes and starts a standby of another server, known there by a name.
    pub(crate) fn standby(of: &Self, name: &str) -> Self {
        let server = Self::at();
        let data = server.data.to_str().unwrap();
        // As the handbook says it.
        let line = ["-D", data, "-R", "-X", "stream", "-d", &of.line(name), "--no-sync", "-c", "fast"];
        done("pg_basebackup", &line);
        server.set("synchronous_standby_names = ''\nwal_retrieve_retry_interval = 200ms\n");
        server.start();
        until("the standby's line to its primary", || {
            let sql = "SELECT 1 FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'";
            of.admin().query_opt(sql, &[&name]).unwrap()
        });
        server
    }

    fn at() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
        let server = Self { port, data, _folder: folder };
        Self::own(&server.data);
        server
    }

    fn own(path: &Path) {
        if let Some((user, group)) = other_user() {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// Adds settings; later ones win.
    pub(crate) fn set(&self, settings: &str) {
        let file = self.data.join("postgresql.auto.conf");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(&file, format!("{before}\n{settings}\n")).unwrap();
        Self::own(&file);
    }

    /// Puts a file into its directory, which only it may read.
    pub(crate) fn put(&self, name: &str, content: &str) {
        let file = self.data.join(name);
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        Self::own(&file);
    }

    /// Has a standby follow a server.
    pub(crate) fn follow(&self, of: &Self, name: &str) {
        self.set(&format!("primary_conninfo = '{}'", of.line(name)));
    }

    /// How a standby of a name calls this server.
    fn line(&self, name: &str) -> String {
        format!("host=127.0.0.1 port={} user=postgres application_name={name}", self.port)
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn start(&self) {
        let data = self.data.to_str().unwrap();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=", self.port);
        let log = self.data.join("server.log");
        let start = ["-D", data, "-o", &options, "-l", log.to_str().unwrap(), "-w", "start"];
        let output = run("pg_ctl", &start);
        assert!(output.status.success(), "{}", fs::read_to_string(log).unwrap_or_default());
    }

    /// Ends the server at once, as a failing machine would, but lets no process linger.
    pub(crate) fn stop(&self) {
        done("pg_ctl", &["-D", self.data.to_str().unwrap(), "-m", "immediate", "-w", "stop"]);
    }

    /// Has the server read its settings again.
    pub(crate) fn reload(&self) {
        done("pg_ctl", &["-D", self.data.to_str().unwrap(), "reload"]);
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        done("pg_ctl", &["-D", self.data.to_str().unwrap(), "-w", "promote"]);
    }

    fn postmaster(&self) -> Option<String> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        Some(file.lines().next()?.trim().to_owned())
    }

    /// Kills every process of the server with a signal that none can catch.
    pub(crate) fn kill(&self) {
        let postmaster = self.postmaster().unwrap();
        let children = format!("/proc/{postmaster}/task/{postmaster}/children");
        let children = fs::read_to_string(children).unwrap_or_default();
        let killed =
            Command::new("kill").arg("-9").arg(&postmaster).args(children.split_whitespace()).output();
        assert!(killed.is_ok());
        until("the end of the server", || {
            let stat = fs::read_to_string(format!("/proc/{postmaster}/stat")).unwrap_or_default();
            (stat.is_empty() || stat.contains(") Z")).then_some(())
        });
        // Where nobody collects the dead, the file would look as if the server still ran.
        fs::remove_file(self.data.join("postmaster.pid")).unwrap();
    }

    /// A connection of its administrator.
    pub(crate) fn admin(&self) -> Client {
        self.client("postgres", "postgres")
    }

    pub(crate) fn client(&self, user: &str, database: &str) -> Client {
        let line = format!("host=127.0.0.1 port={} user={user} dbname={database}", self.port);
        Client::connect(&line, NoTls).unwrap()
    }

    /// Makes a database for a copy, owned by an ordinary role, and the role for reporting tools.
    pub(crate) fn database(&self) {
        let mut admin = self.admin();
        admin.batch_execute("CREATE ROLE mirror LOGIN; CREATE ROLE koinon_reader NOLOGIN").unwrap();
        admin.batch_execute("CREATE DATABASE koinon OWNER mirror").unwrap();
    }

    pub(crate) fn address(&self, standbys: Standbys) -> Address {
        Address::parse(&format!("postgres://mirror@127.0.0.1:{}/koinon", self.port), standbys).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.postmaster().is_some() {
            // It may have ended already.
            drop(run("pg_ctl", &["-D", self.data.to_str().unwrap(), "-m", "immediate", "-w", "stop"]));
        }
    }
}

pub(crate) fn network() -> NetworkId {
    NetworkId::of("ring of ten")
}

/// Whose copy it is in tests.
pub(crate) fn owner() -> Owner {
    Owner { node: NodeId([7; 32]), network: network() }
}

pub(crate) fn open(server: &Server, standbys: Standbys) -> PgStore {
    PgStore::open(&server.address(standbys), owner()).unwrap()
}

/// A node that writes facts.
pub(crate) struct Author {
    writer: LogWriter,
    entropy: SeededEntropy,
    written: u64,
}

impl Author {
    pub(crate) fn new(seed: u64) -> Self {
        let writer = LogWriter::new(identity(network(), seed).unwrap(), Tails::default());
        Self { writer, entropy: SeededEntropy::new(1_000 + seed), written: 0 }
    }

    pub(crate) fn node(&self) -> NodeId {
        self.writer.identity().node()
    }

    /// Signs a batch of facts, as one durable commit of the author's own.
    pub(crate) fn write(&mut self, facts: usize) -> Commit {
        let first = self.written;
        self.written += u64::try_from(facts).unwrap();
        let bodies = (first..self.written).map(|number| number.to_be_bytes().repeat(6));
        self.sign(bodies.map(|body| fact(Stream::Federation, &body)).collect())
    }

    /// Signs facts as they are given.
    pub(crate) fn sign(&mut self, batch: Vec<NewFact>) -> Commit {
        let commit =
            self.writer.append(batch, Timestamp::from_millis(1_700_000_000_000), &mut self.entropy).unwrap();
        self.writer.confirm(&commit).unwrap();
        commit
    }
}

/// What a query says: the fields of each row, parted by blanks.
pub(crate) fn rows(client: &mut Client, sql: &str) -> Vec<String> {
    let rows = client.simple_query(sql).unwrap();
    let texts = rows.iter().filter_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => {
            let fields: Vec<&str> = (0..row.len()).map(|at| row.get(at).unwrap_or("-")).collect();
            Some(fields.join(" "))
        }
        _ => None,
    });
    texts.collect()
}
