//! Compares the database with the bucket, for an operator: after a restore, a move, or a disk that lost files.

use std::ops::Range;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::report::{Found, StorageReport, VerifyDepth};
use crate::{
    error::ServiceError,
    service::Service,
    store::{
        db, unsigned,
        uploads::{Column, Entity, Model, State},
    },
};

/// Rows that are read at once.
const PAGE: u64 = 200;
/// Objects that are asked for at once.
const AT_ONCE: usize = 8;

impl Service {
    /// Looks in the bucket for every object that the database holds as committed. It changes neither.
    ///
    /// Objects that end or are deleted while it runs are not counted.
    ///
    /// # Errors
    /// When the database fails, or the bucket cannot be asked.
    pub async fn verify_storage(&self, depth: VerifyDepth) -> Result<StorageReport, ServiceError> {
        let mut report = StorageReport::default();
        let mut after = Vec::new();
        loop {
            let rows = self.committed_after(after).await?;
            let Some(last) = rows.last() else {
                return Ok(report);
            };
            after = last.object_id.clone();
            let mut asked = stream::iter(rows)
                .map(|row| async move { self.verify_object(&row, depth).await.map(|found| (row, found)) })
                .buffered(AT_ONCE);
            while let Some((row, found)) = asked.try_next().await? {
                // A running server may have deleted it meanwhile.
                if found == Found::Whole || self.is_committed(&row).await? {
                    report.add(row.key, found);
                }
            }
        }
    }

    async fn committed_after(&self, after: Vec<u8>) -> Result<Vec<Model>, ServiceError> {
        let rows = Entity::find()
            .filter(Column::State.eq(State::Committed))
            .filter(Column::ObjectId.gt(after))
            .order_by_asc(Column::ObjectId)
            .limit(PAGE)
            .all(self.inner.store.reader())
            .await;
        Ok(rows.map_err(db("reading committed objects"))?)
    }

    async fn is_committed(&self, row: &Model) -> Result<bool, ServiceError> {
        let row = Entity::find_by_id(row.object_id.clone())
            .one(self.inner.store.reader())
            .await
            .map_err(db("reading an object again"))?;
        Ok(row.is_some_and(|row| row.state == State::Committed))
    }

    async fn verify_object(&self, row: &Model, depth: VerifyDepth) -> Result<Found, ServiceError> {
        let len = row.sealed_len.map_or(0, unsigned);
        match self.inner.bucket.head(&row.key).await? {
            None => return Ok(Found::Missing),
            Some(head) if head.len != len => return Ok(Found::Damaged),
            Some(_) => {}
        }
        if depth == VerifyDepth::Parts {
            for byte in last_bytes(len, unsigned(row.part_len)) {
                if !self.inner.bucket.can_read(&row.key, byte).await? {
                    return Ok(Found::Damaged);
                }
            }
        }
        Ok(Found::Whole)
    }
}

/// The last byte of each part of an object.
fn last_bytes(len: u64, part_len: u64) -> impl Iterator<Item = Range<u64>> {
    let part_len = part_len.max(1);
    (0..len.div_ceil(part_len)).map(move |n| {
        let end = ((n + 1) * part_len).min(len);
        end - 1..end
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_asked_for_once() {
        let ends = |len, part_len| last_bytes(len, part_len).map(|byte| byte.start).collect::<Vec<_>>();
        assert_eq!(ends(0, 10), [0_u64; 0]);
        assert_eq!(ends(1, 10), [0]);
        assert_eq!(ends(20, 10), [9, 19]);
        assert_eq!(ends(21, 10), [9, 19, 20]);
        assert_eq!(ends(3, 0), [0, 1, 2]);
    }
}
