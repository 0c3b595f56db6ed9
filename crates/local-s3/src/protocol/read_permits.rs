//! An answer on its way to a reader. It holds a turn, and nobody can make a reader read: who takes nothing for a while, or is
//! slowest where others wait, loses the turn, and takes one again when it reads on. A download that a person paused goes on
//! either way.

use std::io;

use bytes::Bytes;
use futures::{Stream, stream};
use s3s::{S3Request, S3Result, dto};

use super::{
    Bucket,
    fair_semaphore::{Claimant, Turn},
};
use crate::store::ObjectReader;

/// A turn to send, for as long as its reader reads.
pub(super) struct Sending {
    turn: Turn,
    who: Claimant,
}

impl Bucket {
    /// A turn among those who sign with the keys, as the server itself does, or among strangers with a URL.
    pub(super) async fn turn_to_send(&self, req: &S3Request<dto::GetObjectInput>) -> S3Result<Sending> {
        // `s3s` goes by the URL where a request has both.
        let presigned = req.uri.query().is_some_and(|query| query.contains("X-Amz-Signature"));
        let by_owner = !presigned && req.headers.contains_key(http::header::AUTHORIZATION);
        let turns = if by_owner {
            &self.sending_to_owner
        } else {
            &self.sending
        };
        let who = Claimant::of(req, &req.input.key);
        let turn = turns.take(&who).await?;
        Ok(Sending { turn, who })
    }
}

impl Sending {
    /// The reader is there: the turn is kept, or another one waited for.
    async fn go_on(&mut self) -> io::Result<()> {
        if self.turn.is_lost() {
            let again = self.turn.take_again(&self.who).await;
            return again.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "too many transfers at once"));
        }
        self.turn.moved(0);
        Ok(())
    }
}

/// The bytes of an answer, read when the reader asks for more.
pub(super) fn pieces(reader: ObjectReader, turn: Sending) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((reader, turn), |(mut reader, mut turn)| async move {
        turn.go_on()
            .await
            .inspect_err(|error| tracing::debug!(%error, "a paused reader is cut off"))?;
        let (piece, reader) = tokio::task::spawn_blocking(move || (reader.next_piece(), reader))
            .await
            .map_err(io::Error::other)?;
        // An answer that has begun can only be cut off; the client sees that it is short.
        let piece = piece.inspect_err(|error| tracing::error!(%error, "an object could not be read to its end"))?;
        turn.turn.moved(piece.as_ref().map_or(0, |piece| piece.len()));
        Ok(piece.map(|piece| (Bytes::from(piece), (reader, turn))))
    })
}
