//! Hostile files and cards against what reads, shows and judges them: what must hold of any.
//!
//! Each target has seeds in `tests/corpus/<target>/`. All of them are tried, and mutants of them: a
//! few hundred that are the same each time, or with `RETAIN_FUZZ_SECONDS` as many as that time is
//! for. There is no measure of coverage; a mutant whose outcome is a new one becomes a seed.

#[path = "fuzz/cards.rs"]
mod cards;
#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "fuzz/targets.rs"]
mod targets;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, Weak};
use std::time::{Duration, Instant};

use rand::rngs::{StdRng, SysRng};
use rand::{RngExt, SeedableRng};
use retain::card::hex;
use sha2::{Digest, Sha256};

/// How many mutants are tried where no time is given.
const MUTANTS: usize = 300;

/// The seed of those.
const SEED: u64 = 20_261_126;

/// An input that takes longer is a hang.
const HANG: Duration = Duration::from_secs(20);

/// Mutants with a new outcome become seeds up to this many, and up to this size in bytes.
const MOST_SEEDS: usize = 4_000;
const LARGEST_SEED: usize = 1_500;

/// A parser, and what must hold of it.
struct Target {
    /// What its folder of seeds is called.
    name: &'static str,
    /// What its format is made of.
    tokens: &'static [&'static [&'static str]],
    /// Tries an input and panics if something does not hold; returns what came of it, in brief.
    check: fn(&[u8]) -> String,
}

#[test]
fn board() {
    hunt(&Target { name: "board", tokens: &[mutate::NASTY, mutate::BOARD], check: targets::board });
}

#[test]
fn csv() {
    hunt(&Target { name: "csv", tokens: &[mutate::NASTY, mutate::CSV], check: targets::csv });
}

#[test]
fn markdown() {
    let tokens = &[mutate::NASTY, mutate::MARKDOWN];
    hunt(&Target { name: "markdown", tokens, check: targets::markdown });
}

#[test]
fn yaml() {
    hunt(&Target { name: "yaml", tokens: &[mutate::NASTY, mutate::YAML], check: targets::yaml });
}

#[test]
fn cloze() {
    hunt(&Target { name: "cloze", tokens: &[mutate::NASTY, mutate::CLOZE], check: cards::cloze });
}

#[test]
fn typed() {
    hunt(&Target { name: "typed", tokens: &[mutate::NASTY, mutate::TYPED], check: cards::typed });
}

#[test]
fn shown() {
    hunt(&Target { name: "shown", tokens: &[mutate::NASTY, mutate::SHOWN], check: cards::shown });
}

#[test]
fn query() {
    hunt(&Target { name: "query", tokens: &[mutate::NASTY, mutate::QUERY], check: targets::query });
}

/// Tries the seeds and mutants of them; panics if something did not hold, once all is tried.
fn hunt(target: &Target) {
    let seconds = setting("RETAIN_FUZZ_SECONDS").map(Duration::from_secs);
    let seed = setting("RETAIN_FUZZ_SEED").unwrap_or_else(|| match seconds {
        Some(_) => StdRng::try_from_rng(&mut SysRng).unwrap().random_range(0..1 << 32),
        None => SEED,
    });
    println!("{}: RETAIN_FUZZ_SEED={seed}", target.name);
    let trial = Trial::new(target, seconds.is_some());
    let mut findings: BTreeMap<String, String> = BTreeMap::new();
    let (mut pool, mut outcomes) = (Vec::new(), HashSet::new());
    for (path, input) in corpus(target.name) {
        match trial.of(&input) {
            Ok(outcome) => _ = outcomes.insert(outcome),
            Err(failure) => {
                let told = format!("{}\n  of {}", failure.told, path.display());
                findings.entry(failure.at).or_insert(told);
            }
        }
        pool.push(input);
    }
    let seeds = pool.len();
    assert!(seeds > 0, "tests/corpus/{} is empty", target.name);
    let mut rng = StdRng::seed_from_u64(seed);
    let began = Instant::now();
    let mut mutants = 0;
    while seconds.map_or(mutants < MUTANTS, |seconds| began.elapsed() < seconds) {
        let input = mutate::mutant(&mut rng, &pool, target.tokens);
        mutants += 1;
        match trial.of(&input) {
            Ok(outcome) => {
                if outcomes.insert(outcome)
                    && pool.len() < MOST_SEEDS
                    && input.len() <= LARGEST_SEED
                {
                    pool.push(input);
                }
            }
            Err(failure) if findings.contains_key(&failure.at) => {}
            Err(failure) => {
                let path = save(target.name, &trial.shortened(input, &failure.at));
                let told =
                    format!("{}\n  of {}: {}", failure.told, path.display(), kept(target.name));
                println!("{told}");
                findings.insert(failure.at, told);
            }
        }
    }
    println!(
        "{}: {seeds} seeds, {mutants} mutants in {:.1} s, {} outcomes, {} findings",
        target.name,
        began.elapsed().as_secs_f64(),
        outcomes.len(),
        findings.len()
    );
    let told: Vec<String> = findings.into_values().collect();
    assert!(told.is_empty(), "with RETAIN_FUZZ_SEED={seed}\n\n{}", told.join("\n\n"));
}

#[allow(clippy::disallowed_methods)] // a test has no other way to be told
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// Returns the seeds of a target in the order of their names.
fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name);
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Returns what to do with an input that was found.
fn kept(name: &str) -> String {
    format!("copy it into tests/corpus/{name}/, and it is a test from then on")
}

/// Writes an input where it can be looked at.
fn save(name: &str, input: &[u8]) -> PathBuf {
    write(&format!("{name}-{}", hex(&Sha256::digest(input)[..6])), input)
}

fn write(name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, input).unwrap();
    path
}

/// Something that did not hold.
struct Failure {
    /// Where it was noticed: findings at one place are one.
    at: String,
    told: String,
}

thread_local! {
    /// What the panic said that ended the trial on this thread.
    static PANIC: RefCell<Option<Failure>> = const { RefCell::new(None) };
    static TRYING: RefCell<bool> = const { RefCell::new(false) };
}

/// Panics of a trial are kept instead of told: there are many while an input is shortened.
fn keep_panics() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !TRYING.with_borrow(|trying| *trying) {
                return usual(info);
            }
            let at = info.location().map_or_else(String::new, ToString::to_string);
            let told = info.to_string().chars().take(2_000).collect();
            PANIC.set(Some(Failure { at, told }));
        }));
    });
}

/// What is tried just now, and since when.
type Running = Mutex<Option<(Instant, Vec<u8>)>>;

/// Tries inputs, and ends the process if one of them hangs.
struct Trial<'t> {
    target: &'t Target,
    running: Arc<Running>,
    /// Where each input is written first, for one that takes the process with it. It stays open: a
    /// file that is cut to nothing and closed is waited for by some file systems.
    notes: Option<File>,
}

impl Trial<'_> {
    fn new(target: &Target, is_noted: bool) -> Trial<'_> {
        keep_panics();
        let running = Arc::new(Running::default());
        let (name, watched) = (target.name, Arc::downgrade(&running));
        std::thread::spawn(move || watch(name, &watched));
        let note = || File::create(write(&format!("{}-running", target.name), b"")).unwrap();
        Trial { target, running, notes: is_noted.then(note) }
    }

    fn of(&self, input: &[u8]) -> Result<String, Failure> {
        if let Some(mut notes) = self.notes.as_ref() {
            notes.rewind().unwrap();
            notes.write_all(input).unwrap();
            notes.set_len(input.len() as u64).unwrap();
        }
        *self.running.lock().unwrap() = Some((Instant::now(), input.to_vec()));
        TRYING.set(true);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.target.check)(input)));
        TRYING.set(false);
        *self.running.lock().unwrap() = None;
        outcome.map_err(|_| PANIC.take().unwrap())
    }

    /// Returns what is left of an input that still fails at the same place.
    fn shortened(&self, mut input: Vec<u8>, at: &str) -> Vec<u8> {
        let mut tries = 2_000;
        let mut size = input.len() / 2;
        while size > 0 {
            let mut start = 0;
            while start < input.len() && tries > 0 {
                tries -= 1;
                let mut shorter = input.clone();
                shorter.drain(start..(start + size).min(input.len()));
                match self.of(&shorter) {
                    Err(failure) if failure.at == at => input = shorter,
                    _ => start += size,
                }
            }
            size /= 2;
        }
        input
    }
}

fn watch(name: &str, watched: &Weak<Running>) {
    while let Some(running) = watched.upgrade() {
        if let Some((since, input)) = &*running.lock().unwrap()
            && since.elapsed() > HANG
        {
            let path = save(name, input);
            let told = format!("{} takes over {HANG:?}; {}", path.display(), kept(name));
            // Not by a macro: what those print is kept for the end of the test.
            let _ = writeln!(std::io::stderr(), "{name} hangs: {told}");
            std::process::abort();
        }
        drop(running);
        std::thread::sleep(Duration::from_millis(500));
    }
}
