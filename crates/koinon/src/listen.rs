//! How connections are accepted, with TLS or without: how many at a time, and how long one may keep silent.
//!
//! A connection beyond the limit is still answered, so that people learn why; only far beyond it connections are closed
//! without a word. What is said is [`koinon_web::door`]'s. This room reads nothing of what is sent.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use koinon_web::door::{Crowded, Reached};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;
use tower::Service;

use crate::failure::Explain;

/// Reads `HOST:PORT`; a host may be a name that this machine knows.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    use std::net::ToSocketAddrs as _;
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let remedy = "write host and port, the port from 0 to 65535, such as 127.0.0.1:7400";
    let found = text.to_socket_addrs().map_err(|_| remedy.to_owned())?;
    let all: Vec<SocketAddr> = found.collect();
    let first = all.iter().find(|address| address.is_ipv4()).or(all.first());
    first.copied().ok_or_else(|| remedy.to_owned())
}

/// A server that runs until its handle says stop.
pub(crate) type Serving = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// How many connections may be open, and how long one may keep silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections in all, before everybody is asked to come again.
    pub(crate) all: usize,
    /// Connections from one address of the network; an office behind one router is one address.
    pub(crate) address: usize,
    /// Connections from this machine: browsers of a demo, tunnels, proxies.
    pub(crate) loopback: usize,
    /// Connections beyond each limit that are still answered before they are closed.
    pub(crate) answered: usize,
    /// For how long the head of a request may be on its way, and a connection may be kept open without one.
    pub(crate) head: Duration,
    /// For how long the other side may take nothing of an answer.
    pub(crate) stalled: Duration,
}

impl Default for Limits {
    /// All of them together stay below the 1,024 files that a process may usually have open.
    fn default() -> Self {
        Self {
            all: 640,
            address: 128,
            loopback: 512,
            answered: 64,
            head: Duration::from_secs(10),
            stalled: Duration::from_mins(1),
        }
    }
}

impl Limits {
    const fn of(&self, address: IpAddr) -> usize {
        if address.is_loopback() { self.loopback } else { self.address }
    }
}

/// The connections that are open, in all and of each address; one for all servers of a process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    limits: Limits,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    of: BTreeMap<IpAddr, usize>,
}

/// A connection that is counted as long as this lives.
#[derive(Debug)]
struct Counted {
    open: Arc<Mutex<Open>>,
    address: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        let left = open.of.get(&self.address).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            open.of.remove(&self.address);
        } else {
            open.of.insert(self.address, left);
        }
    }
}

impl Gate {
    /// A gate with other limits.
    #[cfg(test)]
    fn new(limits: Limits) -> Self {
        Self { limits, open: Arc::default() }
    }

    /// Counts one more connection, and says whether it is one too many; nothing where it is not even to be answered.
    fn enter(&self, address: IpAddr) -> Option<(Counted, Option<Crowded>)> {
        let address = address.to_canonical();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of = open.of.get(&address).copied().unwrap_or(0);
        let (all, most) = (open.all, self.limits.of(address));
        let answered = self.limits.answered;
        if all >= self.limits.all.saturating_add(answered) || of >= most.saturating_add(answered) {
            return None;
        }
        let crowded = match (all >= self.limits.all, of >= most) {
            (_, true) => Some(Crowded::Address),
            (true, false) => Some(Crowded::All),
            (false, false) => None,
        };
        open.all += 1;
        open.of.insert(address, of + 1);
        Some((Counted { open: self.open.clone(), address }, crowded))
    }
}

/// Serves without TLS.
pub(crate) fn plain(
    listener: TcpListener,
    router: Router,
    handle: Handle<SocketAddr>,
    gate: &Gate,
) -> anyhow::Result<Serving> {
    let listener = listener.into_std().explain(|| "a port cannot be used".to_owned(), "")?;
    let server = axum_server::from_tcp(listener).explain(|| "a port cannot be used".to_owned(), "")?;
    // Without TLS nothing speaks HTTP/2, so there is no need to guess.
    let mut server = server.acceptor(gate.clone()).http1_only().first_request_timeout(gate.limits.head);
    server.http_builder().http1().header_read_timeout(gate.limits.head);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(Box::pin(server.handle(handle).serve(service)))
}

/// Serves with TLS.
pub(crate) fn secured(
    listener: TcpListener,
    config: RustlsConfig,
    router: Router,
    handle: Handle<SocketAddr>,
    gate: &Gate,
) -> anyhow::Result<Serving> {
    let listener = listener.into_std().explain(|| "a port cannot be used".to_owned(), "")?;
    let server = axum_server::from_tcp(listener).explain(|| "a port cannot be used".to_owned(), "")?;
    let acceptor = RustlsAcceptor::new(config).handshake_timeout(gate.limits.head).acceptor(gate.clone());
    let mut server = server.acceptor(acceptor).first_request_timeout(gate.limits.head);
    let builder = server.http_builder();
    builder.http1().header_read_timeout(gate.limits.head);
    builder.http2().keep_alive_interval(gate.limits.stalled).keep_alive_timeout(gate.limits.head);
    builder.http2().max_concurrent_streams(64).max_header_list_size(32 * 1024);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok(Box::pin(server.handle(handle).serve(service)))
}

/// Says for which names a certificate in a PEM file holds.
pub(crate) fn certified(pem: &str) -> Option<impl Fn(&str) -> bool + Send + Sync + use<>> {
    let cert = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?.into_owned();
    ParsedCertificate::try_from(&cert).ok()?;
    Some(move |name: &str| {
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let Ok(name) = ServerName::try_from(name) else { return false };
        ParsedCertificate::try_from(&cert)
            .is_ok_and(|cert| rustls::client::verify_server_name(&cert, &name).is_ok())
    })
}

impl<S> Accept<TcpStream, S> for Gate {
    type Stream = Watched<TcpStream>;
    type Service = Marked<S>;
    type Future = std::future::Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let entered = stream.peer_addr().and_then(|peer| {
            let reached = Reached(stream.local_addr()?);
            let full = || io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections");
            let (counted, crowded) = self.enter(peer.ip()).ok_or_else(full)?;
            let stream =
                Watched { inner: stream, stalled: self.limits.stalled, waiting: None, _counted: counted };
            Ok((stream, Marked { inner: service, crowded, reached }))
        });
        std::future::ready(entered)
    }
}

/// A connection that is counted, and given up when the other side takes nothing for too long.
#[derive(Debug)]
pub(crate) struct Watched<T> {
    inner: T,
    stalled: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    _counted: Counted,
}

impl<T> Watched<T> {
    /// Passes on what a write came to, or an error where nothing could be written for too long.
    fn watch<R>(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if wrote.is_ready() {
            self.waiting = None;
            return wrote;
        }
        let stalled = self.stalled;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(stalled)));
        if waiting.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, to)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch(cx, wrote)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wrote = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(cx, wrote)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wrote = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.watch(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.watch(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

/// A service that tells its requests where they arrived, and whether their connection is one too many.
#[derive(Debug, Clone)]
pub(crate) struct Marked<S> {
    inner: S,
    crowded: Option<Crowded>,
    reached: Reached,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Marked<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(self.reached);
        if let Some(crowded) = self.crowded {
            request.extensions_mut().insert(crowded);
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::{get, post};
    use koinon_web::door::{self, Names, Pace};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const SHORT: Duration = Duration::from_millis(50);

    async fn serve(limits: Limits) -> SocketAddr {
        let routes = Router::new()
            .route("/", get(|| async { "page" }))
            .route("/say", post(|body: String| async { body }))
            .route("/large", get(|| async { vec![0u8; 64 << 20] }));
        let router = door::named(routes, Names::default(), Pace { grace: SHORT, bytes_per_s: 1_024 });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = plain(listener, router, Handle::new(), &Gate::new(limits)).unwrap();
        tokio::spawn(serving);
        address
    }

    /// Everything that the server says until it closes.
    async fn heard(address: SocketAddr, said: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut text = String::new();
        // A connection that is reset was closed too.
        let _ = stream.read_to_string(&mut text).await;
        text
    }

    #[tokio::test]
    async fn whoever_does_not_go_on_is_not_waited_for() {
        let address = serve(Limits { head: SHORT, ..Limits::default() }).await;
        let cases = [
            ("", ""),
            ("GET / HT", ""),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", ""),
            ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200"),
            ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHos", "HTTP/1.1 200"),
            ("POST /say HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nfour", "HTTP/1.1 408"),
            (
                "POST /say HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour",
                "HTTP/1.1 408",
            ),
        ];
        for (said, answer) in cases {
            let heard = heard(address, said).await;
            assert!(
                heard.starts_with(answer) && heard.is_empty() == answer.is_empty(),
                "{said:?}: {heard:?}"
            );
        }
    }

    #[tokio::test]
    async fn whoever_takes_no_answer_is_not_waited_for() {
        let gate = Gate::new(Limits { stalled: SHORT, ..Limits::default() });
        let routes = Router::new().route("/large", get(|| async { vec![0u8; 64 << 20] }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let handle = Handle::new();
        let serving = tokio::spawn(plain(listener, routes, handle.clone(), &gate).unwrap());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut first = [0; 1];
        stream.read_exact(&mut first).await.unwrap();
        // A server that ends waits for its connections: it would wait here for ever.
        handle.graceful_shutdown(None);
        serving.await.unwrap().unwrap();
        assert_eq!(gate.open.lock().unwrap().all, 0);
    }

    #[tokio::test]
    async fn connections_beyond_the_limit_are_told_and_those_far_beyond_are_closed() {
        let limits = Limits { all: 4, loopback: 2, answered: 1, ..Limits::default() };
        let address = serve(limits).await;
        let ask = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assert!(heard(address, ask).await.starts_with("HTTP/1.1 200"));
        let mut kept = Vec::new();
        for _ in 0..limits.loopback {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).await.unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
            kept.push(stream);
        }
        // The one that is counted but not answered yet, and then one more that is not even answered.
        let answered = heard(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(answered.starts_with("HTTP/1.1 429") && answered.contains("retry-after: 10"), "{answered}");
        drop(kept);
    }

    #[test]
    fn the_gate_counts_addresses_apart_and_forgets_what_is_closed() {
        let limits = Limits { all: 5, address: 2, loopback: 3, answered: 1, ..Limits::default() };
        let gate = Gate::new(limits);
        let (far, mapped, here): (IpAddr, IpAddr, IpAddr) =
            ("10.0.0.7".parse().unwrap(), "::ffff:10.0.0.7".parse().unwrap(), "127.0.0.1".parse().unwrap());
        let told =
            |address| gate.enter(address).map(|(counted, crowded)| (Box::leak(Box::new(counted)), crowded).1);
        assert_eq!(
            [told(far), told(mapped), told(far), told(far)],
            [Some(None), Some(None), Some(Some(Crowded::Address)), None]
        );
        assert_eq!([told(here), told(here)], [Some(None), Some(None)]);
        assert_eq!([told(here), told(here)], [Some(Some(Crowded::All)), None]);
        let gate = Gate::new(limits);
        for _ in 0..100 {
            let (_counted, crowded) = gate.enter(far).unwrap();
            assert_eq!(crowded, None);
        }
        assert!(gate.open.lock().unwrap().of.is_empty());
    }

    #[test]
    fn a_certificate_holds_for_its_own_names() {
        let directory = tempfile::tempdir().unwrap();
        let names = koinon_node::tls::TlsNames {
            hosts: vec!["dunes.internal".into()],
            addresses: vec!["10.0.0.7".parse().unwrap()],
        };
        let founding = koinon_node::Founding {
            network: koinon_log::NetworkId::of("x"),
            steward: None,
            community: None,
            region_text: String::new(),
            agreement: None,
            names,
            recovery: koinon_node::RecoveryPlan::default(),
        };
        let clock: Arc<dyn koinon_core::Clock> = Arc::new(koinon_node::SystemClock::new());
        let home = directory.path().join("node");
        koinon_node::Node::init(&home, &founding, &clock).unwrap();
        let pem = std::fs::read_to_string(koinon_node::tls::TlsFiles::of(&home).cert).unwrap();
        let holds = certified(&pem).unwrap();
        for (name, known) in
            [("dunes.internal", true), ("10.0.0.7", true), ("evil.com", false), ("10.0.0.8", false)]
        {
            assert_eq!(holds(name), known, "{name}");
        }
        assert!(certified("no certificate").is_none());
    }
}
