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
        ClaimState, ClaimStatus, CommitClaim, CreateClaim, NewClaim, ObjectsToSign, Purpose, Release, ReleaseClaim,
        ReleaseReason, SignObjects,
    },
    limits::{CLAIM_LEASE_IN, GET_URL_EXPIRES_IN},
    links::{ObjectUrl, Proof as Bearer},
};

use crate::{
    engine::{call::call_once, context::TransferContext},
    error::{DeviceFault, Retry, TransferError},
    link::open::{OpenedLink, fits},
    platform::Platform,
};

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
    /// Hears of the place that follows one whose time is over, before the server does. Without it none follows.
    renewed: Option<&'a dyn Fn(ClaimId)>,
}

/// Makes the id of a new claim.
pub(crate) fn make_claim_id() -> Result<ClaimId, TransferError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| TransferError::device(DeviceFault::Random, ""))?;
    Ok(ClaimId(id))
}

impl<'a> Claim<'a> {
    /// A claim that is followed by another when its time is over: `renewed` hears of that one before the server does.
    pub(crate) fn new(link: &'a OpenedLink, id: ClaimId, renewed: &'a dyn Fn(ClaimId)) -> Self {
        Self {
            renewed: Some(renewed),
            ..Self::with(link, id, Purpose::Download)
        }
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
            renewed: None,
        }
    }

    /// Takes the place that an earlier run had, or another one if that was given up meanwhile.
    pub(crate) async fn take_again<P: Platform>(&self, context: &TransferContext<'_, P>) -> Result<(), TransferError> {
        match self.take(context).await {
            Err(error) if error.problem() == Some(ProblemType::ClaimEnded) => {
                self.follow(self.id.get())?;
                self.take(context).await
            }
            other => other,
        }
    }

    pub(crate) async fn take<P: Platform>(&self, context: &TransferContext<'_, P>) -> Result<(), TransferError> {
        *self.taken.borrow_mut() = true;
        held(&context.call(&self.create(), None).await?)
    }

    fn create(&self) -> CreateClaim {
        CreateClaim {
            link_id: self.link.link_id,
            body: NewClaim {
                auth: self.link.auth.clone(),
                claim_id: self.id.get(),
                purpose: self.purpose,
            },
        }
    }

    /// Makes the claim that follows one that has ended, unless another task has done so meanwhile.
    fn follow(&self, over: ClaimId) -> Result<(), TransferError> {
        if self.id.get() == over {
            self.id.set(make_claim_id()?);
            if let Some(renewed) = self.renewed {
                renewed(self.id.get());
            }
        }
        Ok(())
    }

    /// Whether the server was asked for it.
    pub(crate) fn is_taken(&self) -> bool {
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

    /// Signs, which renews the lease. A claim lives for 24 hours: a download that takes longer goes on with another place.
    /// The server has closed the old one as a failed one by then, within the bounds that it sets to these, so that nothing
    /// is counted twice.
    async fn sign<P: Platform>(&self, platform: &P, object: usize) -> Result<ObjectUrl, TransferError> {
        let reference = &self.link.objects[object];
        let mut may_follow = self.renewed.is_some();
        let signed = loop {
            let id = self.id.get();
            let sign = SignObjects {
                link_id: self.link.link_id,
                claim_id: id,
                body: ObjectsToSign {
                    auth: self.link.auth.clone(),
                    objects: vec![reference.object_id],
                },
            };
            match call_once(platform, &sign, None).await {
                Err(error) if may_follow => {
                    may_follow = false;
                    match error.problem() {
                        Some(ProblemType::ClaimEnded) => self.follow(id)?,
                        // Made here, and its request not answered yet: asking twice takes one place.
                        Some(ProblemType::ClaimNotFound) => {}
                        _ => return Err(error),
                    }
                    held(&call_once(platform, &self.create(), None).await?)?;
                }
                other => break other?,
            }
        };
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

    pub(crate) async fn commit<P: Platform>(&self, context: &TransferContext<'_, P>) -> Result<(), TransferError> {
        let body = Bearer {
            auth: self.link.auth.clone(),
        };
        let commit = CommitClaim {
            link_id: self.link.link_id,
            claim_id: self.id.get(),
            body,
        };
        let counted = context.call(&commit, None).await.map(drop);
        match counted {
            // A place that follows another was named, and its request was lost.
            Err(error) if error.problem() == Some(ProblemType::ClaimNotFound) => {
                self.take(context).await?;
                context.call(&commit, None).await.map(drop)
            }
            counted => counted,
        }
    }

    /// Releases it, also one that an earlier run took.
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
        // An error here changes nothing: the lease ends by itself.
        let _ = call_once(platform, &release, None).await;
    }
}

/// Whether a claim that answered holds its place.
fn held(claim: &ClaimStatus) -> Result<(), TransferError> {
    match claim.state {
        ClaimState::Active | ClaimState::Committed => Ok(()),
        ClaimState::Released | ClaimState::Lapsed => Err(Problem::new(ProblemType::ClaimEnded).into()),
    }
}
