//! The numbers of `stats` and `export` against the same numbers worked out from `history --json`,
//! `list --json`, `due --json` and SQL, on histories with everything in them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate, TimeDelta};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::support::{Home, date, deck_of};

/// The last day of a generated history.
const LAST: i64 = 70;

/// Returns a home in which everything happened that can happen to figures, by chance.
fn generated(seed: u64) -> Home {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut home = Home::with(&deck_of(12));
    home.deck("lang/verbs", "tags: [verb]\ncards: [{id: v1, front: to go, back: andare, reverse: true, tags: [move]}, {id: v2, front: to be, back: essere}]\n");
    home.deck(
        "gone",
        "cards: [{id: g1, front: going?, back: going}, {id: g2, front: gone?, back: gone}]\n",
    );
    let mut names: Vec<String> = (1..=12).map(|n| format!("c{n}")).collect();
    names.extend(["v1", "v1/reverse", "v2", "g1", "g2"].map(String::from));
    for number in 0..LAST {
        match number {
            12 => home.move_to("JST-9"),
            20 => home.move_to("PST8"),
            33 => home.move_to("UTC0"),
            15 => {
                home.edit("deck", "id: c3\n", "id: renamed\n");
                names.push("renamed".into());
            }
            40 => std::fs::remove_file(home.path().join("decks/gone.yaml")).unwrap(),
            _ => {}
        }
        let mut lines = String::new();
        // One card is learned as it should be, until it is mature.
        if [0, 1, 7, 22, 60].contains(&number) {
            lines +=
                &json!({"card": "c12", "rating": "good", "at": format!("{}T12:00", date(number))})
                    .to_string();
            lines.push('\n');
        }
        let answers = if chance.random_range(0..5) == 0 { 0 } else { chance.random_range(1..7) };
        for _ in 0..answers {
            let card = &names[chance.random_range(0..names.len())];
            let rating = ["again", "good", "good", "hard", "easy", "q2", "q3", "q5"]
                [chance.random_range(0..8_usize)];
            // Now and then it is filed late, and past midnight is still yesterday.
            let back = if chance.random_range(0..9) == 0 { chance.random_range(1..6) } else { 0 };
            let (hour, minute) = (chance.random_range(0..23), chance.random_range(0..60));
            let at = format!("{}T{hour:02}:{minute:02}", date(number - back));
            let mut line = json!({"card": card, "rating": rating, "at": at});
            if chance.random_range(0..4) > 0 {
                line["took_ms"] = chance.random_range(1..9_999).into();
            }
            lines += &format!("{line}\n");
        }
        let at = |minute: u32| format!("{}T23:{minute:02}", date(number));
        if !lines.is_empty() {
            home.at(at(10)).input(lines).run("grade --stdin");
        }
        let card = &names[chance.random_range(0..names.len())];
        match chance.random_range(0..12) {
            0 | 1 => drop(home.at(at(20)).run("undo 2")),
            2 => drop(home.at(at(20)).run(&format!("suspend {card}"))),
            3 => drop(home.at(at(20)).run("resume --query is:suspended")),
            4 => drop(home.at(at(20)).run(&format!("reset {card}"))),
            5 => drop(home.at(at(20)).run(&format!("bury {card}"))),
            6 | 7 => drop(
                home.at(at(20)).input("\n1\n\n3\n:q\n").run("review --plain --cram -n 2 deck:deck"),
            ),
            _ => {}
        }
    }
    home.on(LAST).ok("suspend c1 v2");
    home.on(LAST).ok("bury c2");
    home.on(LAST).run("resume c12");
    home.on(LAST).run("grade c12 again --took 1999").exits(0);
    home.on(LAST).run("grade c12 good --took 2").exits(0);
    home
}

/// What a day, or several, comes to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sum {
    reviews: u64,
    new: u64,
    passed: u64,
    failed: u64,
    lapses: u64,
    ms: u64,
    young: (u64, u64),
    mature: (u64, u64),
}

/// The history as a script would add it up.
#[derive(Default)]
struct Told {
    days: BTreeMap<NaiveDate, Sum>,
    /// Passed and failed of each card, under one of its ids.
    cards: HashMap<String, (u64, u64)>,
    families: HashMap<String, String>,
    /// The answers that stand.
    answers: Vec<Value>,
    /// What their cards were before, where they count.
    ages: Vec<Option<&'static str>>,
    /// Passed and failed of each card, by all answers that count.
    counted: HashMap<String, (u64, u64)>,
}

fn day_of(row: &Value) -> NaiveDate {
    row["day"].as_str().unwrap().parse().unwrap()
}

/// Which ids are one card: each id with one that stands for all of them.
fn families(home: &Home) -> HashMap<String, String> {
    let db = home.sql();
    let mut statement = db
        .prepare(
            "SELECT c.id, h.extra ->> '$.from' FROM history AS h JOIN card AS c ON c.key = h.card
              WHERE h.kind = 'linked' AND NOT EXISTS (SELECT 1 FROM history AS r
                  WHERE r.kind = 'retracted' AND r.extra ->> '$.target' = lower(hex(h.id)))",
        )
        .unwrap();
    let links: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut families: HashMap<String, String> = HashMap::new();
    for (one, other) in &links {
        for id in [one, other] {
            families.entry(id.clone()).or_insert(id.clone());
        }
    }
    for (one, other) in &links {
        let (kept, left) = (families[one].clone(), families[other].clone());
        families.values_mut().filter(|name| **name == left).for_each(|name| *name = kept.clone());
    }
    families
}

/// Adds up the history of the cards for which `wanted` holds.
fn told(home: &Home, wanted: impl Fn(&str) -> bool) -> Told {
    #[derive(Clone, Default)]
    struct State {
        answered: bool,
        ever_passed: bool,
        passed_last: bool,
        interval: u64,
    }
    let families = families(home);
    let rows = home.on(LAST).ndjson("history --json");
    let mut states: HashMap<String, State> = HashMap::new();
    let mut told = Told { families, ..Told::default() };
    for row in rows {
        let Some(card) = row["card"].as_str() else { continue };
        let card = told.families.get(card).map_or(card, String::as_str).to_owned();
        if row["retracted"] == true || !wanted(&card) {
            continue;
        }
        let state = states.entry(card.clone()).or_default();
        let kind = row["kind"].as_str().unwrap();
        if kind == "reset" {
            *state = State { answered: state.answered, ..State::default() };
        }
        if !["reviewed", "practised"].contains(&kind) {
            continue;
        }
        let day = told.days.entry(day_of(&row)).or_default();
        day.reviews += 1;
        day.ms += row["took_ms"].as_u64().unwrap_or(0);
        if kind == "reviewed" {
            day.new += u64::from(!state.answered);
            state.answered = true;
        }
        let mut age = None;
        if row["counted"] == true {
            age = Some(match state {
                State { ever_passed: false, .. } => "learning",
                State { interval: 21.., .. } => "mature",
                _ => "young",
            });
            let passed = row["rating"].as_i64().unwrap() > 1;
            if state.ever_passed {
                let (yes, no) = if passed { (1, 0) } else { (0, 1) };
                let age = if state.interval >= 21 { &mut day.mature } else { &mut day.young };
                *age = (age.0 + yes, age.1 + no);
                let all = told.cards.entry(card.clone()).or_default();
                *all = (all.0 + yes, all.1 + no);
                day.passed += yes;
                day.failed += no;
                day.lapses += u64::from(state.passed_last && !passed);
            }
            let all = told.counted.entry(card).or_default();
            *all = if passed { (all.0 + 1, all.1) } else { (all.0, all.1 + 1) };
            state.ever_passed |= passed;
            state.passed_last = passed;
            state.interval = row["interval_days"].as_u64().unwrap();
        }
        told.answers.push(row);
        told.ages.push(age);
    }
    told
}

impl Told {
    fn on(&self, day: NaiveDate) -> Sum {
        self.days.get(&day).cloned().unwrap_or_default()
    }

    fn longest_streak(&self) -> u64 {
        let streak = |day: &NaiveDate| {
            day.iter_days().take_while(|day| self.days.contains_key(day)).count() as u64
        };
        self.days.keys().map(streak).max().unwrap_or(0)
    }

    /// Days in a row, up to `day` or the one before it.
    fn streak(&self, day: NaiveDate) -> u64 {
        let before = |days: i64| day - TimeDelta::days(days);
        let start = if self.days.contains_key(&day) { 0 } else { 1 };
        (start..).take_while(|days| self.days.contains_key(&before(*days))).count() as u64
    }
}

fn today() -> NaiveDate {
    date(LAST).parse().unwrap()
}

/// Returns what `stats --json` should be for the cards in `list` and the history `told`.
fn wanted(home: &Home, told: &Told, query: &str, days: i64) -> Value {
    let back = |days: i64| today() - TimeDelta::days(days);
    let window: Vec<(NaiveDate, Sum)> =
        (0..days).rev().map(|days| (back(days), told.on(back(days)))).collect();
    let tally = |of: fn(&Sum) -> (u64, u64)| {
        let sums = window.iter().map(|(_, sum)| of(sum));
        let (passed, failed) = sums.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        json!({"passed": passed, "failed": failed})
    };
    let list = home.on(LAST).json(&format!("list --json {query}"));
    let cards = list["cards"].as_array().unwrap();
    let mut stages = json!({"new": 0, "learning": 0, "review": 0, "relearning": 0, "suspended": 0});
    let mut forecast = [0; 30];
    let mut backlog = 0;
    for card in cards {
        let suspended = card["suspended"] == true;
        let stage = if suspended { "suspended" } else { card["stage"].as_str().unwrap() };
        stages[stage] = (stages[stage].as_u64().unwrap() + 1).into();
        if let (Some(due), false) = (card["due"].as_str(), suspended) {
            let due = (due.parse::<NaiveDate>().unwrap() - today()).num_days();
            backlog += usize::from(due < 0 && card["buried"] == false);
            let due = due.max(if card["buried"] == true { 1 } else { 0 });
            if let Some(count) = forecast.get_mut(due as usize) {
                *count += 1;
            }
        }
    }
    let due = home.on(LAST).json(&format!("due --json {query}"));
    let decks = due["decks"].as_array().unwrap().iter().filter_map(|deck| {
        let of_deck: Vec<&str> = cards
            .iter()
            .filter(|card| card["deck"] == deck["deck"])
            .map(|card| card["card"].as_str().unwrap())
            .collect();
        let ids: BTreeSet<&str> =
            of_deck.iter().map(|id| told.families.get(*id).map_or(*id, String::as_str)).collect();
        let sums = ids.iter().filter_map(|id| told.cards.get(*id));
        let (passed, failed) = sums.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        (!of_deck.is_empty()).then(|| {
            json!({"deck": deck["deck"], "title": deck["deck"], "cards": of_deck.len(),
                "due": deck["due"], "new": deck["new"], "passed": passed, "failed": failed})
        })
    });
    let now = told.on(today());
    let asked = due["cards"].as_array().unwrap();
    json!({
        "day": date(LAST),
        "today": {"reviews": now.reviews, "new": now.new, "seconds": now.ms / 1000,
            "repeats": repeats(home, query)},
        "streak_days": told.streak(today()),
        "longest_streak_days": told.longest_streak(),
        "total": {
            "reviews": told.days.values().map(|sum| sum.reviews).sum::<u64>(),
            "days": told.days.len(),
            "seconds": told.days.values().map(|sum| sum.ms).sum::<u64>() / 1000,
            "first": told.days.keys().next().map(NaiveDate::to_string),
        },
        "calendar": calendar(told),
        "retention_by": {
            "day": window.iter().map(|(day, sum)| period(*day, std::slice::from_ref(sum)))
                .collect::<Vec<_>>(),
            "week": periods(told, days, |day| {
                day - TimeDelta::days(day.weekday().num_days_from_monday().into())
            }, |day| day - TimeDelta::days(7)),
            "month": periods(told, days, |day| day.with_day(1).unwrap(), |day| {
                (day - TimeDelta::days(1)).with_day(1).unwrap()
            }),
        },
        "backlog": backlog,
        "intervals": ranges(&[1., 2., 4., 8., 15., 31., 61., 91., 181., 366.], cards, "interval_days"),
        "ease": ranges(&[1.3, 1.5, 1.7, 1.9, 2.1, 2.3, 2.5, 2.7, 2.9], cards, "ease"),
        "stability": ranges(&[0., 1., 3., 7., 14., 30., 90., 180., 365.], cards, "stability"),
        "difficulty": ranges(&[1., 2., 3., 4., 5., 6., 7., 8., 9.], cards, "difficulty"),
        "retrievability": ranges(&[0., 0.5, 0.6, 0.7, 0.8, 0.9, 0.95], cards, "retrievability"),
        "answers": buttons(told, back(days - 1)),
        "hours": hours(told, back(days - 1)),
        "times": times(told, back(days - 1)),
        "leeches": hard(told, cards, |card, _| {
            (card["leech"] == true).then(|| (card["lapses"].as_u64().unwrap(), 0))
        }),
        "hardest": hard(told, cards, |card, (passed, failed)| {
            (failed > 0 && card["suspended"] == false).then_some((failed, u64::MAX - passed))
        }).into_iter().take(10).collect::<Vec<_>>(),
        "calibration": [],
        "tags": tags(told, cards, asked),
        "confusions": [],
        "stages": stages,
        "retention": {"young": tally(|sum| sum.young), "mature": tally(|sum| sum.mature)},
        "daily": window.iter().map(|(day, sum)| json!({"day": day.to_string(),
            "reviews": sum.reviews, "new": sum.new, "seconds": sum.ms / 1000,
            "passed": sum.passed, "failed": sum.failed})).collect::<Vec<_>>(),
        "forecast": forecast.iter().enumerate().map(|(at, due)|
            json!({"day": back(-(at as i64)).to_string(), "due": due})).collect::<Vec<_>>(),
        "decks": decks.collect::<Vec<_>>(),
    })
}

/// Cards that are asked again today because they were not known, by what the caches say of them.
fn repeats(home: &Home, query: &str) -> usize {
    let listed: BTreeSet<String> = home.on(LAST).listed(query).into_iter().collect();
    let db = home.sql();
    let mut statement = db
        .prepare(
            "SELECT k.id FROM cache_schedule AS s JOIN cache_card AS k ON k.key = s.card
              WHERE s.repeat_on = ?1 AND NOT s.suspended AND coalesce(s.buried_until, 0) <= ?1",
        )
        .unwrap();
    let day = today().signed_duration_since(NaiveDate::default()).num_days();
    let ids = statement.query_map([day], |row| row.get::<_, String>(0)).unwrap();
    ids.filter(|id| listed.contains(id.as_ref().unwrap())).count()
}

fn calendar(told: &Told) -> Vec<Value> {
    let monday = today() - TimeDelta::days(today().weekday().num_days_from_monday().into());
    let days = monday - TimeDelta::days(364);
    days.iter_days()
        .take_while(|day| *day <= today())
        .map(|day| json!({"day": day.to_string(), "reviews": told.on(day).reviews}))
        .collect()
}

fn period(from: NaiveDate, sums: &[Sum]) -> Value {
    let tally = |of: fn(&Sum) -> (u64, u64)| {
        let passed: u64 = sums.iter().map(|sum| of(sum).0).sum();
        let failed: u64 = sums.iter().map(|sum| of(sum).1).sum();
        json!({"passed": passed, "failed": failed})
    };
    json!({"from": from.to_string(), "young": tally(|sum| sum.young), "mature": tally(|sum| sum.mature)})
}

/// All stretches that the last `days` days touch, and at least twelve, oldest first.
fn periods(
    told: &Told,
    days: i64,
    first_of: impl Fn(NaiveDate) -> NaiveDate,
    before: impl Fn(NaiveDate) -> NaiveDate,
) -> Vec<Value> {
    let since = first_of(today() - TimeDelta::days(days - 1));
    let mut found = Vec::new();
    let (mut from, mut end) = (first_of(today()), today() + TimeDelta::days(1));
    while found.len() < 12 || from >= since {
        let sums: Vec<Sum> =
            from.iter_days().take_while(|day| *day < end).map(|day| told.on(day)).collect();
        found.insert(0, period(from, &sums));
        (from, end) = (before(from), from);
    }
    found
}

/// How many cards that are not suspended have `field` in each range.
fn ranges(edges: &[f64], cards: &[Value], field: &str) -> Vec<Value> {
    let numbers: Vec<f64> = cards
        .iter()
        .filter(|card| card["suspended"] == false)
        .filter_map(|card| card[field].as_f64())
        .collect();
    range(edges, &numbers)
}

fn range(edges: &[f64], numbers: &[f64]) -> Vec<Value> {
    let bounds = edges.iter().zip(edges.iter().skip(1).map(Some).chain([None]));
    bounds
        .map(|(from, to)| {
            let inside = |number: &&f64| **number >= *from && to.is_none_or(|to| *number < to);
            json!({"from": from, "to": to, "count": numbers.iter().filter(inside).count()})
        })
        .collect()
}

/// The answers since a day, each with what its card was before.
fn since(told: &Told, first: NaiveDate) -> impl Iterator<Item = (&Value, Option<&str>)> {
    let all = told.answers.iter().zip(&told.ages).map(|(row, age)| (row, *age));
    all.filter(move |(row, _)| (first..=today()).contains(&day_of(row)))
}

fn buttons(told: &Told, first: NaiveDate) -> Value {
    let row = json!({"again": 0, "hard": 0, "good": 0, "easy": 0});
    let mut all = json!({"learning": row, "young": row, "mature": row});
    for (answer, age) in since(told, first) {
        let Some(age) = age else { continue };
        let name =
            ["again", "hard", "good", "easy"][answer["rating"].as_u64().unwrap() as usize - 1];
        all[age][name] = (all[age][name].as_u64().unwrap() + 1).into();
    }
    all
}

fn hours(told: &Told, first: NaiveDate) -> Vec<Value> {
    let mut all = [(0, 0, 0); 24];
    for (answer, age) in since(told, first) {
        let hour: usize = answer["at"].as_str().unwrap()[11..13].parse().unwrap();
        all[hour].0 += 1;
        if matches!(age, Some("young" | "mature")) {
            let failed = answer["rating"] == 1;
            all[hour].1 += u64::from(!failed);
            all[hour].2 += u64::from(failed);
        }
    }
    let rows = all.iter().enumerate();
    rows.map(|(hour, (reviews, passed, failed))| {
        json!({"hour": hour, "reviews": reviews, "passed": passed, "failed": failed})
    })
    .collect()
}

fn times(told: &Told, first: NaiveDate) -> Value {
    let mut took: Vec<u64> =
        since(told, first).filter_map(|(answer, _)| answer["took_ms"].as_u64()).collect();
    took.sort_unstable();
    let seconds: Vec<f64> = took.iter().map(|ms| *ms as f64 / 1000.0).collect();
    json!({
        "answers": took.len(),
        "total_ms": took.iter().sum::<u64>(),
        "median_ms": took.get(took.len().saturating_sub(1) / 2),
        "seconds": range(&[0., 2., 5., 10., 20., 30., 60., 120.], &seconds),
    })
}

/// The rank of a card, the card, and how often it was passed and failed.
type Ranked<'c> = ((u64, u64), &'c Value, (u64, u64));

/// The cards of the decks that `rank` ranks, the highest first.
fn hard(
    told: &Told,
    cards: &[Value],
    rank: impl Fn(&Value, (u64, u64)) -> Option<(u64, u64)>,
) -> Vec<Value> {
    let mut found: Vec<Ranked<'_>> = Vec::new();
    for card in cards.iter().filter(|card| card["file"] != "") {
        let id = card["card"].as_str().unwrap();
        let id = told.families.get(id).map_or(id, String::as_str);
        let counted = told.counted.get(id).copied().unwrap_or_default();
        found.extend(rank(card, counted).map(|rank| (rank, card, counted)));
    }
    found.sort_by_key(|(rank, ..)| std::cmp::Reverse(*rank));
    let row = |(_, card, (passed, failed)): Ranked<'_>| {
        let mut row = json!({"passed": passed, "failed": failed});
        for field in
            ["card", "front", "deck", "file", "line", "lapses", "ease", "difficulty", "suspended"]
        {
            row[field] = card[field].clone();
        }
        row
    };
    found.into_iter().map(row).collect()
}

fn tags(told: &Told, cards: &[Value], asked: &[Value]) -> Vec<Value> {
    let has =
        |card: &&Value, tag: &str| card["tags"].as_array().unwrap().iter().any(|it| it == tag);
    let in_decks: Vec<&Value> = cards.iter().filter(|card| card["file"] != "").collect();
    let names: BTreeSet<&str> = in_decks
        .iter()
        .flat_map(|card| card["tags"].as_array().unwrap())
        .map(|tag| tag.as_str().unwrap())
        .collect();
    names
        .iter()
        .map(|tag| {
            let of_tag: Vec<&&Value> = in_decks.iter().filter(|card| has(card, tag)).collect();
            let ids: BTreeSet<&str> = of_tag
                .iter()
                .map(|card| card["card"].as_str().unwrap())
                .map(|id| told.families.get(id).map_or(id, String::as_str))
                .collect();
            let sums = ids.iter().filter_map(|id| told.cards.get(*id));
            let (passed, failed) = sums.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
            let (new, due): (Vec<&Value>, Vec<&Value>) =
                asked.iter().filter(|card| has(card, tag)).partition(|card| card["stage"] == "new");
            json!({"tag": tag, "cards": of_tag.len(), "due": due.len(), "new": new.len(),
                "passed": passed, "failed": failed})
        })
        .collect()
}

/// Wants the history to hold what is worth adding up.
fn is_eventful(home: &Home, told: &Told) {
    let rows = home.on(LAST).ndjson("history --json");
    for kind in ["reviewed", "practised", "retracted", "reset", "suspended", "buried", "linked"] {
        assert!(rows.iter().any(|row| row["kind"] == kind), "no event is {kind}");
    }
    let retracted = |row: &&Value| row["retracted"] == true && row["kind"] == "reviewed";
    assert!(rows.iter().any(|row| retracted(&row)), "no answer was taken back");
    let all = told.days.values();
    let sum = |of: fn(&Sum) -> u64| all.clone().map(of).sum::<u64>();
    let figures = [
        sum(|day| day.reviews - day.new - day.passed - day.failed),
        sum(|day| day.passed),
        sum(|day| day.lapses),
        sum(|day| day.failed - day.lapses),
        sum(|day| day.mature.0 + day.mature.1),
        sum(|day| day.young.1),
    ];
    assert!(figures.iter().all(|figure| *figure > 0), "{figures:?}");
    let offsets: BTreeSet<&str> = rows
        .iter()
        .map(|row| &row["at"].as_str().unwrap()[row["at"].as_str().unwrap().len() - 6..])
        .collect();
    assert!(offsets.len() >= 3, "{offsets:?}");
}

#[test]
fn stats_are_what_a_script_makes_of_the_history() {
    for seed in [1, 2] {
        let home = generated(seed);
        let all = told(&home, |_| true);
        is_eventful(&home, &all);
        for days in [1, 30, 100] {
            let stats = home.on(LAST).json(&format!("stats --json --days {days}"));
            assert_eq!(stats, wanted(&home, &all, "", days), "seed {seed}, {days} days");
        }
        for query in ["deck:deck", "is:suspended", "lapses>0", "id:v1", "is:parked", "nowhere"] {
            let list = home.on(LAST).listed(query);
            let ids: BTreeSet<String> =
                list.iter().map(|id| all.families.get(id).unwrap_or(id).clone()).collect();
            let some = told(&home, |card| ids.contains(card));
            let stats = home.on(LAST).json(&format!("stats --json {query}"));
            let mut wanted = wanted(&home, &some, query, 30);
            if query == "is:parked" {
                // They have a history, and do not come back.
                for day in wanted["forecast"].as_array_mut().unwrap() {
                    day["due"] = 0.into();
                }
                wanted["backlog"] = 0.into();
                assert!(!some.answers.is_empty());
            }
            assert_eq!(stats, wanted, "seed {seed}, {query}");
        }
        // Caches are nothing that a number depends on.
        let before = home.on(LAST).ok("stats --json");
        home.drop_caches();
        assert_eq!(home.on(LAST).ok("stats --json"), before);
    }
}

#[test]
fn progress_is_what_a_script_makes_of_the_history() {
    let home = generated(3);
    let all = told(&home, |_| true);
    is_eventful(&home, &all);
    let share = |(passed, failed): (u64, u64)| match passed + failed {
        0 => String::new(),
        total => format!("{:.4}", passed as f64 / total as f64),
    };
    let mut rows = vec![
        "day,reviews,new,passed,failed,lapses,seconds,retention_young,retention_mature,streak"
            .to_owned(),
    ];
    let first = *all.days.keys().next().unwrap();
    for day in first.iter_days().take_while(|day| *day <= today()) {
        let sum = all.on(day);
        let streak = if sum.reviews == 0 && day < today() { 0 } else { all.streak(day) };
        rows.push(format!(
            "{day},{},{},{},{},{},{},{},{},{streak}",
            sum.reviews,
            sum.new,
            sum.passed,
            sum.failed,
            sum.lapses,
            sum.ms / 1000,
            share(sum.young),
            share(sum.mature),
        ));
    }
    let csv = home.on(LAST).ok("export progress");
    assert_eq!(csv.lines().collect::<Vec<_>>(), rows);

    // The same rows as JSON.
    let ndjson = home.on(LAST).ndjson("export progress --format ndjson");
    assert_eq!(ndjson.len() + 1, rows.len());
    for (line, row) in ndjson.iter().zip(&rows[1..]) {
        let cells: Vec<String> = rows[0]
            .split(',')
            .map(|name| match (&line[name], name) {
                (Value::Null, _) => String::new(),
                (Value::String(text), _) => text.clone(),
                (number, "retention_young" | "retention_mature") => {
                    format!("{:.4}", number.as_f64().unwrap())
                }
                (number, _) => number.to_string(),
            })
            .collect();
        assert_eq!(cells.join(","), *row);
    }

    // And what SQL says without any of our help.
    let db = home.sql();
    let mut statement = db
        .prepare(
            "SELECT date(day * 86400, 'unixepoch'), count(*), coalesce(sum(took_ms), 0) / 1000
               FROM history AS h WHERE kind IN ('reviewed', 'practised')
                AND NOT EXISTS (SELECT 1 FROM history AS r WHERE r.kind = 'retracted'
                    AND r.card = h.card AND r.extra ->> '$.target' = lower(hex(h.id)))
              GROUP BY day ORDER BY day",
        )
        .unwrap();
    let by_sql: Vec<(String, i64, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let busy = ndjson.iter().filter(|row| row["reviews"] != 0).map(|row| {
        let day = row["day"].as_str().unwrap().to_owned();
        (day, row["reviews"].as_i64().unwrap(), row["seconds"].as_i64().unwrap())
    });
    assert_eq!(busy.collect::<Vec<_>>(), by_sql);
}

#[test]
fn reviews_are_the_answers_of_the_history_that_stand() {
    let home = generated(4);
    let all = told(&home, |_| true);
    let rows = home.on(LAST).ndjson("export reviews --format ndjson");
    assert_eq!(rows.len(), all.answers.len());
    let decks: HashMap<String, (String, String)> = home.on(LAST).json("list --json")["cards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            let text = |name: &str| card[name].as_str().unwrap().to_owned();
            let id = text("card");
            (all.families.get(&id).unwrap_or(&id).clone(), (id, text("deck")))
        })
        .collect();
    for (row, event) in rows.iter().zip(&all.answers) {
        for name in
            ["at", "day", "rating", "quality", "took_ms", "counted", "interval_days", "device"]
        {
            assert_eq!(row[name], event[name], "{name} of {event}");
        }
        let id = event["card"].as_str().unwrap();
        match decks.get(all.families.get(id).map_or(id, String::as_str)) {
            Some((now, deck)) => {
                assert_eq!((&row["card"], &row["deck"]), (&json!(now), &json!(deck)))
            }
            // A parked card keeps the deck that it was last asked from.
            None => assert_eq!((&row["card"], &row["deck"]), (&event["card"], &json!("gone"))),
        }
    }
    assert!(rows.iter().any(|row| row["card"] == "renamed"));
    assert!(rows.iter().all(|row| row["card"] != "c3"), "one card has one id");
    assert!(rows.iter().any(|row| row["deck"] == "gone"));
    let progress = home.on(LAST).ndjson("export progress --format ndjson");
    let reviews: u64 = progress.iter().map(|row| row["reviews"].as_u64().unwrap()).sum();
    assert_eq!(reviews, rows.len() as u64);
    // CSV says the same in its own words.
    let csv = home.on(LAST).ok("export reviews");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    for (record, row) in reader.records().zip(&rows) {
        for (cell, name) in record.unwrap().iter().zip(&names) {
            let wanted = match &row[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, wanted, "{name}");
        }
    }
    assert_eq!(csv.lines().count(), rows.len() + 1);
}
