//! Limits on connections: in all, for each client, and a few that are kept for this machine itself.
//!
//! A connection costs its client nothing, so having one is no right to keep it. Where no slot is free, the connection that was
//! idle for longest is closed; a new one is refused only if all of them are busy.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use metrics::{counter, gauge};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::activity::Activity;
use crate::{
    client_network::{ClientNetwork, Prefixes},
    metrics::list::{CONNECTIONS, CONNECTIONS_REFUSED},
};

/// Slots that are kept for this machine itself: the server calls its own bucket, and its health is asked for.
const KEPT: usize = 64;
/// Time between two warnings in the log.
const SILENCE: Duration = Duration::from_secs(3600);

/// How many there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// In all.
    pub(crate) in_all: usize,
    /// Of one client; none where all connections are a proxy's.
    pub(crate) per_client: Option<usize>,
    pub(crate) prefixes: Prefixes,
    /// By which address this machine asks itself.
    pub(crate) own: IpAddr,
    /// What the metrics call the listener.
    pub(crate) listener: &'static str,
}

impl Bounds {
    /// For the listener of the metrics, where few ask.
    pub(crate) fn of_metrics(own: IpAddr) -> Self {
        Self {
            in_all: 64,
            per_client: None,
            prefixes: Prefixes::default(),
            own,
            listener: "metrics",
        }
    }

    /// What only those have a choice in who test it.
    #[cfg(test)]
    pub(super) fn of(in_all: usize, per_client: Option<usize>) -> Self {
        Self {
            in_all,
            per_client,
            prefixes: Prefixes::default(),
            own: Ipv4Addr::LOCALHOST.into(),
            listener: "public",
        }
    }
}

#[derive(Debug)]
pub(super) struct ConnectionSlots {
    bounds: Bounds,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    in_all: usize,
    by_client: HashMap<ClientNetwork, BTreeMap<u64, Connection>>,
    told: Option<Instant>,
}

#[derive(Debug, Clone)]
struct Connection {
    activity: Arc<Activity>,
    revoked: CancellationToken,
}

/// The slot of one connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    slots: Arc<ConnectionSlots>,
    client: ClientNetwork,
    n: u64,
    connection: Connection,
}

impl ConnectionSlots {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            taken: Mutex::default(),
        })
    }

    /// A slot, if one is free or can be freed.
    pub(super) fn acquire(self: &Arc<Self>, peer: IpAddr) -> Option<ConnectionSlot> {
        let now = Instant::now();
        let client = ClientNetwork::of(peer, self.bounds.prefixes);
        let in_all = self.bounds.in_all;
        let open_to_all = in_all - KEPT.min(in_all / 4);
        let most = if self.is_own(peer) { in_all } else { open_to_all };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = self.bounds.per_client.is_some_and(|most| taken.of(client) >= most);
        let is_free = (!is_over || taken.free_one(client, now))
            && (taken.in_all < most || taken.largest().is_some_and(|largest| taken.free_one(largest, now)));
        if !is_free {
            counter!(CONNECTIONS_REFUSED, "listener" => self.bounds.listener).increment(1);
            taken.complain(now);
            return None;
        }
        let connection = Connection {
            activity: Activity::new(now),
            revoked: CancellationToken::new(),
        };
        let n = taken.next;
        taken.next += 1;
        taken.in_all += 1;
        taken.by_client.entry(client).or_default().insert(n, connection.clone());
        gauge!(CONNECTIONS, "listener" => self.bounds.listener).increment(1);
        Some(ConnectionSlot {
            slots: Arc::clone(self),
            client,
            n,
            connection,
        })
    }

    /// Whether it is this machine that asks itself.
    fn is_own(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer == self.bounds.own || peer == IpAddr::V4(Ipv4Addr::LOCALHOST) || peer == IpAddr::V6(Ipv6Addr::LOCALHOST)
    }
}

impl Taken {
    fn of(&self, client: ClientNetwork) -> usize {
        self.by_client.get(&client).map_or(0, BTreeMap::len)
    }

    /// The client that has the most.
    fn largest(&self) -> Option<ClientNetwork> {
        let largest = self.by_client.iter().max_by_key(|(_, connections)| connections.len());
        largest.map(|(client, _)| *client)
    }

    /// Takes the slot of the connection of that client that was idle for longest. `false` if none is idle.
    fn free_one(&mut self, client: ClientNetwork, now: Instant) -> bool {
        let Some(connections) = self.by_client.get(&client) else {
            return false;
        };
        let resting = connections
            .iter()
            .filter_map(|(n, connection)| Some((connection.activity.rest(now)?, *n)));
        let Some((_, n)) = resting.min() else {
            return false;
        };
        self.leave(client, n);
        true
    }

    /// Frees the slot and notifies a connection that still has it.
    fn leave(&mut self, client: ClientNetwork, n: u64) {
        let Some(connections) = self.by_client.get_mut(&client) else {
            return;
        };
        if let Some(left) = connections.remove(&n) {
            left.revoked.cancel();
            self.in_all -= 1;
        }
        if connections.is_empty() {
            self.by_client.remove(&client);
        }
    }

    fn complain(&mut self, now: Instant) {
        if self
            .told
            .is_none_or(|told| now.saturating_duration_since(told) >= SILENCE)
        {
            self.told = Some(now);
            tracing::warn!(
                open = self.in_all,
                "connections are turned away: all slots, or all that one client may have, are busy. See \
                 SEALDROP_MAX_CONNECTIONS and SEALDROP_MAX_CONNECTIONS_PER_CLIENT"
            );
        }
    }
}

impl ConnectionSlot {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.connection.activity
    }

    /// Waits until the slot was given to another connection.
    pub(super) async fn is_revoked(&self) {
        self.connection.revoked.cancelled().await;
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        gauge!(CONNECTIONS, "listener" => self.slots.bounds.listener).decrement(1);
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.leave(self.client, self.n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn is_revoked(slot: &ConnectionSlot) -> bool {
        slot.connection.revoked.is_cancelled()
    }

    #[test]
    fn n04_the_longest_idle_of_a_client_makes_room() {
        let slots = ConnectionSlots::new(Bounds::of(100, Some(3)));
        let take = |text| slots.acquire(addr(text)).expect("a slot");
        let mut held = vec![take("192.0.2.1"), take("192.0.2.1"), take("192.0.2.1")];
        let other = take("192.0.2.2");
        let busy = held[0].activity().begin();
        held.push(take("192.0.2.1"));
        assert!(!is_revoked(&held[0]), "it has a request");
        assert!(is_revoked(&held[1]) && !is_revoked(&held[2]) && !is_revoked(&other));
        let all: Vec<_> = held.iter().map(|slot| slot.activity().begin()).collect();
        assert!(slots.acquire(addr("192.0.2.1")).is_none(), "all are at work");
        assert!(slots.acquire(addr("192.0.2.2")).is_some());
        drop((busy, all, other, held));
        let taken = slots.taken.lock().expect("no panic above");
        assert!(taken.in_all == 0 && taken.by_client.is_empty());
    }

    #[test]
    fn n04_a_site_of_ipv6_addresses_is_one_client() {
        let slots = ConnectionSlots::new(Bounds::of(100, Some(2)));
        let held: Vec<_> = (0..5)
            .map(|n| slots.acquire(addr(&format!("2001:db8::{n}"))).expect("a slot"))
            .collect();
        assert_eq!(held.iter().filter(|slot| is_revoked(slot)).count(), 3);
    }

    #[test]
    fn n04_this_machine_gets_in_when_everything_is_taken() {
        let slots = ConnectionSlots::new(Bounds::of(8, None));
        let at_work: Vec<_> = (1..=8)
            .map_while(|n| slots.acquire(addr(&format!("192.0.2.{n}"))))
            .map(|slot| (slot.activity().begin(), slot))
            .collect();
        assert_eq!(at_work.len(), 6, "two are kept");
        assert!(slots.acquire(addr("127.0.0.66")).is_none(), "another client");
        let own = slots.acquire(addr("127.0.0.1"));
        assert!(own.is_some() && slots.acquire(addr("::ffff:127.0.0.1")).is_some());
    }

    #[test]
    fn n04_who_has_the_most_makes_room_for_others() {
        let slots = ConnectionSlots::new(Bounds::of(8, None));
        let take = |text| slots.acquire(addr(text)).expect("a slot");
        let first = take("192.0.2.3");
        let greedy: Vec<_> = (0..5).map(|_| take("192.0.2.1")).collect();
        let other = take("192.0.2.2");
        assert!(is_revoked(&greedy[0]) && !is_revoked(&greedy[1]));
        assert!(
            !is_revoked(&first) && !is_revoked(&other),
            "though one of them rests for longer"
        );
    }
}
