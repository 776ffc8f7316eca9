//! Fields of Anki, which are HTML, as Markdown.

use crate::card::{self, content_key};
use crate::markdown;

/// A field, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The text, as Markdown.
    pub markdown: String,
    /// The files that it shows or plays.
    pub media: Vec<String>,
    /// How many tags have nothing that they could be here.
    pub stripped: usize,
}

/// Where pictures and sounds of cards are, seen from the deck.
const MEDIA: &str = "media/";

/// Returns a field as Markdown: bold, italics, code, lists, lines, pictures and sounds; of
/// everything else the text. LaTeX and MathJax stay as they are written.
///
/// A mark of Markdown in the text is escaped only if the text would be shown otherwise without: in
/// TeX a backslash would be one too many.
pub fn read(html: &str) -> Read {
    if let Some(markdown) = as_it_is(html) {
        return Read { markdown, ..Read::default() };
    }
    let bare = read_with(html, false);
    if !bare.has_marks && has_no_marks(&bare.read.markdown) {
        return bare.read;
    }
    let solid = |text: &str| text.chars().filter(|char| !char.is_whitespace()).collect::<String>();
    if !bare.has_marks && solid(&markdown::plain_text(&bare.read.markdown)) == solid(&bare.said) {
        return bare.read;
    }
    read_with(html, true).read
}

/// Returns a field that has nothing in it but text, as most have.
fn as_it_is(html: &str) -> Option<String> {
    if html.contains(['<', '&', '[']) {
        return None;
    }
    let blank = |char: char| char.is_ascii_whitespace() || char == '\u{a0}';
    let text = if card::is_normal(html) {
        html.to_owned()
    } else {
        html.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    has_no_marks(&text).then_some(text)
}

/// Whether nothing in a text could be a mark of Markdown: most texts need no second look.
fn has_no_marks(text: &str) -> bool {
    let begins = |char: char| "#>-+=".contains(char) || char.is_ascii_digit();
    let may_be_mark = |byte: u8| {
        matches!(
            byte,
            b'`' | b'*'
                | b'_'
                | b'['
                | b']'
                | b'~'
                | b'<'
                | b'&'
                | b'|'
                | b'$'
                | b'\\'
                | b'!'
                | b'@'
                | b'/'
                | b'\t'
        )
    };
    !text.bytes().fold(false, |any, byte| any | may_be_mark(byte))
        && text
            .lines()
            .all(|line| !line.starts_with("    ") && !line.trim_start().starts_with(begins))
}

fn read_with(html: &str, escape: bool) -> Reader {
    let mut reader = Reader { escape, ..Reader::default() };
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '<' => reader.tag(rest),
            '&' => reader.entity(rest),
            '[' => reader.sound(rest),
            _ => None,
        };
        let taken = taken.unwrap_or_else(|| {
            reader.char(first);
            first.len_utf8()
        });
        rest = &rest[taken..];
    }
    reader.finish()
}

/// Returns the name under which a media file is written: one that stands in a link as it is.
pub fn file_name(name: &str) -> String {
    let plain =
        |char: char| !char.is_whitespace() && !char.is_control() && !"()<>[]\\#%?\"".contains(char);
    let safe: String = name.chars().map(|char| if plain(char) { char } else { '_' }).collect();
    let safe = if safe.starts_with('.') { format!("_{safe}") } else { safe };
    if safe == name {
        return safe;
    }
    // Two names may come to one: what was changed has a part of the hash of what it was.
    let hash = content_key(&[name]);
    let (stem, ending) = safe.rsplit_once('.').unwrap_or((&safe, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    format!("{stem}-{}{dot}{ending}", &hash[..6])
}

#[derive(Default)]
struct Reader {
    read: Read,
    /// Lists that are open, and the number of the next item where they are numbered.
    lists: Vec<Option<u32>>,
    /// Marks that are open, and where the text behind them begins.
    marks: Vec<(&'static str, usize)>,
    /// Blanks and line ends are as written.
    pre: bool,
    /// Within `code`.
    code: bool,
    /// Whether marks in the text are escaped.
    escape: bool,
    /// The text without any marks.
    said: String,
    /// Whether there are marks that are shown by themselves: of lists, code or files.
    has_marks: bool,
}

impl Reader {
    fn out(&mut self) -> &mut String {
        &mut self.read.markdown
    }

    /// Whether nothing stands in this line yet but marks.
    fn at_line_start(&self) -> bool {
        let line = self.read.markdown.rsplit('\n').next().unwrap_or_default();
        line.trim_matches(['*', '_', ' ']).is_empty()
    }

    fn line(&mut self) {
        let trimmed = self.out().trim_end_matches(' ').len();
        if self.marks.is_empty() {
            self.out().truncate(trimmed);
        }
        if !self.out().is_empty() && !self.out().ends_with('\n') {
            self.out().push('\n');
        }
    }

    fn char(&mut self, char: char) {
        self.said.push(char);
        if self.pre {
            return self.out().push(char);
        }
        if char.is_ascii_whitespace() || char == '\u{a0}' {
            let is_start = self.out().is_empty() || self.out().ends_with(['\n', ' ']);
            if !is_start {
                self.out().push(' ');
            }
            return;
        }
        if self.code {
            // A backtick cannot stand in code of one backtick.
            return self.out().push(if char == '`' { 'ˋ' } else { char });
        }
        // Only what Markdown would take for a mark here: a backslash elsewhere is shown.
        let special = match char {
            '`' | '*' | '_' | '[' | ']' | '~' => true,
            '#' | '>' | '-' | '+' | '=' => self.at_line_start(),
            '.' | ')' => {
                let line = self.read.markdown.rsplit('\n').next().unwrap_or_default();
                !line.is_empty() && line.trim().bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        };
        if special && self.escape {
            self.out().push('\\');
        }
        self.out().push(char);
    }

    /// Takes a character reference.
    fn entity(&mut self, rest: &str) -> Option<usize> {
        let end = rest.char_indices().take(34).find(|(_, char)| *char == ';')?.0;
        let reference = &rest[..=end];
        // CommonMark has the references of HTML, and its reader their table.
        let found = pulldown_cmark::Parser::new(reference)
            .filter_map(|event| match event {
                pulldown_cmark::Event::Text(text) => Some(text.into_string()),
                _ => None,
            })
            .collect::<String>();
        if found == reference {
            return None;
        }
        found.chars().for_each(|char| self.char(char));
        Some(end + 1)
    }

    /// Takes `[sound:x.mp3]`.
    fn sound(&mut self, rest: &str) -> Option<usize> {
        let name = rest.strip_prefix("[sound:")?;
        let end = name.find(']')?;
        let name = &name[..end];
        self.file(name, false);
        Some("[sound:".len() + end + 1)
    }

    fn file(&mut self, name: &str, picture: bool) {
        let name = unescaped(name);
        if name.is_empty() || name.contains(['/', '\\']) || name.contains("://") {
            self.read.stripped += 1;
            return;
        }
        let shown: String = name.chars().filter(|char| !"[]\\`*_<>!".contains(*char)).collect();
        let target = file_name(&name);
        let sign = if picture { "!" } else { "" };
        self.has_marks = true;
        self.out().push_str(&format!("{sign}[{shown}]({MEDIA}{target})"));
        self.read.media.push(name);
    }

    /// Takes a tag or a comment.
    fn tag(&mut self, rest: &str) -> Option<usize> {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return Some(comment.find("-->").map_or(rest.len(), |end| end + 7));
        }
        let inner = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
        let closing = inner.len() < rest.len() - 1;
        if !inner.starts_with(|char: char| char.is_ascii_alphabetic()) {
            return None;
        }
        let end = end_of_tag(rest)?;
        let long = inner.find(|char: char| !char.is_ascii_alphanumeric() && char != '-')?;
        let name = inner[..long].to_ascii_lowercase();
        let attributes = rest.get(1 + long + usize::from(closing)..end).unwrap_or_default();
        let taken = end + 1;
        match &*name {
            "style" | "script" if !closing => {
                let close = format!("</{name}");
                let body = rest[taken..].to_ascii_lowercase();
                let over = body.find(&close).map_or(rest.len(), |at| taken + at);
                return Some(over);
            }
            "style" | "script" => {}
            "br" => {
                self.close_marks();
                let trimmed = self.out().trim_end_matches(' ').len();
                self.out().truncate(trimmed);
                self.out().push('\n');
            }
            "div" | "tr" | "section" | "article" | "table" | "blockquote" | "hr" => {
                self.close_marks();
                self.line();
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.close_marks();
                self.line();
                if !self.out().is_empty() && !self.out().ends_with("\n\n") {
                    self.out().push('\n');
                }
            }
            "td" | "th" if !closing && !self.at_line_start() => self.char(' '),
            "td" | "th" => {}
            "ul" | "ol" => {
                self.close_marks();
                self.line();
                if closing {
                    self.lists.pop();
                } else {
                    if self.lists.is_empty() && !self.out().is_empty() {
                        self.out().push('\n');
                    }
                    self.lists.push((name == "ol").then_some(1));
                }
                if closing && self.lists.is_empty() {
                    self.out().push('\n');
                }
            }
            "li" if !closing => {
                self.close_marks();
                self.line();
                let deep = "  ".repeat(self.lists.len().saturating_sub(1));
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{deep}{}. ", *number - 1)
                    }
                    _ => format!("{deep}- "),
                };
                self.out().push_str(&mark);
                self.has_marks = true;
            }
            "li" => self.close_marks(),
            "b" | "strong" => self.mark("**", closing),
            "i" | "em" => self.mark("*", closing),
            "pre" => {
                self.close_marks();
                if closing == self.pre {
                    self.line();
                    self.out().push_str("```\n");
                    self.has_marks = true;
                    self.pre = !closing;
                }
            }
            "code" | "kbd" | "samp" if !self.pre && closing == self.code => {
                self.out().push('`');
                self.has_marks = true;
                self.code = !closing;
            }
            "code" | "kbd" | "samp" | "span" | "font" | "u" | "sub" | "sup" | "a" | "tbody"
            | "thead" | "center" | "big" | "small" | "s" | "strike" | "ruby" | "rt" | "rb" => {}
            "img" | "audio" | "video" | "source" | "object" => {
                let key = if name == "object" { "data" } else { "src" };
                if let Some(file) = attribute(attributes, key) {
                    self.file(&file, name == "img");
                }
            }
            _ => self.read.stripped += usize::from(!closing),
        }
        Some(taken)
    }

    /// Opens or closes bold or italics.
    fn mark(&mut self, mark: &'static str, closing: bool) {
        if self.pre || self.code {
            return;
        }
        if !closing {
            if self.marks.iter().all(|(open, _)| *open != mark) {
                self.out().push_str(mark);
                let at = self.out().len();
                self.marks.push((mark, at));
            }
            return;
        }
        if self.marks.last().is_some_and(|(open, _)| *open == mark) {
            self.close_mark();
        } else if self.marks.iter().any(|(open, _)| *open == mark) {
            self.close_marks();
        }
    }

    fn close_marks(&mut self) {
        while !self.marks.is_empty() {
            self.close_mark();
        }
    }

    /// Closes the innermost mark. One around nothing goes, and blanks move out of it.
    fn close_mark(&mut self) {
        let Some((mark, at)) = self.marks.pop() else { return };
        let inner = self.read.markdown.split_off(at);
        let bare = inner.trim_matches([' ', '\n']);
        let out = &mut self.read.markdown;
        if bare.is_empty() {
            out.truncate(at - mark.len());
            out.push_str(&inner);
            return;
        }
        let (before, after) = inner.split_once(bare).unwrap_or_default();
        out.truncate(at - mark.len());
        out.push_str(&format!("{before}{mark}{bare}{mark}{after}"));
    }

    fn finish(mut self) -> Reader {
        self.close_marks();
        if self.code {
            self.out().push('`');
        }
        if self.pre {
            self.line();
            self.out().push_str("```");
        }
        self.read.markdown = self.read.markdown.trim_matches(['\n', ' ']).to_owned();
        self
    }
}

/// Returns where a tag ends: a `>` in quotes is none.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, char) in rest.char_indices().skip(1) {
        match (quote, char) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') if rest[..at].ends_with('=') => quote = Some(char),
            (Some(open), char) if open == char => quote = None,
            _ => {}
        }
    }
    None
}

/// Returns the value of an attribute, as it is written.
fn attribute(attributes: &str, key: &str) -> Option<String> {
    let lower = attributes.to_ascii_lowercase();
    let at = lower.match_indices(key).map(|(at, _)| at).find(|at| {
        let before = lower[..*at].chars().next_back();
        let quotes = |quote: char| lower[..*at].matches(quote).count();
        before.is_none_or(|char| char.is_ascii_whitespace() || "\"'".contains(char))
            && lower[at + key.len()..].trim_start().starts_with('=')
            // Within quotes it is part of another value.
            && quotes('"') % 2 == 0
            && quotes('\'') % 2 == 0
    })?;
    let value = attributes[at + key.len()..].trim_start().strip_prefix('=')?.trim_start();
    let found = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(|char: char| char.is_ascii_whitespace() || char == '/').next()?,
    };
    Some(found.to_owned())
}

/// Returns the name of a file as it is on the disk: names in HTML may be percent-encoded, or have
/// entities.
fn unescaped(name: &str) -> String {
    let name = name
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    super::percent_decoded(&name)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::markdown::plain_text;

    proptest! {
        #[test]
        fn a_field_without_marks_is_read_as_any_other(
            pieces in vec(select(vec!["a", "Bc", "é", " ", "  ", "\n", "\t", "\u{a0}", ".", "-", "1", "1.", "#", "*", "&", "<", "[", "\u{2003}"]), 0..8)
        ) {
            let html = pieces.concat();
            if let Some(markdown) = as_it_is(&html) {
                prop_assert_eq!(Read { markdown, ..Read::default() }, read_with(&html, false).read);
            }
        }
    }

    #[test]
    fn fields_become_markdown() {
        for (html, markdown) in [
            ("plain", "plain"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("a<div><b>b</b></div>", "a\n**b**"),
            ("<b> a </b>b", " **a** b".trim_start()),
            ("<b></b>x<i>y</i>", "x*y*"),
            ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
            ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
            ("2 * 3 &lt; 7 &amp; x_y *z*", "2 \\* 3 < 7 & x\\_y \\*z\\*"),
            ("a&nbsp;b &eacute;&#233;&nix;", "a b éé&nix;"),
            ("<code>a*b</code>", "`a*b`"),
            ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
            ("<img src=\"a.png\">", "![a.png](media/a.png)"),
            ("[sound:b.mp3] x", "[b.mp3](media/b.mp3) x"),
            ("<span style='color:red'>r</span>", "r"),
            ("a<!-- no -->b<style>c{}</style>d", "abd"),
            ("1. x", "1. x"),
            ("- x", "- x"),
            ("\\(x^2\\)", "\\(x^2\\)"),
            ("", ""),
            ("a < b", "a < b"),
        ] {
            assert_eq!(read(html).markdown, markdown, "{html}");
        }
    }

    #[test]
    fn what_is_shown_is_what_the_field_said() {
        for (html, text) in [
            ("2 * 3 &lt; 7 &amp; x_y ~z~ `q`", "2 * 3 < 7 & x_y ~z~ `q`"),
            ("[a](b) ![c] #d", "[a](b) ![c] #d"),
            ("\\(x^2\\) $5 and $6", "\\(x^2\\) $5 and $6"),
            ("# no heading", "# no heading"),
            ("&gt; no quote", "> no quote"),
            ("|a|b|", "|a|b|"),
        ] {
            assert_eq!(plain_text(&read(html).markdown), text, "{html}");
        }
    }

    #[test]
    fn media_are_named_as_they_are_on_the_disk() {
        let found = read(
            "<img alt='src=no' src='a%20b&amp;c.png'><img src=\"http://x/y.png\">[sound:ü.mp3]",
        );
        assert_eq!(found.media, ["a b&c.png", "ü.mp3"]);
        assert_eq!(found.stripped, 1);
    }
}
