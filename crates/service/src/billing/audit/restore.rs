//! An order that the provider knows and the database does not: what was sold stands in the link's notes.

use sealdrop_payments::PaymentLink;

use crate::{
    auth::sql::{first, random},
    billing::{
        ledger::{Entry, EntryKind},
        orders::{
            row::{self, Order, id_of},
            state::State,
        },
        terms::Terms,
    },
    error::ServiceError,
    service::Service,
    store::millis,
};

impl Service {
    /// Writes the order again; nothing where the notes do not say for whom it was, or the user or the plan was never here.
    pub(super) async fn restore_order(
        &self,
        link: &PaymentLink,
        reference: &str,
    ) -> Result<Option<Order>, ServiceError> {
        let (price, currency) = (link.amount.paise(), link.amount.currency());
        let Some((terms, user)) = Terms::from_notes(&link.notes, price, currency.as_str()) else {
            return Ok(None);
        };
        let Some(user) = id_of(&user) else { return Ok(None) };
        let tx = self.inner.store.write().await?;
        tx.lock_key(&user).await?;
        let sql = "SELECT {now} AS now FROM users AS u, plans AS p WHERE u.id = $1 AND p.name = $2";
        let known = first(
            &*tx,
            "reading a user",
            sql,
            [user.to_vec().into(), (*terms.plan).into()],
        )
        .await?;
        let Some(known) = known else { return Ok(None) };
        let now: i64 = known.get("now")?;
        let created_at = link.created_at.map_or(now, millis);
        let order = Order {
            id: random()?,
            user,
            terms,
            reference: reference.to_owned(),
            mode: self.provider()?.mode().as_str().to_owned(),
            // It was there once; what it is now the provider says.
            state: State::Expired,
            link_id: None,
            short_url: None,
            created_at,
            expires_at: link.expires_at.map_or(now, millis),
            looks: 0,
        };
        row::insert(&tx, &order).await?;
        let entry = Entry::new(EntryKind::Order, &order, order.terms.price);
        entry.with_detail("restored").add(&tx).await?;
        tx.commit().await?;
        Ok(Some(order))
    }
}
