//! What has a name: hard cards, pairs, decks and tags.

use maud::{Markup, html};

use crate::cli::stats::page::recalled as with_numbers;
use crate::cli::words;
use crate::stats::{Figures, HardCard, Tally};
use crate::text;

/// So many rows are shown; the JSON has all.
const MOST: usize = 20;

pub fn hard_cards(title: &str, note: &str, cards: &[HardCard]) -> Markup {
    if cards.is_empty() {
        return html! {};
    }
    let strength = |card: &HardCard| match (card.ease, card.difficulty) {
        (Some(ease), _) => format!("{ease:.2}"),
        (None, Some(difficulty)) => format!("{difficulty:.1}"),
        _ => String::new(),
    };
    let measure = match cards.first() {
        Some(HardCard { difficulty: Some(_), .. }) => "Difficulty",
        _ => "Ease",
    };
    html! {
        section.sheet.wide {
            h2 { (title) }
            p.soft { (note) }
            div.rows {
                table.cards {
                    thead { tr {
                        th scope="col" { "Card" } th.n scope="col" { "Failed" } th.n scope="col" { "Lapses" }
                        th.n scope="col" { (measure) } th scope="col" { "Where" }
                    } }
                    tbody {
                        @for card in cards.iter().take(MOST) {
                            tr {
                                td.words { (text::one_line(&card.front)) br; code.soft { (text::one_line(&card.card)) }
                                    @if card.suspended { " " span.soft { "suspended" } } }
                                td.n data-label="failed" { (format!("{} of {}", card.counted.failed, card.counted.total())) }
                                td.n data-label="lapses" { (card.lapses) }
                                td.n data-label=(measure.to_lowercase()) { (strength(card)) }
                                td.where { code { (text::one_line(&card.file)) ":" (card.line) } }
                            }
                        }
                    }
                }
            }
            (more(cards.len()))
        }
    }
}

pub fn confusions(figures: &Figures) -> Markup {
    if figures.confusions.is_empty() {
        return html! {};
    }
    html! {
        section.sheet.wide {
            h2 { "Taken for each other" }
            p.soft { "In typed answers." }
            div.rows {
                table {
                    thead { tr { th scope="col" { "Cards" } th.n scope="col" { "Times" } } }
                    tbody {
                        @for pair in figures.confusions.iter().take(MOST) {
                            tr {
                                td.words { code { (text::one_line(&pair.cards[0])) } " and "
                                    code { (text::one_line(&pair.cards[1])) } }
                                td.n { (pair.times) }
                            }
                        }
                    }
                }
            }
            (more(figures.confusions.len()))
        }
    }
}

pub fn groups<'a>(
    title: &str,
    head: &str,
    rows: impl ExactSizeIterator<Item = (&'a str, usize, usize, usize, Tally)>,
) -> Markup {
    if rows.len() == 0 {
        return html! {};
    }
    html! {
        section.sheet.wide {
            h2 { (title) }
            p.soft { "Due and new are what today asks." }
            div.rows {
                table {
                    thead { tr {
                        th scope="col" { (head[..1].to_uppercase()) (head[1..]) } th.n scope="col" { "Cards" }
                        th.n scope="col" { "Due" } th.n scope="col" { "New" } th.n scope="col" { "Recalled" }
                    } }
                    tbody {
                        @for (name, cards, due, new, recalled) in rows {
                            tr {
                                th.words scope="row" { (text::one_line(name)) }
                                td.n { (words::grouped(cards)) }
                                td.n { (words::grouped(due)) }
                                td.n { (words::grouped(new)) }
                                td.n { (with_numbers(recalled)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn more(all: usize) -> Markup {
    let more = all.saturating_sub(MOST);
    html! { @if more > 0 { p.soft { "and " (words::grouped(more)) " more" } } }
}
