//! `POST uploads`: reserves an object.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr,
};
use sealdrop_api::{
    LimitKind, OwnerToken, Problem, ProblemType,
    limits::{MAX_OBJECT_LEN, MAX_PARTS, PART_LEN},
    uploads::{NewUpload, UploadReserved},
};

use super::{
    access::invalid,
    plan::{Plan, is_part_len, stream_len},
    quota::check_link_limit,
};
use crate::{
    auth::Signed,
    clients::ClientTag,
    error::{InternalError, ServiceError},
    failpoint,
    metrics::count::count_upload,
    plans::check_space,
    proof,
    service::Service,
    store::{
        db, is_duplicate, links, signed,
        uploads::{self, ActiveModel, Column, Entity, Model, State},
    },
};

impl Service {
    /// Reserves an object under the token's limit, for a client; quota for its bytes is taken as its parts are signed. Of a
    /// user it takes space of their account.
    /// The bucket hears nothing of it yet. Repeating the same request answers the same; the id with anything else about it is
    /// taken.
    ///
    /// # Errors
    /// `guests-off`, `invalid-request` (a length that no object has), `too-large`, `storage-full`, `object-exists`,
    /// `upload-state` (a link was made from this token), `too-many-requests` (the client has too many uploads open, or began too
    /// many of late), `quota-exceeded`.
    pub async fn reserve_upload(
        &self,
        token: &OwnerToken,
        user: Option<&Signed>,
        new: NewUpload,
        client: ClientTag,
    ) -> Result<UploadReserved, ServiceError> {
        if user.is_none() && self.inner.limits.guest_max_bytes == 0 {
            return Err(ProblemType::GuestsOff.into());
        }
        check_lengths(&new)?;
        let token_hash = proof::digest(token.as_bytes());
        failpoint::reach("reserve.before_tx").await?;
        self.charge(client).await?;
        let key = make_key()?;
        let tx = self
            .inner
            .store
            .write_for_anybody(&self.inner.clients.lanes, client)
            .await?;
        tx.lock_token(&token_hash).await?;
        if let Some(row) = uploads::find(&*tx, new.object_id).await? {
            let answer = repeated(&row, &token_hash, &new)?;
            if row.state == State::Reserved {
                touch(&*tx, row.object_id, self.now()).await?;
                tx.commit().await?;
            }
            return Ok(answer);
        }
        if links::find_by_token(&*tx, &token_hash).await?.is_some() {
            return Err(Problem::new(ProblemType::UploadState)
                .with_detail("This token already has a link; a new link needs a new token.")
                .into());
        }
        let reserved_len = new.sealed_len.unwrap_or(0);
        let user = user.map(Signed::user_id);
        let limits = self.send_limits(&*tx, user).await?;
        check_link_limit(&tx, &limits, &token_hash, reserved_len, 1).await?;
        self.check_new_object(&tx, client, reserved_len).await?;
        let now = self.now();
        let row = ActiveModel {
            object_id: Set(new.object_id.0.to_vec()),
            token_hash: Set(token_hash.to_vec()),
            key: Set(key),
            announced_len: Set(new.sealed_len.map(signed)),
            sealed_len: Set(None),
            part_len: Set(signed(new.part_len)),
            reserved_len: Set(signed(reserved_len)),
            top_part: Set(0),
            state: Set(State::Reserved),
            reason: Set(None),
            upload_id: Set(None),
            parts_digest: Set(None),
            etag: Set(None),
            created_at: Set(now),
            touched_at: Set(now),
            client: Set(Some(client.0.to_vec())),
            promised_len: Set(0),
            promised_parts: Set(None),
            user_id: Set(user.map(|id| id.to_vec())),
        };
        insert(&*tx, row).await?;
        if let Some(user) = user {
            check_space(&tx, user, reserved_len).await?;
        }
        tx.commit().await?;
        count_upload("reserved", reserved_len);
        failpoint::reach("reserve.after_tx").await?;
        tracing::info!(object_id = %new.object_id, sealed_len = new.sealed_len, "upload reserved");
        Ok(UploadReserved {
            object_id: new.object_id,
            state: State::Reserved.into(),
        })
    }
}

/// A repeat shows that the client is alive: otherwise an upload without any part is given up soon.
async fn touch(conn: &impl ConnectionTrait, object_id: Vec<u8>, now: i64) -> Result<(), ServiceError> {
    let touched = Entity::update_many()
        .col_expr(Column::TouchedAt, Expr::value(now))
        .filter(Column::ObjectId.eq(object_id))
        .exec(conn)
        .await;
    touched.map_err(db("touching an upload"))?;
    Ok(())
}

/// Another token may be using the same id this moment.
async fn insert(conn: &impl ConnectionTrait, row: ActiveModel) -> Result<(), ServiceError> {
    match row.insert(conn).await {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate(&error) => Err(ProblemType::ObjectExists.into()),
        Err(error) => Err(db("reserving an upload")(error).into()),
    }
}

fn check_lengths(new: &NewUpload) -> Result<(), ServiceError> {
    if !is_part_len(new.part_len) {
        return Err(invalid("part_len must be a multiple of 10 MiB, and at most 5 GiB."));
    }
    let Some(sealed_len) = new.sealed_len else {
        return if new.part_len == PART_LEN {
            Ok(())
        } else {
            Err(invalid("The parts of a pipe must be 10 MiB."))
        };
    };
    if sealed_len > MAX_OBJECT_LEN {
        return Err(Problem::too_large(LimitKind::ObjectBytes, MAX_OBJECT_LEN).into());
    }
    if stream_len(sealed_len).is_none() {
        return Err(invalid("This length is not possible for encrypted data."));
    }
    if Plan::new(sealed_len, new.part_len).is_none() {
        let limit = new.part_len.saturating_mul(u64::from(MAX_PARTS));
        return Err(Problem::too_large(LimitKind::ObjectBytes, limit)
            .with_detail("That would be more than 10,000 parts; use a larger part_len.")
            .into());
    }
    Ok(())
}

fn repeated(row: &Model, token_hash: &[u8; 32], new: &NewUpload) -> Result<UploadReserved, ServiceError> {
    let same = proof::fits(Some(&row.token_hash), token_hash)
        && row.announced_len == new.sealed_len.map(signed)
        && row.part_len == signed(new.part_len);
    if same {
        Ok(UploadReserved {
            object_id: new.object_id,
            state: row.state.into(),
        })
    } else {
        Err(ProblemType::ObjectExists.into())
    }
}

/// A name in the bucket that tells nothing: `o/` and 32 random hexadecimal digits.
fn make_key() -> Result<String, InternalError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| InternalError::lasting("making a key", error))?;
    Ok(format!("o/{:032x}", u128::from_be_bytes(random)))
}

#[cfg(test)]
mod tests {
    use sealdrop_api::ObjectId;

    use super::*;

    #[test]
    fn keys_have_one_shape_and_do_not_repeat() -> Result<(), InternalError> {
        let (one, two) = (make_key()?, make_key()?);
        assert!(one.len() == 34 && one.starts_with("o/") && one != two, "{one} {two}");
        Ok(())
    }

    #[test]
    fn lengths_are_checked_before_anything_is_kept() {
        let new = |sealed_len, part_len| NewUpload {
            object_id: ObjectId([0; 16]),
            sealed_len,
            part_len,
        };
        assert!(check_lengths(&new(Some(65_536), PART_LEN)).is_ok());
        assert!(check_lengths(&new(None, PART_LEN)).is_ok());
        for wrong in [
            new(Some(171), PART_LEN),
            new(Some(0), PART_LEN),
            new(Some(65_536), PART_LEN + 1),
            new(Some(65_536), 0),
            new(None, 2 * PART_LEN),
            new(Some(10_001 * PART_LEN), PART_LEN),
            new(Some(MAX_OBJECT_LEN + 1), 100 * PART_LEN),
            new(Some(u64::MAX), PART_LEN),
        ] {
            assert!(check_lengths(&wrong).is_err(), "{wrong:?}");
        }
    }
}
