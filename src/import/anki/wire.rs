//! Protocol Buffers, as far as Anki's packages need them: fields by number, in their order.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A whole number.
    Number(u64),
    /// Bytes: a text, a message, or packed numbers.
    Bytes(&'a [u8]),
    /// Four or eight bytes, which nothing here asks for.
    Fixed,
}

/// Returns the fields of a message with their numbers; `None` if the bytes are none.
pub fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Value<'_>)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = number(&mut bytes)?;
        let value = match key & 7 {
            0 => Value::Number(number(&mut bytes)?),
            1 => {
                bytes = bytes.get(8..)?;
                Value::Fixed
            }
            2 => {
                let long = usize::try_from(number(&mut bytes)?).ok()?;
                let value = bytes.get(..long)?;
                bytes = &bytes[long..];
                Value::Bytes(value)
            }
            5 => {
                bytes = bytes.get(4..)?;
                Value::Fixed
            }
            _ => return None,
        };
        found.push((key >> 3, value));
    }
    Some(found)
}

/// Returns the last number of a field, or 0, which a message leaves out.
pub fn number_of(fields: &[(u64, Value<'_>)], wanted: u64) -> u64 {
    fields
        .iter()
        .rev()
        .find_map(|(number, value)| match value {
            Value::Number(found) if *number == wanted => Some(*found),
            _ => None,
        })
        .unwrap_or(0)
}

/// Returns the last bytes of a field.
pub fn bytes_of<'a>(fields: &[(u64, Value<'a>)], wanted: u64) -> Option<&'a [u8]> {
    fields.iter().rev().find_map(|(number, value)| match value {
        Value::Bytes(found) if *number == wanted => Some(*found),
        _ => None,
    })
}

/// Takes a number off the front: seven bits a byte, the lowest first.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut found = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        found |= u64::from(byte & 0x7f).checked_shl(7 * at as u32)?;
        if byte & 0x80 == 0 {
            *bytes = &bytes[at + 1..];
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_their_order() {
        let bytes = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0, 0, 0x08, 0x03];
        let found = fields(&bytes).unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!((number_of(&found, 1), number_of(&found, 9)), (3, 0));
        assert_eq!(bytes_of(&found, 2), Some(&b"hi"[..]));
        assert_eq!(fields(b""), Some(vec![]));
    }

    #[test]
    fn what_is_cut_or_no_message_is_refused() {
        for bytes in [&[0x08][..], &[0x12, 0x05, 1], &[0x0b], &[0xff; 11], &[0x09, 1]] {
            assert_eq!(fields(bytes), None, "{bytes:?}");
        }
    }
}
