//! Permits to send an object. A reader that takes nothing for a while, or that is the slowest while others wait, loses its permit
//! and acquires another when it reads on: nothing can make a reader read, and a download that a person paused must go on.

use std::io;

use bytes::Bytes;
use futures::{Stream, stream};
use s3s::{S3Request, S3Result, dto};

use super::{
    Bucket,
    fair_semaphore::{Claimant, Permit},
};
use crate::store::ObjectReader;

/// A permit to send, kept while the reader reads.
pub(super) struct ReadPermit {
    permit: Permit,
    who: Claimant,
}

impl Bucket {
    /// A permit among the requests that are signed with the keys, as the server's are, or among those with a presigned URL.
    pub(super) async fn read_permit(&self, req: &S3Request<dto::GetObjectInput>) -> S3Result<ReadPermit> {
        // `s3s` goes by the URL where a request has both.
        let presigned = req.uri.query().is_some_and(|query| query.contains("X-Amz-Signature"));
        let by_owner = !presigned && req.headers.contains_key(http::header::AUTHORIZATION);
        let semaphore = if by_owner {
            &self.owner_read_permits
        } else {
            &self.read_permits
        };
        let who = Claimant::of(req, &req.input.key);
        let permit = semaphore.acquire(&who).await?;
        Ok(ReadPermit { permit, who })
    }
}

impl ReadPermit {
    /// Called when the reader reads on: keeps the permit, or waits for another.
    async fn keep(&mut self) -> io::Result<()> {
        if self.permit.is_revoked() {
            let again = self.permit.reacquire(&self.who).await;
            return again.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "too many transfers at once"));
        }
        self.permit.moved(0);
        Ok(())
    }
}

/// The bytes of an answer, read when the reader asks for more.
pub(super) fn pieces(reader: ObjectReader, permit: ReadPermit) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((reader, permit), |(mut reader, mut permit)| async move {
        permit
            .keep()
            .await
            .inspect_err(|error| tracing::debug!(%error, "a paused reader is cut off"))?;
        let (piece, reader) = tokio::task::spawn_blocking(move || (reader.next_piece(), reader))
            .await
            .map_err(io::Error::other)?;
        // An answer that has begun can only be cut off; the client sees that it is short.
        let piece = piece.inspect_err(|error| tracing::error!(%error, "an object could not be read to its end"))?;
        permit.permit.moved(piece.as_ref().map_or(0, |piece| piece.len()));
        Ok(piece.map(|piece| (Bytes::from(piece), (reader, permit))))
    })
}
