//! A plan's row.

use sea_orm::ConnectionTrait;

use crate::{
    auth::sql::{Row, all},
    error::InternalError,
    store::{count32, unsigned},
};

/// A plan. Lengths in sealed bytes, durations in seconds; nothing is what the settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// What users and orders name it by.
    pub name: String,
    /// In the smallest unit of the currency; 0 of those that are not sold.
    pub price: u64,
    /// ISO 4217.
    pub currency: String,
    /// Calendar months that one payment is for.
    pub months: Option<u32>,
    /// What a user may hold.
    pub storage_bytes: u64,
    /// What one link may hold.
    pub max_link_bytes: Option<u64>,
    /// How long a link may live.
    pub max_expires_in: Option<u64>,
    /// How often a link may be downloaded.
    pub max_downloads: Option<u32>,
    /// Whether somebody can buy it.
    pub is_on_sale: bool,
}

pub(super) const COLUMNS: &str =
    "name, price, currency, period_months, storage_bytes, max_link_bytes, max_expires_in, max_downloads, on_sale";

/// All of them, the cheapest first.
pub(super) async fn list(conn: &impl ConnectionTrait) -> Result<Vec<PlanRow>, InternalError> {
    let sql = format!("SELECT {COLUMNS} FROM plans ORDER BY price, name");
    let rows = all(conn, "listing plans", &sql, []).await?;
    rows.iter().map(read).collect()
}

pub(super) fn read(row: &Row) -> Result<PlanRow, InternalError> {
    Ok(PlanRow {
        name: row.get("name")?,
        price: unsigned(row.get("price")?),
        currency: row.get("currency")?,
        months: row.get::<Option<i64>>("period_months")?.map(count32),
        storage_bytes: unsigned(row.get("storage_bytes")?),
        max_link_bytes: row.get::<Option<i64>>("max_link_bytes")?.map(unsigned),
        max_expires_in: row.get::<Option<i64>>("max_expires_in")?.map(unsigned),
        max_downloads: row.get::<Option<i64>>("max_downloads")?.map(count32),
        is_on_sale: row.get::<i32>("on_sale")? == 1,
    })
}
