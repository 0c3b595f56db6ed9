//! An answer on its way to a reader. It holds a turn, and nobody can make a reader read: who takes nothing for a while
//! gives the turn back, and takes one again when it reads on. A download that a person paused goes on either way.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, stream};
use s3s::{S3Request, S3Result, dto};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
    time::Instant,
};

use super::Bucket;
use crate::store::ObjectReader;

/// A turn to send, for as long as its reader reads.
pub(super) struct Turn {
    turns: Arc<Semaphore>,
    max_wait: Duration,
    stall: Duration,
    held: Arc<Mutex<Held>>,
    watch: AbortHandle,
}

struct Held {
    /// None once it was taken away.
    permit: Option<OwnedSemaphorePermit>,
    /// When the reader last asked for bytes or got some.
    taken: Instant,
}

impl Bucket {
    /// A turn among those who sign with the keys, as the server itself does, or among strangers with a URL.
    pub(super) async fn turn_to_send(&self, req: &S3Request<dto::GetObjectInput>) -> S3Result<Turn> {
        // `s3s` goes by the URL where a request has both.
        let presigned = req.uri.query().is_some_and(|query| query.contains("X-Amz-Signature"));
        let by_owner = !presigned && req.headers.contains_key(http::header::AUTHORIZATION);
        let turns = if by_owner {
            &self.sending_to_owner
        } else {
            &self.sending
        };
        let held = Arc::new(Mutex::new(Held {
            permit: Some(self.turn(turns).await?),
            taken: Instant::now(),
        }));
        Ok(Turn {
            turns: Arc::clone(turns),
            max_wait: self.max_wait,
            stall: self.send_stall,
            watch: watch(&held, self.send_stall),
            held,
        })
    }
}

impl Turn {
    /// The reader is there: the turn is kept, or another one waited for.
    async fn go_on(&mut self) -> io::Result<()> {
        {
            let mut held = lock(&self.held);
            if held.permit.is_some() {
                held.taken = Instant::now();
                return Ok(());
            }
        }
        let waiting = tokio::time::timeout(self.max_wait, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(permit)) = waiting.await else {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "too many transfers at once"));
        };
        *lock(&self.held) = Held {
            permit: Some(permit),
            taken: Instant::now(),
        };
        self.watch = watch(&self.held, self.stall);
        Ok(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// Takes the turn away from a reader that has stopped. Nobody asks the stream itself meanwhile, so it cannot look.
fn watch(held: &Arc<Mutex<Held>>, stall: Duration) -> AbortHandle {
    let held: Weak<Mutex<Held>> = Arc::downgrade(held);
    let watching = async move {
        while let Some(held) = held.upgrade() {
            let due = {
                let mut held = lock(&held);
                let due = held.taken + stall;
                if due <= Instant::now() {
                    held.permit = None;
                    return;
                }
                due
            };
            drop(held);
            tokio::time::sleep_until(due).await;
        }
    };
    tokio::spawn(watching).abort_handle()
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes of an answer, read when the reader asks for more.
pub(super) fn pieces(reader: ObjectReader, turn: Turn) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((reader, turn), |(mut reader, mut turn)| async move {
        turn.go_on()
            .await
            .inspect_err(|error| tracing::debug!(%error, "a paused reader is cut off"))?;
        let (piece, reader) = tokio::task::spawn_blocking(move || (reader.next_piece(), reader))
            .await
            .map_err(io::Error::other)?;
        // An answer that has begun can only be cut off; the client sees that it is short.
        let piece = piece.inspect_err(|error| tracing::error!(%error, "an object could not be read to its end"))?;
        lock(&turn.held).taken = Instant::now();
        Ok(piece.map(|piece| (Bytes::from(piece), (reader, turn))))
    })
}
