//! Two halves of a long piece of work, each on a core of its own; one after the other where no thread
//! is to be had.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder, ScopedJoinHandle};

/// Nobody takes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Takes a thing that was made.
pub type Hand<'h, T> = &'h mut dyn FnMut(T) -> Result<(), Gone>;

/// Takes with `take`, in their order, the things that `make` hands over meanwhile. Returns what both
/// come to.
///
/// They go over in pieces of so many, since to look at the other core costs more than to make a small
/// one; so many pieces wait at most.
pub fn made_and_taken<T: Send, M: Send, R>(
    (piece, waiting): (usize, usize),
    make: impl FnOnce(Hand<'_, T>) -> M + Send,
    take: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> (M, R) {
    let make = Once::new(make);
    let (sender, receiver) = sync_channel(waiting);
    thread::scope(|scope| {
        let there = Builder::new().spawn_scoped(scope, || {
            let mut made_so_far = Vec::with_capacity(piece);
            let made = make.take()(&mut |thing| {
                made_so_far.push(thing);
                if made_so_far.len() < piece {
                    return Ok(());
                }
                let full = std::mem::replace(&mut made_so_far, Vec::with_capacity(piece));
                sender.send(full).map_err(|_| Gone)
            });
            // If nobody takes it, nobody misses it.
            let _ = sender.send(made_so_far);
            drop(sender);
            made
        });
        let Ok(there) = there else { return in_turn(make.take(), take) };
        let taken = take(&mut receiver.into_iter().flatten());
        (end(there), taken)
    })
}

/// Does the same, and makes all before any of it is taken: it is in memory as a whole then.
fn in_turn<T, M, R>(
    make: impl FnOnce(Hand<'_, T>) -> M,
    take: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> (M, R) {
    let mut all = Vec::new();
    let made = make(&mut |thing| {
        all.push(thing);
        Ok(())
    });
    (made, take(&mut all.into_iter()))
}

/// Does `one`, and `other` meanwhile; returns what both come to.
pub fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    let one = Once::new(one);
    thread::scope(|scope| {
        let there = Builder::new().spawn_scoped(scope, || one.take()());
        let other = other();
        (there.map_or_else(|_| one.take()(), end), other)
    })
}

/// Waits for the end of a half. What went wrong in it goes wrong here.
fn end<T>(there: ScopedJoinHandle<'_, T>) -> T {
    there.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Work that is done once, there or here.
struct Once<F>(Mutex<Option<F>>);

impl<F> Once<F> {
    fn new(work: F) -> Once<F> {
        Once(Mutex::new(Some(work)))
    }

    fn take(&self) -> F {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.unwrap_or_else(|| unreachable!("a thread that did not begin did not take it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_taken_in_its_order() {
        for count in [0, 1, 10, 11, 300] {
            let make = |hand: Hand<'_, usize>| (0..count).try_for_each(hand);
            let (made, taken) = made_and_taken((10, 3), make, |things| things.collect::<Vec<_>>());
            assert_eq!(made, Ok(()));
            assert!(taken.into_iter().eq(0..count));
        }
    }

    #[test]
    fn who_takes_no_more_ends_it() {
        let make = |hand: Hand<'_, usize>| (0..).try_for_each(hand);
        let (made, taken) =
            made_and_taken((2, 1), make, |things| things.take(3).collect::<Vec<_>>());
        assert_eq!((made, taken), (Err(Gone), vec![0, 1, 2]));
    }

    #[test]
    fn without_a_second_thread_it_is_the_same() {
        let make = |hand: Hand<'_, usize>| (0..100).try_for_each(hand);
        assert_eq!(in_turn(make, |things| things.sum::<usize>()), (Ok(()), 4_950));
    }

    #[test]
    fn both_halves_are_done() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
    }
}
