//! Lines for a terminal, as they are made: heads, sentences, rows, bars and columns.

use colored::Colorize;

use crate::cli::words;
use crate::stats::Tally;
use crate::text;

/// Columns of the longest bar.
const BAR: usize = 60;
/// Lines of a chart of columns.
const HEIGHT: usize = 4;
/// Columns of the widest column of a chart.
const WIDEST: usize = 4;
/// Eighths of a character, from below.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Lines as they are made.
pub struct Page {
    /// Columns to write for.
    pub width: usize,
    /// Whether each line is a sentence.
    pub plain: bool,
    lines: Vec<String>,
}

impl Page {
    /// Returns an empty page.
    pub fn new(width: usize, plain: bool) -> Page {
        Page { width, plain, lines: Vec::new() }
    }

    /// Returns the lines.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Begins a section.
    pub fn head(&mut self, title: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let title = text::wrap(title, self.width, "", "  ");
        self.lines.extend(title.lines().map(|line| line.bold().to_string()));
    }

    /// Adds a line that is laid out already.
    pub fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    /// Adds a sentence.
    pub fn say(&mut self, sentence: &str) {
        self.lines.push(text::wrap(sentence, self.width, "  ", "    "));
    }

    /// Adds a sentence that explains.
    pub fn aside(&mut self, sentence: &str) {
        let sentence = text::wrap(sentence, self.width, "  ", "    ");
        self.lines.extend(sentence.lines().map(|line| line.dimmed().to_string()));
    }

    /// Adds what a label is about.
    pub fn row(&mut self, label: &str, wide: usize, what: &str) {
        let row = format!("  {}  {what}", words::padded(label, wide));
        if self.plain || columns_of(&row) > self.width {
            self.say(&format!("{label}: {}", what.trim_start()));
        } else {
            self.lines.push(row);
        }
    }

    /// Adds the same with a bar behind it: as much of the room as `part` is of `whole`.
    pub fn bar(&mut self, label: &str, wide: usize, what: &str, (part, whole): (u64, u64)) {
        let used = 2 + wide + 2 + columns_of(what) + 2;
        // A bar of one card that fills the screen would look like many.
        let most = usize::try_from(whole.saturating_mul(4)).unwrap_or(BAR).min(BAR);
        let room = self.width.saturating_sub(used).min(most);
        let eighths = (u128::from(part) * room as u128 * 8).div_ceil(u128::from(whole.max(1)));
        let eighths = (eighths as usize).min(room * 8);
        let mut bar = "█".repeat(eighths / 8);
        bar.extend(['▏', '▎', '▍', '▌', '▋', '▊', '▉'].get((eighths % 8).wrapping_sub(1)));
        if self.plain || bar.is_empty() {
            self.row(label, wide, what);
        } else {
            let label = words::padded(label, wide);
            self.lines.push(format!("  {label}  {what}  {}", bar.cyan()));
        }
    }

    /// Adds rows of a label and a number, with bars: `unit` says of one and of many what is counted.
    pub fn bars(&mut self, rows: &[(String, u64)], unit: (&str, &str)) {
        let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let wide = rows.iter().map(|(label, _)| columns_of(label)).max().unwrap_or(0);
        let digits = words::grouped(most as usize).len();
        for (label, count) in rows {
            let part = *count;
            if self.plain {
                if *count > 0 {
                    let count = words::count(*count as usize, unit.0, unit.1);
                    self.say(&format!("{label}: {count}"));
                }
            } else {
                let count = format!("{:>digits$}", words::grouped(*count as usize));
                self.bar(label, wide, &count, (part, most));
            }
        }
    }

    /// Adds a chart of a column for each number, from left to right, between the names of the first
    /// and the last; `scale` writes the highest. Where there are more than fit, neighbours are added
    /// up.
    pub fn columns(
        &mut self,
        numbers: &[u64],
        scale: impl Fn(u64) -> String,
        (first, last): (&str, &str),
    ) {
        let most_digits = scale(numbers.iter().sum()).len();
        let room = self.width.saturating_sub(2 + most_digits + 2).max(1);
        let together = numbers.len().div_ceil(room).max(1);
        let sums: Vec<u64> =
            numbers.chunks(together).map(|chunk| chunk.iter().sum::<u64>()).collect();
        let most = sums.iter().copied().max().unwrap_or(0);
        let label = scale(most);
        let wide = (room / sums.len().max(1)).clamp(1, WIDEST);
        let height = most.clamp(1, HEIGHT as u64);
        let levels = height * 8;
        for line in (0..height).rev() {
            let column = |sum: &u64| {
                let level =
                    (u128::from(*sum) * u128::from(levels)).div_ceil(u128::from(most.max(1)));
                let here = (level as u64).saturating_sub(line * 8).min(8) as usize;
                let glyph = EIGHTHS[here].to_string();
                if wide > 1 { glyph.repeat(wide - 1) + " " } else { glyph }
            };
            let columns: String = sums.iter().map(column).collect();
            let scale = match line {
                top if top + 1 == height => &*label,
                _ => "",
            };
            let columns = columns.trim_end().cyan();
            self.lines.push(format!("  {scale:>0$} {1}{columns}", label.len(), "│".dimmed()));
        }
        let indent = 2 + label.len() + 2;
        let used = sums.len() * wide - usize::from(wide > 1);
        let gap = used.saturating_sub(columns_of(first) + columns_of(last)).max(1);
        let names = format!("{}{first}{}{last}", " ".repeat(indent), " ".repeat(gap));
        if columns_of(&names) <= self.width {
            self.lines.push(names.dimmed().to_string());
        } else {
            self.aside(&format!("{first} to {last}"));
        }
        if together > 1 {
            self.aside(&format!("({together} days in a column, added up)"));
        }
    }
}

/// Returns the columns that a text takes.
pub fn columns_of(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Returns a share in percent.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Returns a share in percent, and the numbers behind it.
pub fn recalled(tally: Tally) -> String {
    match tally.share() {
        None => "none".to_owned(),
        Some(share) => format!(
            "{} ({} of {})",
            percent(share),
            words::grouped(tally.passed as usize),
            words::grouped(tally.total() as usize)
        ),
    }
}

/// Returns a number with what is counted.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    words::count(number as usize, one, many)
}
