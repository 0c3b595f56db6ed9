//! `sealdrop revoke`: closes a link that this machine sent.

use sealdrop_api::links::RevokeLink;
use sealdrop_transfer::{RetryPolicy, call, link_id_of};

use super::CONCURRENCY;
use crate::{
    args::RevokeArguments,
    failure::{Doing, Failure, explain::explain, explain_link::explain_link},
    platform::CliPlatform,
    state::State,
    terminal::progress_bar::say,
};

pub(crate) async fn revoke(arguments: RevokeArguments) -> Result<(), Failure> {
    let (_, link_id) = link_id_of(&arguments.link).map_err(explain_link)?;
    let unknown = || {
        Failure::other(
            "This machine has no owner token for that link. Revoke it on the machine that sent it, or set SEALDROP_STATE to the \
             state folder that has the token.",
        )
    };
    let state = State::find().ok_or_else(unknown)?;
    let sent = state.recall(link_id).ok_or_else(unknown)?;
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
    say("The link is revoked: nobody can open it any more. Copies already downloaded are not affected.");
    Ok(())
}
