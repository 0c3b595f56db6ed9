//! Sending: seal the files, store them, make the link.

use sealdrop_model::{OwnLink, SendOptions};
use sealdrop_transfer::{Control, ListedFile, SendFile, SentLink, TransferError, UploadEvent};
use zeroize::Zeroizing;

use crate::facade::{
    link::{address::origin, owner::Owner},
    transfer_handle::{self, EventListener, TransferHandle},
    upload::{file_handles, selected_files::Picked},
};
use crate::{
    journal::{SentLinkStore, TabJournal},
    platform::BrowserPlatform,
    source::SourceFile,
    split::{NotLoaded, split_point},
    web::stay::Stay,
    worker::{is_short_of_memory, most_workers},
};

/// What happens while sending.
pub type SendEvent = sealdrop_model::SendEvent<Sent>;

/// A finished upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// What its sender sees of the link.
    pub link: OwnLink,
    /// The right to change or close it.
    pub owner: Owner,
}

/// Starts sending. Refuses nothing: whatever is wrong comes as [`SendEvent::Failed`].
pub fn send(files: Vec<Picked>, options: SendOptions, on_event: impl FnMut(SendEvent) + 'static) -> TransferHandle {
    let work = |control, listener| send_all(files, options, control, listener);
    TransferHandle {
        control: transfer_handle::start(on_event, SendEvent::Failed, work),
    }
}

split_point!(sending: send_all(files: Vec<Picked>, options: SendOptions, control: Control, listener: EventListener<SendEvent>) -> Result<(), NotLoaded>
    = async move { tell_all(files, options, control, listener).await; Ok(()) });

async fn tell_all(files: Vec<Picked>, options: SendOptions, control: Control, listener: EventListener<SendEvent>) {
    let _stay = Stay::begin();
    let tell = |event| (listener.borrow_mut())(event);
    let result = run(files, options, &control, &tell).await;
    tell(match result {
        Ok(sent) => SendEvent::Done(sent),
        Err(TransferError::Cancelled) => SendEvent::Cancelled,
        Err(error) => SendEvent::Failed(error.into()),
    });
}

async fn run(
    files: Vec<Picked>,
    options: SendOptions,
    control: &Control,
    tell: &dyn Fn(SendEvent),
) -> Result<Sent, TransferError> {
    let platform = BrowserPlatform::new();
    let (journal, unfinished) = match &options.going_on {
        Some(id) => {
            let Some((mut journal, lines)) = take_up(id).await else {
                return Err(TransferError::UploadInUse);
            };
            let unfinished = super::unfinished::read(&journal, &lines).await?;
            journal.chosen(file_handles::to_keep(&files));
            (journal, unfinished)
        }
        None => (TabJournal::begin(file_handles::to_keep(&files)).await, None),
    };
    if let Some(id) = journal.id() {
        tell(SendEvent::Kept(id.to_owned()));
    }
    let mut how = sealdrop_transfer::SendOptions::new(origin());
    how.send_changed = options.send_changed;
    how.name = options.title.filter(|_| files.len() > 1);
    how.note = options.note;
    how.password = options.password.map(Zeroizing::new);
    how.expires_in = Some(options.expires_in);
    how.max_downloads = Some(options.max_downloads);
    (how.concurrency, how.most_at_once) = parts_at_once();
    // Of more files than these, the first ones are enough to recognise them by.
    let listed: Vec<ListedFile> = files
        .iter()
        .take(200)
        .map(|file| ListedFile {
            path: file.path.clone(),
            len: file.len,
        })
        .collect();
    let files = files.into_iter().map(into_source).collect();
    let sent = sealdrop_transfer::upload(&platform, files, &how, (&journal, unfinished), control, &|event| {
        tell(match event {
            UploadEvent::Renamed(names) => SendEvent::Renamed(names),
            UploadEvent::Progress(progress) => SendEvent::Progress(progress),
        });
    })
    .await?;
    let link = SentLink::new(sent, listed.into_iter(), js_sys::Date::now() as u64).await?;
    let is_kept = !options.forget
        && match SentLinkStore::open().await {
            Some(store) => store.add(&link).await,
            None => false,
        };
    let owner = Owner::new(link, is_kept);
    let link = owner.look().ok_or(TransferError::NotWhatWasSealed)?;
    Ok(Sent { link, owner })
}

/// Takes an unfinished upload up. Another tab that just looks what there is holds it for a moment.
async fn take_up(id: &str) -> Option<(TabJournal, Vec<String>)> {
    for wait in [50, 200, 1_000] {
        if let Some(found) = TabJournal::take_up(id).await {
            return Some(found);
        }
        gloo_timers::future::TimeoutFuture::new(wait).await;
    }
    TabJournal::take_up(id).await
}

fn into_source(file: Picked) -> SendFile<SourceFile> {
    let handle = SourceFile {
        file: file.file,
        len: file.len,
        path: file.path.as_str().into(),
    };
    SendFile {
        path: file.path,
        len: file.len,
        modified_ms: file.modified_ms.and_then(|ms| u64::try_from(ms).ok()),
        mime: Some(file.mime).filter(|mime| !mime.is_empty()),
        handle,
    }
}

/// To begin with, one more than workers: the line stays busy while the next part is sealed. At most, one more than that: with two
/// more a tab came to 201 MiB over idle within 20 GiB, on 2 cores, and 40 MiB under way fill a gigabit line of 300 ms.
fn parts_at_once() -> (usize, usize) {
    let first = most_workers() + 1;
    (first, if is_short_of_memory() { first } else { first + 1 })
}
