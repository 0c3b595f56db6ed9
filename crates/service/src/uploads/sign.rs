//! `POST uploads/{object_id}/urls`: presigned PUTs, a window of parts at a time.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::{
    LimitKind, ObjectId, OwnerToken, Problem, ProblemType,
    limits::{MAX_PARTS, PUT_URL_EXPIRES_IN, SIGN_WINDOW},
    uploads::{PartToSign, PartUrl, PartUrls, PartsToSign},
};
use time::Duration;

use super::{
    access::{find_owned, invalid, owned, wrong_state},
    plan::Plan,
    promise::Promise,
    quota::{OverQuota, Quota, check_link_limit},
};
use crate::{
    bucket::BucketError,
    clients::ClientTag,
    error::{InternalError, ServiceError},
    failpoint,
    origin::Origin,
    plans::check_space,
    proof,
    service::Service,
    store::{
        db, signed, unsigned,
        uploads::{self, Column, Entity, Model, State},
    },
};

impl Service {
    /// Signs PUTs of the named parts, of exactly the planned lengths, for 15 minutes. The first call of an upload begins the
    /// multipart upload in the bucket. Quota for a part is promised here; where there is not enough for all of them, the first
    /// ones are signed and the rest is asked for again. The parts of a pipe are also reserved here, since its length is not
    /// known before.
    ///
    /// # Errors
    /// `upload-not-found`, `upload-state`, `invalid-request` (no such part, or of another length), `storage-full`,
    /// `too-many-requests` (the client was promised much that has not arrived), and of a pipe also `too-large` and
    /// `quota-exceeded`.
    pub async fn sign_parts(
        &self,
        token: &OwnerToken,
        object_id: ObjectId,
        parts: PartsToSign,
        origin: &Origin,
    ) -> Result<PartUrls, ServiceError> {
        let row = find_owned(self.inner.store.reader(), token, object_id).await?;
        check_parts(&row, &parts.parts)?;
        let arrived = self.arrived(&row).await;
        failpoint::reach("sign.before").await?;
        let (row, parts) = self.note_signing(token, object_id, parts.parts, arrived).await?;
        let upload_id = match row.upload_id.clone() {
            Some(upload_id) => upload_id,
            None => self.begin_unhurried(&row).await?,
        };
        let expires_at = self.inner.clock.now() + Duration::seconds(signed(PUT_URL_EXPIRES_IN));
        let mut urls = Vec::with_capacity(parts.len());
        for part in parts {
            let url = self
                .inner
                .bucket
                .sign_part(&row.key, &upload_id, part.n, part.len, origin)
                .await?;
            urls.push(PartUrl {
                n: part.n,
                url,
                expires_at,
            });
        }
        Ok(PartUrls { urls })
    }

    /// Which of the promised parts the bucket holds: as far as one page goes, the others later. A bucket that does not answer
    /// holds none; what was promised stays so then.
    async fn arrived(&self, row: &Model) -> Vec<u32> {
        let promise = Promise::of(row, self.now());
        let (Some(first), Some(upload_id)) = (promise.first(), &row.upload_id) else {
            return Vec::new();
        };
        match self.inner.bucket.list_parts(&row.key, upload_id, first - 1).await {
            Ok(page) => page.parts.into_iter().map(|part| part.n).collect(),
            Err(error) => {
                tracing::debug!(%error, object_id = %row.id(), "what arrived of an upload is not known");
                Vec::new()
            }
        }
    }

    /// Writes the intent: from here on the bucket may know of this upload. Also notes the time, promises the parts' bytes, and
    /// grows the reservation of a pipe. Returns the parts that the quota allows.
    async fn note_signing(
        &self,
        token: &OwnerToken,
        object_id: ObjectId,
        mut parts: Vec<PartToSign>,
        arrived: Vec<u32>,
    ) -> Result<(Model, Vec<PartToSign>), ServiceError> {
        let token_hash = proof::digest(token.as_bytes());
        let tx = self.inner.store.write().await?;
        tx.lock_token(&token_hash).await?;
        let mut row = owned(uploads::find_locked(&*tx, object_id).await?, token)?;
        if !matches!(row.state, State::Reserved | State::Uploading) {
            return Err(wrong_state(&row));
        }
        let client = ClientTag::of_row(row.client.as_deref());
        let mut promise = Promise::of(&row, self.now());
        promise.keep(arrived);
        let arrived = unsigned(row.promised_len).saturating_sub(promise.len());
        let mut quota = self.quota_for_parts(&tx, client, arrived).await?;
        parts.truncate(take_quota(&mut quota, &mut promise, &parts)?);
        let mut more = 0;
        if row.announced_len.is_none() {
            let end_of = |part: &PartToSign| u64::from(part.n - 1) * unsigned(row.part_len) + part.len;
            let wanted = parts.iter().map(end_of).max().unwrap_or(0);
            let reserved = unsigned(row.reserved_len);
            if wanted > reserved {
                more = wanted - reserved;
                let limits = self.send_limits(&*tx, row.user()).await?;
                check_link_limit(&tx, &limits, &token_hash, more, 0).await?;
                row.reserved_len = signed(wanted);
            }
        }
        let top = parts.iter().map(|part| i64::from(part.n)).max().unwrap_or(0);
        row.top_part = row.top_part.max(top);
        row.touched_at = self.now();
        Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Uploading))
            .col_expr(Column::ReservedLen, Expr::value(row.reserved_len))
            .col_expr(Column::TopPart, Expr::value(row.top_part))
            .col_expr(Column::TouchedAt, Expr::value(row.touched_at))
            .col_expr(Column::Client, Expr::value(client.0.to_vec()))
            .col_expr(Column::PromisedLen, Expr::value(signed(promise.len())))
            .col_expr(Column::PromisedParts, Expr::value(promise.noted()))
            .filter(Column::ObjectId.eq(row.object_id.clone()))
            .exec(&*tx)
            .await
            .map_err(db("noting signed parts"))?;
        if let Some(user) = row.user().filter(|_| more > 0) {
            check_space(&tx, user, more).await?;
        }
        tx.commit().await?;
        row.state = State::Uploading;
        Ok((row, parts))
    }

    /// Begins the multipart upload to its end, also where the client hangs up meanwhile: nothing may get lost between the
    /// bucket and the database, where the reaper looks only after an hour.
    async fn begin_unhurried(&self, row: &Model) -> Result<String, ServiceError> {
        let (service, row) = (self.clone(), row.clone());
        let beginning = tokio::spawn(async move { service.begin_multipart(&row).await });
        let begun = beginning.await;
        begun.map_err(|error| InternalError::transient("beginning a multipart upload", error))?
    }

    /// Begins the multipart upload. Of two at the same time one wins, and the other removes its own. What a crash leaves
    /// between bucket and database is found by the reaper's listing.
    async fn begin_multipart(&self, row: &Model) -> Result<String, ServiceError> {
        let bucket = &self.inner.bucket;
        failpoint::reach("create.before_s3").await?;
        let begun = bucket
            .begin_multipart(&row.key)
            .await
            .map_err(|error: BucketError| error.while_doing("beginning a multipart upload"))?;
        failpoint::reach("create.after_s3").await?;
        if self.keep_upload_id(row, &begun).await? {
            failpoint::reach("create.after_db").await?;
            return Ok(begun);
        }
        if let Err(error) = bucket.abort_multipart(&row.key, &begun).await {
            tracing::warn!(%error, object_id = %row.id(), "a second multipart upload stays for the reaper");
        }
        let now = uploads::find(self.inner.store.reader(), row.id()).await?;
        match now {
            Some(Model {
                state: State::Uploading,
                upload_id: Some(upload_id),
                ..
            }) => Ok(upload_id),
            Some(other) => Err(wrong_state(&other)),
            None => Err(ProblemType::UploadNotFound.into()),
        }
    }

    async fn keep_upload_id(&self, row: &Model, upload_id: &str) -> Result<bool, InternalError> {
        let tx = self.inner.store.write().await?;
        let kept = Entity::update_many()
            .col_expr(Column::UploadId, Expr::value(upload_id))
            .filter(Column::ObjectId.eq(row.object_id.clone()))
            .filter(Column::State.eq(State::Uploading))
            .filter(Column::UploadId.is_null())
            .exec(&*tx)
            .await
            .map_err(db("noting a multipart upload"))?;
        tx.commit().await?;
        Ok(kept.rows_affected == 1)
    }
}

/// Promises parts in their order as long as the quota allows; returns how many. An error if not even the first one fits.
fn take_quota(quota: &mut Quota, promise: &mut Promise, parts: &[PartToSign]) -> Result<usize, ServiceError> {
    for (n, part) in parts.iter().enumerate() {
        let before = promise.len();
        let mut with = promise.clone();
        with.add(*part);
        match (quota.take(with.len() - before), n) {
            (Ok(()), _) => *promise = with,
            (Err(_), 1..) => return Ok(n),
            (Err(OverQuota::Full), 0) => {
                tracing::warn!(len = part.len, "there is no room for a part");
                return Err(ProblemType::StorageFull.into());
            }
            (Err(OverQuota::Share), 0) => {
                return Err(Problem::too_many(LimitKind::SignedBytes).into());
            }
        }
    }
    Ok(parts.len())
}

fn check_parts(row: &Model, parts: &[PartToSign]) -> Result<(), ServiceError> {
    if parts.is_empty() || parts.len() > SIGN_WINDOW {
        return Err(invalid(format!("Ask for 1 to {SIGN_WINDOW} parts.")));
    }
    let mut seen = HashSet::new();
    let part_len = unsigned(row.part_len);
    let plan = row.announced_len.map(|len| Plan::new(unsigned(len), part_len));
    for part in parts {
        if !seen.insert(part.n) {
            return Err(invalid(format!("Part {} is asked for twice.", part.n)));
        }
        let fits = match plan {
            Some(plan) => plan.and_then(|plan| plan.len_of(part.n)) == Some(part.len),
            None => (1..=MAX_PARTS).contains(&part.n) && (1..=part_len).contains(&part.len),
        };
        if !fits {
            let detail = format!(
                "Part {} of {} bytes is not in the plan of this upload.",
                part.n, part.len
            );
            return Err(Problem::new(ProblemType::InvalidRequest).with_detail(detail).into());
        }
    }
    Ok(())
}
