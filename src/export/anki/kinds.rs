//! The two kinds of notes that packages of retain have, and the field in which each note keeps what
//! Anki has no field for.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::card::{Answer, Details, Note, content_key};
use crate::markdown::escaped;
use std::collections::BTreeMap;

/// Names of fields, in their order. A kind's fields never change: others make another kind.
pub const SIDES: [&str; 9] =
    ["Front", "Back", "Choices", "Hint", "Why", "Source", "Reverse", "Typed", KEPT];
/// The same of texts with gaps.
pub const GAPS: [&str; 5] = ["Text", "Hint", "Why", "Source", KEPT];

/// The number of the kind with [`SIDES`], for ever.
pub const SIDES_ID: i64 = 1_600_000_000_101;
/// The number of the kind with [`GAPS`], for ever.
pub const GAPS_ID: i64 = 1_600_000_000_102;

/// When the kinds were changed last, in seconds.
const CHANGED: i64 = 1_764_201_600;

/// The field that keeps a whole note.
const KEPT: &str = "retain";

/// Digits of the hash that tells whether somebody changed a field.
const DIGITS: usize = 8;

/// What the last field of a note keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    front: String,
    back: Answer,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reverse: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gaps: bool,
    #[serde(flatten)]
    details: Details,
    /// Addresses of files by their names in the package, where the two differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, String>,
    /// The beginning of a hash of each other field.
    of: Vec<String>,
}

impl Kept {
    /// Returns what is kept of a note whose other fields are `fields`.
    pub fn of(note: &Note, media: BTreeMap<String, String>, fields: &[String]) -> Kept {
        Kept {
            front: note.front.clone(),
            back: note.back.clone(),
            reverse: note.reverse,
            gaps: note.cloze,
            details: note.details.clone(),
            media,
            of: fields.iter().map(|field| hash(field)).collect(),
        }
    }

    /// Returns the field.
    pub fn field(&self) -> String {
        escaped(&serde_json::to_string(self).unwrap_or_default())
    }

    /// Returns what a field keeps; `None` if it is none of these.
    pub fn read(field: &str) -> Option<Kept> {
        let json = field.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        serde_json::from_str(&json).ok()
    }

    /// Returns the note as it was.
    pub fn note(&self) -> Note {
        Note {
            id: None,
            line: 0,
            front: self.front.clone(),
            back: self.back.clone(),
            reverse: self.reverse,
            cloze: self.gaps,
            details: self.details.clone(),
        }
    }

    /// Whether the field at this place is as it was.
    pub fn is_same(&self, at: usize, field: &str) -> bool {
        self.of.get(at).is_some_and(|known| *known == hash(field))
    }
}

fn hash(field: &str) -> String {
    // Anki puts texts into this form.
    let field: String = field.nfc().collect();
    content_key(&[&field])[..DIGITS].to_owned()
}

const STYLE: &str = "\
.card { font-family: sans-serif; font-size: 20px; text-align: center; }
ul, ol, pre, table { display: inline-block; text-align: left; }
.also { font-size: 16px; opacity: 0.8; }
.cloze { font-weight: bold; }";

const ALSO: &str =
    "{{#Why}}<p class=also>{{Why}}</p>{{/Why}}{{#Source}}<p class=also>{{Source}}</p>{{/Source}}";
const HINT: &str = "{{#Hint}}<p class=also>{{hint:Hint}}</p>{{/Hint}}";

/// Returns both kinds as the JSON of the older schema.
pub fn json() -> Value {
    let fields = |names: &[&str]| -> Vec<Value> {
        let field = |(ord, name): (usize, &&str)| json!({"name": name, "ord": ord, "sticky": false, "rtl": false, "font": "Arial", "size": 20});
        names.iter().enumerate().map(field).collect()
    };
    let template = |ord: usize, name: &str, question: String, answer: String| json!({"name": name, "ord": ord, "qfmt": question, "afmt": answer, "did": null, "bqfmt": "", "bafmt": ""});
    let kind = |id: i64, name: &str, gaps: bool, names: &[&str], templates: Vec<Value>| {
        json!({
            "id": id, "name": name, "type": i32::from(gaps), "mod": CHANGED, "usn": -1, "sortf": 0,
            "did": 1, "tmpls": templates, "flds": fields(names), "css": STYLE,
            "latexPre": "\\documentclass[12pt]{article}\n\\special{papersize=3in,5in}\n\\usepackage{amssymb,amsmath}\n\\pagestyle{empty}\n\\setlength{\\parindent}{0in}\n\\begin{document}\n",
            "latexPost": "\\end{document}", "tags": [], "vers": [],
        })
    };
    let typed = "{{#Typed}}<br>{{type:Back}}{{/Typed}}";
    let front =
        format!("{{{{Front}}}}{{{{#Choices}}}}<br>{{{{Choices}}}}{{{{/Choices}}}}{HINT}{typed}");
    let back = format!("{{{{Front}}}}<hr id=answer>{{{{Back}}}}{typed}{ALSO}");
    let turned = "{{#Reverse}}{{Back}}{{/Reverse}}".to_owned();
    let turned_back = format!("{{{{Back}}}}<hr id=answer>{{{{Front}}}}{ALSO}");
    let gaps = format!("{{{{cloze:Text}}}}{HINT}");
    let gaps_back = format!("{{{{cloze:Text}}}}{ALSO}");
    let sides = vec![template(0, "Front", front, back), template(1, "Back", turned, turned_back)];
    json!({
        SIDES_ID.to_string(): kind(SIDES_ID, "retain", false, &SIDES, sides),
        GAPS_ID.to_string(): kind(GAPS_ID, "retain cloze", true, &GAPS, vec![template(0, "Cloze", gaps, gaps_back)]),
    })
}
