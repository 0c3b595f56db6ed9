//! What earlier runs of a download left, and whether this one goes on with it.

use std::collections::BTreeSet;

use sealdrop_api::{ClaimId, SealedBytes};
use sealdrop_model::Selection;

use super::{checkpoint::Checkpoint, plan::DownloadPlan};
use crate::{error::TransferError, link::open::OpenedLink};

/// Whether a later run can resume a download, and whether this one does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ResumeMode {
    /// Not resumable: what is unfinished is removed, and the claim is released.
    #[default]
    Disabled,
    /// Resumable: this run starts, and emits checkpoints.
    Fresh,
    /// Resumed: this run goes on from there, and emits further checkpoints.
    Resume(Resume),
}

/// What earlier runs of a download left, read from their checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    pub(crate) claim_id: ClaimId,
    /// Of the plan that the steps are steps of.
    fingerprint: [u8; 32],
    pub(crate) steps: u64,
    /// Of the object that is under way: one for each of its steps so far. Those that ended are proven.
    pub(crate) digests: Vec<[u8; 32]>,
    pub(crate) finished: BTreeSet<usize>,
}

impl Resume {
    pub(crate) const fn new(claim_id: ClaimId, fingerprint: [u8; 32]) -> Self {
        Self {
            claim_id,
            fingerprint,
            steps: 0,
            digests: Vec::new(),
            finished: BTreeSet::new(),
        }
    }

    /// Reads checkpoints in the order in which they were emitted. `None` if they are incomplete: then start over.
    #[must_use]
    pub fn read(checkpoints: impl IntoIterator<Item = Checkpoint>) -> Option<Self> {
        let mut story: Option<Self> = None;
        for checkpoint in checkpoints {
            match checkpoint {
                Checkpoint::Begun { claim_id, plan } => story = Some(Self::new(claim_id, hash(&plan)?)),
                Checkpoint::Over => story = None,
                other => story.as_mut()?.note(other)?,
            }
        }
        story
    }

    fn note(&mut self, checkpoint: Checkpoint) -> Option<()> {
        match checkpoint {
            Checkpoint::Claimed { claim_id } => self.claim_id = claim_id,
            Checkpoint::Written {
                step,
                digest,
                ends_object,
            } => {
                if step != self.steps {
                    return None;
                }
                self.steps += 1;
                match digest {
                    _ if ends_object => self.digests.clear(),
                    Some(digest) => self.digests.push(hash(&digest)?),
                    None => {}
                }
            }
            Checkpoint::Finished { file } => {
                self.finished.insert(file);
            }
            Checkpoint::Begun { .. } | Checkpoint::Over => return None,
        }
        Some(())
    }

    /// Bytes of each chosen file that were written, and whether it has its name, in the order of the list.
    ///
    /// # Errors
    /// [`TransferError::StartOver`] if this was kept of another link, another selection or another state of the link.
    pub fn standing(&self, link: &OpenedLink, selection: &Selection) -> Result<Vec<FileStanding>, TransferError> {
        let plan = DownloadPlan::new(link, selection, false)?;
        let written = self.fit(link, &plan)?;
        let chosen = plan.selected.iter().zip(written);
        Ok(chosen
            .map(|(file, written)| FileStanding {
                file: *file,
                written,
                is_finished: self.finished.contains(file),
            })
            .collect())
    }

    /// Bytes written of each selected file, in the order of the selection, if all of this can be so.
    pub(crate) fn fit(&self, link: &OpenedLink, plan: &DownloadPlan) -> Result<Vec<u64>, TransferError> {
        let next = usize::try_from(self.steps).unwrap_or(usize::MAX);
        if self.fingerprint != plan.fingerprint(link) || next > plan.steps.len() {
            return Err(TransferError::StartOver);
        }
        // An object that is read whole needs a digest of each of its runs; one that is not has none.
        let needed = match plan.steps.get(next) {
            Some(step) if step.whole => step.run(),
            _ => 0,
        };
        let written = plan.written(next);
        // What has its name was chosen, and had all its bytes in objects that were read to their end.
        let ended = plan.steps[..next]
            .iter()
            .rposition(|step| step.is_last)
            .map_or(0, |last| last + 1);
        let proven = plan.written(ended);
        let chosen = plan.selected.iter().zip(&proven);
        let whole = chosen.filter(|(file, written)| link.files[**file].len == **written);
        let named = whole.filter(|(file, _)| self.finished.contains(file)).count();
        if self.digests.len() as u64 != needed || named != self.finished.len() {
            return Err(TransferError::StartOver);
        }
        Ok(written)
    }
}

/// How far one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStanding {
    /// Its place in the list.
    pub file: usize,
    /// Bytes of it that were written.
    pub written: u64,
    /// Whether it has its name.
    pub is_finished: bool,
}

fn hash(bytes: &SealedBytes) -> Option<[u8; 32]> {
    bytes.0.as_slice().try_into().ok()
}
