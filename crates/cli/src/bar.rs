//! Progress on standard error: a bar on a terminal, a line now and then elsewhere. Standard output stays for results.

use std::{
    cell::{Cell, RefCell},
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text::{bytes, seconds};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Where a transfer stands, in words and numbers.
pub(crate) struct Standing<'a> {
    pub(crate) doing: &'a str,
    pub(crate) done: u64,
    pub(crate) total: Option<u64>,
    pub(crate) speed: Option<u64>,
    pub(crate) left: Option<u64>,
}

/// The progress of one command.
pub(crate) struct Bar {
    bar: Option<ProgressBar>,
    last_line: Cell<Option<Instant>>,
    last_said: RefCell<String>,
}

impl Bar {
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            last_line: Cell::new(None),
            last_said: RefCell::default(),
        }
    }

    /// Shows where it stands.
    pub(crate) fn show(&self, at: &Standing<'_>) {
        let share = at
            .total
            .filter(|total| *total > 0)
            .map(|total| at.done.min(total) * 100 / total);
        let mut words = match (at.total, share) {
            (Some(total), Some(share)) => {
                format!("{} · {share} % · {} of {}", at.doing, bytes(at.done), bytes(total))
            }
            _ => format!("{} · {}", at.doing, bytes(at.done)),
        };
        if let Some(speed) = at.speed {
            words += &format!(" · {}/s", bytes(speed));
        }
        if let Some(left) = at.left {
            words += &format!(" · {} left", seconds(left));
        }
        match &self.bar {
            Some(bar) => {
                if let Some(total) = at.total {
                    bar.set_length(total);
                }
                bar.set_position(at.done);
                bar.set_message(words);
            }
            None => {
                let changed = *self.last_said.borrow() != at.doing;
                let due = self.last_line.get().is_none_or(|last| last.elapsed() >= LINE_EVERY);
                if changed || due {
                    self.last_line.set(Some(Instant::now()));
                    at.doing.clone_into(&mut self.last_said.borrow_mut());
                    say(&words);
                }
            }
        }
    }

    /// Says a line above the bar.
    pub(crate) fn say(&self, words: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(words)),
            None => say(words),
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line on standard error. A terminal that went away does not end a transfer.
pub(crate) fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// A line on standard output.
pub(crate) fn print(words: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{words}")?;
    out.flush()
}
