//! One mail of everything that waits to be said to a user.

use sealdrop_mail::EmailAddress;

use super::kind::NoticeKind;
use crate::{
    auth::sql::{all, execute, first},
    error::InternalError,
    mails::{NewMail, new_mail::enqueue_mail, reason::MailReason},
    service::Service,
};

const DOING: &str = "gathering notices";

impl Service {
    /// Makes one mail of what waits, if something does. Each row goes into one mail, whoever else gathers at the same time.
    pub(crate) async fn gather_notices(&self, user: [u8; 16]) -> Result<(), InternalError> {
        let tx = self.inner.store.write().await?;
        let sql = "SELECT address FROM users WHERE id = $1 AND closed_at IS NULL";
        let Some(row) = first(&*tx, DOING, sql, [user.to_vec().into()]).await? else {
            return Ok(());
        };
        let address: String = row.get("address")?;
        let to = EmailAddress::parse(&address).map_err(|error| InternalError::lasting(DOING, error))?;
        let sql = "SELECT DISTINCT kind FROM notices WHERE user_id = $1 AND mail_id IS NULL";
        let rows = all(&*tx, DOING, sql, [user.to_vec().into()]).await?;
        let mut kinds = Vec::new();
        for row in &rows {
            kinds.extend(NoticeKind::from_name(&row.get::<String>("kind")?));
        }
        let reason = match kinds[..] {
            [] => return Ok(()),
            [kind] => MailReason::of_notice(kind),
            _ => MailReason::Summary,
        };
        let id = enqueue_mail(&tx, NewMail::new(to, reason).of_user(&user)).await?;
        // Of these kinds only: what came this moment waits for the next mail, so that this one is what its reason says.
        let names: Vec<String> = kinds.iter().map(|kind| format!("'{}'", kind.name())).collect();
        let sql = format!(
            "UPDATE notices SET mail_id = $2 WHERE user_id = $1 AND mail_id IS NULL AND kind IN ({})",
            names.join(", ")
        );
        let values = [user.to_vec().into(), id.0.to_vec().into()];
        if execute(&*tx, DOING, &sql, values).await? == 0 {
            // Somebody else was first, and has said it.
            return Ok(());
        }
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(())
    }
}
