//! Listing, setting and removing plans.

use sea_orm::Value;

use super::{
    new_plan::{NewPlan, NewPlanError},
    rows::{self, COLUMNS, PlanRow},
};
use crate::{
    audit::{Action, Change, Operator, record},
    auth::sql::execute,
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::{Store, signed},
};

/// The plans of an installation: its database is enough.
pub struct PlanAdmin {
    store: Store,
}

/// What became of an operator's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanChange {
    /// It is done.
    Done,
    /// There is no such plan on sale.
    NotOnSale,
    /// It cannot be a plan.
    Refused(NewPlanError),
}

impl PlanAdmin {
    /// Connects to the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store })
    }

    /// All plans, also those off sale, the cheapest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<PlanRow>, ServiceError> {
        Ok(rows::list(self.store.reader()).await?)
    }

    /// Puts a plan on sale, or gives one other terms. What was sold before stays as it was sold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set(&self, plan: &NewPlan, operator: &Operator) -> Result<PlanChange, ServiceError> {
        if let Err(error) = plan.check() {
            return Ok(PlanChange::Refused(error));
        }
        let tx = self.store.write().await?;
        let sql = format!(
            "INSERT INTO plans ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (name) DO UPDATE SET \
             price = excluded.price, currency = excluded.currency, period_months = excluded.period_months, \
             storage_bytes = excluded.storage_bytes, max_link_bytes = excluded.max_link_bytes, \
             max_expires_in = excluded.max_expires_in, max_downloads = excluded.max_downloads, on_sale = 1"
        );
        let values: [Value; 8] = [
            (*plan.name).into(),
            signed(plan.price).into(),
            (*plan.currency).into(),
            i64::from(plan.months).into(),
            signed(plan.storage_bytes).into(),
            plan.max_link_bytes.map(signed).into(),
            plan.max_expires_in.map(signed).into(),
            plan.max_downloads.map(i64::from).into(),
        ];
        execute(&*tx, "setting a plan", &sql, values).await?;
        let change = Change {
            operator,
            action: Action::SetPlan,
            subject: plan.name.clone(),
            detail: Some(words(plan)),
        };
        record(&tx, change).await?;
        tx.commit().await?;
        Ok(PlanChange::Done)
    }

    /// Takes a plan off sale. Who has it keeps it to the end of what they paid for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove(&self, name: &str, operator: &Operator) -> Result<PlanChange, ServiceError> {
        let tx = self.store.write().await?;
        let sql = "UPDATE plans SET on_sale = 0 WHERE name = $1 AND on_sale = 1";
        if execute(&*tx, "removing a plan", sql, [name.into()]).await? == 0 {
            return Ok(PlanChange::NotOnSale);
        }
        let change = Change {
            operator,
            action: Action::RemovePlan,
            subject: name.to_owned(),
            detail: None,
        };
        record(&tx, change).await?;
        tx.commit().await?;
        Ok(PlanChange::Done)
    }
}

/// The terms, as the audit keeps them.
fn words(plan: &NewPlan) -> String {
    let limit = |limit: Option<u64>| limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
    format!(
        "{} {} for {} months, {} bytes, link {} bytes, {} s, {} downloads",
        plan.price,
        plan.currency,
        plan.months,
        plan.storage_bytes,
        limit(plan.max_link_bytes),
        limit(plan.max_expires_in),
        limit(plan.max_downloads.map(u64::from)),
    )
}

impl std::fmt::Debug for PlanAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlanAdmin").finish_non_exhaustive()
    }
}
