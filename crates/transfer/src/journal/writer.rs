//! Writes what is noted, beside everything else: what came while one write was under way goes into the next one.

use futures::{
    StreamExt,
    channel::{mpsc::UnboundedReceiver, oneshot},
};

use super::storage::Journal;
use crate::error::TransferError;

/// What a scribe is told.
pub(crate) enum Note {
    /// A line to write.
    Line(String),
    /// Somebody waits until everything before this survives a crash.
    Tell(oneshot::Sender<()>),
}

/// Writes the lines of one upload.
pub(crate) struct Scribe<'a, J: Journal> {
    journal: &'a J,
    noted: UnboundedReceiver<Note>,
}

impl<'a, J: Journal> Scribe<'a, J> {
    pub(super) const fn new(journal: &'a J, noted: UnboundedReceiver<Note>) -> Self {
        Self { journal, noted }
    }

    /// Writes until nothing more will be noted. A failure ends it, and with it all who wait.
    pub(crate) async fn write(mut self) -> Result<(), TransferError> {
        while let Some(first) = self.noted.next().await {
            let (mut lines, mut waiting) = (Vec::new(), Vec::new());
            let mut next = Some(first);
            while let Some(note) = next {
                match note {
                    Note::Line(line) => lines.push(line),
                    Note::Tell(tell) => waiting.push(tell),
                }
                next = self.noted.try_recv().ok();
            }
            if !lines.is_empty() {
                self.journal.append_all(&lines).await?;
            }
            // Who no longer waits does not mind.
            waiting.into_iter().for_each(|tell| tell.send(()).unwrap_or_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::{channel::mpsc::unbounded, executor::block_on, future::join};
    use sealdrop_crypto::DeviceKey;

    use super::*;

    /// A disk that needs a moment for each write.
    #[derive(Default)]
    struct Slow(RefCell<Vec<Vec<String>>>);

    impl Journal for Slow {
        type Key = DeviceKey;
        fn key(&self) -> Option<&DeviceKey> {
            None
        }
        async fn append(&self, _: &str) -> Result<(), TransferError> {
            unreachable!("several at a time")
        }
        async fn append_all(&self, lines: &[String]) -> Result<(), TransferError> {
            futures::pending!();
            self.0.borrow_mut().push(lines.to_vec());
            if lines.iter().any(|line| line == "bad") {
                return Err(TransferError::Device("full".to_owned()));
            }
            Ok(())
        }
        async fn remove(&self) {}
    }

    #[test]
    fn what_comes_during_a_write_goes_into_the_next_one_and_telling_waits_for_it() {
        let journal = Slow::default();
        let (notes, noted) = unbounded();
        let note = |text: &str| notes.unbounded_send(Note::Line(text.to_owned())).expect("it listens");
        note("one");
        let work = async {
            futures::pending!();
            note("two");
            note("three");
            let (tell, told) = oneshot::channel();
            notes.unbounded_send(Note::Tell(tell)).expect("it listens");
            told.await.expect("it is told");
            assert_eq!(journal.0.borrow().concat(), ["one", "two", "three"]);
            notes.close_channel();
        };
        let (written, ()) = block_on(join(nudged(Scribe::new(&journal, noted).write()), nudged(work)));
        written.expect("it is written");
        assert_eq!(*journal.0.borrow(), [vec!["one"], vec!["two", "three"]]);
    }

    #[test]
    fn a_write_that_fails_ends_it_and_who_waits_hears_so() {
        let journal = Slow::default();
        let (notes, noted) = unbounded();
        notes.unbounded_send(Note::Line("bad".to_owned())).expect("it listens");
        let (tell, told) = oneshot::channel();
        notes.unbounded_send(Note::Tell(tell)).expect("it listens");
        let (written, told) = block_on(join(nudged(Scribe::new(&journal, noted).write()), told));
        written.expect_err("the disk is full");
        told.expect_err("it was not written");
    }

    /// Polls again at once, where the future asks for nothing.
    async fn nudged<F: Future>(future: F) -> F::Output {
        futures::pin_mut!(future);
        core::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            future.as_mut().poll(context)
        })
        .await
    }
}
