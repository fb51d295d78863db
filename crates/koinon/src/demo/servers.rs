//! One HTTP server per node: its pages, its API, and the exchange with its neighbours.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum_server::Handle;
use koinon_web::app::{App, Demo, DemoControl, Shared};
use koinon_web::door::{self, Names, Pace};
use koinon_web::live::Hub;
use koinon_web::plans::Plans;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::founding::Seat;
use crate::listen::{Gate, plain};

/// How long open requests may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// A node's server, running.
pub(crate) struct Server {
    /// Ends when the server has closed.
    pub task: JoinHandle<std::io::Result<()>>,
    /// Tells open pages what changed.
    pub hub: Hub,
}

/// What all servers of a demo share at the door.
pub(crate) struct Door {
    /// The connections that are open.
    pub gate: Gate,
    /// Names by which the pages are reached, beside loopback and the address at which a request arrives.
    pub names: Names,
}

/// Takes every port before anything is founded, so that a taken one is found at once; `phone` opens them to the local
/// network.
pub(crate) async fn ports(listen: SocketAddr, phone: bool, count: u16) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for number in 0..count {
        let port = listen.port().checked_add(number).unwrap_or(0);
        let ip = if phone { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { listen.ip() };
        let address = SocketAddr::new(ip, port);
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => anyhow!(
                "port {port} is taken; is another demo running? The demo needs {count} ports from {} on: \
                 choose others with --listen {}:{}",
                listen.port(),
                listen.ip(),
                listen.port().saturating_add(100)
            ),
            _ => anyhow!("cannot listen on {address}: {error}"),
        })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// This machine's address on the local network, as the routing table has it; nothing is sent.
pub(crate) fn local_address() -> anyhow::Result<IpAddr> {
    // An address for documentation (RFC 5737): connecting a datagram socket only asks which way it would go.
    let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).context("no network for --phone")?;
    socket
        .connect((Ipv4Addr::new(192, 0, 2, 1), 9))
        .context("this machine is on no network; leave --phone away")?;
    Ok(socket.local_addr().context("this machine is on no network; leave --phone away")?.ip())
}

/// Starts the server of one node.
///
/// Pages wait until `ready`: before the first day is played there is nothing true to show.
pub(crate) fn start(
    seat: &Seat,
    listener: TcpListener,
    demo: Demo,
    ready: watch::Receiver<bool>,
    stop: watch::Receiver<bool>,
    door: &Door,
) -> anyhow::Result<Server> {
    let hub = Hub::default();
    let viewed = (demo.control.clone(), ready);
    let app = App::new(Shared {
        node: seat.node.clone(),
        hub: hub.clone(),
        plans: Plans::new(seat.node.clone()),
        demo: Some(demo),
    });
    let exchange = koinon_node::exchange_router(seat.node.clone())
        .layer(middleware::from_fn_with_state(seat.line.clone(), only_with_line));
    let following = tokio::spawn(koinon_web::server::follow(app.clone()));
    let pages = koinon_web::server::router(app).layer(middleware::from_fn_with_state(viewed, tell_viewed));
    let pages = door::named(pages, door.names.clone(), Pace::default());
    let router = pages.merge(door::kept(exchange, Pace::default()));
    let handle = Handle::new();
    let serving = plain(listener, router, handle.clone(), &door.gate)?;
    let closing = hub.clone();
    let mut stopped = stop;
    let task = tokio::spawn(async move {
        let ends = async move {
            // The sender lives as long as the demo; when it is gone, the server ends as well.
            let _ = stopped.wait_for(|stop| *stop).await;
            following.abort();
            closing.close();
            handle.graceful_shutdown(Some(GRACE));
        };
        let (served, ()) = tokio::join!(serving, ends);
        served
    });
    Ok(Server { task, hub })
}

/// Answers as a machine without a line: not at all.
async fn only_with_line(State(line): State<Arc<AtomicBool>>, request: Request, next: Next) -> Response {
    if line.load(Ordering::SeqCst) {
        next.run(request).await
    } else {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

/// Waits for the first day, and tells the demo that somebody is looking.
async fn tell_viewed(
    State((control, mut ready)): State<(mpsc::Sender<DemoControl>, watch::Receiver<bool>)>,
    request: Request,
    next: Next,
) -> Response {
    // Both fail only when the demo is ending, or was told just now.
    let _ = ready.wait_for(|ready| *ready).await;
    let _ = control.try_send(DemoControl::Seen);
    next.run(request).await
}

/// Waits until every server has closed.
pub(crate) async fn join(servers: Vec<Server>) -> anyhow::Result<()> {
    for server in servers {
        server.task.await.context("a server broke off")?.context("a server failed")?;
    }
    Ok(())
}
