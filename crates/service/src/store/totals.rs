//! Rows of `upload_totals`: kept up to date by triggers of the schema.

use sea_orm::{QuerySelect, entity::prelude::*};

use super::{WriteTx, failure::db, unsigned};
use crate::{clients::ClientTag, error::InternalError};

/// One total.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_totals")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) kind: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Vec<u8>,
    pub(crate) objects: i64,
    /// Objects of which a part was signed.
    pub(crate) begun: i64,
    pub(crate) bytes: i64,
    pub(crate) promised: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Of everything that no link has yet.
const EVERYTHING: i32 = 0;
const CLIENT: i32 = 1;
pub(crate) const TOKEN: i32 = 2;

/// What uploads hold that are neither given up nor deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// How many they are.
    pub(crate) objects: u64,
    /// Bytes that were announced for them, or signed for a pipe.
    pub(crate) bytes: u64,
    /// Bytes that were signed and, as far as the bucket was asked, are not there.
    pub(crate) promised: u64,
}

impl From<Model> for Total {
    fn from(row: Model) -> Self {
        Self {
            objects: unsigned(row.objects),
            bytes: unsigned(row.bytes),
            promised: unsigned(row.promised),
        }
    }
}

/// Of one token: everything that counts against the limit of one link.
pub(crate) async fn of_token(tx: &WriteTx, token_hash: &[u8; 32]) -> Result<Total, InternalError> {
    read(tx, TOKEN, token_hash.to_vec()).await
}

/// Of one client, without what links have taken.
pub(crate) async fn of_client(tx: &WriteTx, client: ClientTag) -> Result<Total, InternalError> {
    read(tx, CLIENT, client.0.to_vec()).await
}

/// Of everybody, without what links have taken. Held against other writers: what is decided on it stays true until the end
/// of the transaction.
pub(crate) async fn of_all_locked(tx: &WriteTx) -> Result<Total, InternalError> {
    let row = Entity::find_by_id((EVERYTHING, Vec::new()))
        .lock_exclusive()
        .one(&**tx)
        .await
        .map_err(db("reading the totals"))?;
    Ok(row.map(Into::into).unwrap_or_default())
}

async fn read(tx: &WriteTx, kind: i32, id: Vec<u8>) -> Result<Total, InternalError> {
    let row = Entity::find_by_id((kind, id)).one(&**tx).await;
    Ok(row.map_err(db("reading a total"))?.map(Into::into).unwrap_or_default())
}
