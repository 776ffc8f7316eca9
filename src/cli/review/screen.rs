//! What a review looks like: views in, lines out. Everything that came from a deck is made
//! harmless here.

use colored::{ColoredString, Colorize};
use unicode_width::UnicodeWidthStr;

use super::plain::{changed, list_note};
use super::typed::Typed;
use super::{Acknowledged, Asking, View, is_new};
use crate::answer::{ItemJudgement, Verdict};
use crate::card::Answer;
use crate::cli::words;
use crate::markdown;
use crate::schedule::{Grade, Rating};
use crate::settings::Grades;
use crate::text;

/// Columns before every line of a card.
pub const MARGIN: &str = "  ";

/// The columns of a deck's name in a header that cannot be done without.
const SHORTEST_NAME: usize = 8;

/// Lines wider than this are hard to read.
const WIDEST: usize = 100;

/// Returns the header and the text of a question.
pub fn asked(view: &View, width: usize) -> String {
    let mut lines = vec![String::new(), header(view, width), String::new()];
    lines.push(laid_out(&view.standing.card.front, MARGIN, MARGIN, width, |text| text.bold()));
    if let Some(note) = list_note(view) {
        lines.push(aside_in(&note, width));
    }
    if !view.choices.is_empty() {
        lines.push(String::new());
    }
    for (number, choice) in (1..).zip(&view.choices) {
        let bullet = format!("{MARGIN}{number}  ");
        let rest = " ".repeat(bullet.len());
        lines.push(laid_out(choice, &bullet, &rest, width, |text| text.normal()));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Returns what can be pressed before the answer is to be seen.
pub fn question_keys(view: &View, width: usize) -> String {
    let hint = if view.standing.card.details.hint.is_some() { " · h hint" } else { "" };
    // On the board an answer is taken back from the board, to which a question leads back.
    let (undo, leave) = if view.on_board { ("", "q back") } else { (" · u undo", "q leave") };
    let keys = match view.asking(false) {
        Asking::Line | Asking::Items => {
            let hint = hint.replace("h hint", ":h hint");
            let end = if view.asking(false) == Asking::Items { ", an item a line" } else { "" };
            let undo = undo.replace("u undo", ":u undo");
            format!("type the answer{end} · empty: see it{hint}{undo} · :{leave} · :? more")
        }
        Asking::Choice(choices) => {
            format!("1-{choices}: your choice · space: answer{hint}{undo} · {leave} · ? more")
        }
        _ => format!("space: answer{hint}{undo} · {leave} · ? more"),
    };
    each_line(&apart(&keys, width), |line| line.dimmed())
}

/// Returns an answer: text, what belongs to it, and where each key leads.
pub fn answer(view: &View, width: usize) -> String {
    let card = &view.standing.card;
    let mut lines = vec![String::new()];
    match &view.taken {
        Some(taken) if taken.right => lines.push(format!("{MARGIN}{}", "✓ right".green())),
        Some(taken) => {
            let sign = format!("{MARGIN}✗ not: ");
            lines.push(red(&text::wrap(taken.choice.trim_end(), room(width), &sign, MARGIN)));
        }
        None => {}
    }
    if let Some(typed) = &view.typed {
        lines.extend(judged(typed, width));
    }
    match &card.back {
        Answer::Text(back) => {
            let green = |text: &str| text.green();
            match card.gaps() {
                // Without colours nothing else would tell the gap from the text around it.
                Some(gaps) => {
                    if !view.typed.as_ref().is_some_and(|typed| typed.is_list() && ticked(typed)) {
                        lines.push(laid_out(&gaps.join("; "), MARGIN, MARGIN, width, green));
                    }
                    lines.push(String::new());
                    lines.push(laid_out(back, MARGIN, MARGIN, width, |text| text.normal()));
                }
                None => lines.push(laid_out(back, MARGIN, MARGIN, width, green)),
            }
        }
        Answer::List(_) if view.typed.as_ref().is_some_and(ticked) => {}
        Answer::List(items) => {
            let ordered = card.details.ordered == Some(true);
            for (item, bullet) in items.iter().zip(words::bullets(items.len(), ordered, "•")) {
                let (bullet, rest) = (format!("{MARGIN}{bullet}"), " ".repeat(bullet.width()));
                let rest = format!("{MARGIN}{rest}");
                lines.push(laid_out(item, &bullet, &rest, width, |text| text.green()));
            }
        }
    }
    if let Some(change) = &view.change {
        lines.push(String::new());
        let since = format!("{MARGIN}Changed since {}: ", change.since.in_words());
        lines.push(yellow(&text::wrap(&changed(&change.pieces), room(width), &since, MARGIN)));
    }
    for (name, value) in [("Why", &card.details.why), ("Source", &card.details.source)] {
        if let Some(value) = value {
            lines.push(String::new());
            let first = format!("{MARGIN}{name}: ");
            lines.push(laid_out(value, &first, MARGIN, width, |text| text.normal()));
        }
    }
    match view.asking(true) {
        Asking::Judge { judged: Some(true) } if !view.judged().is_some_and(|it| it.nearly) => {}
        Asking::Judge { judged } => {
            let keys = match judged {
                None => "y: you were right · n: you were wrong",
                Some(true) => "Enter: it counts as right · n: it was wrong",
                Some(false) => "Enter: wrong · y: it was right all the same",
            };
            lines.push(String::new());
            lines.push(each_line(&apart(keys, width), |line| line.dimmed()));
        }
        _ => {
            lines.push(String::new());
            lines.push(keys(view, width));
        }
    }
    lines.join("\n")
}

/// Whether the items of a list have a tick each.
fn ticked(typed: &Typed) -> bool {
    let judgement = &typed.judgement;
    // A wording of the whole list says nothing of its items.
    judgement.verdict != Verdict::Right || typed.named() > 0
}

/// Returns what became of a typed answer; of a list, with what was wanted.
fn judged(typed: &Typed, width: usize) -> Vec<String> {
    let judgement = &typed.judgement;
    let signed = |sign: &str, text: &str| {
        let sign = format!("{MARGIN}{sign} ");
        let rest = " ".repeat(sign.width());
        text::wrap(text.trim_end(), room(width), &sign, &rest)
    };
    let typed_text = match (&typed.answer, judgement.verdict) {
        (_, Verdict::Right) if !typed.is_list() || !ticked(typed) => {
            return vec![format!("{MARGIN}{}", "✓ right".green())];
        }
        (Answer::Text(text), _) => text,
        (Answer::List(_), _) => return ticks(typed, width, &signed),
    };
    match typed.difference() {
        Some(pieces) => vec![yellow(&signed("≈ nearly:", &changed(&pieces)))],
        None => vec![red(&signed("✗ not:", typed_text))],
    }
}

/// Returns the items of a list, each with its tick, and what is none of them.
fn ticks(typed: &Typed, width: usize, signed: &dyn Fn(&str, &str) -> String) -> Vec<String> {
    let judgement = &typed.judgement;
    let line = |item: &ItemJudgement| match (item.verdict, &item.typed) {
        (Verdict::Right, _) => signed("✓", &item.wanted).green().to_string(),
        (Verdict::Near, Some(typed)) => {
            yellow(&signed("≈", &format!("{} (nearly: {typed})", item.wanted)))
        }
        // Enough were named: it is there to be seen.
        _ if !typed.lacks() => signed("·", &item.wanted),
        _ => red(&signed("✗", &format!("{} (missing)", item.wanted))),
    };
    let mut lines: Vec<String> = judgement.items.iter().map(line).collect();
    for extra in &judgement.extra {
        lines.push(red(&signed("+", &format!("{extra} (not in the answer)"))));
    }
    let count = format!("{} of {} named", typed.named(), typed.needed);
    lines.push(aside_in(&count, width));
    lines
}

/// Returns the line that follows an answer once it is in the history.
pub fn acknowledgement(acknowledged: &Acknowledged<'_>, width: usize) -> String {
    let grade = acknowledged.grade;
    let word = words::grade_name(grade);
    let rest = if acknowledged.practice {
        "for practice".to_owned()
    } else {
        acknowledged.standing.schedule.map_or(String::new(), |schedule| {
            let mut comes = words::comes_back(&schedule, acknowledged.today);
            if !acknowledged.counted {
                comes.push_str(" (a repeat)");
            }
            let due = schedule.due.in_words();
            if schedule.repeat_on == Some(acknowledged.today) {
                format!("{comes}, then {due}")
            } else if schedule.due.since(acknowledged.today) <= 1 {
                comes
            } else {
                format!("{comes}, {due}")
            }
        })
    };
    let sign = format!("{MARGIN}{} ", "→".dimmed());
    let lines = text::wrap(&format!("{word}, {rest}"), room(width), &sign, "    ");
    format!("\n{}", lines.replacen(word, &coloured(grade.rating, word).to_string(), 1))
}

/// Returns something said in between.
pub fn remark(words: &str, width: usize) -> String {
    text::wrap(words, room(width), MARGIN, MARGIN)
}

/// Returns a line of an explanation.
pub fn explanation(line: &str, width: usize) -> String {
    text::wrap(line, room(width), MARGIN, "    ")
}

/// Returns something by the way, dimmed, without a margin.
pub fn aside(words: &str, width: usize) -> String {
    each_line(&text::wrap(words, room(width), "", ""), |line| line.dimmed())
}

/// Returns something by the way, dimmed, below a card.
pub fn aside_in(words: &str, width: usize) -> String {
    each_line(&text::wrap(words, room(width), MARGIN, MARGIN), |line| line.dimmed())
}

/// Returns what every key does.
pub fn help(grades: Grades, width: usize) -> String {
    let grades = match grades {
        Grades::Four => "1 again · 2 hard · 3 good · 4 easy",
        Grades::Six => "0 blackout · 1 wrong · 2 almost · 3 hard · 4 good · 5 easy",
    };
    let lines = [
        "space, Enter: show the answer, then good",
        grades,
        "h hint · u take back the last thing · i why this date",
        "s suspend · b bury until tomorrow",
        "e edit the card · o open the picture or sound that it names",
        "a count what was typed as right, from now on",
        "where an answer is typed, these are commands: :h :u :i :s :b :e :o :q :?",
        "q, Esc, Ctrl-D leave; :q, Esc, Ctrl-D where one types · Ctrl-C leave too · Ctrl-Z shell, fg comes back",
    ];
    lines.map(|line| apart(line, room(width))).join("\n")
}

/// Returns what to say to a key that means nothing.
pub fn unknown_key(key: char, asking: Asking, grades: Grades, width: usize) -> String {
    let key = text::one_line(&key.to_string());
    let take = match (asking, grades) {
        (Asking::Grade { .. }, Grades::Four) => "1 to 4 grade the card",
        (Asking::Grade { .. }, Grades::Six) => "0 to 5 grade the card",
        (Asking::Judge { .. }, _) => "y is right, n is wrong",
        _ => "space shows the answer",
    };
    let words = format!("{key} does nothing here: {take}, ? shows all keys");
    aside_in(&words, width)
}

/// Returns what to say to text that came at once, as no fingers press it.
pub fn pasted(width: usize) -> String {
    aside_in("pasted text does nothing here: press one key at a time", width)
}

/// Returns the header: deck and value, what kind of asking it is, what is left, and a bar.
fn header(view: &View, width: usize) -> String {
    let card = &view.standing.card;
    let value = card.details.value.map_or(String::new(), |value| format!(" · {value}"));
    let state = if view.practice {
        " · practice"
    } else if view.change.is_some() {
        " · changed"
    } else if view.again {
        " · again"
    } else if is_new(&view.standing) {
        " · new"
    } else {
        ""
    };
    let left = format!(" {} left", words::grouped(view.left));
    let bar = if width >= 60 { format!(" {}", bar(view)) } else { String::new() };
    let name = text::one_line(&view.deck);
    let room = |value: &str, state: &str, right: &str| {
        width.saturating_sub("── ".width() + value.width() + state.width() + 1 + right.width())
    };
    let end = format!("{left}{bar} ──");
    // On a narrow screen the least important goes first.
    let (value, state, right) =
        [(&*value, state, &end), (&*value, state, &left), ("", state, &left)]
            .into_iter()
            .find(|(value, state, right)| {
                room(value, state, right) >= name.width().min(SHORTEST_NAME)
            })
            .unwrap_or(("", "", &left));
    let name = words::shortened(&name, room(value, state, right).max(2));
    let fill = room(value, state, right).saturating_sub(name.width());
    format!(
        "{} {}{} {}{right}",
        "──".dimmed(),
        format!("{name}{value}").bold(),
        state,
        "─".repeat(fill).dimmed()
    )
}

fn bar(view: &View) -> String {
    const WIDTH: usize = 10;
    let all = (view.answered + view.left).max(1);
    let full = (view.answered * WIDTH) / all;
    format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full))
}

/// Returns the line of keys, each with the interval it leads to.
pub fn keys(view: &View, width: usize) -> String {
    let each: Vec<(Grade, String, String)> = view
        .grades
        .iter()
        .enumerate()
        .map(|(at, grade)| {
            let interval = view.outlook.get(at).map(|schedule| schedule.interval.days());
            (*grade, words::grade_key(*grade), interval.map_or(String::new(), words::short_days))
        })
        .collect();
    let plain: usize =
        each.iter().map(|(_, name, interval)| name.width() + interval.width() + 4).sum();
    let stacked = plain + MARGIN.len() > width;
    let between = if stacked { format!("\n{MARGIN}") } else { "   ".into() };
    let shown: Vec<String> = each
        .iter()
        .map(|(grade, name, interval)| {
            let name = coloured(grade.rating, name);
            if interval.is_empty() {
                name.to_string()
            } else {
                format!("{name} {}", interval.dimmed())
            }
        })
        .collect();
    let enter = format!("Enter: {}", view.proposal().word());
    let below = stacked || plain + MARGIN.len() + enter.width() > width;
    let gap = if below { format!("\n{MARGIN}") } else { "   ".into() };
    let mut keys = format!("{MARGIN}{}{gap}{}", shown.join(&between), enter.dimmed());
    if view.can_accept() {
        keys.push('\n');
        keys.push_str(&aside_in("a: what you typed is right too, from now on", width));
    }
    if view.again && !view.practice {
        keys.push('\n');
        keys.push_str(&aside_in("a repeat of today: no interval changes", width));
    }
    keys
}

fn coloured(rating: Rating, text: &str) -> ColoredString {
    match rating {
        Rating::Again => text.red(),
        Rating::Hard => text.yellow(),
        Rating::Good => text.green(),
        Rating::Easy => text.cyan(),
    }
}

fn room(width: usize) -> usize {
    width.min(WIDEST)
}

/// Returns a card's Markdown behind `first` and, from the second line on, `rest`; `base` styles what
/// has no style of its own.
fn laid_out(
    content: &str,
    first: &str,
    rest: &str,
    width: usize,
    base: impl Fn(&str) -> ColoredString,
) -> String {
    let inner = room(width).saturating_sub(first.width().max(rest.width())).max(1);
    let shown = markdown::shown(content.trim_end(), inner);
    let line = |(number, line): (usize, &markdown::Line)| {
        let spans: String = line.0.iter().map(|span| styled(span, &base)).collect();
        match (number, spans.is_empty()) {
            (0, _) => format!("{first}{spans}"),
            (_, true) => String::new(),
            (_, false) => format!("{rest}{spans}"),
        }
    };
    shown.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a piece of a text as a terminal shows it.
fn styled(span: &markdown::Span, base: &impl Fn(&str) -> ColoredString) -> String {
    let style = span.style;
    if style.code && !span.text.trim().is_empty() {
        return span.text.cyan().to_string();
    }
    let mut text = if style.dim { span.text.dimmed() } else { base(&span.text) };
    if style.bold {
        text = text.bold().underline();
    }
    if style.italic {
        text = text.italic();
    }
    if style.struck {
        text = text.strikethrough();
    }
    text.to_string()
}

/// Wraps a line of keys so that a key stays with the first word of what it does.
pub fn apart(keys: &str, width: usize) -> String {
    const TIED: char = '\u{a0}';
    let tied: String = keys
        .split(" · ")
        .map(|item| item.replacen(' ', &TIED.to_string(), 1))
        .collect::<Vec<_>>()
        .join(" · ");
    text::wrap(&tied, width, MARGIN, MARGIN).replace(TIED, " ")
}

pub fn each_line(block: &str, style: impl Fn(&str) -> ColoredString) -> String {
    let styled = |line: &str| {
        // An empty line is just that.
        if line.is_empty() { String::new() } else { style(line).to_string() }
    };
    block.lines().map(styled).collect::<Vec<_>>().join("\n")
}

fn red(block: &str) -> String {
    each_line(block, |line| line.red())
}

fn yellow(block: &str) -> String {
    each_line(block, |line| line.yellow())
}
