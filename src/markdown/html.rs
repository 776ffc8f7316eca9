//! Markdown as HTML, for programs that show that; read as [`super::shown`] reads it.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::reader::{is_emphasis, keeps_from_being_read};
use super::{is_address, is_local, parser};
use crate::text;

/// Returns `markdown` as HTML. `file` says what stands for a picture or a sound with this address
/// and text; if it says nothing, a link does.
///
/// A text of which something would be lost stays as it is written, line by line.
pub fn html(markdown: &str, file: &mut dyn FnMut(&str, &str) -> Option<String>) -> String {
    let source = text::harmless(markdown);
    let source = source.trim_end();
    let mut writer = Writer {
        source,
        file,
        out: String::new(),
        at: 0,
        opened: Vec::new(),
        links: Vec::new(),
        tight: Vec::new(),
        cell: "td",
        in_code: false,
        in_table: false,
        lost: false,
    };
    if let Some(parser) = parser(source) {
        parser.into_offset_iter().for_each(|(event, place)| writer.event(event, place));
        writer.skip(source.len());
        if !writer.lost {
            return writer.out;
        }
    }
    source.lines().map(escaped).collect::<Vec<_>>().join("<br>")
}

/// Returns a text as it stands in HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns a text as it stands in an attribute of HTML.
fn quoted(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

struct Writer<'t, 'f> {
    source: &'t str,
    file: &'f mut dyn FnMut(&str, &str) -> Option<String>,
    out: String,
    /// The end of what has been written, or needs not be.
    at: usize,
    /// For each open emphasis, the tag that ends it; none where it is shown with its marks.
    opened: Vec<Option<&'static str>>,
    /// For each open link, where its text begins, and where it leads; none where it is shown as
    /// written.
    links: Vec<Option<(usize, String)>>,
    /// For each open item, whether nothing stands in it yet.
    tight: Vec<bool>,
    cell: &'static str,
    in_code: bool,
    in_table: bool,
    /// Whether something would not be shown at all.
    lost: bool,
}

impl Writer<'_, '_> {
    fn event(&mut self, event: Event<'_>, place: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, place),
            Event::End(tag) => self.end(tag, place),
            Event::Text(text) if self.in_code => {
                self.out.push_str(&escaped(&text));
                self.at = self.at.max(place.end);
            }
            Event::Code(code) => {
                self.skip(place.start);
                self.out.push_str(&format!("<code>{}</code>", escaped(&code)));
                self.at = place.end;
            }
            Event::SoftBreak | Event::HardBreak => {
                let command = self.source[..place.start].ends_with(' ')
                    && self.source[place.clone()].starts_with('\\');
                self.skip(place.end);
                self.out.push_str(match (command, self.in_table) {
                    (true, _) => "\\<br>",
                    (_, true) => " ",
                    _ => "<br>",
                });
            }
            Event::Rule => {
                self.block(place.start);
                self.out.push_str("<hr>");
                self.at = place.end;
            }
            _ => self.shown(place),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, place: Range<usize>) {
        let written = &self.source[place.clone()];
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.block(place.start),
            // What is a heading here, and what a comment or a prompt, is told by its marks.
            Tag::Heading { .. } => {
                self.block(place.start);
                self.at = place.start;
                self.written_to(
                    place.start + written.len() - written.trim_start_matches('#').len(),
                );
            }
            Tag::BlockQuote(_) => {
                self.block(place.start);
                self.out.push_str("<blockquote>");
            }
            Tag::List(first) => {
                self.block(place.start);
                self.out.push_str(&match first {
                    Some(1) => "<ol>".to_owned(),
                    Some(first) => format!("<ol start=\"{first}\">"),
                    None => "<ul>".to_owned(),
                });
            }
            Tag::Item => {
                self.skip(place.start);
                let blanks = written.len() - written.trim_start().len();
                let digits = written[blanks..].bytes().take_while(u8::is_ascii_digit).count();
                self.out.push_str("<li>");
                self.tight.push(true);
                self.at = (place.start + blanks + digits + 1).min(place.end);
            }
            Tag::CodeBlock(kind) => {
                self.block(place.start);
                let fence = match kind {
                    CodeBlockKind::Fenced(_) => written.lines().next().unwrap_or_default().len(),
                    CodeBlockKind::Indented => 0,
                };
                self.at = place.start + fence;
                self.out.push_str("<pre><code>");
                self.in_code = true;
            }
            Tag::Table(_) => {
                self.block(place.start);
                self.out.push_str("<table>");
                self.in_table = true;
            }
            Tag::TableHead | Tag::TableRow => {
                self.skip(place.start);
                self.cell = if matches!(tag, Tag::TableHead) { "th" } else { "td" };
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                self.skip(place.start);
                self.out.push_str(&format!("<{}>", self.cell));
            }
            Tag::Strong => self.emphasis(place, 2, 0, ["<b>", "</b>"]),
            Tag::Emphasis => self.emphasis(place, 1, 1, ["<i>", "</i>"]),
            Tag::Strikethrough => self.emphasis(place, 2, 2, ["<s>", "</s>"]),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.skip(place.start);
                let opening = if matches!(tag, Tag::Image { .. }) { 2 } else { 1 };
                let leads = is_address(dest_url) && written.ends_with(')');
                let text_at = self.out.len();
                self.links.push(leads.then(|| (text_at, dest_url.to_string())));
                if leads {
                    self.at = place.start + opening;
                } else {
                    self.written_to(place.start + opening);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, place: Range<usize>) {
        match tag {
            TagEnd::Heading(_) => {
                let end = self.source[..place.end].trim_end().len();
                let rest = self.source[self.at.min(end)..end].to_owned();
                self.out.push_str(&escaped(&rest).replace('\n', "<br>"));
                self.at = place.end;
            }
            TagEnd::BlockQuote(_) => self.close(place.end, "</blockquote>"),
            TagEnd::List(ordered) => self.close(place.end, if ordered { "</ol>" } else { "</ul>" }),
            TagEnd::Item => {
                self.tight.pop();
                self.close(place.end, "</li>");
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                let bare = self.out.trim_end_matches('\n').len();
                self.out.truncate(bare);
                // Fences around nothing are not there to fence.
                self.lost |= self.out.ends_with("<code>");
                self.close(place.end, "</code></pre>");
            }
            TagEnd::Table => {
                self.in_table = false;
                self.close(place.end, "</table>");
            }
            TagEnd::TableHead | TagEnd::TableRow => self.close(place.end, "</tr>"),
            TagEnd::TableCell => {
                let end = format!("</{}>", self.cell);
                self.close(place.end, &end);
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => {
                match self.opened.pop().flatten() {
                    Some(end) => self.close(place.end, end),
                    None => self.written_to(place.end),
                }
            }
            TagEnd::Link | TagEnd::Image => match self.links.pop().flatten() {
                Some((text_at, address)) => {
                    let text = self.out.split_off(text_at);
                    let address = text::one_line(&address);
                    let is_file = is_local(&address);
                    let file = is_file.then(|| (self.file)(&address, &text)).flatten();
                    self.out.push_str(&file.unwrap_or_else(|| {
                        let text = if text.is_empty() { escaped(&address) } else { text };
                        format!("<a href=\"{}\">{text}</a>", quoted(&address))
                    }));
                    self.at = place.end;
                }
                None => self.written_to(place.end),
            },
            _ => {}
        }
    }

    fn shown(&mut self, place: Range<usize>) {
        let escape = place.start > self.at && self.source[..place.start].ends_with('\\');
        self.skip(place.start);
        if escape && !self.is_needed_escape(place.start) {
            self.out.push('\\');
        }
        self.written_to(place.end);
    }

    fn is_needed_escape(&self, start: usize) -> bool {
        let begins_line = self.out.is_empty() || self.out.ends_with('>');
        keeps_from_being_read(&self.source[start..], self.in_table, begins_line)
    }

    /// Writes the source up to `end` as it is.
    fn written_to(&mut self, end: usize) {
        if self.at < end {
            let written = escaped(&self.source[self.at..end]);
            self.out.push_str(&written.replace('\n', "<br>"));
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

    fn close(&mut self, end: usize, tag: &str) {
        self.skip(end);
        self.out.push_str(tag);
    }

    /// Begins a block, in a line of its own, behind a blank one where there is one.
    fn block(&mut self, start: usize) {
        let began = self.at;
        self.skip(start);
        let is_first = self.tight.last_mut().is_some_and(std::mem::take);
        let blocks = ["<blockquote>", "<br>"].iter().any(|tag| self.out.ends_with(tag));
        if self.out.is_empty() || is_first || blocks {
            return;
        }
        let between = &self.source[began.min(start)..start];
        let is_parted = between.matches('\n').count() > 1;
        let behind_block = ["</ul>", "</ol>", "</pre>", "</table>", "</blockquote>", "<hr>"]
            .iter()
            .any(|tag| self.out.ends_with(tag));
        self.out.push_str(match (is_parted, behind_block) {
            (true, false) => "<br><br>",
            (false, false) | (true, true) => "<br>",
            (false, true) => "",
        });
    }

    fn emphasis(
        &mut self,
        place: Range<usize>,
        marks: usize,
        which: usize,
        tags: [&'static str; 2],
    ) {
        let written = &self.source[place.clone()];
        self.skip(place.start);
        if is_emphasis(&self.source[..place.start], written, &self.source[place.end..], which) {
            self.skip(place.start + marks);
            self.out.push_str(tags[0]);
            self.opened.push(Some(tags[1]));
        } else {
            let first = written.as_bytes().first();
            let same = written.bytes().take(marks).take_while(|byte| Some(byte) == first).count();
            self.written_to(place.start + same);
            self.opened.push(None);
        }
    }
}
