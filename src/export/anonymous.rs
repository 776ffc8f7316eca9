//! A history without what was typed, and under other names.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::history::{DeviceId, EventId, Fact, Facts, Heading, LearnerId};

/// What of an event's other facts stays: numbers, days, ids of cards and of events. Not what was
/// typed, nor what a script or a newer version wrote.
const KEPT: [&str; 21] = [
    "target",
    "because",
    "until",
    "from",
    "by_itself",
    "at",
    "interval",
    "due",
    "ease",
    "repetitions",
    "lapses",
    "stability",
    "difficulty",
    "by",
    "scope",
    "weights",
    "source",
    "reviews",
    "counted",
    "confidence",
    "quality",
];
/// Which of them name events.
const EVENTS: [&str; 2] = ["target", "because"];

/// Gives learners, devices and events other names: always the same ones, so that two exports of one
/// person fit together, and nothing leads from the new name to the old one.
#[derive(Clone, Debug, Default)]
pub struct Renaming {
    /// The events that others name.
    named: BTreeSet<EventId>,
    /// Those of them that name others themselves, as a suspension names the answer that led to it.
    chained: Vec<(EventId, Facts<'static>)>,
    renamed: HashMap<EventId, EventId>,
}

impl Renaming {
    /// Takes down which events a fact names. All facts are to be shown before any is renamed.
    pub fn look(&mut self, fact: &Fact<'_>) {
        if let Fact::Event { facts, .. } = fact
            && let Some(extra) = facts.extra.as_deref().and_then(object)
        {
            let named = EVENTS
                .iter()
                .filter_map(|name| extra.get(*name)?.as_str()?.parse::<EventId>().ok());
            self.named.extend(named);
        }
    }

    /// Takes down the new name of an event that others name. All facts are to be shown, after
    /// [`Renaming::look`] has seen all.
    pub fn rename(&mut self, fact: &Fact<'_>) {
        if let Fact::Event { id, facts } = fact
            && self.named.contains(id)
        {
            self.renamed.insert(*id, self.facts(facts).id());
            let extra = facts.extra.as_deref().and_then(object).unwrap_or_default();
            if EVENTS.iter().any(|name| extra.contains_key(*name)) {
                self.chained.push((*id, facts.clone().into_owned()));
            }
        }
    }

    /// Gives the names that follow from other names, once all facts were shown. An event is named
    /// after what it names, so that each round settles at least one of a chain.
    pub fn settle(&mut self) {
        for _ in 0..self.chained.len() {
            let names: Vec<(EventId, EventId)> =
                self.chained.iter().map(|(id, facts)| (*id, self.facts(facts).id())).collect();
            let settled = names.iter().all(|(id, name)| self.renamed.get(id) == Some(name));
            self.renamed.extend(names);
            if settled {
                break;
            }
        }
    }

    /// Returns the heading under other names.
    pub fn heading(heading: Heading) -> Heading {
        let learner = heading.learner.map(|learner| LearnerId(renamed(learner.0)));
        Heading { learner, anonymous: true, ..heading }
    }

    /// Returns a fact under other names.
    pub fn fact<'f>(&self, fact: &Fact<'f>) -> Fact<'f> {
        match fact {
            Fact::Device { id, learner } => Fact::Device {
                id: DeviceId(renamed(id.0)),
                learner: learner.map(|learner| LearnerId(renamed(learner.0))),
            },
            Fact::Asked(asked) => Fact::Asked(asked.clone()),
            Fact::Event { facts, .. } => {
                let facts = self.facts(facts);
                Fact::Event { id: facts.id(), facts }
            }
        }
    }

    fn facts<'f>(&self, facts: &Facts<'f>) -> Facts<'f> {
        let extra = facts.extra.as_deref().and_then(object).map(|extra| self.extra(extra));
        Facts {
            device: DeviceId(renamed(facts.device.0)),
            extra: extra
                .filter(|extra| !extra.is_empty())
                .map(|extra| Cow::Owned(Value::Object(extra).to_string())),
            ..facts.clone()
        }
    }

    fn extra(&self, mut extra: Map<String, Value>) -> Map<String, Value> {
        extra.retain(|name, _| KEPT.contains(&name.as_str()));
        for name in EVENTS {
            let Some(Value::String(text)) = extra.get_mut(name) else { continue };
            if let Some(id) = text.parse().ok().and_then(|id| self.renamed.get(&id)) {
                *text = id.to_string();
            }
        }
        extra
    }
}

fn object(extra: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(extra).ok()
}

/// Returns the first 16 bytes of SHA-256 over a prefix and the id, which is 16 random bytes (that of
/// a source of imports is no secret): nobody can try them all.
fn renamed(id: [u8; 16]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(b"retain-anonymous-1").chain_update(id).finalize();
    let mut new = [0; 16];
    new.copy_from_slice(&hash[..16]);
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::kind;

    fn event(kind: &'static str, extra: Option<String>) -> Fact<'static> {
        let facts = Facts {
            device: DeviceId([1; 16]),
            device_seq: 1,
            card: Some("card".into()),
            rev: None,
            at_ms: 5,
            utc_offset_s: 0,
            day: 0,
            kind: kind.into(),
            rating: Some(1),
            quality: None,
            took_ms: Some(9),
            extra: extra.map(Cow::Owned),
        };
        Fact::Event { id: facts.id(), facts }
    }

    #[test]
    fn what_was_typed_goes_and_what_names_events_follows_them() {
        let answer = event(
            kind::REVIEWED,
            Some(r#"{"typed":"my secret","key":"k","confidence":90}"#.into()),
        );
        let Fact::Event { id, .. } = &answer else { panic!() };
        let undo = event(kind::RETRACTED, Some(format!(r#"{{"target":"{id}"}}"#)));
        let mut renaming = Renaming::default();
        let suspended = event(kind::SUSPENDED, Some(format!(r#"{{"because":"{id}"}}"#)));
        let Fact::Event { id: suspension, .. } = &suspended else { panic!() };
        let also = event(kind::RETRACTED, Some(format!(r#"{{"target":"{suspension}"}}"#)));
        // Those that name come first here, and in a file they may.
        let all = [&also, &suspended, &undo, &answer];
        all.iter().for_each(|fact| renaming.look(fact));
        all.iter().for_each(|fact| renaming.rename(fact));
        renaming.settle();
        let (Fact::Event { id: new, facts }, Fact::Event { facts: undo, .. }) =
            (renaming.fact(&answer), renaming.fact(&undo))
        else {
            panic!()
        };
        assert_eq!(facts.extra.as_deref(), Some(r#"{"confidence":90}"#));
        assert_ne!(new, *id);
        assert_ne!(facts.device, DeviceId([1; 16]));
        assert_eq!(undo.extra.as_deref(), Some(&*format!(r#"{{"target":"{new}"}}"#)));
        assert_eq!(renaming.fact(&answer).check(), Ok(()));
        let (Fact::Event { id: suspension, .. }, Fact::Event { facts: also, .. }) =
            (renaming.fact(&suspended), renaming.fact(&also))
        else {
            panic!()
        };
        assert_eq!(also.extra.as_deref(), Some(&*format!(r#"{{"target":"{suspension}"}}"#)));
        // Twice the same name, and two people two names.
        let device =
            |byte| Fact::Device { id: DeviceId([byte; 16]), learner: Some(LearnerId([byte; 16])) };
        assert_eq!(renaming.fact(&device(2)), renaming.fact(&device(2)));
        assert_ne!(renaming.fact(&device(2)), renaming.fact(&device(3)));
    }
}
