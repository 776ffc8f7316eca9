//! What is shown and judged of a card, and what must hold whatever its text is.

use retain::answer::{self, Judgement, Piece, Verdict, slips, word_difference};
use retain::card::{Answer, Details, Kind, Note, is_id};
use retain::cloze::{self, Cloze, LARGEST_NUMBER};
use retain::deck::{Head, write};
use retain::markdown::{self, Line};
use retain::text;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::targets::{keeps_every_other_byte, kind_of, reads_back, tells};

/// Terminals that there are, and some that there are not.
const WIDTHS: [usize; 9] = [1, 2, 3, 7, 12, 20, 40, 80, 200];

/// Reads a text with gaps, asks for each of its numbers, and writes it into a deck.
pub fn cloze(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let read = Cloze::read(&text);
    assert_eq!(Cloze::read(&text), read, "read twice");
    let cloze = match read {
        Ok(cloze) => cloze,
        Err(mistake) => {
            assert!(text.is_char_boundary(mistake.at), "{mistake:?}");
            let is_gap = text[mistake.at..].starts_with("{{");
            assert!(is_gap || mistake.at == 0, "{mistake:?} points to no gap");
            tells(&mistake.what);
            tells(mistake.help);
            return kind_of(&mistake.what);
        }
    };
    let numbers = cloze.numbers();
    assert!(numbers.is_sorted_by(|one, other| one < other) && !numbers.is_empty());
    assert!(numbers.iter().all(|number| (1..=LARGEST_NUMBER).contains(number)));
    let other = (1..).find(|number| !numbers.contains(number)).unwrap();
    let whole = cloze.question(other);
    assert_eq!((cloze.answer(other), cloze.gaps(other)), (whole.clone(), vec![]), "no such number");
    for number in &numbers {
        asks(&text, &cloze, *number, &whole);
    }

    let note = Note {
        id: None,
        line: 1,
        front: text.clone().into_owned(),
        back: Answer::Text(String::new()),
        reverse: false,
        cloze: true,
        details: Details::default(),
    };
    let cards = note.cards("key");
    assert_eq!(cards.len(), numbers.len());
    let sides = cloze.sides();
    for (card, number) in cards.iter().zip(&numbers) {
        let side = &sides[number];
        assert_eq!(card.id.as_str(), format!("key/{side}"));
        assert!(is_id(side) && (side.starts_with("c-") || *side == format!("c{number}")), "{side}");
        assert_eq!((card.kind, &card.front), (Kind::Cloze, &cloze.question(*number)));
        assert_eq!(card.back, Answer::Text(cloze.answer(*number)));
    }
    reads_back(&Head::default(), &[&note]);
    let deck = write::deck(&Head::default(), &[&note]);
    let written = retain::deck::yaml::read(deck.as_bytes(), "decks/d.yaml").deck.unwrap();
    keeps_every_other_byte(&deck, &written.notes);

    let hints = numbers.iter().filter(|number| !cloze.question(**number).contains("[...]"));
    let gaps: usize = numbers.iter().map(|number| cloze.gaps(*number).len()).sum();
    let bold = numbers.iter().map(|number| cloze::bold_parts(&cloze.answer(*number)).len());
    let figures = [numbers.len().min(4), gaps.min(5), bold.sum::<usize>().min(5)];
    format!("{figures:?} {} {}", hints.count().min(2), whole.contains('\n'))
}

/// Checks what one number of a text asks for; `whole` is the text with all gaps filled in.
fn asks(text: &str, cloze: &Cloze, number: u32, whole: &str) {
    let (question, answer) = (cloze.question(number), cloze.answer(number));
    let gaps = cloze.gaps(number);
    assert!(!gaps.is_empty() && question.contains('['), "{question:?}");
    for gap in &gaps {
        assert!(!gap.is_empty() && gap.trim() == gap && whole.contains(&**gap), "{gap:?}");
    }
    let bold = cloze::bold_parts(&answer);
    assert!(!bold.is_empty());
    if !text.contains('*') {
        assert_eq!(answer.replace("**", ""), whole, "the answer is the whole text");
        // Of gaps within each other only the outermost is bold, with all that is in it.
        let mut all = gaps.iter();
        assert!(bold.iter().all(|bold| all.any(|gap| gap == bold)), "{bold:?} of {gaps:?}");
        assert!(gaps.iter().all(|gap| bold.iter().any(|bold| bold.contains(&**gap))), "{answer:?}");
    }
    if text.contains(['[', ']', '*'])
        || question.matches('[').count() != question.matches("[...]").count()
    {
        return; // a hint may say anything
    }
    assert_eq!(question.matches("[...]").count(), bold.len(), "{question:?} of {answer:?}");
    let mut rest = whole;
    for piece in question.split("[...]") {
        let at = rest.find(piece);
        rest = &rest[at.expect("what is asked around a gap is in the whole text") + piece.len()..];
    }
    let is_word = |gap: &&String| gap.chars().all(char::is_alphanumeric);
    for gap in gaps.iter().filter(is_word).filter(|gap| whole.matches(&***gap).count() == 1) {
        assert!(!question.contains(&**gap), "{question:?} tells {gap:?}");
    }
}

/// An answer that was typed, and what was wanted.
#[derive(Default)]
struct Exam {
    typed: Vec<String>,
    wanted: Vec<String>,
    details: Details,
    is_list: bool,
    strict: bool,
}

impl Exam {
    /// Reads an exam: lines that begin with `>` were typed, those with `=` are wanted, those with
    /// `|` also count, one with `!` says how it is judged; all others go on with the one above.
    fn read(text: &str) -> Exam {
        let mut exam = Exam::default();
        let mut last = '=';
        for line in text.split('\n') {
            let mark = line.chars().next().filter(|first| ">=|!".contains(*first));
            let said = mark.map_or(line, |_| &line[1..]);
            let said = said.strip_prefix(' ').filter(|_| mark.is_some()).unwrap_or(said);
            last = mark.unwrap_or(last);
            let texts = match last {
                '>' => &mut exam.typed,
                '|' => &mut exam.details.accept,
                '=' => &mut exam.wanted,
                _ => {
                    exam.options(said);
                    continue;
                }
            };
            match (mark, texts.last_mut()) {
                (None, Some(text)) => *text += &format!("\n{said}"),
                _ => texts.push(said.to_owned()),
            }
        }
        exam.is_list |= exam.wanted.len() != 1;
        exam
    }

    fn options(&mut self, said: &str) {
        for word in said.split_whitespace() {
            match word {
                "list" => self.is_list = true,
                "ordered" => self.details.ordered = Some(true),
                "strict" => self.strict = true,
                _ => self.details.need = word.parse().ok().or(self.details.need),
            }
        }
    }

    fn back(&self) -> Answer {
        match self.is_list {
            true => Answer::List(self.wanted.clone()),
            false => Answer::Text(self.wanted[0].clone()),
        }
    }

    fn judged(&self, typed: &[String], details: &Details) -> Judgement {
        answer::judge(typed, &self.back(), details, !self.strict)
    }

    /// Returns what of it is no answer: blank. What else is there is one, be it a sign only.
    fn blank(texts: &[String]) -> bool {
        texts.iter().all(|text| text.trim().is_empty())
    }
}

/// Judges a typed answer.
pub fn typed(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let exam = Exam::read(&text);
    let (typed, details) = (&exam.typed, &exam.details);
    let judgement = exam.judged(typed, details);
    assert_eq!(exam.judged(typed, details), judgement, "judged twice");
    is_sound(&exam, &judgement);

    // The answer itself is right, and so is what was typed once it counts.
    let is_empty = exam.wanted.iter().any(|text| text.trim().is_empty()) || exam.wanted.is_empty();
    let itself = exam.judged(&exam.wanted, &Details { accept: Vec::new(), ..details.clone() });
    if !is_empty {
        assert_eq!(itself.verdict, Verdict::Right, "{itself:?}");
        assert!(itself.items.iter().all(|item| item.verdict == Verdict::Right), "{itself:?}");
        assert_eq!(itself.extra, [""; 0]);
    }
    for wording in [typed.join("\n"), typed.join(", ")] {
        let mut accept = details.accept.clone();
        accept.push(wording.clone());
        let counted = exam.judged(typed, &Details { accept, ..details.clone() });
        let is_said = exam.is_list || !wording.contains(", ");
        if !Exam::blank(typed) && is_said {
            assert_eq!(counted.verdict, Verdict::Right, "{wording:?} is accepted");
        }
    }
    if let (false, [wanted], [said]) = (exam.is_list, &exam.wanted[..], &typed[..]) {
        let other = Exam { wanted: vec![said.clone()], strict: exam.strict, ..Exam::default() };
        let alone = Details::default();
        let (there, back) = (exam.judged(typed, &alone), other.judged(&exam.wanted, &alone));
        assert_eq!(there.verdict, back.verdict, "{said:?} for {wanted:?}, and the other way round");
        let framed = exam.judged(&[format!(" {said}\n")], &alone);
        assert_eq!(framed, there, "with blanks around it");
    }
    for (one, other) in typed.iter().zip(exam.wanted.iter().chain(&details.accept)) {
        assert_eq!(spelled(&word_difference(one, other)), (one.clone(), other.clone()));
        // What is folded is told as it is wanted.
        assert_eq!(spelled(&slips(one, other, !exam.strict)).1, *other);
    }

    let count = |verdict| judgement.items.iter().filter(|item| item.verdict == verdict).count();
    let verdicts = [Verdict::Right, Verdict::Near, Verdict::Wrong];
    let counts = verdicts.map(|verdict| count(verdict).min(3));
    format!(
        "{:?} {counts:?} {} {:?} {:?} {}",
        judgement.verdict,
        judgement.extra.len().min(3),
        details.ordered,
        details.need.map(|need| need.min(3)),
        details.accept.len().min(2),
    )
}

/// Checks a judgement against itself, and that nothing in it is of neither side.
fn is_sound(exam: &Exam, judgement: &Judgement) {
    let Judgement { verdict, items, extra } = judgement;
    assert_eq!(items.len(), exam.wanted.len(), "{judgement:?}");
    for item in items {
        assert_eq!(item.typed.is_none(), item.verdict == Verdict::Wrong, "{item:?}");
    }
    let right = items.iter().filter(|item| item.verdict == Verdict::Right).count();
    let named = items.iter().filter(|item| item.typed.is_some()).count();
    if Exam::blank(&exam.typed) {
        assert_eq!((*verdict, named), (Verdict::Wrong, 0), "nothing was typed: {judgement:?}");
    }
    if !exam.is_list {
        assert_eq!(*verdict, items[0].verdict, "{judgement:?}");
        assert!(extra.is_empty() || *verdict == Verdict::Wrong, "{judgement:?}");
    } else if exam.details.accept.is_empty() {
        let all = items.len();
        let needed = exam.details.need.map_or(all, |need| (need as usize).clamp(1, all.max(1)));
        let is_right = all > 0 && right >= needed && extra.is_empty();
        assert_eq!(*verdict == Verdict::Right, is_right, "{judgement:?}");
        assert!(named >= needed || *verdict == Verdict::Wrong, "{judgement:?}");
    }
    let size = |texts: &[String]| -> usize { texts.iter().map(String::len).sum() };
    let typed: Vec<String> = items.iter().filter_map(|item| item.typed.clone()).collect();
    assert!(size(&typed) + size(extra) <= size(&exam.typed) + exam.typed.len(), "{judgement:?}");
    let wanted: Vec<String> = items.iter().map(|item| item.wanted.clone()).collect();
    assert!(size(&wanted) <= size(&exam.wanted) + size(&exam.details.accept), "{judgement:?}");
}

/// Returns both texts that pieces of a difference spell; they have no empty or equal neighbours.
fn spelled(pieces: &[Piece]) -> (String, String) {
    let (mut old, mut new) = (String::new(), String::new());
    for piece in pieces {
        let (Piece::Same(text) | Piece::Gone(text) | Piece::New(text)) = piece;
        assert!(!text.is_empty(), "{pieces:?}");
        if !matches!(piece, Piece::New(_)) {
            old += text;
        }
        if !matches!(piece, Piece::Gone(_)) {
            new += text;
        }
    }
    let kind = std::mem::discriminant::<Piece>;
    assert!(pieces.windows(2).all(|pair| kind(&pair[0]) != kind(&pair[1])), "{pieces:?}");
    (old, new)
}

/// Shows a text as Markdown, on terminals of many widths and for those who listen.
pub fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let one_line = markdown::plain_text(&text);
    commands_nothing(&one_line);
    assert_eq!(text::one_line(&one_line), one_line);
    let is_visible = text.contains(|char: char| char.is_ascii_graphic());
    assert!(!is_visible || !one_line.is_empty(), "nothing is shown");
    // A table that is not read out may name its columns in each row, and an address comes once.
    let has_table = text.contains('|');
    let kept = text::harmless(&text);
    if !has_table && !kept.contains("](") {
        holds(&one_line, &kept);
    }
    // Blanks around what is left out may become code, whose lines end elsewhere when read out.
    let is_plain = !kept.contains(['|', '`', '~', '\t']) && !kept.contains("    ");
    for width in WIDTHS {
        let lines = markdown::shown(&text, width);
        assert_eq!(markdown::shown(&text::harmless(&text), width), lines, "shown harmless");
        for line in &lines {
            assert!(line.0.iter().all(|span| !span.text.is_empty()), "{line:?}");
            assert!(line.0.windows(2).all(|pair| pair[0].style != pair[1].style), "{line:?}");
        }
        let styled = lines.iter().map(Line::text).collect::<Vec<_>>().join("\n");
        let plain = markdown::plain(&text, width);
        let linear = markdown::linear(&text, width);
        for line in [&styled, &plain, &linear].into_iter().flat_map(|text| text.split('\n')) {
            commands_nothing(line);
            assert!(!line.ends_with(' '), "{line:?}");
            assert!(columns(line) <= width.max(2), "{line:?} in {width} columns");
        }
        assert!(text.contains('`') || plain == styled, "{plain:?} and {styled:?}");
        assert!(!is_plain || plain == linear, "{plain:?} and {linear:?}");
        assert_eq!(solid(&linear), solid(&one_line), "read out in {width} columns");
        if !has_table {
            assert_eq!(solid(&plain), solid(&one_line), "in {width} columns");
        }
    }
    if !text.contains('\r') {
        let other = text.replace('\n', "\r\n");
        assert_eq!(markdown::shown(&other, 40), markdown::shown(&text, 40), "with CR LF");
    }
    for name in markdown::media(&text) {
        assert!(!name.is_empty() && !name.contains([':', '#']) && !name.starts_with('/'));
    }

    let lines = markdown::shown(&text, 40);
    let spans = || lines.iter().flat_map(|line| &line.0);
    let with = |name, is: bool| if is { name } else { "" };
    format!(
        "{} {}{}{}{}{} {} {}",
        lines.len().min(4),
        with("b", spans().any(|span| span.style.bold)),
        with("i", spans().any(|span| span.style.italic)),
        with("c", spans().any(|span| span.style.code)),
        with("s", spans().any(|span| span.style.struck)),
        with("d", spans().any(|span| span.style.dim)),
        markdown::media(&text).len().min(2),
        one_line != text::one_line(&text),
    )
}

/// Checks that a line has no character that a terminal obeys.
fn commands_nothing(line: &str) {
    let is_bidi =
        |char| matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let is_isolate = |char| matches!(char, '\u{2066}'..='\u{2069}');
    let obeyed = |char: char| char.is_control() || is_bidi(char) || is_isolate(char);
    assert!(!line.contains(obeyed), "{line:?}");
    assert_eq!(text::harmless(line), line);
}

/// Returns the columns of a line, on terminals that show emoji in pieces too.
fn columns(line: &str) -> usize {
    line.chars().filter_map(UnicodeWidthChar::width).sum::<usize>().max(line.width())
}

/// Returns what does not depend on the width: neither blanks nor the marks before lines and rules.
fn solid(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && !matches!(char, '>' | '─')).collect()
}

/// Checks that what is alphanumeric in `part` comes in `whole`, in order.
fn holds(whole: &str, part: &str) {
    let mut left = whole.chars();
    let mut solid = part.chars().filter(|char| char.is_alphanumeric());
    assert!(solid.all(|char| left.any(|other| other == char)), "{whole:?} lacks some of {part:?}");
}
