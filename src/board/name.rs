//! The name of a cell, as a person types it: the beginning of its category, and of its value.

use super::{Cell, Game, Place};
use crate::answer::push_folded;

/// Why a name means no cell that can be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfound {
    /// No cell is called so.
    None,
    /// Several are.
    Several(Vec<Place>),
    /// One is, and it was played.
    Played(Place),
}

impl Game {
    /// Returns the name of a cell, such as `Domains 300`.
    pub fn name(&self, place: Place) -> String {
        let category = self.categories.get(place.column).map_or("", String::as_str);
        let value = self.values.get(place.row).copied().unwrap_or(0);
        format!("{category} {value}")
    }

    /// Returns the open cell that `text` names: any beginning of its category, and its value or a
    /// beginning of that, of which one alone is left. Case, accents, blanks and signs do not count.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn named(&self, text: &str) -> Result<Place, Unfound> {
        let text = letters(text);
        let mut found: Vec<(Fit, Place)> = Vec::new();
        if !text.is_empty() {
            for column in 0..self.categories.len() {
                let category = letters(&self.categories[column]);
                for row in 0..self.values.len() {
                    let place = Place { column, row };
                    if *self.cell(place) != Cell::Empty
                        && let Some(fit) = fit(&text, &category, &self.values[row].to_string())
                    {
                        found.push((fit, place));
                    }
                }
            }
        }
        // What is written out is meant before what only begins so.
        let best = found.iter().map(|(fit, _)| *fit).max();
        found.retain(|(fit, _)| Some(*fit) == best);
        let is_open = |place: &Place| matches!(self.cell(*place), Cell::Open(_));
        let open: Vec<Place> = found.iter().map(|(_, place)| *place).filter(is_open).collect();
        match (&open[..], &found[..]) {
            ([place], _) => Ok(*place),
            ([], []) => Err(Unfound::None),
            ([], [(_, place), ..]) => Err(Unfound::Played(*place)),
            _ => Err(Unfound::Several(open)),
        }
    }
}

/// How much of a name was written: the value, the category.
type Fit = (bool, bool);

/// Returns how `text` names a cell, `None` if it does not.
fn fit(text: &str, category: &str, value: &str) -> Option<Fit> {
    // Where the category ends and the value begins is not marked, and categories end in digits, too.
    let splits = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
    let fits = splits.filter_map(|at| {
        let (begun, number) = text.split_at(at);
        let fits = category.starts_with(begun) && value.starts_with(number);
        // Less than the whole category ends at a letter, or the number of `Top 10 100` were parted.
        (fits
            && (begun.len() == category.len() || !begun.ends_with(|it: char| it.is_ascii_digit())))
        .then_some((number == value, begun == category))
    });
    fits.max()
}

/// Returns the letters and digits of a text, folded.
fn letters(text: &str) -> String {
    let (mut base, mut letters) = (' ', String::new());
    text.chars().for_each(|char| push_folded(char, true, &mut base, &mut letters));
    letters.retain(char::is_alphanumeric);
    letters
}

#[cfg(test)]
mod tests {
    use super::super::Tile;
    use super::super::tests::tile;
    use super::*;

    fn game(cells: &[(&str, u32)]) -> Game {
        let tiles: Vec<Tile> = cells
            .iter()
            .map(|(category, value)| tile(&format!("{category} {value}"), category, *value))
            .collect();
        Game::new("g", &tiles, vec![])
    }

    fn named(game: &Game, text: &str) -> String {
        match game.named(text) {
            Ok(place) => game.name(place),
            Err(Unfound::None) => "none".into(),
            Err(Unfound::Several(places)) => format!("{} of them", places.len()),
            Err(Unfound::Played(place)) => format!("{} was played", game.name(place)),
        }
    }

    #[test]
    fn any_beginning_that_is_clear_will_do() {
        let game = game(&[
            ("SSO", 100),
            ("SCIM/Provisioning", 100),
            ("Domains", 100),
            ("Domains", 300),
            ("Errors & Edge Cases", 500),
            ("Évreux", 700),
        ]);
        for (text, wanted) in [
            ("domains 300", "Domains 300"),
            ("d300", "Domains 300"),
            ("D3", "Domains 300"),
            (" dom   3 0 0 ", "Domains 300"),
            ("d", "2 of them"),
            ("s100", "2 of them"),
            ("sc100", "SCIM/Provisioning 100"),
            ("scim prov 1", "SCIM/Provisioning 100"),
            ("sso", "SSO 100"),
            ("err", "Errors & Edge Cases 500"),
            ("evreux700", "Évreux 700"),
            ("500", "Errors & Edge Cases 500"),
            ("100", "3 of them"),
            ("d400", "none"),
            ("x100", "none"),
            ("d3000", "none"),
            ("", "none"),
            (" - ", "none"),
        ] {
            assert_eq!(named(&game, text), wanted, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_out_is_meant_before_what_begins_so() {
        let values = game(&[("A", 100), ("A", 1000), ("Ab", 100)]);
        assert_eq!(named(&values, "a100"), "A 100");
        assert_eq!(named(&values, "a1000"), "A 1000");
        assert_eq!(named(&values, "ab1"), "Ab 100");
        let tops = game(&[("Top 1", 100), ("Top 10", 100), ("Top 10", 1000)]);
        assert_eq!(named(&tops, "top 10 1000"), "Top 10 1000");
        assert_eq!(named(&tops, "top 1 100"), "Top 1 100");
    }

    #[test]
    fn what_was_played_is_not_meant_while_something_else_can_be() {
        use crate::history::Stake;
        let tiles = [tile("d1", "D", 100), tile("d3", "D", 300)];
        let stake = Stake { game: "g".into(), decks: vec![], points: 300, bet: None };
        let turn = super::super::Turn { card: tiles[1].card.clone(), right: true, stake };
        let game = Game::new("g", &tiles, vec![turn]);
        assert_eq!(named(&game, "d"), "D 100");
        assert_eq!(named(&game, "d300"), "D 300 was played");
    }
}
