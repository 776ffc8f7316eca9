//! Tables in Markdown whose first row names the columns, as boards and word lists are kept in wikis.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::csv::{header, left_out, names_a_board, row};
use super::{Item, MOST_CARDS, Skipped, Unreadable, board};

/// What tables hold.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Their cards.
    pub items: Vec<Item>,
    /// Rows that are none.
    pub skipped: Vec<Skipped>,
    /// What else is to be said.
    pub remarks: Vec<Skipped>,
    /// Whether one of them is a quiz board.
    pub is_board: bool,
}

/// Returns the cards in the tables of `text` whose first row names a front and a back; `None` if
/// there is no such table.
///
/// # Errors
///
/// Two columns of one name, too many cards.
pub(super) fn read(text: &str) -> Result<Option<Tables>, Unreadable> {
    let mut found: Option<Tables> = None;
    let (mut columns, mut is_board, mut first) = (None, false, 0);
    let mut cells: Vec<String> = Vec::new();
    // Lines are counted on from where they were counted last.
    let (mut line, mut counted) = (1, 0);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                cells.clear();
                line += text[counted..range.start].matches('\n').count();
                counted = range.start;
            }
            Event::End(TagEnd::TableCell) => cells.push(cell(&text[range])),
            Event::End(TagEnd::TableHead) => {
                columns = header(&cells).transpose().map_err(|twice| {
                    Unreadable(format!("line {line}: two columns are called `{twice}`"))
                })?;
                if let Some(columns) = &columns {
                    is_board = names_a_board(&cells);
                    first = found.as_ref().map_or(0, |found| found.items.len());
                    let told = left_out(&cells, columns);
                    let told = told.into_iter().map(|what| Skipped::new(line, what));
                    found.get_or_insert_default().remarks.extend(told);
                }
            }
            Event::End(TagEnd::TableRow) => {
                let (Some(columns), Some(found)) = (&columns, &mut found) else { continue };
                if cells.iter().all(String::is_empty) {
                    continue;
                }
                match row(&cells, columns, line, false) {
                    Ok(_) if found.items.len() == MOST_CARDS => {
                        return Err(Unreadable(format!("it has over {MOST_CARDS} cards")));
                    }
                    Ok(item) => found.items.push(item),
                    Err(what) => found.skipped.push(Skipped::new(line, what)),
                }
            }
            Event::End(TagEnd::Table) => {
                if let Some(found) = found.as_mut().filter(|_| is_board) {
                    board::as_cells(&mut found.items[first..]);
                    found.is_board = true;
                }
                (columns, is_board) = (None, false);
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Returns what a cell says, from its source: Markdown stays, but for what a table alone needs.
fn cell(source: &str) -> String {
    let source = source.trim().trim_start_matches('|');
    let source = match source.strip_suffix('|') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => source,
    };
    let lines = source.replace("\\|", "|");
    let lines = ["<br>", "<br/>", "<br />"].iter().fold(lines, |text, tag| text.replace(tag, "\n"));
    lines.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Answer;

    #[test]
    fn a_board_is_a_table_with_a_row_a_cell() {
        let text = "# Pets\n\n| Category | Value | Clue | Response |\n|---|--:|---|---|\n\
                    | Cats | 100 | It **purrs** | a cat |\n| Dogs | 200 | Senses<br>of dogs | smell \\| hearing |\n\
                    | Dogs | 300 |  | nothing |\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let tables = read(text).unwrap().unwrap();
        let cards: Vec<_> = tables.items.iter().map(|item| &item.note).collect();
        assert_eq!(cards.len(), 2);
        assert_eq!(
            (&*cards[0].front, &cards[0].back),
            ("It **purrs**", &Answer::Text("a cat".into()))
        );
        assert_eq!(
            (cards[0].details.value, cards[0].details.category.as_deref()),
            (Some(100), Some("Cats"))
        );
        assert_eq!(cards[0].line, 5);
        assert_eq!(cards[1].front, "Senses\nof dogs");
        assert_eq!(cards[1].back.texts(), ["smell", "hearing"]);
        let skipped: Vec<_> = tables.skipped.iter().map(|it| (it.line, &*it.what)).collect();
        assert_eq!(skipped, [(7, "no front")]);
    }

    #[test]
    fn other_tables_are_left_alone() {
        assert!(read("| a | b |\n|---|---|\n| 1 | 2 |\n").unwrap().is_none());
        assert!(read("no table").unwrap().is_none());
        let twice = read("| front | back | front |\n|---|---|---|\n| 1 | 2 | 3 |\n").unwrap_err();
        assert_eq!(twice.0, "line 1: two columns are called `front`");
        let empty = read("| front | back |\n|---|---|\n").unwrap().unwrap();
        assert!(empty.items.is_empty() && empty.skipped.is_empty());
    }
}
