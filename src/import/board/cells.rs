//! The cells of a board: where each begins, and what its lines say.

use std::collections::HashMap;

use super::response::{answer, asked};
use super::rows::Place;
use crate::card::{Answer, Note};
use crate::import::{Imported, MOST_ITEMS, Skipped, Unreadable, simple};

/// As many cells as a board has at most.
const MOST_CELLS: usize = 2_000;

/// What ends a line; the last four only here, and not for editors.
const ENDS: [char; 6] = ['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'];

/// A cell as it was read.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) place: Place,
    pub(super) line: usize,
    pub(super) note: Note,
    /// The category, where the row or a person says it.
    pub(super) category: Option<usize>,
    /// Whether only a person can say it.
    pub(super) ambiguous: bool,
}

/// Returns the lines with common blanks and straight quotes, without blanks around them.
pub(super) fn lines_of(text: &str) -> Vec<String> {
    let plain = |char| match char {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\t' => ' ',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2018}'..='\u{201b}' => '\'',
        _ => char,
    };
    let visible = |char: &char| !matches!(char, '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2060}');
    text.replace("\r\n", "\n")
        .split(ENDS)
        .map(|line| line.chars().filter(visible).map(plain).collect::<String>().trim().to_owned())
        .collect()
}

/// Returns the number that each of the lines has in an editor.
pub(super) fn numbers_of(text: &str) -> Vec<usize> {
    let mut number = 1;
    text.replace("\r\n", "\n")
        .split_inclusive(ENDS)
        .map(|line| {
            let own = number;
            number += usize::from(line.ends_with(['\n', '\r']));
            own
        })
        .collect()
}

/// Returns the value that a line is: digits, perhaps as money or points.
pub(super) fn value_of(line: &str) -> Option<u32> {
    let digits = line.strip_prefix('$').unwrap_or(line);
    let digits = digits.strip_suffix("points").unwrap_or(digits).trim_end();
    let number = digits.len() <= 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|value| number && (1..=1_000_000).contains(value))
}

/// Returns the cells, each with its place in its row; `numbers` are those of the lines.
pub(super) fn cells(
    lines: &[String],
    numbers: &[usize],
    imported: &mut Imported,
) -> Result<Vec<Cell>, Unreadable> {
    // A number above another one is a response, unless both are the same value.
    let mut next: Option<&String> = None;
    let mut starts: Vec<(usize, u32)> = Vec::new();
    for (at, line) in lines.iter().enumerate().rev().filter(|(_, line)| !line.is_empty()) {
        if let Some(value) = value_of(line) {
            let above_number = next.is_some_and(|next| value_of(next).is_some() && next != line);
            if next.is_some() && !above_number {
                starts.push((at, value));
            }
        }
        next = Some(line);
    }
    starts.reverse();
    let mut cells: Vec<Cell> = Vec::new();
    let mut positions: HashMap<u32, usize> = HashMap::new();
    for (number, (start, value)) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(lines.len(), |(end, _)| *end);
        let position = positions.entry(*value).or_default();
        *position += 1;
        let place = Place { value: *value, position: *position };
        let line = numbers[*start];
        let note = match cell(&lines[start + 1..end], line) {
            Ok(mut note) => {
                note.details.value = Some(*value);
                note
            }
            Err(what) => {
                imported.skipped.push(Skipped::new(line, format!("the cell {place} has {what}")));
                // Its column stays taken.
                simple(line, String::new(), Answer::Text(String::new()))
            }
        };
        cells.push(Cell { place, line, note, category: None, ambiguous: false });
    }
    if cells.len() > MOST_CELLS {
        return Err(Unreadable(format!("it has over {MOST_CELLS} cells")));
    }
    if cells.is_empty() {
        return Err(Unreadable("it is no quiz board: no value has a clue below it".into()));
    }
    Ok(cells)
}

/// Reads what stands below the value of a cell.
pub(super) fn cell(lines: &[String], value_line: usize) -> Result<Note, &'static str> {
    let mut hint = None;
    let mut seen: Vec<&str> = Vec::new();
    for line in lines {
        match hint_of(line) {
            Some(text) if hint.is_none() && !text.is_empty() => hint = Some(text.to_owned()),
            Some(_) => {}
            None => seen.push(line),
        }
    }
    let start = seen.iter().position(|line| !line.is_empty()).ok_or("no clue")?;
    let length = seen[start..].iter().position(|line| line.is_empty());
    let (clue, rest) = seen[start..].split_at(length.unwrap_or(seen.len() - start));
    let response: Vec<&str> = rest.iter().filter(|line| !line.is_empty()).copied().collect();
    let (clue, glued) = unglued(&clue.join("\n"));
    let (back, accept) = match (response.is_empty(), glued) {
        (true, None) => return Err("no response"),
        (true, Some(glued)) => answer(&[&glued]),
        (false, None) => answer(&response),
        (false, Some(glued)) => {
            let (back, mut accept) = answer(&response);
            let same = |one: &str| one.eq_ignore_ascii_case(&glued);
            if !back.texts().iter().chain(&accept).any(|text| same(text)) {
                accept.push(glued);
            }
            (back, accept)
        }
    };
    if back.texts().len() > MOST_ITEMS {
        return Err("too many responses");
    }
    let back = match back {
        Answer::Text(text) if is_judged(&clue) => Answer::Text(truth(&text)),
        back => back,
    };
    let mut note = simple(value_line, clue, back);
    if let Answer::Text(truth) = &note.back
        && is_judged(&note.front)
        && TRUTHS.contains(&&**truth)
    {
        note.details.choices = TRUTHS.map(str::to_owned).to_vec();
    }
    if let Answer::List(_) = note.back
        && wants_one(&note.front)
    {
        note.details.need = Some(1);
    }
    (note.details.hint, note.details.accept) = (hint, accept);
    Ok(note)
}

fn hint_of(line: &str) -> Option<&str> {
    let (head, rest) = line.split_once(':')?;
    head.trim().eq_ignore_ascii_case("hint").then(|| rest.trim())
}

/// What a clue that is to be judged is.
const TRUTHS: [&str; 2] = ["True", "False"];

/// Whether a clue is to be judged.
fn is_judged(clue: &str) -> bool {
    let clue = clue.to_lowercase();
    ["true or false", "true/false", "t/f:"].iter().any(|start| clue.starts_with(start))
}

fn truth(response: &str) -> String {
    match response.trim_end_matches(['.', '!']).to_lowercase().as_str() {
        "true" | "t" => "True".into(),
        "false" | "f" => "False".into(),
        _ => response.to_owned(),
    }
}

/// Whether a clue asks for one thing, so that one of several responses is enough.
fn wants_one(clue: &str) -> bool {
    let clue = clue.to_lowercase();
    let words: Vec<&str> =
        clue.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.contains(&"all") {
        return false;
    }
    let asking = ["name", "give", "list", "state", "what", "is", "this", "describe", "mention"];
    let first = words.iter().find(|word| !asking.contains(word));
    first.is_some_and(|word| ["a", "an", "one", "any"].contains(word))
        || words.windows(2).any(|pair| pair == ["one", "of"] || pair == ["any", "of"])
}

/// Returns a clue without the question that is glued to its end, and what that asks for.
fn unglued(clue: &str) -> (String, Option<String>) {
    for word in ["What ", "Who ", "Where ", "When "] {
        for (at, _) in clue.rmatch_indices(word) {
            let glued = clue[..at]
                .chars()
                .next_back()
                .is_some_and(|c| !c.is_whitespace() && !"\"'(".contains(c));
            if let Some(asked) = asked(&clue[at..]).filter(|_| glued) {
                return (clue[..at].trim_end().to_owned(), Some(asked));
            }
        }
    }
    (clue.to_owned(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell_of(text: &str) -> Result<Note, &'static str> {
        cell(&lines_of(text), 1)
    }

    #[test]
    fn cells_are_read_however_they_were_typed() {
        for (text, front, back, accept) in [
            ("\nclue\n\nresponse", "clue", "response", ""),
            ("clue\n\nresponse", "clue", "response", ""),
            (
                "\n\n clue\u{a0}two \nlines\n\nresponse\nof two",
                "clue two\nlines",
                "response\nof two",
                "",
            ),
            ("clue\n\nWhat is X?", "clue", "X", ""),
            ("clue\n\nWhat are the X and Y?", "clue", "X and Y", ""),
            ("clue\n\nWho was Ada", "clue", "Ada", ""),
            ("clue\n\nIs it so?", "clue", "Is it so?", ""),
            ("It ends.What is X?\n\nX", "It ends.", "X", ""),
            ("It ends.What is X?\n", "It ends.", "X", ""),
            ("It ends.What is X?\n\nY", "It ends.", "Y", "X"),
            ("What is it? What is that?\n\nY", "What is it? What is that?", "Y", ""),
            ("clue\n\n\u{201c}A\u{201d} or \u{201c}B\u{201d}", "clue", "A", "B"),
            ("clue\n\n\"A\", \"B\", or \"C\"", "clue", "A", "B|C"),
            ("clue\n\n\u{201c}A b\u{201d}", "clue", "A b", ""),
            ("clue\n\n\"A\" or so", "clue", "\"A\" or so", ""),
            ("True or False: it is.\n\nTRUE", "True or False: it is.", "True", ""),
            ("True or False: it is.\n\nf.", "True or False: it is.", "False", ""),
            ("clue\n\n- one thing", "clue", "one thing", ""),
            ("clue\n\n1. one\n2) two", "clue", "one|two", ""),
            ("clue\n\n-one\n\n•\u{a0}two", "clue", "one|two", ""),
            ("clue\n\n-5\n-6", "clue", "-5\n-6", ""),
            ("clue\n\n1.5 GB", "clue", "1.5 GB", ""),
        ] {
            let note = cell_of(text).unwrap();
            let said = (&*note.front, note.back.texts().join("|"), note.details.accept.join("|"));
            assert_eq!(said, (front, back.to_owned(), accept.to_owned()), "{text:?}");
        }
        assert_eq!(
            cell_of("clue\nHINT: a nudge\n\nx").unwrap().details.hint.as_deref(),
            Some("a nudge")
        );
        assert_eq!(cell_of("\nclue\n"), Err("no response"));
        assert_eq!(cell_of("\n \n"), Err("no clue"));
    }

    #[test]
    fn true_or_false_is_a_choice() {
        let note = cell_of("True or false: it is.\n\nf").unwrap();
        assert_eq!(
            (note.back, note.details.choices),
            (Answer::Text("False".into()), vec!["True".to_owned(), "False".into()])
        );
        assert!(cell_of("True or False: it is.\n\nit depends").unwrap().details.choices.is_empty());
    }

    #[test]
    fn one_of_a_list_is_enough_where_the_clue_says_so() {
        for (clue, one) in [
            ("A cause of it", true),
            ("Name a cause of it", true),
            ("This is one of its causes", true),
            ("A list of all causes", false),
            ("Causes of a thing", false),
            ("The causes", false),
        ] {
            let need = cell_of(&format!("{clue}\n\n- x\n- y")).unwrap().details.need;
            assert_eq!(need, one.then_some(1), "{clue}");
        }
    }
}
