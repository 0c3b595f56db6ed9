//! Adding a mail, in the transaction that causes it.

use sea_orm::{ConnectionTrait as _, Statement};
use sealdrop_mail::{EmailAddress, MailId};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{reason::MailReason, send_job};
use crate::{
    error::InternalError,
    jobs::queue::{self, now},
    store::{WriteTx, db},
};

/// A mail that is not in the outbox yet.
#[derive(Debug, Clone)]
pub struct NewMail {
    to: EmailAddress,
    reason: MailReason,
    subject: Option<Vec<u8>>,
    user_id: Option<Vec<u8>>,
    payload: Value,
}

impl NewMail {
    /// To one address, for one reason.
    #[must_use]
    pub fn new(to: EmailAddress, reason: MailReason) -> Self {
        Self {
            to,
            reason,
            subject: None,
            user_id: None,
            payload: Value::Null,
        }
    }

    /// The id of what it is about: of a code, the challenge's. No secret.
    #[must_use]
    pub fn about(mut self, subject: &[u8]) -> Self {
        self.subject = Some(subject.to_vec());
        self
    }

    /// Whose mail it is, where there is a user.
    #[must_use]
    pub fn of_user(mut self, user_id: &[u8]) -> Self {
        self.user_id = Some(user_id.to_vec());
        self
    }

    /// The device that [`MailReason::NewDevice`] tells of, such as `Firefox on Linux`.
    #[must_use]
    pub fn from_device(mut self, device: &str) -> Self {
        self.payload = json!({ "device": device });
        self
    }

    /// The plan that [`MailReason::PlanPaid`] tells of, its end, and the number of the invoice.
    #[must_use]
    pub fn of_paid_plan(mut self, plan: &str, ends_at: OffsetDateTime, invoice: &str) -> Self {
        self.payload = json!({ "plan": plan, "ends_at": ends_at.unix_timestamp(), "invoice": invoice });
        self
    }

    /// The plan that was paid for and how much went back, such as `100.00 INR`, for [`MailReason::PaymentReturned`].
    #[must_use]
    pub fn of_returned_payment(mut self, plan: &str, amount: &str) -> Self {
        self.payload = json!({ "plan": plan, "amount": amount });
        self
    }

    /// The plan that [`MailReason::PlanEnds`] and [`MailReason::PlanEnded`] tell of, and its end.
    #[must_use]
    pub fn of_plan(mut self, plan: &str, ends_at: OffsetDateTime) -> Self {
        self.payload = json!({ "plan": plan, "ends_at": ends_at.unix_timestamp() });
        self
    }
}

/// Adds a mail and the job that sends it, which runs once the transaction is committed. [`crate::jobs::wake::Wake`] tells the worker.
pub(crate) async fn enqueue_mail(tx: &WriteTx, mail: NewMail) -> Result<MailId, InternalError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| InternalError::lasting("naming a mail", error))?;
    let backend = tx.get_database_backend();
    let now = now(backend);
    let sql = format!(
        "INSERT INTO mails (id, recipient, canonical, reason, subject, user_id, payload, state, made_at, run_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', {now}, {now})"
    );
    let values = [
        id.to_vec().into(),
        mail.to.deliverable().into(),
        mail.to.canonical().into(),
        mail.reason.name().into(),
        mail.subject.into(),
        mail.user_id.into(),
        mail.payload.to_string().into(),
    ];
    let insert = Statement::from_sql_and_values(backend, sql, values);
    tx.execute_raw(insert).await.map_err(db("adding a mail"))?;
    let id = MailId(id);
    queue::enqueue(tx, send_job::of(id)?).await?;
    Ok(id)
}
