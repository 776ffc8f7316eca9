//! Templates of Anki: what a card of a note shows.

use std::collections::HashMap;

/// As deep as sections may be within each other.
const DEEPEST: usize = 50;

/// Where an answer repeats its question.
const FRONT_SIDE: char = '\u{e000}';

/// Returns the HTML of a side: fields put in, sections kept or left out. An answer stands for itself
/// here: `FrontSide` is left out, and so is what is before the line of Anki's own templates.
///
/// A question does not show what is to be typed, nor its hint.
pub fn rendered(template: &str, fields: &HashMap<&str, &str>, question: bool) -> String {
    let mut out = String::new();
    render(template, fields, question, &mut out, 0);
    let side = if question { None } else { behind_the_rule(&out) }.unwrap_or(&out);
    if side.contains(FRONT_SIDE) {
        return side.replace(FRONT_SIDE, "").trim().to_owned();
    }
    side.trim().to_owned()
}

/// Returns where two of these stand, one behind the other.
fn find_two(text: &str, brace: char) -> Option<usize> {
    text.match_indices(brace).map(|(at, _)| at).find(|at| text[at + 1..].starts_with(brace))
}

/// Returns what is behind the line with which Anki's own templates part question and answer.
fn behind_the_rule(answer: &str) -> Option<&str> {
    // The end of a tag is not looked for in the whole text, for each of many that have none.
    const LONGEST: usize = 64;
    answer.match_indices('<').find_map(|(at, _)| {
        let tag = answer[at..].strip_prefix("<hr")?;
        let end = tag.bytes().take(LONGEST).position(|byte| byte == b'>')?;
        let said: String = tag[..end].chars().filter(|char| !"\"' /".contains(*char)).collect();
        said.eq_ignore_ascii_case("id=answer").then(|| &tag[end + 1..])
    })
}

/// Whether a field says nothing.
fn is_empty(field: &str) -> bool {
    let bare = field.replace("&nbsp;", " ");
    let bare = bare.trim();
    bare.is_empty() || matches!(bare, "<br>" | "<div></div>" | "<div><br></div>")
}

fn render(
    template: &str,
    fields: &HashMap<&str, &str>,
    question: bool,
    out: &mut String,
    depth: usize,
) {
    let mut rest = template;
    while let Some(at) = find_two(rest, '{') {
        out.push_str(&rest[..at]);
        let Some(end) = find_two(&rest[at..], '}') else {
            out.push_str(&rest[at..]);
            return;
        };
        let tag = rest[at + 2..at + end].trim();
        rest = &rest[at + end + 2..];
        match tag.chars().next() {
            Some(sign @ ('#' | '^')) => {
                let name = tag[1..].trim();
                let (inner, after) = section(rest, name);
                let filled = fields.get(name).is_some_and(|field| !is_empty(field));
                if filled == (sign == '#') && depth < DEEPEST {
                    render(inner, fields, question, out, depth + 1);
                }
                rest = after;
            }
            Some('/' | '!') | None => {}
            Some(_) => {
                let name = tag.rsplit(':').next().unwrap_or(tag).trim();
                if tag == "FrontSide" {
                    out.push(FRONT_SIDE);
                } else if let Some(field) = fields.get(name)
                    && !tag.starts_with("tts")
                    && !(question && (tag.starts_with("type:") || tag.starts_with("hint:")))
                {
                    out.push_str(field);
                }
            }
        }
    }
    out.push_str(rest);
}

/// Parts what is within a section from what is behind it.
fn section<'t>(rest: &'t str, name: &str) -> (&'t str, &'t str) {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = rest[at..].find("{{") {
        let start = at + found;
        let Some(end) = rest[start..].find("}}").map(|end| start + end) else { break };
        let tag = rest[start + 2..end].trim();
        let is = |sign| tag.strip_prefix(sign).is_some_and(|other: &str| other.trim() == name);
        if is('#') || is('^') {
            depth += 1;
        } else if is('/') {
            if depth == 0 {
                return (&rest[..start], &rest[end + 2..]);
            }
            depth -= 1;
        }
        at = end + 2;
    }
    (rest, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_typed_is_not_shown_before() {
        let fields = HashMap::from([("Front", "q"), ("Back", "a")]);
        assert_eq!(rendered("{{Front}} {{type:Back}}", &fields, true), "q");
        assert_eq!(rendered("{{type:Back}}", &fields, false), "a");
    }

    #[test]
    fn fields_sections_and_filters_are_put_in() {
        let fields = HashMap::from([("Front", "<b>q</b>"), ("Back", "a"), ("Empty", "&nbsp;")]);
        for (template, html) in [
            ("{{Front}}", "<b>q</b>"),
            ("{{FrontSide}}<hr id=answer>{{Back}}", "a"),
            ("{{FrontSide}}\n\n<hr id=answer>\n\n{{text:Back}} x", "a x"),
            ("{{#Back}}yes{{/Back}}{{^Back}}no{{/Back}}", "yes"),
            ("{{#Empty}}yes{{/Empty}}{{^Empty}}no{{/Empty}}", "no"),
            ("{{#None}}{{#None}}x{{/None}}y{{/None}}z", "z"),
            ("{{Unknown}}{{! note }}x", "x"),
            ("{{Front}}\n<hr id=\"answer\" />{{Back}}", "a"),
            ("{{FrontSide}}<hr>{{Back}}", "<hr>a"),
            ("{{Front", "{{Front"),
            ("a{{FrontSide}}b", "ab"),
        ] {
            assert_eq!(rendered(template, &fields, false), html, "{template}");
        }
    }
}
