//! Lines that are asked for and may be seen: from the terminal, or from a program that writes them.

use std::io::Write as _;

use sealdrop_crypto::Zeroizing;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Stdin};

use crate::{failure::Failure, signals::stopped};

/// A line that is longer is no answer.
const LONGEST: u64 = 4096;

/// Standard input, line by line.
pub(crate) struct Input(BufReader<Stdin>);

impl Input {
    pub(crate) fn new() -> Self {
        Self(BufReader::new(tokio::io::stdin()))
    }

    /// Asks on standard error, and reads a line without its end; nothing where the input has ended.
    pub(crate) async fn ask(&mut self, question: &str) -> Result<Option<String>, Failure> {
        let _ = write!(std::io::stderr(), "{question}");
        let line = tokio::select! {
            line = self.line() => line?,
            () = stopped() => return Err(Failure::new(130, "Stopped.")),
        };
        if line.is_none() {
            let _ = writeln!(std::io::stderr());
        }
        Ok(line.map(|line| line.to_string()))
    }

    /// A line that is not asked for.
    pub(crate) async fn line(&mut self) -> Result<Option<Zeroizing<String>>, Failure> {
        let mut line = Zeroizing::new(Vec::with_capacity(256));
        let read = (&mut self.0).take(LONGEST).read_until(b'\n', &mut line).await;
        read.map_err(|error| Failure::usage(format!("Standard input cannot be read: {error}.")))?;
        if line.is_empty() {
            return Ok(None);
        }
        let text = std::str::from_utf8(&line).map_err(|_| Failure::usage("Standard input is not valid UTF-8."))?;
        Ok(Some(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned())))
    }
}
