//! Markdown: `Q:` and `A:` as hashcards reads them, and lines `front :: back`.
//!
//! A question goes on until its `A:`, an answer until the next `Q:`, `C:` or `---`, or a line
//! `front :: back` below a blank one. Other text is left alone.

use super::{
    Imported, Item, MOST_CARDS, Skipped, Unreadable, Wanted, leave_out_doubles, one_deck, simple,
    table, unix_text_of,
};
use crate::card::{Answer, Note};
use crate::cloze::Cloze;

/// What parts the sides of a card on one line.
const BETWEEN: &str = " :: ";

/// Whether a line begins a card.
pub fn begins_card(line: &str) -> bool {
    line.starts_with("Q:") || line.starts_with("C:") || pair(line).is_some()
}

/// A card while its lines are read.
#[derive(Debug)]
struct Open {
    line: usize,
    /// What is asked; of a cloze card, its text.
    question: String,
    answer: Option<String>,
    cloze: bool,
    /// Whether it has been told that a line `front :: back` belongs to it.
    told: bool,
}

/// Reads Markdown; `name` is what its deck is called, unless its head says otherwise.
///
/// # Errors
///
/// Bytes that are no text, a text without cards, too many of them.
pub fn read(input: &[u8], name: &str) -> Result<Imported, Unreadable> {
    let text = unix_text_of(input)?;
    let mut deck = one_deck(name);
    let mut skipped = Vec::new();
    let (title, body) = head(&text);
    if let Some(title) = title {
        deck.head.title = Some(title);
    }
    let above = text[..text.len() - body.len()].matches('\n').count();
    // A table below the first card may be part of its answer.
    let cards = body.split_inclusive('\n').take_while(|line| !begins_card(line));
    let tables = table::read(&body[..cards.map(str::len).sum()])?;
    let has_table = tables.is_some();
    let table::Tables { items, skipped: mut skipped_rows, remarks: told, is_board } =
        tables.unwrap_or_default();
    let (mut open, mut fence, mut blank) = (None::<Open>, None::<&str>, true);
    let mut remarks = Vec::new();
    let below = |skipped: Skipped| Skipped { line: skipped.line + above, ..skipped };
    deck.items.extend(items.into_iter().map(|mut item| {
        item.note.line += u32::try_from(above).unwrap_or(0);
        item
    }));
    skipped.extend(skipped_rows.drain(..).map(below));
    remarks.extend(told.into_iter().map(below));
    let mut add = |open: Option<Open>, skipped: &mut Vec<Skipped>| {
        let Some(Open { line, question, answer, cloze, .. }) = open else { return };
        if cloze {
            let text = gapped(question.trim());
            match Cloze::read(&text) {
                Ok(_) => {
                    let note = simple(line, text, Answer::Text(String::new()));
                    let note = Note { cloze: true, ..note };
                    let origin = format!("front:{}", note.key_of_front());
                    deck.items.push(Item { origin, id: Wanted::OfContent, note: Box::new(note) });
                }
                Err(mistake) => {
                    skipped.push(Skipped::new(line, format!("a cloze card: {}", mistake.what)));
                }
            }
            return;
        }
        let Some(answer) = answer else {
            skipped.push(Skipped::new(line, "a question without `A:`"));
            return;
        };
        let (front, back) = (question.trim(), answer.trim());
        if front.is_empty() || back.is_empty() {
            let side = if front.is_empty() { "question" } else { "answer" };
            skipped.push(Skipped::new(line, format!("the {side} is empty")));
            return;
        }
        let note = simple(line, front.to_owned(), Answer::Text(back.to_owned()));
        let origin = format!("front:{}", note.key_of_front());
        deck.items.push(Item { origin, id: Wanted::OfContent, note: Box::new(note) });
    };
    for (number, line) in (above + 1..).zip(body.split('\n')) {
        let was_blank = std::mem::replace(&mut blank, line.trim().is_empty());
        let fenced = fence.is_some();
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        if !fenced && mark.is_none() {
            if let Some(rest) = line.strip_prefix("Q:") {
                add(open.take(), &mut skipped);
                let question = rest.to_owned();
                let (line, answer) = (number, None);
                open = Some(Open { line, question, answer, cloze: false, told: false });
                continue;
            }
            if let Some(rest) = line.strip_prefix("A:") {
                match &mut open {
                    Some(Open { answer: answer @ None, cloze: false, .. }) => {
                        *answer = Some(rest.to_owned());
                    }
                    Some(Open { cloze: true, .. }) => {
                        skipped.push(Skipped::new(number, "an `A:` below a cloze card"));
                    }
                    Some(_) => skipped.push(Skipped::new(number, "a second `A:` of one question")),
                    None => skipped.push(Skipped::new(number, "an `A:` without `Q:`")),
                }
                continue;
            }
            if let Some(rest) = line.strip_prefix("C:") {
                add(open.take(), &mut skipped);
                let question = rest.to_owned();
                let (line, answer) = (number, None);
                open = Some(Open { line, question, answer, cloze: true, told: false });
                continue;
            }
            if line.trim_end() == "---" {
                add(open.take(), &mut skipped);
                continue;
            }
            let in_question =
                open.as_ref().is_some_and(|open| open.answer.is_none() && !open.cloze);
            if let Some((front, back)) = pair(line).filter(|_| !in_question)
                && (open.is_none() || was_blank)
            {
                add(open.take(), &mut skipped);
                let sides = Open {
                    line: number,
                    question: front.to_owned(),
                    answer: Some(back.to_owned()),
                    cloze: false,
                    told: false,
                };
                add(Some(sides), &mut skipped);
                continue;
            }
            if let Some(open) = &mut open
                && !in_question
                && pair(line).is_some()
                && !std::mem::replace(&mut open.told, true)
            {
                let above = if open.cloze { "cloze card" } else { "answer" };
                let what = format!(
                    "this `::` line is part of the {above} above: \
                     put `---` before it if it is a card of its own"
                );
                remarks.push(Skipped::new(number, what));
            }
        }
        if let Some(Open { question, answer, .. }) = &mut open {
            let side = answer.as_mut().unwrap_or(question);
            side.push('\n');
            side.push_str(line);
        }
    }
    add(open, &mut skipped);
    if deck.items.is_empty() && skipped.is_empty() && !has_table {
        let what = "there is no `Q:`, no `front :: back` and no table of fronts and backs in it";
        return Err(Unreadable(what.into()));
    }
    if deck.items.len() > MOST_CARDS {
        return Err(Unreadable(format!("it has over {MOST_CARDS} cards")));
    }
    leave_out_doubles(&mut deck, &mut skipped);
    let what = match (has_table, is_board) {
        (_, true) => "Markdown, a quiz board",
        (true, false) => "Markdown, a table",
        (false, false) => "Markdown",
    };
    let what = what.to_owned();
    Ok(Imported { decks: vec![deck], skipped, remarks, what, ..Imported::default() })
}

/// Returns a text whose gaps stand in brackets, as hashcards has them, with gaps of ours. Links and
/// pictures stay, and brackets behind a backslash.
fn gapped(text: &str) -> String {
    let mut gapped = String::with_capacity(text.len());
    let (mut rest, mut number) = (text, 0);
    while let Some(at) = rest.find(['[', '\\']) {
        gapped.push_str(&rest[..at]);
        rest = &rest[at..];
        // No bracket stands in another one, so the next of them ends it.
        let end = rest.strip_prefix('[').and_then(|rest| rest.find(['[', ']']));
        let inner = end.map(|end| (&rest[1..=end], &rest[end + 1..]));
        let taken = match inner {
            Some((inner, behind))
                if behind.starts_with(']')
                    && !inner.trim().is_empty()
                    && !behind.starts_with("](")
                    && !gapped.ends_with('!') =>
            {
                number += 1;
                gapped.push_str(&format!("{{{{c{number}::{inner}}}}}"));
                inner.len() + 2
            }
            // A backslash and what it stands before, or a bracket that is none.
            _ => {
                let length = match rest.strip_prefix('\\') {
                    Some(behind) => 1 + behind.chars().next().map_or(0, char::len_utf8),
                    None => 1,
                };
                gapped.push_str(&rest[..length]);
                length
            }
        };
        rest = &rest[taken..];
    }
    gapped + rest
}

/// Returns the sides of a card on one line, without the bullet before them.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (front, back) = line.trim().split_once(BETWEEN)?;
    let front = front.strip_prefix("- ").or(front.strip_prefix("* ")).unwrap_or(front).trim();
    let back = back.trim();
    (!front.is_empty() && !back.is_empty()).then_some((front, back))
}

/// Returns the name that the head gives, and the text below it.
fn head(text: &str) -> (Option<String>, &str) {
    for mark in ["---\n", "+++\n"] {
        let Some(rest) = text.strip_prefix(mark) else { continue };
        let close = format!("\n{mark}");
        let Some((head, body)) = rest.split_once(&close) else { continue };
        let setting = |line: &str| {
            line.contains('=')
                || line.contains(": ")
                || line.trim().is_empty()
                || line.trim_end().ends_with(':')
                || line.starts_with([' ', '-', '#'])
        };
        if head.lines().any(begins_card) || !head.lines().all(setting) {
            continue;
        }
        let name = head.lines().find_map(|line| {
            let (key, value) = line.split_once(['=', ':'])?;
            let value = value.trim().trim_matches('"').trim();
            (key.trim() == "name" && !value.is_empty()).then(|| value.to_owned())
        });
        return (name, body);
    }
    (None, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cards(text: &str) -> Vec<(usize, String, String)> {
        let deck = read(text.as_bytes(), "notes").unwrap().decks.remove(0);
        let sides = |item: Item| {
            (item.note.line as usize, item.note.front, item.note.back.texts().join("|"))
        };
        deck.items.into_iter().map(sides).collect()
    }

    #[test]
    fn questions_and_answers_go_on_over_lines() {
        let text = "# Heading\n\nQ: What is\nit?\nA: This.\n\n```\nQ: not this\na :: b\n```\n\nQ: two\nA: 2\n---\nprose\n- three :: 3\n";
        let card = |line, front: &str, back: &str| (line, front.to_owned(), back.to_owned());
        let wanted = [
            card(3, "What is\nit?", "This.\n\n```\nQ: not this\na :: b\n```"),
            card(12, "two", "2"),
            card(16, "three", "3"),
        ];
        assert_eq!(cards(text), wanted);
        assert_eq!(cards(&text.replace('\n', "\r\n")), wanted);
        assert_eq!(cards(&text.replace('\n', "\r")), wanted);
    }

    #[test]
    fn gaps_in_brackets_are_clozes() {
        let text = "C: The [sun] is a [star].\n![alt](a.png) [link](x) \\[no\\]\n---\nC: none\n\nC: [one]\n\na :: b\n";
        let read = read(text.as_bytes(), "n").unwrap();
        let fronts: Vec<_> = read.decks[0].items.iter().map(|item| &*item.note.front).collect();
        let first = "The {{c1::sun}} is a {{c2::star}}.\n![alt](a.png) [link](x) \\[no\\]";
        assert_eq!(fronts, [first, "{{c1::one}}", "a"]);
        assert!(read.decks[0].items[1].note.cloze);
        assert_eq!(read.skipped, [Skipped::new(4, "a cloze card: there is no gap in it")]);
    }

    #[test]
    fn what_cannot_be_asked_is_named_with_its_line() {
        let read = read(
            b"Q: a\nQ: b\nA: c\nA: d\n---\nA: e\nC: [x] is y\nmore :: of it\nQ:\nA: f\nQ: g\nA:\n",
            "n",
        )
        .unwrap();
        let skipped: Vec<_> =
            read.skipped.iter().map(|row| format!("{} {}", row.line, row.what)).collect();
        assert_eq!(
            skipped,
            [
                "1 a question without `A:`",
                "4 a second `A:` of one question",
                "6 an `A:` without `Q:`",
                "9 the question is empty",
                "11 the answer is empty"
            ]
        );
        assert_eq!(read.decks[0].items.len(), 2);
        let below = "this `::` line is part of the cloze card above: put `---` before it if it is a card of its own";
        assert_eq!(read.remarks, [Skipped::new(8, below)]);
        assert!(super::read(b"prose\n", "n").is_err());
    }

    #[test]
    fn a_pair_right_below_an_answer_is_part_of_it_and_that_is_told_once_a_card() {
        let text = "Q: a\nmap :: type\nA: b\nc :: d\ne :: f\n---\ng :: h\ni :: j\n\nQ: k\nA: l\n\nm :: n\no :: p\nQ: q\nA: r\ns :: t\n";
        let remarks = read(text.as_bytes(), "n").unwrap().remarks;
        let lines: Vec<usize> = remarks.iter().map(|remark| remark.line).collect();
        assert_eq!(lines, [4, 17]);
        assert!(remarks[0].what.contains("part of the answer above"), "{remarks:?}");
        assert_eq!(cards(text).len(), 7);
    }

    #[test]
    fn the_head_names_the_deck() {
        for text in
            ["---\nname = \"Words\"\n---\nQ: a\nA: b\n", "---\nname: Words\n---\nQ: a\nA: b\n"]
        {
            let read = read(text.as_bytes(), "n").unwrap();
            assert_eq!(read.decks[0].head.title.as_deref(), Some("Words"));
            assert_eq!(read.decks[0].items[0].note.line, 4);
        }
    }

    proptest! {
        #[test]
        fn no_markdown_makes_it_panic(text in "(Q:|A:|C:| :: |---|```|[a-c\n\r é]){0,40}") {
            let _ = read(text.as_bytes(), &text);
        }
    }
}
