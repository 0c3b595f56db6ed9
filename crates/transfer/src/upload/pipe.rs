//! Sending a pipe: its length is unknown until it ends, so parts are sealed as they fill, part 1 last, and a new
//! object begins where one is full.

use std::sync::Arc;

use futures::{
    StreamExt,
    future::{Either, select},
    pin_mut,
    stream::FuturesUnordered,
};
use sealdrop_api::{ObjectId, OwnerToken};
use sealdrop_crypto::{PipeWriter, SealedPart, make_object, size};
use sealdrop_model::Stage;

use super::{
    cleanup::CreatedResources,
    link::{
        keys::make_link_keys,
        make::{Contents, make_link},
        sent::Sent,
    },
    multipart::MultipartUpload,
    object::copy_fek,
    options::SendOptions,
    prepare::limits::{check_choices, check_limits, limits},
    run::make_token,
    sealed_part::send_sealed_part,
};
use crate::{
    engine::{context::TransferContext, control::Control, events::UploadEvent, progress::Progress},
    error::{InvalidInput, TransferError},
    item::{Extent, FileEntry, Listing, ObjectRef},
    journal::{handle::JournalHandle, storage::NoJournal},
    names::sanitize::sanitize,
    platform::{Platform, pipe::Pipe},
};

/// Bytes read from the pipe at a time.
const READ: usize = 1 << 20;

/// Sends what a pipe gives as one file called `name`, and makes a link to it. It cannot be resumed: the source
/// cannot be read again.
///
/// # Errors
/// [`TransferError`]: the first that did not pass.
pub async fn upload_pipe<P: Platform, S: Pipe>(
    platform: &P,
    name: &str,
    source: &mut S,
    options: &SendOptions,
    control: &Control,
    events: &dyn Fn(UploadEvent),
) -> Result<Sent, TransferError> {
    let emit = |progress| events(UploadEvent::Progress(progress));
    let progress = Progress::new([None].into_iter(), None);
    let context = TransferContext::new(
        platform,
        control,
        progress,
        (options.concurrency, options.concurrency),
        &emit,
    );
    let token = make_token()?;
    let created = CreatedResources::default();
    let (fitted, renamed) = sanitize(&[name.replace('/', "_")], |text| platform.normalize_nfc(text));
    if !renamed.is_empty() {
        events(UploadEvent::Renamed(renamed));
    }
    let name = fitted.into_iter().next().unwrap_or_else(|| "stdin".to_owned());
    context.emit_progress();
    let result = context
        .run(send(&context, name, source, options, &token, &created))
        .await;
    if result.is_err() {
        created.discard(&context, &token).await;
    }
    context.emit_progress();
    result
}

async fn send<P: Platform, S: Pipe>(
    context: &TransferContext<'_, P>,
    name: String,
    source: &mut S,
    options: &SendOptions,
    token: &OwnerToken,
    created: &CreatedResources,
) -> Result<Sent, TransferError> {
    check_choices(context.platform, options)?;
    check_limits(&limits(context.platform).await?, 0, options)?;
    context.progress.borrow_mut().enter(Stage::Moving);
    context.emit_progress();
    let mut objects = Vec::new();
    let mut extents = Vec::new();
    let mut plain_bytes = 0;
    let mut buffer = vec![0; READ];
    let mut pending = PendingBytes::default();
    loop {
        let (object, len, ended) =
            send_object(context, source, &mut buffer, &mut pending, options, token, created).await?;
        if len > 0 {
            let object =
                u32::try_from(objects.len()).map_err(|_| TransferError::InvalidInput(InvalidInput::PipeSize))?;
            extents.push(Extent { object, offset: 0, len });
        }
        plain_bytes += len;
        objects.push(object);
        if ended {
            break;
        }
    }
    context.progress.borrow_mut().enter(Stage::Finishing);
    context.progress.borrow_mut().finish_file(0);
    context.emit_progress();
    let file = FileEntry {
        path: name.clone(),
        mime: None,
        len: plain_bytes,
        modified_ms: None,
        extents,
        unknown: crate::item::UnknownMembers::default(),
    };
    let options = SendOptions {
        name: Some(name),
        ..options.clone()
    };
    let contents = Contents {
        listing: Listing {
            objects,
            files: vec![file],
        },
        plain_bytes,
    };
    let (nowhere, _) = JournalHandle::new(&NoJournal, ObjectId([0; 16]));
    let keys = make_link_keys(context.platform, &options).await?;
    make_link(context, (contents, keys), &options, token, created, &nowhere).await
}

/// Fills one object. `pending` are the bytes of `buffer` that the object before had no room for.
async fn send_object<P: Platform, S: Pipe>(
    context: &TransferContext<'_, P>,
    source: &mut S,
    buffer: &mut [u8],
    pending: &mut PendingBytes,
    options: &SendOptions,
    token: &OwnerToken,
    created: &CreatedResources,
) -> Result<(ObjectRef, u64, bool), TransferError> {
    let mut writer = PipeWriter::new(make_object()?, options.padding);
    let object_id = sealdrop_api::ObjectId(*writer.identity().object_id());
    created.objects.borrow_mut().push(object_id);
    let (upload, _) = MultipartUpload::reserve(context, token, object_id, None, size::PART).await?;
    let mut running = FuturesUnordered::new();
    let mut ended = false;

    // A pipe is one file: what was pushed into sealed parts counts when they are acknowledged.
    let send = async |(part, sealed): (u32, SealedPart), plain: u64| {
        send_sealed_part(context, &upload, part, sealed.bytes, sealed.digests).await?;
        context.progress.borrow_mut().add(0, plain);
        Ok::<(), TransferError>(())
    };
    while !writer.is_full() {
        context.control.running().await;
        if pending.is_empty() {
            pending.refill(read_on(source, buffer, &mut running).await?);
            if pending.is_empty() {
                ended = true;
                break;
            }
        }
        let pushed = writer.push(&buffer[pending.start..pending.end])?;
        pending.start += pushed.taken;
        for part in pushed.parts {
            while running.len() >= options.concurrency.max(1) {
                running.next().await.transpose()?;
            }
            running.push(send(part, 40 * size::C));
        }
    }
    if !ended && pending.is_empty() {
        pending.refill(read_on(source, buffer, &mut running).await?);
        ended = pending.is_empty();
    }

    let content_len = writer.content_len();
    let mut end = writer.finish()?;
    while let Some(part) = end.next_part()? {
        while running.len() >= options.concurrency.max(1) {
            running.next().await.transpose()?;
        }
        let content = end.writer().content_of_part(part.0);
        running.push(send(part, content.end - content.start));
    }
    while running.next().await.transpose()?.is_some() {}
    drop(running);
    let sealed_len = end.writer().object_len();
    let again = async |_part: u32| {
        // Its bytes are gone with the pipe: nothing can be sent again.
        Err(TransferError::from(sealdrop_api::Problem::new(
            sealdrop_api::ProblemType::PartsDiffer,
        )))
    };
    upload.finish(context, sealed_len, again).await?;
    let identity = end.writer().identity();
    let object = ObjectRef {
        object_id,
        fek: Arc::new(copy_fek(identity.fek())?),
        tag_root: upload.tag_root(sealed_len, size::PART)?,
        stream_len: end.writer().stream_len(),
    };
    Ok((object, content_len, ended))
}

/// Bytes of the buffer that no object has taken yet.
#[derive(Debug, Default)]
struct PendingBytes {
    start: usize,
    end: usize,
}

impl PendingBytes {
    const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn refill(&mut self, len: usize) {
        *self = Self { start: 0, end: len };
    }
}

/// Reads from the pipe while parts are on their way: a pipe that waits must not hold them up.
async fn read_on<S: Pipe, F: Future<Output = Result<(), TransferError>>>(
    source: &mut S,
    buffer: &mut [u8],
    running: &mut FuturesUnordered<F>,
) -> Result<usize, TransferError> {
    let reading = source.read(buffer);
    pin_mut!(reading);
    while !running.is_empty() {
        match select(reading.as_mut(), running.next()).await {
            Either::Left((read, _)) => return read,
            Either::Right((sent, _)) => sent.transpose().map(drop)?,
        }
    }
    reading.await
}
