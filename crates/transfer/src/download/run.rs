//! Receiving: a claim taken by a click, ranges a few ahead, each file written in order, the whole compared with
//! `tag_root` before a file gets its name, the claim committed last.
//!
//! Each step that was written is a checkpoint. Where the platform keeps them, a later run goes on behind the last one
//! with the same claim; how an interruption ends the claim, and why, is in `docs/design/adr/0007-resuming-downloads.md`.

use core::{cell::Cell, time::Duration};
use std::collections::BTreeMap;

use futures::{
    future::{Either, select},
    pin_mut,
};
use sealdrop_api::{
    ClaimId, ProblemType, SealedBytes,
    claims::{Purpose, Release, ReleaseClaim, ReleaseReason},
};

use super::{
    checkpoint::Checkpoint,
    claim::{Claim, make_claim_id},
    plan::DownloadPlan,
    resume::{Resume, ResumeMode},
    selection::Selection,
    steps::{Receiving, describe},
};
use crate::{
    engine::{
        call,
        context::TransferContext,
        control::Control,
        events::ReceiveEvent,
        progress::{Progress, Stage, receive_progress::receive_progress},
    },
    error::TransferError,
    link::open::OpenedLink,
    platform::{
        Platform,
        request::ApiRequest,
        sinks::{Sink, SinkFile, Sinks},
    },
};

/// How to receive.
#[derive(Debug, Clone)]
pub struct ReceiveOptions {
    /// Ranges of 10 MiB on their way at once, beside one that is written and one that waits for that; memory is about 20 MiB
    /// for each.
    pub concurrency: usize,
    /// Whether a later run can go on, and whether this is one.
    pub resume_mode: ResumeMode,
    /// A place that this device may still have on the link: the download goes on with it, whatever bytes are left of that one. A
    /// run that goes on has its own.
    pub place: Option<ClaimId>,
}

impl Default for ReceiveOptions {
    fn default() -> Self {
        Self {
            concurrency: 3,
            resume_mode: ResumeMode::Disabled,
            place: None,
        }
    }
}

/// What was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Files saved.
    pub files: usize,
    /// Plain bytes of them.
    pub plain_bytes: u64,
    /// How long it took.
    pub took: Duration,
    /// Records that were opened.
    pub records: u64,
    /// Whether the server said that it counted the download. If it could not be told at the very end, or the person
    /// stopped waiting for that, the files are saved and verified all the same, and it may have been counted or not.
    pub counted: bool,
}

/// The selected files in the order in which sinks that are one archive get them.
pub(crate) fn reading_order(link: &OpenedLink, selection: &Selection) -> Result<Vec<SinkFile>, TransferError> {
    let order = DownloadPlan::new(link, selection, true)?.order(link);
    Ok(order.into_iter().map(|file| describe(link, file)).collect())
}

/// Files of an archive that are told to be done before the machine may do something else.
const TOLD_AT_ONCE: usize = 200;

/// Downloads files of an opened link into sinks.
///
/// When it fails or is stopped, unfinished sinks are aborted and the place on the link is given back. If a later run can
/// go on ([`ReceiveOptions::resume_mode`]), at least one step was written, and what went wrong may pass, the sinks are left
/// instead and the place is kept: the next run asks for the same one, and its lease ends by itself if there is none.
///
/// # Errors
/// [`TransferError`]: the first that did not pass. [`TransferError::StartOver`] comes before anything was asked or
/// touched.
pub async fn download<P: Platform, S: Sinks<Chunk = P::Chunk>>(
    platform: &P,
    link: &OpenedLink,
    selection: Selection,
    sinks: &mut S,
    options: ReceiveOptions,
    control: &Control,
    events: &dyn Fn(ReceiveEvent),
) -> Result<Receipt, TransferError> {
    let started = platform.now();
    let in_archive = sinks.is_archive();
    let plan = DownloadPlan::new(link, &selection, in_archive)?;
    let total = plan.selected.iter().map(|file| link.files[*file].len).sum();
    let emit = |progress: &mut Progress, now| events(ReceiveEvent::Progress(receive_progress(progress, now, total)));
    let progress = Progress::new(link.files.iter().map(|file| Some(file.len)), Some(total));
    let context = TransferContext::new(
        platform,
        control,
        progress,
        (options.concurrency, options.concurrency),
        &emit,
    );
    // An archive is one stream: it has no middle to go on from.
    let keeps = options.resume_mode != ResumeMode::Disabled && !in_archive;
    let (before, goes_on) = match options.resume_mode {
        ResumeMode::Resume(_) if in_archive => return Err(TransferError::StartOver),
        ResumeMode::Resume(resume) => (resume, true),
        ResumeMode::Disabled | ResumeMode::Fresh => {
            let claim_id = options.place.map_or_else(make_claim_id, Ok)?;
            (Resume::new(claim_id, plan.fingerprint(link)), false)
        }
    };
    let has_place = goes_on || options.place.is_some();
    let written = before.fit(link, &plan)?;
    let steps = Cell::new(before.steps);
    let keep = |checkpoint: Checkpoint| {
        if let Checkpoint::Written { step, .. } = checkpoint {
            steps.set(step + 1);
        }
        if keeps {
            events(ReceiveEvent::Checkpoint(checkpoint));
        }
    };
    for (file, written) in plan.selected.iter().zip(written) {
        let mut progress = context.progress.borrow_mut();
        progress.add(*file, written);
        if before.finished.contains(file) {
            progress.finish_file(*file);
        }
    }
    let renewed = |claim_id| {
        events(ReceiveEvent::Place(Some(claim_id)));
        keep(Checkpoint::Claimed { claim_id });
    };
    let claim = Claim::new(link, before.claim_id, &renewed);
    let mut open = BTreeMap::new();
    // How many records were opened, when all is saved and proven.
    let saved = Cell::new(None);
    context.emit_progress();

    let work = async {
        events(ReceiveEvent::Place(Some(before.claim_id)));
        if !goes_on {
            let plan = SealedBytes(plan.fingerprint(link).to_vec());
            let claim_id = before.claim_id;
            keep(Checkpoint::Begun { claim_id, plan });
        }
        if has_place {
            claim.take_again(&context).await?;
        } else {
            claim.take(&context).await?;
        }
        context.progress.borrow_mut().enter(Stage::Moving);
        context.emit_progress();
        let receiving = Receiving {
            context: &context,
            link,
            claim: &claim,
            plan: &plan,
            events,
            in_archive,
            keep: &keep,
            before: &before,
        };
        let records = {
            let reading = receiving.read(&mut *sinks, &mut open, options.concurrency.max(1));
            let renewing = claim.keep(platform);
            pin_mut!(reading, renewing);
            match select(reading, renewing).await {
                Either::Left((records, _)) => records?,
                Either::Right((never, _)) => never?,
            }
        };
        context.progress.borrow_mut().enter(Stage::Finishing);
        context.emit_progress();
        sinks.close().await?;
        saved.set(Some(records));
        claim.commit(&context).await
    };
    let result = context.run(work).await;
    // What is saved is proven: neither a server that went away at the last moment nor a person who does not wait for it
    // takes anything of it back. Nor is its place given back then: a release would say that the download failed, and may
    // meet a commit on its way. Its lease ends by itself.
    let counted = result.is_ok();
    let result = saved.get().map_or(result.map(|()| 0), Ok);
    let is_kept = keeps && steps.get() > 0 && result.as_ref().is_err_and(|error| may_pass(error, control));
    for (_, sink) in open {
        if is_kept {
            sink.suspend().await;
        } else {
            sink.abort().await;
        }
    }
    if result.is_err() && !is_kept {
        sinks.abort().await;
    }
    match result {
        Ok(records) => {
            for (told, file) in plan.selected.iter().filter(|_| in_archive).enumerate() {
                if told > 0 && told.is_multiple_of(TOLD_AT_ONCE) {
                    platform.sleep(Duration::ZERO).await;
                }
                context.progress.borrow_mut().finish_file(*file);
                let proof = plan.proof(*file);
                events(ReceiveEvent::FileDone { index: *file, proof });
            }
            keep(Checkpoint::Over);
            if counted {
                events(ReceiveEvent::Place(None));
            }
            context.emit_progress();
            let took = platform.now().saturating_sub(started);
            Ok(Receipt {
                files: plan.selected.len(),
                plain_bytes: total,
                took,
                records,
                counted,
            })
        }
        Err(error) => {
            let cancelled = error == TransferError::Cancelled;
            let reason = if cancelled {
                ReleaseReason::Cancelled
            } else {
                ReleaseReason::Failed
            };
            if !is_kept {
                if claim.is_taken() {
                    claim.give_back(platform, reason).await;
                }
                events(ReceiveEvent::Place(None));
                keep(Checkpoint::Over);
            }
            context.emit_progress();
            Err(error)
        }
    }
}

/// The request that gives a place back for now, when the page of its download is left: the same claim goes on later, if there is a
/// place. Whoever leaves has no time to wait for an answer.
#[must_use]
pub fn release_request(link: &OpenedLink, claim_id: ClaimId) -> Option<ApiRequest> {
    let body = Release {
        auth: link.auth.clone(),
        reason: ReleaseReason::Left,
    };
    let release = ReleaseClaim {
        link_id: link.link_id,
        claim_id,
        body,
    };
    call::write(&release, None).ok()
}

/// Gives back the place of a download that will not go on. Nobody is helped by an error: the lease ends by itself.
pub async fn give_back<P: Platform>(platform: &P, link: &OpenedLink, resume: &Resume) {
    Claim::with(link, resume.claim_id, Purpose::Download)
        .give_back(platform, ReleaseReason::Cancelled)
        .await;
}

/// Whether a later run may fare better with the same bytes: the person left, the network or the disk failed, or the
/// server was busy. What was altered, and a link that ended for good, is none of these.
fn may_pass(error: &TransferError, control: &Control) -> bool {
    match error {
        TransferError::Cancelled => !control.is_cancelled(),
        TransferError::Problem { problem, .. } => !matches!(
            problem.kind,
            ProblemType::LinkNotFound | ProblemType::LinkExpired | ProblemType::LinkRevoked
        ),
        TransferError::Unreachable
        | TransferError::Status { .. }
        | TransferError::Bucket { .. }
        | TransferError::DiskFull { .. }
        | TransferError::SaveRefused { .. }
        | TransferError::Device(_) => true,
        _ => false,
    }
}
