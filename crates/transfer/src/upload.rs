//! Sending files: names made fit, a plan, parts in any order, objects completed, one link made.

use core::{cell::Cell, cell::RefCell, ops::Range};
use std::sync::Arc;

use futures::{
    StreamExt, TryStreamExt,
    channel::oneshot,
    future::{join, try_join, try_join_all, try_join3},
    stream,
};
use sealdrop_api::{
    GetLimits, Limits, ObjectId, OwnerToken, Problem, ProblemType,
    uploads::{DeleteUpload, PartToSign},
};
use sealdrop_crypto::{Padding, Zeroizing, make_object, size};
use time::OffsetDateTime;

use crate::{
    Control, FileEntry, Journal, Link, Listing, MAX_FILES, ObjectPlan, ObjectRef, PartJob, Patience, PlannedObject,
    Platform, SendEvent, SendPhase, SendProgress, SourceExtent, TransferError, Unfinished,
    begin_object::{begin_object, first_changed, give_up, summarise},
    call, call_once,
    make_link::{Contents, ask_for_link, make_link, make_link_keys},
    meter::{Meter, Stage, Standing},
    plan::plan,
    resume::{KeptObject, Writer, digest_sources},
    sanitize,
    spine::Spine,
    uploading::Uploading,
};

/// A file to send.
#[derive(Debug, Clone)]
pub struct SendFile<F> {
    /// Its path as given, `/` between components; what cannot travel is changed and told.
    pub path: String,
    /// Its exact bytes.
    pub len: u64,
    /// When it was changed last, in ms since 1970 UTC.
    pub modified_ms: Option<u64>,
    /// Its type, if the system knows; dropped unless ASCII of at most 127 bytes.
    pub mime: Option<String>,
    /// What the platform reads it by.
    pub handle: F,
}

/// How to send.
#[derive(Debug, Clone)]
pub struct SendOptions {
    /// Scheme, host and port that the link will start with.
    pub origin: String,
    /// What the whole is called; else the one file's name, the common folder, or the number of files.
    pub name: Option<String>,
    /// The sender's words, at most 4096 bytes; empty is none.
    pub note: String,
    /// A password as typed; empty is none.
    pub password: Option<Zeroizing<String>>,
    /// Seconds; the server's default if not given.
    pub expires_in: Option<u64>,
    /// The server's default if not given.
    pub max_downloads: Option<u32>,
    /// Whether lengths are hidden among similar ones.
    pub padding: Padding,
    /// Parts on their way at once, to begin with; memory is about 20 MiB for each.
    pub concurrency: usize,
    /// As many at most, where more of them move more.
    pub most_at_once: usize,
    /// Whether files that changed since an earlier run are sent anew. Otherwise that run's files are insisted on.
    pub send_changed: bool,
}

impl SendOptions {
    /// What a server's defaults give.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            name: None,
            note: String::new(),
            password: None,
            expires_in: None,
            max_downloads: None,
            padding: Padding::Padded,
            concurrency: 3,
            most_at_once: 6,
            send_changed: false,
        }
    }

    /// Parts at once, to begin with and at most.
    fn lanes(&self) -> (usize, usize) {
        let first = self.concurrency.max(1);
        (first, self.most_at_once.max(first))
    }
}

/// What was sent. It holds the link, which is the key.
#[derive(Debug)]
pub struct Sent {
    /// The link.
    pub link: Link,
    /// How many files.
    pub files: usize,
    /// Plain bytes of them.
    pub plain_bytes: u64,
    /// Bytes in the bucket.
    pub sealed_bytes: u64,
    /// When the link ends, by the server's clock.
    pub expires_at: OffsetDateTime,
    /// Downloads at most.
    pub max_downloads: u32,
    /// Owns the link: extends, limits, revokes.
    pub owner: OwnerToken,
}

/// What a server allows.
///
/// # Errors
/// [`TransferError::Unreachable`] and whatever the server says.
pub async fn limits<P: Platform>(platform: &P) -> Result<Limits, TransferError> {
    call(platform, &GetLimits, None, Patience::Short).await
}

/// Sealed bytes that files of these lengths will take, without a list that may become a manifest.
#[must_use]
pub fn sealed_bytes(lens: &[u64], padding: Padding) -> u64 {
    plan(lens, padding).objects.iter().map(PlannedObject::sealed_len).sum()
}

/// Sends files and makes a link to them.
///
/// With a journal that keeps, a failure or [`Control::leave`] leaves everything for a later run, which is given what
/// [`Unfinished::read`] finds and sends only what the bucket lacks; [`Control::cancel`] removes it. Without one, whatever
/// does not come to its end is removed.
///
/// # Errors
/// [`TransferError`]: the first that did not pass. [`TransferError::SourceChanged`] also if `unfinished` was made of other
/// files; then nothing was touched, unless the options say to send them anew.
pub async fn upload<P: Platform, J: Journal>(
    platform: &P,
    files: Vec<SendFile<P::File>>,
    options: &SendOptions,
    (journal, unfinished): (&J, Option<Unfinished>),
    control: &Control,
    events: &dyn Fn(SendEvent),
) -> Result<Sent, TransferError> {
    let total = files.iter().map(|file| file.len).sum();
    let tell = |meter: &mut Meter, now| events(SendEvent::Progress(progress(meter, now, Some(total))));
    let meter = Meter::new(files.iter().map(|file| Some(file.len)), Some(total));
    let spine = Spine::new(platform, control, meter, options.lanes(), &tell);
    let token = match &unfinished {
        Some(unfinished) => unfinished.token.clone(),
        None => make_token()?,
    };
    let session = match &unfinished {
        Some(unfinished) => unfinished.session,
        None => ObjectId(*make_object()?.object_id()),
    };
    let (writer, scribe) = Writer::new(journal, session);
    let begun = Begun::default();
    begun
        .objects
        .borrow_mut()
        .extend(unfinished.iter().flat_map(Unfinished::object_ids));
    spine.tell();
    let work = async {
        let sending = send(&spine, files, options, (&writer, unfinished), &token, &begun, events);
        let sent = spine.run(sending).await;
        writer.close();
        sent
    };
    // However the work ends, what was noted until then is written: a part that the bucket has is not sent again.
    let (sent, written) = join(work, scribe.write()).await;
    let result = written.and(sent);
    match &result {
        Ok(_) => journal.remove().await,
        Err(_) if control.is_cancelled() || !writer.keeps() => {
            begun.clean_up(&spine, &token).await;
            journal.remove().await;
        }
        // Nothing was begun: there is nothing to go on with.
        Err(_) if begun.objects.borrow().is_empty() => journal.remove().await,
        Err(_) => {}
    }
    spine.tell();
    result
}

async fn send<P: Platform, J: Journal>(
    spine: &Spine<'_, P>,
    files: Vec<SendFile<P::File>>,
    options: &SendOptions,
    (writer, unfinished): (&Writer<'_, J>, Option<Unfinished>),
    token: &OwnerToken,
    begun: &Begun,
    events: &dyn Fn(SendEvent),
) -> Result<Sent, TransferError> {
    if files.is_empty() || files.len() > MAX_FILES {
        return Err(TransferError::Unsendable("a link holds between one file and 100,000"));
    }
    let plain_bytes = files.iter().map(|file| file.len).sum();
    let (files, order) = fit_names(spine.platform, files, events);
    let lens: Vec<u64> = files.iter().map(|file| file.len).collect();
    let planned = plan(&lens, options.padding);

    let beginning = async {
        match &unfinished {
            Some(_) => Ok(()),
            None => writer.begun(token, summarise(&files, options, plain_bytes)).await,
        }
    };
    // Beside each other: one asks the server, one reads the files, one begins the journal.
    let (allowed, digests, ()) = try_join3(
        limits(spine.platform),
        digest_sources(spine.platform, &files, planned.objects.iter()),
        beginning,
    )
    .await?;
    check_limits(
        &allowed,
        planned.objects.iter().map(PlannedObject::sealed_len).sum(),
        options,
    )?;
    let (mut kept, link) = match unfinished {
        Some(unfinished) => (unfinished.objects, unfinished.link),
        None => (Vec::new(), None),
    };
    let mut resumed = Vec::with_capacity(planned.objects.len());
    for (object, digest) in planned.objects.into_iter().zip(digests) {
        let same = |old: &KeptObject| {
            old.digest == digest && old.content_len == object.content_len && old.padding == object.padding
        };
        let old = kept.iter().position(same).map(|place| kept.swap_remove(place));
        resumed.push((object, digest, old));
    }
    if !kept.is_empty() && !options.send_changed {
        return Err(TransferError::SourceChanged {
            file: first_changed(&files, &resumed),
        });
    }
    // What is left was made of files as they were: its keys are never used again.
    for old in kept {
        let object_id = ObjectId(*old.identity.object_id());
        give_up(spine, writer, begun, token, object_id).await?;
    }
    if let Some(link) = link
        && resumed.iter().all(|(_, _, old)| old.is_some())
    {
        return ask_for_link(spine, link, (files.len(), plain_bytes), options, token).await;
    }

    let mut objects = Vec::with_capacity(resumed.len());
    for (planned, digest, old) in resumed {
        objects.push(begin_object(spine, writer, begun, token, (planned, digest, old)));
    }
    // Room for all of them is asked for before the first byte moves.
    let objects: Vec<Outgoing<'_>> = stream::iter(objects)
        .buffered(options.concurrency.max(1))
        .try_collect()
        .await?;

    let sending = Sending {
        spine,
        writer,
        files: &files,
        order: &order,
        objects: &objects,
    };
    sending.count_what_is_there();
    spine.meter.borrow_mut().enter(Stage::Moving);
    spine.tell();
    let (tell, last_ones_go) = oneshot::channel();
    let queue = Queue {
        parts: RefCell::new(sending.all_parts()),
        is_empty: Cell::new(Some(tell)),
    };
    let lanes = (0..options.lanes().1).map(|_| sending.lane(&queue));
    // Beside the last parts, not the first ones: stretching a password takes 64 MiB.
    let keys = async {
        // The lanes are over if nobody tells.
        let _ = last_ones_go.await;
        make_link_keys(spine.platform, options).await
    };
    let (_, keys) = try_join(try_join_all(lanes), keys).await?;

    {
        let mut meter = spine.meter.borrow_mut();
        meter.enter(Stage::Finishing);
        (0..files.len()).for_each(|file| meter.finish_file(file));
    }
    spine.tell();
    let listing = Listing {
        objects: objects.iter().map(Outgoing::describe).collect::<Result<_, _>>()?,
        files: files
            .iter()
            .zip(planned.extents)
            .map(|(file, extents)| FileEntry {
                path: file.path.clone(),
                mime: file
                    .mime
                    .clone()
                    .filter(|mime| mime.is_ascii() && (1..=127).contains(&mime.len())),
                len: file.len,
                modified_ms: file.modified_ms,
                extents,
                kept: crate::Kept::default(),
            })
            .collect(),
    };
    let contents = Contents { listing, plain_bytes };
    make_link(spine, (contents, keys), options, token, begun, writer).await
}

/// Refuses what the server would refuse, before the first byte.
pub(crate) fn check_limits(allowed: &Limits, sealed: u64, options: &SendOptions) -> Result<(), TransferError> {
    if !allowed.guest {
        return Err(Problem::new(ProblemType::GuestsOff).into());
    }
    let too_large = |detail: String| Err(Problem::new(ProblemType::TooLarge).with_detail(detail).into());
    if sealed > allowed.max_link_bytes {
        let mut problem = Problem::new(ProblemType::TooLarge);
        problem.limit = Some(allowed.max_link_bytes);
        return Err(problem.into());
    }
    if options.expires_in.is_some_and(|asked| asked > allowed.max_expires_in) {
        let (days, hours) = (allowed.max_expires_in / 86_400, allowed.max_expires_in / 3_600);
        let most = if days > 1 {
            format!("{days} days")
        } else {
            format!("{hours} hours")
        };
        return too_large(format!("A link lives at most {most} on this server."));
    }
    if options.max_downloads.is_some_and(|asked| asked > allowed.max_downloads) {
        return too_large(format!(
            "A link has at most {} downloads on this server.",
            allowed.max_downloads
        ));
    }
    Ok(())
}

/// Makes names fit, tells what changed, and sorts by path. Gives with each file its place in the list as given.
fn fit_names<P: Platform>(
    platform: &P,
    files: Vec<SendFile<P::File>>,
    events: &dyn Fn(SendEvent),
) -> (Vec<SendFile<P::File>>, Vec<usize>) {
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let (fitted, renamed) = sanitize(&paths, |text| platform.normalize_nfc(text));
    if !renamed.is_empty() {
        events(SendEvent::Renamed(renamed));
    }
    let mut sorted: Vec<(usize, SendFile<P::File>)> = files
        .into_iter()
        .zip(fitted)
        .map(|(file, path)| SendFile { path, ..file })
        .enumerate()
        .collect();
    sorted.sort_by(|(_, a), (_, b)| a.path.as_bytes().cmp(b.path.as_bytes()));
    let (order, files) = sorted.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    (files, order)
}

/// An object on its way, with the plan that it follows.
pub(crate) struct Outgoing<'a> {
    pub(crate) plan: Arc<ObjectPlan>,
    pub(crate) planned: PlannedObject,
    /// Of the files that it is made of, as they were at the start.
    pub(crate) digest: [u8; 32],
    pub(crate) upload: Uploading<'a>,
    pub(crate) left: Cell<u32>,
    pub(crate) committed: Cell<bool>,
}

impl Outgoing<'_> {
    fn describe(&self) -> Result<ObjectRef, TransferError> {
        Ok(ObjectRef {
            object_id: self.plan.object_id(),
            fek: Arc::new(copy_fek(self.plan.identity().fek())?),
            tag_root: self.upload.tag_root(self.plan.sealed_len(), self.plan.part_len())?,
            stream_len: self.plan.writer().stream_len(),
        })
    }
}

/// A key on its way from the plan into the list of the link: the one place where it is copied.
pub(crate) fn copy_fek(fek: &sealdrop_crypto::Fek) -> Result<sealdrop_crypto::Fek, TransferError> {
    Ok(sealdrop_crypto::Fek::from_text(&fek.to_text())?)
}

/// What the lanes take from.
struct Queue<I> {
    parts: RefCell<I>,
    /// Told once, by the first lane that finds nothing more.
    is_empty: Cell<Option<oneshot::Sender<()>>>,
}

struct Sending<'a, P: Platform, J: Journal> {
    spine: &'a Spine<'a, P>,
    writer: &'a Writer<'a, J>,
    files: &'a [SendFile<P::File>],
    order: &'a [usize],
    objects: &'a [Outgoing<'a>],
}

impl<P: Platform, J: Journal> Sending<'_, P, J> {
    /// What still has to be done, object after object: parts that the bucket lacks, or the end of an object that lacks none.
    fn all_parts(&self) -> impl Iterator<Item = (&Outgoing<'_>, Option<u32>)> {
        let open = self.objects.iter().filter(|object| !object.committed.get());
        open.flat_map(|object| {
            let missing = (1..=object.plan.part_count()).filter(|part| !object.upload.is_sent(*part));
            let ending = (object.left.get() == 0).then_some((object, None));
            missing.map(move |part| (object, Some(part))).chain(ending)
        })
    }

    /// Bytes that an earlier run sent count from the start, and not as speed.
    fn count_what_is_there(&self) {
        let mut meter = self.spine.meter.borrow_mut();
        for object in self.objects {
            let sent = (1..=object.plan.part_count()).filter(|part| object.upload.is_sent(*part));
            for run in sent.flat_map(|part| object.planned.sources(object.plan.content_of_part(part))) {
                meter.add(self.order[run.file], run.len);
            }
        }
    }

    /// Takes parts until there is none; who sends the last one of an object also completes it.
    async fn lane<'a>(
        &'a self,
        queue: &Queue<impl Iterator<Item = (&'a Outgoing<'a>, Option<u32>)>>,
    ) -> Result<(), TransferError> {
        loop {
            // While the person pauses, nothing new starts.
            self.spine.control.running().await;
            let next = queue.parts.borrow_mut().next();
            let Some((object, part)) = next else {
                // Nobody listens where the keys could not be made.
                queue.is_empty.take().map(|tell| tell.send(()));
                return Ok(());
            };
            if let Some(part) = part {
                self.send_part(object, part).await?;
                object.left.set(object.left.get() - 1);
            }
            if object.left.get() == 0 {
                self.finish(object).await?;
            }
        }
    }

    /// The end of an object. Its files must still be what they were when it was begun.
    async fn finish(&self, object: &Outgoing<'_>) -> Result<(), TransferError> {
        // Its parts must be written down by then: past this the bucket shows none to compare with.
        let (now, ()) = try_join(
            digest_sources(self.spine.platform, self.files, core::iter::once(&object.planned)),
            self.writer.written(),
        )
        .await?;
        if now != [object.digest] {
            let runs = object.planned.sources(0..object.planned.content_len);
            let file = runs.first().map(|run| self.files[run.file].path.clone());
            return Err(TransferError::SourceChanged {
                file: file.unwrap_or_default(),
            });
        }
        let again = async |part| self.send_part(object, part).await;
        object
            .upload
            .finish(self.spine, object.plan.sealed_len(), again)
            .await?;
        object.committed.set(true);
        Ok(())
    }

    async fn send_part(&self, object: &Outgoing<'_>, part: u32) -> Result<(), TransferError> {
        let Range { start, end } = object.plan.content_of_part(part);
        let runs = object.planned.sources(start..end);
        let first_time = !object.upload.is_sent(part);
        let counted = if first_time {
            runs.iter().map(|run| (self.order[run.file], run.len)).collect()
        } else {
            vec![]
        };
        let job = self.spine.meter.borrow_mut().begin(counted);
        let sealed_len = object.plan.sealed_part_len(part);
        let moved = |sealed: u64| self.spine.meter.borrow().advance(job, sealed);
        let attempt = async || {
            let this = PartToSign {
                n: part,
                len: sealed_len,
            };
            let upcoming = (part + 1..=object.plan.part_count()).map(|n| PartToSign {
                n,
                len: object.plan.sealed_part_len(n),
            });
            let url = object.upload.address(self.spine.platform, this, upcoming).await?;
            let extents = runs
                .iter()
                .map(|run| SourceExtent {
                    file: self.files[run.file].handle.clone(),
                    offset: run.offset,
                    len: run.len,
                })
                .collect();
            let job = PartJob {
                object: Arc::clone(&object.plan),
                part,
                extents,
                url,
                sealed_len,
            };
            match self.spine.platform.seal_and_send(job, &moved).await {
                Ok(sent) => Ok(sent),
                Err(error) => Err(object.upload.explain(self.spine.platform, error).await),
            }
        };
        let sent = self
            .spine
            .persist(job, attempt, || object.upload.forget_address(part))
            .await?;
        self.writer.part(object.plan.object_id(), part, &sent)?;
        object.upload.keep(part, sent);
        self.spine.meter.borrow_mut().acknowledge(job);
        Ok(())
    }
}

/// What exists on the server because of this transfer, to be removed if it does not come to its end.
#[derive(Default)]
pub(crate) struct Begun {
    pub(crate) objects: RefCell<Vec<ObjectId>>,
    pub(crate) link: Cell<Option<sealdrop_api::LinkId>>,
}

impl Begun {
    /// Removes it, as far as the server answers; the server's own reaper does the rest.
    pub(crate) async fn clean_up<P: Platform>(&self, spine: &Spine<'_, P>, token: &OwnerToken) {
        if let Some(link_id) = self.link.get() {
            let revoke = sealdrop_api::links::RevokeLink { link_id };
            let _ = call_once(spine.platform, &revoke, Some(token)).await;
        }
        let objects = self.objects.take();
        for some in objects.chunks(8) {
            let deleting = some.iter().map(async |object_id| {
                call_once(spine.platform, &DeleteUpload { object_id: *object_id }, Some(token)).await
            });
            let results = futures::future::join_all(deleting).await;
            if results.contains(&Err(TransferError::Unreachable)) {
                return;
            }
        }
    }
}

/// 32 random bytes: reserves the uploads, owns the link.
pub(crate) fn make_token() -> Result<OwnerToken, TransferError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| TransferError::Device("no random numbers".to_owned()))?;
    Ok(OwnerToken::new(bytes))
}

pub(crate) fn progress(meter: &mut Meter, now: core::time::Duration, total: Option<u64>) -> SendProgress {
    let reading = meter.read(now);
    SendProgress {
        phase: match reading.standing {
            Standing::Stage(Stage::Preparing) => SendPhase::Preparing,
            Standing::Stage(Stage::Moving) => SendPhase::Sending,
            Standing::Stage(Stage::Finishing) => SendPhase::Finishing,
            Standing::Paused => SendPhase::Paused,
            Standing::Offline { since } => SendPhase::WaitingForNetwork {
                since_ms: since.as_millis() as u64,
            },
            Standing::Retrying { left } => SendPhase::Retrying {
                in_seconds: left.as_secs_f64().ceil() as u32,
            },
        },
        sent_bytes: reading.bytes,
        total_bytes: total,
        bytes_per_second: reading.bytes_per_second,
        seconds_left: reading.seconds_left,
        files: reading.files,
    }
}

const _: () = assert!(
    size::PART == sealdrop_api::limits::PART_LEN,
    "one part length in contract and format"
);
