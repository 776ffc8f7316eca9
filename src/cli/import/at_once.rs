//! Two halves of a long piece of work, each on a core of its own.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

/// So many things go over at once: a look at the other core costs more than to make one of them.
const PIECE: usize = 512;
/// So many pieces wait at most.
const WAITING: usize = 8;

/// Nobody takes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Takes a thing that was made.
pub type Hand<'h, T> = &'h mut dyn FnMut(T) -> Result<(), Gone>;

/// Takes with `take`, in their order, the things that `make` hands over meanwhile. Returns what both
/// come to.
pub fn made_and_taken<T: Send, M: Send, R>(
    make: impl FnOnce(Hand<'_, T>) -> M + Send,
    take: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> (M, R) {
    let (sender, receiver) = sync_channel(WAITING);
    thread::scope(|scope| {
        let maker = scope.spawn(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let made = make(&mut |thing| {
                piece.push(thing);
                if piece.len() < PIECE {
                    return Ok(());
                }
                let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
                sender.send(full).map_err(|_| Gone)
            });
            // If nobody takes it, nobody misses it.
            let _ = sender.send(piece);
            made
        });
        let taken = take(&mut receiver.into_iter().flatten());
        (maker.join().unwrap_or_else(|panic| resume_unwind(panic)), taken)
    })
}

/// Does `one`, and `other` meanwhile; returns what both come to.
pub fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_taken_in_its_order() {
        for count in [0, 1, PIECE, PIECE + 1, 3 * PIECE * WAITING] {
            let make = |hand: Hand<'_, usize>| (0..count).try_for_each(hand);
            let (made, taken) = made_and_taken(make, |things| things.collect::<Vec<_>>());
            assert_eq!(made, Ok(()));
            assert!(taken.into_iter().eq(0..count));
        }
    }

    #[test]
    fn who_takes_no_more_ends_it() {
        let make = |hand: Hand<'_, usize>| (0..).try_for_each(hand);
        let (made, taken) = made_and_taken(make, |things| things.take(3).collect::<Vec<_>>());
        assert_eq!((made, taken), (Err(Gone), vec![0, 1, 2]));
    }

    #[test]
    fn both_halves_are_done() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
    }
}
