//! The memory of all bodies that are on their way: bounded in all and for each client.
//!
//! A client that sends slowly must not keep others from sending. So when memory is used up, the next body is not refused: the
//! oldest one of the client that holds the most memory is cut off.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use sealdrop_api::{Problem, ProblemType};
use tokio_util::sync::CancellationToken;

use crate::client_network::ClientNetwork;
use crate::problem::ProblemResponse;

/// A client may have this share of the memory.
const SHARE: usize = 4;

/// Clients whose network is not known share one account.
type Owner = Option<ClientNetwork>;

/// Bodies under way, in the order in which they began.
#[derive(Debug)]
pub(crate) struct Bodies {
    /// Bytes in all.
    most: usize,
    under_way: Mutex<UnderWay>,
}

#[derive(Debug, Default)]
struct UnderWay {
    next: u64,
    bytes: usize,
    by_owner: HashMap<Owner, Owned>,
}

#[derive(Debug, Default)]
struct Owned {
    bytes: usize,
    bodies: BTreeMap<u64, (usize, CancellationToken)>,
}

/// A body under way; its memory is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Arriving {
    bodies: Arc<Bodies>,
    owner: Owner,
    n: u64,
    cut: CancellationToken,
}

impl Bodies {
    /// `most` bytes in all.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            under_way: Mutex::default(),
        })
    }

    pub(crate) fn begin(self: &Arc<Self>, owner: Owner) -> Arriving {
        let cut = CancellationToken::new();
        let mut all = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let n = all.next;
        all.next += 1;
        all.by_owner
            .entry(owner)
            .or_default()
            .bodies
            .insert(n, (0, cut.clone()));
        Arriving {
            bodies: Arc::clone(self),
            owner,
            n,
            cut,
        }
    }
}

impl UnderWay {
    fn bytes_of(&self, owner: Owner) -> usize {
        self.by_owner.get(&owner).map_or(0, |owned| owned.bytes)
    }

    /// The client that has the most.
    fn greediest(&self) -> Owner {
        let most = self.by_owner.iter().max_by_key(|(_, owned)| owned.bytes);
        most.and_then(|(owner, _)| *owner)
    }

    /// Cuts off the body that began first. Whether there was one.
    fn cut_oldest(&mut self, owner: Owner) -> bool {
        let oldest = self
            .by_owner
            .get(&owner)
            .and_then(|owned| owned.bodies.iter().find(|(_, (bytes, _))| *bytes > 0))
            .map(|(n, (_, cut))| (*n, cut.clone()));
        oldest.is_some_and(|(n, cut)| {
            cut.cancel();
            self.remove(owner, n);
            true
        })
    }

    fn remove(&mut self, owner: Owner, n: u64) {
        let Some(owned) = self.by_owner.get_mut(&owner) else {
            return;
        };
        if let Some((bytes, _)) = owned.bodies.remove(&n) {
            owned.bytes -= bytes;
            self.bytes -= bytes;
        }
        if owned.bodies.is_empty() {
            self.by_owner.remove(&owner);
        }
    }
}

impl Arriving {
    /// So many bytes more.
    ///
    /// # Errors
    /// When it was cut off, or is larger than a client may have.
    pub(crate) fn grow(&self, len: usize) -> Result<(), ProblemResponse> {
        let most = self.bodies.most;
        let mut all = self.bodies.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        while all.bytes_of(self.owner) + len > most / SHARE {
            if !all.cut_oldest(self.owner) {
                return Err(cut_off());
            }
        }
        while all.bytes + len > most {
            let greediest = all.greediest();
            if !all.cut_oldest(greediest) {
                return Err(cut_off());
            }
        }
        // It may have been the oldest itself.
        let Some(owned) = all.by_owner.get_mut(&self.owner) else {
            return Err(cut_off());
        };
        let Some((bytes, _)) = owned.bodies.get_mut(&self.n) else {
            return Err(cut_off());
        };
        *bytes += len;
        owned.bytes += len;
        all.bytes += len;
        Ok(())
    }

    /// Ends when others needed its memory.
    pub(crate) async fn cut(&self) -> ProblemResponse {
        self.cut.cancelled().await;
        cut_off()
    }
}

fn cut_off() -> ProblemResponse {
    Problem::new(ProblemType::Unavailable)
        .with_detail("Too many requests are being received at once. Try again.")
        .into()
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let mut all = self.bodies.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(self.owner, self.n);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::client_network::Prefixes;

    fn client(n: u8) -> Owner {
        let addr = Ipv4Addr::new(192, 0, 2, n).into();
        Some(ClientNetwork::of(addr, Prefixes::default()))
    }

    fn held(bodies: &Bodies) -> usize {
        bodies.under_way.lock().expect("no panic above").bytes
    }

    #[test]
    fn n07_the_slowest_of_a_client_makes_room_for_its_next() {
        let bodies = Bodies::new(400);
        let slow: Vec<_> = (0..100).map(|_| bodies.begin(client(1))).collect();
        assert!(slow.iter().all(|body| body.grow(10).is_ok()));
        assert_eq!(held(&bodies), 100, "a client has a quarter");
        let cut = slow.iter().filter(|body| body.cut.is_cancelled()).count();
        assert_eq!(cut, 90);
        assert!(slow[0].grow(1).is_err(), "what was cut off stays so");
        let other = bodies.begin(client(2));
        assert!(other.grow(90).is_ok() && !slow[99].cut.is_cancelled());
        drop((slow, other));
        assert_eq!(held(&bodies), 0);
        assert!(bodies.under_way.lock().expect("no panic above").by_owner.is_empty());
    }

    #[test]
    fn n07_who_has_the_most_makes_room_for_others() {
        let bodies = Bodies::new(400);
        let greedy: Vec<_> = (1..=4).map(|n| (n, bodies.begin(client(n)))).collect();
        for (n, body) in &greedy {
            assert!(body.grow(100 - usize::from(*n)).is_ok());
        }
        let small = bodies.begin(client(9));
        assert!(small.grow(50).is_ok());
        assert!(greedy[0].1.cut.is_cancelled(), "the largest share");
        assert_eq!(held(&bodies), 400 - 1 - 2 - 3 - 4 - 99 + 50);
        assert!(small.grow(60).is_err(), "more than a client may have");
    }
}
