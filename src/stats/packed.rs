//! The answers to a card in a few bytes each, for a cache.

use integer_encoding::VarInt;

use super::{Answer, Before};
use crate::schedule::{Grade, Interval, Quality, Rating};
use crate::time::{Day, Moment};

/// An answer begins with two bytes. In the first are the rating, in the lowest two bits, and these:
const FIRST: u8 = 1 << 2;
const COUNTED: u8 = 1 << 3;
const BEFORE: u8 = 1 << 4;
const IN_REVIEW: u8 = 1 << 5;
const TIMED: u8 = 1 << 6;
const SURE: u8 = 1 << 7;
/// In the second are the quality and one more, in the lowest three bits, 0 for none, and these:
const MOVED: u8 = 1 << 3;
const OTHER_DEVICE: u8 = 1 << 4;

/// What an answer is told by its difference from: the one before it.
#[derive(Clone, Copy, Default)]
struct Last {
    at_ms: i64,
    utc_offset_s: i32,
    day: i32,
    device: i64,
}

impl Last {
    fn of(answer: &Answer) -> Last {
        Last {
            at_ms: answer.when.at_ms,
            utc_offset_s: answer.when.utc_offset_s,
            day: answer.day.0,
            device: answer.device,
        }
    }
}

/// Returns the answers to one card as bytes; the card is not in them.
pub fn pack(answers: &[Answer]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(answers.len() * 16);
    let mut last = Last::default();
    for answer in answers {
        let this = Last::of(answer);
        let flag = |bit: u8, is_set: bool| if is_set { bit } else { 0 };
        let (moved, other) = (this.utc_offset_s != last.utc_offset_s, this.device != last.device);
        bytes.push(
            (answer.grade.rating.number() as u8 - 1)
                | flag(FIRST, answer.first)
                | flag(COUNTED, answer.interval.is_some())
                | flag(BEFORE, answer.before.is_some())
                | flag(IN_REVIEW, answer.before.is_some_and(|before| before.in_review))
                | flag(TIMED, answer.took_ms.is_some())
                | flag(SURE, answer.sure.is_some()),
        );
        let quality = answer.grade.quality.map_or(0, |quality| quality.number() as u8 + 1);
        bytes.push(quality | flag(MOVED, moved) | flag(OTHER_DEVICE, other));
        put(&mut bytes, this.at_ms.wrapping_sub(last.at_ms));
        put(&mut bytes, this.day.wrapping_sub(last.day));
        if moved {
            put(&mut bytes, this.utc_offset_s);
        }
        if other {
            put(&mut bytes, this.device);
        }
        if let Some(interval) = answer.interval {
            put(&mut bytes, interval.days());
        }
        if let Some(before) = answer.before {
            put(&mut bytes, before.interval.days());
        }
        if let Some(took_ms) = answer.took_ms {
            put(&mut bytes, took_ms);
        }
        bytes.extend(answer.sure);
        last = this;
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, number: impl VarInt) {
    let mut room = [0; 10];
    let length = number.encode_var(&mut room);
    bytes.extend_from_slice(&room[..length]);
}

/// Bytes are not what [`pack`] makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("packed answers make no sense")]
pub struct Garbled;

/// Calls `with` for each of the answers to `card` in what [`pack`] made.
///
/// # Errors
///
/// If it did not make these bytes; answers before the place may have been passed on.
pub fn unpack(card: i64, bytes: &[u8], mut with: impl FnMut(Answer)) -> Result<(), Garbled> {
    let mut rest = Rest(bytes);
    let mut last = Last::default();
    while !rest.0.is_empty() {
        let (flags, more) = (rest.byte()?, rest.byte()?);
        let at_ms = last.at_ms.wrapping_add(rest.number()?);
        let day = last.day.wrapping_add(rest.number()?);
        let utc_offset_s = if more & MOVED == 0 { last.utc_offset_s } else { rest.number()? };
        let device = if more & OTHER_DEVICE == 0 { last.device } else { rest.number()? };
        let rating = Rating::ALL[usize::from(flags & 3)];
        let quality = match more & 7 {
            0 => None,
            given => Some(Quality::new(i64::from(given) - 1).ok_or(Garbled)?),
        };
        let answer = Answer {
            card,
            when: Moment { at_ms, utc_offset_s },
            day: Day(day),
            grade: Grade { rating, quality },
            first: flags & FIRST != 0,
            interval: rest.given(flags & COUNTED, Rest::interval)?,
            before: rest.given(flags & BEFORE, |rest| {
                Ok(Before { interval: rest.interval()?, in_review: flags & IN_REVIEW != 0 })
            })?,
            took_ms: rest.given(flags & TIMED, Rest::number)?,
            device,
            sure: rest.given(flags & SURE, Rest::byte)?,
        };
        last = Last::of(&answer);
        with(answer);
    }
    Ok(())
}

/// The bytes that are still to be read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self) -> Result<u8, Garbled> {
        let (byte, rest) = self.0.split_first().ok_or(Garbled)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number<N: VarInt>(&mut self) -> Result<N, Garbled> {
        let (number, length) = N::decode_var(self.0).ok_or(Garbled)?;
        self.0 = &self.0[length..];
        Ok(number)
    }

    fn interval(&mut self) -> Result<Interval, Garbled> {
        Ok(Interval::of(self.number()?))
    }

    fn given<T>(
        &mut self,
        bit: u8,
        read: impl FnOnce(&mut Self) -> Result<T, Garbled>,
    ) -> Result<Option<T>, Garbled> {
        if bit == 0 { Ok(None) } else { read(self).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn unpacked(bytes: &[u8]) -> Result<Vec<Answer>, Garbled> {
        let mut answers = Vec::new();
        unpack(7, bytes, |answer| answers.push(answer))?;
        Ok(answers)
    }

    fn any_answer() -> impl Strategy<Value = Answer> {
        let interval = || (0..40_000_u64).prop_map(Interval::of);
        let grade = (0..4_usize, option::of(0..6_i64)).prop_map(|(rating, quality)| Grade {
            rating: Rating::ALL[rating],
            quality: quality.and_then(Quality::new),
        });
        let when = (any::<i64>(), any::<i32>(), any::<i32>());
        let before = option::of((interval(), any::<bool>()));
        let extra = (option::of(any::<i64>()), 0..3_i64, option::of(any::<u8>()), any::<bool>());
        (when, grade, option::of(interval()), before, extra).prop_map(
            |((at_ms, utc_offset_s, day), grade, interval, before, extra)| Answer {
                card: 7,
                when: Moment { at_ms, utc_offset_s },
                day: Day(day),
                grade,
                took_ms: extra.0,
                device: extra.1,
                sure: extra.2,
                first: extra.3,
                interval,
                before: before.map(|(interval, in_review)| Before { interval, in_review }),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_packed_comes_out_again(
            answers in proptest::collection::vec(any_answer(), 0..20),
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = pack(&answers);
            prop_assert_eq!(unpacked(&bytes), Ok(answers.clone()));
            // Half of an answer is none.
            let cut = &bytes[..cut.index(bytes.len() + 1)];
            if let Ok(some) = unpacked(cut) {
                prop_assert_eq!(&some[..], &answers[..some.len()]);
            }
        }

        #[test]
        fn anything_else_is_no_reason_to_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = unpacked(&bytes);
        }
    }

    #[test]
    fn a_usual_answer_takes_less_than_sixteen_bytes() {
        let answer = |day: i32| Answer {
            when: Moment { at_ms: i64::from(day) * 86_400_000, utc_offset_s: 7_200 },
            took_ms: Some(5_000),
            ..super::super::testing::answer(day, 300, Rating::Good)
        };
        let answers: Vec<Answer> = (0..100).map(|at| answer(20_000 + at * 200)).collect();
        assert!(pack(&answers).len() < 16 * answers.len());
    }
}
