//! Progress on standard error: a bar on a terminal that can draw one, a line now and then elsewhere. Standard output stays for results.
//!
//! The line is never wider than the terminal, and plain ASCII where the locale is not UTF-8.

use std::{
    cell::{Cell, RefCell},
    io::Write,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    environment::has_utf8,
    text::{bytes, seconds},
};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Columns of the bar at least, and at most.
const BAR: (usize, usize) = (10, 30);
/// Columns of the line from which on it has a bar.
const WITH_BAR: usize = 50;

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
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        // What is no terminal, or one that cannot move its cursor (TERM=dumb), would show nothing of it.
        let bar = (!bar.is_hidden()).then_some(bar);
        Self {
            bar,
            last_line: Cell::new(None),
            last_said: RefCell::default(),
        }
    }

    /// Shows where it stands.
    pub(crate) fn show(&self, at: &Standing<'_>) {
        match &self.bar {
            Some(bar) => {
                let columns = console::Term::stderr()
                    .size_checked()
                    .map_or(80, |(_, columns)| columns);
                // The last column stays free: some terminals begin a new line after it.
                bar.set_message(line(at, usize::from(columns).saturating_sub(1), has_utf8()));
            }
            None => {
                let changed = *self.last_said.borrow() != at.doing;
                let due = self.last_line.get().is_none_or(|last| last.elapsed() >= LINE_EVERY);
                if changed || due {
                    self.last_line.set(Some(Instant::now()));
                    at.doing.clone_into(&mut self.last_said.borrow_mut());
                    say(&words(at).join(separator(has_utf8())));
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

/// Percent, where the total is known.
fn share(at: &Standing<'_>) -> Option<u64> {
    let total = at.total.filter(|total| *total > 0)?;
    u64::try_from(u128::from(at.done.min(total)) * 100 / u128::from(total)).ok()
}

const fn separator(utf8: bool) -> &'static str {
    if utf8 { " · " } else { ", " }
}

/// All that is known, the most important first: what is being done, percent, amount, time left, speed.
fn words(at: &Standing<'_>) -> Vec<String> {
    let mut all = vec![at.doing.to_owned()];
    match (at.total, share(at)) {
        (Some(total), Some(share)) => {
            all.push(format!("{share}%"));
            all.push(format!("{} of {}", bytes(at.done), bytes(total)));
        }
        _ => all.push(bytes(at.done)),
    }
    all.extend(at.left.map(|left| format!("{} left", seconds(left))));
    all.extend(at.speed.map(|speed| format!("{}/s", bytes(speed))));
    all
}

/// The line for a terminal: as many of the words as fit, and a bar in front where there is room for it.
fn line(at: &Standing<'_>, columns: usize, utf8: bool) -> String {
    let all = words(at);
    let share = share(at).filter(|_| columns >= WITH_BAR);
    let room = if share.is_some() { columns - BAR.0 - 1 } else { columns };
    let fitting = (1..=all.len())
        .map(|count| all[..count].join(separator(utf8)))
        .take_while(|text| text.chars().count() <= room)
        .last();
    let Some(text) = fitting else {
        return at.doing.chars().take(columns).collect();
    };
    match share {
        Some(share) => format!(
            "{} {text}",
            drawn(share, (columns - text.chars().count() - 1).min(BAR.1), utf8)
        ),
        None => text,
    }
}

/// A bar of so many columns.
fn drawn(share: u64, columns: usize, utf8: bool) -> String {
    let (full, empty, edges) = if utf8 {
        ("█", "░", ("", ""))
    } else {
        ("#", "-", ("[", "]"))
    };
    let inner = columns - edges.0.len() - edges.1.len();
    let done = inner * usize::try_from(share.min(100)).unwrap_or(100) / 100;
    format!(
        "{}{}{}{}",
        edges.0,
        full.repeat(done),
        empty.repeat(inner - done),
        edges.1
    )
}

/// A line on standard error. A terminal that went away does not end a transfer.
pub(crate) fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDINGS: [Standing<'_>; 4] = [
        Standing {
            doing: "Uploading",
            done: 1_234_567_890,
            total: Some(3_000_000_000),
            speed: Some(12_300_000),
            left: Some(143),
        },
        Standing {
            doing: "Starting",
            done: 0,
            total: Some(0),
            speed: None,
            left: None,
        },
        Standing {
            doing: "Retrying in 3600 s",
            done: 999_949_999,
            total: None,
            speed: Some(999_949),
            left: None,
        },
        Standing {
            doing: "Downloading",
            done: u64::MAX,
            total: Some(u64::MAX),
            speed: Some(u64::MAX),
            left: Some(359_999),
        },
    ];

    #[test]
    fn the_line_fits_every_terminal() {
        for at in &STANDINGS {
            for columns in 1..=200 {
                for utf8 in [true, false] {
                    let line = line(at, columns, utf8);
                    assert!(line.chars().count() <= columns, "{columns}: {line}");
                    assert!(utf8 || line.is_ascii(), "{line}");
                    assert!(columns < at.doing.len() || line.contains(at.doing), "{columns}: {line}");
                }
            }
        }
    }

    #[test]
    fn it_says_as_much_as_there_is_room_for() {
        let at = &STANDINGS[0];
        assert_eq!(line(at, 19, true), "Uploading · 41%");
        assert_eq!(line(at, 40, true), "Uploading · 41% · 1.2 GB of 3.0 GB");
        assert_eq!(
            line(at, 79, true),
            "█████░░░░░░░░░ Uploading · 41% · 1.2 GB of 3.0 GB · 2 min 23 s left · 12.3 MB/s"
        );
        assert_eq!(
            line(at, 100, false),
            "[###########-----------------] Uploading, 41%, 1.2 GB of 3.0 GB, 2 min 23 s left, 12.3 MB/s"
        );
        assert_eq!(line(&STANDINGS[1], 40, false), "Starting, 0 B");
    }
}
