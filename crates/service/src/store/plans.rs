//! Rows of `plans`: what an operator's settings say of them.

use sea_orm::{ConnectionTrait as _, Statement};

use super::{Store, failure::db, signed};
use crate::error::InternalError;

/// Writes down what the settings say of the plan `free`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn keep_free(store: &Store, bytes: u64) -> Result<(), InternalError> {
    let sql = "UPDATE plans SET storage_bytes = $1 WHERE name = 'free' AND storage_bytes <> $1";
    let tx = store.write().await?;
    let keep = Statement::from_sql_and_values(tx.get_database_backend(), sql, [signed(bytes).into()]);
    tx.execute_raw(keep).await.map_err(db("keeping the plan `free`"))?;
    tx.commit().await
}
