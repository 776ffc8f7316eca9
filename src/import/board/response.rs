//! What stands below a clue: one answer, several that count, or a list.

use crate::card::Answer;

/// Returns what a response phrased as a question names: "What are the X?" is X.
pub(super) fn asked(text: &str) -> Option<String> {
    let inside = text.strip_suffix('?').unwrap_or(text);
    let (word, rest) = inside.split_once(' ')?;
    let (verb, rest) = rest.trim_start().split_once(' ')?;
    let question = ["what", "who", "where", "when"].contains(&word.to_lowercase().as_str())
        && ["is", "are", "was", "were"].contains(&verb.to_lowercase().as_str());
    // Without the mark, only what is short and one sentence is a response.
    let whole = text.ends_with('?') || (rest.len() < 60 && !rest.contains(['.', '?']));
    let mut rest = rest.trim();
    for article in ["the ", "an ", "a "] {
        if rest.len() > article.len()
            && rest.is_char_boundary(article.len())
            && rest[..article.len()].eq_ignore_ascii_case(article)
        {
            rest = rest[article.len()..].trim_start();
            break;
        }
    }
    (question && whole && !rest.is_empty()).then(|| rest.to_owned())
}

/// Returns the answer that the lines of a response are, and what else counts.
pub(super) fn answer(lines: &[&str]) -> (Answer, Vec<String>) {
    if lines.len() > 1 {
        let items: Option<Vec<String>> = lines.iter().map(|line| item_of(line)).collect();
        if let Some(items) = items {
            return (Answer::List(items), Vec::new());
        }
        return (Answer::Text(lines.join("\n")), Vec::new());
    }
    let line = lines.first().copied().unwrap_or_default();
    let line = item_of(line)
        .filter(|_| !line.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_else(|| line.to_owned());
    let line = asked(&line).unwrap_or(line);
    if let Some(mut all) = alternatives(&line) {
        let rest = all.split_off(1);
        return (Answer::Text(all.remove(0)), rest);
    }
    let inside = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inside = inside.map(str::trim).filter(|inside| !inside.is_empty() && !inside.contains('"'));
    (Answer::Text(inside.unwrap_or(&line).to_owned()), Vec::new())
}

/// Returns what stands behind the number or the dash of an item.
fn item_of(line: &str) -> Option<String> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = if digits > 0 && digits <= 3 {
        let rest = line[digits..].strip_prefix(['.', ')'])?;
        // 1.5 is a number.
        (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some(rest)?
    } else {
        let rest = line.strip_prefix(['-', '*', '•', '–', '—', '·', '▪', '◦'])?;
        // -5 is a number, --force a flag, **bold** a word.
        (!rest.starts_with(|c: char| "-*".contains(c) || c.is_ascii_digit()) || rest.contains("% "))
            .then_some(rest)?
    };
    let rest = rest.trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// Returns the responses of `"A" or "B"`.
fn alternatives(line: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = line.trim();
    loop {
        let (text, behind) = rest.strip_prefix('"')?.split_once('"')?;
        let text = text.trim();
        if text.is_empty() || found.len() > 100 {
            return None;
        }
        if !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
        rest = behind.trim().trim_start_matches([',', ';']).trim_start();
        if rest.is_empty() || rest == "." {
            break;
        }
        rest = ["or ", "OR ", "Or ", "/"]
            .iter()
            .find_map(|or| rest.strip_prefix(or))
            .unwrap_or(rest)
            .trim_start();
    }
    (found.len() > 1).then_some(found)
}
