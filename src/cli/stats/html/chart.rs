//! Charts as SVG: every mark says its number, to a pointer and to a script, and every chart has a
//! name and its numbers as a table below.

use maud::{Markup, html};

/// Units across a chart; about as many pixels, where it stands.
const WIDTH: f64 = 360.0;
/// Units from top to bottom of a chart of columns, between its edges.
const HEIGHT: f64 = 110.0;
/// Units for the numbers beside a chart of columns.
const SCALE: f64 = 34.0;
/// Units for what stands below or above a chart.
const NAMES: f64 = 18.0;
/// Units from a row of bars to the next.
const ROW: f64 = 22.0;

/// A number that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// What it is of, as the axis and the table say it.
    pub name: String,
    /// The number.
    pub value: f64,
    /// The number as a person reads it, with what is counted.
    pub words: String,
}

/// A row of what a chart is made of, for its table.
pub type Cells = Vec<String>;

/// The name of a chart, and its numbers.
pub struct About<'a> {
    /// What it shows.
    pub title: &'a str,
    /// What is to be said about it.
    pub note: Option<String>,
    /// The heads of the columns of its table.
    pub heads: &'a [&'a str],
    /// The rows of its table.
    pub rows: Vec<Cells>,
}

/// Puts a drawing under its name, and the numbers below.
pub fn sheet(about: &About<'_>, is_wide: bool, drawing: Markup) -> Markup {
    html! {
        figure.sheet.wide[is_wide] {
            figcaption { h2 { (about.title) } @if let Some(note) = &about.note { p.soft { (note) } } }
            div.chart { (drawing) }
            details {
                summary { "Numbers" }
                (table(about.title, about.heads, &about.rows))
            }
        }
    }
}

/// Returns a table; all columns but the first are numbers.
fn table(title: &str, heads: &[&str], rows: &[Cells]) -> Markup {
    html! {
        div.rows {
            table {
                caption { (title) }
                thead {
                    tr {
                        @for (at, head) in heads.iter().enumerate() {
                            th.n[at > 0] scope="col" { (head) }
                        }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td.n { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Draws a column for each number.
pub fn columns(title: &str, marks: &[Mark]) -> Markup {
    let most = marks.iter().map(|mark| mark.value).fold(0.0, f64::max);
    let top = round_up(most);
    let wide = (WIDTH - SCALE) / marks.len().max(1) as f64;
    let gap = if wide > 4.0 { (wide * 0.2).min(4.0) } else { 0.4 };
    let height = |value: f64| value / top * HEIGHT;
    let last = marks.len().saturating_sub(1);
    let middle = last / 2;
    html! {
        svg role="img" aria-label=(title) viewBox=(view(WIDTH, HEIGHT + NAMES + 6.0)) {
            @for part in [0.0, 0.5, 1.0] {
                @let y = at(6.0 + HEIGHT * (1.0 - part));
                line.rule x1=(at(SCALE)) x2=(at(WIDTH)) y1=(y) y2=(y) {}
                text text-anchor="end" x=(at(SCALE - 6.0)) y=(at(6.0 + HEIGHT * (1.0 - part) + 4.0)) {
                    (short(top * part))
                }
            }
            @for (number, mark) in marks.iter().enumerate() {
                @let tall = height(mark.value);
                rect.mark.one data-value=(mark.value) x=(at(SCALE + number as f64 * wide + gap / 2.0))
                    y=(at(6.0 + HEIGHT - tall)) width=(at(wide - gap)) height=(at(tall)) {
                    title { (mark.name) ": " (mark.words) }
                }
            }
            @for (number, anchor) in [(0, "start"), (middle, "middle"), (last, "end")] {
                @if let Some(mark) = marks.get(number) {
                    @if number == 0 || number == last || (marks.len() > 8 && number == middle) {
                        @let x = match anchor {
                            "start" => SCALE,
                            "end" => WIDTH,
                            _ => SCALE + (number as f64 + 0.5) * wide,
                        };
                        text text-anchor=(anchor) x=(at(x)) y=(at(HEIGHT + NAMES + 3.0)) { (mark.name) }
                    }
                }
            }
        }
    }
}

/// Draws a bar for each number, below each other. `wished` is where a bar was to end, in the same
/// unit.
pub fn bars(title: &str, marks: &[Mark], whole: Option<f64>, wished: &[f64]) -> Markup {
    let names = marks.iter().map(|mark| mark.name.chars().count()).max().unwrap_or(0);
    let left = (names as f64 * 6.2 + 10.0).min(130.0);
    let digits = marks.iter().map(|mark| mark.words.chars().count()).max().unwrap_or(0);
    let right = (digits as f64 * 6.2 + 8.0).min(150.0);
    let most = whole.unwrap_or_else(|| marks.iter().map(|mark| mark.value).fold(0.0, f64::max));
    let room = WIDTH - left - right;
    let long = |value: f64| if most > 0.0 { value / most * room } else { 0.0 };
    html! {
        svg role="img" aria-label=(title) viewBox=(view(WIDTH, marks.len() as f64 * ROW)) {
            @for (number, mark) in marks.iter().enumerate() {
                @let y = number as f64 * ROW;
                text text-anchor="end" x=(at(left - 8.0)) y=(at(y + 15.0)) { (mark.name) }
                rect.none x=(at(left)) y=(at(y + 4.0)) width=(at(room)) height="14" rx="2" opacity="0.45" {}
                rect.mark.one data-value=(mark.value) x=(at(left)) y=(at(y + 4.0))
                    width=(at(long(mark.value))) height="14" rx="2" {
                    title { (mark.name) ": " (mark.words) }
                }
                @if let Some(wish) = wished.get(number) {
                    @let x = at(left + long(*wish));
                    line.wish x1=(x) x2=(x) y1=(at(y + 1.0)) y2=(at(y + 21.0)) {}
                }
                text.number x=(at(left + room + 6.0)) y=(at(y + 15.0)) { (mark.words) }
            }
        }
    }
}

/// The colours of the four ratings, again first.
pub const RATINGS: [(&str, &str); 4] =
    [("again", "again"), ("hard", "hard"), ("one", "good"), ("two", "easy")];

/// Draws a bar of the parts of each whole.
pub fn parts(title: &str, rows: &[(String, Vec<Mark>)]) -> Markup {
    let left = 60.0;
    let room = WIDTH - left;
    html! {
        svg role="img" aria-label=(title) viewBox=(view(WIDTH, rows.len() as f64 * (ROW + 6.0))) {
            @for (number, (name, marks)) in rows.iter().enumerate() {
                @let y = number as f64 * (ROW + 6.0);
                @let whole: f64 = marks.iter().map(|mark| mark.value).sum::<f64>().max(1.0);
                text text-anchor="end" x=(at(left - 8.0)) y=(at(y + 17.0)) { (name) }
                @for (part, mark) in marks.iter().enumerate() {
                    @let before: f64 = marks[..part].iter().map(|mark| mark.value).sum();
                    rect class=(format!("mark {}", RATINGS[part % 4].0)) data-value=(mark.value)
                        x=(at(left + before / whole * room)) y=(at(y + 3.0))
                        width=(at(mark.value / whole * room)) height="20" {
                        title { (name) ", " (mark.name) ": " (mark.words) }
                    }
                }
            }
        }
        (legend(&RATINGS))
    }
}

/// Draws a line for each series of shares, 0 to 1, over the same names; one that is not known
/// interrupts its line.
pub fn lines(title: &str, names: &[String], series: &[(&str, Vec<Option<Mark>>)]) -> Markup {
    let known = series.iter().flat_map(|(_, marks)| marks.iter().flatten());
    let least = known.map(|mark| mark.value).fold(1.0, f64::min);
    // Down to a whole tenth, and at least to 80 %, so that a little is not much.
    let bottom = ((least * 10.0).floor() / 10.0).clamp(0.0, 0.8);
    let step = (WIDTH - SCALE - 8.0) / names.len().saturating_sub(1).max(1) as f64;
    let x = |number: usize| match names.len() {
        1 => SCALE + (WIDTH - SCALE) / 2.0,
        _ => SCALE + 4.0 + number as f64 * step,
    };
    let y = |value: f64| 6.0 + HEIGHT * (1.0 - (value - bottom) / (1.0 - bottom));
    let colours = ["one", "two"];
    let last = names.len().saturating_sub(1);
    html! {
        svg role="img" aria-label=(title) viewBox=(view(WIDTH, HEIGHT + NAMES + 6.0)) {
            @for part in [0.0, 0.5, 1.0] {
                @let share = bottom + (1.0 - bottom) * part;
                line.rule x1=(at(SCALE)) x2=(at(WIDTH)) y1=(at(y(share))) y2=(at(y(share))) {}
                text text-anchor="end" x=(at(SCALE - 6.0)) y=(at(y(share) + 4.0)) { (format!("{:.0} %", share * 100.0)) }
            }
            @for ((_, marks), colour) in series.iter().zip(colours) {
                @for run in runs(marks) {
                    @let points: Vec<String> = run.iter()
                        .map(|(number, mark)| format!("{},{}", at(x(*number)), at(y(mark.value)))).collect();
                    polyline class=(colour) points=(points.join(" ")) {}
                }
                @for (number, mark) in marks.iter().enumerate() {
                    @if let Some(mark) = mark {
                        circle class=(format!("mark {colour}")) data-value=(mark.value) r="3.2"
                            cx=(at(x(number))) cy=(at(y(mark.value))) {
                            title { (mark.name) ": " (mark.words) }
                        }
                    }
                }
            }
            @for (number, anchor) in [(0, "start"), (last, "end")] {
                @if let Some(name) = names.get(number) {
                    @if number == 0 || last > 0 {
                        @let x = if anchor == "start" { SCALE } else { WIDTH };
                        text text-anchor=(anchor) x=(at(x)) y=(at(HEIGHT + NAMES + 3.0)) { (name) }
                    }
                }
            }
        }
        (legend(&series.iter().zip(colours).map(|((name, _), colour)| (colour, *name)).collect::<Vec<_>>()))
    }
}

/// Returns the stretches of a series in which all is known.
fn runs(marks: &[Option<Mark>]) -> Vec<Vec<(usize, &Mark)>> {
    let mut all: Vec<Vec<(usize, &Mark)>> = vec![Vec::new()];
    for (number, mark) in marks.iter().enumerate() {
        match (mark, all.last_mut()) {
            (Some(mark), Some(run)) => run.push((number, mark)),
            _ => all.push(Vec::new()),
        }
    }
    all.retain(|run| run.len() > 1);
    all
}

/// Says what colours stand for.
fn legend(entries: &[(&str, &str)]) -> Markup {
    html! {
        div.legend {
            @for (colour, name) in entries {
                span {
                    svg viewBox="0 0 10 10" aria-hidden="true" { rect class=(colour) width="10" height="10" rx="2" {} }
                    (name)
                }
            }
        }
    }
}

/// Draws a square for each day, a column a week; `shade` is 0 to 4.
pub fn calendar(title: &str, days: &[(Mark, usize)], months: &[(usize, String)]) -> Markup {
    const CELL: f64 = 14.0;
    let left = 30.0;
    let weeks = days.len().div_ceil(7);
    html! {
        div.scroll {
            svg role="img" aria-label=(title) viewBox=(view(left + weeks as f64 * CELL, 7.0 * CELL + NAMES)) {
                @for (week, name) in months {
                    text x=(at(left + *week as f64 * CELL)) y="11" { (name) }
                }
                @for (row, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun")] {
                    text x="0" y=(at(NAMES + f64::from(row) * CELL + 10.0)) { (name) }
                }
                @for (number, (mark, shade)) in days.iter().enumerate() {
                    @let (x, y) = (left + (number / 7) as f64 * CELL, NAMES + (number % 7) as f64 * CELL);
                    @let colour = if *shade == 0 { "mark none" } else { "mark one" };
                    @let strength = ["0.6", "0.28", "0.52", "0.76", "1"][(*shade).min(4)];
                    rect class=(colour) data-value=(mark.value) x=(at(x)) y=(at(y)) width="11" height="11"
                        rx="2" opacity=(strength) {
                        title { (mark.name) ": " (mark.words) }
                    }
                }
            }
        }
    }
}

fn view(width: f64, height: f64) -> String {
    format!("0 0 {} {}", at(width), at(height))
}

/// Returns a coordinate, to a hundredth.
fn at(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns the next number that is easily read off a scale, and halved.
fn round_up(most: f64) -> f64 {
    if most <= 2.0 {
        return 2.0;
    }
    let power = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0];
    let step = steps.iter().map(|step| step * power).find(|top| *top >= most);
    step.unwrap_or(10.0 * power)
}

/// Returns a number for a scale.
fn short(number: f64) -> String {
    if number >= 1_000_000.0 {
        format!("{} M", at(number / 1_000_000.0))
    } else if number >= 10_000.0 {
        format!("{} k", at(number / 1_000.0))
    } else {
        at(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_numbers_that_are_easily_halved() {
        for (most, top) in [
            (0.0, 2.0),
            (1.0, 2.0),
            (3.0, 4.0),
            (7.0, 8.0),
            (9.0, 10.0),
            (11.0, 20.0),
            (83.0, 100.0),
        ] {
            assert_eq!(round_up(most), top, "{most}");
        }
        assert_eq!(
            (short(500.0), short(40_000.0), short(2.5e6)),
            ("500".into(), "40 k".into(), "2.5 M".into())
        );
    }

    #[test]
    fn a_line_is_interrupted_where_nothing_is_known() {
        let mark = |value| Some(Mark { name: "n".into(), value, words: "w".into() });
        let marks = [mark(0.9), mark(0.8), None, mark(0.7), None, mark(1.0), mark(1.0)];
        let found: Vec<usize> = runs(&marks).iter().map(Vec::len).collect();
        assert_eq!(found, [2, 2]);
        let names: Vec<String> = (0..7).map(|it| it.to_string()).collect();
        let drawn = lines("t", &names, &[("young", marks.into())]).into_string();
        assert_eq!((drawn.matches("<circle").count(), drawn.matches("<polyline").count()), (5, 2));
    }
}
