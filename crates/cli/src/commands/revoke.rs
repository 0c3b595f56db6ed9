//! `sealdrop revoke`: closes a link that this machine sent, or who is signed in.

use sealdrop_api::{LinkId, links::RevokeLink};
use sealdrop_transfer::{RetryPolicy, call, link_id_of};

use super::{
    CONCURRENCY,
    account::{own_links::own_links, platform_of},
};
use crate::{
    args::RevokeArguments,
    failure::{Doing, Failure, explain::explain, explain_link::explain_link},
    platform::CliPlatform,
    state::State,
    terminal::progress_bar::say,
};

const REVOKED: &str = "The link is revoked: nobody can open it any more. Copies already downloaded are not affected.";

pub(crate) async fn revoke(arguments: RevokeArguments) -> Result<(), Failure> {
    // As `sealdrop links` prints it: the server is known from there.
    let (origin, link_id) = match arguments.link.trim().parse::<LinkId>() {
        Ok(link_id) => (None, link_id),
        Err(_) => {
            let (origin, link_id) = link_id_of(&arguments.link).map_err(explain_link)?;
            (Some(origin), link_id)
        }
    };
    let kept = State::find().and_then(|state| Some((state.recall(link_id)?, state)));
    let Some((sent, state)) = kept else {
        let server = match origin {
            Some(server) => Some(server),
            None => server_of(link_id).await?,
        };
        return match server {
            Some(server) => revoke_own(&server, link_id).await,
            None => Err(no_token()),
        };
    };
    // Its own token is enough, whoever is signed in.
    let platform = CliPlatform::new(&sent.server, CONCURRENCY)?;
    call(
        &platform,
        &RevokeLink { link_id },
        Some(&sent.owner_token),
        RetryPolicy::Interactive,
    )
    .await
    .map_err(|error| explain(&error, Doing::Revoking, &platform.origin()))?;
    if state.forget(link_id).is_err() {
        say("The owner token could not be deleted from the state folder. It is no longer valid.");
    }
    say(REVOKED);
    Ok(())
}

/// The server of an account that is signed in here and that the link is of.
async fn server_of(link_id: LinkId) -> Result<Option<String>, Failure> {
    let (own, missing) = own_links().await;
    match (own.into_iter().find(|(_, link)| link.link_id == link_id), missing) {
        (Some((server, _)), _) => Ok(Some(server)),
        (None, Some(failure)) => Err(failure),
        (None, None) => Ok(None),
    }
}

fn no_token() -> Failure {
    Failure::other(
        "This machine has no owner token for that link. Revoke it on the machine that sent it, or set SEALDROP_STATE to the \
         state folder that has the token. If it is a link of your account, sign in with `sealdrop login`.",
    )
}

/// A link of the account.
async fn revoke_own(server: &str, link_id: LinkId) -> Result<(), Failure> {
    let (platform, kept) = platform_of(server)?;
    if kept.is_none() {
        return Err(no_token());
    }
    call(&platform, &RevokeLink { link_id }, None, RetryPolicy::Interactive)
        .await
        .map_err(|error| explain(&error, Doing::Revoking, &platform.origin()))?;
    say(REVOKED);
    Ok(())
}
