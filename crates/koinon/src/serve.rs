//! `koinon serve`: one node's pages, its exchange with neighbours, and the desk for commands of this machine.
//!
//! On loopback it speaks plain HTTP. Anywhere else it speaks TLS with the certificate that `koinon init` made, and a
//! second port without TLS serves one page only: how to trust the certificate.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::{Extension, Router};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::Args;
use koinon_node::tls::{TlsFiles, fingerprint};
use koinon_node::{Keeper, Node, Options};
use koinon_web::app::{App, Shared};
use koinon_web::door::{self, Names, Pace};
use koinon_web::live::Hub;
use koinon_web::onboarding::Onboarding;
use koinon_web::plans::Plans;
use koinon_web::token::LoopbackToken;
use koinon_web::visit::Secured;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::data::{DataArgs, Desk};
use crate::desk;
use crate::failure::{Complaint, Exit, Explain};
use crate::listen::{self, Gate, plain, secured};
use crate::out::say;
use crate::reach;

/// How long open requests may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serves a node.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    line: LineArgs,
}

/// Where and how a node is reached.
#[derive(Debug, Args)]
pub(crate) struct LineArgs {
    /// The address of its pages; outside loopback, with TLS
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7400", value_parser = crate::listen::address)]
    listen: SocketAddr,
    /// The address of the page that says how to trust the certificate, without TLS; without it, the next port
    #[arg(long, value_name = "HOST:PORT", value_parser = crate::listen::address)]
    onboarding: Option<SocketAddr>,
    /// Speak TLS on loopback too, as when a neighbour is reached through a tunnel
    #[arg(long)]
    tls: bool,
    /// Another name by which its pages are reached, as behind a proxy; may be said more than once
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// How often each neighbour is asked, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    exchange_every: u64,
}

/// Runs the command until Ctrl-C or the end of the service.
pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<Exit> {
    log_to_stderr();
    let directory = args.data.directory()?;
    crate::mirror::needs_database(&directory)?;
    serve(&directory, &args.line, None)
}

/// Writes what happens to standard error.
pub(crate) fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("KOINON_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Serves the node of a directory until Ctrl-C or the end of the service. What it exchanges may be kept apart from it; it
/// then has no pages, which would show nothing of that.
pub(crate) fn serve(
    directory: &Path,
    args: &LineArgs,
    keeper: Option<Arc<dyn Keeper>>,
) -> anyhow::Result<Exit> {
    reach::runtime()?.block_on(serve_directory(directory, args, keeper))?;
    Ok(Exit::Done)
}

async fn serve_directory(
    directory: &Path,
    args: &LineArgs,
    keeper: Option<Arc<dyn Keeper>>,
) -> anyhow::Result<()> {
    // Ports first: a taken one is found before the node is touched.
    let pages = bind(args.listen).await?;
    let desk_port = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let every = Some(Duration::from_secs(args.exchange_every));
    let is_apart = keeper.is_some();
    let options = Options { exchange_every: every, keeper, ..Options::new(directory) };
    // A database that keeps the logs is waited for, which no thread may do that drives everything else.
    let node = tokio::task::spawn_blocking(move || reach::open_node(options)).await??;
    if is_apart && let Some(own) = node.read(|book| book.own().cloned()) {
        node.shutdown().await;
        let hint = "found a copy of its own: koinon mirror init DIR --network TEXT";
        return Err(Complaint::usage(format!("this is the computer of '{own}', no safety copy"), hint).into());
    }
    let served = serve_node(args, directory, &node, pages, desk_port).await;
    Desk::remove(directory);
    node.shutdown().await;
    served
}

async fn serve_node(
    args: &LineArgs,
    directory: &Path,
    node: &Node,
    pages: TcpListener,
    desk_port: TcpListener,
) -> anyhow::Result<()> {
    let desk = Desk {
        address: desk_port.local_addr().explain(|| "the desk has no address".to_owned(), "")?,
        token: desk::new_token(),
    };
    if node.poisoned().is_none() {
        match desk.write(directory) {
            // Pages are served all the same; commands wait until there is room for the note.
            Err(error) if is_full(&error) => {
                say(format!(
                    "! {error}: there is no room left; commands of this machine find the node after a restart."
                ));
            }
            written => written?,
        }
    }
    warn(node);
    let handle = Handle::new();
    let hub = Hub::default();
    let plans = Plans::new(node.clone());
    let app = App::new(Shared { node: node.clone(), hub: hub.clone(), plans, demo: None });
    let changes = node.certificate_changes();
    let following = tokio::spawn(koinon_web::server::follow(app.clone()));
    let mut servers = tokio::task::JoinSet::new();
    // The pages' own port takes the token too, from the same machine; the desk is there for commands where pages want TLS.
    let token = Extension(LoopbackToken::new(&desk.token));
    let files = TlsFiles::of(directory);
    let held = Held::default();
    held.take_up(&files);
    let names = Names::new(args.names.iter().map(String::as_str)).with_certified(held.holds());
    let gate = Gate::default();
    let mut renewing = Vec::new();
    servers.spawn(plain(desk_port, router(app.clone(), &names).layer(token), handle.clone(), &gate)?);
    let served = if node.keeps_apart() { exchange_only(node) } else { router(app, &names) };
    // Where port 0 was asked for, the system chose one.
    let at = pages.local_addr().explain(|| "the pages have no address".to_owned(), "")?;
    if at.ip().is_loopback() && !args.tls {
        servers.spawn(plain(pages, served.layer(token), handle.clone(), &gate)?);
        say(format!("Serving http://{at}"));
    } else {
        let config = certificate(&files).await?;
        renewing.push(config.clone());
        let router = served.layer(token).layer(Extension(Secured));
        servers.spawn(secured(pages, config, router, handle.clone(), &gate)?);
        let next = SocketAddr::new(at.ip(), at.port().saturating_add(1));
        let door_port = bind(args.onboarding.unwrap_or(next)).await?;
        let door_at = door_port.local_addr().explain(|| "the door has no address".to_owned(), "")?;
        let told = door::named(onboarding(&files, at)?, names, Pace::default());
        servers.spawn(plain(door_port, told, handle.clone(), &gate)?);
        say(format!("Serving https://{at}; http://{door_at} says how to trust it"));
    }
    let renewing = tokio::spawn(take_up(changes, files, held, renewing));
    let ended = tokio::select! {
        ended = servers.join_next() => ended,
        () = told_to_end() => None,
    };
    say("Closing.");
    following.abort();
    renewing.abort();
    hub.close();
    handle.graceful_shutdown(Some(GRACE));
    let mut result = settled(ended);
    while let Some(ended) = servers.join_next().await {
        result = result.and(settled(Some(ended)));
    }
    result
}

/// Whether something could not be written for want of room on the disk.
fn is_full(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.into_iter().any(|cause| cause.kind() == std::io::ErrorKind::StorageFull)
}

/// Says at the start what must not be overlooked.
fn warn(node: &Node) {
    if let Some(cause) = node.poisoned() {
        say(format!(
            "! Pages can be read, nothing can be entered: {cause}. Remove other files or move the data directory to a larger disk, then start koinon again."
        ));
    } else if let Some(low) = node.disk_is_low() {
        say(format!("! Nothing can be entered: {low}."));
    }
    for words in crate::console::certificate_words(node) {
        say(format!("! {words}."));
    }
    if let Some(words) = crate::console::clock_words(node) {
        say(format!("! {words}."));
    }
}

fn settled(ended: Option<Result<std::io::Result<()>, tokio::task::JoinError>>) -> anyhow::Result<()> {
    match ended {
        None | Some(Ok(Ok(()))) => Ok(()),
        Some(Ok(Err(error))) => Err(error).explain(|| "a server failed".to_owned(), ""),
        Some(Err(error)) => Err(error).explain(|| "a server broke off".to_owned(), ""),
    }
}

/// Everything that is served to people and neighbours.
///
/// The exchange needs no name: it obeys signatures only, which no browser makes.
fn router(app: App, names: &Names) -> Router {
    let exchange = koinon_node::exchange_router(app.node.clone());
    let pages = koinon_web::server::router_with(app, desk::routes());
    door::named(pages, names.clone(), Pace::default()).merge(door::kept(exchange, Pace::default()))
}

/// What a safety copy serves whose entries stand in a database: neighbours are answered, and people are told.
fn exchange_only(node: &Node) -> Router {
    const TOLD: &str = "This computer keeps a safety copy for its neighbours. It has no pages: sign in at your community's computer.\n";
    let exchange = koinon_node::exchange_router(node.clone());
    door::kept(exchange, Pace::default()).route("/", axum::routing::get(|| async { TOLD }))
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let hint = format!(
        "choose another with --listen {}",
        SocketAddr::new(address.ip(), address.port().saturating_add(100))
    );
    TcpListener::bind(address).await.explain(|| format!("cannot listen on {address}"), &hint)
}

/// The certificate that `koinon init` made, for TLS.
async fn certificate(files: &TlsFiles) -> anyhow::Result<RustlsConfig> {
    // Another part of the process may have chosen already; the choice is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = RustlsConfig::from_pem_file(&files.cert, &files.key).await;
    let hint = "make a node with `koinon init --name HOST`, or listen on 127.0.0.1";
    config.explain(|| format!("{} cannot be used", files.cert.display()), hint)
}

/// For which names the certificate holds that is spoken with; it changes when the certificate is renewed.
#[derive(Clone, Default)]
struct Held(Arc<RwLock<Option<Holds>>>);

type Holds = Box<dyn Fn(&str) -> bool + Send + Sync>;

impl Held {
    /// Reads the certificate. Without one there are no names of it.
    fn take_up(&self, files: &TlsFiles) {
        let pem = std::fs::read_to_string(&files.cert).unwrap_or_default();
        let holds = listen::certified(&pem).map(|holds| -> Holds { Box::new(holds) });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = holds;
    }

    fn holds(&self) -> impl Fn(&str) -> bool + Send + Sync + use<> {
        let held = self.0.clone();
        move |name| {
            let held = held.read().unwrap_or_else(PoisonError::into_inner);
            held.as_ref().is_some_and(|holds| holds(name))
        }
    }
}

/// Speaks with the new certificate, each time that it was renewed; open connections go on with the old one.
async fn take_up(mut changes: watch::Receiver<u64>, files: TlsFiles, held: Held, servers: Vec<RustlsConfig>) {
    while changes.changed().await.is_ok() {
        held.take_up(&files);
        for server in &servers {
            match server.reload_from_pem_file(&files.cert, &files.key).await {
                Ok(()) => tracing::info!("the renewed certificate is in use"),
                Err(error) => {
                    tracing::error!(%error, "the renewed certificate cannot be used; restart the node");
                }
            }
        }
    }
}

/// The page that says how to trust the certificate, and the certificate.
fn onboarding(files: &TlsFiles, listen: SocketAddr) -> anyhow::Result<Router> {
    let pem = std::fs::read_to_string(&files.ca)
        .explain(|| format!("{} cannot be read", files.ca.display()), "make a node with `koinon init`")?;
    let told = Onboarding { fingerprint: fingerprint(&pem), ca: pem, port: listen.port() };
    Ok(koinon_web::onboarding::router(told))
}

/// Waits for Ctrl-C or for the service manager.
async fn told_to_end() {
    let mut end = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(end) => end,
        Err(error) => {
            tracing::warn!(%error, "only Ctrl-C ends this process in good order");
            // Without the signal's handler Ctrl-C alone is waited for.
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = end.recv() => {}
    }
}
