//! Whose bucket it is: an object in it names the installation, which is named by the database.
//!
//! Two servers with separate databases would take each other's uploads for orphans and abort them. The mark is written
//! where there is none, by a PUT that makes (RFC 9110, 13.1.2: `If-None-Match: *`), and read back. A provider that does not
//! know the condition may let two first starts in the same moment both write it: the later mark stays, and the server that wrote
//! the earlier one is refused at its next start.

use super::{client::Bucket, failure::BucketError};

/// Not where objects are (`o/`), so that nothing which sweeps looks at it.
const KEY: &str = "installation";
/// What is before the id.
const BEFORE: &str = "Sealdrop installation ";
/// Bytes of it that are read: more than any mark has.
const READ: usize = 256;

/// What a bucket says of its installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It is this one.
    Ours,
    /// It is the one with this id.
    Another(String),
}

impl Bucket {
    /// Reads the mark, and writes it where there is none.
    ///
    /// # Errors
    /// [`BucketError::Refused`] also where something else is in its place, or where it is not kept.
    pub(crate) async fn mark(&self, id: &str) -> Result<Mark, BucketError> {
        if let Some(mark) = self.read_mark(id).await? {
            return Ok(mark);
        }
        self.write_mark(id, true).await?;
        let kept = self.read_mark(id).await?;
        kept.ok_or_else(|| BucketError::Refused(format!("`{KEY}` was written and is not there")))
    }

    /// Writes the mark over whatever is there.
    pub(crate) async fn take(&self, id: &str) -> Result<(), BucketError> {
        self.write_mark(id, false).await
    }

    /// Reads the mark, if there is one.
    pub(crate) async fn read_mark(&self, id: &str) -> Result<Option<Mark>, BucketError> {
        let read = match self.read_start(KEY, READ).await {
            Ok(read) => read,
            Err(BucketError::Missing) => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = std::str::from_utf8(&read).ok();
        let found = text.and_then(|text| text.trim_end().strip_prefix(BEFORE));
        let found = found.ok_or_else(|| BucketError::Refused(format!("`{KEY}` in it is no mark of Sealdrop")))?;
        Ok(Some(if found == id {
            Mark::Ours
        } else {
            Mark::Another(found.chars().filter(char::is_ascii_alphanumeric).take(64).collect())
        }))
    }

    async fn write_mark(&self, id: &str, make: bool) -> Result<(), BucketError> {
        let put = || {
            let put = self.client.put_object().bucket(&self.name).key(KEY);
            let put = put.content_type("text/plain; charset=utf-8");
            put.body(format!("{BEFORE}{id}\n").into_bytes().into())
        };
        let first = if make { put().if_none_match("*") } else { put() };
        let Err(error) = first.send().await else { return Ok(()) };
        match error.raw_response().map(|answer| answer.status().as_u16()) {
            // Another server was first: the next read says which.
            Some(409 | 412) if make => Ok(()),
            // The condition is not known here.
            Some(400 | 501) if make => put().send().await.map(drop).map_err(BucketError::from),
            _ => Err(error.into()),
        }
    }
}
