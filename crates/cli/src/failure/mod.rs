//! What went wrong, in sentences: what happened, what is safe, what to do. And the exit code that goes with it.

pub(crate) mod explain;
pub(crate) mod explain_link;
mod explain_problem;
mod explain_refusal;
#[cfg(test)]
mod tests;

/// A command that did not come to its end.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process ends with.
    pub(crate) code: u8,
    /// For a person.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Wrong use.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(2, message)
    }

    /// A file that cannot be sent as it is.
    pub(crate) fn source(message: impl Into<String>) -> Self {
        Self::new(7, message)
    }

    /// With one more sentence.
    pub(crate) fn and(mut self, sentence: &str) -> Self {
        self.message = join(&[&self.message, sentence]);
        self
    }

    /// Anything that has no code of its own.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(1, message)
    }
}

/// Which way the bytes were going: it decides what is safe and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Sending,
    Receiving,
    /// Receiving to standard output, which takes nothing back.
    ReceivingToOutput,
    /// Receiving, and what arrived is kept for the next run.
    ReceivingInPart,
    Asking,
    Revoking,
}

impl Doing {
    /// What is safe, after a failure.
    pub(crate) const fn what_is_safe(self) -> &'static str {
        match self {
            Self::Sending => "No link was made. Your files are not touched.",
            Self::Receiving => "No incomplete file was left and the download was not counted.",
            Self::ReceivingToOutput => {
                "What was written so far is incomplete, so do not use it. The download was not counted."
            }
            Self::ReceivingInPart => {
                "Your progress is kept and the download was not counted: run the same command to resume, or add \
                 --discard to delete it."
            }
            Self::Asking => "",
            Self::Revoking => "Nothing was changed.",
        }
    }
}

fn join(sentences: &[&str]) -> String {
    let said: Vec<&str> = sentences.iter().copied().filter(|one| !one.is_empty()).collect();
    said.join(" ")
}
