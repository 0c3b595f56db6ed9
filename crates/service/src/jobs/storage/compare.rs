//! One walk through the bucket and the rows beside it, step by step: both stand in the order of their names.

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    key::is_ours,
    rows::{self, Promised, Walk},
};
use crate::{
    error::{InternalError, ServiceError},
    jobs::{AT_ONCE, kind::Kind},
    service::Service,
};

/// Time between two runs. Each run is short, so that the worker is free for other jobs.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// Milliseconds from the end of a walk to the next: a listing of a million objects is a thousand requests, which cost money elsewhere.
const REST: i64 = 24 * 3_600_000;
/// Steps of a run, each of at most a thousand names: a million objects take eight hours.
const STEPS: usize = 20;
/// Rows of a step.
const ROWS: usize = 1000;
/// Behind every name of ours.
const END: &str = "o/g";

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("compare_storage", EVERY, |service: Service| async move {
        service.compare_storage().await
    })
}

impl Service {
    /// Continues the walk, or begins a new one a day after the last. At the end of a walk, deletes unknown objects that are due.
    ///
    /// # Errors
    /// When the database fails or the bucket does not answer. The next run continues at the same step.
    pub async fn compare_storage(&self) -> Result<(), ServiceError> {
        // What another installation has in its bucket is unknown here, all of it.
        if let Err(error) = self.check_owner().await {
            tracing::error!(error, "the bucket is not compared with the database");
            return Ok(());
        }
        let now = self.steady_now();
        let last = rows::read_walk(self.inner.store.reader()).await?;
        let mut walk = match last {
            Some(last) => match last.ended_at {
                Some(ended) if now < ended.saturating_add(REST) => return Ok(()),
                Some(_) => begin(last.number + 1),
                None => last,
            },
            None => begin(1),
        };
        for _ in 0..STEPS {
            let is_end = self.compare_step(&mut walk).await?;
            if is_end {
                return self.end_walk(walk).await;
            }
        }
        Ok(())
    }

    /// One step. Answers whether it was the last one.
    async fn compare_step(&self, walk: &mut Walk) -> Result<bool, ServiceError> {
        let listing = self.inner.bucket.list_keys(&walk.listed_key).await;
        let (mut listed, is_cut) = listing.map_err(|error| error.while_doing("listing the bucket"))?;
        let (mut listed_until, mut rows_until) = match listed.last() {
            Some(last) if is_cut => {
                let ours = listed.iter().rev().find(|key| is_ours(key));
                (last.clone(), ours.unwrap_or(&walk.row_key).clone())
            }
            None if is_cut => return Err(cut_without_names()),
            _ => (END.to_owned(), END.to_owned()),
        };
        let mut is_end = !is_cut;
        let reader = self.inner.store.reader();
        let promised = rows::promised(reader, &walk.row_key, &rows_until, ROWS).await?;
        if promised.len() == ROWS
            && let Some(last) = promised.last()
        {
            // More rows than names: the rest of both belongs to the next step.
            listed.retain(|key| *key <= last.key);
            (listed_until, rows_until) = (last.key.clone(), last.key.clone());
            is_end = false;
        }
        let (ours, others): (Vec<&str>, Vec<&str>) = listed.iter().map(String::as_str).partition(|key| is_ours(key));
        let there: HashSet<&str> = ours.iter().copied().collect();
        let known: HashSet<String> = rows::known(reader, &ours).await?.into_iter().collect();
        let unknown: Vec<&str> = ours.iter().copied().filter(|key| !known.contains(*key)).collect();
        let absent = promised.into_iter().filter(|row| !there.contains(row.key.as_str()));
        let missing = self.confirm_missing(absent.collect()).await?;

        walk.listed_key = listed_until;
        walk.row_key = rows_until;
        walk.listed += count(ours.len());
        walk.others += count(others.len());
        let tx = self.inner.store.write().await?;
        rows::note_unknown(&*tx, &unknown, walk.number, self.steady_now()).await?;
        rows::note_missing(&*tx, &missing).await?;
        rows::forget_missing(&*tx, &ours).await?;
        rows::save_walk(&*tx, walk).await?;
        tx.commit().await?;
        if !missing.is_empty() {
            tracing::error!(
                number = missing.len(),
                "the bucket has not what the database promises; `sealdrop-server verify-storage` names it"
            );
        }
        Ok(is_end)
    }

    /// Asks again for each object that is not in the listing: the listing may be older than the object, or the object may be deleted since.
    async fn confirm_missing(&self, absent: Vec<Promised>) -> Result<Vec<Promised>, ServiceError> {
        let asked = stream::iter(absent)
            .map(|object| async move {
                let head = self.inner.bucket.head(&object.key).await;
                let is_there = head
                    .map_err(|error| error.while_doing("looking for an object"))?
                    .is_some();
                Ok::<_, ServiceError>((!is_there).then_some(object))
            })
            .buffered(AT_ONCE);
        let absent: Vec<Option<Promised>> = asked.try_collect().await?;
        let mut missing = Vec::new();
        for object in absent.into_iter().flatten() {
            if rows::is_promised(self.inner.store.reader(), &object.object_id).await? {
                missing.push(object);
            }
        }
        Ok(missing)
    }

    async fn end_walk(&self, mut walk: Walk) -> Result<(), ServiceError> {
        walk.ended_at = Some(self.steady_now());
        let tx = self.inner.store.write().await?;
        rows::forget_settled(&*tx, walk.number).await?;
        rows::save_walk(&*tx, &walk).await?;
        tx.commit().await?;
        let (unknown, missing) = self.storage_findings().await?;
        let Walk { listed, others, .. } = walk;
        tracing::info!(
            listed,
            others,
            unknown,
            missing,
            "the bucket was compared with the database"
        );
        self.delete_unknown().await
    }
}

fn begin(number: i64) -> Walk {
    Walk {
        number,
        ..Walk::default()
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn cut_without_names() -> ServiceError {
    let why = "it says that there is more, and names nothing";
    InternalError::transient("listing the bucket", why).into()
}
