//! YAML decks of others.

use super::{
    Imported, ImportedDeck, Item, MOST_CARDS, Skipped, UNNAMED, Unreadable, Wanted, deck_path,
    leave_out_doubles, text_of,
};
use crate::deck::yaml;
use crate::diagnostic::Severity;

/// Reads a deck; `name` is the path that it gets below `decks/`.
///
/// # Errors
///
/// Bytes that are no text, YAML that is no deck, too many cards.
pub fn read(input: &[u8], name: &str) -> Result<Imported, Unreadable> {
    text_of(input)?;
    let reading = yaml::read(input, name);
    let errors = reading.diagnostics.into_iter().filter(|one| one.severity == Severity::Error);
    let mut skipped: Vec<Skipped> =
        errors.map(|one| Skipped::new(one.line as usize, one.message)).collect();
    let Some(deck) = reading.deck else {
        return Err(Unreadable(match skipped.first() {
            Some(first) => format!("line {}: {}", first.line, first.what),
            None => "it is no deck: there is neither `deck:` nor `cards:` at the top".into(),
        }));
    };
    if deck.notes.len() > MOST_CARDS {
        return Err(Unreadable(format!("it has over {MOST_CARDS} cards")));
    }
    let items = deck.notes.into_iter().map(|mut note| {
        let id = note.id.take();
        let origin = id.clone().unwrap_or_else(|| format!("front:{}", note.key_of_front()));
        Item { origin, id: id.map_or(Wanted::OfContent, Wanted::Given), note: Box::new(note) }
    });
    let name = deck_path(name).unwrap_or_else(|| UNNAMED.into());
    let mut deck = ImportedDeck { name, head: deck.head, items: items.collect() };
    leave_out_doubles(&mut deck, &mut skipped);
    Ok(Imported { decks: vec![deck], skipped, what: "deck".into(), ..Imported::default() })
}

/// Gives each card the tags of its deck before its own, as a reader of the deck sees them.
pub(super) fn share_tags(deck: &mut ImportedDeck) {
    let mut once: Vec<String> = Vec::new();
    for tag in std::mem::take(&mut deck.head.tags) {
        if !once.contains(&tag) {
            once.push(tag);
        }
    }
    deck.head.tags = once;
    for item in &mut deck.items {
        let own = std::mem::take(&mut item.note.details.tags);
        let all = &mut item.note.details.tags;
        all.clone_from(&deck.head.tags);
        all.extend(own.into_iter().filter(|tag| !deck.head.tags.contains(tag)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_comes_with_its_head_and_ids() {
        let text = "deck: Words\ntags: [a]\ncards:\n- {id: x, front: f, back: b}\n- {front: g, back: c, tags: b}\n- {front: h}\n";
        let imported = read(text.as_bytes(), "lang/words").unwrap();
        let deck = &imported.decks[0];
        assert_eq!((&*deck.name, deck.head.title.as_deref()), ("lang/words", Some("Words")));
        assert_eq!(deck.items[0].id, Wanted::Given("x".into()));
        assert_eq!(
            (&deck.items[1].id, &deck.items[1].note.details.tags[..]),
            (&Wanted::OfContent, &["a".to_owned(), "b".into()][..])
        );
        assert_eq!(imported.skipped, [Skipped::new(6, "card has no `back`")]);
        let twice =
            read(b"cards:\n- {id: x, front: f, back: b}\n- {id: x, front: g, back: b}\n", "x");
        let skipped = Skipped::new(3, "the card on line 2 has the id \"x\"");
        assert_eq!(twice.unwrap().skipped, [skipped]);
        assert!(read(b"a: 1\n", "x").unwrap_err().0.contains("no deck"));
        assert!(read(b"cards: [\n", "x").unwrap_err().0.starts_with("line "));
    }
}
