//! What a board looks like on a terminal: a game in, lines out.

use colored::{ColoredString, Colorize};
use unicode_width::UnicodeWidthStr;

use super::score;
use crate::board::{Call, Cell, Game, Place, Unfound};
use crate::cli::review::screen::{MARGIN, apart, aside_in, each_line};
use crate::cli::words;
use crate::text;

/// Wider columns are no easier to read.
const WIDEST_COLUMN: usize = 20;
/// A category has at most so many lines above its column.
const MOST_HEADING: usize = 3;
/// Columns of a cell besides the digits of its value: brackets, mark, shade, and blanks between.
const BESIDE_VALUE: usize = "[x ".len() + " xx]".len();
/// Narrower columns have no room for what stands above them.
const NARROWEST_COLUMN: usize = 11;

/// What is drawn.
pub struct Picture<'a> {
    /// The game.
    pub game: &'a Game,
    /// Where the person is.
    pub at: Place,
    /// What of a name was typed.
    pub typed: Option<&'a str>,
    /// What is to be said below.
    pub remark: Option<&'a str>,
    /// Columns and rows of the terminal.
    pub size: (usize, usize),
}

/// Which of a game's columns are side by side, and how.
struct Layout {
    first: usize,
    count: usize,
    /// Columns of the terminal for each.
    wide: usize,
    digits: usize,
}

impl Layout {
    fn of(game: &Game, at: Place, width: usize) -> Layout {
        let digits = game.values.iter().map(|value| value.to_string().len()).max().unwrap_or(1);
        let least = (digits + BESIDE_VALUE).max(NARROWEST_COLUMN) + 1;
        let room = width.saturating_sub(MARGIN.len());
        let all = game.categories.len().max(1);
        // No page has much less than the others.
        let pages = all.div_ceil((room / least).clamp(1, all));
        let count = all.div_ceil(pages);
        let first = at.column / count * count;
        let wide = (room / count).clamp(1, WIDEST_COLUMN);
        Layout { first, count: count.min(all - first), wide, digits }
    }

    fn columns(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.count
    }
}

impl Picture<'_> {
    /// Returns its lines; they fit the screen where anything does.
    pub fn lines(&self) -> Vec<String> {
        let (width, height) = self.size;
        let layout = Layout::of(self.game, self.at, width);
        let mut above = vec![String::new(), self.header(&layout), String::new()];
        above.extend(self.headings(&layout));
        let mut below = vec![String::new()];
        let keys = each_line(&apart(&self.keys(), width), |line| line.dimmed());
        let legend = "● due · ○ new · ░ ▒ ▓ █ how well known · ✓ right · ✗ wrong";
        let legend = each_line(&apart(legend, width), |line| line.dimmed());
        let foot = match (self.typed, self.remark) {
            (Some(typed), _) => Some(self.typed_line(typed)),
            (None, Some(remark)) => Some(text::wrap(remark, width, MARGIN, MARGIN)),
            (None, None) => None,
        };
        let lines = |block: &str| block.lines().map(str::to_owned).collect::<Vec<_>>();
        below.extend(lines(&keys));
        below.extend(foot.iter().flat_map(|foot| lines(foot)));
        // The cursor has a line of its own below.
        let rows = self.game.values.len();
        let left = |taken: usize| height.saturating_sub(above.len() + below.len() + taken + 1);
        let legend = lines(&legend);
        if left(legend.len()) >= rows {
            below.splice(1..1, legend);
        }
        let room = height.saturating_sub(above.len() + below.len() + 1).max(1);
        let spaced = room > 2 * rows;
        let shown = room.min(rows);
        let first = self.at.row.saturating_sub(shown / 2).min(rows - shown);
        let mut all = above;
        for row in first..first + shown {
            if spaced {
                all.push(String::new());
            }
            all.push(self.row(row, &layout));
        }
        if first + shown < rows || first > 0 {
            let more = format!("rows {}-{} of {rows}", first + 1, first + shown);
            below[0] = aside_in(&more, width);
        }
        all.extend(below);
        all
    }

    fn header(&self, layout: &Layout) -> String {
        let width = self.size.0;
        let (all, open) = self.game.count();
        let points = score(self.game.score);
        let columns = self.game.categories.len();
        let (first, last) = (layout.first + 1, layout.first + layout.count);
        let before = if first > 1 { "‹ " } else { "" };
        let behind = if last < columns { " ›" } else { "" };
        let of_all = format!(" of {all}");
        let page = |said: String| if layout.count < columns { said } else { String::new() };
        let long = page(format!(" · {before}columns {first}-{last} of {columns}{behind}"));
        let short = page(format!(" · {before}{first}-{last}{behind}"));
        // On a narrow screen the least important goes first.
        let beside = "── Score ".width() + points.width() + " ·  ".width();
        let variants = [(&*of_all, &long), (&of_all, &short), ("", &short)];
        let fitting = variants
            .map(|(of_all, page)| format!("{open}{of_all} left{page}"))
            .into_iter()
            .find(|left| beside + left.width() <= width);
        let left = fitting.unwrap_or_else(|| format!("{open} left"));
        let used =
            "── ".width() + "Score ".len() + points.width() + " · ".width() + left.width() + 1;
        format!(
            "{} {} · {left} {}",
            "──".dimmed(),
            format!("Score {points}").bold(),
            "─".repeat(width.saturating_sub(used)).dimmed()
        )
    }

    fn headings(&self, layout: &Layout) -> Vec<String> {
        let room = layout.wide.saturating_sub(2).max(1);
        let each: Vec<Vec<String>> = layout
            .columns()
            .map(|column| {
                let words = self.game.categories[column].split(' ');
                let words: Vec<_> = words.map(|word| words::shortened(word, room)).collect();
                let wrapped = text::wrap(&words.join(" "), room, "", "");
                let mut lines: Vec<String> = wrapped.lines().map(str::to_owned).collect();
                if lines.len() > MOST_HEADING {
                    let rest = lines.split_off(MOST_HEADING - 1).join(" ");
                    lines.push(words::shortened(&rest, room));
                }
                lines
            })
            .collect();
        let most = each.iter().map(Vec::len).max().unwrap_or(0);
        (0..most)
            .map(|number| {
                let mut line = MARGIN.to_owned();
                for (column, heading) in layout.columns().zip(&each) {
                    // The last lines stand side by side, right above the cells.
                    let at = (number + heading.len()).checked_sub(most);
                    let part = at.and_then(|at| heading.get(at)).map_or("", String::as_str);
                    let padded = words::padded(&format!(" {part}"), layout.wide);
                    let is_here = column == self.at.column;
                    line += &if is_here { padded.bold() } else { padded.normal() }.to_string();
                }
                line.trim_end().to_owned()
            })
            .collect()
    }

    fn row(&self, row: usize, layout: &Layout) -> String {
        let mut line = MARGIN.to_owned();
        for column in layout.columns() {
            let place = Place { column, row };
            let width = layout.digits + BESIDE_VALUE;
            line += &self.cell(place, layout.digits);
            line += &" ".repeat(layout.wide.saturating_sub(width));
        }
        line.trim_end().to_owned()
    }

    /// Returns a cell, as wide as all of them.
    fn cell(&self, place: Place, digits: usize) -> String {
        let value = self.game.values.get(place.row).copied().unwrap_or(0);
        let value = format!("{value:>digits$}");
        let (mark, value, shade): (ColoredString, ColoredString, ColoredString) =
            match self.game.cell(place) {
                Cell::Empty => (" ".normal(), " ".repeat(digits).normal(), "  ".normal()),
                Cell::Played { right: true } => ("✓".green(), value.dimmed(), "  ".normal()),
                Cell::Played { right: false } => ("✗".red(), value.dimmed(), "  ".normal()),
                Cell::Open(tile) => {
                    let (mark, value) = match tile.call {
                        Call::Due => ("●".yellow(), value.bold().yellow()),
                        Call::New => ("○".cyan(), value.bold().cyan()),
                        Call::Practice => (" ".normal(), value.normal()),
                    };
                    (mark, value, shade(tile.recall))
                }
            };
        if place == self.at {
            let plain = format!("[{} {} {}]", mark.clear(), value.clear(), shade.clear());
            return plain.reversed().bold().to_string();
        }
        format!(" {mark} {value} {shade} ")
    }

    fn keys(&self) -> String {
        let example = self.example();
        let example = example.map_or(String::new(), |name| format!(" · or type {name}"));
        // Where these two may begin a name, they wait for Enter.
        let key = |key: &str| match self.game.any_begins(key) {
            true => format!("{key} Enter:"),
            false => key.to_owned(),
        };
        let (undo, leave) = (key("u"), key("q"));
        format!("arrows: move · Enter: play{example} · {undo} undo · ? help · {leave} leave")
    }

    /// Returns a short name of a cell, to show how that is done.
    fn example(&self) -> Option<String> {
        let place = self.game.first_open()?;
        let category = self.game.categories.get(place.column)?.to_lowercase();
        let value = self.game.values.get(place.row)?;
        let begun = |length: usize| category.chars().take(length).collect::<String>();
        (1..=3)
            .map(|length| format!("{}{value}", begun(length)))
            .find(|name| self.game.named(name) == Ok(place))
    }

    fn typed_line(&self, typed: &str) -> String {
        let meant = match self.game.named(typed) {
            // The value first: of a long category an end may be cut.
            Ok(place) => {
                let category = self.game.categories.get(place.column).map_or("", String::as_str);
                let value = self.game.values.get(place.row).copied().unwrap_or(0);
                format!("→ {value} · {category}")
            }
            Err(Unfound::Several(places)) => {
                format!("{} begin so", words::count(places.len(), "cell", "cells"))
            }
            Err(_) if typed.is_empty() => "the name of a cell".to_owned(),
            Err(why) => super::plain::told(typed, &why, self.game),
        };
        let line = format!("{MARGIN}> {}  {meant}", text::one_line(typed));
        words::shortened(&line, self.size.0)
    }
}

/// Returns the shade that says how likely a card is to be recalled now.
fn shade(recall: Option<f64>) -> ColoredString {
    match recall {
        None => "··".dimmed(),
        Some(recall) if recall < 0.5 => "░░".red(),
        Some(recall) if recall < 0.8 => "▒▒".yellow(),
        Some(recall) if recall < 0.95 => "▓▓".green(),
        Some(_) => "██".green(),
    }
}

/// Returns what every key on the board does.
pub fn help(width: usize) -> String {
    let lines = [
        "arrows, h j k l: move · Enter, space: play the card of the cell",
        "letters and digits: the name of a cell by any clear beginning, as d300; Enter plays it · / begins a name, too",
        "● a due card, ○ a new one of today: a review, as in `retain review` · without a mark: practice, which no schedule reads",
        "░ probably forgotten, ▒, ▓, █ well known, ·· never asked",
        "right wins the value, wrong loses it · one cell is hidden: the card most at risk, on which you bet",
        "u take back the last answer · q, Esc, Ctrl-D leave; today the game goes on where it was · where a category begins with u or q: Enter behind it",
        "any key: back to the board",
    ];
    lines.map(|line| apart(line, width)).join("\n")
}
