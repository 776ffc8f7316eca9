//! The JSON Schema of decks says what their reader says.

use boon::{Compiler, SchemaIndex, Schemas};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use retain::deck::yaml;
use serde_json::{Map, Value, json};

const SCHEMA: &str = include_str!("../../src/deck/schema.json");

fn compiled() -> (Schemas, SchemaIndex) {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("deck.json", serde_json::from_str(SCHEMA).unwrap()).unwrap();
    let index = compiler.compile("deck.json", &mut schemas).unwrap();
    (schemas, index)
}

/// Whether the reader of decks finds nothing wrong. JSON is YAML, too.
fn is_read(deck: &Value) -> bool {
    let reading = yaml::read(deck.to_string().as_bytes(), "deck.yaml");
    reading.diagnostics.is_empty() && reading.deck.is_some()
}

/// What may stand for any value, right or wrong.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        4 => "[a-z]{1,6}( [a-z]{1,6})?",
        1 => Just("  ".to_owned()),
        1 => Just(String::new()),
        1 => "[A-Za-z0-9_.%-]{1,5}",
        1 => prop_oneof![
            Just("none"), Just("sm2"), Just("fsrs"), Just("delphi"), Just("text"), Just("auto"),
            Just("off"), Just("tell"), Just("ask"), Just("long-answer"), Just("1"), Just("true"),
        ].prop_map(str::to_owned),
    ];
    let scalar = prop_oneof![
        6 => text.prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        2 => (0..4_u32).prop_map(Value::from),
        1 => prop_oneof![Just(json!(-1)), Just(json!(10_000)), Just(json!(2_000_000)), Just(json!(0.85))],
        1 => Just(Value::Null),
    ];
    let list = proptest::collection::vec(scalar.clone(), 0..4).prop_map(Value::from);
    prop_oneof![6 => scalar.clone(), 2 => list, 1 => scalar.prop_map(|allow| json!({ "allow": allow }))]
}

fn map(keys: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    let entry = (proptest::sample::select(keys), value());
    proptest::collection::vec(entry, 0..4).prop_map(|entries| {
        entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    })
}

fn card() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 18] = [
        "id", "front", "back", "accept", "hint", "why", "source", "tags", "value", "category",
        "reverse", "need", "ordered", "typed", "lint", "cloze", "frnt", "choices",
    ];
    let usual = json!({ "front": "a question", "back": "an answer" });
    let list = json!({ "front": "a question", "back": ["one", "two", "three"] });
    let choice = json!({ "front": "q", "back": "one", "choices": ["one", "two"] });
    let cloze = json!({ "cloze": "{{c1::one}} of {{two}}" });
    let any = prop_oneof![Just(usual), Just(list), Just(choice), Just(cloze), Just(json!({}))];
    (any, map(&KEYS)).prop_map(|(mut card, more)| {
        card.as_object_mut().unwrap().extend(more);
        card
    })
}

fn deck() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 6] = ["deck", "description", "tags", "options", "lint", "card"];
    const OPTIONS: [&str; 10] = [
        "new_per_day",
        "reviews_per_day",
        "scheduler",
        "sm2_profile",
        "retention",
        "fuzz",
        "leeches",
        "changed",
        "typed",
        "order",
    ];
    let top = prop_oneof![3 => Just(Map::new()), 1 => map(&KEYS)];
    let options = prop_oneof![3 => Just(None), 1 => map(&OPTIONS).prop_map(Some)];
    (top, options, card()).prop_map(|(mut deck, options, card)| {
        deck.insert("cards".into(), json!([card]));
        if let Some(options) = options {
            deck.insert("options".into(), options.into());
        }
        Value::Object(deck)
    })
}

/// What no schema can say.
fn is_beyond_a_schema(deck: &Value) -> bool {
    let card = &deck["cards"][0];
    let items = card["back"].as_array().map_or(0, Vec::len);
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let choices: Vec<String> = card["choices"].as_array().into_iter().flatten().map(text).collect();
    let once: std::collections::BTreeSet<&String> = choices.iter().collect();
    card["need"].as_u64().is_some_and(|need| need as usize > items)
        || !choices.is_empty()
            && (!choices.contains(&text(&card["back"])) || once.len() < choices.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_schema_and_the_reader_agree(deck in deck()) {
        prop_assume!(!is_beyond_a_schema(&deck));
        let (schemas, index) = compiled();
        let by_schema = schemas.validate(&deck, index).map_err(|error| error.to_string());
        prop_assert_eq!(by_schema.is_ok(), is_read(&deck), "{} {:?}", deck, by_schema);
    }
}

#[test]
fn every_key_has_a_description() {
    fn look(name: &str, schema: &Value) {
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            if value.is_object() {
                assert!(value["description"].is_string(), "{name}.{key}");
            }
        }
    }
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    look("deck", &schema);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        look(name, part);
        assert!(part["description"].is_string(), "{name}");
    }
    let names = schema["$defs"]["lint-name"]["enum"].as_array().unwrap().clone();
    assert_eq!(names, retain::deck::lint::NAMES.map(Value::from));
}

#[test]
fn the_decks_of_these_laws_are_good_and_bad() {
    let (mut good, mut bad) = (0, 0);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..300 {
        let deck = deck().new_tree(&mut runner).unwrap().current();
        if is_read(&deck) { good += 1 } else { bad += 1 }
    }
    assert!(good > 30 && bad > 30, "{good} good, {bad} bad");
}
