//! Sending files: names made fit, a plan, parts in any order, objects completed, one link made.

use futures::future::join;
use sealdrop_api::{ObjectId, OwnerToken};
use sealdrop_crypto::make_object;

use super::{
    cleanup::CreatedResources,
    link::sent::Sent,
    options::{SendFile, SendOptions},
    steps::send,
};
use crate::{
    engine::{context::TransferContext, control::Control, events::UploadEvent, progress::Progress},
    error::{DeviceFault, TransferError},
    journal::{handle::JournalHandle, storage::Journal, unfinished::Unfinished},
    platform::Platform,
};

/// Sends files and makes a link to them.
///
/// With a journal that keeps, a failure or [`Control::suspend`] leaves everything for a later run, which is given what
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
    (storage, unfinished): (&J, Option<Unfinished>),
    control: &Control,
    events: &dyn Fn(UploadEvent),
) -> Result<Sent, TransferError> {
    // More than a number holds is refused below.
    let total = files.iter().map(|file| file.len).fold(0, u64::saturating_add);
    let emit = |progress| events(UploadEvent::Progress(progress));
    let progress = Progress::new(files.iter().map(|file| Some(file.len)), Some(total));
    let context = TransferContext::new(platform, control, progress, options.concurrency_range(), &emit);
    let token = match &unfinished {
        Some(unfinished) => unfinished.token.clone(),
        None => make_token()?,
    };
    let session = match &unfinished {
        Some(unfinished) => unfinished.session,
        None => ObjectId(*make_object()?.object_id()),
    };
    let (journal, writer) = JournalHandle::new(storage, session);
    let created = CreatedResources::default();
    created
        .objects
        .borrow_mut()
        .extend(unfinished.iter().flat_map(Unfinished::object_ids));
    context.emit_progress();
    let work = async {
        let sending = send(
            &context,
            files,
            options,
            (&journal, unfinished),
            &token,
            &created,
            events,
        );
        let sent = context.run(sending).await;
        journal.close();
        sent
    };
    // However the work ends, what was requested until then is written: a part that the bucket has is not sent again.
    let (sent, written) = join(work, writer.write()).await;
    let result = written.and(sent);
    match &result {
        Ok(_) => storage.remove().await,
        Err(_) if control.is_cancelled() || !journal.keeps() => {
            created.discard(&context, &token).await;
            storage.remove().await;
        }
        // Nothing was created: there is nothing to go on with.
        Err(_) if created.objects.borrow().is_empty() => storage.remove().await,
        Err(_) => {}
    }
    context.emit_progress();
    result
}

/// 32 random bytes: reserves the uploads, owns the link.
pub(crate) fn make_token() -> Result<OwnerToken, TransferError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| TransferError::device(DeviceFault::Random, ""))?;
    Ok(OwnerToken::new(bytes))
}
