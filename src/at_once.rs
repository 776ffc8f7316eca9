//! Two halves of a long piece of work, each on a core of its own.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

/// So many pieces wait at most.
const WAITING: usize = 4;

/// Nobody takes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Takes a thing that was made.
pub type Hand<'h, T> = &'h mut dyn FnMut(T) -> Result<(), Gone>;

/// Takes with `take`, in their order, the things that `make` hands over meanwhile, `piece` of them at
/// once: to look at the other core costs more than to make a small one. Returns what both come to.
pub fn made_and_taken<T: Send, M: Send, R>(
    piece: usize,
    make: impl FnOnce(Hand<'_, T>) -> M + Send,
    take: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> (M, R) {
    let (sender, receiver) = sync_channel(WAITING);
    thread::scope(|scope| {
        let maker = scope.spawn(move || {
            let mut made_so_far = Vec::with_capacity(piece);
            let made = make(&mut |thing| {
                made_so_far.push(thing);
                if made_so_far.len() < piece {
                    return Ok(());
                }
                let full = std::mem::replace(&mut made_so_far, Vec::with_capacity(piece));
                sender.send(full).map_err(|_| Gone)
            });
            // If nobody takes it, nobody misses it.
            let _ = sender.send(made_so_far);
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
        for count in [0, 1, 10, 11, 30 * WAITING] {
            let make = |hand: Hand<'_, usize>| (0..count).try_for_each(hand);
            let (made, taken) = made_and_taken(10, make, |things| things.collect::<Vec<_>>());
            assert_eq!(made, Ok(()));
            assert!(taken.into_iter().eq(0..count));
        }
    }

    #[test]
    fn who_takes_no_more_ends_it() {
        let make = |hand: Hand<'_, usize>| (0..).try_for_each(hand);
        let (made, taken) = made_and_taken(2, make, |things| things.take(3).collect::<Vec<_>>());
        assert_eq!((made, taken), (Err(Gone), vec![0, 1, 2]));
    }

    #[test]
    fn both_halves_are_done() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
    }
}
