//! Receiving: a claim taken by a click, ranges a few ahead, each file written in order, the whole compared with
//! `tag_root` before a file gets its name, the claim committed last.

use core::{cell::RefCell, ops::Range, time::Duration};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{
    StreamExt,
    future::{Either, Shared, select},
    lock::Mutex,
    pin_mut, stream,
};
use sealdrop_api::{
    ClaimId,
    claims::{
        ClaimState, CommitClaim, CreateClaim, NewClaim, ObjectsToSign, Purpose, Release, ReleaseClaim, ReleaseReason,
        SignObjects,
    },
    limits::{CLAIM_LEASE_IN, GET_URL_EXPIRES_IN},
    links::{ObjectUrl, Proof as Bearer},
};
use sealdrop_crypto::{Kind, TagRoot, size};

use crate::{
    Chunk, Control, ObjectRef, OpenJob, OpenedHeader, OpenedLink, OpenedRange, Patience, Platform, Proof, ReceiveEvent,
    ReceivePhase, ReceiveProgress, Sink, SinkFile, Sinks, TransferError, call, call_once,
    meter::{Meter, Stage, Standing},
    open_link::{RUN, fits},
    spine::Spine,
};

/// An address is renewed when this part of its life is over.
const FRESH: Duration = Duration::from_secs(GET_URL_EXPIRES_IN * 4 / 5);
/// A claim's lease is renewed this often, also while nothing moves.
const RENEW: Duration = Duration::from_secs(CLAIM_LEASE_IN * 2 / 5);

/// Which files of a link to save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// All of them: every object is read whole and compared with its `tag_root`.
    All,
    /// One, by its place in the list.
    One(usize),
}

/// How to receive.
#[derive(Debug, Clone, Copy)]
pub struct ReceiveOptions {
    /// Ranges of 10 MiB on their way at once; memory is about 20 MiB for each.
    pub concurrency: usize,
}

impl Default for ReceiveOptions {
    fn default() -> Self {
        Self { concurrency: 3 }
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
    /// Whether the server counted the download. If it could not be told at the very end, the files are saved and
    /// verified all the same.
    pub counted: bool,
}

/// Downloads files of an opened link into sinks. When it fails or is stopped, unfinished sinks are aborted and the
/// place on the link is given back.
///
/// # Errors
/// [`TransferError`]: the first that did not pass.
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
    let reading = Reading::plan(link, selection)?;
    let total = reading.selected.iter().map(|file| link.files[*file].len).sum();
    let tell = |meter: &mut Meter, now| events(ReceiveEvent::Progress(progress(meter, now, total)));
    let meter = Meter::new(link.files.iter().map(|file| Some(file.len)), Some(total));
    let spine = Spine::new(platform, control, meter, options.concurrency, &tell);
    let claim = Claim::new(link)?;
    let mut open = BTreeMap::new();
    spine.tell();

    let work = async {
        claim.take(&spine).await?;
        spine.meter.borrow_mut().enter(Stage::Moving);
        spine.tell();
        let receiving = Receiving {
            spine: &spine,
            link,
            claim: &claim,
            reading: &reading,
            events,
        };
        let records = {
            let reading = receiving.read(sinks, &mut open, options.concurrency.max(1));
            let renewing = claim.keep(platform);
            pin_mut!(reading, renewing);
            match select(reading, renewing).await {
                Either::Left((records, _)) => records?,
                Either::Right((never, _)) => never?,
            }
        };
        spine.meter.borrow_mut().enter(Stage::Finishing);
        spine.tell();
        Ok(records)
    };
    let result = spine.run(work).await;
    for (_, sink) in open {
        sink.abort().await;
    }
    match result {
        Ok(records) => {
            // What is saved is verified: a server that went away at the last moment takes nothing of it back.
            let counted = claim.commit(platform).await.is_ok();
            spine.tell();
            let took = platform.now().saturating_sub(started);
            Ok(Receipt {
                files: reading.selected.len(),
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
            claim.release(platform, reason).await;
            spine.tell();
            Err(error)
        }
    }
}

// ---------------------------------------------------------------- what to read

/// Which records of which objects, in which order, and where their content goes.
#[derive(Debug)]
struct Reading {
    selected: Vec<usize>,
    steps: Vec<Step>,
    /// Files that have bytes in an object that is not read whole.
    unproven: BTreeSet<usize>,
}

/// A run of records of one object.
#[derive(Debug)]
struct Step {
    object: usize,
    /// Whether the object is read whole, to be compared with its `tag_root`.
    whole: bool,
    records: Range<u64>,
    /// The content that is wanted of it, in order: (file, content range in the object).
    wanted: Vec<(usize, Range<u64>)>,
    /// Whether this is the last run of the object.
    is_last: bool,
}

impl Reading {
    fn plan(link: &OpenedLink, selection: Selection) -> Result<Self, TransferError> {
        let selected: Vec<usize> = match selection {
            Selection::All => (0..link.files.len()).collect(),
            Selection::One(file) if file < link.files.len() => vec![file],
            Selection::One(_) => return Err(TransferError::Unsendable("there is no such file in this link")),
        };
        // Each object's extents in the order of their bytes; and who else has bytes there.
        let mut wanted: BTreeMap<usize, Vec<(usize, Range<u64>)>> = BTreeMap::new();
        let mut others = vec![false; link.objects.len()];
        for (file, entry) in link.files.iter().enumerate() {
            let is_selected = selection == Selection::All || selected.contains(&file);
            for extent in &entry.extents {
                let object = extent.object as usize;
                if is_selected {
                    let range = extent.offset..extent.offset + extent.len;
                    wanted.entry(object).or_default().push((file, range));
                } else {
                    others[object] = true;
                }
            }
        }
        if selection == Selection::All {
            // Also what no file has bytes of belongs to the whole.
            for object in 0..link.objects.len() {
                wanted.entry(object).or_default();
            }
        }
        wanted
            .values_mut()
            .for_each(|list| list.sort_by_key(|(_, range)| range.start));

        let one_pass = selected.iter().all(|file| {
            link.files[*file]
                .extents
                .windows(2)
                .all(|pair| (pair[0].object, pair[0].offset) < (pair[1].object, pair[1].offset))
        });
        let mut steps = Vec::new();
        if one_pass {
            for (object, list) in wanted {
                let whole = !others[object];
                push_steps(&mut steps, link, object, whole, &list);
            }
        } else {
            // A list whose files jump back and forth between objects: file by file, nothing read whole.
            for file in &selected {
                for extent in &link.files[*file].extents {
                    let range = extent.offset..extent.offset + extent.len;
                    push_steps(&mut steps, link, extent.object as usize, false, &[(*file, range)]);
                }
            }
        }
        let apart = steps.iter().filter(|step| !step.whole);
        let unproven = apart
            .flat_map(|step| step.wanted.iter().map(|(file, _)| *file))
            .collect();
        Ok(Self {
            selected,
            steps,
            unproven,
        })
    }

    /// How much will be proven of a file.
    fn proof(&self, file: usize) -> Proof {
        if self.unproven.contains(&file) {
            Proof::Complete
        } else {
            Proof::Whole
        }
    }
}

fn push_steps(steps: &mut Vec<Step>, link: &OpenedLink, object: usize, whole: bool, list: &[(usize, Range<u64>)]) {
    let records = size::record_count(link.objects[object].stream_len);
    let needed: Vec<Range<u64>> = if whole {
        vec![0..records]
    } else {
        // Record 0 always comes first: it carries the header and says how long the content is.
        let mut needed: Vec<Range<u64>> = vec![0..1];
        for (_, range) in list {
            let first = size::locate(range.start + size::PROLOGUE).0;
            let end = size::locate(range.end - 1 + size::PROLOGUE).0 + 1;
            match needed.last_mut() {
                Some(last) if first <= last.end => last.end = last.end.max(end),
                _ => needed.push(first..end),
            }
        }
        needed
    };
    let start = steps.len();
    let mut next = 0;
    for range in needed {
        let mut first = range.start;
        while first < range.end {
            // Runs end where digests end, so that what is read whole can be compared.
            let end = ((first / RUN + 1) * RUN).min(range.end);
            let content = content_of(first)..content_of(end);
            let mut wanted = Vec::new();
            while let Some((file, extent)) = list.get(next) {
                if extent.start >= content.end {
                    break;
                }
                let part = extent.start.max(content.start)..extent.end.min(content.end);
                let is_done = extent.end <= content.end;
                if part.start < part.end {
                    wanted.push((*file, part));
                }
                if !is_done {
                    break;
                }
                next += 1;
            }
            steps.push(Step {
                object,
                whole,
                records: first..end,
                wanted,
                is_last: false,
            });
            first = end;
        }
    }
    if let Some(last) = steps[start..].last_mut() {
        last.is_last = true;
    }
}

/// Content offset of a record's first byte.
const fn content_of(record: u64) -> u64 {
    size::record_start(record).saturating_sub(size::PROLOGUE)
}

// ---------------------------------------------------------------- the claim

/// A place on the link, and the addresses that it gives.
struct Claim<'a> {
    link: &'a OpenedLink,
    id: ClaimId,
    taken: RefCell<bool>,
    addresses: RefCell<BTreeMap<usize, (ObjectUrl, Duration)>>,
    signing: Mutex<()>,
    reading: RefCell<usize>,
}

impl<'a> Claim<'a> {
    fn new(link: &'a OpenedLink) -> Result<Self, TransferError> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| TransferError::Device("no random numbers".to_owned()))?;
        Ok(Self {
            link,
            id: ClaimId(id),
            taken: RefCell::new(false),
            addresses: RefCell::default(),
            signing: Mutex::new(()),
            reading: RefCell::new(0),
        })
    }

    async fn take<P: Platform>(&self, spine: &Spine<'_, P>) -> Result<(), TransferError> {
        let body = NewClaim {
            auth: self.link.auth.clone(),
            claim_id: self.id,
            purpose: Purpose::Download,
        };
        *self.taken.borrow_mut() = true;
        let create = CreateClaim {
            link_id: self.link.link_id,
            body,
        };
        let status = spine.call(&create, None).await?;
        match status.state {
            ClaimState::Active | ClaimState::Committed => Ok(()),
            ClaimState::Released | ClaimState::Lapsed => {
                Err(sealdrop_api::Problem::new(sealdrop_api::ProblemType::ClaimEnded).into())
            }
        }
    }

    /// The place of an object; a new address where the old one is old or was refused.
    async fn address<P: Platform>(&self, platform: &P, object: usize) -> Result<ObjectUrl, TransferError> {
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
            claim_id: self.id,
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

    fn forget_address(&self, object: usize) {
        self.addresses.borrow_mut().remove(&object);
    }

    /// Keeps the lease, also while a slow disk takes its time. Never ends but by an error that will not pass.
    async fn keep<P: Platform>(&self, platform: &P) -> Result<u64, TransferError> {
        loop {
            platform.sleep(RENEW).await;
            let object = *self.reading.borrow();
            match self.sign(platform, object).await {
                Ok(_) | Err(TransferError::Unreachable | TransferError::Status { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn commit<P: Platform>(&self, platform: &P) -> Result<(), TransferError> {
        let body = Bearer {
            auth: self.link.auth.clone(),
        };
        let commit = CommitClaim {
            link_id: self.link.link_id,
            claim_id: self.id,
            body,
        };
        call(platform, &commit, None, Patience::Long).await.map(drop)
    }

    async fn release<P: Platform>(&self, platform: &P, reason: ReleaseReason) {
        if *self.taken.borrow() {
            let body = Release {
                auth: self.link.auth.clone(),
                reason,
            };
            let release = ReleaseClaim {
                link_id: self.link.link_id,
                claim_id: self.id,
                body,
            };
            // Nobody is helped by an error here: the lease ends by itself.
            let _ = call_once(platform, &release, None).await;
        }
    }
}

// ---------------------------------------------------------------- reading and writing

struct Receiving<'a, P: Platform> {
    spine: &'a Spine<'a, P>,
    link: &'a OpenedLink,
    claim: &'a Claim<'a>,
    reading: &'a Reading,
    events: &'a dyn Fn(ReceiveEvent),
}

type Header = Shared<futures::channel::oneshot::Receiver<OpenedHeader>>;

impl<P: Platform> Receiving<'_, P> {
    /// Reads every step, a few ahead, writes in order, finishes each file when all that proves it is there.
    async fn read<S: Sinks<Chunk = P::Chunk>>(
        &self,
        sinks: &mut S,
        open: &mut BTreeMap<usize, S::Sink>,
        ahead: usize,
    ) -> Result<u64, TransferError> {
        let mut unread: BTreeMap<usize, u64> = self
            .reading
            .selected
            .iter()
            .map(|file| (*file, self.link.files[*file].len))
            .collect();
        let mut unproven: BTreeMap<usize, TagRoot> = BTreeMap::new();
        let mut records = 0;
        let headers = self.announce_headers();
        let mut ranges = stream::iter(self.reading.steps.iter().zip(headers))
            .map(|(step, header)| self.open_step(step, header))
            .buffered(ahead);
        for step in &self.reading.steps {
            let Some(range) = ranges.next().await else { break };
            let range = range?;
            records += step.records.end - step.records.start;
            self.write_step(step, &range, sinks, open, &mut unread).await?;
            if step.whole {
                let mut root = match unproven.remove(&step.object) {
                    Some(root) => root,
                    None => TagRoot::new(size::object_len(self.link.objects[step.object].stream_len))?,
                };
                root.insert(
                    step.records.start / RUN,
                    &[range.digest.ok_or(TransferError::NotWhatWasSealed)?],
                )?;
                if step.is_last {
                    root.verify(&self.link.objects[step.object].tag_root)?;
                } else {
                    unproven.insert(step.object, root);
                }
            }
            if step.is_last {
                self.finish_ready(open, &unread).await?;
            }
        }
        // Empty files have no bytes to wait for, and no step of their own.
        for file in &self.reading.selected {
            if self.link.files[*file].len == 0 {
                let sink = sinks.open(&self.describe(*file)).await?;
                self.finish_file(*file, sink).await?;
            }
        }
        Ok(records)
    }

    /// The first step of each object tells the others what its header says.
    fn announce_headers(&self) -> Vec<(Option<futures::channel::oneshot::Sender<OpenedHeader>>, Header)> {
        use futures::{FutureExt, channel::oneshot};
        let mut headers: Vec<(Option<oneshot::Sender<OpenedHeader>>, Header)> = Vec::new();
        for (place, step) in self.reading.steps.iter().enumerate() {
            if step.records.start == 0 {
                let (tell, heard) = oneshot::channel();
                headers.push((Some(tell), heard.shared()));
            } else {
                // A step that does not start an object follows one of the same object.
                let heard = headers[place - 1].1.clone();
                headers.push((None, heard));
            }
        }
        headers
    }

    async fn open_step(
        &self,
        step: &Step,
        header: (Option<futures::channel::oneshot::Sender<OpenedHeader>>, Header),
    ) -> Result<OpenedRange<P::Chunk>, TransferError> {
        let (tell, heard) = header;
        let known = match tell {
            Some(_) => None,
            // The first step failed: its own error ends the transfer before this one is looked at.
            None => Some(heard.await.map_err(|_| TransferError::Cancelled)?),
        };
        let object: &ObjectRef = &self.link.objects[step.object];
        let job = self.spine.meter.borrow_mut().begin(Vec::new());
        let attempt = async || {
            let place = self.claim.address(self.spine.platform, step.object).await?;
            let job = OpenJob {
                url: place.url,
                etag: place.etag,
                object_id: object.object_id,
                fek: Arc::clone(&object.fek),
                stream_len: object.stream_len,
                kind: Kind::Content,
                known,
                records: step.records.clone(),
            };
            let opened = self.spine.platform.open_range(job, &|_| {}).await;
            opened.map_err(|error| match error {
                // Gone or another: a new address says whether the link ended.
                TransferError::Bucket {
                    status: 404 | 412,
                    code,
                } => TransferError::Bucket { status: 403, code },
                other => other,
            })
        };
        let range = self
            .spine
            .persist(job, attempt, || self.claim.forget_address(step.object))
            .await
            .map_err(|error| match error {
                TransferError::Bucket { status: 403 | 416, .. } => TransferError::NotWhatWasSealed,
                other => other,
            })?;
        self.spine.meter.borrow_mut().acknowledge(job);
        self.check(step, object, &range)?;
        if let Some(tell) = tell {
            // Nobody may be waiting: the object had one step.
            let _ = tell.send(range.header);
        }
        Ok(range)
    }

    /// What a list claims of an object must fit what the object itself says.
    fn check(&self, step: &Step, object: &ObjectRef, range: &OpenedRange<P::Chunk>) -> Result<(), TransferError> {
        let content_len = range.header.content_len;
        let start = content_of(step.records.start).min(content_len);
        let end = content_of(step.records.end).min(content_len);
        let wanted_fits = step.wanted.iter().all(|(_, wanted)| wanted.end <= content_len);
        let size_fits = self.link.whole_size.is_none_or(|size| size == content_len);
        let right = content_len <= object.stream_len - size::PROLOGUE
            && range.content.len() as u64 == end - start
            && wanted_fits
            && size_fits;
        if right {
            Ok(())
        } else {
            Err(TransferError::NotWhatWasSealed)
        }
    }

    async fn write_step<S: Sinks<Chunk = P::Chunk>>(
        &self,
        step: &Step,
        range: &OpenedRange<P::Chunk>,
        sinks: &mut S,
        open: &mut BTreeMap<usize, S::Sink>,
        unread: &mut BTreeMap<usize, u64>,
    ) -> Result<(), TransferError> {
        let base = content_of(step.records.start);
        for (file, wanted) in &step.wanted {
            let len = wanted.end - wanted.start;
            if !open.contains_key(file) {
                let sink = sinks.open(&self.describe(*file)).await?;
                open.insert(*file, sink);
            }
            let piece = range
                .content
                .slice((wanted.start - base) as usize..(wanted.end - base) as usize);
            if let Some(sink) = open.get_mut(file) {
                sink.write(piece).await?;
            }
            self.spine.meter.borrow_mut().add(*file, len);
            if let Some(left) = unread.get_mut(file) {
                *left -= len;
            }
        }
        Ok(())
    }

    /// Finishes the files that have all their bytes, now that the object they end in is proven.
    async fn finish_ready<K: Sink>(
        &self,
        open: &mut BTreeMap<usize, K>,
        unread: &BTreeMap<usize, u64>,
    ) -> Result<(), TransferError> {
        let ready: Vec<usize> = open
            .keys()
            .copied()
            .filter(|file| unread.get(file).is_some_and(|left| *left == 0))
            .collect();
        for file in ready {
            if let Some(sink) = open.remove(&file) {
                self.finish_file(file, sink).await?;
            }
        }
        Ok(())
    }

    async fn finish_file<K: Sink>(&self, file: usize, sink: K) -> Result<(), TransferError> {
        let proof = self.reading.proof(file);
        sink.finish(proof).await?;
        self.spine.meter.borrow_mut().finish_file(file);
        (self.events)(ReceiveEvent::FileDone { index: file, proof });
        Ok(())
    }

    fn describe(&self, file: usize) -> SinkFile {
        let entry = &self.link.files[file];
        SinkFile {
            index: file,
            path: entry.path.clone(),
            len: entry.len,
            mime: entry.mime.clone(),
            modified_ms: entry.modified_ms,
        }
    }
}

fn progress(meter: &mut Meter, now: Duration, total: u64) -> ReceiveProgress {
    let reading = meter.read(now);
    ReceiveProgress {
        phase: match reading.standing {
            Standing::Stage(Stage::Preparing) => ReceivePhase::Claiming,
            Standing::Stage(Stage::Moving) | Standing::Paused => ReceivePhase::Downloading,
            Standing::Stage(Stage::Finishing) => ReceivePhase::Verifying,
            Standing::Offline { since } => ReceivePhase::WaitingForNetwork {
                since_ms: since.as_millis() as u64,
            },
            Standing::Retrying { left } => ReceivePhase::Retrying {
                in_seconds: left.as_secs_f64().ceil() as u32,
            },
        },
        received_bytes: reading.bytes,
        total_bytes: total,
        bytes_per_second: reading.bytes_per_second,
        seconds_left: reading.seconds_left,
        files: reading.files,
    }
}
