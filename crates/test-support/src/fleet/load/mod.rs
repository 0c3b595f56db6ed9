//! Mixed load of honest people, who try again when something goes away.

mod paying;
mod requests;
mod sending;
mod shared;
mod signing_in;

use std::sync::Arc;

use tokio::task::JoinSet;

use super::servers::Fleet;
pub(super) use sending::still_arrives;
pub(super) use shared::{CANARIES, ENDS_WITHIN, Load, Sent};

/// How many of each kind go on at a time.
const SENDERS: usize = 2;
const USERS: usize = 2;
const BUYERS: usize = 1;

/// Starts all of them.
pub(super) fn start(load: &Arc<Load>, fleet: &Arc<Fleet>) -> JoinSet<()> {
    let mut people = JoinSet::new();
    for number in 0..SENDERS {
        people.spawn(sending::send_and_receive(Arc::clone(load), number));
    }
    for number in 0..USERS {
        people.spawn(signing_in::sign_in_and_out(Arc::clone(load), Arc::clone(fleet), number));
    }
    for number in 0..BUYERS {
        people.spawn(paying::buy(Arc::clone(load), Arc::clone(fleet), number));
    }
    people
}
