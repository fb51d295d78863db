//! The strict encoding: CBOR in the core deterministic subset of RFC 8949 §4.2.1, and nothing else.
//!
//! Refused: indefinite lengths, integers and lengths longer than needed, map keys out of order or twice, nesting
//! deeper than [`DEPTH_MAX`], floats, `undefined` and unassigned simple values, text that is not UTF-8, and
//! bytes after the end. So equal content has one encoding, and a declared length never makes a reader allocate.

/// The deepest nesting of arrays, maps and tags.
pub const DEPTH_MAX: usize = 8;

/// Why bytes are not in the strict encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {fault}")]
pub struct CborError {
    /// The offset at which reading stopped.
    pub at: usize,
    /// What was wrong there.
    pub fault: CborFault,
}

/// One way in which bytes can depart from the strict encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CborFault {
    /// The bytes end inside an item.
    #[error("the bytes end inside an item")]
    Truncated,
    /// An integer or a length uses more bytes than it needs.
    #[error("an integer or length is longer than needed; use the shortest form")]
    NotShortest,
    /// A string, array or map of indefinite length.
    #[error("indefinite lengths are not allowed; state the length")]
    Indefinite,
    /// A reserved additional-information value.
    #[error("a reserved initial byte")]
    Reserved,
    /// Map keys are not in strictly rising bytewise order.
    #[error("map keys must be unique and in rising order of their encoded bytes")]
    KeyOrder,
    /// Nesting deeper than [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// A floating-point number.
    #[error("floating-point numbers are not allowed; use integers in base units")]
    Float,
    /// A simple value other than false, true and null.
    #[error("only the simple values false, true and null are allowed")]
    Simple,
    /// A text string that is not UTF-8.
    #[error("text is not valid UTF-8")]
    Utf8,
    /// Bytes follow the item.
    #[error("bytes follow after the end of the item")]
    Trailing,
    /// Another type than the one expected here.
    #[error("expected {0}")]
    Expected(&'static str),
}

/// Checks that the bytes are exactly one item in the strict encoding. Allocates nothing.
pub fn check(bytes: &[u8]) -> Result<(), CborError> {
    let mut reader = Reader::new(bytes);
    reader.skip()?;
    reader.end()
}

const UINT: u8 = 0;
const NINT: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const NULL: u8 = 0xf6;

/// Writes items in the strict encoding.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A writer that takes so many bytes before it needs more room.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    fn head(mut self, major: u8, value: u64) -> Self {
        let [.., b0] = value.to_be_bytes();
        let major = major << 5;
        if value < 24 {
            self.0.push(major | b0);
        } else if let Ok(v) = u8::try_from(value) {
            self.0.extend([major | 0x18, v]);
        } else if let Ok(v) = u16::try_from(value) {
            self.0.push(major | 0x19);
            self.0.extend(v.to_be_bytes());
        } else if let Ok(v) = u32::try_from(value) {
            self.0.push(major | 0x1a);
            self.0.extend(v.to_be_bytes());
        } else {
            self.0.push(major | 0x1b);
            self.0.extend(value.to_be_bytes());
        }
        self
    }

    pub(crate) fn uint(self, value: u64) -> Self {
        self.head(UINT, value)
    }

    pub(crate) fn int(self, value: i64) -> Self {
        match u64::try_from(value) {
            Ok(v) => self.head(UINT, v),
            Err(_) => self.head(NINT, value.unsigned_abs() - 1),
        }
    }

    pub(crate) fn array(self, len: usize) -> Self {
        self.head(ARRAY, len_u64(len))
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self = self.head(BYTES, len_u64(bytes.len()));
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn null(mut self) -> Self {
        self.0.push(NULL);
        self
    }

    pub(crate) fn maybe_bytes(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => self.null(),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

fn len_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// Reads items in the strict encoding from a slice.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    fn fault<T>(&self, fault: CborFault) -> Result<T, CborError> {
        Err(CborError { at: self.at, fault })
    }

    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    fn take(&mut self, len: usize) -> Result<&'b [u8], CborError> {
        match self.at.checked_add(len).and_then(|end| self.bytes.get(self.at..end).map(|b| (end, b))) {
            Some((end, taken)) => {
                self.at = end;
                Ok(taken)
            }
            None => self.fault(CborFault::Truncated),
        }
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| CborError { at, fault: CborFault::Truncated })
    }

    /// Reads an initial byte and its argument: (major type, additional information, value).
    fn head(&mut self) -> Result<(u8, u8, u64), CborError> {
        let start = self.at;
        let [first] = self.take_array()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let (value, least) = match info {
            0..=23 => return Ok((major, info, u64::from(info))),
            24 => (u64::from(self.take_array::<1>()?[0]), if major == 7 { 0 } else { 24 }),
            25 => (u64::from(u16::from_be_bytes(self.take_array()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.take_array()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.take_array()?), 1 << 32),
            28..=30 => return Err(CborError { at: start, fault: CborFault::Reserved }),
            _ => return Err(CborError { at: start, fault: CborFault::Indefinite }),
        };
        if major == 7 {
            let fault = if info == 24 { CborFault::Simple } else { CborFault::Float };
            return Err(CborError { at: start, fault });
        }
        if value < least {
            return Err(CborError { at: start, fault: CborFault::NotShortest });
        }
        Ok((major, info, value))
    }

    fn expect(&mut self, major: u8, what: &'static str) -> Result<u64, CborError> {
        let start = self.at;
        match self.head()? {
            (found, _, value) if found == major => Ok(value),
            _ => Err(CborError { at: start, fault: CborFault::Expected(what) }),
        }
    }

    pub(crate) fn uint(&mut self) -> Result<u64, CborError> {
        self.expect(UINT, "an unsigned integer")
    }

    /// Reads an unsigned integer that fits the type.
    pub(crate) fn small<T: TryFrom<u64>>(&mut self, what: &'static str) -> Result<T, CborError> {
        let at = self.at;
        T::try_from(self.uint()?).map_err(|_| CborError { at, fault: CborFault::Expected(what) })
    }

    pub(crate) fn int(&mut self) -> Result<i64, CborError> {
        let at = self.at;
        let wrong = CborError { at, fault: CborFault::Expected("an integer of 64 bits") };
        match self.head()? {
            (UINT, _, value) => i64::try_from(value).map_err(|_| wrong),
            (NINT, _, value) => i64::try_from(value).map(|v| -1 - v).map_err(|_| wrong),
            _ => Err(wrong),
        }
    }

    /// Reads an array head of at most `max` items; the items must fit in the bytes that are left.
    pub(crate) fn array(&mut self, max: usize, what: &'static str) -> Result<usize, CborError> {
        let at = self.at;
        let len = self.expect(ARRAY, what)?;
        match usize::try_from(len) {
            Ok(len) if len <= max && len <= self.left() => Ok(len),
            Ok(len) if len <= max => Err(CborError { at, fault: CborFault::Truncated }),
            _ => Err(CborError { at, fault: CborFault::Expected(what) }),
        }
    }

    /// Reads the head of an array of exactly `len` items.
    pub(crate) fn tuple(&mut self, len: usize, what: &'static str) -> Result<(), CborError> {
        let at = self.at;
        if self.array(len, what)? == len {
            return Ok(());
        }
        Err(CborError { at, fault: CborFault::Expected(what) })
    }

    /// Reads a byte string of at most `max` bytes.
    pub(crate) fn bytes(&mut self, max: usize, what: &'static str) -> Result<&'b [u8], CborError> {
        let at = self.at;
        let len = self.expect(BYTES, what)?;
        match usize::try_from(len) {
            Ok(len) if len <= max => self.take(len),
            _ => Err(CborError { at, fault: CborFault::Expected(what) }),
        }
    }

    /// Reads a byte string of exactly `N` bytes.
    pub(crate) fn fixed<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], CborError> {
        let at = self.at;
        let bytes = self.bytes(N, what)?;
        bytes.try_into().map_err(|_| CborError { at, fault: CborFault::Expected(what) })
    }

    /// Reads a byte string of exactly `N` bytes, or null.
    pub(crate) fn maybe_fixed<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<Option<[u8; N]>, CborError> {
        if self.null() { Ok(None) } else { self.fixed(what).map(Some) }
    }

    /// Takes a null if one is next.
    pub(crate) fn null(&mut self) -> bool {
        let found = self.bytes.get(self.at) == Some(&NULL);
        if found {
            self.at += 1;
        }
        found
    }

    /// Passes over one item of any type, checking it.
    pub(crate) fn skip(&mut self) -> Result<(), CborError> {
        self.skip_below(DEPTH_MAX)
    }

    fn skip_below(&mut self, depth: usize) -> Result<(), CborError> {
        let start = self.at;
        let (major, info, value) = self.head()?;
        let len = usize::try_from(value).unwrap_or(usize::MAX);
        if (ARRAY..=TAG).contains(&major) && depth == 0 {
            return Err(CborError { at: start, fault: CborFault::TooDeep });
        }
        match major {
            UINT | NINT => {}
            BYTES => drop(self.take(len)?),
            TEXT => {
                let text = self.take(len)?;
                if std::str::from_utf8(text).is_err() {
                    return Err(CborError { at: start, fault: CborFault::Utf8 });
                }
            }
            // Each item takes at least one byte, so a long length ends at the end of the bytes.
            ARRAY => {
                for _ in 0..len {
                    self.skip_below(depth - 1)?;
                }
            }
            MAP => {
                let mut last: &[u8] = &[];
                for _ in 0..len {
                    let from = self.at;
                    self.skip_below(depth - 1)?;
                    let key = self.bytes.get(from..self.at).unwrap_or(&[]);
                    if key <= last {
                        return Err(CborError { at: from, fault: CborFault::KeyOrder });
                    }
                    last = key;
                    self.skip_below(depth - 1)?;
                }
            }
            TAG => self.skip_below(depth - 1)?,
            _ if (20..=22).contains(&info) => {}
            _ => return Err(CborError { at: start, fault: CborFault::Simple }),
        }
        Ok(())
    }

    /// Requires that nothing is left.
    pub(crate) fn end(&self) -> Result<(), CborError> {
        if self.left() == 0 { Ok(()) } else { self.fault(CborFault::Trailing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn departures_are_named() {
        use CborFault as F;
        let nested = |n: usize| [vec![0x81; n], vec![0]].concat();
        let cases: Vec<(Vec<u8>, Result<(), F>)> = vec![
            (vec![0x00], Ok(())),
            (vec![0x17], Ok(())),
            (vec![0x18, 0x18], Ok(())),
            (vec![0x18, 0x17], Err(F::NotShortest)),
            (vec![0x19, 0x00, 0xff], Err(F::NotShortest)),
            (vec![0x1a, 0, 0, 0xff, 0xff], Err(F::NotShortest)),
            (vec![0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], Err(F::NotShortest)),
            (vec![0x58, 0x01, 0x00], Err(F::NotShortest)),
            (vec![0x5f, 0xff], Err(F::Indefinite)),
            (vec![0x9f, 0xff], Err(F::Indefinite)),
            (vec![0xbf, 0xff], Err(F::Indefinite)),
            (vec![0x1c], Err(F::Reserved)),
            (vec![0xf9, 0, 0], Err(F::Float)),
            (vec![0xfb, 0, 0, 0, 0, 0, 0, 0, 0], Err(F::Float)),
            (vec![0xf7], Err(F::Simple)),
            (vec![0xf8, 0x20], Err(F::Simple)),
            (vec![0xf4], Ok(())),
            (vec![0xf6], Ok(())),
            (vec![0x62, 0xc3, 0x28], Err(F::Utf8)),
            (vec![0x62, 0xc3, 0xbc], Ok(())),
            (vec![0xa2, 0, 0, 1, 0], Ok(())),
            (vec![0xa2, 1, 0, 0, 0], Err(F::KeyOrder)),
            (vec![0xa2, 1, 0, 1, 0], Err(F::KeyOrder)),
            (vec![0xa1, 0], Err(F::Truncated)),
            (vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Err(F::Truncated)),
            (vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Err(F::Truncated)),
            (vec![0x00, 0x00], Err(F::Trailing)),
            (vec![], Err(F::Truncated)),
            (vec![0xc2, 0x41, 0x01], Ok(())),
            (nested(DEPTH_MAX), Ok(())),
            (nested(DEPTH_MAX + 1), Err(F::TooDeep)),
            (nested(100_000), Err(F::TooDeep)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                check(&bytes).map_err(|e| e.fault),
                expected,
                "{:02x?}",
                &bytes[..bytes.len().min(12)]
            );
        }
    }

    proptest! {
        #[test]
        fn integers_agree_with_another_encoder(value: u64, signed: i64) {
            let ours = Writer::new().uint(value).int(signed).finish();
            let mut theirs = minicbor::Encoder::new(Vec::new());
            theirs.u64(value).unwrap().i64(signed).unwrap();
            prop_assert_eq!(&ours, theirs.writer());
            let mut reader = Reader::new(&ours);
            prop_assert_eq!((reader.uint().unwrap(), reader.int().unwrap()), (value, signed));
        }

        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if check(&bytes).is_ok() {
                // What the strict reader takes, a lenient one takes too, to the last byte.
                let mut lenient = minicbor::Decoder::new(&bytes);
                prop_assert!(lenient.skip().is_ok());
                prop_assert_eq!(lenient.position(), bytes.len());
            }
        }
    }
}
