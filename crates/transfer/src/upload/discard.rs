//! Giving up an unfinished upload without its files.

use sealdrop_api::{ProblemType, links::RevokeLink, uploads::DeleteUpload};

use crate::{
    engine::{call::call, retry::Patience},
    error::TransferError,
    journal::unfinished::Unfinished,
    platform::Platform,
};

/// Removes everything that the server keeps of it: its link, if it was asked for, and its objects. Repeating it is safe.
///
/// # Errors
/// [`TransferError::Unreachable`] and whatever else keeps the server from answering; the journal should stay then.
pub async fn give_up<P: Platform>(platform: &P, unfinished: &Unfinished) -> Result<(), TransferError> {
    let token = Some(&unfinished.token);
    let gone = |error: TransferError| match error.problem() {
        Some(ProblemType::UploadNotFound | ProblemType::UploadState | ProblemType::LinkNotFound) => Ok(()),
        Some(ProblemType::LinkExpired | ProblemType::LinkRevoked | ProblemType::LinkExhausted) => Ok(()),
        _ => Err(error),
    };
    if let Some(link) = &unfinished.link {
        let link_id = link.request.link_id();
        let revoked = call(platform, &RevokeLink { link_id }, token, Patience::Short).await;
        revoked.map(drop).or_else(gone)?;
    }
    for object_id in unfinished.object_ids() {
        let deleted = call(platform, &DeleteUpload { object_id }, token, Patience::Short).await;
        deleted.map(drop).or_else(gone)?;
    }
    Ok(())
}
