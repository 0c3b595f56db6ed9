//! `sealdrop logout`: ends the access token on the server, then forgets it.

use sealdrop_api::{ProblemType, auth::EndCurrentSession};
use sealdrop_transfer::{RetryPolicy, TransferError, call};

use super::platform_of;
use crate::{
    account::forget,
    args::LogoutArguments,
    failure::{Doing, Failure, explain::explain},
    terminal::progress_bar::say,
};

pub(crate) async fn logout(arguments: LogoutArguments) -> Result<(), Failure> {
    let (platform, kept) = platform_of(&arguments.server)?;
    let server = platform.origin();
    if kept.is_none() {
        say(&format!("You are not signed in to {server}."));
        return Ok(());
    }
    let ended = if arguments.local {
        Ok(())
    } else {
        match call(&platform, &EndCurrentSession, None, RetryPolicy::Interactive).await {
            Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::Unauthenticated => Ok(()),
            ended => ended.map(drop),
        }
    };
    ended.map_err(|error| {
        explain(&error, Doing::Asking, &server).and(
            "You are still signed in. With --local the access token is deleted here only, and stays valid until it ends by itself or \
             you end it in your account.",
        )
    })?;
    forget(&server).map_err(|error| {
        Failure::other(format!(
            "The access token cannot be deleted from the state folder: {error}. Delete the folder accounts in it."
        ))
    })?;
    say(&if arguments.local {
        format!(
            "The access token for {server} is deleted here. On the server it stays valid until you end it in your account."
        )
    } else {
        format!("Signed out of {server}.")
    });
    Ok(())
}
