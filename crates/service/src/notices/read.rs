//! What a mail of notices says, read when it is sent: what holds no more, or is not wanted any more, is left out.

use sea_orm::ConnectionTrait;
use sealdrop_api::limits::UNLIMITED_DOWNLOADS;
use sealdrop_mail::{DownloadedLink, EmailAddress, LinkOfUser, MailId, News, StorageUse, UnusedLink};

use super::kind::NoticeKind;
use crate::{
    auth::sql::{Row, all},
    error::InternalError,
    store::{
        instant,
        plans::{STORAGE, USERS_WITH_TERMS},
        unsigned,
    },
};

const DOING: &str = "reading notices";
/// Links of a kind that one mail lists; the rest is counted.
const LISTED: u32 = 20;

/// To whom, and what.
pub(crate) struct Told {
    /// The user.
    pub(crate) user: [u8; 16],
    /// Where mail to them goes now.
    pub(crate) to: EmailAddress,
    /// What there is to say.
    pub(crate) news: News,
}

/// What a mail says; nothing if nothing of it holds. `now` is by the clock that links end by.
pub(crate) async fn read(conn: &impl ConnectionTrait, mail: MailId, now: i64) -> Result<Option<Told>, InternalError> {
    let wanted = NoticeKind::ALL.map(|kind| format!("(n.kind = '{}' AND u.{} = 1)", kind.name(), kind.column()));
    let unused = "l.used = 0 AND l.active = 0 AND l.ended_at IS NULL AND l.paused_at IS NULL AND l.expires_at = n.ends_at AND l.expires_at > $2";
    let sql = format!(
        "SELECT * FROM (SELECT n.kind, n.times, n.user_id, u.address, u.used_bytes, {STORAGE} AS quota, \
         u.storage_level, l.created_at, l.expires_at, l.sealed_bytes, l.used, l.max_downloads, \
         ROW_NUMBER() OVER (PARTITION BY n.kind ORDER BY n.made_at DESC, n.id) AS place, COUNT(*) OVER (PARTITION BY n.kind) AS of_kind \
         FROM {USERS_WITH_TERMS} JOIN notices AS n ON n.user_id = u.id LEFT JOIN links AS l ON l.link_id = n.link_id \
         WHERE n.mail_id = $1 AND u.closed_at IS NULL AND ({}) \
         AND (n.kind <> 'link-unused' OR ({unused})) AND (n.kind <> 'storage' OR u.storage_level >= n.level)) AS told \
         WHERE place <= {LISTED} ORDER BY kind, place",
        wanted.join(" OR ")
    );
    let rows = all(conn, DOING, &sql, [mail.0.to_vec().into(), now.into()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let address: String = first.get("address")?;
    let to = EmailAddress::parse(&address).map_err(|error| InternalError::lasting(DOING, error))?;
    let mut news = News::default();
    for row in &rows {
        add(&mut news, row)?;
    }
    Ok(Some(Told {
        user: first.id("user_id")?,
        to,
        news,
    }))
}

fn add(news: &mut News, row: &Row) -> Result<(), InternalError> {
    let number = |column| row.get::<i64>(column);
    let kind: String = row.get("kind")?;
    let more = unsigned(number("of_kind")?).saturating_sub(LISTED.into());
    if kind == NoticeKind::Storage.name() {
        news.storage = Some(StorageUse {
            used: unsigned(number("used_bytes")?),
            quota: unsigned(number("quota")?),
            is_full: row.get::<i32>("storage_level")? == 100,
        });
        return Ok(());
    }
    let link = LinkOfUser {
        made_at: instant(number("created_at")?),
        sealed_bytes: unsigned(number("sealed_bytes")?),
    };
    if kind == NoticeKind::LinkUnused.name() {
        let expires_at = instant(number("expires_at")?);
        news.unused.push(UnusedLink { link, expires_at });
        news.more_unused = more;
        return Ok(());
    }
    let most = unsigned(number("max_downloads")?);
    news.downloaded.push(DownloadedLink {
        link,
        times: unsigned(number("times")?),
        used: unsigned(number("used")?),
        max_downloads: (most < UNLIMITED_DOWNLOADS.into()).then_some(most),
    });
    news.more_downloaded = more;
    Ok(())
}
