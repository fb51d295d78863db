//! How facts lie in the rows of the table `facts`: up to [`FACTS_MAX`] of one log in a row, one after the other, each with
//! its lengths before it. A row never changes but to lose its end.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | 1 where a signature follows the header, otherwise 0 |
//! | 2 | length of the header, big-endian |
//! | 4 | length of the body, big-endian |
//! | … | header, signature of 64 bytes if any, salt of 16 bytes, body |

use koinon_log::{Fact, StoredFact};

/// The most facts of a row: what is read to find one of them stays small.
pub(super) const FACTS_MAX: usize = 64;
/// A row of so many bytes takes no more.
pub(super) const BYTES_FULL: usize = 16 * 1024;

const SIGNED: u8 = 1;
const SIG: usize = 64;
const SALT: usize = 16;

/// Adds a fact to a row.
pub(super) fn put(row: &mut Vec<u8>, fact: &StoredFact) {
    let StoredFact { header, sig, salt, body } = fact;
    row.reserve(7 + header.len() + SIG + SALT + body.len());
    row.push(if sig.is_some() { SIGNED } else { 0 });
    // The envelope allows 512 and 65,536 bytes.
    row.extend(u16::try_from(header.len()).unwrap_or(u16::MAX).to_be_bytes());
    row.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    row.extend_from_slice(header);
    row.extend_from_slice(sig.as_ref().map_or(&[], <[u8; SIG]>::as_slice));
    row.extend_from_slice(salt);
    row.extend_from_slice(body);
}

/// Cuts a run into what each row takes.
pub(super) fn stretches(facts: &[Fact]) -> impl Iterator<Item = &[Fact]> {
    let mut rest = facts;
    std::iter::from_fn(move || {
        let mut bytes = 0_usize;
        let fits = |fact: &&Fact| {
            let before = bytes;
            bytes = bytes.saturating_add(fact.stored().size());
            before < BYTES_FULL
        };
        let count = rest.iter().take(FACTS_MAX).take_while(fits).count();
        let (stretch, left) = rest.split_at_checked(count).filter(|(stretch, _)| !stretch.is_empty())?;
        rest = left;
        Some(stretch)
    })
}

/// A row is not made of whole facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// The facts of a row, in order; after a broken one nothing more.
pub(super) struct Facts<'r> {
    rest: &'r [u8],
}

impl<'r> Facts<'r> {
    pub(super) const fn of(row: &'r [u8]) -> Self {
        Self { rest: row }
    }

    fn take(&mut self, count: usize) -> Result<&'r [u8], Broken> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Broken)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(N)?.try_into().map_err(|_| Broken)
    }

    /// The parts of the next fact.
    fn parts(&mut self) -> Result<Parts<'r>, Broken> {
        let signed = match self.array::<1>()? {
            [0] => false,
            [SIGNED] => true,
            _ => return Err(Broken),
        };
        let header = usize::from(u16::from_be_bytes(self.array()?));
        let body = usize::try_from(u32::from_be_bytes(self.array()?)).map_err(|_| Broken)?;
        let header = self.take(header)?;
        let sig = if signed { Some(self.array::<SIG>()?) } else { None };
        let salt = self.array::<SALT>()?;
        Ok(Parts { header, sig, salt, body: self.take(body)? })
    }

    /// Passes over the next facts; gives how many bytes they take.
    pub(super) fn pass_over(&mut self, facts: u64) -> Result<usize, Broken> {
        let before = self.rest.len();
        for _ in 0..facts {
            self.parts()?;
        }
        Ok(before - self.rest.len())
    }
}

struct Parts<'r> {
    header: &'r [u8],
    sig: Option<[u8; SIG]>,
    salt: [u8; SALT],
    body: &'r [u8],
}

impl Iterator for Facts<'_> {
    type Item = Result<StoredFact, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let fact = self.parts().map(|Parts { header, sig, salt, body }| StoredFact {
            header: header.to_vec(),
            sig,
            salt,
            body: body.to_vec(),
        });
        if fact.is_err() {
            self.rest = &[];
        }
        Some(fact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(header: usize, signed: bool, body: usize) -> StoredFact {
        StoredFact {
            header: vec![1; header],
            sig: signed.then_some([2; SIG]),
            salt: [3; SALT],
            body: vec![4; body],
        }
    }

    #[test]
    fn what_was_put_comes_out() {
        let facts = [fact(90, false, 0), fact(512, true, 65_536), fact(1, true, 1), fact(0, false, 300)];
        let mut row = Vec::new();
        facts.iter().for_each(|fact| put(&mut row, fact));
        let out: Result<Vec<_>, _> = Facts::of(&row).collect();
        assert_eq!(out.as_deref(), Ok(&facts[..]));
        let mut rest = Facts::of(&row);
        let skipped = rest.pass_over(3).unwrap();
        assert_eq!(rest.next(), Some(Ok(facts[3].clone())));
        assert_eq!(Facts::of(&row[..skipped]).count(), 3);
        assert!(Facts::of(&row).pass_over(5).is_err());
    }

    #[test]
    fn a_row_that_is_cut_or_changed_in_its_lengths_is_broken() {
        let mut row = Vec::new();
        [fact(3, true, 2), fact(2, false, 4)].iter().for_each(|fact| put(&mut row, fact));
        let whole =
            |row: &[u8]| Facts::of(row).collect::<Result<Vec<_>, _>>().is_ok_and(|all| all.len() == 2);
        assert!(whole(&row));
        assert!((0..row.len()).all(|cut| !whole(&row[..cut])));
        for at in 0..7 {
            let mut other = row.clone();
            other[at] ^= 0x40;
            assert!(!whole(&other), "byte {at}");
        }
    }
}
