//! A new session.

use sealdrop_api::{DeviceMark, SessionToken};

use super::life::{ABSOLUTE, live};
use crate::{
    auth::sql::{execute, random},
    error::InternalError,
    proof,
    store::WriteTx,
};

/// Sessions of one user at most.
const MAX_SESSIONS: i64 = 50;

/// What a browser says of itself, and the mark that it carries.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// The browser's name, such as `Firefox`.
    pub browser: Option<String>,
    /// The system's name, such as `Linux`.
    pub system: Option<String>,
    /// The mark of an earlier sign-in.
    pub mark: Option<DeviceMark>,
}

/// Makes a session, and ends the one unseen for longest of too many; never the new one. Answers its value and the browser's mark. The
/// caller holds the user's lock, so that none is too many.
pub(super) async fn make_session(
    tx: &WriteTx,
    user: [u8; 16],
    device: &Device,
) -> Result<(SessionToken, DeviceMark), InternalError> {
    let (id, token): ([u8; 16], _) = (random()?, SessionToken::new(random()?));
    let mark = match &device.mark {
        Some(mark) => mark.clone(),
        None => DeviceMark::new(random()?),
    };
    let mark_hash = proof::digest(mark.as_bytes()).to_vec();
    let sql = "INSERT INTO sessions (id, user_id, token_hash, browser, system, device, created_at, seen_at, renewed_at, expires_at, \
               stepped_up_at) VALUES ($1, $2, $3, $4, $5, $6, {now}, {now}, {now}, {now} + $7, {now})";
    let values = [
        id.to_vec().into(),
        user.to_vec().into(),
        proof::digest(token.as_bytes()).to_vec().into(),
        device.browser.clone().into(),
        device.system.clone().into(),
        mark_hash.clone().into(),
        ABSOLUTE.into(),
    ];
    execute(&**tx, "making a session", sql, values).await?;
    let sql = "INSERT INTO devices (mark_hash, user_id, browser, system, created_at, seen_at) VALUES ($1, $2, $3, $4, {now}, {now}) \
               ON CONFLICT (mark_hash, user_id) DO UPDATE SET browser = excluded.browser, system = excluded.system, \
               seen_at = excluded.seen_at";
    let values = [
        mark_hash.into(),
        user.to_vec().into(),
        device.browser.clone().into(),
        device.system.clone().into(),
    ];
    execute(&**tx, "noting a device", sql, values).await?;
    let sql = format!(
        "UPDATE sessions SET ended_at = {{now}} WHERE id IN (SELECT s.id FROM sessions AS s WHERE s.user_id = $1 AND s.id <> $2 \
         AND {} ORDER BY s.seen_at DESC, s.created_at DESC LIMIT 1000000 OFFSET {})",
        live(),
        MAX_SESSIONS - 1
    );
    let values = [user.to_vec().into(), id.to_vec().into()];
    execute(&**tx, "ending the session unseen for longest", &sql, values).await?;
    Ok((token, mark))
}
