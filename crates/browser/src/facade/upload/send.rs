//! Sending: seal the files, store them, make the link.

use std::{cell::RefCell, rc::Rc};

use sealdrop_transfer::{Control, ListedFile, SendFile, SentLink, TransferError, TransferProgress};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use crate::facade::{
    failure::Failure,
    link::{
        address::origin,
        owner::{OwnLink, Owner},
    },
    upload::{file_handles, selected_files::Picked},
};
use crate::{
    journal::{SentLinkStore, TabJournal},
    platform::BrowserPlatform,
    source::SourceFile,
    split::{Hear, NotLoaded, split_point},
    web::stay::Stay,
    worker::{is_short_of_memory, most_workers},
};

/// What holds for the link.
#[derive(Clone, Default)]
pub struct SendOptions {
    /// What several files are called; nothing for the name of their folder or of the first of them. It does not rename a
    /// single file.
    pub title: Option<String>,
    /// The sender's words, at most 4096 bytes; may be empty.
    pub note: String,
    /// A password, as typed.
    pub password: Option<String>,
    /// Seconds until the link ends.
    pub expires_in: u64,
    /// Downloads until the link ends.
    pub max_downloads: u32,
    /// The unfinished upload that this goes on with.
    pub going_on: Option<String>,
    /// Whether files that are not as they were are sent anew; otherwise they are refused.
    pub send_changed: bool,
    /// Whether this browser shall not keep the link.
    pub forget: bool,
}

impl std::fmt::Debug for SendOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendOptions")
            .field("expires_in", &self.expires_in)
            .field("max_downloads", &self.max_downloads)
            .finish_non_exhaustive()
    }
}

/// What happens while sending.
#[derive(Debug, Clone)]
pub enum SendEvent {
    /// Whatever happens, it can go on under this name. The first event, where anything can be kept.
    Kept(String),
    /// Names that had to change, old and new.
    Renamed(Vec<(String, String)>),
    /// How far it is: at most four a second, and never going back.
    Progress(TransferProgress),
    /// The link is there. The last event.
    Done(Sent),
    /// It did not work. The last event.
    Failed(Failure),
    /// The person stopped it. The last event.
    Cancelled,
}

/// A finished transfer.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// What its sender sees of the link.
    pub link: OwnLink,
    /// The right to change or close it.
    pub owner: Owner,
}

/// The handle of a running transfer. Dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct SendHandle {
    control: Control,
}

/// Starts sending. Refuses nothing: whatever is wrong comes as [`SendEvent::Failed`].
pub fn send(files: Vec<Picked>, options: SendOptions, on_event: impl FnMut(SendEvent) + 'static) -> SendHandle {
    let control = Control::new();
    let handle = SendHandle {
        control: control.clone(),
    };
    spawn_local(async move {
        let hear: Hear<SendEvent> = Rc::new(RefCell::new(on_event));
        if let Err(not_loaded) = send_all(files, options, control, hear.clone()).await {
            (hear.borrow_mut())(SendEvent::Failed(not_loaded.into()));
        }
    });
    handle
}

split_point!(sending: send_all(files: Vec<Picked>, options: SendOptions, control: Control, hear: Hear<SendEvent>) -> Result<(), NotLoaded>
    = async move { tell_all(files, options, control, hear).await; Ok(()) });

async fn tell_all(files: Vec<Picked>, options: SendOptions, control: Control, hear: Hear<SendEvent>) {
    let _stay = Stay::begin();
    let tell = |event| (hear.borrow_mut())(event);
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
            sealdrop_transfer::SendEvent::Renamed(names) => {
                SendEvent::Renamed(names.into_iter().map(|name| (name.from, name.to)).collect())
            }
            sealdrop_transfer::SendEvent::Progress(progress) => SendEvent::Progress(progress),
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

impl SendHandle {
    /// Stops for good; what is stored so far is removed, and cannot go on.
    pub fn cancel(&self) {
        self.control.cancel();
    }

    /// Stops for now: parts on their way come to their end.
    pub fn pause(&self) {
        self.control.pause();
    }

    /// Goes on after [`Self::pause`].
    pub fn resume(&self) {
        self.control.resume();
    }

    /// Does not wait any longer for the next try.
    pub fn try_now(&self) {
        self.control.retry_now();
    }
}
