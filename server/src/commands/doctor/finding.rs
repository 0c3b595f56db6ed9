//! What a check found: what it is called, what was seen, why it matters, and what to do.

use serde::Serialize;

/// How bad it is. The order is that of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// Something that people need does not work.
    Failed,
    /// It works, and costs money or surprises later.
    Warning,
    /// It could not be looked at.
    Skipped,
    /// It is as it should be.
    Ok,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Failed => "FAILED",
            Self::Warning => "warning",
            Self::Skipped => "skipped",
            Self::Ok => "ok",
        }
    }
}

/// One finding. Holds no secret and no signed address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at, such as `database` or `CORS`.
    pub(super) check: &'static str,
    pub(super) level: Level,
    /// Its name for scripts; none where all is well.
    pub(super) code: Option<&'static str>,
    /// What was seen.
    pub(super) seen: String,
    /// Why that matters.
    pub(super) why: Option<String>,
    /// What to do.
    pub(super) mend: Option<String>,
    /// Whether `doctor --fix` mends it.
    pub(super) fixable: bool,
}

/// Something that is not as it should be, and is no finding before it says what to do.
#[must_use]
pub(super) struct Unmended(Finding);

impl Unmended {
    pub(super) fn because(self, why: impl Into<String>) -> Self {
        Self(self.0.because(why))
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Finding {
        self.0.mend = Some(mend.into());
        self.0
    }
}

impl Finding {
    pub(super) fn ok(check: &'static str, seen: impl Into<String>) -> Self {
        Self {
            check,
            level: Level::Ok,
            code: None,
            seen: seen.into(),
            why: None,
            mend: None,
            fixable: false,
        }
    }

    pub(super) fn failed(check: &'static str, code: &'static str, seen: impl Into<String>) -> Unmended {
        Self::wrong(Level::Failed, check, code, seen)
    }

    pub(super) fn warning(check: &'static str, code: &'static str, seen: impl Into<String>) -> Unmended {
        Self::wrong(Level::Warning, check, code, seen)
    }

    pub(super) fn skipped(check: &'static str, code: &'static str, seen: impl Into<String>) -> Unmended {
        Self::wrong(Level::Skipped, check, code, seen)
    }

    fn wrong(level: Level, check: &'static str, code: &'static str, seen: impl Into<String>) -> Unmended {
        Unmended(Self {
            level,
            code: Some(code),
            ..Self::ok(check, seen)
        })
    }

    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// `doctor --fix` does it.
    pub(super) fn fixable(mut self) -> Self {
        self.fixable = true;
        self
    }

    /// One line, and two more where something is to be done.
    pub(super) fn text(&self) -> String {
        let code = self.code.map(|code| format!(" [{code}]")).unwrap_or_default();
        let mut text = format!("{:<14} {:<7} {}{code}", self.check, self.level.word(), self.seen);
        for (word, said) in [("why", &self.why), ("do", &self.mend)] {
            if let Some(said) = said {
                text.push_str(&format!("\n{:<14} {word:<7} {said}", ""));
            }
        }
        text
    }
}
