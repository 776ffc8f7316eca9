//! The library's errors in our words, with the way out.

use serde_yaml::granit_parser::ErrorKind;
use serde_yaml::{Error, ExternalMessageSource, UserMessageFormatter};

use super::page::lines_of;
use super::value::{Place, TOO_MANY_ITEMS, clamped};
use crate::text::short;

/// What a failure leaves to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One spot is broken; what is around it may be readable by itself.
    Broken,
    /// An alias without its anchor, which may stand in another piece.
    Anchor,
    /// The first document was read; others follow it.
    Documents,
    /// More than any honest file asks for: it is not read at all.
    Refused,
}

/// Why a text could not be read to its end.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is left to do.
    pub kind: Kind,
    /// Where it was noticed, or where we know it to come from.
    pub at: Place,
    /// A short stable name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

const INDENT_HELP: &str = "begin keys that belong together in the same column, with spaces";

impl Failure {
    pub(super) fn of(error: &Error, text: &str) -> Failure {
        let at = error.location().map_or(Place::default(), |location| {
            Place::point(clamped(location.line()), clamped(location.column()))
        });
        let found = |kind, code, message: &str, help: &str| Failure {
            kind,
            at,
            code,
            message: message.to_owned(),
            help: help.to_owned(),
        };
        let broken = |code, message: &str, help: &str| found(Kind::Broken, code, message, help);
        match innermost(error) {
            Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasReplayCounterOverflow { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. } => refused(innermost(error), at),
            Error::MultipleDocuments { .. } => Failure {
                at: document_mark(text, at),
                ..found(
                    Kind::Documents,
                    "several-documents",
                    "a second document begins here",
                    "take the mark out, or move what follows to a file of its own",
                )
            },
            Error::UnknownAnchor { .. } => found(
                Kind::Anchor,
                "unknown-anchor",
                "no anchor has this name",
                "put the text in quotes if the `*` belongs to it, or write `&name` where it is first said",
            ),
            Error::RecursiveReferencesRequireWeakTypes { .. } => {
                broken("recursive-alias", "this alias holds itself", "write the text out")
            }
            Error::ExternalMessage { source, msg, .. } => match source.as_ref() {
                ExternalMessageSource::Parser(scan) => syntax(scan.kind(), msg, at, text),
                _ => broken("syntax", &sentence(msg), "see the line"),
            },
            Error::UnsupportedTag { tag, .. } => {
                let message = format!("the tag `{}` does not fit here", short(tag));
                broken("tag", &message, "take the tag out; no tag is needed")
            }
            Error::InvalidScalar { .. } | Error::InvalidBooleanStrict { .. } => {
                broken("tag", "the text does not fit its tag", "take the tag out; no tag is needed")
            }
            Error::TaggedScalarCannotDeserializeIntoString { .. } => {
                broken("tag", "the tag does not fit a text", "take the tag out; no tag is needed")
            }
            Error::Message { msg, .. } if msg == TOO_MANY_ITEMS => {
                broken("too-large", TOO_MANY_ITEMS, "divide it into several cards")
            }
            other => broken(
                "syntax",
                &sentence(&other.render_with_formatter(&UserMessageFormatter)),
                "put the text in quotes if it holds a special character",
            ),
        }
    }
}

fn innermost(mut error: &Error) -> &Error {
    while let Error::WithSnippet { error: inner, .. } | Error::AliasError { error: inner, .. } =
        error
    {
        error = inner;
    }
    error
}

fn refused(error: &Error, at: Place) -> Failure {
    use serde_yaml::budget::BudgetBreach;
    let (code, message, help) = match error {
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => return too_deep(at),
        Error::Budget { breach: BudgetBreach::Aliases { .. }, .. } => {
            ("too-many-aliases", "more than 1000 aliases", "write the texts out")
        }
        Error::Budget {
            breach:
                BudgetBreach::Events { .. }
                | BudgetBreach::Nodes { .. }
                | BudgetBreach::ScalarBytes { .. },
            ..
        } => ("too-large", "the file holds too much", "divide it into several decks"),
        _ => ("too-many-aliases", "the aliases unfold to too much", "write the texts out"),
    };
    Failure { kind: Kind::Refused, at, code, message: message.to_owned(), help: help.to_owned() }
}

fn too_deep(at: Place) -> Failure {
    Failure {
        kind: Kind::Refused,
        at,
        code: "too-deep",
        message: "lists and mappings within one another are more than 64 deep".to_owned(),
        help: "put the text in quotes if its brackets belong to it".to_owned(),
    }
}

fn syntax(kind: &ErrorKind, message: &str, at: Place, text: &str) -> Failure {
    let (code, at, message, help): (_, _, &str, &str) = match kind {
        ErrorKind::RecursionLimitExceeded => return too_deep(at),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => {
            ("tab", tab_near(text, at), "a tab is no indentation", "indent with spaces")
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => (
            "unclosed-quote",
            at,
            "this quote is not closed",
            "close it; a quote inside a text is `\\\"` within \"…\" and `''` within '…'",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text-after-quote",
            at,
            "text goes on after the closing quote",
            "put all of it in quotes; a quote inside is `\\\"` within \"…\" and `''` within '…'",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => (
            "bad-escape",
            at,
            "a `\\` in this text begins no escape that YAML knows",
            "write `\\\\` for a backslash, or use '…', where it is one",
        ),
        ErrorKind::MappingValueNotAllowed if holds_colon(text, at) => (
            "unquoted-colon",
            at,
            "a text cannot hold `: ` unless it is quoted",
            "quote the text, it holds `: `",
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::BlockSequenceEntryNotAllowed
            if let Some((place, message)) = begins_otherwise(text, at) =>
        {
            ("unquoted-start", place, message, "put the whole text in quotes")
        }
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedDocumentStart
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::InvalidFlowScalarIndent => {
            ("indentation", at, "this does not line up with what is above it", INDENT_HELP)
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "no-colon",
            at,
            "a key without `: `",
            "write `key: text`, or indent the line further if it continues the text above",
        ),
        ErrorKind::CommentInterceptedScalar => (
            "comment-in-text",
            at,
            "a comment begins here, and the text goes on after it",
            "quote the text if the `#` belongs to it",
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            let message = format!("this `{open}` is not closed");
            return unclosed(at, message);
        }
        ErrorKind::InvalidColonPlacement
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            return unclosed(at, "a bracket above is not closed, or a comma is missing".to_owned());
        }
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            return unclosed(at, "this bracket closes none".to_owned());
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let message = match character {
                '`' => "a text cannot begin with a backtick unless quoted".to_owned(),
                '@' | '%' => format!("a text cannot begin with `{character}` unless quoted"),
                _ => format!("U+{:04X} cannot stand here", u32::from(*character)),
            };
            let help = match character {
                '@' | '`' | '%' => "put the text in quotes",
                _ => "delete it, or write it as an escape within \"…\"",
            };
            return Failure {
                kind: Kind::Broken,
                at,
                code: "bad-character",
                message,
                help: help.to_owned(),
            };
        }
        _ => {
            return Failure {
                kind: Kind::Broken,
                at,
                code: "syntax",
                message: sentence(message),
                help: "put the text in quotes if it holds a special character".to_owned(),
            };
        }
    };
    Failure { kind: Kind::Broken, at, code, message: message.to_owned(), help: help.to_owned() }
}

fn unclosed(at: Place, message: String) -> Failure {
    let help = "put the text in quotes if the bracket belongs to it".to_owned();
    Failure { kind: Kind::Broken, at, code: "bracket", message, help }
}

/// Returns a message of the library as one of ours: its first line, lower case, no full stop.
fn sentence(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => "this is no YAML".to_owned(),
    }
}

/// Returns the tab that a complaint at `at` is about: the library notices it late or early.
fn tab_near(text: &str, at: Place) -> Place {
    let from = at.line.max(1);
    for (line, content) in (from..).zip(lines_of(text).skip(from as usize - 1).take(3)) {
        let blanks = content.len() - content.trim_start_matches([' ', '\t']).len();
        if let Some(column) = content[..blanks].find('\t') {
            return Place::point(line, column as u32 + 1);
        }
    }
    at
}

/// Returns whether the colon at `at` comes after another that made a key of what is before it.
fn holds_colon(text: &str, at: Place) -> bool {
    let line = lines_of(text).nth(at.line.max(1) as usize - 1).unwrap_or_default();
    let before: String = line.chars().take(at.column.max(1) as usize - 1).collect();
    before.contains(": ")
}

/// Returns the value on the line of `at` whose first sign makes YAML take it for something else
/// than the text that it is, and what that sign does.
fn begins_otherwise(text: &str, at: Place) -> Option<(Place, &'static str)> {
    let line = lines_of(text).nth(at.line.max(1) as usize - 1)?;
    let (before, value) = line.split_once(": ")?;
    let blanks = value.len() - value.trim_start().len();
    let message = match value.trim_start().as_bytes() {
        [b'[', ..] => "a text that begins with `[` is taken for a list, and goes on after it",
        [b'{', ..] => "a text that begins with `{` is taken for a mapping, and goes on after it",
        [b'-', b' ', ..] => "a text cannot begin with `- ` unless it is quoted",
        _ => return None,
    };
    let column = before.chars().count() + 2 + blanks + 1;
    Some((Place::point(at.line, clamped(column as u64)), message))
}

/// Returns the mark at or above `at` that began a second document.
fn document_mark(text: &str, at: Place) -> Place {
    let lines: Vec<&str> = lines_of(text).take(at.line as usize).collect();
    let mark = lines.iter().rposition(|line| line.starts_with("---") || line.starts_with("..."));
    match mark {
        Some(index) if index > 0 => Place::point(index as u32 + 1, 1),
        _ => at,
    }
}
