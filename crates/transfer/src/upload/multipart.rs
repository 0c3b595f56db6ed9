//! One object on its way: addresses for its parts, what the bucket acknowledged, and its end. What it knows of its
//! parts is what a resumed upload needs.

use core::{
    cell::{Cell, RefCell},
    time::Duration,
};
use std::collections::BTreeMap;

use futures::lock::Mutex;
use sealdrop_api::{
    ObjectId, OwnerToken, ProblemType,
    limits::{PUT_URL_EXPIRES_IN, RESERVED_IDLE_IN, SIGN_WINDOW},
    uploads::{
        CompleteUpload, GetUpload, NewUpload, PartToSign, PartsSent, PartsToSign, ReserveUpload, SentPart as PartName,
        SignParts, UploadState, strong_etag,
    },
};
use sealdrop_crypto::TagRoot;

use crate::{
    engine::{call::call_once, context::TransferContext},
    error::TransferError,
    platform::{Platform, part_job::SentPart},
};

/// An address is renewed when this part of its life is over, before the bucket would refuse it.
const FRESH: Duration = Duration::from_secs(PUT_URL_EXPIRES_IN * 4 / 5);
/// A reservation of which no part was asked for is made again after this time: the server may have forgotten it.
const RESERVATION_FRESH: Duration = Duration::from_secs(RESERVED_IDLE_IN / 2);
/// First and longest wait between two looks at an upload that is being put together.
const POLL: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(3));
/// Rounds of parts that had to be sent again before it is given up.
const MAX_ROUNDS: u32 = 5;

/// One object on its way.
pub(crate) struct MultipartUpload<'a> {
    pub(crate) object_id: ObjectId,
    token: &'a OwnerToken,
    /// What was asked for. A reservation of which nothing was sent for a while is forgotten, and made again.
    reservation: ReserveUpload,
    /// When it was asked for last, while no part was signed.
    reserved_at: Cell<Option<Duration>>,
    addresses: RefCell<BTreeMap<u32, (String, Duration)>>,
    signing: Mutex<()>,
    sent: RefCell<BTreeMap<u32, SentPart>>,
}

/// What the server says about parts that were all sent.
pub(crate) enum Completion {
    /// The object is whole and committed.
    Committed,
    /// The bucket lacks these, or holds another attempt of them.
    Differ(Vec<u32>),
}

impl<'a> MultipartUpload<'a> {
    /// Reserves room for an object; `sealed_len` is `None` for a pipe. Tells where it stands: what an earlier run reserved
    /// may be further.
    pub(crate) async fn reserve<P: Platform>(
        context: &TransferContext<'_, P>,
        token: &'a OwnerToken,
        object_id: ObjectId,
        sealed_len: Option<u64>,
        part_len: u64,
    ) -> Result<(Self, UploadState), TransferError> {
        let reserve = ReserveUpload {
            body: NewUpload {
                object_id,
                sealed_len,
                part_len,
            },
        };
        // Before it is asked for: the server's time runs from when it hears it.
        let asked_at = context.platform.now();
        let reserved = context.call(&reserve, Some(token)).await?;
        let upload = Self {
            object_id,
            token,
            reservation: reserve,
            reserved_at: Cell::new(Some(asked_at)),
            addresses: RefCell::default(),
            signing: Mutex::new(()),
            sent: RefCell::default(),
        };
        Ok((upload, reserved.state))
    }

    /// The address for a part. A new one is signed together with those of parts that follow it, `upcoming`. Asks once:
    /// it is part of an attempt that is made again.
    pub(crate) async fn address<P: Platform>(
        &self,
        platform: &P,
        part: PartToSign,
        upcoming: impl Iterator<Item = PartToSign>,
    ) -> Result<String, TransferError> {
        // One window at a time: who waited here finds his address in the window that was just signed.
        let _signing = self.signing.lock().await;
        let fresh = |signed: &Duration| platform.now().saturating_sub(*signed) < FRESH;
        if let Some((url, signed)) = self.addresses.borrow().get(&part.n)
            && fresh(signed)
        {
            return Ok(url.clone());
        }
        let mut parts = vec![part];
        {
            let (known, sent) = (self.addresses.borrow(), self.sent.borrow());
            let needed = |one: &PartToSign| {
                one.n != part.n
                    && !sent.contains_key(&one.n)
                    && !known.get(&one.n).is_some_and(|(_, signed)| fresh(signed))
            };
            parts.extend(upcoming.filter(needed).take(SIGN_WINDOW - 1));
        }
        let sign = SignParts {
            object_id: self.object_id,
            body: PartsToSign { parts },
        };
        let reserved_at = self.reserved_at.get();
        if reserved_at.is_some_and(|at| platform.now().saturating_sub(at) > RESERVATION_FRESH) {
            self.reserve_again(platform).await?;
        }
        let mut signed = call_once(platform, &sign, Some(self.token)).await;
        if let (Some(_), Err(error)) = (reserved_at, &signed)
            && error.problem() == Some(ProblemType::UploadNotFound)
        {
            // The server's clock went on while this machine slept, and its own did not.
            self.reserve_again(platform).await?;
            signed = call_once(platform, &sign, Some(self.token)).await;
        }
        let signed = signed?;
        self.reserved_at.set(None);
        let now = platform.now();
        let mut addresses = self.addresses.borrow_mut();
        addresses.extend(signed.urls.into_iter().map(|one| (one.n, (one.url, now))));
        addresses
            .get(&part.n)
            .map(|(url, _)| url.clone())
            .ok_or(TransferError::Status {
                status: 200,
                retry_after: None,
            })
    }

    /// The same again, of which nothing was sent yet.
    async fn reserve_again<P: Platform>(&self, platform: &P) -> Result<(), TransferError> {
        let asked_at = platform.now();
        call_once(platform, &self.reservation, Some(self.token)).await?;
        self.reserved_at.set(Some(asked_at));
        Ok(())
    }

    /// Drops an address that was refused.
    pub(crate) fn forget_address(&self, part: u32) {
        self.addresses.borrow_mut().remove(&part);
    }

    /// Whether an attempt at a part was acknowledged.
    pub(crate) fn is_sent(&self, part: u32) -> bool {
        self.sent.borrow().contains_key(&part)
    }

    /// Keeps what the bucket acknowledged; of several attempts at a part the last one counts.
    pub(crate) fn keep(&self, part: u32, mut sent: SentPart) {
        sent.etag = strong_etag(&sent.etag);
        self.forget_address(part);
        self.sent.borrow_mut().insert(part, sent);
    }

    /// What a part's attempt failed with, after asking the server where the bucket alone cannot tell.
    pub(crate) async fn explain<P: Platform>(&self, platform: &P, error: TransferError) -> TransferError {
        if !matches!(error, TransferError::Bucket { status: 404, .. }) {
            return error;
        }
        let look = GetUpload {
            object_id: self.object_id,
        };
        match call_once(platform, &look, Some(self.token)).await {
            Ok(status) if matches!(status.state, UploadState::Reserved | UploadState::Uploading) => {
                TransferError::Unreachable
            }
            Ok(_) => sealdrop_api::Problem::new(ProblemType::UploadState).into(),
            Err(error) => error,
        }
    }

    /// What the stored bytes hash to.
    pub(crate) fn tag_root(&self, sealed_len: u64, part_len: u64) -> Result<[u8; 32], TransferError> {
        let mut root = TagRoot::new(sealed_len)?;
        let groups = part_len / sealdrop_crypto::size::PART;
        for (part, sent) in self.sent.borrow().iter() {
            root.insert(u64::from(part - 1) * groups, &sent.digests)?;
        }
        Ok(root.finish()?)
    }

    /// Lets the server put the parts together and waits for the end of that.
    pub(crate) async fn complete<P: Platform>(
        &self,
        context: &TransferContext<'_, P>,
        sealed_len: u64,
    ) -> Result<Completion, TransferError> {
        let parts = self
            .sent
            .borrow()
            .iter()
            .map(|(n, sent)| PartName {
                n: *n,
                etag: sent.etag.clone(),
            })
            .collect();
        let complete = CompleteUpload {
            object_id: self.object_id,
            body: PartsSent { sealed_len, parts },
        };
        let mut wait = POLL.0;
        let mut asked_again = 0;
        let mut state = match context.call(&complete, Some(self.token)).await {
            Ok(progress) => progress.state,
            Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::PartsDiffer => {
                let named: Vec<u32> = problem.parts.iter().map(|part| part.n).collect();
                return Ok(Completion::Differ(named));
            }
            // Another call (perhaps an earlier one of ours) is completing it: poll.
            Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::UploadState => {
                UploadState::Completing
            }
            Err(error) => return Err(error),
        };
        loop {
            match state {
                UploadState::Committed => return Ok(Completion::Committed),
                UploadState::Completing | UploadState::Verifying => {}
                UploadState::Reserved | UploadState::Uploading if asked_again < MAX_ROUNDS => {
                    // It went back to waiting for parts: the call is repeated, and says what it lacks.
                    asked_again += 1;
                    match context.call(&complete, Some(self.token)).await {
                        Ok(progress) => {
                            state = progress.state;
                            if state == UploadState::Committed {
                                continue;
                            }
                        }
                        Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::PartsDiffer => {
                            return Ok(Completion::Differ(problem.parts.iter().map(|part| part.n).collect()));
                        }
                        Err(error) => return Err(error),
                    }
                }
                UploadState::Aborted | UploadState::Aborting => {
                    return Err(sealdrop_api::Problem::new(ProblemType::UploadRefused).into());
                }
                _ => return Err(sealdrop_api::Problem::new(ProblemType::UploadState).into()),
            }
            context.platform.sleep(wait).await;
            wait = (wait * 2).min(POLL.1);
            let look = GetUpload {
                object_id: self.object_id,
            };
            state = context.call(&look, Some(self.token)).await?.state;
        }
    }

    /// Completes, sending again what the server names, a few rounds at most.
    pub(crate) async fn finish<P: Platform>(
        &self,
        context: &TransferContext<'_, P>,
        sealed_len: u64,
        send_again: impl AsyncFn(u32) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        for _ in 0..MAX_ROUNDS {
            match self.complete(context, sealed_len).await? {
                Completion::Committed => return Ok(()),
                Completion::Differ(parts) => {
                    for part in parts {
                        send_again(part).await?;
                    }
                }
            }
        }
        Err(sealdrop_api::Problem::new(ProblemType::PartsDiffer).into())
    }
}
