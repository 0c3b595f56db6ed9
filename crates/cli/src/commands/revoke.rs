//! `sealdrop revoke`: closes a link that this machine sent.

use sealdrop_api::links::RevokeLink;
use sealdrop_transfer::{Patience, call, link_id_of};

use super::CONCURRENCY;
use crate::{
    args::RevokeArguments,
    bar::say,
    failure::{Doing, Failure, explain, explain_link},
    machine::Machine,
    state::State,
};

pub(crate) async fn revoke(arguments: RevokeArguments) -> Result<(), Failure> {
    let (_, link_id) = link_id_of(&arguments.link).map_err(explain_link)?;
    let unknown = || {
        Failure::other(
            "This machine did not send that link, or has forgotten it. Nothing was changed. Revoke it on the machine that \
             sent it (the state folder holds what it takes; SEALDROP_STATE names another one).",
        )
    };
    let state = State::find().ok_or_else(unknown)?;
    let sent = state.recall(link_id).ok_or_else(unknown)?;
    let machine = Machine::new(&sent.server, CONCURRENCY)?;
    call(
        &machine,
        &RevokeLink { link_id },
        Some(&sent.owner_token),
        Patience::Short,
    )
    .await
    .map_err(|error| explain(&error, Doing::Revoking, &machine.origin()))?;
    if state.forget(link_id).is_err() {
        say("The link's note in the state folder could not be removed; it is of no more use.");
    }
    say("The link is closed: nobody can open it any more. Who downloaded before keeps what he has.");
    Ok(())
}
