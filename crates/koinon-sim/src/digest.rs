//! The digest of a day: what was written, without keys and ids, so that two runs of one seed can be compared.
//!
//! Ids and hashes are random in every run, and are byte strings of 16 or 32 bytes; each is replaced by a mark of its
//! length. Everything else counts: kinds, codes, amounts, reasons, days, batch marks and times. What is lost is only
//! which batch or person a fact names. Facts are sorted, so the order in which books were read does not matter;
//! a fact that stands twice counts twice.

use koinon_core::{CommunityCode, Digest};

/// The digest of facts, each with its community, its number of kind and its body.
pub fn day_digest<'a>(facts: impl IntoIterator<Item = (&'a CommunityCode, u32, &'a [u8])>) -> Digest {
    let mut each: Vec<[u8; 32]> = facts
        .into_iter()
        .map(|(community, kind, body)| {
            let mut bytes = community.as_str().as_bytes().to_vec();
            bytes.push(0);
            bytes.extend(kind.to_be_bytes());
            bytes.extend(without_ids(body));
            Digest::of("koinon/sim/fact/1", &bytes).0
        })
        .collect();
    each.sort_unstable();
    Digest::of("koinon/sim/day/1", &each.concat())
}

/// CBOR with every byte string of 16 or 32 bytes emptied; bytes that are no CBOR are kept as they are.
///
/// Arrays, maps and tags are their heads followed by their members, so one walk over all heads sees everything.
fn without_ids(body: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((head, argument, after)) = head(rest) {
        let is_bytes = head.first().is_some_and(|first| first >> 5 == 2);
        let is_text = head.first().is_some_and(|first| first >> 5 == 3);
        masked.extend(head);
        rest = after;
        let length = argument.and_then(|length| usize::try_from(length).ok());
        if let Some(length) = length.filter(|_| is_bytes || is_text) {
            let Some((content, after)) = rest.split_at_checked(length) else { break };
            if !(is_bytes && matches!(length, 16 | 32)) {
                masked.extend(content);
            }
            rest = after;
        }
    }
    masked.extend(rest);
    masked
}

/// The first head, its argument (`None` when indefinite), and what follows; `None` at the end or for broken bytes.
fn head(bytes: &[u8]) -> Option<(&[u8], Option<u64>, &[u8])> {
    let low = bytes.first()? & 0x1F;
    let length = match low {
        0..=23 | 31 => 0,
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (head, after) = bytes.split_at_checked(1 + length)?;
    let argument = match low {
        31 => None,
        0..=23 => Some(u64::from(low)),
        _ => Some(head.iter().skip(1).fold(0, |number, byte| number << 8 | u64::from(*byte))),
    };
    Some((head, argument, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[id, "ab", h'010203', {1: id32}]`
    fn body(id: u8, text: &str, amount: u8) -> Vec<u8> {
        let mut bytes = vec![0x84, 0x50];
        bytes.extend([id; 16]);
        bytes.push(0x62);
        bytes.extend(text.as_bytes());
        bytes.extend([0x43, 1, 2, amount, 0xA1, 0x01, 0x58, 0x20]);
        bytes.extend([id.wrapping_add(1); 32]);
        bytes
    }

    #[test]
    fn ids_do_not_count_and_all_else_does() {
        let heath = CommunityCode::new("heath").unwrap();
        let dunes = CommunityCode::new("dunes").unwrap();
        let of = |community, kind, body: &[u8]| day_digest([(community, kind, body)]);
        let base = of(&heath, 65, &body(1, "ab", 3));
        assert_eq!(base, of(&heath, 65, &body(9, "ab", 3)), "other ids");
        assert_ne!(base, of(&heath, 65, &body(1, "ac", 3)), "other text");
        assert_ne!(base, of(&heath, 65, &body(1, "ab", 4)), "other bytes");
        assert_ne!(base, of(&heath, 66, &body(1, "ab", 3)), "other kind");
        assert_ne!(base, of(&dunes, 65, &body(1, "ab", 3)), "other community");
    }

    #[test]
    fn order_does_not_count_and_number_does() {
        let heath = CommunityCode::new("heath").unwrap();
        let (a, b) = (body(1, "ab", 1), body(1, "ab", 2));
        let of = |bodies: &[&Vec<u8>]| day_digest(bodies.iter().map(|b| (&heath, 65, b.as_slice())));
        assert_eq!(of(&[&a, &b]), of(&[&b, &a]));
        assert_ne!(of(&[&a, &b]), of(&[&a]));
        assert_ne!(of(&[&a, &a]), of(&[&a]));
    }

    #[test]
    fn broken_bytes_are_kept() {
        let whole = body(1, "ab", 3);
        for length in 0..whole.len() {
            let part = &whole[..length];
            let masked = without_ids(part);
            assert!(masked.len() <= part.len());
        }
        assert_eq!(without_ids(&[0xFF, 0x1C, 0x00]), [0xFF, 0x1C, 0x00]);
        assert_eq!(without_ids(&[0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]).len(), 10);
    }
}
