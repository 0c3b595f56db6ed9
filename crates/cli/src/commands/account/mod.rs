//! Signing in, signing out, and who is signed in.

pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod own_links;
pub(crate) mod whoami;

use sealdrop_api::{ProblemType, account::Account};
use sealdrop_transfer::{RetryPolicy, TransferError, call};

use crate::{
    account::{Kept, find},
    commands::CONCURRENCY,
    failure::{Doing, Failure, explain::explain},
    platform::CliPlatform,
    terminal::progress_bar::say,
};

/// The server, asked as who is signed in there; a guest where nobody is.
pub(crate) fn platform_of(server: &str) -> Result<(CliPlatform, Option<Kept>), Failure> {
    let platform = CliPlatform::new(server, CONCURRENCY)?;
    let kept = find(&platform.origin())?;
    Ok(match &kept {
        Some(signed_in) => (platform.signed_in(signed_in.token.clone()), kept),
        None => (platform, None),
    })
}

/// Makes a platform send as who is signed in, unless as a guest is wanted. A token that has ended is found out before anything is
/// sent: the server would take it for a guest's.
pub(crate) async fn sign_in_to_send(
    platform: CliPlatform,
    server: &str,
    as_guest: bool,
) -> Result<CliPlatform, Failure> {
    if as_guest {
        return Ok(platform);
    }
    let Some(kept) = find(server)? else {
        return Ok(platform);
    };
    let platform = platform.signed_in(kept.token);
    let account = ask_account(&platform).await;
    let account = account.map_err(|error| explain(&error, Doing::Sending, server))?;
    if let Some(email) = account.map(|account| account.email.0).or(kept.email) {
        say(&format!(
            "Sending as {}. Use --guest to send without the account.",
            crate::text::escape(&email)
        ));
    }
    Ok(platform)
}

/// Whose token it is; nothing where the token is good and may not ask.
async fn ask_account(platform: &CliPlatform) -> Result<Option<Account>, TransferError> {
    match call(
        platform,
        &sealdrop_api::account::GetAccount,
        None,
        RetryPolicy::Interactive,
    )
    .await
    {
        Ok(account) => Ok(Some(account)),
        Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::Scope => Ok(None),
        Err(error) => Err(error),
    }
}
