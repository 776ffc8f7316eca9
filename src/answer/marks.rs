//! Markdown left out of a text, so far as an answer has any.

use std::collections::HashSet;

/// How far behind a link's text its address may end, in characters.
const MAX_ADDRESS: usize = 2_048;

/// Returns `text` without the marks of emphasis, code and links, of which the text stays.
///
/// A mark of emphasis touches words on its inner side only, so that `2*3*4`, `a_b_c` and `*args`
/// stay; `**` may close within a word. `__name__`, in small letters, is a name and stays. What is
/// code, or behind a backslash, is as it is written.
pub fn unmarked(text: &str) -> String {
    if !text.contains(['*', '_', '~', '`', '[', '\\']) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut marks = Marks { gone: vec![false; chars.len()], chars, unclosed: HashSet::new() };
    let mut at = 0;
    while at < marks.chars.len() {
        at = marks.next(at);
    }
    let kept = marks.chars.iter().zip(&marks.gone).filter(|(_, gone)| !**gone);
    kept.map(|(char, _)| *char).collect()
}

/// A text whose marks are being found.
struct Marks {
    chars: Vec<char>,
    /// Which characters are marks.
    gone: Vec<bool>,
    /// Runs of marks of which no more closes.
    unclosed: HashSet<(char, usize)>,
}

impl Marks {
    /// Looks at the character at `at`, and returns where to look next.
    fn next(&mut self, at: usize) -> usize {
        let char = self.chars[at];
        match char {
            _ if self.gone[at] => at + 1,
            '\\' if self.chars.get(at + 1).is_some_and(char::is_ascii_punctuation) => {
                self.gone[at] = true;
                at + 2
            }
            '`' => self.code(at),
            '*' | '_' | '~' => self.emphasis(at),
            '[' => self.link(at),
            _ => at + 1,
        }
    }

    /// Returns how often the character at `at` stands there.
    fn run(&self, at: usize) -> usize {
        self.chars[at..].iter().take_while(|char| **char == self.chars[at]).count()
    }

    fn code(&mut self, at: usize) -> usize {
        let length = self.run(at);
        let mut close = at + length;
        if self.unclosed.contains(&('`', length)) {
            return close;
        }
        while close < self.chars.len() {
            if self.chars[close] != '`' {
                close += 1;
                continue;
            }
            let closing = self.run(close);
            if closing == length {
                self.gone[at..at + length].fill(true);
                self.gone[close..close + length].fill(true);
                if length >= 3 {
                    self.language(at + length, close);
                }
                return close + length;
            }
            close += closing;
        }
        self.unclosed.insert(('`', length));
        at + length
    }

    /// Leaves out the language that stands behind a fence.
    fn language(&mut self, start: usize, end: usize) {
        let line = self.chars[start..end].iter().position(|char| *char == '\n');
        if let Some(length) = line {
            self.gone[start..start + length].fill(true);
        }
    }

    fn emphasis(&mut self, at: usize) -> usize {
        let char = self.chars[at];
        let length = self.run(at);
        let inside = at + length;
        let is_mark = if char == '~' { length == 2 } else { length <= 3 };
        let opens = (at == 0 || !self.chars[at - 1].is_alphanumeric())
            && self.chars.get(inside).is_some_and(|next| !next.is_whitespace());
        if !is_mark || !opens || self.unclosed.contains(&(char, length)) {
            return inside;
        }
        match self.closing(inside, char, length) {
            Some(close) if !self.is_name(inside, close, char) => {
                self.gone[at..inside].fill(true);
                self.gone[close..close + length].fill(true);
            }
            Some(close) => return close + length,
            None => {
                self.unclosed.insert((char, length));
            }
        }
        inside
    }

    /// Returns where the run of marks is that closes one before `start`.
    fn closing(&self, start: usize, char: char, length: usize) -> Option<usize> {
        let mut at = start;
        let mut has_blank = false;
        while at < self.chars.len() {
            let here = self.chars[at];
            has_blank |= here.is_whitespace();
            if here == '\\' {
                at += 2;
                continue;
            }
            if here != char {
                at += 1;
                continue;
            }
            let run = self.run(at);
            let next = self.chars.get(at + run);
            let within_word = char == '*' && length == 2 && !has_blank;
            let ends = next.is_none_or(|next| !next.is_alphanumeric()) || within_word;
            let is_free = !self.gone[at] && at > start && !self.chars[at - 1].is_whitespace();
            if run == length && is_free && ends {
                return Some(at);
            }
            at += run;
        }
        None
    }

    /// Whether `__` stands around a name of Python's.
    fn is_name(&self, start: usize, end: usize, char: char) -> bool {
        let is_part = |char: &char| char.is_ascii_lowercase() || *char == '_';
        char == '_'
            && start >= 2
            && self.chars[start - 2] == '_'
            && self.chars[start..end].iter().all(is_part)
    }

    fn link(&mut self, at: usize) -> usize {
        let behind = &self.chars[at + 1..];
        let within_word = at > 0 && self.chars[at - 1].is_alphanumeric();
        let length = behind.iter().position(|char| matches!(char, '[' | ']'));
        let Some(length) = length.filter(|length| *length > 0 && !within_word) else {
            return at + 1;
        };
        let close = at + 1 + length;
        if self.chars[close] != ']' || self.chars.get(close + 1) != Some(&'(') {
            return at + 1;
        }
        let mut depth = 0;
        for (end, char) in self.chars.iter().enumerate().skip(close + 1).take(MAX_ADDRESS) {
            match char {
                '(' => depth += 1,
                ')' => depth -= 1,
                '\n' => break,
                _ => {}
            }
            if depth == 0 {
                if end == close + 2 {
                    break; // f[x]() and the like
                }
                self.gone[close..=end].fill(true);
                self.gone[at] = true;
                if at > 0 && self.chars[at - 1] == '!' {
                    self.gone[at - 1] = true;
                }
                break;
            }
        }
        at + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_markdown_go_and_their_text_stays() {
        for (text, left) in [
            ("**Paris**", "Paris"),
            ("__Paris is__ *a* ***city***", "Paris is a city"),
            ("a **b *c* d** e", "a b c d e"),
            ("(*x*), _y_.", "(x), y."),
            ("**un**happy", "unhappy"),
            ("~~old~~ new", "old new"),
            ("`ls -l`", "ls -l"),
            ("`` a`b ``", " a`b "),
            ("`*args*`", "*args*"),
            ("```sh\nls *.rs\n```", "\nls *.rs\n"),
            ("[text](https://example.org/a_(b)_c)", "text"),
            ("see [*it*](x \"title\")!", "see it!"),
            ("![a map](map.png)", "a map"),
            ("\\*args\\*", "*args*"),
        ] {
            assert_eq!(unmarked(text), left, "{text}");
        }
    }

    #[test]
    fn signs_stay() {
        for text in [
            "*args",
            "*args, **kwargs",
            "a_b_c",
            "_private",
            "__init__",
            "2*3*4",
            "2 * 3 * 4",
            "2**3",
            "char **p",
            "C++",
            "~/x ~y",
            "C:\\new",
            "a[0](x)",
            "[x]",
            "[](x)",
            "f [x]()",
            "****",
            "`open",
            "**open",
            "*a *b *c",
            "[a](b",
            "\\",
        ] {
            assert_eq!(unmarked(text), text);
        }
    }
}
