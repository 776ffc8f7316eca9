//! From a text to the terms of a query.

use std::ops::Range;

use super::{
    Comparison, Figure, MAX_BYTES, MAX_DEPTH, Needle, Query, QueryError, State, Term, folded,
};
use crate::text::{one_line, short};

/// Reads a query from left to right.
pub(super) struct Parser<'a> {
    query: &'a str,
    at: usize,
    /// Where the brackets stand that are not closed yet.
    open: Vec<usize>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(query: &'a str) -> Result<Parser<'a>, QueryError> {
        let parser = Parser { query, at: 0, open: Vec::new() };
        if query.len() > MAX_BYTES {
            let start = (0..=MAX_BYTES).rev().find(|at| query.is_char_boundary(*at));
            let at = start.unwrap_or_default()..query.len();
            let message =
                format!("a query has at most {MAX_BYTES} bytes, this one {}", query.len());
            return Err(parser.error(at, message, "leave something out"));
        }
        Ok(parser)
    }

    pub(super) fn query(mut self) -> Result<Query, QueryError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Ok(Query { root: None });
        }
        let root = Some(self.any()?);
        Ok(Query { root })
    }

    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.query.len() - self.rest().trim_start().len();
    }

    fn error(
        &self,
        at: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> QueryError {
        QueryError { query: self.query.to_owned(), at, message: message.into(), hint: hint.into() }
    }

    /// Takes the next word if it is `word`.
    fn take_word(&mut self, word: &str) -> bool {
        let ends = |rest: &str| {
            rest.is_empty() || rest.starts_with(|next: char| ends_word(next) || next == '"')
        };
        match self.rest().strip_prefix(word) {
            Some(rest) if ends(rest) => {
                self.at += word.len();
                true
            }
            _ => false,
        }
    }

    /// Reads terms up to the end or the bracket that closes them: alternatives, each a row.
    fn any(&mut self) -> Result<Term, QueryError> {
        let mut rows = Vec::new();
        let mut row = Vec::new();
        // Where the last OR or AND stands, while nothing has followed it.
        let mut joins: Option<(usize, &str)> = None;
        loop {
            self.skip_blanks();
            let start = self.at;
            if self.rest().is_empty() || self.rest().starts_with(')') {
                break;
            }
            match ["OR", "AND"].into_iter().find(|join| self.take_word(join)) {
                None => {
                    row.push(self.term()?);
                    joins = None;
                }
                Some(join) if row.is_empty() || joins.is_some() => {
                    return Err(self.join_error(start, join, "before"));
                }
                Some(join) => {
                    joins = Some((start, join));
                    if join == "OR" {
                        rows.push(one_of(std::mem::take(&mut row), Term::All));
                    }
                }
            }
        }
        let closes = self.at..self.at + 1;
        if self.open.is_empty() && !self.rest().is_empty() {
            let hint = "leave it out, or put it in quotes to look for it: \")\"";
            return Err(self.error(closes, "this bracket closes none", hint));
        }
        if let Some((start, join)) = joins {
            return Err(self.join_error(start, join, "behind"));
        }
        if row.is_empty() {
            let start = self.open.last().copied().unwrap_or_default();
            let hint = "put something between them, or in quotes to look for them: \"()\"";
            return Err(self.error(start..closes.end, "nothing is in these brackets", hint));
        }
        rows.push(one_of(row, Term::All));
        Ok(one_of(rows, Term::Any))
    }

    fn join_error(&self, start: usize, join: &str, place: &str) -> QueryError {
        self.error(
            start..start + join.len(),
            format!("{join} joins two terms, and none is {place} it"),
            format!(
                "leave it out, or write it small to look for the word: {}",
                join.to_lowercase()
            ),
        )
    }

    /// Reads one term, with what negates it.
    fn term(&mut self) -> Result<Term, QueryError> {
        let mut negated = false;
        let start = self.at;
        while self.rest().starts_with('-') {
            self.at += 1;
            negated = !negated;
        }
        let next = self.rest().chars().next();
        let term = match next {
            None | Some(')') => return Err(self.nothing_negated(start)),
            Some(next) if next.is_whitespace() => return Err(self.nothing_negated(start)),
            Some('(') => self.group()?,
            Some('"') => {
                let start = self.at;
                let phrase = self.quoted()?;
                self.text(&phrase, start)?
            }
            Some(_) => self.word()?,
        };
        Ok(if negated { Term::Not(Box::new(term)) } else { term })
    }

    fn nothing_negated(&self, start: usize) -> QueryError {
        let hint = "put the term right behind the dash, or the dash in quotes: \"-\"";
        self.error(start..self.at, "nothing to negate", hint)
    }

    /// Reads a group, from its opening bracket on.
    fn group(&mut self) -> Result<Term, QueryError> {
        let start = self.at;
        if self.open.len() == MAX_DEPTH {
            let message = format!("brackets nest at most {MAX_DEPTH} deep");
            return Err(self.error(start..start + 1, message, "leave some out"));
        }
        self.open.push(start);
        self.at += 1;
        self.skip_blanks();
        let term = if self.rest().is_empty() { None } else { Some(self.any()?) };
        match term {
            Some(term) if self.rest().starts_with(')') => {
                self.at += 1;
                self.open.pop();
                Ok(term)
            }
            _ => {
                let hint = "close it, or put it in quotes to look for it: \"(\"";
                Err(self.error(start..start + 1, "this bracket is not closed", hint))
            }
        }
    }

    /// Reads a text in quotes, from the opening one on; `\"` and `\\` are a quote and a backslash.
    fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\\' => {
                    let escaped = chars.next_if(|(_, next)| matches!(next, '"' | '\\'));
                    text.push(escaped.map_or('\\', |(_, escaped)| escaped));
                }
                _ => text.push(char),
            }
        }
        let hint = "close it, or look for a quote with \"\\\"\"";
        Err(self.error(start..start + 1, "this quote is not closed", hint))
    }

    /// Returns the term that looks for `text`, which stands at `start`.
    fn text(&self, text: &str, start: usize) -> Result<Term, QueryError> {
        Needle::new(text).map(Term::Text).ok_or_else(|| {
            self.error(start..self.at, "nothing to look for", "put a word there, or leave it out")
        })
    }

    /// Reads a word, a `key:value` or a comparison.
    fn word(&mut self) -> Result<Term, QueryError> {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find(ends_word).unwrap_or(rest.len());
        let word = &rest[..length];
        let name_length = word.find(|char: char| !char.is_ascii_alphabetic());
        let (name, value) = word.split_at(name_length.unwrap_or(length));
        if let Some(value) = value.strip_prefix(':')
            && !name.is_empty()
            && !value.starts_with(['/', ':'])
        {
            // Anything but an address or a path of code.
            self.at += name.len() + 1;
            return self.keyed(name, value, start);
        }
        self.at += length;
        if let Some(term) = self.comparison(name, value, start)? {
            return Ok(term);
        }
        if value.is_empty()
            && named(&Figure::ALL, name).is_some()
            && ["<", ">", "=", "!="].iter().any(|sign| self.rest().trim_start().starts_with(sign))
        {
            let blanks = self.at..self.query.len() - self.rest().trim_start().len();
            let hint = format!("write it like {name}>3, or \"{name}\" to look for the word");
            return Err(self.error(blanks, "a comparison has no blanks", hint));
        }
        self.text(word, start)
    }

    /// Reads what stands behind `name`, which begins at `start`, and a colon; without quotes it is
    /// `value`.
    fn keyed(&mut self, name: &str, value: &str, start: usize) -> Result<Term, QueryError> {
        let key = name.to_ascii_lowercase();
        let like = match key.as_str() {
            "deck" => "deck:lang",
            "tag" => "tag:verbs",
            "id" => "id:domains-100",
            "is" => "is:due",
            _ => {
                let hint = match named(&Figure::ALL, &key) {
                    Some(_) => format!("compare with <, <=, >, >= or =, as in {key}=3"),
                    None => format!(
                        "there are deck:, tag:, id: and is:; in quotes it is a text: \"{name}:\""
                    ),
                };
                return Err(self.error(
                    start..self.at,
                    format!("{}: finds nothing", short(name)),
                    hint,
                ));
            }
        };
        let value = if value.starts_with('"') {
            self.quoted()?
        } else {
            self.at += value.len();
            value.to_owned()
        };
        let value = match key.as_str() {
            "deck" => folded(value.trim_end_matches('/')).into_owned(),
            "tag" => folded(&value).into_owned(),
            _ => value,
        };
        let at = start..self.at;
        if value.trim().is_empty() {
            let hint = format!("write it like {like}");
            return Err(self.error(at, format!("nothing is behind {key}:"), hint));
        }
        Ok(match key.as_str() {
            "deck" => Term::Deck(value),
            "tag" => Term::Tag(value),
            "id" => Term::Id(value),
            _ => Term::Is(named(&State::ALL, &value).ok_or_else(|| {
                let states = State::ALL.map(|(word, _)| word).join(", ");
                let message = format!("is:{} is no state", short(&value));
                self.error(at, message, format!("it can be: {states}"))
            })?),
        })
    }

    /// Returns the comparison that `name` and what follows it are, or `None` if they are a word.
    ///
    /// Both have just been taken; `start` is where the name stands.
    fn comparison(
        &self,
        name: &str,
        value: &str,
        start: usize,
    ) -> Result<Option<Term>, QueryError> {
        let figure = named(&Figure::ALL, name);
        let comparison = Comparison::ALL.iter().find_map(|(sign, comparison)| {
            value.strip_prefix(sign).map(|bound| (*comparison, bound))
        });
        match (figure, comparison) {
            (Some(figure), Some((comparison, bound))) => match number(bound) {
                Some(bound) => Ok(Some(Term::Compare(figure, comparison, bound))),
                None => {
                    let at = self.at - bound.len()..self.at;
                    let message = match bound {
                        "" => "a number is missing".to_owned(),
                        _ => format!("{} is no number", short(bound)),
                    };
                    Err(self.error(at, message, "write it like lapses>3 or retrievability<0.8"))
                }
            },
            (Some(_), None) if value.starts_with("!=") => {
                let hint = format!("negate the term: -{name}{}", one_line(&value[1..]));
                Err(self.error(start..self.at, "there is no !=", hint))
            }
            (None, Some((_, bound))) if name.len() > 1 && number(bound).is_some() => {
                let names = Figure::ALL.map(|(word, _)| word).join(", ");
                let message = format!("{} is no figure of a card", short(name));
                let hint = format!("there are: {names}; in quotes it is a text: \"{name}{value}\"");
                Err(self.error(start..start + name.len(), message, hint))
            }
            _ => Ok(None),
        }
    }
}

/// Whether `char` is behind a word, not in it. A quote within a word is part of it.
fn ends_word(char: char) -> bool {
    char.is_whitespace() || matches!(char, '(' | ')')
}

/// Returns the one term there is, or what `join` makes of them.
fn one_of(mut terms: Vec<Term>, join: fn(Vec<Term>) -> Term) -> Term {
    match terms.len() {
        1 => terms.remove(0),
        _ => join(terms),
    }
}

/// Returns what `names` call `name`, in any case.
fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(word, _)| word.eq_ignore_ascii_case(name)).map(|(_, thing)| *thing)
}

/// Reads digits, with or without a point: no sign, no exponent, no infinity.
fn number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain { text.parse().ok() } else { None }
}
