//! The person's own editor, at a line of a file.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGINT;

use super::environment::Environment;
use super::error::CliError;
use super::io::Io;

/// How an editor is told the line.
enum Line {
    /// `+12 FILE`.
    Plus,
    /// `FILE:12`, behind these flags.
    Colon(&'static [&'static str]),
    /// Not at all.
    Unknown,
}

/// Opens `path` at `line`, and waits until the editor has ended.
///
/// The editor is `VISUAL`, else `EDITOR`, else vi; either may have arguments, as a shell reads them.
///
/// # Errors
///
/// If it cannot be run, or says that it failed.
pub fn open(
    path: &Path,
    line: u32,
    environment: &Environment,
    io: &mut Io,
) -> Result<(), CliError> {
    io.flush()?;
    let editor = environment.editor.as_deref().unwrap_or("vi");
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("exec {editor} \"$@\"")).arg(editor);
    let place = |path: &Path| format!("{}:{line}", path.display());
    match line_for(editor) {
        Line::Plus => command.arg(format!("+{line}")).arg(path),
        Line::Colon(flags) => command.args(flags).arg(place(path)),
        Line::Unknown => command.arg(path),
    };
    if !io.interactive {
        // What is there to read is ours.
        command.stdin(Stdio::null());
    }
    // Ctrl-C in an editor is the editor's affair.
    let ends_us = interrupt_ends_us()?;
    ends_us.store(false, Ordering::SeqCst);
    let ended = command.status();
    // Where a question is drawn, whoever draws it takes signals.
    ends_us.store(io.lines_only || !io.interactive, Ordering::SeqCst);
    let hint = "set VISUAL or EDITOR to an editor that you have, such as `nano`";
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CliError::failed(format!("the editor `{editor}` failed: {status}"))
            .hint(if matches!(status.code(), Some(126 | 127)) {
                hint
            } else {
                "what it saved is in the file"
            })),
        Err(error) => {
            Err(CliError::failed(format!("the editor `{editor}` cannot be run: {error}"))
                .hint(hint))
        }
    }
}

/// Returns whether Ctrl-C ends the program; it does until somebody says otherwise.
///
/// A handler that was there once never gives the system's own way back, so there is one for good.
fn interrupt_ends_us() -> Result<Arc<AtomicBool>, CliError> {
    static ENDS_US: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(flag) = ENDS_US.get() {
        return Ok(flag.clone());
    }
    let flag = Arc::new(AtomicBool::new(true));
    signal_hook::flag::register_conditional_default(SIGINT, flag.clone())?;
    Ok(ENDS_US.get_or_init(|| flag).clone())
}

fn line_for(editor: &str) -> Line {
    let program = editor.split_whitespace().next().unwrap_or_default();
    match program.rsplit('/').next().unwrap_or_default() {
        "vi" | "vim" | "nvim" | "view" | "gvim" | "nano" | "pico" | "emacs" | "emacsclient"
        | "micro" | "kak" | "joe" | "jed" | "mg" | "ne" | "kate" | "gedit" => Line::Plus,
        "hx" | "helix" | "zed" => Line::Colon(&[]),
        "code" | "codium" | "code-insiders" => Line::Colon(&["--wait", "--goto"]),
        "subl" => Line::Colon(&["--wait"]),
        _ => Line::Unknown,
    }
}
