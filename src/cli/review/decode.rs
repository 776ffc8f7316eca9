//! What a terminal sends, as keys.
//!
//! Function keys, mouse reports and answers of the terminal are sequences of many bytes
//! (ECMA-48, xterm's ctlseqs). Each is swallowed whole: what a sequence ends with is no key, but for the
//! arrows, which move on the board.

/// A key that a person pressed, as far as a sitting knows keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape, alone.
    Escape,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D, or nobody is there.
    End,
    /// Ctrl-Z.
    Sleep,
    /// The shell gave the terminal back.
    Woken,
    /// More at once than a person presses; none of it is a key.
    Pasted,
    /// An arrow.
    Arrow(Arrow),
    /// What takes back the last character.
    Backspace,
    /// Anything else.
    Other,
}

/// Where an arrow points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    /// ↑
    Up,
    /// ↓
    Down,
    /// ←
    Left,
    /// →
    Right,
}

/// Ctrl-C, as a byte.
pub const INTERRUPT: u8 = 3;

const ESC: u8 = 0x1b;

/// Returns the keys in `bytes`, and how many of the bytes they are made of.
///
/// The bytes behind them are the beginning of a key that has not come whole.
pub fn decode(bytes: &[u8]) -> (Vec<Pressed>, usize) {
    let (mut keys, mut at) = (Vec::new(), 0);
    while let Some((key, length)) = first(&bytes[at..]) {
        keys.push(key);
        at += length;
    }
    (keys, at)
}

/// Returns what the beginning of a key means whose rest never came.
pub fn unfinished(bytes: &[u8]) -> Pressed {
    if bytes.iter().all(|byte| *byte == ESC) { Pressed::Escape } else { Pressed::Other }
}

/// Returns the first key and its length; `None` if it is not whole.
fn first(bytes: &[u8]) -> Option<(Pressed, usize)> {
    let key = match *bytes.first()? {
        b'\r' | b'\n' => Pressed::Enter,
        INTERRUPT => Pressed::Interrupt,
        4 => Pressed::End,
        0x1a => Pressed::Sleep,
        ESC => return escaped(bytes),
        8 | 0x7f => Pressed::Backspace,
        0..=0x1f => Pressed::Other,
        _ => return character(bytes),
    };
    Some((key, 1))
}

fn character(bytes: &[u8]) -> Option<(Pressed, usize)> {
    let bytes = &bytes[..bytes.len().min(4)];
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        // Bytes that are no text, or half a character.
        Err(error) => return error.error_len().map(|length| (Pressed::Other, length)),
    };
    let char = text.chars().next()?;
    let key = if char.is_control() { Pressed::Other } else { Pressed::Char(char) };
    Some((key, char.len_utf8()))
}

/// Returns what begins with ESC: the key alone, a sequence, or a key with Alt.
fn escaped(bytes: &[u8]) -> Option<(Pressed, usize)> {
    let length = match *bytes.get(1)? {
        b'[' => {
            let length = 2 + control_sequence(&bytes[2..])?;
            return Some((arrow(&bytes[2..length]), length));
        }
        b'O' => {
            let length = 2 + parameters_and_final(&bytes[2..])?;
            return Some((arrow(&bytes[2..length]), length));
        }
        // Strings, with which a terminal answers questions.
        b']' | b'P' | b'^' | b'_' | b'X' => 2 + string(&bytes[2..])?,
        ESC => match *bytes.get(2)? {
            // A sequence with Alt, as rxvt sends it.
            b'[' | b'O' => return escaped(&bytes[1..]).map(|(key, length)| (key, length + 1)),
            _ => return Some((Pressed::Escape, 1)),
        },
        0x20.. => 1 + character(&bytes[1..])?.1,
        _ => 2,
    };
    Some((Pressed::Other, length))
}

/// Returns the arrow that a sequence ends with, where nothing else was held down.
fn arrow(sequence: &[u8]) -> Pressed {
    Pressed::Arrow(match sequence {
        b"A" => Arrow::Up,
        b"B" => Arrow::Down,
        b"C" => Arrow::Right,
        b"D" => Arrow::Left,
        _ => return Pressed::Other,
    })
}

fn control_sequence(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        // A mouse report of the old kind: three bytes behind the M.
        b'M' => (bytes.len() >= 4).then_some(4),
        // A function key of the Linux console.
        b'[' => (bytes.len() >= 2).then_some(2),
        _ => parameters_and_final(bytes),
    }
}

/// Returns the length of parameters and the byte that ends them. What cannot be part of a sequence
/// ends it, and is a key of its own.
fn parameters_and_final(bytes: &[u8]) -> Option<usize> {
    let at = bytes.iter().position(|byte| !(0x20..=0x3f).contains(byte))?;
    let ends = (0x40..=0x7e).contains(&bytes[at]);
    Some(at + usize::from(ends))
}

/// Returns the length of a string up to its end: BEL, or ESC and a backslash.
fn string(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find_map(|at| match bytes[at..] {
        [7, ..] => Some(at + 1),
        [ESC, b'\\', ..] => Some(at + 2),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::Pressed::{Backspace, Char, End, Enter, Escape, Interrupt, Other, Sleep};
    use super::*;

    #[test]
    fn keys_are_what_a_person_pressed() {
        for (bytes, keys) in [
            ("1", vec![Char('1')]),
            (" 3é漢👩", vec![Char(' '), Char('3'), Char('é'), Char('漢'), Char('👩')]),
            ("\r\n", vec![Enter, Enter]),
            ("\u{3}\u{4}\u{1a}", vec![Interrupt, End, Sleep]),
            ("\t\u{1}\u{13}", vec![Other, Other, Other]),
            ("\u{7f}\u{8}", vec![Backspace, Backspace]),
            (
                "\u{1b}[A\u{1b}OB\u{1b}[C\u{1b}OD",
                [Arrow::Up, Arrow::Down, Arrow::Right, Arrow::Left].map(Pressed::Arrow).to_vec(),
            ),
            ("\u{9b}", vec![Other]),
            ("\u{1b}\u{1b}q", vec![Escape, Other]),
        ] {
            assert_eq!(decode(bytes.as_bytes()), (keys, bytes.len()), "{bytes:?}");
        }
        assert_eq!(decode(b"\xff3"), (vec![Other, Char('3')], 2), "no text");
    }

    #[test]
    fn a_sequence_is_one_key_that_means_nothing() {
        for sequence in [
            "\u{1b}[1;2A",
            "\u{1b}[1;5C",
            "\u{1b}O5P",
            "\u{1b}[3~",
            "\u{1b}[13;2~",
            "\u{1b}[1;2R",
            "\u{1b}[[A",
            "\u{1b}[52u",
            "\u{1b}[52;5:1;52u",
            "\u{1b}[<0;33;12M",
            "\u{1b}[<0;33;12m",
            "\u{1b}[M 3!",
            "\u{1b}[?1;2c",
            "\u{1b}[200~",
            "\u{1b}]11;rgb:0000/0000/0000\u{7}",
            "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\",
            "\u{1b}P1$r0m\u{1b}\\",
            "\u{1b}\u{1b}[5~",
            "\u{1b}q",
            "\u{1b}é",
            "\u{1b}\r",
        ] {
            let keys = format!("{sequence}4");
            assert_eq!(decode(keys.as_bytes()), (vec![Other, Char('4')], keys.len()), "{keys:?}");
        }
    }

    #[test]
    fn what_has_not_come_whole_is_waited_for() {
        for bytes in [
            &b"\x1b"[..],
            b"\x1b\x1b",
            b"\x1b[",
            b"\x1b[1;5",
            b"\x1bO",
            b"\x1b[M 3",
            b"\x1b]11;rgb",
            b"\xe6\xbc",
            b"",
        ] {
            assert_eq!(decode(bytes), (vec![], 0), "{bytes:?}");
            let with_a_key = [b"1", bytes].concat();
            assert_eq!(decode(&with_a_key), (vec![Char('1')], 1), "{bytes:?}");
        }
        for (bytes, key) in
            [(&b"\x1b"[..], Escape), (b"\x1b\x1b", Escape), (b"\x1b[", Other), (b"\xe6", Other)]
        {
            assert_eq!(unfinished(bytes), key, "{bytes:?}");
        }
    }

    #[test]
    fn what_breaks_a_sequence_off_is_a_key() {
        assert_eq!(decode(b"\x1b[1;\x03"), (vec![Other, Interrupt], 5));
        assert_eq!(decode("\u{1b}[é".as_bytes()), (vec![Other, Char('é')], 4));
    }
}
