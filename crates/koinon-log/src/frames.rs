//! Several messages in one body: each with its length before it, four bytes, big-endian. Messages of types that this
//! program does not know are passed over.

use crate::exchange::{MESSAGE_BYTES_MAX, Message, MessageError};

/// The most messages in one body.
pub const FRAMES_MAX: usize = 256;

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The body ends inside a message.
    #[error("the body ends inside message {0}")]
    Short(usize),
    /// A message is longer than any may be.
    #[error("message {index} has {found} bytes; {MESSAGE_BYTES_MAX} are allowed")]
    Long {
        /// Which message, from 0.
        index: usize,
        /// Its length.
        found: usize,
    },
    /// There are too many messages.
    #[error("the body has more than {0} messages")]
    Many(usize),
    /// A message is malformed.
    #[error("message {index}: {source}")]
    Message {
        /// Which message, from 0.
        index: usize,
        /// What is wrong.
        #[source]
        source: MessageError,
    },
}

/// Appends a message to a body.
pub fn push(body: &mut Vec<u8>, message: &Message) {
    let bytes = message.encode();
    // A message is bounded far below 32 bits.
    body.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    body.extend(bytes);
}

/// Reads all messages of a body, at most [`FRAMES_MAX`].
///
/// # Errors
/// A [`FrameError`] that names the message.
pub fn read(body: &[u8]) -> Result<Vec<Message>, FrameError> {
    read_many(body, FRAMES_MAX)
}

/// Reads all messages of a body, at most so many.
pub(crate) fn read_many(mut body: &[u8], most: usize) -> Result<Vec<Message>, FrameError> {
    let mut messages = Vec::new();
    let mut index = 0;
    while !body.is_empty() {
        if index == most {
            return Err(FrameError::Many(most));
        }
        let (length, rest) = body.split_first_chunk::<4>().ok_or(FrameError::Short(index))?;
        let found = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if found > MESSAGE_BYTES_MAX {
            return Err(FrameError::Long { index, found });
        }
        let (bytes, rest) = rest.split_at_checked(found).ok_or(FrameError::Short(index))?;
        match Message::decode(bytes) {
            Ok(message) => messages.push(message),
            // A newer program says something more; what it says beside is understood.
            Err(MessageError::Type(_)) => {}
            Err(source) => return Err(FrameError::Message { index, source }),
        }
        index += 1;
        body = rest;
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Want;
    use koinon_core::LogId;

    #[test]
    fn bodies_survive_the_trip_and_bad_ones_are_named() {
        let want = Message::Want(Want { log: LogId([1; 16]), from: 2, max_bytes: 3 });
        let mut body = Vec::new();
        push(&mut body, &want);
        push(&mut body, &want);
        assert_eq!(read(&body).unwrap(), [want.clone(), want.clone()]);
        assert_eq!(read(&[]).unwrap(), []);
        for cut in 1..body.len() {
            if cut != body.len() / 2 {
                assert!(matches!(read(&body[..cut]), Err(FrameError::Short(_))), "cut at {cut}");
            }
        }
        assert!(matches!(read(&[255, 0, 0, 0]), Err(FrameError::Long { index: 0, .. })));
        assert!(matches!(read(&[0, 0, 0, 1, 0xff]), Err(FrameError::Message { index: 0, .. })));
        let newer = [0, 0, 0, 3, 0x81, 0x18, 99];
        assert_eq!(
            read(&[&newer, body.as_slice()].concat()).unwrap().len(),
            2,
            "unknown types are passed over"
        );
        let mut many = Vec::new();
        (0..=FRAMES_MAX).for_each(|_| push(&mut many, &want));
        assert_eq!(read(&many), Err(FrameError::Many(FRAMES_MAX)));
    }
}
