//! A neighbour's card: what a node must know of another one, as a text to mail or to carry, and the number that two
//! operators compare by voice.
//!
//! The card is public. The number is not on it: whoever lists a neighbour must have heard it from that neighbour, else a
//! card that was changed on its way would be believed.

use std::fmt::Write as _;

use koinon_core::{CommunityCode, Digest, NodeId};
use koinon_node::PeerConfig;

use crate::failure::Complaint;

/// The first line of every card.
const TITLE: &str = "koinon neighbour card 1";
/// The largest card, in bytes.
pub(crate) const BYTES_MAX: usize = 16 * 1024;
/// The hexadecimal digits of a number: 128 bits.
const NUMBER_DIGITS: usize = 32;

/// What a card says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    /// The federation, in hexadecimal.
    pub(crate) network: String,
    /// The neighbour.
    pub(crate) peer: PeerConfig,
}

impl Card {
    /// The text of the card.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{TITLE}\n");
        let community = self.peer.community.as_ref().map(CommunityCode::as_str);
        let lines = [
            ("network", Some(self.network.as_str())),
            ("node", Some(&*self.peer.node.to_string())),
            ("community", community),
            ("address", self.peer.url.as_deref()),
        ]
        .map(|(key, value)| value.map(|value| format!("{key}: {value}\n")));
        text.extend(lines.into_iter().flatten());
        if let Some(pem) = &self.peer.ca {
            // Writing to a text cannot fail.
            let _ = write!(text, "\n{}\n", pem.trim());
        }
        text
    }

    /// Reads a card.
    ///
    /// # Errors
    /// A [`Complaint`] that names the line.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let (head, pem) = match text.find("-----BEGIN CERTIFICATE-----") {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some(TITLE) {
            return Err(bad("it is no neighbour's card: its first line must be '", TITLE));
        }
        let (mut network, mut node, mut community, mut url) = (None, None, None, None);
        for line in lines {
            let (key, value) = line.split_once(": ").ok_or_else(|| bad("a line cannot be read: '", line))?;
            let slot = match key {
                "network" => &mut network,
                "node" => &mut node,
                "community" => &mut community,
                "address" => &mut url,
                _ => return Err(bad("a line is not known: '", line)),
            };
            if slot.replace(value.trim().to_owned()).is_some() {
                return Err(bad("a line stands twice: '", line));
            }
        }
        let node = node.as_deref().and_then(|node| node.parse::<NodeId>().ok());
        let node = node.ok_or_else(|| bad("the node's id is not on it: '", "node: 64 characters 0-9 a-f"))?;
        let community = match community {
            None => None,
            Some(code) => Some(CommunityCode::new(&code).map_err(|_| bad("no community's code: '", &code))?),
        };
        let pem = pem.trim();
        if !pem.is_empty() && !pem.ends_with("-----END CERTIFICATE-----") {
            return Err(bad("the certificate breaks off before '", "-----END CERTIFICATE-----"));
        }
        let ca = (!pem.is_empty()).then(|| pem.replace("\r\n", "\n"));
        let network = network.ok_or_else(|| bad("the federation is not on it: '", "network: …"))?;
        Ok(Self { network, peer: PeerConfig { node, community, url, ca } })
    }

    /// The number of the card in groups, to compare by voice: it covers everything that the card says.
    pub(crate) fn number(&self) -> String {
        let digest = Digest::of("koinon/neighbour-card/1", self.text().as_bytes()).to_string();
        let digits: Vec<char> = digest.chars().take(NUMBER_DIGITS).collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// Whether a number that somebody typed is this card's; capitals, spaces and hyphens do not matter.
    pub(crate) fn has_number(&self, typed: &str) -> bool {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_lowercase()).collect()
        };
        plain(typed) == plain(&self.number())
    }
}

fn bad(what: &str, shown: &str) -> anyhow::Error {
    let shown: String = shown.chars().take(80).collect();
    let hint = "ask the neighbour's operator for a new card, made with `koinon peer card`";
    Complaint::new(format!("the card cannot be used: {what}{shown}'"), hint).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Card {
        let peer = PeerConfig {
            node: NodeId([7; 32]),
            community: Some(CommunityCode::new("hill").unwrap()),
            url: Some("https://hill.internal:7400".into()),
            ca: Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".into()),
        };
        Card { network: "00ff".into(), peer }
    }

    #[test]
    fn a_card_is_read_as_it_was_written_even_after_a_mail_program() {
        let plain = PeerConfig { community: None, url: None, ca: None, ..card().peer };
        for card in [card(), Card { peer: plain, ..card() }] {
            for text in [card.text(), card.text().replace('\n', "\r\n"), format!("\n  {}\n\n", card.text())] {
                let read = Card::read(&text).unwrap();
                assert_eq!((&read, read.number()), (&card, card.number()));
            }
        }
    }

    #[test]
    fn the_number_fits_one_card_however_it_is_typed() {
        let number = card().number();
        assert_eq!(number.len(), 39, "{number}");
        for typed in
            [number.clone(), number.to_uppercase(), number.replace(' ', "-"), number.replace(' ', "")]
        {
            assert!(card().has_number(&typed), "{typed}");
        }
        assert!(!card().has_number("") && !card().has_number(&number[..34]));
        let changed = [
            card().text().replace("00ff", "00fe"),
            card().text().replace("0707", "0708"),
            card().text().replace("hill\n", "mill\n"),
            card().text().replace("7400", "7401"),
            card().text().replace("AAAA", "AAAB"),
            card().text().split("-----").next().unwrap().to_owned(),
        ];
        for text in changed {
            assert!(!Card::read(&text).unwrap().has_number(&number), "{text}");
        }
    }

    #[test]
    fn what_is_no_card_is_named() {
        let good = card().text();
        let cases = [
            (String::new(), "first line"),
            (good.replace("card 1", "card 2"), "first line"),
            (good.replace("node: ", "knot: "), "'knot: "),
            (good.replace("node: 07", "node: zz"), "node's id"),
            (good.replace("hill\n", "Hill Town!\n"), "community's code"),
            (format!("{TITLE}\nnetwork: 1\nnetwork: 2\n"), "stands twice"),
            (good.replace("network: 00ff\n", ""), "federation"),
            (good.replace("-----END CERTIFICATE-----", ""), "breaks off"),
        ];
        for (text, words) in cases {
            let told = Card::read(&text).unwrap_err().to_string();
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}
