//! The facts that an event carries as JSON besides its columns.
//!
//! The text is stored and hashed as it came; these functions write ours and read everybody's. A
//! text that lacks the fact, or is no JSON, gives `None`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Deed, EventId, Placement};
use crate::card::Answer;
use crate::schedule::Ease;
use crate::schedule::fsrs::Weights;
use crate::time::Day;

fn object(extra: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(extra).ok()
}

fn text(extra: &str, key: &str) -> Option<String> {
    object(extra)?.get(key)?.as_str().map(str::to_owned)
}

/// Returns the event that a retraction takes back.
pub fn target(extra: &str) -> Option<EventId> {
    text(extra, "target")?.parse().ok()
}

/// Returns the answer that led to a suspension; `None` if it was done by hand.
pub fn because(extra: &str) -> Option<EventId> {
    text(extra, "because")?.parse().ok()
}

/// Returns the day before which a buried card is not asked.
pub fn until(extra: &str) -> Option<Day> {
    text(extra, "until")?.parse().ok()
}

/// Returns the other id of a link.
pub fn from(extra: &str) -> Option<String> {
    text(extra, "from")
}

/// Whether a link was made without asking, because it was certain.
pub fn by_itself(extra: &str) -> bool {
    object(extra).is_some_and(|extra| extra.get("by_itself") == Some(&Value::Bool(true)))
}

/// Returns what was typed as an answer: a text, or the items of a list.
pub fn typed(extra: &str) -> Option<Answer> {
    serde_json::from_value(object(extra)?.remove("typed")?).ok()
}

/// Returns how sure the person said to be before an answer, in percent, 0 to 100.
pub fn confidence(extra: &str) -> Option<u8> {
    // Few answers have it, and many have something else.
    if !extra.contains("\"confidence\"") {
        return None;
    }
    let percent = object(extra)?.get("confidence")?.as_u64()?;
    u8::try_from(percent).ok().filter(|percent| *percent <= 100)
}

/// What an answer on the board won or lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stake {
    /// The game: the same for all its answers.
    pub game: String,
    /// The decks that it was begun with; none are all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decks: Vec<String>,
    /// What the score became more, or less.
    pub points: i64,
    /// What was bet on it, where it was the hidden cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bet: Option<u32>,
}

/// Returns what an answer won or lost on the board.
pub fn stake(extra: &str) -> Option<Stake> {
    // Few answers have it.
    if !extra.contains("\"board\"") {
        return None;
    }
    serde_json::from_value(object(extra)?.remove("board")?).ok()
}

/// Whether the event's time was given, not read from the clock.
pub fn at_given(extra: &str) -> bool {
    text(extra, "at").as_deref() == Some("given")
}

/// Returns the standing of an imported card, its answers counted from `day`.
pub fn placement(extra: &str, day: Day) -> Option<Placement> {
    let extra = object(extra)?;
    let number = |key: &str| {
        let number = extra.get(key).and_then(Value::as_u64)?;
        Some(u32::try_from(number).unwrap_or(u32::MAX))
    };
    Some(Placement {
        day,
        interval: number("interval"),
        due: extra.get("due").and_then(Value::as_str).and_then(|due| due.parse().ok()),
        ease: extra
            .get("ease")
            .and_then(Value::as_f64)
            .map(|ease| Ease::from_hundredths((ease * 100.0).round() as i64)),
        repetitions: number("repetitions"),
        lapses: number("lapses"),
        stability: extra.get("stability").and_then(Value::as_f64),
        difficulty: extra.get("difficulty").and_then(Value::as_f64),
    })
}

/// Returns the interval, in days, that was set elsewhere.
pub fn interval(extra: &str) -> Option<u32> {
    u32::try_from(object(extra)?.get("interval")?.as_u64()?).ok()
}

/// Whose cards weights are for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All.
    Collection,
    /// Those of the deck with this name.
    Deck(String),
}

/// What an event of weights says.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Whose cards they are for.
    pub scope: Scope,
    /// The numbers.
    pub weights: Weights,
    /// Whether they were given by hand.
    pub given: bool,
    /// To how many scored reviews they were fitted.
    pub reviews: Option<u64>,
    /// How many counted answers there were then.
    pub counted: Option<u64>,
}

impl Set {
    /// Returns the JSON that an event of them carries.
    pub fn extra(&self) -> String {
        let scope = match &self.scope {
            Scope::Collection => "collection".to_owned(),
            Scope::Deck(deck) => format!("deck:{deck}"),
        };
        let mut extra = Map::new();
        extra.insert("scope".into(), json!(scope));
        extra.insert("weights".into(), json!(self.weights.numbers()));
        extra.insert("source".into(), json!(if self.given { "given" } else { "fitted" }));
        for (name, number) in [("reviews", self.reviews), ("counted", self.counted)] {
            extra.extend(number.map(|number| (name.to_owned(), json!(number))));
        }
        Value::Object(extra).to_string()
    }
}

/// Returns the weights that an event carries.
pub fn weights(extra: &str) -> Option<Set> {
    let extra = object(extra)?;
    let numbers: Vec<f64> =
        extra.get("weights")?.as_array()?.iter().filter_map(Value::as_f64).collect();
    let scope = match extra.get("scope").and_then(Value::as_str) {
        Some("collection") | None => Scope::Collection,
        Some(scope) => Scope::Deck(scope.strip_prefix("deck:")?.to_owned()),
    };
    Some(Set {
        scope,
        weights: Weights::new(&numbers).ok()?,
        given: extra.get("source").and_then(Value::as_str) == Some("given"),
        reviews: extra.get("reviews").and_then(Value::as_u64),
        counted: extra.get("counted").and_then(Value::as_u64),
    })
}

/// What marks an event that was not simply done now by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks<'a> {
    /// Its time was given, not read from the clock.
    pub at_given: bool,
    /// The caller's key, under which a second event is not added.
    pub key: Option<&'a str>,
}

/// Returns the JSON that the event of `deed` carries, or `None` if it needs none.
pub fn write(deed: &Deed, marks: Marks<'_>) -> Option<String> {
    let mut extra = Map::new();
    match deed {
        Deed::Retracted { target } => {
            extra.insert("target".into(), json!(target.to_string()));
        }
        Deed::Buried { until } => {
            extra.insert("until".into(), json!(until.to_string()));
        }
        Deed::Linked { from, by_itself } => {
            extra.insert("from".into(), json!(from.as_str()));
            if *by_itself {
                extra.insert("by_itself".into(), json!(true));
            }
        }
        Deed::Reviewed(answered) | Deed::Practised(answered) => {
            if let Some(typed) = &answered.typed {
                extra.insert("typed".into(), json!(typed));
            }
            if let Some(percent) = answered.confidence {
                extra.insert("confidence".into(), json!(percent));
            }
            if let Some(stake) = &answered.stake {
                extra.insert("board".into(), json!(stake));
            }
        }
        Deed::Suspended { because } => {
            if let Some(because) = because {
                extra.insert("because".into(), json!(because.to_string()));
            }
        }
        Deed::Reset | Deed::Resumed => {}
    }
    if marks.at_given {
        extra.insert("at".into(), json!("given"));
    }
    if let Some(key) = marks.key {
        extra.insert("key".into(), json!(key));
    }
    (!extra.is_empty()).then(|| Value::Object(extra).to_string())
}

/// Returns what an event carries once it is entered again at another, given time, its days moved
/// by `days`, and what led to it by its new id among `ids`.
pub fn moved(extra: Option<&str>, days: i64, ids: &BTreeMap<EventId, EventId>) -> String {
    let mut facts = extra.and_then(object).unwrap_or_default();
    if let Some(until) = extra.and_then(until) {
        let moved = i64::from(until.0).saturating_add(days);
        let moved = moved.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        facts.insert("until".into(), json!(Day(moved).to_string()));
    }
    if let Some(led_to) = extra.and_then(because).and_then(|because| ids.get(&because)) {
        facts.insert("because".into(), json!(led_to.to_string()));
    }
    facts.insert("at".into(), json!("given"));
    Value::Object(facts).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::CardId;
    use crate::history::Answered;
    use crate::schedule::Rating;

    #[test]
    fn what_is_written_is_read() {
        let target_id = EventId([0xab; 16]);
        let written = write(&Deed::Retracted { target: target_id }, Marks::default()).unwrap();
        assert_eq!(target(&written), Some(target_id));
        let written = write(&Deed::Buried { until: Day(20_000) }, Marks::default()).unwrap();
        assert_eq!(until(&written), Some(Day(20_000)));
        let linked = Deed::Linked { from: CardId::new("a\"b"), by_itself: true };
        let written = write(&linked, Marks::default()).unwrap();
        assert_eq!((from(&written).as_deref(), by_itself(&written)), (Some("a\"b"), true));
        for (answer, text) in [
            (Answer::Text("Pari".into()), r#"{"typed":"Pari"}"#),
            (Answer::List(vec!["a".into(), "b".into()]), r#"{"typed":["a","b"]}"#),
        ] {
            let answered = Answered { typed: Some(answer.clone()), ..Answered::new(Rating::Good) };
            let written = write(&Deed::Reviewed(answered), Marks::default()).unwrap();
            assert_eq!((written.as_str(), typed(&written)), (text, Some(answer)));
        }
        let on_the_board = Stake { game: "9f".into(), decks: vec![], points: -500, bet: Some(200) };
        let answered = Answered {
            confidence: Some(90),
            stake: Some(on_the_board.clone()),
            ..Answered::new(Rating::Again)
        };
        let written = write(&Deed::Practised(answered), Marks::default()).unwrap();
        assert_eq!(written, r#"{"board":{"bet":200,"game":"9f","points":-500},"confidence":90}"#);
        assert_eq!((confidence(&written), stake(&written)), (Some(90), Some(on_the_board)));
        assert_eq!(stake(r#"{"board":7}"#), None);
        let suspended = Deed::Suspended { because: Some(target_id) };
        let written = write(&suspended, Marks::default()).unwrap();
        assert_eq!(because(&written), Some(target_id));
        assert_eq!(write(&Deed::Suspended { because: None }, Marks::default()), None);
        assert_eq!(typed(r#"{"typed":7}"#), None);
        assert_eq!(write(&Deed::Reviewed(Answered::new(Rating::Good)), Marks::default()), None);
        assert_eq!(write(&Deed::Reset, Marks::default()), None);
        let marks = Marks { at_given: true, key: Some("k") };
        assert_eq!(write(&Deed::Reset, marks).unwrap(), r#"{"at":"given","key":"k"}"#);
    }

    #[test]
    fn what_is_moved_keeps_what_it_carries() {
        assert_eq!(moved(None, 3, &BTreeMap::new()), r#"{"at":"given"}"#);
        let carried = r#"{"until":"2027-06-02","new":[1]}"#;
        let ids = BTreeMap::from([(EventId([1; 16]), EventId([2; 16]))]);
        assert_eq!(
            moved(Some(carried), -31, &ids),
            r#"{"at":"given","new":[1],"until":"2027-05-02"}"#
        );
    }
}
