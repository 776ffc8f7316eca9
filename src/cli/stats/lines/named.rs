//! What has a name: hard cards, pairs, decks and tags.

use colored::Colorize;

use super::{MOST, and_more, nothing};
use crate::cli::stats::page::{Page, columns_of, percent};
use crate::cli::words;
use crate::stats::{Confused, Figures, Group, HardCard, Tagged, Tally};
use crate::text;

pub fn hardest(figures: &Figures, asked: bool, page: &mut Page) {
    if figures.hardest.is_empty() {
        return nothing("The hardest cards", "none that is not suspended was failed", asked, page);
    }
    page.head("The hardest cards");
    figures.hardest.iter().for_each(|card| hard_card(card, page));
}

pub fn leeches(figures: &Figures, asked: bool, page: &mut Page) {
    if figures.leeches.is_empty() {
        return nothing("Leeches", "none", asked, page);
    }
    page.head("Leeches, forgotten eight times or more");
    figures.leeches.iter().take(MOST).for_each(|card| hard_card(card, page));
    and_more(figures.leeches.len(), ("card", "cards"), page);
}

fn hard_card(card: &HardCard, page: &mut Page) {
    let Tally { failed, .. } = card.counted;
    let mut parts =
        vec![format!("failed {} of {}", words::grouped(failed as usize), card.counted.total())];
    if card.lapses > 0 {
        parts.push(words::count(card.lapses as usize, "lapse", "lapses"));
    }
    parts.extend(card.ease.map(|ease| format!("ease {ease:.2}")));
    parts.extend(card.difficulty.map(|difficulty| format!("difficulty {difficulty:.1}")));
    if card.suspended {
        parts.push("suspended".to_owned());
    }
    let id = text::one_line(&card.card);
    let place = if card.file.is_empty() {
        "in no deck now".to_owned()
    } else {
        format!("{}:{}", text::one_line(&card.file), card.line)
    };
    let front = text::one_line(&card.front);
    if page.plain {
        page.say(&format!("{id}: {}; {place}: {front}", parts.join(", ")));
        return;
    }
    let said = text::wrap(&format!("{id}  {}", parts.join(", ")), page.width, "  ", "    ");
    let said = said.replacen(&id, &id.bold().to_string(), 1);
    page.line(said);
    let room = page.width.saturating_sub(4 + columns_of(&place) + 2);
    if room < 12 {
        page.line(format!("    {}", words::shortened(&place, page.width.saturating_sub(4))));
        page.line(format!("    {}", words::shortened(&front, page.width.saturating_sub(4))));
    } else {
        page.line(format!("    {}  {}", place.dimmed(), words::shortened(&front, room)));
    }
}

pub fn confusions(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Taken for each other, in typed answers";
    if figures.confusions.is_empty() {
        return nothing(title, "no pair of cards", asked, page);
    }
    page.head(title);
    for Confused { cards: [one, other], times } in figures.confusions.iter().take(MOST) {
        let times = words::count(*times, "time", "times");
        page.say(&text::one_line(&format!("{one} and {other}, {times}")));
    }
    and_more(figures.confusions.len(), ("pair", "pairs"), page);
}

/// What is in a row of a table of decks or tags.
struct Row {
    name: String,
    columns: Vec<String>,
}

impl Row {
    fn new(name: &str, cards: usize, due: usize, new: usize, recalled: Tally) -> Row {
        let mut columns = vec![
            words::count(cards, "card", "cards"),
            format!("{} due", words::grouped(due)),
            format!("{} new", words::grouped(new)),
        ];
        columns.extend(recalled.share().map(|share| format!("{} recalled", percent(share))));
        Row { name: text::one_line(name), columns }
    }
}

pub fn decks(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Decks, with what is asked today";
    if figures.decks.is_empty() {
        return nothing(title, "none", asked, page);
    }
    page.head(title);
    let row = |it: &Group| Row::new(&it.title, it.cards, it.due, it.new, it.recalled);
    table(&figures.decks.iter().map(row).collect::<Vec<_>>(), page);
}

pub fn tags(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Tags, with what is asked today";
    if figures.tags.is_empty() {
        return nothing(title, "none", asked, page);
    }
    page.head(title);
    let mut tags: Vec<&Tagged> = figures.tags.iter().collect();
    if !asked {
        tags.sort_by_key(|it| std::cmp::Reverse(it.cards));
        tags.truncate(MOST);
    }
    let row = |it: &&Tagged| Row::new(&it.tag, it.cards, it.due, it.new, it.recalled);
    table(&tags.iter().map(row).collect::<Vec<_>>(), page);
    if !asked {
        and_more(figures.tags.len(), ("tag", "tags"), page);
    }
}

fn table(rows: &[Row], page: &mut Page) {
    if page.plain {
        for Row { name, columns } in rows {
            page.say(&format!("{name}: {}", columns.join(", ")));
        }
        return;
    }
    let wide = |at: usize| {
        rows.iter().filter_map(|row| Some(row.columns.get(at)?.len())).max().unwrap_or(0)
    };
    let wide: Vec<usize> = (0..4).map(wide).collect();
    let figures: usize = wide.iter().map(|wide| wide + 2).sum();
    let room = page.width.saturating_sub(2 + figures);
    let longest = rows.iter().map(|row| columns_of(&row.name)).max().unwrap_or(0);
    let is_narrow = room < longest.min(20);
    let names = longest.min(room);
    for Row { name, columns } in rows {
        if is_narrow {
            let name = words::shortened(name, page.width.saturating_sub(2));
            page.line(format!("  {}", name.bold()));
            page.line(text::wrap(&columns.join(", "), page.width, "    ", "    "));
            continue;
        }
        let name = words::padded(&words::shortened(name, names), names);
        let columns = columns.iter().zip(&wide);
        let columns: String = columns.map(|(column, wide)| format!("  {column:>wide$}")).collect();
        page.line(format!("  {}{columns}", name.bold()));
    }
}
