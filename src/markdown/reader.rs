//! Events of the parser into text on a page. Whatever the parser passes over is looked at, too.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::layout::{Page, Text, spans};
use super::table::Table;
use super::{Form, Line, Style, is_address, is_local, parser};
use crate::text;

/// Columns before a block of code.
const CODE_INDENT: usize = 4;

/// A rule is at most so wide.
const RULE: usize = 40;

/// More marks at one place are no emphasis.
const MOST_MARKS: usize = 64;

/// Returns the lines of a text for a terminal of `width` columns.
pub fn read(markdown: &str, width: usize, form: Form) -> Vec<Line> {
    let source = text::harmless(markdown);
    let source = source.trim_end();
    let mut reader = Reader {
        source,
        form,
        page: Page::new(width),
        at: 0,
        text: Text::default(),
        depth: [0; 3],
        opened: Vec::new(),
        links: Vec::new(),
        code: None,
        heading: None,
        table: None,
        lost: false,
    };
    match parser(source) {
        Some(parser) => {
            for (event, place) in parser.into_offset_iter() {
                reader.event(event, place);
            }
            reader.pass(source.len());
        }
        None => reader.lost = true,
    }
    let is_rule = |line: &Line| line.text().chars().all(|char| matches!(char, '─' | ' ' | '>'));
    if reader.lost || reader.page.lines.iter().all(is_rule) {
        let mut page = Page::new(width);
        if !source.is_empty() {
            page.text(Text::of(source, Style::PLAIN));
        }
        return page.lines;
    }
    reader.page.lines
}

struct Reader<'t> {
    source: &'t str,
    form: Form,
    page: Page,
    /// The end of what has been shown, or needs not be.
    at: usize,
    /// What has been read of a paragraph, a heading or a cell.
    text: Text,
    /// How often the text is bold, italic and struck.
    depth: [u32; 3],
    /// For each open emphasis, what it does; none is shown with its marks.
    opened: Vec<Option<usize>>,
    links: Vec<Link>,
    code: Option<Code>,
    heading: Option<Heading>,
    table: Option<Table>,
    /// Whether something would not be shown at all.
    lost: bool,
}

/// A link or a picture that is being read.
enum Link {
    /// Shown with its brackets.
    Written,
    /// An address between `<` and `>`, with or without them.
    Auto { start: usize, brackets: bool },
    /// A text, then an address.
    Address { start: usize, address: String, title: String },
    /// A name in words for what is not text.
    Media { kind: &'static str, start: usize, address: String, title: String },
}

/// A block of code or HTML.
struct Code {
    text: String,
    /// Of code, possibly empty. HTML has none.
    language: Option<String>,
    /// Where it begins.
    start: usize,
}

struct Heading {
    /// Whether it is shown with its marks.
    as_written: bool,
    is_underlined: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, place: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, place),
            Event::End(tag) => self.end(tag, place),
            Event::Text(text) => match &mut self.code {
                Some(code) => {
                    code.text.push_str(&text);
                    self.at = self.at.max(place.end);
                }
                None => self.shown(place),
            },
            Event::Code(code) => {
                self.skip(place.start);
                let written = &self.source[place.clone()];
                if self.form == Form::Styled {
                    self.push(&code, Style::CODE);
                } else if written.contains('\n') || self.table.is_some() {
                    self.push(&format!("`{code}`"), Style::CODE);
                } else {
                    self.push(written, Style::CODE);
                }
                self.at = place.end;
            }
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::InlineHtml(_) => {
                self.skip(place.start);
                self.push(&self.source[place.clone()], Style::PLAIN);
                self.at = place.end;
            }
            Event::Html(html) => match &mut self.code {
                Some(code) => {
                    code.text.push_str(&html);
                    self.at = self.at.max(place.end);
                }
                None => self.shown(place),
            },
            Event::SoftBreak => self.line_break(place),
            Event::HardBreak => {
                let written = &self.source[place.clone()];
                // A command goes on so in the next line.
                if written.starts_with('\\') && self.source[..place.start].ends_with(' ') {
                    self.push("\\", Style::PLAIN);
                }
                self.line_break(place);
            }
            Event::Rule => {
                self.block(place.start);
                let written = self.source[place.clone()].trim();
                if self.page.is_pending() {
                    self.page.text(Text::of(written, Style::PLAIN));
                } else {
                    let rule = "─".repeat(RULE.min(self.page.room()));
                    self.page.line(spans(&rule, Style::DIM));
                }
                self.at = place.end;
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => self.shown(place),
        }
    }

    fn start(&mut self, tag: Tag<'_>, place: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.block(place.start);
                self.own_indent(place.start);
            }
            Tag::Heading { .. } => {
                self.block(place.start);
                let written = self.source[place.clone()].trim_end();
                let behind_marks = written.trim_start_matches('#');
                let is_underlined = !written.starts_with('#')
                    || !(behind_marks.is_empty() || behind_marks.starts_with([' ', '\t', '\n']));
                // A heading of nothing is none: a comment, the prompt of a shell.
                let is_last = self.source[place.end..].trim().is_empty();
                let underline = written.rsplit('\n').next().unwrap_or_default();
                let marks = underline.trim_start_matches([' ', '>']).len();
                let as_written = if is_underlined { marks < 3 } else { is_last || marks == 0 };
                if !as_written {
                    self.depth[0] += 1;
                }
                self.heading = Some(Heading { as_written, is_underlined });
                if as_written && !is_underlined {
                    let marks = written.len() - written.trim_start_matches('#').len();
                    let blanks = &written[marks..];
                    let blanks = blanks.len() - blanks.trim_start_matches([' ', '\t']).len();
                    self.push(&written[..marks + blanks], Style::PLAIN);
                    self.at = place.start + marks + blanks;
                }
            }
            Tag::BlockQuote(_) => {
                self.block(place.start);
                let written = &self.source[place.start..];
                let start = written.find('>').map_or(0, |mark| mark + 1);
                let mark = if written[start..].starts_with(' ') { "> " } else { ">" };
                self.page.open(mark, mark, Style::DIM);
                self.at = self.at.max(place.start + start);
            }
            Tag::List(_) => self.block(place.start),
            Tag::Item => {
                self.block(place.start);
                let written = &self.source[place.clone()];
                let blanks = written.len() - written.trim_start().len();
                let written = &written[blanks..];
                let digits = written.bytes().take_while(u8::is_ascii_digit).count();
                let mark = written.get(..digits + 1).unwrap_or("-");
                let first = format!("{mark} ");
                self.page.open(&first, &" ".repeat(first.len()), Style::PLAIN);
                self.at = place.start + blanks + mark.len();
            }
            Tag::CodeBlock(kind) => {
                self.block(place.start);
                let mut language = String::new();
                if matches!(kind, CodeBlockKind::Fenced(_)) {
                    let written = self.source[place.clone()].lines().next().unwrap_or_default();
                    language.push_str(written.trim_start_matches(['`', '~']).trim());
                    self.at = place.start + written.len();
                }
                let text = String::new();
                self.code = Some(Code { text, language: Some(language), start: place.start });
            }
            Tag::HtmlBlock => {
                self.block(place.start);
                let text = String::new();
                self.code = Some(Code { text, language: None, start: place.start });
            }
            Tag::Table(alignments) => {
                self.block(place.start);
                self.table = Some(Table { alignments, rows: Vec::new() });
            }
            Tag::TableHead | Tag::TableRow => {
                self.skip(place.start);
                let is_head = matches!(tag, Tag::TableHead);
                self.depth[0] += u32::from(is_head);
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.skip(place.start),
            Tag::Strong => self.emphasis(place, 2, 0),
            Tag::Emphasis => self.emphasis(place, 1, 1),
            Tag::Strikethrough => self.emphasis(place, 2, 2),
            Tag::Link { link_type, dest_url, title, .. } => {
                self.link(link_type, &dest_url, &title, place, false);
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                self.link(link_type, &dest_url, &title, place, true);
            }
            // What is not asked for does not come.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, place: Range<usize>) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(_) => self.end_of_heading(place),
            TagEnd::BlockQuote(_) | TagEnd::Item => {
                self.flush();
                self.pass(place.end);
                self.page.close();
            }
            TagEnd::List(_) => self.pass(place.end),
            TagEnd::CodeBlock | TagEnd::HtmlBlock => self.end_of_code(place),
            TagEnd::Table => {
                self.skip(place.end);
                if let Some(table) = self.table.take() {
                    table.draw(self.form, &mut self.page);
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                self.skip(place.end);
                if matches!(tag, TagEnd::TableHead) {
                    self.depth[0] -= 1;
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
                self.skip(place.end);
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => {
                match self.opened.pop().flatten() {
                    Some(which) => {
                        self.skip(place.end);
                        self.depth[which] -= 1;
                    }
                    None => self.written_to(place.end),
                }
            }
            TagEnd::Link | TagEnd::Image => self.end_of_link(place),
            _ => {}
        }
    }

    fn style(&self) -> Style {
        let [bold, italic, struck] = self.depth.map(|depth| depth > 0);
        Style { bold, italic, struck, ..Style::PLAIN }
    }

    fn push(&mut self, text: &str, style: Style) {
        let Style { bold, italic, struck, .. } = self.style();
        self.text.push(text, Style { bold, italic, struck, ..style });
    }

    /// Shows a part of the source, with the backslash before it where it stands for itself.
    fn shown(&mut self, place: Range<usize>) {
        let escaped = place.start > self.at && self.source[..place.start].ends_with('\\');
        self.skip(place.start);
        let text = &self.source[place.clone()];
        if escaped
            && !keeps_from_being_read(
                &self.source[place.start..],
                self.table.is_some(),
                self.text.begins_line(),
            )
        {
            self.push("\\", Style::PLAIN);
        }
        self.push(text, Style::PLAIN);
        self.at = place.end;
    }

    /// Shows the source up to `end` as it is.
    fn written_to(&mut self, end: usize) {
        if self.at < end {
            self.push(&self.source[self.at..end], Style::PLAIN);
            self.at = end;
        }
    }

    /// Passes over marks; were they more than marks, the whole would be shown as written.
    fn skip(&mut self, to: usize) {
        if self.at < to {
            self.lost |= self.source[self.at..to].contains(char::is_alphanumeric);
            self.at = to;
        }
    }

    /// Passes over what is between two blocks, and shows it if it is more than marks: a definition
    /// of a link.
    fn pass(&mut self, to: usize) {
        if self.at >= to {
            return;
        }
        let between = &self.source[self.at..to];
        if between.contains(char::is_alphanumeric) || between.contains("]:") {
            let lines = between.lines().map(|line| line.trim_matches([' ', '\t', '>']));
            let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            let start = self.at + between.len() - between.trim_start().len();
            self.separate(start);
            self.page.text(Text::of(&lines.join("\n"), Style::PLAIN));
        }
        self.at = to;
    }

    /// Begins a block.
    fn block(&mut self, start: usize) {
        self.flush();
        self.pass(start);
        self.separate(start);
    }

    /// Sets a blank line where there is one in the source.
    fn separate(&mut self, start: usize) {
        if self.page.is_pending() || self.page.lines.is_empty() {
            return;
        }
        let mut before = self.source[..start].rsplit('\n').skip(1);
        if before.next().is_some_and(|line| line.trim_matches([' ', '\t', '>']).is_empty())
            && self.page.lines.last().is_some_and(|line| !is_blank(line))
        {
            self.page.blank();
        }
    }

    /// Ends what has been read of a text.
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.page.text(std::mem::take(&mut self.text));
        }
    }

    fn line_break(&mut self, place: Range<usize>) {
        if self.text.is_empty() {
            return;
        }
        self.skip(place.end);
        let blanks = self.source[place.end..].bytes().take_while(|byte| *byte == b' ').count();
        let start = place.end + blanks;
        if self.links.is_empty() && self.table.is_none() {
            self.push("\n", Style::PLAIN);
            self.own_indent(start);
        } else {
            self.push(" ", Style::PLAIN);
        }
    }

    /// Keeps the indent of a line of its own.
    fn own_indent(&mut self, start: usize) {
        let before = self.source[..start].trim_end_matches([' ', '\t']);
        if !before.is_empty() && !before.ends_with('\n') {
            return;
        }
        let blanks = self.source[before.len()..start].replace('\t', "    ").len();
        let own = blanks.saturating_sub(self.page.indent());
        self.push(&" ".repeat(own), Style::PLAIN);
    }

    fn emphasis(&mut self, place: Range<usize>, marks: usize, which: usize) {
        let marks_end = place.start + marks;
        let written = &self.source[place.clone()];
        if is_emphasis(&self.source[..place.start], written, &self.source[place.end..], which) {
            self.skip(marks_end);
            self.depth[which] += 1;
            self.opened.push(Some(which));
        } else {
            let first = written.as_bytes().first();
            let same = written.bytes().take(marks).take_while(|byte| Some(byte) == first).count();
            self.skip(place.start);
            self.written_to(place.start + same);
            self.opened.push(None);
        }
    }

    fn link(
        &mut self,
        link_type: LinkType,
        address: &str,
        title: &str,
        place: Range<usize>,
        is_picture: bool,
    ) {
        self.skip(place.start);
        let (address, title) = (text::one_line(address), text::one_line(title));
        let start = self.text.as_str().len();
        let opening = if is_picture { 2 } else { 1 };
        let link = match link_type {
            LinkType::Autolink | LinkType::Email => {
                let brackets = link_type == LinkType::Autolink
                    && !address.contains("://")
                    && !address.starts_with("mailto:");
                if brackets {
                    self.push("<", Style::PLAIN);
                }
                Link::Auto { start, brackets }
            }
            LinkType::Inline if is_address(&address) => match kind_of(&address, is_picture) {
                Some(kind) => {
                    self.push(&format!("[{kind}"), Style::PLAIN);
                    let start = self.text.as_str().len();
                    self.push(": ", Style::PLAIN);
                    Link::Media { kind, start, address, title }
                }
                None => Link::Address { start, address, title },
            },
            _ => {
                self.written_to(place.start + opening);
                Link::Written
            }
        };
        self.at = self.at.max(place.start + opening);
        self.links.push(link);
    }

    fn end_of_link(&mut self, place: Range<usize>) {
        match self.links.pop() {
            None | Some(Link::Written) => self.written_to(place.end),
            Some(Link::Auto { start, brackets }) => {
                if brackets {
                    self.push(">", Style::PLAIN);
                }
                self.text.hold(start);
            }
            Some(Link::Address { start, address, title }) => {
                let text = self.text.as_str()[start..].trim();
                let is_address = text == address || address.strip_prefix("mailto:") == Some(text);
                if is_address {
                    self.text.hold(start);
                } else if text.is_empty() {
                    self.hold(&address);
                } else {
                    self.push(" ", Style::DIM);
                    self.hold(&format!("({address})"));
                }
                self.title(&title);
            }
            Some(Link::Media { kind, start, address, title }) => {
                let text = self.text.as_str()[start..].trim_start_matches(": ").to_owned();
                if text.eq_ignore_ascii_case(kind) {
                    self.text.cut_back(start);
                } else if text.is_empty() {
                    let name = address.rsplit('/').next().unwrap_or_default();
                    self.push(name, Style::PLAIN);
                }
                self.push("]", Style::PLAIN);
                if !is_local(&address) {
                    self.push(" ", Style::DIM);
                    self.hold(&format!("({address})"));
                }
                self.title(&title);
            }
        }
        self.at = self.at.max(place.end);
    }

    fn hold(&mut self, address: &str) {
        let Style { bold, italic, struck, .. } = self.style();
        self.text.push_solid(address, Style { bold, italic, struck, ..Style::DIM });
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.push(&format!(" \"{title}\""), Style::DIM);
        }
    }

    fn end_of_heading(&mut self, place: Range<usize>) {
        let Some(heading) = self.heading.take() else { return };
        if !heading.as_written {
            self.depth[0] -= 1;
        }
        let rest = self.source[self.at.min(place.end)..place.end].trim_end();
        if heading.is_underlined {
            self.skip(place.end);
            let underline = rest.rsplit('\n').next().unwrap_or_default();
            let underline = underline.trim_start_matches([' ', '\t', '>']);
            self.push("\n", Style::PLAIN);
            self.push(underline, if heading.as_written { Style::PLAIN } else { Style::DIM });
        } else if heading.as_written {
            self.push(rest, Style::PLAIN);
        }
        self.at = self.at.max(place.end);
        self.flush();
    }

    fn end_of_code(&mut self, place: Range<usize>) {
        let Some(code) = self.code.take() else { return };
        self.skip(place.end);
        let text = text::harmless(&code.text).replace('\t', "    ");
        let text = text.strip_suffix('\n').unwrap_or(&text);
        if text.trim().is_empty() {
            // Fences around nothing are not there to fence.
            let written = self.source[code.start..place.end].trim_end();
            self.page.text(Text::of(written, Style::PLAIN));
            return;
        }
        let Some(language) = code.language else {
            self.page.text(Text::of(text, Style::PLAIN));
            return;
        };
        if !language.is_empty() {
            self.page.text(Text::of(&format!("{language}:"), Style::DIM));
        }
        let indent = " ".repeat(CODE_INDENT.min(self.page.room() / 8));
        if self.page.is_pending() && self.page.room() < 12 {
            self.page.text(Text::default());
        }
        let (code, room) = (Text::of(text, Style::CODE), self.page.room() - indent.len());
        // Half a word is heard as another one.
        let lines = if self.form == Form::Linear { code.lines(room) } else { code.cut(room) };
        for line in lines {
            let mut shown = spans(&indent, Style::PLAIN);
            shown.extend(line);
            self.page.line(shown);
        }
    }
}

fn is_blank(line: &Line) -> bool {
    line.0.iter().all(|span| span.text.trim_matches([' ', '>']).is_empty())
}

/// Returns what a link or picture that is not text is called.
fn kind_of(address: &str, is_picture: bool) -> Option<&'static str> {
    let path = address.split(['#', '?']).next().unwrap_or_default();
    let end = path.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    match &*end {
        "mp3" | "ogg" | "oga" | "opus" | "wav" | "flac" | "m4a" | "aac" => Some("sound"),
        "mp4" | "webm" | "mkv" | "mov" | "avi" | "ogv" if is_picture || is_local(address) => {
            Some("video")
        }
        _ => is_picture.then_some("picture"),
    }
}

/// Whether a backslash keeps what follows from being read as Markdown. Elsewhere it is one of a
/// path, a pattern or TeX.
pub(super) fn keeps_from_being_read(behind: &str, in_table: bool, begins_line: bool) -> bool {
    match behind.as_bytes().first() {
        Some(b'*' | b'_' | b'`' | b'[' | b']' | b'~') => true,
        Some(b'|') => in_table,
        Some(b'!') => behind.starts_with("!["),
        Some(b'#' | b'.' | b')' | b'-' | b'+' | b'=' | b'>') => begins_line,
        _ => false,
    }
}

/// Whether a person would take this for emphasis, with what stands before and behind it.
///
/// CommonMark does in `2*3*4`, `'*' or '*'`, `/*x*/` and `__init__`.
pub(super) fn is_emphasis(before: &str, written: &str, behind: &str, which: usize) -> bool {
    const MARKS: [char; 3] = ['*', '_', '~'];
    if which == 2 {
        return written.starts_with("~~");
    }
    let is_text = |char: &char| !MARKS.contains(char);
    let Some(first) = written.chars().take(MOST_MARKS).find(is_text) else { return false };
    let last = before.chars().rev().take(MOST_MARKS).find(is_text);
    if last.is_some_and(|last| last.is_ascii_punctuation()) && first.is_ascii_punctuation() {
        return false;
    }
    if written.starts_with("__") {
        let is_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
        return !written.chars().all(is_name);
    }
    if written.starts_with('_') {
        return true;
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let word = before.bytes().rev().take(64).take_while(is_word).count();
    let word = &before.as_bytes()[before.len() - word..];
    let goes_on = behind.bytes().next().is_some_and(|byte| is_word(&byte));
    let is_single = !written.starts_with("**");
    !(word.len() == 1
        || word.iter().any(u8::is_ascii_digit)
        || (!word.is_empty() && goes_on && is_single)
        || before.ends_with([')', ']'])
        || (before.ends_with('/') && behind.starts_with('/')))
}
