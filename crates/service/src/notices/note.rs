//! Writing down that something happened.

use sealdrop_api::LinkId;

use super::{kind::NoticeKind, tell_job};
use crate::{
    auth::sql::{execute, random},
    error::InternalError,
    jobs::queue::enqueue,
    store::WriteTx,
};

/// What happened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Happened {
    /// A download of a link was complete and verified.
    Downloaded(LinkId),
    /// A link ends at that instant, and nobody has downloaded it.
    Unused(LinkId, i64),
    /// So many percent of the storage are used.
    Storage(i32),
}

impl Happened {
    fn kind(self) -> NoticeKind {
        match self {
            Self::Downloaded(_) => NoticeKind::LinkDownloaded,
            Self::Unused(..) => NoticeKind::LinkUnused,
            Self::Storage(_) => NoticeKind::Storage,
        }
    }

    /// What a row means that is there already.
    fn on_conflict(self) -> &'static str {
        match self {
            Self::Downloaded(_) => {
                "(link_id) WHERE kind = 'link-downloaded' AND mail_id IS NULL DO UPDATE SET times = notices.times + 1"
            }
            Self::Unused(..) => "(link_id, ends_at) WHERE kind = 'link-unused' DO NOTHING",
            Self::Storage(_) => {
                "(user_id) WHERE kind = 'storage' AND mail_id IS NULL DO UPDATE SET level = excluded.level"
            }
        }
    }
}

/// Notes what happened to a user's links or storage, and adds the job that tells of it; nothing if the user does not want to hear of it.
/// Answers whether there is something to tell. Rows are bounded: what waits already is only counted.
pub(crate) async fn note(tx: &WriteTx, user: [u8; 16], happened: Happened) -> Result<bool, InternalError> {
    let (kind, id) = (happened.kind(), random::<16>()?);
    let (link, ends_at, level) = match happened {
        Happened::Downloaded(link) => (Some(link), None, None),
        Happened::Unused(link, ends_at) => (Some(link), Some(ends_at), None),
        Happened::Storage(level) => (None, None, Some(level)),
    };
    let sql = format!(
        "INSERT INTO notices (id, user_id, kind, link_id, ends_at, level, made_at) SELECT $1, u.id, $3, $4, $5, $6, {{now}} FROM users AS u \
         WHERE u.id = $2 AND u.closed_at IS NULL AND u.{} = 1 ON CONFLICT {}",
        kind.column(),
        happened.on_conflict()
    );
    let values = [
        id.to_vec().into(),
        user.to_vec().into(),
        kind.name().into(),
        link.map(|link| link.0.to_vec()).into(),
        ends_at.into(),
        level.into(),
    ];
    if execute(&**tx, "noting what happened", &sql, values).await? == 0 {
        return Ok(false);
    }
    enqueue(tx, tell_job::of(user)?).await?;
    Ok(true)
}
