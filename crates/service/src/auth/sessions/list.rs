//! `GET auth/sessions`: where a user is signed in.

use sealdrop_api::{
    SessionId,
    auth::{SessionList, SessionStatus},
};

use super::life::live;
use crate::{
    auth::{caller::Signed, sql::all},
    error::ServiceError,
    service::Service,
    store::instant,
};

impl Service {
    /// The user's sessions that are live, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_sessions(&self, signed: &Signed) -> Result<SessionList, ServiceError> {
        let sql = format!(
            "SELECT s.id, s.browser, s.system, s.created_at, s.seen_at FROM sessions AS s WHERE s.user_id = $1 AND {} \
             ORDER BY s.seen_at DESC, s.created_at DESC",
            live()
        );
        let user = signed.user_id().to_vec();
        let rows = all(
            self.inner.store.reader(),
            "reading a user's sessions",
            &sql,
            [user.into()],
        )
        .await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id("id")?;
            sessions.push(SessionStatus {
                session_id: SessionId(id),
                browser: row.get("browser")?,
                system: row.get("system")?,
                created_at: instant(row.get("created_at")?),
                seen_at: instant(row.get("seen_at")?),
                is_current: signed.session() == Some(id),
            });
        }
        Ok(SessionList { sessions })
    }
}
