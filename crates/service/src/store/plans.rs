//! Rows of `plans`: what an operator's settings say of them.

use sea_orm::{ConnectionTrait as _, Statement};

use super::{Store, failure::db, signed};
use crate::error::InternalError;

/// A user `u`, their plan `p`, and of what they paid for and holds now the one with the most space, `e`: a source of rows. `{now}` is the
/// database's clock.
pub(crate) const USERS_WITH_TERMS: &str = "users AS u JOIN plans AS p ON p.name = u.plan LEFT JOIN entitlements AS e ON e.order_id = \
     (SELECT x.order_id FROM entitlements AS x WHERE x.user_id = u.id AND x.starts_at <= {now} AND x.ends_at > {now} \
     ORDER BY x.storage_bytes DESC, x.ends_at DESC, x.order_id LIMIT 1)";

/// What such a user may hold, as an expression.
pub(crate) const STORAGE: &str = "COALESCE(u.quota_bytes, e.storage_bytes, p.storage_bytes)";

/// The name of the plan that holds for such a user, as an expression.
pub(crate) const PLAN: &str = "COALESCE(e.plan, u.plan)";

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
