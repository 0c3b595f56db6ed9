//! A sign-in on a device that the user has not signed in on before: a mail tells of it.
//!
//! A device is known by the mark that its browser carries for a year, else by the names of its browser and system. Neither a version nor
//! a network counts: they change every month, and notices that come every month are not read.

use sealdrop_mail::EmailAddress;

use super::{life::DAY, make::Device};
use crate::{
    auth::sql::{execute, first, random},
    error::InternalError,
    mails::{MailReason, NewMail, new_mail::enqueue_mail},
    proof,
    store::WriteTx,
};

/// Mails of this kind to one user in a day, so that nobody's mailbox is filled with them.
const PER_DAY: i64 = 3;

/// Whether the user signed in there before.
pub(super) async fn is_known(tx: &WriteTx, user: [u8; 16], device: &Device) -> Result<bool, InternalError> {
    let sql = "SELECT 1 AS known FROM devices WHERE user_id = $1 \
               AND (mark_hash = $2 OR (COALESCE(browser, '') = $3 AND COALESCE(system, '') = $4)) LIMIT 1";
    let mark = device.mark.as_ref();
    let values = [
        user.to_vec().into(),
        // No hash is empty.
        mark.map_or_else(Vec::new, |mark| proof::digest(mark.as_bytes()).to_vec())
            .into(),
        device.browser.clone().unwrap_or_default().into(),
        device.system.clone().unwrap_or_default().into(),
    ];
    Ok(first(&**tx, "looking for a device", sql, values).await?.is_some())
}

/// Remembers a terminal, which carries no mark, by its names.
pub(super) async fn note_terminal(tx: &WriteTx, user: [u8; 16], device: &Device) -> Result<(), InternalError> {
    let mark: [u8; 32] = random()?;
    let sql = "INSERT INTO devices (mark_hash, user_id, browser, system, created_at, seen_at) VALUES ($1, $2, $3, $4, {now}, {now})";
    let values = [
        mark.to_vec().into(),
        user.to_vec().into(),
        device.browser.clone().into(),
        device.system.clone().into(),
    ];
    execute(&**tx, "noting a device", sql, values).await.map(drop)
}

/// Adds the mail, unless the user wants none or had enough today. The caller holds the user's lock, so that none is missed in the count.
pub(super) async fn announce(tx: &WriteTx, user: [u8; 16], device: &Device) -> Result<(), InternalError> {
    let sql = format!(
        "SELECT u.address FROM users AS u WHERE u.id = $1 AND u.closed_at IS NULL AND u.notify_new_device = 1 \
         AND (SELECT COUNT(*) FROM mails AS m WHERE m.user_id = u.id AND m.reason = $2 AND m.made_at > {{now}} - {DAY}) < {PER_DAY}"
    );
    let values = [user.to_vec().into(), MailReason::NewDevice.name().into()];
    let Some(row) = first(&**tx, "looking whether a notice is wanted", &sql, values).await? else {
        return Ok(());
    };
    let address: String = row.get("address")?;
    let to = EmailAddress::parse(&address).map_err(|error| InternalError::lasting("reading an address", error))?;
    let mail = NewMail::new(to, MailReason::NewDevice).of_user(&user);
    enqueue_mail(tx, mail.from_device(&words(device))).await.map(drop)
}

/// Such as `Firefox on Linux`; empty where nothing is known.
fn words(device: &Device) -> String {
    match (&device.browser, &device.system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => String::new(),
    }
}
