//! A queue for each client: its reservations wait for each other first, and only the first of them waits among those of other
//! clients. A client that sends six hundred requests waits for six hundred, and every other client for one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::tag::ClientTag;

/// A lane for each client that asks this moment.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<ClientTag, Arc<Semaphore>>>);

/// The head of a lane.
#[derive(Debug)]
pub(crate) struct Lane<'a> {
    lanes: &'a Lanes,
    client: ClientTag,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lanes {
    /// Waits behind the same client's other requests.
    pub(crate) async fn enter(&self, client: ClientTag) -> Lane<'_> {
        let semaphore = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(lanes.entry(client).or_insert_with(|| Arc::new(Semaphore::new(1))))
        };
        // Made before the wait, so that who stops waiting tidies up as well.
        let mut lane = Lane {
            lanes: self,
            client,
            permit: None,
        };
        // It is never closed.
        lane.permit = semaphore.acquire_owned().await.ok();
        lane
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let mut lanes = self.lanes.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.permit = None;
        if lanes.get(&self.client).is_some_and(|lane| Arc::strong_count(lane) == 1) {
            lanes.remove(&self.client);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn n05_a_client_waits_for_itself_and_nothing_is_left() {
        let lanes = Lanes::default();
        let (one, two) = (ClientTag([1; 16]), ClientTag([2; 16]));
        let first = lanes.enter(one).await;
        assert!(lanes.enter(one).now_or_never().is_none(), "its second waits");
        assert!(lanes.enter(two).now_or_never().is_some(), "another client does not");
        assert_eq!(lanes.len(), 1, "who left is forgotten");
        drop(first);
        assert!(lanes.enter(one).now_or_never().is_some());
        assert_eq!(lanes.len(), 0);
    }
}
