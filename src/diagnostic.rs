//! What is wrong in a learner's file, where, and the way out.

use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is left out until it is mended.
    Error,
    /// Everything works; a look is worth it.
    Warning,
}

/// One finding in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file, as commands show it.
    pub file: String,
    /// 1-based, as editors count; 0 when the file as a whole is meant.
    pub line: u32,
    /// 1-based, in characters; 0 when the line as a whole is meant.
    pub column: u32,
    /// Error or warning.
    pub severity: Severity,
    /// A short stable name, such as `unknown-key`.
    pub code: String,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// What `check --fix` does about it; `None` where the mend is not certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mend>,
    /// The text of the line, for the caret; empty when there is none to show.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_line: String,
    /// How many characters the caret underlines, at least 1.
    #[serde(default)]
    pub width: u32,
}

/// Characters of one line, and what is to stand in their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// How many characters are replaced; 0 to put something before the column.
    pub width: u32,
    /// What is to stand there.
    pub text: String,
}

/// The code of the last finding of a file that has more than are listed.
pub const MORE: &str = "more";

/// Returns how many findings of this severity there are, those that are not listed among them.
pub fn count(findings: &[Diagnostic], severity: Severity) -> usize {
    let those = findings.iter().filter(|finding| finding.severity == severity);
    those.map(Diagnostic::weight).sum()
}

impl Diagnostic {
    /// Returns where it is, as editors and compilers write it: `decks/verbs.yaml:3:5`.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }

    /// Returns for how many findings it stands.
    fn weight(&self) -> usize {
        if self.code == MORE { self.width as usize } else { 1 }
    }
}
