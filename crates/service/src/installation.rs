//! Which installation this is, and whether the bucket is its own.

use sea_orm::{entity::prelude::*, sea_query::OnConflict};

use crate::{
    bucket::{Bucket, Mark},
    error::{InternalError, StartError},
    store::{
        Store, db,
        installation::{ActiveModel, Column, Entity, Model},
    },
};

/// This installation's id: random, made once, kept in the database.
pub(crate) async fn id(store: &Store) -> Result<String, InternalError> {
    let read = |found: Result<Option<Model>, DbErr>| found.map_err(db("reading which installation this is"));
    if let Some(found) = read(Entity::find_by_id(1).one(store.reader()).await)? {
        return Ok(found.name);
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| InternalError::lasting("naming this installation", error))?;
    let name = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let tx = store.write().await?;
    // Another server on the same database may have been first.
    Entity::insert(ActiveModel::from(Model { id: 1, name }).reset_all())
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .exec_without_returning(&*tx)
        .await
        .map_err(db("naming this installation"))?;
    let named = read(Entity::find_by_id(1).one(&*tx).await)?;
    tx.commit().await?;
    let named = named.ok_or_else(|| InternalError::lasting("naming this installation", "its row is gone"))?;
    Ok(named.name)
}

/// Whether the bucket is no other installation's, without a mark where there is none.
///
/// # Errors
/// [`StartError::ForeignBucket`].
pub(crate) async fn may_own(bucket: &Bucket, id: &str) -> Result<bool, StartError> {
    match bucket.read_mark(id).await {
        Ok(Some(Mark::Another(other))) if bucket.is_shared() => Err(StartError::ForeignBucket(other)),
        // What is wrong with a bucket that cannot be asked is said by who asks it for itself.
        _ => Ok(true),
    }
}

/// Whether the bucket is known to be this installation's; not known while it cannot be asked.
///
/// # Errors
/// [`StartError::ForeignBucket`].
pub(crate) async fn owns(bucket: &Bucket, id: &str) -> Result<bool, StartError> {
    // The embedded bucket has one user: its folder is locked by the process that serves it.
    if !bucket.is_shared() {
        return Ok(true);
    }
    match bucket.mark(id).await {
        Ok(Mark::Ours) => Ok(true),
        Ok(Mark::Another(other)) => Err(StartError::ForeignBucket(other)),
        Err(error) if error.is_transient() => {
            tracing::warn!(%error, "whose bucket it is cannot be asked yet");
            Ok(false)
        }
        // What worked goes on: nothing says that there is another installation.
        Err(error) => {
            tracing::warn!(
                %error,
                "the bucket keeps no mark of this installation, so that another one on it would not be noticed: the key pair \
                 needs s3:GetObject and s3:PutObject on `installation`, and s3:ListBucket"
            );
            Ok(true)
        }
    }
}
