//! A refusal must be heard. An answer that comes before its request was read ends the connection under a client that
//! is still sending: it then sees a broken pipe instead of "403, sign again". So what is left of a refused body is
//! read and thrown away, up to a point.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use s3s::StdError;

/// Most bytes that are read for nothing: a part as our clients cut them, and some.
const MAX_BYTES: u64 = 16 << 20;
/// Longest time that is spent on it.
const MAX_TIME: Duration = Duration::from_secs(30);

type BoxBody = Pin<Box<dyn Body<Data = Bytes, Error = StdError> + Send>>;

struct Slot {
    body: BoxBody,
    touched: bool,
}

/// The body as the protocol reads it.
pub(crate) struct LentBody(Arc<Mutex<Slot>>);

/// What the protocol leaves of it.
pub(crate) struct UnreadBody {
    slot: Arc<Mutex<Slot>>,
    /// The client waits for a word before it sends: without one, it sends nothing.
    expects_continue: bool,
}

pub(crate) fn lend<B>(body: B, expects_continue: bool) -> (LentBody, UnreadBody)
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    let body: BoxBody = Box::pin(body.map_err(|error| Box::new(error) as StdError));
    let slot = Arc::new(Mutex::new(Slot { body, touched: false }));
    (LentBody(Arc::clone(&slot)), UnreadBody { slot, expects_continue })
}

impl UnreadBody {
    /// Call it with the answer in hand. Reading goes on while the answer travels. Returns whether the connection ends instead, which the
    /// answer has to say (RFC 9110, 10.1.1): a client that asked to be told to send may send or not, so nothing can follow.
    pub(crate) fn discard(self) -> bool {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let never_sent = self.expects_continue && !slot.touched;
        if slot.body.is_end_stream() || never_sent {
            return never_sent && !slot.body.is_end_stream();
        }
        drop(slot);
        let mut rest = LentBody(self.slot);
        tokio::spawn(tokio::time::timeout(MAX_TIME, async move {
            let mut read = 0;
            while read < MAX_BYTES {
                match rest.frame().await {
                    Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len) as u64,
                    _ => break,
                }
            }
        }));
        false
    }
}

impl Body for LentBody {
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.touched = true;
        slot.body.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .body
            .is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn a_body_that_was_never_asked_for_ends_its_connection() {
        let ends = async |bytes: &'static [u8], expects_continue, is_read| {
            let (mut lent, left) = lend(Full::new(Bytes::from_static(bytes)), expects_continue);
            if is_read {
                let _ = lent.frame().await;
            }
            left.discard()
        };
        assert!(ends(b"part", true, false).await, "it may come or not");
        assert!(!ends(b"part", true, true).await, "it was asked for");
        assert!(
            !ends(b"part", false, false).await,
            "it comes anyway, and is thrown away"
        );
        assert!(!ends(b"", true, false).await, "there is none");
    }
}
