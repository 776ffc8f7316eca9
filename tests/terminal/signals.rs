//! However a review ends, the shell gets its terminal back.

use std::fs;
use std::time::{Duration, Instant};

use rustix::termios::LocalModes;

use crate::support::*;

const QUIET: LocalModes = LocalModes::ECHO.union(LocalModes::ICANON).union(LocalModes::ISIG);

/// Begins a review with one answer given and the next question on the screen.
fn begun(home: &Home) -> Terminal {
    let mut terminal = Terminal::start(home, 80, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for("3", "space: answer");
    assert!(!terminal.modes().intersects(QUIET), "keys come one by one, unechoed");
    terminal
}

#[test]
fn every_way_to_leave_gives_the_summary_and_its_status() {
    for (key, revealed, status) in [
        ("\u{3}", false, 130),
        ("\u{3}", true, 130),
        ("\u{4}", false, 0),
        ("\u{4}", true, 0),
        ("\u{1b}", false, 0),
        ("q", true, 0),
    ] {
        let home = Home::starter();
        let mut terminal = begun(&home);
        if revealed {
            terminal.press_for(" ", "4 easy");
        }
        terminal.press_for(key, "1 answer to 1 card");
        terminal.wait_for("left for today");
        terminal.ends_sane(status);
        assert_eq!(home.answers().len(), 1, "{key:?} answers nothing");
    }
}

#[test]
fn ctrl_c_at_the_offer_leaves_a_sane_terminal() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("Put them there?");
    terminal.press("\u{3}");
    terminal.ends_sane(130);
    assert!(!home.path().join("decks").exists());
}

#[test]
fn signals_end_the_program_and_leave_a_sane_terminal() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        let home = Home::starter();
        let mut terminal = begun(&home);
        terminal.press_for(" ", "4 easy");
        terminal.signal(signal);
        terminal.ends_sane(status);
        assert_eq!(home.answers().len(), 1, "{signal}");
    }
}

#[test]
fn signals_at_a_question_before_the_review_leave_a_sane_terminal() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let mut terminal = Terminal::start(&Home::fresh(), 80, &["review"]);
        terminal.wait_for("Put them there?");
        std::thread::sleep(Duration::from_millis(50));
        terminal.signal(signal);
        terminal.ends_sane(status);
    }
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_until_the_review_is_woken() {
    let home = Home::starter();
    let mut terminal = begun(&home);
    terminal.press("\u{1a}");
    wait_until(|| state(terminal.pid()) == 'T');
    assert!(terminal.modes().contains(QUIET), "{:?}", terminal.modes());
    terminal.signal("CONT");
    wait_until(|| !terminal.modes().intersects(QUIET));
    // The shell may have cleared the screen: what is asked is shown once more.
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    // Stopped from outside, it goes on where it was, and takes the terminal back from the shell.
    terminal.signal("STOP");
    wait_until(|| state(terminal.pid()) == 'T');
    terminal.take_over();
    terminal.signal("CONT");
    wait_until(|| !terminal.modes().intersects(QUIET));
    terminal.press_for("i", "new");
    terminal.press_for("q", "1 answer to 1 card");
    terminal.ends_sane(0);
}

fn wait_until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(10), "that never happened");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Returns what the system says of a process: T is stopped.
fn state(pid: u32) -> char {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
}

#[test]
fn a_terminal_that_vanishes_ends_the_program() {
    let home = Home::starter();
    let terminal = begun(&home);
    let pid = terminal.pid();
    drop(terminal); // the shell and the window, all at once
    let gone = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    };
    wait_until(gone);
    assert_eq!(home.answers().len(), 1);
}
