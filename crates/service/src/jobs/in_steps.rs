//! Statements that change many rows, a bounded number at a time.

use sea_orm::{ConnectionTrait as _, Statement, Value};

use crate::{error::InternalError, service::Service, store::db};

impl Service {
    /// Repeats a statement that changes at most `at_once` rows until it changes fewer, in a transaction each, so that no other
    /// writer waits for all of them. Adds the rows to `changed`.
    ///
    /// # Errors
    /// When the database fails; what was changed before stays.
    pub(super) async fn run_in_steps(
        &self,
        doing: &'static str,
        statement: &str,
        values: &[Value],
        at_once: u64,
        changed: &mut u64,
    ) -> Result<(), InternalError> {
        loop {
            let tx = self.inner.store.write().await?;
            let step = Statement::from_sql_and_values(tx.get_database_backend(), statement, values.to_vec());
            let rows = tx.execute_raw(step).await.map_err(db(doing))?.rows_affected();
            tx.commit().await?;
            *changed += rows;
            if rows < at_once {
                return Ok(());
            }
        }
    }
}
