//! What is wrong in a file, shown with its line and a caret.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use colored::Colorize;

use super::io::Io;
use crate::diagnostic::{Diagnostic, Severity};
use crate::text;

/// Shows findings on standard error, as a compiler does.
pub fn show(io: &mut Io, findings: &[Diagnostic]) {
    for finding in findings {
        let shown = rendered(finding, io.width);
        io.note(format!("{shown}\n"));
    }
}

/// Returns one finding as a compiler shows it.
pub fn rendered(finding: &Diagnostic, width: usize) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (message, file) = (text::one_line(&finding.message), text::one_line(&finding.file));
    // Behind what the renderer puts before it.
    const BESIDE: usize = 12;
    let help = finding.help.as_deref().map(text::one_line);
    let help = help.map(|help| text::wrap(&help, width.saturating_sub(BESIDE).max(20), "", ""));
    if finding.source_line.is_empty() {
        return without_source(finding, width);
    }
    let source = text::harmless(&finding.source_line).replace('\t', " ");
    let start = byte_of_column(&source, finding.column);
    let end = byte_of_column(&source, finding.column.saturating_add(finding.width.max(1)));
    let group = level
        .primary_title(text::wrap(
            &message,
            width.saturating_sub(finding.code.len() + 10).max(20),
            "",
            "",
        ))
        .id(&*finding.code)
        .element(
            Snippet::source(&*source)
                .path(&*file)
                .line_start(finding.line.max(1) as usize)
                .annotation(AnnotationKind::Primary.span(start..end.max(start))),
        )
        .elements(help.iter().map(|help| Level::HELP.message(help.as_str())));
    renderer(width).render(&[group])
}

/// Returns a finding about a whole file, or about a line that cannot be shown.
fn without_source(finding: &Diagnostic, width: usize) -> String {
    let severity = match finding.severity {
        Severity::Error => "error".red().bold(),
        Severity::Warning => "warning".yellow().bold(),
    };
    let place = text::one_line(&finding.place());
    let title = text::wrap(&format!("{place}: {}", finding.message), width, "", "  ");
    let help = finding.help.as_deref().map(|help| text::wrap(help, width, "  = help: ", "    "));
    format!(
        "{severity}[{}]: {title}{}",
        finding.code,
        help.map_or(String::new(), |help| format!("\n{help}"))
    )
}

fn renderer(width: usize) -> Renderer {
    Renderer::styled().decor_style(DecorStyle::Unicode).term_width(width)
}

/// Returns the byte at which the `column`-th character begins, columns counted from 1.
fn byte_of_column(line: &str, column: u32) -> usize {
    let at = (column as usize).saturating_sub(1);
    line.char_indices().nth(at).map_or(line.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::deck::{lint, yaml};

    proptest! {
        #[test]
        fn whatever_is_wrong_in_a_deck_is_shown(
            text in "([a-c:\\-#'\"\\[{&*!|\t\r\u{1b}\u{ad}\u{202e}\u{2028}é漢\u{301}🏴]|\n|\n  - |: |cards:\n|front: |back: |![a]\\(b\\)){0,40}",
            width in 0_usize..120,
        ) {
            let deck = format!("cards:\n- front: {text}");
            let mut findings = yaml::read(deck.as_bytes(), &text).diagnostics;
            findings.extend(lint::lint(&deck, &text, &[], &|_| false));
            for finding in findings {
                let shown = rendered(&finding, width);
                let plain = anstream::adapter::strip_str(&shown).to_string();
                prop_assert_eq!(text::harmless(&plain), &*plain);
                prop_assert!(plain.contains(&finding.code));
            }
        }
    }
}
