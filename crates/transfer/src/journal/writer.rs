//! The task that writes a journal beside everything else. Requests that arrive during one write go into the next one.

use futures::{
    StreamExt,
    channel::{mpsc::UnboundedReceiver, oneshot},
};

use super::storage::Journal;
use crate::error::TransferError;

/// A request to the writer.
pub(crate) enum WriteRequest {
    /// A line to write.
    Line(String),
    /// Answered when everything before it survives a crash.
    Flush(oneshot::Sender<()>),
}

/// Writes the lines of one upload, in order and several at a time.
pub(crate) struct JournalWriter<'a, J: Journal> {
    storage: &'a J,
    requests: UnboundedReceiver<WriteRequest>,
}

impl<'a, J: Journal> JournalWriter<'a, J> {
    pub(super) const fn new(storage: &'a J, requests: UnboundedReceiver<WriteRequest>) -> Self {
        Self { storage, requests }
    }

    /// Writes until the handle is closed. A failure ends it, and every flush that waits.
    pub(crate) async fn write(mut self) -> Result<(), TransferError> {
        while let Some(first) = self.requests.next().await {
            let (mut lines, mut waiting) = (Vec::new(), Vec::new());
            let mut next = Some(first);
            while let Some(note) = next {
                match note {
                    WriteRequest::Line(line) => lines.push(line),
                    WriteRequest::Flush(done) => waiting.push(done),
                }
                next = self.requests.try_recv().ok();
            }
            if !lines.is_empty() {
                self.storage.append_all(&lines).await?;
            }
            // A receiver that is gone no longer waits.
            waiting.into_iter().for_each(|done| done.send(()).unwrap_or_default());
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
    use crate::error::DeviceFault;

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
                return Err(TransferError::device(DeviceFault::Journal, "full"));
            }
            Ok(())
        }
        async fn remove(&self) {}
    }

    #[test]
    fn requests_during_a_write_go_into_the_next_one_and_a_flush_waits_for_it() {
        let journal = Slow::default();
        let (requests, received) = unbounded();
        let write = |text: &str| {
            requests
                .unbounded_send(WriteRequest::Line(text.to_owned()))
                .expect("the writer runs")
        };
        write("one");
        let work = async {
            futures::pending!();
            write("two");
            write("three");
            let (done, flushed) = oneshot::channel();
            requests
                .unbounded_send(WriteRequest::Flush(done))
                .expect("the writer runs");
            flushed.await.expect("it is written");
            assert_eq!(journal.0.borrow().concat(), ["one", "two", "three"]);
            requests.close_channel();
        };
        let (written, ()) = block_on(join(
            polled(JournalWriter::new(&journal, received).write()),
            polled(work),
        ));
        written.expect("it is written");
        assert_eq!(*journal.0.borrow(), [vec!["one"], vec!["two", "three"]]);
    }

    #[test]
    fn a_write_that_fails_ends_the_writer_and_the_flush_that_waits() {
        let journal = Slow::default();
        let (requests, received) = unbounded();
        requests
            .unbounded_send(WriteRequest::Line("bad".to_owned()))
            .expect("the writer runs");
        let (done, flushed) = oneshot::channel();
        requests
            .unbounded_send(WriteRequest::Flush(done))
            .expect("the writer runs");
        let (written, flushed) = block_on(join(polled(JournalWriter::new(&journal, received).write()), flushed));
        written.expect_err("the disk is full");
        flushed.expect_err("it was not written");
    }

    /// Polls again immediately, where the future asks for nothing.
    async fn polled<F: Future>(future: F) -> F::Output {
        futures::pin_mut!(future);
        core::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            future.as_mut().poll(context)
        })
        .await
    }
}
