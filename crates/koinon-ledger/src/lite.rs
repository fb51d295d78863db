//! Encodes sorted lists as plain maps.

use litemap::LiteMap;
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use minicbor::{Decode, Encode};

pub(crate) fn encode<C, W: Write, K: Encode<C>, V: Encode<C>>(
    map: &LiteMap<K, V>,
    e: &mut Encoder<W>,
    ctx: &mut C,
) -> Result<(), EncodeError<W::Error>> {
    e.map(u64::try_from(map.len()).unwrap_or(u64::MAX))?;
    for (key, value) in map {
        key.encode(e, ctx)?;
        value.encode(e, ctx)?;
    }
    e.ok()
}

pub(crate) fn decode<'b, C, K: Decode<'b, C> + Ord, V: Decode<'b, C>>(
    d: &mut Decoder<'b>,
    ctx: &mut C,
) -> Result<LiteMap<K, V>, DecodeError> {
    let mut map = LiteMap::new();
    for entry in d.map_iter_with(ctx)? {
        let (key, value) = entry?;
        map.insert(key, value);
    }
    Ok(map)
}
