//! Live updates: a hub that tells open pages *that* something changed, and the htmx elements that fetch *what*.
//!
//! The stream carries no content, so it needs no rights beyond the page's own: a page that hears `stock` fetches itself
//! again under the reader's session. This is the only place in the project where htmx attributes are written; without
//! script the same elements are plain forms and plain text. Streams end when the hub closes, so that a node can stop.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use maud::{Markup, html};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};

/// How many changes a slow page may lag behind before it is told that everything changed.
const BACKLOG: usize = 256;
/// Silence after which a stream sends a comment, so that nothing between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// The most topics that one page may follow.
const TOPICS_MAX: usize = 16;
/// The most streams of one node at a time.
const STREAMS_MAX: usize = 256;
/// The most streams of one person at a time: pages left open on several devices.
const STREAMS_MAX_PERSON: usize = 16;
/// The most streams to one address of the network at a time: a household or an office behind one router.
const STREAMS_MAX_ADDRESS: usize = 48;

/// Something that pages show and that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Stock: counts, losses, hand-outs, batches.
    Stock,
    /// Needs and offers.
    Needs,
    /// Transfers, from suggestion to receipt.
    Transfers,
    /// Who was heard when, routes, the region as a whole.
    Region,
    /// The simulated day of the demo.
    Day,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 5] = [Self::Stock, Self::Needs, Self::Transfers, Self::Region, Self::Day];

    /// The word in addresses and event names.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Needs => "needs",
            Self::Transfers => "transfers",
            Self::Region => "region",
            Self::Day => "day",
        }
    }

    /// Reads `stock,needs`; unknown words are left out.
    pub fn parse_list(text: &str) -> BTreeSet<Self> {
        text.split(',')
            .take(TOPICS_MAX)
            .filter_map(|word| Self::ALL.into_iter().find(|topic| topic.code() == word.trim()))
            .collect()
    }
}

/// Who listens, for the limits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listens {
    /// Somebody who has signed in, by any text that is the person's own.
    Person(String),
    /// A machine; loopback is not counted, since all tunnels and proxies come from there.
    Address(IpAddr),
}

impl Listens {
    const fn most(&self) -> usize {
        match self {
            Self::Person(_) => STREAMS_MAX_PERSON,
            Self::Address(_) => STREAMS_MAX_ADDRESS,
        }
    }
}

/// How many streams are open, in all and of whom.
#[derive(Debug, Default)]
struct Open {
    all: usize,
    of: BTreeMap<Listens, usize>,
}

/// Leave to keep one stream open; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    open: Arc<Mutex<Open>>,
    who: BTreeSet<Listens>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        for who in &self.who {
            let left = open.of.get(who).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                open.of.remove(who);
            } else {
                open.of.insert(who.clone(), left);
            }
        }
    }
}

/// Tells every open page what changed; one per node, cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    changes: broadcast::Sender<Topic>,
    closing: watch::Sender<bool>,
    open: Arc<Mutex<Open>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            changes: broadcast::channel(BACKLOG).0,
            closing: watch::channel(false).0,
            open: Arc::default(),
        }
    }
}

impl Hub {
    /// Says that a topic changed. Never waits; nobody need be listening.
    pub fn changed(&self, topic: Topic) {
        // An error only says that no page is open.
        let _ = self.changes.send(topic);
    }

    /// Ends every stream, now and later; a server waits for its streams when it stops.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// How many pages are listening.
    pub fn listeners(&self) -> usize {
        self.changes.receiver_count()
    }

    /// Leave for one more stream, or nothing where there are too many of the same person or address, or in all.
    pub fn seat(&self, who: impl IntoIterator<Item = Listens>) -> Option<Seat> {
        let counted = |who: &Listens| !matches!(who, Listens::Address(ip) if ip.to_canonical().is_loopback());
        let who: BTreeSet<Listens> = who.into_iter().filter(counted).collect();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |who: &Listens| open.of.get(who).is_some_and(|count| *count >= who.most());
        if open.all >= STREAMS_MAX || who.iter().any(full) {
            return None;
        }
        open.all += 1;
        for who in &who {
            *open.of.entry(who.clone()).or_default() += 1;
        }
        Some(Seat { open: self.open.clone(), who })
    }

    /// The stream of one page: an event named after each topic that changed, without content.
    ///
    /// Changes that pile up are merged. A page that fell behind is told that all its topics changed.
    pub fn stream(
        &self,
        topics: BTreeSet<Topic>,
        seat: Seat,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
        let start = Listener {
            changes: self.changes.subscribe(),
            closing: self.closing.subscribe(),
            topics,
            waiting: BTreeSet::new(),
            _seat: seat,
        };
        let events = stream::unfold(start, |mut listener| async move {
            let topic = listener.next().await?;
            Some((Ok(Event::default().event(topic.code()).data("changed")), listener))
        });
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
    }
}

struct Listener {
    changes: broadcast::Receiver<Topic>,
    closing: watch::Receiver<bool>,
    topics: BTreeSet<Topic>,
    waiting: BTreeSet<Topic>,
    /// Held as long as the stream.
    _seat: Seat,
}

impl Listener {
    /// The next topic that changed, or `None` once the hub closes.
    async fn next(&mut self) -> Option<Topic> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            if let Some(topic) = self.waiting.pop_first() {
                return Some(topic);
            }
            tokio::select! {
                _ = self.closing.changed() => return None,
                change = self.changes.recv() => match change {
                    Ok(topic) => self.note(topic),
                    Err(RecvError::Lagged(_)) => self.waiting.clone_from(&self.topics),
                    Err(RecvError::Closed) => return None,
                },
            }
            loop {
                match self.changes.try_recv() {
                    Ok(topic) => self.note(topic),
                    Err(TryRecvError::Lagged(_)) => self.waiting.clone_from(&self.topics),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
        }
    }

    fn note(&mut self, topic: Topic) {
        if self.topics.contains(&topic) {
            self.waiting.insert(topic);
        }
    }
}

/// The htmx settings of every page: no code from text, no foreign hosts, no private page kept in the browser's store.
pub const HTMX_SETTINGS: &str = concat!(
    r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"#,
    r#""selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollIntoViewOnBoost":false}"#
);

/// Connects everything inside to the node's stream of changes; [`Page::live`](crate::layout::Page::live) calls it.
pub fn connected(topics: &[Topic], inner: &Markup) -> Markup {
    if topics.is_empty() {
        return inner.clone();
    }
    html! { div hx-ext="sse" sse-connect={ "/live?topics=" (codes(topics, ",")) } { (inner) } }
}

/// A part of a page that fetches itself again when a topic changes.
///
/// `url` is the page's own address (or a lighter one that holds an element with the same `id`); only the element
/// `id` is taken from the answer. Never put a field that people type into inside: it would be replaced under their hands.
/// Without script it is plain content.
pub fn region(id: &str, url: &str, topics: &[Topic], inner: &Markup) -> Markup {
    let trigger: Vec<String> =
        topics.iter().map(|topic| format!("sse:{} delay:250ms", topic.code())).collect();
    html! {
        div.region id=(id) hx-get=(url) hx-trigger=(trigger.join(", ")) hx-select={ "#" (id) } hx-target="this"
            hx-swap="outerHTML" { (inner) }
    }
}

/// A search or filter form that replaces the element `target` as people type; without script, a plain GET form.
///
/// `url` answers with a whole page that holds the element `target`; the address bar follows.
pub fn filter_form(url: &str, target: &str, inner: &Markup) -> Markup {
    html! {
        form.row method="get" action=(url) role="search" hx-get=(url)
            hx-trigger="input delay:300ms, change delay:300ms, submit" hx-target={ "#" (target) }
            hx-select={ "#" (target) } hx-swap="outerHTML" hx-push-url="true" hx-sync="this:replace" { (inner) }
    }
}

fn codes(topics: &[Topic], between: &str) -> String {
    topics.iter().map(|topic| topic.code()).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::response::IntoResponse as _;
    use futures_util::StreamExt as _;

    async fn all_text(hub: &Hub, topics: &str, act: impl FnOnce(&Hub)) -> String {
        let body = hub.stream(Topic::parse_list(topics), hub.seat([]).unwrap()).into_response().into_body();
        act(hub);
        let mut parts = Body::into_data_stream(body);
        let mut text = String::new();
        while let Some(part) = parts.next().await {
            text.push_str(std::str::from_utf8(&part.unwrap()).unwrap());
            if text.ends_with("data: changed\n\n") && hub.changes.is_empty() {
                hub.close();
            }
        }
        text
    }

    #[tokio::test]
    async fn changes_are_merged_and_only_asked_topics_are_told() {
        let hub = Hub::default();
        let text = all_text(&hub, "stock, nonsense", |hub| {
            for topic in [Topic::Needs, Topic::Stock, Topic::Stock, Topic::Stock] {
                hub.changed(topic);
            }
        });
        assert_eq!(text.await, "event: stock\ndata: changed\n\n");
    }

    #[tokio::test]
    async fn a_page_that_fell_behind_hears_that_everything_changed() {
        let hub = Hub::default();
        let text = all_text(&hub, "stock,region", |hub| {
            for _ in 0..(2 * BACKLOG) {
                hub.changed(Topic::Needs);
            }
        });
        assert!(text.await.starts_with("event: stock\ndata: changed\n\n"));
    }

    #[tokio::test]
    async fn a_closed_hub_ends_its_streams_and_new_ones() {
        let hub = Hub::default();
        hub.close();
        assert_eq!(all_text(&hub, "stock", |hub| hub.changed(Topic::Stock)).await, "");
        assert_eq!(hub.listeners(), 0);
    }

    #[test]
    fn streams_are_limited_by_person_by_address_and_in_all_and_a_seat_is_given_back() {
        let hub = Hub::default();
        let far = Listens::Address("10.0.0.7".parse().unwrap());
        let here = Listens::Address("::ffff:127.0.0.1".parse().unwrap());
        let ana = Listens::Person("ana".into());
        let take = |who: &[&Listens]| hub.seat(who.iter().map(|who| (*who).clone()));
        let mut seats: Vec<Seat> = (0..STREAMS_MAX_PERSON).map(|_| take(&[&ana, &here]).unwrap()).collect();
        assert!(take(&[&ana]).is_none());
        seats.extend((0..STREAMS_MAX_ADDRESS).map(|_| take(&[&far]).unwrap()));
        assert!(take(&[&far]).is_none());
        seats.extend(std::iter::from_fn(|| take(&[&here])));
        assert_eq!(seats.len(), STREAMS_MAX);
        drop(seats);
        assert!(take(&[&ana, &far]).is_some());
        assert!(hub.open.lock().unwrap().of.is_empty());
    }

    #[test]
    fn settings_are_json() {
        assert!(serde_json::from_str::<serde_json::Value>(HTMX_SETTINGS).is_ok());
    }
}
