//! Tables: columns side by side where they fit, else each cell behind the name of its column.

use pulldown_cmark::Alignment;

use super::layout::{Page, Text};
use super::{Form, Span, Style};

/// No column is made narrower than this to save the others.
const NARROWEST: usize = 8;

/// More columns are not set side by side.
const MOST: usize = 40;

const BETWEEN: &str = " | ";

/// A table that is being read.
#[derive(Debug)]
pub struct Table {
    pub alignments: Vec<Alignment>,
    /// The head, then the rows.
    pub rows: Vec<Vec<Text>>,
}

impl Table {
    /// Adds the table to a page.
    pub fn draw(self, form: Form, page: &mut Page) {
        match (form, self.widths(page.room())) {
            (Form::Linear, _) => self.read_out(page),
            (_, Some(widths)) => self.grid(&widths, page),
            (_, None) => self.one_below_the_other(page),
        }
    }

    /// Returns the columns that each column gets, unless there are too few.
    fn widths(&self, room: usize) -> Option<Vec<usize>> {
        let count = self.rows.first()?.len();
        let room = room.checked_sub(BETWEEN.len() * count.saturating_sub(1))?;
        if count > MOST {
            return None;
        }
        let mut wanted = vec![1; count];
        let mut least = vec![1; count];
        for (at, cell) in self.rows.iter().flat_map(|row| row.iter().enumerate()) {
            wanted[at] = wanted[at].max(cell.columns());
            least[at] = least[at].max(cell.widest_part());
        }
        if wanted.iter().sum::<usize>() <= room {
            return Some(wanted);
        }
        // All that is wider than a limit gets the limit, which is as high as the room allows.
        let limited = |limit: usize| -> Vec<usize> {
            let least = least.iter().map(|least| limit.max(*least));
            wanted.iter().zip(least).map(|(wanted, limit)| *wanted.min(&limit)).collect()
        };
        let fits = |limit: &usize| limited(*limit).iter().sum::<usize>() <= room;
        (NARROWEST..room).rev().find(fits).map(limited)
    }

    fn grid(self, widths: &[usize], page: &mut Page) {
        let bar = |text: &str| Span { text: text.to_owned(), style: Style::DIM };
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<Vec<Vec<Span>>> =
                row.iter().zip(widths).map(|(cell, width)| cell.lines(*width)).collect();
            for at in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
                let mut line = Vec::new();
                for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
                    if column > 0 {
                        line.push(bar(BETWEEN));
                    }
                    let shown = cell.get(at).cloned().unwrap_or_default();
                    let text: String = shown.iter().map(|span| &*span.text).collect();
                    let free = width.saturating_sub(crate::text::columns(&text));
                    let before = match self.alignments.get(column) {
                        Some(Alignment::Right) => free,
                        Some(Alignment::Center) => free / 2,
                        _ => 0,
                    };
                    line.push(blank(before));
                    line.extend(shown);
                    line.push(blank(free - before));
                }
                page.line(line);
            }
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                page.line(vec![bar(&rules.join("-+-"))]);
            }
        }
    }

    fn one_below_the_other(self, page: &mut Page) {
        let mut rows = self.rows.iter();
        let Some(head) = rows.next() else { return };
        if rows.len() == 0 {
            head.iter().for_each(|cell| page.text(cell.clone()));
        }
        for (number, row) in rows.enumerate() {
            if number > 0 {
                page.blank();
            }
            for (name, cell) in head.iter().zip(row) {
                page.text(named(name, cell));
            }
        }
    }

    fn read_out(self, page: &mut Page) {
        let mut rows = self.rows.iter();
        let Some(head) = rows.next() else { return };
        if rows.len() == 0 {
            page.text(in_a_row(head.iter().cloned()));
        }
        for row in rows {
            page.text(in_a_row(head.iter().zip(row).map(|(name, cell)| named(name, cell))));
        }
    }
}

fn blank(columns: usize) -> Span {
    Span { text: " ".repeat(columns), style: Style::default() }
}

fn named(name: &Text, cell: &Text) -> Text {
    let mut line = name.clone();
    if !name.is_empty() && !cell.is_empty() {
        line.push(": ", Style::default());
    } else if !name.is_empty() {
        line.push(":", Style::default());
    }
    line.append(cell);
    line
}

fn in_a_row(cells: impl Iterator<Item = Text>) -> Text {
    let mut line = Text::default();
    for cell in cells.filter(|cell| !cell.is_empty()) {
        if !line.is_empty() {
            line.push("; ", Style::default());
        }
        line.append(&cell);
    }
    line
}
