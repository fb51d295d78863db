//! Encrypted lines to a server: taken where the right authority vouches for the right name, and nowhere else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    missing_docs,
    reason = "tests may fail loudly"
)]

mod common;

use std::path::Path;

use common::{Author, Server, is_here, network, owner};
use koinon_log::{Directory, LogStore as _, Run, ingest};
use koinon_mirror::{Address, PgStore, Standbys};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// An authority of one's own, made for a test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Writes its certificate into a folder; gives the path as an address has it.
    fn file(&self, folder: &Path, name: &str) -> String {
        let path = folder.join(name);
        std::fs::write(&path, self.0.pem()).unwrap();
        path.to_str().unwrap().replace('/', "%2F")
    }

    /// Lets a server encrypt, under one host name.
    fn vouch(&self, server: &Server, host: &str) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        server.put("server.crt", &params.signed_by(&key, &self.0).unwrap().pem());
        server.put("server.key", &key.serialize_pem());
        server.set("ssl = on");
        server.stop();
        server.start();
    }
}

fn address(server: &Server, host: &str, options: &str) -> Address {
    let text = format!("postgres://mirror@{host}:{}/koinon?{options}", server.port);
    Address::parse(&text, Standbys::NotAsked).unwrap()
}

/// Why the store does not open.
fn told(server: &Server, host: &str, options: &str) -> String {
    PgStore::open(&address(server, host, options), owner()).unwrap_err().to_string()
}

fn says(text: &str, words: &[&str]) {
    words.iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
}

#[test]
fn a_line_is_taken_where_the_right_authority_vouches_for_the_right_name() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let folder = tempfile::tempdir().unwrap();
    let (ours, others) = (Authority::new("of the region"), Authority::new("of somebody"));
    ours.vouch(&server, "localhost");
    let right = format!("sslrootcert={}", ours.file(folder.path(), "ours.pem"));
    let wrong = format!("sslrootcert={}", others.file(folder.path(), "others.pem"));

    for (seed, mode) in (1..).zip(["", "&sslmode=require", "&sslmode=verify-full"]) {
        let mut store =
            PgStore::open(&address(&server, "localhost", &format!("{right}{mode}")), owner()).unwrap();
        let commit = Author::new(seed).write(3);
        let runs = commit.runs().iter().map(|run| Run {
            name: *run.name(),
            from: run.from(),
            facts: run.facts().iter().map(|fact| fact.stored().clone()).collect(),
        });
        ingest(&mut store, &mut Directory::new(network()), runs.collect()).unwrap();
        assert_eq!(store.heads().unwrap().len(), 2 * usize::try_from(seed).unwrap());
        let sql = "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                   WHERE application_name = 'koinon mirror'";
        let row = server.admin().query_one(sql, &[]).unwrap();
        let (encrypted, all): (i64, i64) = (row.get(0), row.get(1));
        assert!(encrypted == all && all > 0, "{encrypted} of {all} lines are encrypted");
    }

    let at = format!("koinon on localhost:{} as mirror, connecting", server.port);
    says(&told(&server, "localhost", &wrong), &[&at, "UnknownIssuer", "sslrootcert="]);
    // The machine's own authorities know nothing of the region's.
    says(&told(&server, "localhost", "sslmode=verify-full"), &[&at, "sslrootcert="]);
    let other_name = told(&server, "127.0.0.1", &format!("{right}&sslmode=require"));
    says(&other_name, &["koinon on 127.0.0.1", "not valid for name", "the host as the certificate does"]);
    let missing = told(&server, "localhost", "sslrootcert=%2Fnowhere%2Fca.pem");
    says(&missing, &[&at, "/nowhere/ca.pem", "name a file of PEM certificates"]);
}

#[test]
fn a_server_that_speaks_in_the_clear_only_is_refused_where_encryption_is_asked_for() {
    if !is_here() {
        return;
    }
    let server = Server::primary("");
    server.database();
    let folder = tempfile::tempdir().unwrap();
    let roots = format!("sslrootcert={}", Authority::new("of the region").file(folder.path(), "ours.pem"));
    for mode in ["", "&sslmode=require", "&sslmode=verify-full"] {
        let refused = told(&server, "localhost", &format!("{roots}{mode}"));
        says(&refused, &["koinon on localhost", "does not support TLS", "ssl = on", "sslmode=disable"]);
    }
    drop(PgStore::open(&address(&server, "localhost", "sslmode=disable"), owner()).unwrap());
}
