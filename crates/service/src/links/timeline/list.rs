//! `GET links/{link_id}/events`: what happened to a link, for its owner.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sealdrop_api::{
    LinkId,
    links::{LinkEvent, LinkEventKind, LinkEvents},
};

use super::event::{HOUR, KEPT_FOR, read};
use crate::{
    auth::sql::all,
    error::{InternalError, ServiceError},
    links::owner::{LinkOwner, owned_by},
    service::Service,
    store::{instant, links, unsigned},
};

/// Rows of one answer.
const MOST: u64 = 500;
/// Rows that the export of an account has, of all its links.
const MOST_OF_USER: u64 = 20_000;
const DOING: &str = "reading what happened to a link";

impl Service {
    /// What happened to a link in the last 90 days, by the hour, the newest first and at most 500; also for 30 days after its end.
    ///
    /// # Errors
    /// `link-not-found`.
    pub async fn list_link_events<'a>(
        &self,
        owner: impl Into<LinkOwner<'a>>,
        link_id: LinkId,
    ) -> Result<LinkEvents, ServiceError> {
        let reader = self.inner.store.reader();
        owned_by(links::find(reader, link_id).await?, owner.into())?;
        let now = self.now();
        // Before the rows: what is written meanwhile is missing for a moment, and not there twice.
        let not_written = self.inner.opened.of(link_id);
        let sql = format!(
            "SELECT kind, at, n FROM link_events WHERE link_id = $1 AND hour > $2 ORDER BY hour DESC, at DESC, kind LIMIT {MOST}"
        );
        let values = [link_id.0.to_vec().into(), oldest_hour(now).into()];
        let rows = all(reader, DOING, &sql, values).await?;
        let read = rows.iter().filter_map(|row| read(row).transpose());
        let mut events = read.collect::<Result<Vec<_>, _>>()?;
        if not_written > 0 {
            add_opened(&mut events, not_written, now);
        }
        Ok(LinkEvents { events })
    }
}

/// Opened a moment ago, and not written yet.
fn add_opened(events: &mut Vec<LinkEvent>, times: i64, now: i64) {
    let this_hour = instant(now.div_euclid(HOUR).saturating_mul(HOUR));
    let at = events
        .iter()
        .position(|event| event.kind == LinkEventKind::Opened && event.at >= this_hour);
    let before = at.map_or(0, |at| events.remove(at).n);
    let opened = LinkEvent {
        at: instant(now),
        kind: LinkEventKind::Opened,
        n: before.saturating_add(unsigned(times)),
    };
    events.insert(0, opened);
}

fn oldest_hour(now: i64) -> i64 {
    now.saturating_sub(KEPT_FOR).div_euclid(HOUR)
}

/// What happened to the links of a user, of each the newest first.
pub(crate) async fn of_user(
    conn: &impl ConnectionTrait,
    user: [u8; 16],
    now: i64,
) -> Result<HashMap<LinkId, Vec<LinkEvent>>, InternalError> {
    let sql = format!(
        "SELECT e.link_id, e.kind, e.at, e.n FROM link_events AS e JOIN links AS l ON l.link_id = e.link_id \
         WHERE l.user_id = $1 AND e.hour > $2 ORDER BY e.hour DESC, e.at DESC, e.kind LIMIT {MOST_OF_USER}"
    );
    let rows = all(conn, DOING, &sql, [user.to_vec().into(), oldest_hour(now).into()]).await?;
    let mut all: HashMap<LinkId, Vec<LinkEvent>> = HashMap::new();
    for row in &rows {
        if let Some(event) = read(row)? {
            all.entry(LinkId(row.id("link_id")?)).or_default().push(event);
        }
    }
    Ok(all)
}
