//! Text -> [`Settings`], and the `options` of a deck.

use super::{
    Changed, DeckOptions, Fuzz, Grades, Leeches, Limit, NewCards, NewWhileBehind, Order, Refit,
    SchedulerName, Settings, Sm2Profile,
};
use crate::deck::lint::NAMES;
use crate::diagnostic::Diagnostic;
use crate::schedule::fsrs::Retention;
use crate::text;
use crate::time::Rollover;
use crate::yaml::{self, At, Entry, Extent, Fields, Names, Page, Problems, Value};

/// Reads config.yaml; `file` is what its diagnostics call it.
///
/// What is not said, or said wrongly, is as if it had not been said.
pub fn read(bytes: &[u8], file: &str) -> (Settings, Vec<Diagnostic>) {
    let mut problems = Problems::new(file, true);
    let mut settings = Settings::default();
    if let Some(text) = yaml::text_of(bytes, &mut problems) {
        let mut page = Page::new(text, 0, &mut problems);
        match yaml::read_value(text, Extent::File) {
            Ok(At { value: Value::Null, .. }) => {}
            Ok(At { value: Value::Map(map), .. }) => {
                let fields = page.fields(map, &CONFIG);
                settings = config(&mut page, fields);
            }
            Ok(other) => {
                let help = "write `key: value`, one a line";
                page.error(other.at, "not-settings", "the settings are not a mapping", help);
            }
            Err(failure) => page.failure(&failure),
        }
    }
    (settings, problems.into_diagnostics())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Changed,
    DayStartsAt,
    Decks,
    FoldAccents,
    Fuzz,
    Grades,
    Leeches,
    Lint,
    NewCards,
    NewPerDay,
    NewWhileBehind,
    Order,
    Refit,
    Retention,
    ReviewsPerDay,
    Scheduler,
    Sm2Profile,
    Typed,
}

const CONFIG: Names<Key> = Names {
    whose: "config.yaml",
    keys: &[
        ("day_starts_at", Key::DayStartsAt),
        ("new_per_day", Key::NewPerDay),
        ("reviews_per_day", Key::ReviewsPerDay),
        ("new_while_behind", Key::NewWhileBehind),
        ("order", Key::Order),
        ("new_cards", Key::NewCards),
        ("grades", Key::Grades),
        ("scheduler", Key::Scheduler),
        ("sm2_profile", Key::Sm2Profile),
        ("retention", Key::Retention),
        ("refit", Key::Refit),
        ("fuzz", Key::Fuzz),
        ("leeches", Key::Leeches),
        ("changed", Key::Changed),
        ("typed", Key::Typed),
        ("fold_accents", Key::FoldAccents),
        ("lint", Key::Lint),
        ("decks", Key::Decks),
    ],
};

const OPTIONS: Names<Key> = Names {
    whose: "a deck's `options`",
    keys: &[
        ("new_per_day", Key::NewPerDay),
        ("reviews_per_day", Key::ReviewsPerDay),
        ("scheduler", Key::Scheduler),
        ("sm2_profile", Key::Sm2Profile),
        ("retention", Key::Retention),
        ("fuzz", Key::Fuzz),
        ("leeches", Key::Leeches),
        ("changed", Key::Changed),
        ("typed", Key::Typed),
    ],
};

fn config(page: &mut Page<'_>, mut fields: Fields<Key>) -> Settings {
    let shared = shared(page, &mut fields);
    let usual = Settings::default();
    let lint_allow = fields.take(Key::Lint).map(|entry| lint(page, entry)).unwrap_or_default();
    let day_starts_at = fields
        .take(Key::DayStartsAt)
        .and_then(|entry| page.whole("day_starts_at", &entry, 0..=23))
        .and_then(|hour| Rollover::at(hour as u8))
        .unwrap_or(usual.day_starts_at);
    let mut word = Words { page, fields: &mut fields };
    let refit =
        word.of(Key::Refit, &[("auto", Refit::Auto), ("off", Refit::Off)]).unwrap_or(usual.refit);
    let order = word.of(
        Key::Order,
        &[
            ("overdueness", Order::Overdueness),
            ("due", Order::Due),
            ("random", Order::Random),
            ("deck", Order::Deck),
            ("gain", Order::Gain),
            ("retrievability", Order::Retrievability),
        ],
    );
    Settings {
        day_starts_at,
        new_per_day: shared.new_per_day.unwrap_or(usual.new_per_day),
        reviews_per_day: shared.reviews_per_day.unwrap_or(usual.reviews_per_day),
        new_while_behind: word
            .of(
                Key::NewWhileBehind,
                &[
                    ("auto", NewWhileBehind::Auto),
                    ("yes", NewWhileBehind::Yes),
                    ("no", NewWhileBehind::No),
                ],
            )
            .unwrap_or(usual.new_while_behind),
        new_cards: word
            .of(
                Key::NewCards,
                &[("mixed", NewCards::Mixed), ("first", NewCards::First), ("last", NewCards::Last)],
            )
            .unwrap_or(usual.new_cards),
        grades: word
            .of(Key::Grades, &[("four", Grades::Four), ("six", Grades::Six)])
            .unwrap_or(usual.grades),
        order: order.unwrap_or(usual.order),
        scheduler: shared.scheduler.unwrap_or(usual.scheduler),
        sm2_profile: shared.sm2_profile.unwrap_or(usual.sm2_profile),
        retention: shared.retention.unwrap_or(usual.retention),
        refit,
        fuzz: shared.fuzz.unwrap_or(usual.fuzz),
        changed: shared.changed.unwrap_or(usual.changed),
        leeches: shared.leeches.unwrap_or(usual.leeches),
        fold_accents: fields
            .take(Key::FoldAccents)
            .and_then(|entry| page.flag("fold_accents", &entry))
            .unwrap_or(usual.fold_accents),
        typed: shared.typed.unwrap_or(usual.typed),
        lint_allow,
        decks: fields
            .take(Key::Decks)
            .and_then(|entry| page.texts("decks", entry))
            .unwrap_or(usual.decks),
    }
}

/// Takes words out of a mapping.
struct Words<'w, 't> {
    page: &'w mut Page<'t>,
    fields: &'w mut Fields<Key>,
}

impl Words<'_, '_> {
    fn of<T: Copy>(&mut self, key: Key, words: &[(&str, T)]) -> Option<T> {
        let entry = self.fields.take(key)?;
        self.page.word(CONFIG.of(key), &entry, words)
    }
}

/// Returns what a deck's `options` say; one that is wrong is reported, and as if not said.
pub fn deck_options(page: &mut Page<'_>, entry: Entry) -> DeckOptions {
    let Value::Map(map) = entry.value.value else {
        let help = "write the options indented below it, such as `new_per_day: 10`";
        page.error(entry.place(), "not-options", "`options` is not a mapping", help);
        return DeckOptions::default();
    };
    let mut fields = page.fields(map, &OPTIONS);
    shared(page, &mut fields)
}

/// Takes what a deck and the configuration have in common.
fn shared(page: &mut Page<'_>, fields: &mut Fields<Key>) -> DeckOptions {
    let retention = fields
        .take(Key::Retention)
        .and_then(|entry| page.number("retention", &entry, Retention::RANGE))
        .and_then(Retention::new);
    let mut words = Words { page, fields };
    let scheduler =
        words.of(Key::Scheduler, &[("sm2", SchedulerName::Sm2), ("fsrs", SchedulerName::Fsrs)]);
    let fuzz = words.of(Key::Fuzz, &[("auto", Fuzz::Auto), ("on", Fuzz::On), ("off", Fuzz::Off)]);
    let leeches = words.of(Key::Leeches, &[("tell", Leeches::Tell), ("suspend", Leeches::Suspend)]);
    let sm2_profile =
        words.of(Key::Sm2Profile, &[("text", Sm2Profile::Text), ("delphi", Sm2Profile::Delphi)]);
    let changed = words.of(Key::Changed, &[("ask", Changed::Ask), ("ignore", Changed::Ignore)]);
    DeckOptions {
        new_per_day: fields
            .take(Key::NewPerDay)
            .and_then(|entry| page.whole("new_per_day", &entry, 0..=9_999)),
        reviews_per_day: fields
            .take(Key::ReviewsPerDay)
            .and_then(|entry| limit(page, "reviews_per_day", &entry)),
        scheduler,
        sm2_profile,
        retention,
        fuzz,
        changed,
        leeches,
        typed: fields.take(Key::Typed).and_then(|entry| page.flag("typed", &entry)),
    }
}

fn limit(page: &mut Page<'_>, name: &str, entry: &Entry) -> Option<Limit> {
    match &entry.value.value {
        Value::Text(none) if none == "none" => Some(Limit::Unlimited),
        Value::Whole(_) => page.whole(name, entry, 0..=99_999).map(Limit::AtMost),
        _ => {
            let help = "write `none`, or a whole number from 0 to 99999";
            page.wrong(name, entry, "is no limit", help, None);
            None
        }
    }
}

/// Returns what a `lint` allows: the names of lints.
pub fn lint(page: &mut Page<'_>, entry: Entry) -> Vec<String> {
    const LINT: Names<()> = Names { whose: "`lint`", keys: &[("allow", ())] };
    let Value::Map(map) = entry.value.value else {
        page.error(
            entry.place(),
            "not-lint",
            "`lint` is not a mapping",
            "write `lint: {allow: [name]}`",
        );
        return Vec::new();
    };
    let Some(allow) = page.fields(map, &LINT).take(()) else { return Vec::new() };
    let at = allow.place();
    let names = page.texts("allow", allow).unwrap_or_default();
    for name in names.iter().filter(|name| !NAMES.contains(&name.as_str())) {
        let message = format!("there is no lint {:?}", text::short(name));
        page.error(at, "unknown-lint", message, format!("there are {}", NAMES.join(", ")));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_str(text: &str) -> (Settings, Vec<Diagnostic>) {
        read(text.as_bytes(), "config.yaml")
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        for text in ["", "# nothing yet\n", "---\n", "{}\n", "\u{feff}\r\n"] {
            assert_eq!(read_str(text), (Settings::default(), vec![]), "{text:?}");
        }
    }

    #[test]
    fn everything_can_be_said() {
        let text = "\
day_starts_at: 0
new_per_day: 0
reviews_per_day: 50
new_while_behind: yes
order: random
new_cards: last
grades: six
scheduler: fsrs
sm2_profile: delphi
retention: 0.85
refit: off
fuzz: on
leeches: suspend
changed: ignore
typed: true
fold_accents: false
lint: {allow: [long-answer]}
decks: [~/notes, 2024]
";
        let (settings, told) = read_str(text);
        assert_eq!(told, []);
        let expected = Settings {
            day_starts_at: Rollover::at(0).unwrap(),
            new_per_day: 0,
            reviews_per_day: Limit::AtMost(50),
            new_while_behind: NewWhileBehind::Yes,
            order: Order::Random,
            new_cards: NewCards::Last,
            grades: Grades::Six,
            scheduler: SchedulerName::Fsrs,
            sm2_profile: Sm2Profile::Delphi,
            retention: Retention::new(0.85).unwrap(),
            refit: Refit::Off,
            fuzz: Fuzz::On,
            changed: Changed::Ignore,
            leeches: Leeches::Suspend,
            fold_accents: false,
            typed: true,
            lint_allow: vec!["long-answer".into()],
            decks: vec!["~/notes".into(), "2024".into()],
        };
        assert_eq!(settings, expected);
        assert_eq!(read_str("decks: ~/notes\n").0.decks, ["~/notes"]);
        assert_eq!(read_str("new_while_behind: no\n").0.new_while_behind, NewWhileBehind::No);
    }

    #[test]
    fn every_fault_has_its_place_and_name_and_changes_nothing() {
        for (text, finding) in [
            ("new_per_dya: 5", "1:1 unknown-key"),
            ("typed: true\ntyped: false", "2:1 duplicate-key"),
            ("day_starts_at: 24", "1:16 bad-value"),
            ("day_starts_at: 04:00", "1:16 bad-value"),
            ("new_per_day: -1", "1:14 bad-value"),
            ("new_per_day:", "1:1 bad-value"),
            ("reviews_per_day: 1.5", "1:18 bad-value"),
            ("reviews_per_day: ~", "1:18 bad-value"),
            ("new_while_behind: true", "1:19 bad-value"),
            ("order: overdue", "1:8 bad-value"),
            ("grades: 4", "1:9 bad-value"),
            ("scheduler: fsrs6", "1:12 bad-value"),
            ("retention: 0.5", "1:12 bad-value"),
            ("retention: .nan", "1:12 bad-value"),
            ("fold_accents: yes", "1:15 bad-value"),
            ("decks: {a: b}", "1:8 not-a-text"),
            ("lint: {allow: }", "1:8 empty-text"),
            ("- typed", "1:1 not-settings"),
            ("typed", "1:1 not-settings"),
            ("order: [", "1:8 bracket"),
            ("order: due\n---\ntyped: true", "2:1 several-documents"),
        ] {
            let (settings, told) = read_str(text);
            let found: Vec<_> =
                told.iter().map(|d| format!("{}:{} {}", d.line, d.column, d.code)).collect();
            assert_eq!(found, [finding], "{text}");
            if !text.starts_with("typed: true") {
                assert_eq!(settings, Settings::default(), "{text}");
            }
        }
    }

    #[test]
    fn a_slip_in_a_word_is_named_with_what_was_meant() {
        let (_, told) = read_str("order: overduenes\n");
        assert_eq!(told[0].message, "`order: overduenes` is not known");
        let help = "did you mean `overdueness`? write `overdueness`, `due`, `random`, `deck`, `gain` or `retrievability`";
        assert_eq!(told[0].help.as_deref(), Some(help));
    }
}
