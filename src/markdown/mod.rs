//! Markdown as a terminal shows it: a card's text in, lines of styled spans out.
//!
//! Follows CommonMark with tables, strikethrough and TeX between dollars, and departs from it where
//! it would take from a text that was never meant as Markdown: line breaks, HTML, entities, the
//! marks of lists and what only resembles emphasis stay as written. What a reading would lose, such
//! as a definition of a link, is shown as it is. Colours are left to the caller.

mod html;
mod layout;
mod reader;
mod table;

pub use html::{escaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::text;

/// A line, without its line feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

/// A part of a line that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Harmless on a terminal, and without line feeds and tabs.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

/// How a span looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Strong, a heading, or the head of a table.
    pub bold: bool,
    /// Emphasized.
    pub italic: bool,
    /// To be taken literally.
    pub code: bool,
    /// No longer so.
    pub struck: bool,
    /// Beside the text: addresses, rules, the bars of quotes and tables.
    pub dim: bool,
}

impl Style {
    const PLAIN: Style =
        Style { bold: false, italic: false, code: false, struck: false, dim: false };
    const DIM: Style = Style { dim: true, ..Style::PLAIN };
    const CODE: Style = Style { code: true, ..Style::PLAIN };
}

impl Line {
    /// Returns the text without styles.
    pub fn text(&self) -> String {
        self.0.iter().map(|span| &*span.text).collect()
    }
}

/// For whom lines are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A terminal that shows styles.
    Styled,
    /// A reader of text alone: code stands in backticks.
    Plain,
    /// A listener: so it does, and tables are read out row by row.
    Linear,
}

/// What is nested more deeply is shown as written.
const DEEPEST: usize = 100;

/// The columns of a text on one line: more than any terminal has.
const ENDLESS: usize = 1 << 40;

/// Returns `markdown` in lines of at most `width` columns, for a terminal that shows styles.
///
/// Wider are only single characters that are wider than `width`.
pub fn shown(markdown: &str, width: usize) -> Vec<Line> {
    reader::read(markdown, width, Form::Styled)
}

/// Returns `markdown` in lines of at most `width` columns of text: emphasis is dropped, and code
/// stands in backticks.
pub fn plain(markdown: &str, width: usize) -> String {
    joined(&reader::read(markdown, width, Form::Plain), "\n")
}

/// Returns `markdown` as [`plain`] does, for being read out: a row of a table is a line of its own,
/// `header: cell; header: cell`.
pub fn linear(markdown: &str, width: usize) -> String {
    joined(&reader::read(markdown, width, Form::Linear), "\n")
}

/// Returns `markdown` on one line, for lists and tables of cards.
pub fn plain_text(markdown: &str) -> String {
    let lines = reader::read(markdown, ENDLESS, Form::Linear);
    text::one_line(&joined(&lines, "\n"))
}

/// Returns the local files that links and pictures name, in order: what has no scheme and no `/`
/// in front, without what follows a `#`.
pub fn media(markdown: &str) -> Vec<String> {
    // Few texts of a deck have links.
    if !markdown.contains("](") && !markdown.contains("]:") {
        return Vec::new();
    }
    let name = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            let name = dest_url.split('#').next().unwrap_or_default().trim();
            (is_address(name) && is_local(name)).then(|| name.to_owned())
        }
        _ => None,
    };
    parser(markdown).into_iter().flatten().filter_map(name).collect()
}

/// Returns what reads `markdown`, unless it is nested so deeply that reading it would take long.
fn parser(markdown: &str) -> Option<Parser<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH;
    let is_deep = markdown.lines().any(|line| nesting(line) > DEEPEST);
    (!is_deep).then(|| Parser::new_ext(markdown, options))
}

/// Returns how many quotes and items a line may begin.
fn nesting(line: &str) -> usize {
    let may_begin = |byte: &u8| b" \t>-*+.)".contains(byte) || byte.is_ascii_digit();
    let end = line.bytes().take_while(|byte| may_begin(byte)).count();
    let (marks, behind) = (line[..end].bytes(), line.bytes().skip(1).chain([b' ']));
    let opens = |(mark, behind)| match mark {
        b'>' => true,
        b'-' | b'*' | b'+' | b'.' | b')' => matches!(behind, b' ' | b'\t'),
        _ => false,
    };
    marks.zip(behind).filter(|pair| opens(*pair)).count()
}

/// Whether this leads somewhere: `x` in `a[i](x)` does not.
fn is_address(address: &str) -> bool {
    address.contains(['/', '.', ':', '#'])
}

/// Whether this names a file beside the deck.
fn is_local(address: &str) -> bool {
    !address.is_empty() && !address.contains(':') && !address.starts_with(['/', '\\', '#'])
}

fn joined(lines: &[Line], between: &str) -> String {
    lines.iter().map(Line::text).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests;
