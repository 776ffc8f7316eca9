//! The examples of README.md and docs/: they do what they show.
//!
//! A block tagged `console` is run: lines that begin with `$ ` by `sh` (`> ` goes on with a command),
//! in a home that all blocks of a page share (`<!-- own home -->` above it: in a fresh one), with `retain` on the path; the lines below each are
//! what it prints, a line `…` standing for any lines. A block tagged `yaml` with a line `cards:` passes
//! `retain check` without a word, unless `<!-- broken -->` stands above it: then it must not.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::RETAIN;

/// A fenced block of a page.
#[derive(Debug)]
struct Block {
    tag: String,
    line: usize,
    text: String,
    broken: bool,
    own_home: bool,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Block)> = None;
    let (mut broken, mut own_home) = (false, false);
    for (number, line) in page.lines().enumerate() {
        match open.take() {
            Some((fence, block)) if line.trim() == fence => blocks.push(block),
            Some((fence, mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some((fence, block));
            }
            None => {
                let trimmed = line.trim_start();
                let ticks = trimmed.chars().take_while(|c| *c == '`').count();
                if ticks >= 3 {
                    let tag = trimmed[ticks..].split([' ', ',']).next().unwrap_or("").to_owned();
                    let text = String::new();
                    let block = Block { tag, line: number + 1, text, broken, own_home };
                    open = Some(("`".repeat(ticks), block));
                    (broken, own_home) = (false, false);
                } else if line.trim() == "<!-- broken -->" {
                    broken = true;
                } else if line.trim() == "<!-- own home -->" {
                    own_home = true;
                } else if !line.trim().is_empty() {
                    (broken, own_home) = (false, false);
                }
            }
        }
    }
    blocks
}

/// Whether `shown`, in which `…` stands for any lines, is what was printed.
fn is_like(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [any, rest @ ..] if any.trim() == "…" => {
            (0..=printed.len()).any(|skipped| is_like(rest, &printed[skipped..]))
        }
        [line, rest @ ..] => {
            printed.first().is_some_and(|printed| printed.trim_end() == line.trim_end())
                && is_like(rest, &printed[1..])
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    let lines: Vec<_> = text.trim_matches('\n').split('\n').collect();
    if lines == [""] { Vec::new() } else { lines }
}

/// Where the examples of a page run.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "here"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Place { folder }
    }
}

/// Runs a line as a person would, and returns all that it prints.
fn sh(line: &str, place: &Place) -> String {
    let home = place.folder.path().join("home");
    let program = Path::new(RETAIN).parent().unwrap();
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1\n{line}"))
        .current_dir(place.folder.path().join("here"))
        .env_clear()
        .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", program.display()))
        .env("HOME", &home)
        .env("RETAIN_HOME", &home)
        .env("RETAIN_NOW", "2026-11-24T10:00:00+01:00")
        .env("RETAIN_SEED", "1")
        .env("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        .env("COLUMNS", "80")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    // Where it ran is nobody's business.
    String::from_utf8(output.stdout).unwrap().replace(&home.display().to_string(), "~")
}

fn run_console(block: &Block, place: &Place, page: &Path, wrong: &mut Vec<String>) {
    let mut commands: Vec<(String, Vec<&str>)> = Vec::new();
    for line in block.text.lines() {
        let more = line.strip_prefix("> ").or((line == ">").then_some(""));
        match (line.strip_prefix("$ "), more, commands.last_mut()) {
            (Some(command), ..) => commands.push((command.to_owned(), Vec::new())),
            (_, Some(more), Some((command, shown))) if shown.is_empty() => {
                command.push('\n');
                command.push_str(more);
            }
            (_, _, Some((_, shown))) => shown.push(line),
            (_, _, None) => {}
        }
    }
    for (command, mut shown) in commands {
        while shown.last().is_some_and(|line| line.trim().is_empty()) {
            shown.pop();
        }
        let printed = sh(&command, place);
        if !is_like(&shown, &lines(&printed)) {
            wrong.push(format!(
                "{}:{}: $ {command}\n--- shown\n{}\n--- printed\n{printed}",
                page.display(),
                block.line,
                shown.join("\n")
            ));
        }
    }
}

fn check_deck(block: &Block, page: &Path, wrong: &mut Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deck.yaml");
    std::fs::write(&file, &block.text).unwrap();
    let output = Command::new(RETAIN)
        .arg("check")
        .arg(&file)
        .env_clear()
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let clean = output.status.success() && printed.contains("no mistakes found");
    if clean == block.broken || output.status.code().is_none_or(|status| status > 1) {
        wrong.push(format!("{}:{}: `check` says\n{printed}", page.display(), block.line));
    }
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).into_iter().flatten();
    let docs = docs.map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> =
        docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.push(root.join("README.md"));
    pages.retain(|page| page.exists());
    pages.sort();
    pages
}

#[test]
fn every_example_of_the_pages_does_what_it_shows() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let place = Place::new();
        for block in blocks(&text) {
            match block.tag.as_str() {
                "console" if block.own_home => {
                    run_console(&block, &Place::new(), &page, &mut wrong);
                }
                "console" => run_console(&block, &place, &page, &mut wrong),
                "yaml" if block.text.lines().any(|line| line.starts_with("cards:")) => {
                    check_deck(&block, &page, &mut wrong);
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn blocks_are_found_and_compared_as_the_pages_mean_them() {
    let page = "# A\n<!-- own home -->\n```console\n$ echo a\na\n```\n<!-- broken -->\n\n```yaml\ncards: 1\n```\ntext\n## B\n```\n$ no\n```\n````yaml\n```\n````\n";
    let found = blocks(page);
    let seen: Vec<_> =
        found.iter().map(|block| (block.tag.as_str(), block.line, block.broken)).collect();
    let wanted = [("console", 3, false), ("yaml", 9, true), ("", 14, false), ("yaml", 17, false)];
    assert_eq!(seen, wanted);
    assert_eq!(found[3].text, "```\n");
    assert!(found[0].own_home && !found[1].own_home);
    for (shown, printed, like) in [
        (&["a", "b"][..], &["a", "b"][..], true),
        (&["a", "…"], &["a"], true),
        (&["a", "…"], &["a", "b", "c"], true),
        (&["…", "c"], &["a", "b", "c"], true),
        (&["…", "c"], &["a", "b"], false),
        (&["a", "…", "c", "…"], &["a", "b", "c"], true),
        (&["a"], &["a", "b"], false),
        (&[], &["a"], false),
        (&["a  "], &["a"], true),
    ] {
        assert_eq!(is_like(shown, printed), like, "{shown:?} {printed:?}");
    }
    let mut wrong = Vec::new();
    let place = Place::new();
    let block = |tag: &str, text: &str, broken| Block {
        tag: tag.into(),
        line: 1,
        text: text.into(),
        broken,
        own_home: false,
    };
    let page = Path::new("page.md");
    let right = block("console", "$ echo a; echo b >&2\na\nb\n$ cd ~\n> pwd\n~\n", false);
    run_console(&right, &place, page, &mut wrong);
    let (good, bad) = ("cards: [{front: q, back: b}]\n", "cards: [{front: q}]\n");
    check_deck(&block("yaml", good, false), page, &mut wrong);
    check_deck(&block("yaml", bad, true), page, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
    run_console(&block("console", "$ retain due --count\n1\n", false), &place, page, &mut wrong);
    check_deck(&block("yaml", good, true), page, &mut wrong);
    check_deck(&block("yaml", bad, false), page, &mut wrong);
    assert_eq!(wrong.len(), 3, "what is not so is found");
}
