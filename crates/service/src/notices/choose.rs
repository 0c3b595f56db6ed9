//! Which notices a user wants.

use sea_orm::ConnectionTrait;
use sealdrop_api::account::{Notices, NoticesChange};

use super::kind::NoticeKind;
use crate::{
    auth::sql::{Row, execute},
    error::InternalError,
    store::WriteTx,
};

/// Columns of the choices.
pub(crate) const COLUMNS: &str =
    "u.notify_new_device, u.notify_link_downloaded, u.notify_link_unused, u.notify_storage, u.notify_daily";

/// Reads what [`COLUMNS`] names.
pub(crate) fn read(row: &Row) -> Result<Notices, InternalError> {
    let is_wanted = |column| Ok::<_, InternalError>(row.get::<i32>(column)? == 1);
    Ok(Notices {
        new_device: is_wanted("notify_new_device")?,
        link_downloaded: is_wanted("notify_link_downloaded")?,
        link_unused: is_wanted("notify_link_unused")?,
        storage: is_wanted("notify_storage")?,
        daily: is_wanted("notify_daily")?,
    })
}

/// Changes what is named. What waits of a kind that is turned off is not said any more; who turns one mail a day on or off loses nothing:
/// what waits then comes the next morning.
pub(crate) async fn choose(tx: &WriteTx, user: [u8; 16], change: NoticesChange) -> Result<(), InternalError> {
    let others = [("notify_new_device", change.new_device), ("notify_daily", change.daily)];
    let kinds = NoticeKind::ALL.map(|kind| (kind.column(), kind.wish(change)));
    for (column, wish) in others.into_iter().chain(kinds) {
        if let Some(is_wanted) = wish {
            set(&**tx, user, column, is_wanted).await?;
        }
    }
    for kind in NoticeKind::ALL {
        if kind.wish(change) == Some(false) {
            forget_waiting(&**tx, user, kind).await?;
        }
    }
    Ok(())
}

async fn set(conn: &impl ConnectionTrait, user: [u8; 16], column: &str, is_wanted: bool) -> Result<(), InternalError> {
    let sql = format!("UPDATE users SET {column} = $2 WHERE id = $1 AND closed_at IS NULL");
    let values = [user.to_vec().into(), i32::from(is_wanted).into()];
    execute(conn, "choosing notices", &sql, values).await.map(drop)
}

async fn forget_waiting(conn: &impl ConnectionTrait, user: [u8; 16], kind: NoticeKind) -> Result<(), InternalError> {
    let sql = "DELETE FROM notices WHERE user_id = $1 AND kind = $2 AND mail_id IS NULL";
    let values = [user.to_vec().into(), kind.name().into()];
    execute(conn, "forgetting notices", sql, values).await.map(drop)
}
