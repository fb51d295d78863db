//! Bytes into text: by their mark, else UTF-8 where they are that, else Windows-1252, which takes any byte.

use std::borrow::Cow;

use crate::flaw::Fault;

/// Turns bytes into text.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
        },
    };
    if text.contains('\0') {
        return Err(Fault::NotText);
    }
    if text.trim().is_empty() { Err(Fault::Empty) } else { Ok(text) }
}
