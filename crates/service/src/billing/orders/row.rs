//! The rows of `orders`.

use sea_orm::{ConnectionTrait, Value};
use sealdrop_payments::{OrderId, PaymentLink};

use super::state::State;
use crate::{
    auth::sql::{Row, all, execute, first},
    billing::terms::{self, Terms},
    error::InternalError,
    store::WriteTx,
};

/// What a reference of ours begins with: on an account of the provider there may be those of other products.
pub(crate) const PREFIX: &str = "sealdrop-";

/// An order. Instants in milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: [u8; 16],
    pub(crate) user: [u8; 16],
    pub(crate) terms: Terms,
    /// What the provider knows it by.
    pub(crate) reference: String,
    /// With which of the provider's keys it was made: `test` or `live`.
    pub(crate) mode: String,
    pub(crate) state: State,
    pub(crate) link_id: Option<String>,
    pub(crate) short_url: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    /// How often the provider was asked what became of it.
    pub(crate) looks: i32,
}

/// The reference of an order.
pub(crate) fn reference(id: [u8; 16]) -> String {
    // The provider takes 40 characters: 31 are left, which are 124 of the id's 128 random bits.
    let hex = hex(id);
    format!("{PREFIX}{}", &hex[..31])
}

/// An id as jobs and notes have it.
pub(crate) fn hex(id: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(id))
}

/// Reads what [`hex`] wrote.
pub(crate) fn id_of(hex: &str) -> Option<[u8; 16]> {
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let read = is_hex.then(|| u128::from_str_radix(hex, 16).ok());
    read.flatten().map(u128::to_be_bytes)
}

/// One order, by a condition with `$1`.
pub(crate) async fn find_by(
    conn: &impl ConnectionTrait,
    condition: &str,
    value: Value,
) -> Result<Option<Order>, InternalError> {
    let sql = format!("{} WHERE {condition}", select());
    let row = first(conn, "reading an order", &sql, [value]).await?;
    row.as_ref().map(read).transpose()
}

/// One order.
pub(crate) async fn find(conn: &impl ConnectionTrait, id: [u8; 16]) -> Result<Option<Order>, InternalError> {
    find_by(conn, "o.id = $1", id.to_vec().into()).await
}

/// Orders of a condition, with what comes after it.
pub(crate) async fn list(
    conn: &impl ConnectionTrait,
    condition: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Order>, InternalError> {
    let sql = format!("{} WHERE {condition}", select());
    let rows = all(conn, "listing orders", &sql, values).await?;
    rows.iter().map(read).collect()
}

fn select() -> String {
    format!(
        "SELECT o.id, o.user_id, o.plan, {}, o.reference, o.mode, o.state, o.link_id, o.short_url, o.created_at, o.expires_at, o.looks \
         FROM orders AS o",
        terms::COLUMNS
    )
}

fn read(row: &Row) -> Result<Order, InternalError> {
    let state: String = row.get("state")?;
    let state =
        State::parse(&state).ok_or_else(|| InternalError::lasting("reading an order", "of an unknown state"))?;
    Ok(Order {
        id: row.id("id")?,
        user: row.id("user_id")?,
        terms: Terms::read(row.get("plan")?, row)?,
        reference: row.get("reference")?,
        mode: row.get("mode")?,
        state,
        link_id: row.get("link_id")?,
        short_url: row.get("short_url")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        looks: row.get("looks")?,
    })
}

/// Moves an order on; whether it was in a state that this one may follow.
pub(crate) async fn transition(tx: &WriteTx, id: [u8; 16], to: State) -> Result<bool, InternalError> {
    let before: Vec<String> = to
        .before()
        .iter()
        .map(|state| format!("'{}'", state.as_str()))
        .collect();
    let sql = format!(
        "UPDATE orders SET state = $2, changed_at = {{now}} WHERE id = $1 AND state IN ({})",
        before.join(", ")
    );
    let values = [id.to_vec().into(), to.as_str().into()];
    Ok(execute(&**tx, "moving an order on", &sql, values).await? == 1)
}

/// Notes the provider's link of an order.
pub(crate) async fn note_link(tx: &WriteTx, id: [u8; 16], link: &PaymentLink) -> Result<(), InternalError> {
    let sql =
        "UPDATE orders SET link_id = $2, short_url = $3, provider_order = COALESCE($4, provider_order) WHERE id = $1";
    let values = [
        id.to_vec().into(),
        link.id.as_str().into(),
        (*link.url).into(),
        link.order.as_ref().map(OrderId::as_str).into(),
    ];
    execute(&**tx, "noting an order's link", sql, values).await.map(drop)
}

/// Nobody looks at the order by itself any more; what is reported is looked at.
pub(crate) async fn stop_looking(tx: &WriteTx, id: [u8; 16]) -> Result<(), InternalError> {
    look_next(tx, id, None).await
}

/// When the provider is asked next.
pub(crate) async fn look_next(tx: &WriteTx, id: [u8; 16], at: Option<i64>) -> Result<(), InternalError> {
    let sql = "UPDATE orders SET look_at = $2, looks = looks + 1 WHERE id = $1";
    execute(&**tx, "looking at an order later", sql, [id.to_vec().into(), at.into()])
        .await
        .map(drop)
}

/// Writes a new order, which is looked at after two minutes.
pub(crate) async fn insert(tx: &WriteTx, order: &Order) -> Result<(), InternalError> {
    let sql = format!(
        "INSERT INTO orders (id, user_id, plan, {}, reference, mode, state, created_at, expires_at, changed_at, look_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $14, $16)",
        terms::COLUMNS
    );
    let terms = &order.terms;
    let values: [Value; 16] = [
        order.id.to_vec().into(),
        order.user.to_vec().into(),
        (*terms.plan).into(),
        terms.price.into(),
        (*terms.currency).into(),
        i64::from(terms.months).into(),
        terms.storage_bytes.into(),
        terms.max_link_bytes.into(),
        terms.max_expires_in.into(),
        terms.max_downloads.into(),
        (*order.reference).into(),
        (*order.mode).into(),
        order.state.as_str().into(),
        order.created_at.into(),
        order.expires_at.into(),
        super::schedule::next_look(order.created_at, order.expires_at, order.created_at).into(),
    ];
    execute(&**tx, "adding an order", &sql, values).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_ours_and_short() {
        let id = [0xab; 16];
        assert!(reference(id).starts_with(PREFIX));
        assert_eq!(reference(id).len(), 40);
        assert_eq!(id_of(&hex(id)), Some(id));
        assert_eq!((id_of("ab"), id_of(&"+".repeat(32))), (None, None));
    }
}
