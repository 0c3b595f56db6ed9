//! A place on the link, and the addresses that it gives.

use core::{
    cell::{Cell, RefCell},
    time::Duration,
};
use std::collections::BTreeMap;

use futures::lock::Mutex;
use sealdrop_api::{
    ClaimId, Problem, ProblemType,
    claims::{
        ClaimState, CommitClaim, CreateClaim, NewClaim, ObjectsToSign, Purpose, Release, ReleaseClaim, ReleaseReason,
        SignObjects,
    },
    limits::{CLAIM_LEASE_IN, GET_URL_EXPIRES_IN},
    links::{ObjectUrl, Proof as Bearer},
};

use crate::{OpenedLink, Patience, Platform, Retry, TransferError, call, call_once, open_link::fits, spine::Spine};

/// An address is renewed when this part of its life is over.
const FRESH: Duration = Duration::from_secs(GET_URL_EXPIRES_IN * 4 / 5);
/// A claim's lease is renewed this often, also while nothing moves.
const RENEW: Duration = Duration::from_secs(CLAIM_LEASE_IN * 2 / 5);

/// A place on the link, or a look at it.
pub(crate) struct Claim<'a> {
    link: &'a OpenedLink,
    id: Cell<ClaimId>,
    purpose: Purpose,
    taken: RefCell<bool>,
    addresses: RefCell<BTreeMap<usize, (ObjectUrl, Duration)>>,
    signing: Mutex<()>,
    reading: RefCell<usize>,
}

/// Names a place that nobody has yet.
pub(crate) fn make_claim_id() -> Result<ClaimId, TransferError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| TransferError::Device("no random numbers".to_owned()))?;
    Ok(ClaimId(id))
}

impl<'a> Claim<'a> {
    pub(super) fn new(link: &'a OpenedLink, id: ClaimId) -> Self {
        Self::with(link, id, Purpose::Download)
    }

    /// A claim for a purpose: the same id is the same claim, however often it is taken.
    pub(crate) fn with(link: &'a OpenedLink, id: ClaimId, purpose: Purpose) -> Self {
        Self {
            link,
            id: Cell::new(id),
            purpose,
            taken: RefCell::new(false),
            addresses: RefCell::default(),
            signing: Mutex::new(()),
            reading: RefCell::new(0),
        }
    }

    /// Takes the place that an earlier run had, or another one if that was given up meanwhile: `renewed` hears of it
    /// before the server does.
    pub(super) async fn take_again<P: Platform>(
        &self,
        spine: &Spine<'_, P>,
        renewed: impl Fn(ClaimId),
    ) -> Result<(), TransferError> {
        match self.take(spine).await {
            Err(error) if error.problem() == Some(ProblemType::ClaimEnded) => {
                self.id.set(make_claim_id()?);
                renewed(self.id.get());
                self.take(spine).await
            }
            other => other,
        }
    }

    pub(crate) async fn take<P: Platform>(&self, spine: &Spine<'_, P>) -> Result<(), TransferError> {
        let body = NewClaim {
            auth: self.link.auth.clone(),
            claim_id: self.id.get(),
            purpose: self.purpose,
        };
        *self.taken.borrow_mut() = true;
        let create = CreateClaim {
            link_id: self.link.link_id,
            body,
        };
        let status = spine.call(&create, None).await?;
        match status.state {
            ClaimState::Active | ClaimState::Committed => Ok(()),
            ClaimState::Released | ClaimState::Lapsed => Err(Problem::new(ProblemType::ClaimEnded).into()),
        }
    }

    /// Whether the server was asked for it.
    pub(super) fn is_taken(&self) -> bool {
        *self.taken.borrow()
    }

    /// The place of an object; a new address where the old one is old or was refused.
    pub(crate) async fn address<P: Platform>(&self, platform: &P, object: usize) -> Result<ObjectUrl, TransferError> {
        let _signing = self.signing.lock().await;
        if let Some((place, signed)) = self.addresses.borrow().get(&object)
            && platform.now().saturating_sub(*signed) < FRESH
        {
            return Ok(place.clone());
        }
        *self.reading.borrow_mut() = object;
        self.sign(platform, object).await
    }

    async fn sign<P: Platform>(&self, platform: &P, object: usize) -> Result<ObjectUrl, TransferError> {
        let reference = &self.link.objects[object];
        let body = ObjectsToSign {
            auth: self.link.auth.clone(),
            objects: vec![reference.object_id],
        };
        let sign = SignObjects {
            link_id: self.link.link_id,
            claim_id: self.id.get(),
            body,
        };
        let signed = call_once(platform, &sign, None).await?;
        let place = signed.urls.into_iter().next().filter(|place| fits(reference, place));
        let place = place.ok_or(TransferError::NotWhatWasSealed)?;
        self.addresses
            .borrow_mut()
            .insert(object, (place.clone(), platform.now()));
        Ok(place)
    }

    pub(crate) fn forget_address(&self, object: usize) {
        self.addresses.borrow_mut().remove(&object);
    }

    /// Keeps the lease, also while a slow disk takes its time. Never ends but by an error that will not pass.
    pub(crate) async fn keep<P: Platform>(&self, platform: &P) -> Result<u64, TransferError> {
        loop {
            platform.sleep(RENEW).await;
            let object = *self.reading.borrow();
            match self.sign(platform, object).await {
                Ok(_) | Err(TransferError::Status { .. }) => {}
                // A server that is busy or starting: the lease lasts until the next try.
                Err(error) if error.retry() != Retry::Never => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) async fn commit<P: Platform>(&self, platform: &P) -> Result<(), TransferError> {
        let body = Bearer {
            auth: self.link.auth.clone(),
        };
        let commit = CommitClaim {
            link_id: self.link.link_id,
            claim_id: self.id.get(),
            body,
        };
        call(platform, &commit, None, Patience::Long).await.map(drop)
    }

    pub(super) async fn release<P: Platform>(&self, platform: &P, reason: ReleaseReason) {
        self.give_back(platform, reason).await;
    }

    /// Releases it, whoever took it.
    pub(crate) async fn give_back<P: Platform>(&self, platform: &P, reason: ReleaseReason) {
        let body = Release {
            auth: self.link.auth.clone(),
            reason,
        };
        let release = ReleaseClaim {
            link_id: self.link.link_id,
            claim_id: self.id.get(),
            body,
        };
        // Nobody is helped by an error here: the lease ends by itself.
        let _ = call_once(platform, &release, None).await;
    }
}
