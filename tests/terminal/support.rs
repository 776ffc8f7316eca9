//! A home, the program in it, and a terminal to run it on.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use expectrl::process::Process;
use expectrl::process::unix::UnixProcess;
use rusqlite::Connection;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use tempfile::TempDir;

/// The day on which these tests happen, unless they say otherwise.
pub const TODAY: &str = "2026-11-24T12:00:00+01:00";
/// The day after.
pub const TOMORROW: &str = "2026-11-25T12:00:00+01:00";

/// What is waited for comes much sooner, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// So long after the last thing that was shown, a key is surely meant for it (150 ms are refused).
const HEARD: Duration = Duration::from_millis(230);

/// A process is begun by one thread at a time: what a terminal opens meanwhile would be inherited
/// by somebody else's child.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static SPAWNING: Mutex<()> = Mutex::new(());
    SPAWNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A home of its own, deleted at the end.
pub struct Home {
    folder: TempDir,
    now: String,
}

impl Home {
    /// A folder that is not a home yet.
    pub fn fresh() -> Home {
        Home { folder: tempfile::tempdir().unwrap(), now: TODAY.into() }
    }

    /// A home with the starter decks.
    pub fn starter() -> Home {
        let home = Home::fresh();
        assert!(home.run(&["init", "--starter"]).status.success());
        home
    }

    /// A home with these decks, each a file name and its text.
    pub fn with(decks: &[(&str, &str)]) -> Home {
        let home = Home::fresh();
        for (name, text) in decks {
            home.write(name, text);
        }
        home
    }

    /// The same home at another time.
    pub fn at(&mut self, now: &str) {
        self.now = now.into();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a deck.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join("decks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The program in this home, with nothing from the surroundings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_retain"));
        command.args(arguments);
        self.surround(&mut command);
        command
    }

    fn surround(&self, command: &mut Command) {
        for variable in
            ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "COLORTERM", "CI"]
        {
            command.env_remove(variable);
        }
        command
            .env("RETAIN_HOME", self.path())
            .env("RETAIN_NOW", &self.now)
            .env("RETAIN_SEED", "7")
            .env("TERM", "xterm-256color")
            .env("TZ", "Europe/Berlin");
    }

    /// Runs the program to its end, without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.feed(arguments, "")
    }

    /// Runs the program to its end on these lines.
    pub fn feed(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = start(&mut self.command(arguments));
        // A program that ends early closes its input; that is its affair.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs the program and returns what it wrote to standard output; it must succeed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", shown(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the JSON that the program wrote; it must succeed.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(arguments)).unwrap()
    }

    /// Returns the history as the program tells it.
    pub fn history(&self) -> Vec<serde_json::Value> {
        let lines = self.ok(&["history", "--json"]);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Opens the database beside the program.
    pub fn database(&self) -> Connection {
        let db = Connection::open(self.path().join("retain.db")).unwrap();
        db.busy_timeout(PATIENCE).unwrap();
        db
    }

    /// Returns the answers that are in the history and not taken back, as card and rating.
    pub fn answers(&self) -> Vec<(String, i64)> {
        let db = self.database();
        let mut statement = db
            .prepare(
                "SELECT c.id, h.rating FROM history AS h JOIN card AS c ON c.key = h.card
                  WHERE h.kind = 'reviewed' AND lower(hex(h.id)) NOT IN
                    (SELECT extra ->> '$.target' FROM history WHERE kind = 'retracted')
                  ORDER BY h.seq",
            )
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

/// Begins a program with its streams in pipes.
pub fn start(command: &mut Command) -> Child {
    let _one = one_at_a_time();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Returns everything that a program wrote, for a failing test.
pub fn shown(output: &Output) -> String {
    format!(
        "{}\nstdout: {}\nstderr: {}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The program on a terminal, and a shell behind it that is there before and after.
pub struct Terminal {
    process: UnixProcess,
    master: File,
    seen: Arc<Mutex<Seen>>,
    /// From where on things are new.
    mark: usize,
    columns: u16,
    pid_file: PathBuf,
    _folder: TempDir,
}

struct Seen {
    bytes: Vec<u8>,
    last: Instant,
    closed: bool,
}

/// Rows of a terminal, where nobody says otherwise.
const ROWS: u16 = 30;

/// Keeps the terminal before and after the program, as a person's shell does.
const KEEPER: &str = "trap : INT
read -r go
sh -c 'echo $$ > \"$0\"; exec \"$@\"' \"$@\"
echo \"[status $?]\"
read -r go";

impl Terminal {
    /// Begins the program on a terminal of so many columns.
    pub fn start(home: &Home, columns: u16, arguments: &[&str]) -> Terminal {
        Terminal::start_with(home, columns, arguments, &[])
    }

    /// Begins a line of shell in which `$0` is the program.
    pub fn start_shell(home: &Home, columns: u16, line: &str) -> Terminal {
        let command = ["sh", "-c", line, env!("CARGO_BIN_EXE_retain")];
        Terminal::begin(home, (columns, ROWS), &command, &[])
    }

    /// Begins the program with more variables.
    pub fn start_with(
        home: &Home,
        columns: u16,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Terminal {
        Terminal::start_sized(home, (columns, ROWS), arguments, variables)
    }

    /// Begins the program on a terminal of so many columns and rows, with more variables.
    pub fn start_sized(
        home: &Home,
        size: (u16, u16),
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Terminal {
        let command = [&[env!("CARGO_BIN_EXE_retain")], arguments].concat();
        Terminal::begin(home, size, &command, variables)
    }

    fn begin(
        home: &Home,
        (columns, rows): (u16, u16),
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Terminal {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let mut command = Command::new("sh");
        command.arg("-c").arg(KEEPER).arg("sh").arg(&pid_file);
        command.args(arguments);
        home.surround(&mut command);
        command.envs(variables.iter().copied());
        let mut process = {
            let _one = one_at_a_time();
            UnixProcess::spawn_command(command).unwrap()
        };
        process.set_window_size(columns, rows).unwrap();
        // The pty is made without echo; a person's terminal has it.
        process.set_echo(true, None).unwrap();
        let master = process.get_raw_handle().unwrap();
        let seen =
            Arc::new(Mutex::new(Seen { bytes: Vec::new(), last: Instant::now(), closed: false }));
        let (mut reader, kept) = (master.try_clone().unwrap(), seen.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = reader.read(&mut buffer);
                let mut seen = kept.lock().unwrap();
                match read {
                    Ok(0) | Err(_) => return seen.closed = true,
                    Ok(count) => {
                        seen.bytes.extend_from_slice(&buffer[..count]);
                        seen.last = Instant::now();
                    }
                }
            }
        });
        let mut terminal =
            Terminal { process, master, seen, mark: 0, columns, pid_file, _folder: folder };
        terminal.send("\r");
        terminal
    }

    /// Writes keys at once.
    pub fn send(&mut self, keys: &str) {
        self.mark = self.seen.lock().unwrap().bytes.len();
        self.master.write_all(keys.as_bytes()).unwrap();
        self.master.flush().unwrap();
    }

    /// Waits until nothing more is shown, and so long that a key is heard; then presses it.
    pub fn press(&mut self, keys: &str) {
        loop {
            let last = self.seen.lock().unwrap().last;
            match HEARD.checked_sub(last.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left),
                _ => return self.send(keys),
            }
        }
    }

    /// Waits for a text that is shown after the last key; texts are best shorter than a line.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_for_either(text, text);
    }

    /// Waits for one of two texts that are shown after the last key.
    pub fn wait_for_either(&mut self, one: &str, other: &str) {
        self.wait(&format!("{one:?} or {other:?}"), |terminal| {
            let text = terminal.new_text();
            (text.contains(one) || text.contains(other)).then_some(())
        });
    }

    /// Waits until `find` finds something in what was shown.
    fn wait<T>(&self, what: &str, find: impl Fn(&Terminal) -> Option<T>) -> T {
        let begun = Instant::now();
        let mut looked_at = usize::MAX;
        loop {
            let (length, closed) = {
                let seen = self.seen.lock().unwrap();
                (seen.bytes.len(), seen.closed)
            };
            if length != looked_at
                && let Some(found) = find(self)
            {
                return found;
            }
            looked_at = length;
            if closed || begun.elapsed() > PATIENCE {
                panic!(
                    "{what} was never shown; what was, after the last key:\n{}\nand all:\n{}",
                    self.new_text(),
                    text_of(&self.output(), self.columns)
                );
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Returns how long ago something was shown last.
    pub fn shown_ago(&self) -> Duration {
        self.seen.lock().unwrap().last.elapsed()
    }

    /// Returns all that was shown, with its escape sequences.
    pub fn output_text(&self) -> String {
        String::from_utf8_lossy(&self.output()).into_owned()
    }

    /// Presses keys and waits for what they show.
    pub fn press_for(&mut self, keys: &str, text: &str) {
        self.press(keys);
        self.wait_for(text);
    }

    /// Returns what was shown since the last key, as text.
    pub fn new_text(&self) -> String {
        let seen = self.seen.lock().unwrap();
        text_of(&seen.bytes[self.mark..], self.columns)
    }

    /// Returns every byte that was shown.
    pub fn output(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    /// Makes the terminal another width.
    pub fn resize(&mut self, columns: u16) {
        self.process.set_window_size(columns, ROWS).unwrap();
        self.columns = columns;
    }

    /// Returns the process of the program, not of the shell behind it.
    pub fn pid(&self) -> u32 {
        let begun = Instant::now();
        loop {
            let text = fs::read_to_string(&self.pid_file).unwrap_or_default();
            if let Ok(pid) = text.trim().parse() {
                return pid;
            }
            assert!(begun.elapsed() < PATIENCE, "the program never began");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends a signal to the program.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for the end of the program and returns its status, 128 more than a signal.
    pub fn status(&self) -> i32 {
        self.wait("the end of the program", |terminal| {
            let bytes = terminal.output();
            let text = String::from_utf8_lossy(&bytes);
            let (_, rest) = text.rsplit_once("[status ")?;
            rest.split_once(']')?.0.parse().ok()
        })
    }

    /// Makes the terminal echo again and wait for lines, as a shell does that takes it.
    pub fn take_over(&self) {
        let mut modes = tcgetattr(&self.master).unwrap();
        modes.local_modes |= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(&self.master, OptionalActions::Now, &modes).unwrap();
    }

    /// Returns the modes of the terminal, as the shell behind the program has them.
    pub fn modes(&self) -> LocalModes {
        tcgetattr(&self.master).unwrap().local_modes
    }

    /// Waits for the end, and fails unless the terminal is as a shell needs it.
    pub fn ends_sane(&mut self, status: i32) {
        assert_eq!(self.status(), status, "{}", text_of(&self.output(), self.columns));
        let needed = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        assert!(self.modes().contains(needed), "{:?}", self.modes());
        let bytes = self.output();
        let screen = screen_of(&bytes, self.columns);
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!contains(&bytes, b"\x1b[?1049") && !contains(&bytes, b"\x1b[?47"), "not inline");
        let colour = screen.fgcolor();
        assert!(
            colour == vt100::Color::Default && !screen.bold() && !screen.dim(),
            "a colour is left on"
        );
    }
}

/// Sends a signal to a process.
pub fn signal(pid: u32, name: &str) {
    let mut kill = Command::new("sh");
    kill.arg("-c").arg(format!("kill -{name} {pid}"));
    // One that has ended already cannot be ended.
    start(&mut kill).wait_with_output().unwrap();
}

/// Returns the screen of a very tall terminal that was sent `bytes`.
pub fn screen_of(bytes: &[u8], columns: u16) -> vt100::Screen {
    let size = |number| NonZeroU16::new(number).unwrap();
    // No line takes less than a line feed, or a screen's width of bytes.
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let rows = (feeds + bytes.len() / usize::from(columns) + 2) as u16;
    let mut parser = vt100::Parser::new(size(rows), size(columns), 0);
    parser.process(bytes);
    parser.screen().clone()
}

/// Returns `bytes` as a person reads them on a terminal of so many columns.
pub fn text_of(bytes: &[u8], columns: u16) -> String {
    screen_of(bytes, columns).contents()
}

/// What was asked of a terminal besides text, colours and the places of a line editor's cursor.
#[derive(Default)]
struct Asked(Vec<String>);

impl vt100::Callbacks for Asked {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.0.push("a bell".into());
    }
    fn resize(&mut self, _: &mut vt100::Screen, size: (u16, u16)) {
        self.0.push(format!("a size of {size:?}"));
    }
    fn set_window_icon_name(&mut self, _: &mut vt100::Screen, name: &[u8]) {
        self.0.push(format!("an icon's name, {name:?}"));
    }
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.0.push(format!("a title, {title:?}"));
    }
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.0.push(format!("the clipboard, {data:?}"));
    }
    fn paste_from_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.0.push("what is in the clipboard".into());
    }
    fn unhandled_char(&mut self, _: &mut vt100::Screen, char: char) {
        // The mark that stands for what was taken out is one that this emulator asks about.
        if char != char::REPLACEMENT_CHARACTER {
            self.0.push(format!("{char:?}"));
        }
    }
    fn unhandled_control(&mut self, _: &mut vt100::Screen, byte: u8) {
        self.0.push(format!("control {byte}"));
    }
    fn unhandled_escape(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, byte: u8) {
        self.0.push(format!("escape {}", char::from(byte)));
    }
    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        _: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        end: char,
    ) {
        // That what is drawn appears at once.
        if parameters != [[2026]] {
            self.0.push(format!("a sequence, {parameters:?} {end}"));
        }
    }
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, parameters: &[&[u8]]) {
        self.0.push(format!("a command, {parameters:?}"));
    }
}

/// Returns what an emulator is asked for by `bytes`, besides what a line editor needs.
pub fn obeyed(bytes: &[u8]) -> Vec<String> {
    let size = |number| NonZeroU16::new(number).unwrap();
    let mut parser = vt100::Parser::new_with_callbacks(size(60), size(80), 0, Asked::default());
    parser.process(bytes);
    parser.callbacks().0.clone()
}

/// Returns the lines that did not fit and were broken by the terminal.
pub fn broken_lines(bytes: &[u8], columns: u16) -> Vec<String> {
    let screen = screen_of(bytes, columns);
    let rows: Vec<String> = screen.rows(0, columns).collect();
    let broken = |row: &usize| screen.row_wrapped(*row as u16);
    (0..rows.len()).filter(broken).map(|row| rows[row].clone()).collect()
}

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Returns what of `bytes` a terminal would obey or be misled by, our own colours aside.
pub fn active_in(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = Vec::new();
    let mut rest = text.as_ref();
    while let Some(char) = rest.chars().next() {
        if let Some(length) = colour(rest) {
            rest = &rest[length..];
            continue;
        }
        let harmless_return = char == '\r' && rest.starts_with("\r\n");
        let bad = match char {
            '\n' | '\t' => false,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
            '\u{2066}'..='\u{2069}' | '\u{feff}' => true,
            _ => char.is_control() && !harmless_return,
        };
        if bad {
            let mut around = String::new();
            let _ = write!(around, "{:?}", rest.chars().take(24).collect::<String>());
            found.push(around);
        }
        rest = &rest[char.len_utf8()..];
    }
    found
}

/// Returns how many colours and styles are switched on or off in `bytes`.
pub fn colours_in(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices('\u{1b}').filter(|(at, _)| colour(&text[*at..]).is_some()).count()
}

/// Returns how long the colour is with which `text` begins, if it does.
fn colour(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let length = inside.find(|char: char| !char.is_ascii_digit() && char != ';')?;
    inside[length..].starts_with('m').then_some(2 + length + 1)
}
