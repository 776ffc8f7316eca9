//! `scheduler evaluate`: how well each formula would have foreseen the answers.

use colored::Colorize;
use serde::Serialize;

use crate::cli::bar::Bar;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::words;
use crate::evaluate::{Evaluation, LEAST_FOR_VERDICT, PARTS, Reviews, Row, calibration, evaluate};
use crate::text;

/// Makes the interval of a difference the same each time.
const SEED: u64 = 1;
/// Bins of the plot.
const PLOT: usize = 10;

/// What an evaluation came to, as JSON.
#[derive(Serialize)]
struct Evaluated {
    scored: usize,
    failures: usize,
    tested: usize,
    tested_failures: usize,
    rows: Vec<Figures>,
}

#[derive(Serialize)]
struct Figures {
    name: &'static str,
    log_loss: f64,
    rmse_bins: f64,
    auc: Option<f64>,
    ece: f64,
    bias: f64,
    /// Log loss less that of `sm2`, between which bounds with a chance of 95 %.
    log_loss_difference: Option<(f64, f64)>,
}

/// Measures the schedulers.
pub fn run(json: bool, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let reviews = Reviews::of(desk.store.pasts()?);
    let scored = reviews.scored();
    let failures = scored.iter().filter(|scored| !scored.passed).count();
    let mut bar = Bar::new("measuring", io);
    let evaluation = evaluate(&reviews, &mut |share| bar.show(share));
    bar.end();
    let Some(evaluation) = evaluation else {
        return Err(CliError::failed(format!(
            "{} can be foreseen, and {PARTS} are needed to begin with",
            match scored.len() {
                0 => "no answer".to_owned(),
                count => words::count(count, "answer", "answers"),
            }
        ))
        .hint("go on reviewing: an answer counts here if it comes at least a day after the card's one before"));
    };
    let differences = evaluation.differences(SEED);
    let difference =
        |row: Row| differences.iter().find(|(other, _)| *other == row).map(|(_, bounds)| *bounds);
    let rows: Vec<(Row, Figures)> = evaluation
        .measures()
        .into_iter()
        .map(|(row, measure)| {
            let figures = Figures {
                name: row.name(),
                log_loss: measure.log_loss,
                rmse_bins: measure.rmse_bins,
                auc: measure.auc,
                ece: measure.ece,
                bias: measure.bias,
                log_loss_difference: difference(row),
            };
            (row, figures)
        })
        .collect();
    let tested_failures = evaluation.tested.iter().filter(|scored| !scored.passed).count();
    if json {
        return io.json(&Evaluated {
            scored: scored.len(),
            failures,
            tested: evaluation.tested.len(),
            tested_failures,
            rows: rows.into_iter().map(|(_, figures)| figures).collect(),
        });
    }
    io.line(format!(
        "{} foreseen, {} of them failed, each from the answers before it",
        words::count(evaluation.tested.len(), "answer", "answers"),
        words::grouped(tested_failures)
    ))?;
    io.line("")?;
    table(&rows, io)?;
    io.line("")?;
    for line in verdict(&rows, evaluation.tested.len()) {
        io.line(text::wrap(&line, io.width, "", ""))?;
    }
    for row in [Row::Sm2, Row::FsrsFitted] {
        io.line("")?;
        plot(row, &evaluation, io)?;
    }
    Ok(())
}

fn auc(auc: Option<f64>) -> String {
    auc.map_or("-".to_owned(), |auc| format!("{auc:.3}"))
}

fn table(rows: &[(Row, Figures)], io: &mut Io) -> Result<(), CliError> {
    if io.lines_only || io.width < 64 {
        for (_, row) in rows {
            let Figures { name, log_loss, rmse_bins, ece, bias, .. } = row;
            io.line(text::wrap(
                &format!(
                    "{name}: log loss {log_loss:.4}, RMSE(bins) {rmse_bins:.4}, AUC {}, ECE {ece:.4}, bias {bias:+.4}",
                    auc(row.auc)
                ),
                io.width,
                "",
                "  ",
            ))?;
        }
        return Ok(());
    }
    let head = format!(
        "{:<17} {:>8} {:>10} {:>6} {:>7} {:>8}",
        "", "log loss", "RMSE(bins)", "AUC", "ECE", "bias"
    );
    io.line(head.dimmed())?;
    let best = rows.iter().map(|(_, row)| row.log_loss).fold(f64::INFINITY, f64::min);
    for (_, row) in rows {
        let line = format!(
            "{:<17} {:>8.4} {:>10.4} {:>6} {:>7.4} {:>+8.4}",
            row.name,
            row.log_loss,
            row.rmse_bins,
            auc(row.auc),
            row.ece,
            row.bias
        );
        io.line(if row.log_loss == best { line.bold() } else { line.normal() })?;
    }
    Ok(())
}

fn verdict(rows: &[(Row, Figures)], tested: usize) -> Vec<String> {
    if tested < LEAST_FOR_VERDICT {
        return vec![format!(
            "That is too little for a verdict: from {LEAST_FOR_VERDICT} foreseen answers on there is one."
        )];
    }
    rows.iter()
        .filter(|(row, _)| matches!(row, Row::FsrsFitted | Row::FsrsDefault | Row::Sm2Recalibrated))
        .filter_map(|(_, figures)| Some((figures.name, figures.log_loss_difference?)))
        .map(|(name, (low, high))| {
            let said = match (low, high) {
                (_, high) if high < 0.0 => "foresaw your answers better than sm2",
                (low, _) if low > 0.0 => "foresaw your answers worse than sm2",
                _ => "may be better or worse than sm2: these answers cannot tell",
            };
            format!("{name} {said} (log loss {low:+.4} to {high:+.4}, with a chance of 95 %).")
        })
        .collect()
}

/// Shows what was foreseen beside what happened, a line a tenth of the answers.
fn plot(row: Row, evaluation: &Evaluation, io: &mut Io) -> Result<(), CliError> {
    let parts = calibration(&evaluation.tested, evaluation.chances(row), PLOT);
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    // Most shares lie between 80 and 100 %: the line begins at the ten below the least.
    let least = parts.iter().map(|(said, was, _)| said.min(*was)).fold(1.0, f64::min);
    let from = ((least * 10.0).floor() / 10.0).min(0.9);
    let wide = io.width.saturating_sub(40).min(40);
    let in_lines = io.lines_only || wide < 10;
    let scale = format!(" (from {} to 100 %; │ said, █ recalled)", percent(from));
    let name = row.name();
    io.line(format!("{name}: said and recalled{}", if in_lines { "" } else { &scale }).bold())?;
    for (said, was, count) in parts {
        let answers = words::count(count, "answer", "answers");
        if in_lines {
            io.line(text::wrap(
                &format!("said {}, recalled {}, {answers}", percent(said), percent(was)),
                io.width,
                "",
                "  ",
            ))?;
            continue;
        }
        let at = |share: f64| (((share - from) / (1.0 - from) * wide as f64).round()) as usize;
        let mut bar: Vec<char> = vec!['·'; wide + 1];
        for cell in &mut bar[..at(was).min(wide)] {
            *cell = '█';
        }
        bar[at(said).min(wide)] = '│';
        let bar: String = bar.into_iter().collect();
        io.line(format!("{:>5} said {bar} {:>5} of {answers}", percent(said), percent(was)))?;
    }
    Ok(())
}
