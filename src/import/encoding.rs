//! Text as it was written down: bytes of any encoding that the web knows -> UTF-8.
//!
//! The readers of formats take UTF-8. What is something else comes through here first: UTF-16 that
//! begins with a byte order mark by itself, everything else by the name that a person gives.

use encoding_rs::{DecoderResult, EUC_JP, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1252};

use super::{Unreadable, text_of};

/// Labels that a person may well want, of the hundreds that are understood.
pub const COMMON: [&str; 12] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "latin1",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "shift_jis",
    "euc-jp",
    "gb18030",
    "big5",
];

/// So many bytes of a text show how it is written.
const SAMPLE: usize = 1 << 16;

/// Why bytes are no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Undecodable {
    /// What is wrong, and on which line.
    pub problem: Unreadable,
    /// The label of the encoding that the text may be in, if no other was named.
    pub likely: Option<&'static str>,
}

/// Returns the encoding that the web calls `label`.
pub fn named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes())
}

/// Returns `bytes` as UTF-8. A byte order mark is believed before `given`; without either they are
/// UTF-8 already.
///
/// # Errors
///
/// Names the first line with bytes that the encoding does not have.
pub fn decoded(bytes: Vec<u8>, given: Option<&'static Encoding>) -> Result<Vec<u8>, Undecodable> {
    let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or_else(|| (given.unwrap_or(UTF_8), 0));
    if encoding == UTF_8 {
        return match text_of(&bytes) {
            Ok(_) => Ok(bytes),
            Err(problem) => Err(Undecodable { likely: likely(&bytes), problem }),
        };
    }
    let text = strictly(&bytes[mark..], encoding).map_err(|line| Undecodable {
        problem: Unreadable(format!("line {line} is not {}", encoding.name())),
        likely: None,
    })?;
    Ok(text.into_bytes())
}

/// Returns the text of `bytes`, or the line on which they are not of `encoding`.
fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Result<String, usize> {
    let (text, whole) = decode(bytes, encoding, true);
    // The web gives a meaning to the bytes that a code page leaves open, and no text has them.
    let open = |c: char| encoding.is_single_byte() && ('\u{80}'..='\u{9f}').contains(&c);
    let end = text.find(open).or((!whole).then_some(text.len()));
    match end {
        Some(end) => Err(text[..end].matches('\n').count() + 1),
        None => Ok(text),
    }
}

/// Returns the text of `bytes` up to what is not of `encoding`, and whether that is all of it.
fn decode(bytes: &[u8], encoding: &'static Encoding, to_the_end: bool) -> (String, bool) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or_default());
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, to_the_end);
    (text, result == DecoderResult::InputEmpty)
}

/// Returns the label of the encoding that text may be in which is not UTF-8.
fn likely(bytes: &[u8]) -> Option<&'static str> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let zeros =
        |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    // Every other byte of the letters of Europe is zero.
    match (zeros(0), zeros(1)) {
        (0, 0) => {}
        (0, second) if second * 8 > sample.len() => return Some("utf-16le"),
        (first, 0) if first * 8 > sample.len() => return Some("utf-16be"),
        _ => return None,
    }
    let share = |encoding: &'static Encoding, wanted: fn(char) -> bool| {
        let (text, whole) = decode(sample, encoding, false);
        let count = |is: &dyn Fn(char) -> bool| text.chars().filter(|c| is(*c)).count();
        if whole { count(&wanted) * 100 / count(&|c| !c.is_ascii()).max(1) } else { 0 }
    };
    let kana: fn(char) -> bool = |c| ('\u{3040}'..='\u{30ff}').contains(&c);
    for (label, encoding) in [("shift_jis", SHIFT_JIS), ("euc-jp", EUC_JP)] {
        if share(encoding, kana) >= 20 {
            return Some(label);
        }
    }
    // Where the alphabet is another one, letters beyond ASCII stand side by side.
    let high = |byte: &u8| *byte >= 0x80;
    let all = sample.iter().filter(|byte| high(byte)).count();
    let alone = sample.split(|byte| !high(byte)).filter(|run| run.len() == 1).count();
    if alone * 2 > all {
        return strictly(sample, WINDOWS_1252).is_ok().then_some("windows-1252");
    }
    let small = sample.iter().filter(|byte| **byte >= 0xe0).count();
    if small * 10 > all * 6 {
        return Some("windows-1251");
    }
    (share(GB18030, char::is_alphanumeric) >= 60).then_some("gb18030")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str, label: &str) -> Vec<u8> {
        named(label).unwrap().encode(text).0.into_owned()
    }

    fn read(bytes: &[u8], label: Option<&str>) -> Result<String, Undecodable> {
        let label = label.map(|label| named(label).unwrap());
        decoded(bytes.to_owned(), label).map(|text| String::from_utf8(text).unwrap())
    }

    fn utf_16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn text_is_read_by_the_name_of_its_encoding() {
        for (label, text) in [
            ("utf-8", "café"),
            ("latin1", "café"),
            ("windows-1252", "“café” … €"),
            ("ISO-8859-15", "œuf €"),
            ("shift_jis", "犬 はいぬ"),
            ("Shift-JIS", "犬 はいぬ"),
            ("koi8-r", "собака"),
            ("big5", "狗"),
        ] {
            assert_eq!(read(&written(text, label), Some(label)).as_deref(), Ok(text), "{label}");
        }
        assert_eq!(read(&utf_16("é\n", u16::to_le_bytes), Some("utf-16")).as_deref(), Ok("é\n"));
        assert_eq!(read(&utf_16("é\n", u16::to_be_bytes), Some("utf-16be")).as_deref(), Ok("é\n"));
        for label in COMMON {
            assert!(named(label).is_some(), "{label}");
        }
        for label in ["", "utf-9", "iso-2022-kr"] {
            assert!(named(label).is_none(), "{label}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_believed_before_a_name() {
        for given in [None, Some("utf-8"), Some("windows-1252")] {
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes = utf_16("\u{feff}chat\tcafé\r\n", order);
                assert_eq!(read(&bytes, given).as_deref(), Ok("chat\tcafé\r\n"), "{given:?}");
            }
            let bytes = "\u{feff}é".as_bytes();
            assert_eq!(read(bytes, given).as_deref(), Ok("\u{feff}é"), "{given:?}");
        }
    }

    #[test]
    fn bytes_that_an_encoding_does_not_have_are_named_by_line() {
        for (bytes, label, wrong) in [
            (&b"a\nb\xff"[..], None, "line 2 is not UTF-8"),
            (b"a\nb\n\x82", Some("shift_jis"), "line 3 is not Shift_JIS"),
            (b"a\n\xfd\nb\n", Some("shift_jis"), "line 2 is not Shift_JIS"),
            (b"a\n\x81\n", Some("latin1"), "line 2 is not windows-1252"),
            (b"\xff\xfea\0\n\0\0\xd8\n\0", None, "line 2 is not UTF-16LE"),
            (b"\xff\xfea\0\n\0b", None, "line 2 is not UTF-16LE"),
        ] {
            let error = read(bytes, label).unwrap_err();
            assert_eq!(error.to_string(), wrong, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_not_utf_8_may_be_what_it_looks_like() {
        for (label, text) in [
            ("windows-1252", "chien,dog\ncafé,coffee\nétée,“summer”\n"),
            ("windows-1251", "собака,dog\nкошка,cat\n"),
            ("shift_jis", "犬,いぬ\n猫,ねこ\n"),
            ("euc-jp", "犬,いぬ\n猫,ねこ\n"),
            ("gb18030", "狗,dog\n猫,cat\n汉字,character\n"),
        ] {
            assert_eq!(read(&written(text, label), None).unwrap_err().likely, Some(label));
        }
        for (label, order) in
            [("utf-16le", u16::to_le_bytes as fn(u16) -> _), ("utf-16be", u16::to_be_bytes)]
        {
            let bytes = utf_16("chat\tcafé\n", order);
            assert_eq!(read(&bytes, None).unwrap_err().likely, Some(label));
        }
        assert_eq!(read(b"PK\x03\x04\x14\0\0\0\x08\0\xe9", None).unwrap_err().likely, None);
        assert_eq!(read(b"caf\x8f", None).unwrap_err().likely, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            label in proptest::sample::select(&COMMON[..]),
        ) {
            for label in [None, Some(label)] {
                if let Ok(text) = read(&bytes, label) {
                    prop_assert!(!bytes.is_empty() || text.is_empty());
                }
            }
        }
    }
}
