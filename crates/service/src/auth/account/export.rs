//! `GET account/export`: everything that the server holds about a user.

use sea_orm::ConnectionTrait;
use sealdrop_api::{
    LinkId,
    export::{AccountExport, DeviceRecord, LinkRecord, MailRecord, NoticeRecord},
    links::LinkState,
};

use super::get::{account, stored_address};
use crate::{
    auth::{caller::Signed, sql::all},
    error::{InternalError, ServiceError},
    links::timeline,
    service::Service,
    store::{count32, instant, links::EndReason, unsigned},
};

/// Rows of orders and of invoices: as many as there are.
const ALL: u32 = 1 << 30;

impl Service {
    /// All of it, as it is now.
    ///
    /// # Errors
    /// `step-up-needed`, also for an access token, which cannot; `unauthenticated` where the user was closed this moment.
    pub async fn export_account(&self, signed: &Signed) -> Result<AccountExport, ServiceError> {
        signed.check_stepped_up()?;
        let (reader, user) = (self.inner.store.reader(), signed.user_id());
        let address = stored_address(reader, user).await?;
        Ok(AccountExport {
            exported_at: instant(self.now()),
            account: account(reader, user).await?,
            sessions: self.list_sessions(signed).await?.sessions,
            tokens: self.list_tokens(signed).await?.tokens,
            links: links(reader, user, self.now()).await?,
            devices: devices(reader, user).await?,
            mails: mails(reader, user, address.canonical()).await?,
            notices: notices(reader, user).await?,
            orders: self.orders_of(user, ALL).await?,
            invoices: self.invoices_of(user, ALL).await?,
        })
    }
}

/// Of one that has ended, the row names its user for 30 days.
async fn links(conn: &impl ConnectionTrait, user: [u8; 16], now: i64) -> Result<Vec<LinkRecord>, InternalError> {
    let sql = "SELECT link_id, sealed_bytes, max_downloads, used, opened, created_at, expires_at, ended_reason FROM links \
               WHERE user_id = $1 ORDER BY created_at DESC, link_id";
    let rows = all(conn, "reading a user's links", sql, [user.to_vec().into()]).await?;
    let mut events = timeline::of_user(conn, user, now).await?;
    let read = rows.iter().map(|row| {
        let link_id = LinkId(row.id("link_id")?);
        let expires_at: i64 = row.get("expires_at")?;
        let state = match row.get::<Option<EndReason>>("ended_reason")? {
            Some(reason) => reason.into(),
            None if expires_at <= now => LinkState::Expired,
            None => LinkState::Active,
        };
        Ok(LinkRecord {
            link_id,
            state,
            sealed_bytes: unsigned(row.get("sealed_bytes")?),
            max_downloads: count32(row.get("max_downloads")?),
            used: count32(row.get("used")?),
            opened: unsigned(row.get("opened")?),
            created_at: instant(row.get("created_at")?),
            expires_at: instant(expires_at),
            events: events.remove(&link_id).unwrap_or_default(),
        })
    });
    read.collect()
}

async fn devices(conn: &impl ConnectionTrait, user: [u8; 16]) -> Result<Vec<DeviceRecord>, InternalError> {
    let sql = "SELECT browser, system, created_at, seen_at FROM devices WHERE user_id = $1 ORDER BY seen_at DESC";
    let rows = all(conn, "reading a user's devices", sql, [user.to_vec().into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(DeviceRecord {
            browser: row.get("browser")?,
            system: row.get("system")?,
            created_at: instant(row.get("created_at")?),
            seen_at: instant(row.get("seen_at")?),
        })
    });
    read.collect()
}

/// Those that name the user, and codes, which name an address.
async fn mails(conn: &impl ConnectionTrait, user: [u8; 16], canonical: &str) -> Result<Vec<MailRecord>, InternalError> {
    let sql = "SELECT reason, state, made_at FROM mails WHERE user_id = $1 OR canonical = $2 ORDER BY made_at DESC";
    let values = [user.to_vec().into(), canonical.into()];
    let rows = all(conn, "reading a user's mails", sql, values).await?;
    let read = rows.iter().map(|row| {
        Ok(MailRecord {
            reason: row.get("reason")?,
            state: row.get("state")?,
            made_at: instant(row.get("made_at")?),
        })
    });
    read.collect()
}

async fn notices(conn: &impl ConnectionTrait, user: [u8; 16]) -> Result<Vec<NoticeRecord>, InternalError> {
    let sql = "SELECT kind, link_id, times, mail_id, made_at FROM notices WHERE user_id = $1 ORDER BY made_at DESC, id";
    let rows = all(conn, "reading a user's notices", sql, [user.to_vec().into()]).await?;
    let read = rows.iter().map(|row| {
        let link: Option<Vec<u8>> = row.get("link_id")?;
        Ok(NoticeRecord {
            kind: row.get("kind")?,
            link_id: link.and_then(|id| id.try_into().ok()).map(LinkId),
            times: unsigned(row.get("times")?),
            is_told: row.get::<Option<Vec<u8>>>("mail_id")?.is_some(),
            made_at: instant(row.get("made_at")?),
        })
    });
    read.collect()
}
