//! Places for connections: so many in all, so many for a client, a few for this machine itself.
//!
//! A connection costs whoever opens it nothing, so having one is no right to keep it. Where no place is free, the one that
//! does nothing for longest makes room; only where all of them are at work is somebody turned away.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::activity::Activity;
use crate::extract::{ClientNetwork, Prefixes};

/// Places for this machine itself at most: the server asks its own bucket, and is asked how it is.
const KEPT: usize = 64;
/// Time between two complaints.
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
}

impl Bounds {
    /// What only those have a choice in who test it.
    #[cfg(test)]
    pub(super) fn of(in_all: usize, per_client: Option<usize>) -> Self {
        Self {
            in_all,
            per_client,
            prefixes: Prefixes::default(),
            own: Ipv4Addr::LOCALHOST.into(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Places {
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
    needed: CancellationToken,
}

/// A connection's own, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    client: ClientNetwork,
    n: u64,
    connection: Connection,
}

impl Places {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            taken: Mutex::default(),
        })
    }

    /// A place, if there is one or one can be made.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let now = Instant::now();
        let client = ClientNetwork::of(peer, self.bounds.prefixes);
        let in_all = self.bounds.in_all;
        let open_to_all = in_all - KEPT.min(in_all / 4);
        let most = if self.is_own(peer) { in_all } else { open_to_all };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = self.bounds.per_client.is_some_and(|most| taken.of(client) >= most);
        let has_room = (!is_over || taken.make_room(client, now))
            && (taken.in_all < most || taken.largest().is_some_and(|largest| taken.make_room(largest, now)));
        if !has_room {
            taken.complain(now);
            return None;
        }
        let connection = Connection {
            activity: Activity::new(now),
            needed: CancellationToken::new(),
        };
        let n = taken.next;
        taken.next += 1;
        taken.in_all += 1;
        taken.by_client.entry(client).or_default().insert(n, connection.clone());
        Some(Place {
            places: Arc::clone(self),
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

    /// Takes its place from the connection of that client that rests for longest. Whether there was one.
    fn make_room(&mut self, client: ClientNetwork, now: Instant) -> bool {
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

    /// The place is free; a connection that is still there is told that it has none any more.
    fn leave(&mut self, client: ClientNetwork, n: u64) {
        let Some(connections) = self.by_client.get_mut(&client) else {
            return;
        };
        if let Some(left) = connections.remove(&n) {
            left.needed.cancel();
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
                "connections are turned away: all places, or all that one client may have, are taken and at work. See \
                 SEALDROP_MAX_CONNECTIONS and SEALDROP_MAX_CONNECTIONS_PER_CLIENT"
            );
        }
    }
}

impl Place {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.connection.activity
    }

    /// Ends when somebody else was given it.
    pub(super) async fn is_needed(&self) {
        self.connection.needed.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.leave(self.client, self.n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn is_needed(place: &Place) -> bool {
        place.connection.needed.is_cancelled()
    }

    #[test]
    fn n04_the_longest_idle_of_a_client_makes_room() {
        let places = Places::new(Bounds::of(100, Some(3)));
        let take = |text| places.take(addr(text)).expect("a place");
        let mut held = vec![take("192.0.2.1"), take("192.0.2.1"), take("192.0.2.1")];
        let other = take("192.0.2.2");
        let busy = held[0].activity().begin();
        held.push(take("192.0.2.1"));
        assert!(!is_needed(&held[0]), "it has a request");
        assert!(is_needed(&held[1]) && !is_needed(&held[2]) && !is_needed(&other));
        let all: Vec<_> = held.iter().map(|place| place.activity().begin()).collect();
        assert!(places.take(addr("192.0.2.1")).is_none(), "all are at work");
        assert!(places.take(addr("192.0.2.2")).is_some());
        drop((busy, all, other, held));
        let taken = places.taken.lock().expect("no panic above");
        assert!(taken.in_all == 0 && taken.by_client.is_empty());
    }

    #[test]
    fn n04_a_site_of_ipv6_addresses_is_one_client() {
        let places = Places::new(Bounds::of(100, Some(2)));
        let held: Vec<_> = (0..5)
            .map(|n| places.take(addr(&format!("2001:db8::{n}"))).expect("a place"))
            .collect();
        assert_eq!(held.iter().filter(|place| is_needed(place)).count(), 3);
    }

    #[test]
    fn n04_this_machine_gets_in_when_everything_is_taken() {
        let places = Places::new(Bounds::of(8, None));
        let at_work: Vec<_> = (1..=8)
            .map_while(|n| places.take(addr(&format!("192.0.2.{n}"))))
            .map(|place| (place.activity().begin(), place))
            .collect();
        assert_eq!(at_work.len(), 6, "two are kept");
        assert!(places.take(addr("127.0.0.66")).is_none(), "another client");
        let own = places.take(addr("127.0.0.1"));
        assert!(own.is_some() && places.take(addr("::ffff:127.0.0.1")).is_some());
    }

    #[test]
    fn n04_who_has_the_most_makes_room_for_others() {
        let places = Places::new(Bounds::of(8, None));
        let take = |text| places.take(addr(text)).expect("a place");
        let first = take("192.0.2.3");
        let greedy: Vec<_> = (0..5).map(|_| take("192.0.2.1")).collect();
        let other = take("192.0.2.2");
        assert!(is_needed(&greedy[0]) && !is_needed(&greedy[1]));
        assert!(
            !is_needed(&first) && !is_needed(&other),
            "though one of them rests for longer"
        );
    }
}
