//! CSV and TSV, with the header lines that Anki writes above its notes.

use std::collections::{BTreeMap, HashSet};

use ::csv::{ByteRecord, ReaderBuilder};

use super::{
    Imported, Item, MOST_CARDS, MOST_ITEMS, Skipped, Unreadable, Wanted, leave_out_doubles,
    one_deck, simple, unix_text_of,
};
use crate::card::{Answer, Note, is_id};
use crate::cloze::Cloze;
use crate::text::short;
use crate::yaml::{nearest, same_elsewhere};

/// As many tags as a card has at most.
const MOST_TAGS: usize = 100;

/// So many columns that are left out are named.
const MOST_NAMED: usize = 10;

/// What a column may be called.
const FIELDS: [&str; 16] = [
    "front", "back", "id", "accept", "hint", "why", "source", "tags", "value", "category",
    "reverse", "need", ORDERED, "typed", "cloze", "choices",
];

const ORDERED: &str = "ordered";

/// What may stand between cells.
const SEPARATORS: [u8; 3] = *b",\t;";

/// Whether a text begins with the names of columns.
pub fn begins_with_names(text: &str) -> bool {
    SEPARATORS.iter().any(|separator| header(&first_row(text, *separator)).is_some())
}

/// Reads a table; `name` is what its deck is called. What stands between cells is what the file says,
/// else `separator`, if that is no comma; else what the first row looks like.
///
/// # Errors
///
/// Bytes that are no text, a separator that is none, too many cards.
pub fn read(input: &[u8], name: &str, separator: u8) -> Result<Imported, Unreadable> {
    let text = unix_text_of(input)?;
    let (head, body) = anki_head(&text, separator)?;
    let above = text[..text.len() - body.len()].matches('\n').count();
    let mut imported = Imported { what: "table".into(), ..Imported::default() };
    let body = without_bad_quotes(body, &head, above, &mut imported.skipped);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(head.separator)
        .from_reader(body.as_bytes());
    let mut deck = one_deck(name);
    let mut wide: BTreeMap<u32, usize> = BTreeMap::new(); // lines of more than front and back
    let (mut has_names, mut is_board) = (head.columns.is_some(), false);
    let mut columns = head.columns.clone().unwrap_or_default();
    let (mut record, mut first) = (ByteRecord::new(), true);
    let (mut seen, mut line) = (0, above + 1); // up to where lines are counted
    loop {
        let more = reader.read_byte_record(&mut record);
        let more = more.map_err(|error| Unreadable(format!("it is no table: {error}")))?;
        if !more {
            break;
        }
        let at = record.position().map_or(0, |place| place.byte() as usize);
        let blank = body[at..].len() - body[at..].trim_start_matches('\n').len();
        line += body[seen..at + blank].matches('\n').count();
        seen = at + blank;
        let cells: Vec<String> =
            record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        if std::mem::take(&mut first)
            && !has_names
            && let Some(header) = header(&cells)
        {
            has_names = true;
            is_board = names_a_board(&cells);
            columns = header.map_err(|twice| {
                Unreadable(format!("line {line}: two columns are called `{twice}`"))
            })?;
            let left_out = left_out(&cells, &columns);
            imported.remarks.extend(left_out.into_iter().map(|what| Skipped::new(line, what)));
            continue;
        }
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if !has_names && columns.len() < cells.len().max(2) {
            columns = head.without_names(cells.len());
        }
        match row(&cells, &columns, line, head.html) {
            Ok(_) if deck.items.len() == MOST_CARDS => {
                return Err(Unreadable(format!("it has over {MOST_CARDS} cards")));
            }
            Ok(item) => {
                if !has_names && head.is_wide(&cells, &columns) {
                    wide.insert(item.note.line, cells.len());
                }
                deck.items.push(item);
            }
            Err(what) => imported.skipped.push(Skipped::new(line, what)),
        }
    }
    // Where most rows have a third column it is one; else there is a separator in a cell.
    if wide.len() * 2 > deck.items.len() {
        let rows = match wide.len() {
            1 => "1 row has".to_owned(),
            many => format!("{many} rows have"),
        };
        let what = format!(
            "{rows} more than two columns, and only front and back are read: \
             name the columns in a first row, as in front,back,tags"
        );
        let first = wide.keys().next().map_or(0, |line| *line as usize);
        imported.remarks.push(Skipped::new(first, what));
    } else {
        deck.items.retain(|item| !wide.contains_key(&item.note.line));
        imported.skipped.extend(wide.into_iter().map(|(line, cells)| {
            let what = "no first row that names the columns: quote what holds the separator";
            Skipped::new(line as usize, format!("{cells} cells, and {what}"))
        }));
    }
    if is_board {
        super::board::as_cells(&mut deck.items);
        imported.what = "table, a quiz board".into();
    }
    deck.head.tags = head.tags;
    super::decks::share_tags(&mut deck);
    leave_out_doubles(&mut deck, &mut imported.skipped);
    imported.decks.push(deck);
    Ok(imported)
}

/// Returns what the columns are, if the first row says so; the name that it says twice, if it does.
/// A column that is not known is `None`.
pub(super) fn header(cells: &[String]) -> Option<Result<Vec<Option<&'static str>>, &'static str>> {
    let own = |cell: &String| FIELDS.into_iter().find(|field| field.eq_ignore_ascii_case(cell));
    let mut columns: Vec<Option<&'static str>> = cells.iter().map(own).collect();
    let mut named = HashSet::new();
    let twice = columns.iter().flatten().copied().find(|name| !named.insert(*name));
    for (column, cell) in columns.iter_mut().zip(cells).filter(|(column, _)| column.is_none()) {
        *column = same_elsewhere(cell, &FIELDS).filter(|name| named.insert(name));
    }
    while cells.get(columns.len().wrapping_sub(1)).is_some_and(String::is_empty) {
        columns.pop();
    }
    let has = |name| columns.contains(&Some(name));
    let all_known = columns.len() > 1 && columns.iter().all(Option::is_some);
    let is_header = has("front") && has("back") || has("cloze") && all_known;
    is_header.then(|| twice.map_or(Ok(columns), Err))
}

/// Whether a first row names the columns as a quiz board does.
pub(super) fn names_a_board(cells: &[String]) -> bool {
    let has = |name: &str| cells.iter().any(|cell| cell.eq_ignore_ascii_case(name));
    has("category") && (has("value") || has("points")) && has("clue")
}

/// Returns what is to be said of the columns that are not known.
pub(super) fn left_out(cells: &[String], columns: &[Option<&str>]) -> Vec<String> {
    let unknown = || (1..).zip(cells.iter().zip(columns)).filter(|(_, (_, known))| known.is_none());
    let mut told: Vec<String> = unknown()
        .take(MOST_NAMED)
        .map(|(number, (cell, _))| {
            if cell.is_empty() {
                return format!("column {number} has no name and was left out");
            }
            let name = short(cell);
            if let Some(same) = same_elsewhere(cell, &FIELDS) {
                return format!("the column `{name}` is another `{same}` and was left out");
            }
            let meant = nearest(cell, &FIELDS);
            let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            format!("the column `{name}` is not known and was left out{meant}")
        })
        .collect();
    let more = unknown().count() - told.len();
    if more > 0 {
        told.push(format!("{more} more columns were left out"));
    }
    told
}

/// Returns what stands between the cells of a table: what makes names of its first row; else a comma
/// if one does; else a tab or a semicolon if one does.
fn separator_of(body: &str) -> u8 {
    let rows = SEPARATORS.map(|separator| (separator, first_row(body, separator)));
    let names = rows.iter().find(|(_, cells)| header(cells).is_some());
    let found = names.or_else(|| rows.iter().find(|(_, cells)| cells.len() > 1));
    found.map_or(b',', |(separator, _)| *separator)
}

/// Returns the cells of the first row.
fn first_row(body: &str, separator: u8) -> Vec<String> {
    let body = body.trim_start_matches('\n');
    let (end, _) = first_record(body, separator);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .from_reader(&body.as_bytes()[..end]);
    let mut record = ByteRecord::new();
    let _ = reader.read_byte_record(&mut record);
    record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
}

/// What is wrong with the quotes of a record, and where in it.
#[derive(Debug)]
enum BadQuotes {
    /// This one is never closed.
    Open(usize),
    /// There is text behind the second of these.
    Behind(usize, usize),
}

/// Returns where the first record of a text ends, behind its line end; of one with a quote that is
/// never closed, where that line does.
fn first_record(text: &str, separator: u8) -> (usize, Option<BadQuotes>) {
    let bytes = text.as_bytes();
    let is_end = |byte: &u8| *byte == separator || *byte == b'\n';
    let (mut at, mut bad) = (0, None);
    loop {
        if bytes.get(at) == Some(&b'"') {
            let open = at;
            let Some(close) = closing_quote(bytes, open) else {
                let end = text[open..].find('\n').map_or(text.len(), |end| open + end + 1);
                return (end, Some(BadQuotes::Open(open)));
            };
            at = close + 1;
            let behind = bytes[at..].iter().take_while(|byte| !is_end(byte));
            if bad.is_none() && behind.into_iter().any(|byte| *byte != b' ' && *byte != b'\t') {
                bad = Some(BadQuotes::Behind(open, close));
            }
        }
        match bytes[at..].iter().position(is_end) {
            Some(end) if bytes[at + end] == b'\n' => return (at + end + 1, bad),
            Some(end) => at += end + 1,
            None => return (text.len(), bad),
        }
    }
}

/// Returns where the quote is that closes the one at `open`; two of them stand for one that does not.
fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Returns a table without comments and without the records whose quotes are wrong, which come to
/// `skipped`; their line ends stay. `above` are the lines above it.
///
/// The `csv` crate takes such quotes as they come, and the rows below them for a part of the cell.
fn without_bad_quotes(
    body: &str,
    head: &AnkiHead,
    above: usize,
    skipped: &mut Vec<Skipped>,
) -> String {
    let mut good = String::with_capacity(body.len());
    let (mut rest, mut line) = (body, above + 1);
    while !rest.is_empty() {
        let is_comment = head.present && rest.starts_with('#');
        let (end, bad) = match is_comment {
            true => (rest.find('\n').map_or(rest.len(), |end| end + 1), None),
            false => first_record(rest, head.separator),
        };
        let record = &rest[..end];
        let line_of = |at: usize| line + record[..at].matches('\n').count();
        let what = bad.map(|bad| match bad {
            BadQuotes::Open(open) => format!("the quote on line {} is never closed", line_of(open)),
            BadQuotes::Behind(open, close) => format!(
                "the quote on line {} is closed on line {} with text behind it: \
                 double the quotes inside a cell",
                line_of(open),
                line_of(close)
            ),
        });
        let lines = record.matches('\n').count();
        if is_comment || what.is_some() {
            good.push_str(&"\n".repeat(lines));
        } else {
            good.push_str(record);
        }
        skipped.extend(what.map(|what| Skipped::new(line, what)));
        (rest, line) = (&rest[end..], line + lines);
    }
    good
}

pub(super) fn row(
    cells: &[String],
    columns: &[Option<&str>],
    line: usize,
    html: bool,
) -> Result<Item, String> {
    if cells.len() > columns.len() && cells[columns.len()..].iter().any(|cell| !cell.is_empty()) {
        return Err(format!(
            "{} cells in a table of {} columns: quote what holds the separator",
            cells.len(),
            columns.len()
        ));
    }
    let cell = |name: &str| {
        let at = columns.iter().position(|column| *column == Some(name))?;
        cells.get(at).filter(|cell| !cell.is_empty()).cloned()
    };
    let text = |name: &str| {
        let text = cell(name)?;
        let text = if html { without_html(&text) } else { text };
        (!text.is_empty()).then_some(text)
    };
    let mut note = match text("cloze") {
        Some(cloze) => clozed(line, cloze, text("front").or(text("back")))?,
        None => {
            let front = text("front").ok_or("no front")?;
            simple(line, front, answer(text("back").ok_or("no back")?)?)
        }
    };
    note.reverse = flag(cell("reverse"), "reverse")?;
    if note.cloze && note.reverse {
        return Err("a text with gaps cannot be asked in reverse".into());
    }
    let details = &mut note.details;
    details.choices = text("choices").map(parts).unwrap_or_default();
    if !details.choices.is_empty() {
        choosable(&details.choices, &note.back, note.reverse || note.cloze)?;
    }
    details.typed = cell("typed").map(|cell| flag(Some(cell), "typed")).transpose()?;
    details.accept = text("accept").map(parts).unwrap_or_default();
    (details.hint, details.why, details.source) = (text("hint"), text("why"), text("source"));
    details.category = text("category");
    if let Some(tags) = cell("tags") {
        let parts = |char: char| char.is_whitespace() || char == ',' || char == ';';
        let tags = tags.split(parts).filter(|tag| !tag.is_empty());
        if tags.clone().nth(MOST_TAGS).is_some() {
            return Err(format!("over {MOST_TAGS} tags"));
        }
        for tag in tags {
            if !details.tags.iter().any(|known| known == tag) {
                details.tags.push(tag.to_owned());
            }
        }
    }
    // Boards have it in dollars, and in thousands with a comma.
    let value = cell("value").map(|value| value.trim_start_matches('$').trim().replace(',', ""));
    details.value = number(value, "value", 0, 1_000_000)?;
    let count = match &note.back {
        Answer::List(items) => items.len(),
        Answer::Text(_) => 0,
    };
    if count == 0 && (cell("need").is_some() || cell(ORDERED).is_some()) {
        return Err("`need` and `ordered` want a list: part its items by `|`".into());
    }
    if count > 0 && note.reverse {
        return Err("a list cannot be asked in reverse".into());
    }
    details.need = number(cell("need"), "need", 1, count as u32)?;
    details.ordered = cell(ORDERED).map(|cell| flag(Some(cell), ORDERED)).transpose()?;
    let id = match cell("id") {
        Some(id) if is_id(&id) => Wanted::Given(id),
        Some(id) => return Err(format!("{:?} is no id", short(&id))),
        None => Wanted::OfContent,
    };
    let origin = match &id {
        Wanted::Given(id) => id.clone(),
        _ => format!("front:{}", note.key_of_front()),
    };
    Ok(Item { origin, id, note: Box::new(note) })
}

/// Returns the parts of a cell between `|`; one with a backslash before it is a part's own.
fn parts(text: String) -> Vec<String> {
    let parts = text.replace("\\|", "\0");
    let parts = parts.split('|').map(|part| part.trim().replace('\0', "|"));
    parts.filter(|part| !part.is_empty()).collect()
}

fn answer(back: String) -> Result<Answer, String> {
    let parted = back.contains('|');
    let mut items = parts(back.clone());
    match items.len() {
        0 => Err("no back".into()),
        1 => Ok(Answer::Text(if parted { items.remove(0) } else { back })),
        many if many > MOST_ITEMS => Err(format!("{many} answers in one card")),
        _ => Ok(Answer::List(items)),
    }
}

/// Returns the note of a text with gaps, beside which there is no `other` text.
fn clozed(line: usize, cloze: String, other: Option<String>) -> Result<Note, String> {
    if other.is_some() {
        return Err("`cloze` beside `front` or `back`".into());
    }
    Cloze::read(&cloze).map_err(|mistake| mistake.what)?;
    Ok(Note { cloze: true, ..simple(line, cloze, Answer::Text(String::new())) })
}

/// Refuses choices that no card can have.
fn choosable(choices: &[String], back: &Answer, otherwise: bool) -> Result<(), String> {
    let Answer::Text(back) = back else { return Err("a list beside `choices`".into()) };
    let doubled = choices.iter().enumerate().any(|(at, one)| choices[..at].contains(one));
    if otherwise || doubled || !(2..=9).contains(&choices.len()) {
        return Err("`choices` are 2 to 9 different texts, and not for other kinds of cards".into());
    }
    if !choices.contains(back) {
        return Err(format!("{:?} is not among the `choices`", short(back)));
    }
    Ok(())
}

fn number(cell: Option<String>, name: &str, from: u32, to: u32) -> Result<Option<u32>, String> {
    let Some(cell) = cell else { return Ok(None) };
    match cell.parse() {
        Ok(number) if (from..=to).contains(&number) => Ok(Some(number)),
        _ => Err(format!("`{name}` {:?} is not a whole number from {from} to {to}", short(&cell))),
    }
}

fn flag(cell: Option<String>, name: &str) -> Result<bool, String> {
    let Some(cell) = cell else { return Ok(false) };
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "x" => Ok(true),
        "false" | "no" | "n" | "0" => Ok(false),
        _ => Err(format!("`{name}` {:?} is neither true nor false", short(&cell))),
    }
}

/// What the lines say that Anki writes above its notes.
#[derive(Debug)]
struct AnkiHead {
    separator: u8,
    html: bool,
    tags: Vec<String>,
    /// What the columns are, where a line names them.
    columns: Option<Vec<Option<&'static str>>>,
    tags_column: Option<usize>,
    id_column: Option<usize>,
    /// Columns that hold no text of a card.
    other_columns: Vec<usize>,
    /// Whether there are such lines at all: then `#` begins comments.
    present: bool,
}

impl AnkiHead {
    /// Whether a row of a table without names says more than front and back.
    fn is_wide(&self, cells: &[String], columns: &[Option<&str>]) -> bool {
        let is_text = |at: usize| columns[at].is_none() && !self.other_columns.contains(&at);
        (0..cells.len()).any(|at| !cells[at].is_empty() && is_text(at))
    }

    /// Returns what the columns are without a header: front, then back.
    fn without_names(&self, columns: usize) -> Vec<Option<&'static str>> {
        let mut texts = ["front", "back"].into_iter();
        (0..columns.max(2))
            .map(|at| match at {
                _ if Some(at) == self.tags_column => Some("tags"),
                _ if Some(at) == self.id_column => Some("id"),
                _ if self.other_columns.contains(&at) => None,
                _ => texts.next(),
            })
            .collect()
    }
}

/// Returns what the lines at the top say, and the text below them.
fn anki_head(text: &str, separator: u8) -> Result<(AnkiHead, &str), Unreadable> {
    let mut head = AnkiHead {
        separator,
        html: false,
        tags: Vec::new(),
        columns: None,
        tags_column: None,
        id_column: None,
        other_columns: Vec::new(),
        present: false,
    };
    let (mut names, mut is_said) = (None, false);
    let mut body = text;
    while let Some(line) = body.split_inclusive('\n').next() {
        let Some((key, value)) = line.strip_prefix('#').and_then(|line| line.split_once(':'))
        else {
            break;
        };
        let (key, value) = (key.trim().to_lowercase(), value.trim_end_matches('\n'));
        let word = value.trim().to_lowercase();
        let column = word.parse::<usize>().ok().and_then(|column| column.checked_sub(1));
        match key.as_str() {
            "separator" => {
                is_said = true;
                head.separator = match word.as_str() {
                    "comma" | "," => b',',
                    "semicolon" | ";" => b';',
                    "tab" | "\\t" => b'\t',
                    "" if value.contains('\t') => b'\t',
                    "space" => b' ',
                    "pipe" | "|" => b'|',
                    "colon" | ":" => b':',
                    _ => {
                        return Err(Unreadable(format!(
                            "no separator is called {:?}",
                            short(value)
                        )));
                    }
                };
            }
            "html" => head.html = word == "true",
            "tags" => head.tags.extend(value.split_whitespace().map(str::to_owned)),
            "columns" => names = Some(value.to_owned()),
            "tags column" => head.tags_column = column,
            "guid column" => head.id_column = column,
            "notetype column" | "deck column" => head.other_columns.extend(column),
            "notetype" | "deck" | "if matches" => {}
            _ => break,
        }
        head.present = true;
        body = &body[line.len()..];
    }
    if head.tags.len() > MOST_TAGS {
        return Err(Unreadable(format!("over {MOST_TAGS} tags for every card")));
    }
    if !is_said && separator == b',' {
        head.separator = separator_of(names.as_deref().unwrap_or(body));
    }
    if let Some(names) = names {
        let cells: Vec<String> =
            names.split(head.separator as char).map(|name| name.trim().to_owned()).collect();
        head.columns = header(&cells).and_then(Result::ok);
    }
    // Anki's own ids may hold any character, and ours may not.
    head.other_columns.extend(head.id_column.take());
    Ok((head, body))
}

/// Returns text without its tags: line breaks stay, entities are what they stand for.
fn without_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with('<') { '>' } else { ';' };
        let known = rest.find(end).and_then(|end| {
            let inside = &rest[1..end];
            let shown = if rest.starts_with('<') { tag(inside)? } else { entity(inside)? };
            Some((shown, end + 1))
        });
        let (shown, length) = known.unwrap_or_else(|| (rest[..1].to_owned(), 1));
        text.push_str(&shown);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text.trim().to_owned()
}

/// Returns what stands for a tag; `None` if it is none.
fn tag(inside: &str) -> Option<String> {
    let name = inside.trim_start_matches('/').trim_end_matches('/');
    let name = name.split_whitespace().next()?.to_lowercase();
    let lines = matches!(name.as_str(), "br") || (name == "div" && !inside.starts_with('/'));
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    is_name.then(|| match name.as_str() {
        _ if lines => "\n".to_owned(),
        "b" | "strong" => "**".to_owned(),
        "i" | "em" => "*".to_owned(),
        "code" => "`".to_owned(),
        _ => String::new(),
    })
}

fn entity(name: &str) -> Option<String> {
    let char = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|char| *char != '\0')?
        }
    };
    Some(char.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn notes(text: &str) -> Vec<Note> {
        let imported = read(text.as_bytes(), "words", b',').unwrap();
        imported.decks.into_iter().flat_map(|deck| deck.items).map(|item| *item.note).collect()
    }

    fn skipped(text: &str) -> Vec<String> {
        let skipped = read(text.as_bytes(), "words", b',').unwrap().skipped;
        skipped.into_iter().map(|row| format!("{}: {}", row.line, row.what)).collect()
    }

    #[test]
    fn two_columns_are_front_and_back() {
        let read = notes("\u{feff}capital of France,Paris\r\n\"a, b\",\"c\r\n\"\"d\"\"\"\r\n\r\n");
        assert_eq!(read.len(), 2);
        assert_eq!(
            (&*read[0].front, read[0].back.texts()),
            ("capital of France", &["Paris".to_owned()][..])
        );
        assert_eq!((&*read[1].front, read[1].back.texts()), ("a, b", &["c\n\"d\"".to_owned()][..]));
        assert_eq!((read[0].line, read[1].line), (1, 2));
    }

    #[test]
    fn a_header_names_every_field() {
        let read = notes(
            "id,Front,back,accept,hint,why,source,tags,value,category,reverse,need,ordered\n\
             x-1,f,a|b|c,d|e,h,w,s,one two one,300,C,,2,yes\n\
             ,g,b,,,,,,,,yes,,\n",
        );
        let details = &read[0].details;
        assert_eq!(read[0].back, Answer::List(vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(
            (details.need, details.ordered, details.value),
            (Some(2), Some(true), Some(300))
        );
        assert_eq!(
            (&details.accept[..], &details.tags[..]),
            (&["d".to_owned(), "e".into()][..], &["one".to_owned(), "two".into()][..])
        );
        assert!(read[1].reverse && !read[0].reverse);
    }

    #[test]
    fn clozes_and_choices_have_columns() {
        let text = "cloze,front,back,choices,typed\n{{c1::a}} b,,,,\n,q,yes,yes|no,true\n,q2,a\\|b,,\n{{a}},q,,,\n{{c1:a}},,,,\n,q3,a,b|c,\n,q4,a|b,a|b,\n";
        let read = read(text.as_bytes(), "n", b',').unwrap();
        let notes: Vec<&Note> = read.decks[0].items.iter().map(|item| &*item.note).collect();
        assert!(notes[0].cloze && notes[0].front == "{{c1::a}} b");
        assert_eq!(notes[1].details.choices, ["yes", "no"]);
        assert_eq!(
            (notes[1].details.typed, notes[2].back.texts()),
            (Some(true), &["a|b".to_owned()][..])
        );
        let skipped: Vec<_> = read.skipped.iter().map(|row| (row.line, &*row.what)).collect();
        assert_eq!(
            skipped,
            [
                (5, "`cloze` beside `front` or `back`"),
                (6, "`{{c1:` has one colon, and needs two"),
                (7, "\"a\" is not among the `choices`"),
                (8, "a list beside `choices`"),
            ]
        );
    }

    #[test]
    fn bad_rows_are_named_with_their_line() {
        for (row, what) in [
            ("f", "no back"),
            (",b", "no front"),
            ("f,|", "no back"),
            (
                "f,b,x",
                "3 cells, and no first row that names the columns: quote what holds the separator",
            ),
        ] {
            assert_eq!(skipped(&format!("good,card\n\n{row}\n")), [format!("3: {what}")], "{row}");
        }
        for (row, what) in [
            ("f,b,bad id,,,", "\"bad id\" is no id"),
            ("f,b,,lots,,", "`value` \"lots\" is not a whole number from 0 to 1000000"),
            ("f,b,,,1,", "`need` and `ordered` want a list: part its items by `|`"),
            ("f,a|b,,,3,", "`need` \"3\" is not a whole number from 1 to 2"),
            ("f,a|b,,,,yes", "a list cannot be asked in reverse"),
            ("f,b,,,,maybe", "`reverse` \"maybe\" is neither true nor false"),
        ] {
            let text = format!("front,back,id,value,need,reverse\n{row}\n");
            assert_eq!(skipped(&text), [format!("2: {what}")], "{row}");
        }
        assert_eq!(skipped("a,b\rc\r\n\r\rd\n"), ["2: no back", "5: no back"]);
        let error = read(b"front,back,front\n", "x", b',').unwrap_err();
        assert_eq!(error.0, "line 1: two columns are called `front`");
    }

    #[test]
    fn a_header_has_the_names_of_others_and_columns_that_are_not_known() {
        let remarks = |text: &str| {
            let remarks = read(text.as_bytes(), "words", b',').unwrap().remarks;
            remarks.into_iter().map(|one| format!("{}: {}", one.line, one.what)).collect::<Vec<_>>()
        };
        for (first, told) in [
            ("Term,Definition,Tags", &[][..]),
            (
                "front,back,tag",
                &["1: the column `tag` is not known and was left out; did you mean `tags`?"],
            ),
            ("Question,ANSWER,level", &["1: the column `level` is not known and was left out"]),
            (
                "front,back,question",
                &["1: the column `question` is another `front` and was left out"],
            ),
            ("front,,back,", &["1: column 2 has no name and was left out"]),
        ] {
            assert_eq!(remarks(&format!("{first}\na,b,c\n")), told, "{first}");
            assert!(
                notes(&format!("{first}\na,b,c\n")).iter().all(|note| note.line == 2),
                "{first}"
            );
        }
        assert_eq!(notes("note,term\n").len(), 1, "a card, if there is no front and back");
        let more = remarks(&format!("front,back{}\n", ",x".repeat(30)));
        assert_eq!((more.len(), &*more[10]), (11, "1: 20 more columns were left out"));
        let wide = ["2: 4 rows have more than two columns, and only front and back are read: \
                     name the columns in a first row, as in front,back,tags"];
        let table = "a,b\nc,d,x\ne,f,x\ng,h,x,y\ni,j,,y\n";
        assert_eq!((&remarks(table)[..], notes(table).len()), (&wide.map(str::to_owned)[..], 5));
    }

    #[test]
    fn the_first_row_tells_the_separator() {
        for (table, back) in [
            ("chat;cat\n", "cat"),
            ("\nchat\tcat;puss\n", "cat;puss"),
            ("chat,cat;puss\n", "cat;puss"),
            ("\"chat, le\";\"cat\"\n", "cat"),
            ("hint,x;front;back\n,;chat;cat\n", "cat"),
            ("#separator:comma\nchat;x,cat\n", "cat"),
            ("#html:true\nchat\tcat\n", "cat"),
        ] {
            assert_eq!(notes(table)[0].back, Answer::Text(back.into()), "{table:?}");
        }
        assert!(begins_with_names("front;back\n") && begins_with_names("Term,Definition,x\n"));
        assert!(!begins_with_names("front\n") && !begins_with_names("chat,cat\n"));
    }

    #[test]
    fn rows_with_wrong_quotes_are_named_and_those_below_come_in() {
        let never = |line| format!("{line}: the quote on line {line} is never closed");
        let behind = |line, close, open| {
            format!(
                "{line}: the quote on line {open} is closed on line {close} with text behind it: \
                 double the quotes inside a cell"
            )
        };
        for (table, told, fronts) in [
            ("a,b\nc,\"d\ne,f\n", vec![never(2)], &["a", "e"][..]),
            ("\"a\nb\n\"\"\"c\"\"\",d\n", vec![behind(1, 3, 1)], &[]),
            ("a,\"b\n\"\"\"\",d\n", vec![never(1)], &["\""]),
            ("a,b\n\"c\" d,e\nf,g\n", vec![behind(2, 2, 2)], &["a", "f"]),
            ("a,b\nc,\"d\ne,f\n\"g\",h\ni,j\n", vec![behind(2, 4, 2)], &["a", "i"]),
            ("\"a\" ,b\nc \"d\" e,f\n", vec![], &["a", "c \"d\" e"]),
        ] {
            assert_eq!(skipped(table), told, "{table:?}");
            let read: Vec<String> = notes(table).into_iter().map(|note| note.front).collect();
            assert_eq!(read, fronts, "{table:?}");
        }
        let hostile = "\"a\n".repeat(100_000) + &"\"\"b,\"\n".repeat(100_000);
        let _ = read(hostile.as_bytes(), "x", b',');
    }

    #[test]
    fn tags_are_parted_by_blanks_commas_and_semicolons() {
        let read = notes("front,back,tags\na,b,\"time, nouns;x ; , y\"\n");
        assert_eq!(read[0].details.tags, ["time", "nouns", "x", "y"]);
    }

    #[test]
    fn of_two_cards_with_one_id_the_second_is_named_and_left_out() {
        let table = "id,front,back\na,one,1\na,two,2\n,three,3\na,one,1\n";
        assert_eq!(skipped(table), ["3: the card on line 2 has the id \"a\""]);
        assert_eq!(notes(table).len(), 3, "what says the same is no loss");
    }

    #[test]
    fn what_anki_writes_above_its_notes_is_understood() {
        let text = "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#tags column:5\n\
                    aB!c\tBasic\tWhat is <b>a</b> &amp;&nbsp;b?\tone<br>two\ttag::x y\n# no note\tx\n";
        let read = notes(text);
        assert_eq!(read.len(), 1);
        assert_eq!((&*read[0].front, read[0].line), ("What is **a** & b?", 6));
        assert_eq!(read[0].back, Answer::Text("one\ntwo".into()));
        assert_eq!(read[0].details.tags, ["tag::x", "y"]);
        assert_eq!(notes(&text.replace('\n', "\r")), read);
        assert_eq!(notes(&text.replace('\n', "\r\n")), read);
        assert!(super::read(b"#separator:smoke\n", "x", b',').is_err());
    }

    #[test]
    fn html_that_is_none_stays() {
        for (html, text) in [
            ("a < b && c", "a < b && c"),
            ("x<y>z", "xz"),
            ("&unknown;", "&unknown;"),
            ("&#65;", "A"),
        ] {
            assert_eq!(without_html(html), text);
        }
    }

    proptest! {
        #[test]
        fn no_table_makes_it_panic(
            text in "([a-c,;|\"#:\n\r\t<>&é]|front|back|id|separator|tags column){0,60}",
            bytes in any::<Vec<u8>>(),
        ) {
            let _ = read(text.as_bytes(), &text, b',');
            let _ = read(&bytes, "x", b'\t');
        }
    }
}
