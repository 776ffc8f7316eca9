//! Numbers in answers, by their value.

/// Digits up to which a number has a value here; longer ones are texts.
const MAX_DIGITS: usize = 30;

/// The zeros of the digits that are read: ASCII, Arabic, Persian, Devanagari, Bengali.
const ZEROS: [char; 5] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}'];

/// Signs of currencies, which may stand on both sides of a number.
const CURRENCIES: [char; 14] =
    ['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₴', '₫', '₪', '฿', '₿', '¢'];

/// A number and what is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    negative: bool,
    /// In lowest terms.
    numerator: u128,
    denominator: u128,
    /// The unit or words behind the number; a currency too if it stands before it.
    pub unit: String,
}

impl Quantity {
    /// Returns the quantity that a folded text is.
    ///
    /// - Groups of three digits are parted by commas, spaces or `'`, all alike: `10,000`, `10 000`.
    ///   The decimal mark is a point, or a comma that could part no group: `3,14` and `0,500` are,
    ///   `1,500` is 1500. Both may come, the decimal mark last: `1.234,5`.
    /// - A fraction in lowest terms has a value: `1/2` is 0.5, `1 1/2` is 1.5. Another (`6/8`,
    ///   `4/4`) is a text, for its terms are what was asked.
    /// - The unit is a word, `%`, `°` or a currency, with or without a blank before it.
    ///
    /// Whatever looks like a version, a code or a date is a text: leading zeros, a second decimal
    /// point, signs or digits behind the number.
    pub fn of(folded: &str) -> Option<Quantity> {
        if !folded.contains(char::is_numeric) {
            return None;
        }
        let text: String = folded.chars().map(with_ascii_digits).collect();
        let mut rest = text.as_str();
        let mut sign = None;
        let mut currency = None;
        loop {
            let first = rest.chars().next()?;
            match first {
                '-' | '+' if sign.is_none() => sign = Some(first),
                _ if currency.is_none() && CURRENCIES.contains(&first) => currency = Some(first),
                ' ' if currency.is_some() => {}
                _ => break,
            }
            rest = &rest[first.len_utf8()..];
        }
        let (numerator, denominator, rest) = number(rest)?;
        let unit = unit(rest)?;
        let unit = match currency {
            Some(currency) if unit.is_empty() => currency.to_string(),
            Some(currency) => format!("{currency} {unit}"),
            None => unit.to_owned(),
        };
        let negative = sign == Some('-') && numerator > 0;
        Some(Quantity { negative, numerator, denominator, unit })
    }

    /// Whether the numbers are the same.
    pub fn has_value_of(&self, other: &Quantity) -> bool {
        let value =
            |quantity: &Quantity| (quantity.negative, quantity.numerator, quantity.denominator);
        value(self) == value(other)
    }

    /// Returns a text that equal quantities have in common.
    pub fn key(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}/{} {}", self.numerator, self.denominator, self.unit)
    }
}

fn with_ascii_digits(char: char) -> char {
    let digit = ZEROS.iter().find_map(|zero| {
        (u32::from(char).checked_sub(u32::from(*zero))).filter(|digit| *digit < 10)
    });
    match (digit, char) {
        (Some(digit), _) => char::from_digit(digit, 10).unwrap_or(char),
        (None, '٫') => '.',
        (None, '٬') => ',',
        _ => char,
    }
}

/// Returns the terms of the number at the start of `text`, and what is behind it.
fn number(text: &str) -> Option<(u128, u128, &str)> {
    let (literal, rest) = text.split_at(literal_length(text));
    let whole = digits(literal);
    if whole.len() < literal.len() {
        let (numerator, denominator) = decimal(literal)?;
        return Some((numerator, denominator, rest));
    }
    let (whole, _) = decimal(whole)?;
    if rest.starts_with('/') {
        return fraction(literal, rest);
    }
    if let Some(mixed) = rest.strip_prefix(' ') {
        let numerator = digits(mixed);
        if !numerator.is_empty() {
            let (part, of, rest) = fraction(numerator, &mixed[numerator.len()..])?;
            let sum = whole.checked_mul(of)?.checked_add(part)?;
            return (part < of).then_some((sum, of, rest));
        }
    }
    Some((whole, 1, rest))
}

/// Returns the terms of a fraction in lowest terms, of which `rest` begins behind the numerator.
fn fraction<'t>(numerator: &str, rest: &'t str) -> Option<(u128, u128, &'t str)> {
    let rest = rest.strip_prefix('/')?;
    let denominator = digits(rest);
    let rest = &rest[denominator.len()..];
    let (numerator, _) = decimal(numerator)?;
    let (denominator, _) = decimal(denominator)?;
    let reduced = denominator > 1 && divisor(numerator, denominator) == 1;
    reduced.then_some((numerator, denominator, rest))
}

/// Returns the digits at the start of `text`.
fn digits(text: &str) -> &str {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

/// Returns how long the number at the start of `text` is, with all that may part its digits.
fn literal_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut run = 0;
    let mut has_point = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => run += 1,
            b'.' | b',' | b'\'' if is_digit(at + 1) && (at > 0 || *byte == b'.') => {
                has_point |= *byte == b'.';
                run = 0;
            }
            b' ' if (1..=3).contains(&run) && !has_point => {
                let is_group = (1..=3).all(|ahead| is_digit(at + ahead)) && !is_digit(at + 4);
                if !is_group {
                    return at;
                }
                run = 0;
            }
            _ => return at,
        }
    }
    bytes.len()
}

/// Returns the terms of a number of digits, marks of groups and a decimal mark.
fn decimal(literal: &str) -> Option<(u128, u128)> {
    let count = |mark| literal.matches(mark).count();
    let has_groups = literal.contains([' ', '\'']);
    let is_last = |mark, other| literal.rfind(mark) > literal.rfind(other);
    let point = match (count('.'), count(',')) {
        (0, 0) => None,
        (1, 0) => Some('.'),
        (0, 1) if has_groups || !is_grouped(literal, ',') => Some(','),
        (0, _) => None,
        (1, _) if is_last('.', ',') => Some('.'),
        (_, 1) if is_last(',', '.') => Some(','),
        _ => return None,
    };
    let (whole, part) = point.and_then(|point| literal.rsplit_once(point)).unwrap_or((literal, ""));
    let mark = whole.chars().find(|char| !char.is_ascii_digit());
    if mark.is_some_and(|mark| !is_grouped(whole, mark)) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    if has_leading_zero || !(1..=MAX_DIGITS).contains(&(whole.len() + part.len())) {
        return None;
    }
    let numerator: u128 = format!("{whole}{part}").parse().ok()?;
    let denominator = 10_u128.pow(part.len() as u32);
    let common = divisor(numerator, denominator);
    Some((numerator / common, denominator / common))
}

/// Whether `mark`, and no other, parts groups of three digits.
fn is_grouped(text: &str, mark: char) -> bool {
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = text.split(mark);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && is_number(first)
        && first != "0"
        && groups.all(|group| group.len() == 3 && is_number(group))
}

/// Returns the greatest common divisor; of 0 and a number, the number.
fn divisor(one: u128, other: u128) -> u128 {
    let (mut one, mut other) = (one, other);
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Returns what is behind a number as its unit, unless that makes a code of it.
fn unit(rest: &str) -> Option<&str> {
    let unit = rest.trim_start();
    let attached: Vec<char> = rest.chars().take_while(|char| *char != ' ').collect();
    let is_code = attached.windows(2).any(|pair| pair[0].is_alphabetic() && pair[1].is_numeric());
    let is_unit = unit.chars().next().is_none_or(|first| {
        first.is_alphabetic() || matches!(first, '%' | '‰' | '°') || CURRENCIES.contains(&first)
    });
    (is_unit && !is_code).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_their_value() {
        for (text, numerator, denominator, unit) in [
            ("7", 7, 1, ""),
            ("0", 0, 1, ""),
            ("1,000", 1_000, 1, ""),
            ("1 000 000", 1_000_000, 1, ""),
            ("1'000.50", 2_001, 2, ""),
            ("1.234,5", 2_469, 2, ""),
            ("1,234,567.5", 2_469_135, 2, ""),
            ("3,14", 157, 50, ""),
            ("3,1415", 6_283, 2_000, ""),
            ("0,500", 1, 2, ""),
            ("1000,500", 2_001, 2, ""),
            (".5", 1, 2, ""),
            ("1.10", 11, 10, ""),
            ("1/2", 1, 2, ""),
            ("1 1/2 cups", 3, 2, "cups"),
            ("10 km/h", 10, 1, "km/h"),
            ("10km", 10, 1, "km"),
            ("$ 5 m", 5, 1, "$ m"),
            ("50 %", 50, 1, "%"),
            ("5 apples and 3 pears", 5, 1, "apples and 3 pears"),
            ("٣٫٥", 7, 2, ""),
        ] {
            let quantity = Quantity::of(text).unwrap_or_else(|| panic!("{text} is a text"));
            let seen = (quantity.numerator, quantity.denominator, quantity.unit.as_str());
            assert_eq!(seen, (numerator, denominator, unit), "{text}");
        }
    }

    #[test]
    fn codes_and_dates_are_texts() {
        for text in [
            "",
            "-",
            "$",
            "km",
            "007",
            "00.5",
            "1.2.3",
            "192.168.0.1",
            "1.000.000",
            "01.02.2024",
            "2024-01-01",
            "1/2/2024",
            "12:30",
            "6/8",
            "4/4",
            "8/1",
            "1/0",
            "1,2,3",
            "1,00,000",
            "10^2",
            "5'",
            "1a2b",
            "20 100 30",
            "--5",
            "1 2",
            "0/0",
            ",5",
            "1234567890123456789012345678901",
        ] {
            assert_eq!(Quantity::of(text), None, "{text}");
        }
    }
}
