//! Styled text into lines that fit.

use std::ops::Range;

use super::{Line, Span, Style};
use crate::text::{columns, pieces, runs};

/// The least room for a text; deeper indents are not made.
const LEAST_ROOM: usize = 10;

/// Deeper indents are not made, however wide the terminal.
const DEEPEST: usize = 60;

/// Longer numbers are not those of items.
const MOST_DIGITS: usize = 16;

/// A text with styles, before it is broken into lines.
#[derive(Debug, Clone, Default)]
pub struct Text {
    text: String,
    /// Where each style ends; the styles follow one another.
    styles: Vec<(usize, Style)>,
    /// What is not broken if it fits into a line.
    solid: Vec<Range<usize>>,
}

impl Text {
    /// Returns `text` in one style.
    pub fn of(text: &str, style: Style) -> Text {
        let mut new = Text::default();
        new.push(text, style);
        new
    }

    /// Adds `text`, with its line breaks.
    pub fn push(&mut self, text: &str, style: Style) {
        if text.is_empty() {
            return;
        }
        if text.contains('\t') {
            self.text.push_str(&text.replace('\t', "    "));
        } else {
            self.text.push_str(text);
        }
        match self.styles.last_mut() {
            Some((end, last)) if *last == style => *end = self.text.len(),
            _ => self.styles.push((self.text.len(), style)),
        }
    }

    /// Adds an address, which is not broken if it fits into a line.
    pub fn push_solid(&mut self, text: &str, style: Style) {
        let start = self.text.len();
        self.push(text, style);
        self.solid.push(start..self.text.len());
    }

    /// Keeps what begins at `start` from being broken.
    pub fn hold(&mut self, start: usize) {
        self.loosen(start);
        self.solid.push(start..self.text.len());
    }

    /// Takes back what begins at `start`.
    pub fn cut_back(&mut self, start: usize) {
        self.text.truncate(start);
        while self.styles.last().is_some_and(|(end, _)| *end > start) {
            let (_, style) = self.styles.pop().unwrap_or_default();
            let before = self.styles.last().map_or(0, |(end, _)| *end);
            if before < start {
                self.styles.push((start, style));
            }
        }
        self.loosen(start);
    }

    fn loosen(&mut self, start: usize) {
        while self.solid.last().is_some_and(|solid| solid.end > start) {
            self.solid.pop();
        }
    }

    /// Adds another text behind this one.
    pub fn append(&mut self, other: &Text) {
        let start = self.text.len();
        let mut at = 0;
        for (end, style) in &other.styles {
            self.push(&other.text[at..*end], *style);
            at = *end;
        }
        self.solid.extend(other.solid.iter().map(|solid| solid.start + start..solid.end + start));
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether nothing but a number, or its beginning, stands in the last line.
    pub fn begins_line(&self) -> bool {
        let mut before = self.text.bytes().rev().take(MOST_DIGITS);
        let other = before.find(|byte| *byte != b' ' && !byte.is_ascii_digit());
        other.is_none_or(|byte| byte == b'\n')
    }

    /// Returns the columns of the whole on one line.
    pub fn columns(&self) -> usize {
        columns(&self.text)
    }

    /// Returns the columns of the widest part that is not broken at will.
    pub fn widest_part(&self) -> usize {
        let parts = self.parts(0..self.text.len(), usize::MAX);
        parts.iter().map(|part| columns(&self.text[part.clone()])).max().unwrap_or(0)
    }

    /// Returns the lines, at the text's own breaks and where `room` ends. A line's own indent goes
    /// on in those that follow.
    pub fn lines(&self, room: usize) -> Vec<Vec<Span>> {
        let mut lines = Vec::new();
        let mut start = 0;
        let mut cut = Cutter { of: self, style: 0, solid: 0 };
        for line in self.text.split('\n') {
            let end = start + line.len();
            cut.line(start..end, room, &mut lines);
            start = end + 1;
        }
        lines
    }

    /// Returns each line cut where `room` ends, with all its blanks: code.
    pub fn cut(&self, room: usize) -> Vec<Vec<Span>> {
        let style = self.styles.first().map_or(Style::default(), |(_, style)| *style);
        let mut lines = Vec::new();
        for line in self.text.split('\n') {
            let (mut start, mut taken) = (0, 0);
            let mut spans = |range: Range<usize>| lines.push(spans(&line[range], style));
            let mut at = 0;
            for piece in pieces(line, room) {
                let wide = columns(piece);
                if taken > 0 && taken + wide > room {
                    spans(start..at);
                    (start, taken) = (at, 0);
                }
                at += piece.len();
                taken += wide;
            }
            spans(start..line.len());
        }
        lines
    }

    /// Returns what is not broken in a line: words, addresses, and pieces of those that are wider
    /// than `room`.
    fn parts(&self, line: Range<usize>, room: usize) -> Vec<Range<usize>> {
        let first = self.solid.partition_point(|solid| solid.end <= line.start);
        self.parts_from(line, room, first)
    }

    fn parts_from(&self, line: Range<usize>, room: usize, first: usize) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut solid = self.solid[first..].iter().filter(|solid| !solid.is_empty()).peekable();
        let mut at = line.start;
        while at < line.end {
            // A word goes on through the blanks of an address.
            let mut held = Vec::new();
            let mut end = at;
            loop {
                while let Some(next) =
                    solid.next_if(|solid| solid.start < line.end && solid.start <= end)
                {
                    end = end.max(next.end);
                    held.push(next.clone());
                }
                let blank =
                    self.text[end..line.end].find(' ').map_or(line.end, |blank| end + blank);
                match solid.peek() {
                    Some(next) if next.start < blank => end = next.start,
                    _ => {
                        end = blank;
                        break;
                    }
                }
            }
            self.word(at..end, &held, room, &mut parts);
            let rest = &self.text[end..line.end];
            at = end + (rest.len() - rest.trim_start_matches(' ').len());
        }
        parts
    }

    fn word(
        &self,
        word: Range<usize>,
        held: &[Range<usize>],
        room: usize,
        parts: &mut Vec<Range<usize>>,
    ) {
        let is_address = !held.is_empty() || self.text[word.clone()].contains("://");
        if is_address && columns(&self.text[word.clone()]) <= room {
            parts.push(word);
            return;
        }
        let mut at = word.start;
        for solid in held {
            self.loose(at..solid.start, room, parts);
            if columns(&self.text[solid.clone()]) <= room {
                parts.push(solid.clone());
            } else {
                self.loose(solid.clone(), room, parts);
            }
            at = solid.end;
        }
        self.loose(at..word.end, room, parts);
    }

    fn loose(&self, word: Range<usize>, room: usize, parts: &mut Vec<Range<usize>>) {
        let mut at = word.start;
        for run in runs(&self.text[word]) {
            if columns(run) <= room {
                parts.push(at..at + run.len());
            } else {
                let mut start = at;
                for piece in pieces(run, room) {
                    parts.push(start..start + piece.len());
                    start += piece.len();
                }
            }
            at += run.len();
        }
    }
}

/// Goes through a text once, line by line.
struct Cutter<'t> {
    of: &'t Text,
    style: usize,
    solid: usize,
}

impl Cutter<'_> {
    fn line(&mut self, line: Range<usize>, room: usize, lines: &mut Vec<Vec<Span>>) {
        let text = &self.of.text;
        while self.of.solid.get(self.solid).is_some_and(|solid| solid.end <= line.start) {
            self.solid += 1;
        }
        let own = text[line.clone()].len() - text[line.clone()].trim_start_matches(' ').len();
        let start = line.start + own;
        let own = own.min(room / 2).min(room.saturating_sub(2));
        let room = room - own;
        let mut shown: Option<(Range<usize>, usize)> = None;
        for part in self.of.parts_from(start..line.end, room, self.solid) {
            let wide = columns(&text[part.clone()]);
            // Behind an address, this may make the last character wider.
            let wide = wide + usize::from(text[part.clone()].starts_with('\u{fe0f}'));
            shown = match shown {
                Some((range, taken)) if taken + (wide + blanks(text, &range, &part)) <= room => {
                    let taken = taken + wide + blanks(text, &range, &part);
                    Some((range.start..part.end, taken))
                }
                Some((range, _)) => {
                    lines.push(self.spans(range, own));
                    Some((part, wide))
                }
                None => Some((part, wide)),
            };
        }
        let range = shown.map_or(start..start, |(range, _)| range);
        lines.push(self.spans(range, own));
    }

    fn spans(&mut self, range: Range<usize>, own: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        if own > 0 && !range.is_empty() {
            spans.push(Span { text: " ".repeat(own), style: Style::default() });
        }
        let mut at = range.start;
        while at < range.end {
            let Some((end, style)) = self.of.styles.get(self.style) else { break };
            if *end <= at {
                self.style += 1;
                continue;
            }
            let end = range.end.min(*end);
            spans.push(Span { text: self.of.text[at..end].to_owned(), style: *style });
            at = end;
        }
        spans
    }
}

/// Returns the blanks between what a line shows and the part that follows.
fn blanks(text: &str, shown: &Range<usize>, part: &Range<usize>) -> usize {
    text[shown.end..part.start].len()
}

/// Returns a line in one style.
pub fn spans(text: &str, style: Style) -> Vec<Span> {
    if text.is_empty() { Vec::new() } else { vec![Span { text: text.to_owned(), style }] }
}

/// What stands before the lines of a quote or of an item.
#[derive(Debug)]
struct Frame {
    first: String,
    rest: String,
    style: Style,
    used: bool,
}

/// The lines made so far, and the quotes and items that the next one is in.
#[derive(Debug)]
pub struct Page {
    pub lines: Vec<Line>,
    width: usize,
    frames: Vec<Frame>,
    /// Quotes and items around the next line that are too deep to be seen.
    too_deep: usize,
    indent: usize,
    /// Marks for which there was no room before the text.
    lead: String,
}

impl Page {
    /// Returns a page without lines.
    pub fn new(width: usize) -> Page {
        let (lines, frames) = (Vec::new(), Vec::new());
        let width = width.max(1);
        Page { lines, width, frames, too_deep: 0, indent: 0, lead: String::new() }
    }

    /// Returns the columns of a text.
    pub fn room(&self) -> usize {
        self.width - self.indent
    }

    /// Returns the columns before each line.
    pub fn indent(&self) -> usize {
        self.indent
    }

    /// Whether a mark stands without its text yet.
    pub fn is_pending(&self) -> bool {
        !self.lead.is_empty() || self.frames.last().is_some_and(|frame| !frame.used)
    }

    /// Opens a quote or an item with the mark of its first line and that of the others, which are
    /// as wide.
    pub fn open(&mut self, first: &str, rest: &str, style: Style) {
        let deepest = self
            .width
            .saturating_sub(LEAST_ROOM)
            .max(self.width / 2)
            .min(DEEPEST)
            .min(self.width.saturating_sub(2));
        if self.too_deep > 0 || self.indent + first.len() > deepest {
            self.lead.push_str(first);
            self.too_deep += 1;
            return;
        }
        self.indent += first.len();
        let (first, rest) = (first.to_owned(), rest.to_owned());
        self.frames.push(Frame { first, rest, style, used: false });
    }

    /// Closes what was opened last; a mark without a text is shown alone.
    pub fn close(&mut self) {
        if self.is_pending() {
            self.text(Text::default());
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(frame) = self.frames.pop() {
            self.indent -= frame.first.len();
        }
    }

    /// Sets a blank line between what is there and what comes.
    pub fn blank(&mut self) {
        if !self.lines.is_empty() && !self.is_pending() {
            self.line(Vec::new());
        }
    }

    /// Adds a text in as many lines as it takes.
    pub fn text(&mut self, text: Text) {
        let mut text = text;
        if !self.lead.is_empty() {
            let mut led = Text::of(&std::mem::take(&mut self.lead), Style::default());
            led.append(&text);
            text = led;
        }
        for line in text.lines(self.room()) {
            self.line(line);
        }
    }

    /// Adds a line behind the marks of what it is in; those without room are lines before it.
    pub fn line(&mut self, spans: Vec<Span>) {
        if !self.lead.is_empty() {
            self.text(Text::default());
        }
        let mut line: Vec<Span> = Vec::new();
        let mut add = |text: &str, style: Style| match line.last_mut() {
            Some(last) if last.style == style => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => line.push(Span { text: text.to_owned(), style }),
        };
        for frame in &mut self.frames {
            add(if frame.used { &frame.rest } else { &frame.first }, frame.style);
            frame.used = true;
        }
        spans.iter().for_each(|span| add(&span.text, span.style));
        while let Some(last) = line.last_mut() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            if !last.text.is_empty() {
                break;
            }
            line.pop();
        }
        self.lines.push(Line(line));
    }
}
