//! One sending, from the first file chosen to the link and what its owner does with it.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use leptos::{prelude::*, task::spawn_local};

use super::{
    chosen::{Chosen, FileId},
    live_region::LiveRegion,
};
use crate::transfers::{
    pasted::Pasted,
    sent_links::{SentLink, SentLinks},
};
use crate::{
    dom,
    early::EarlyOptions,
    engine::{
        self, Failure, FailureKind, Picked, Renamed, SendEvent, SendOptions, TransferHandle, TransferProgress,
        UnfinishedUpload,
    },
    messages::t,
    model::{
        items::{self, Item, RowKey},
        limits::Allowed,
        options::{Options, note_fits},
        run::{Direction, Run, worth_saying},
        tree::Tree,
        user_error::{self, UserError},
    },
    split::{begin, split_work},
};

/// Sent links that the empty page shows.
pub(crate) const NEWEST: usize = 3;

/// Which screen the sending is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendScreen {
    Choosing,
    Running,
    Sent,
    Stopped,
}

/// What lives on the page's only thread and cannot be a signal's value on a server.
#[derive(Default)]
struct BrowserHandles {
    chosen: Chosen,
    lens: Vec<u64>,
    handle: Option<TransferHandle>,
    /// Under which name what is being sent can go on.
    kept: Option<String>,
}

thread_local! {
    static HANDLES: RefCell<BrowserHandles> = RefCell::default();
}

/// The state of the sending, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    pub(crate) screen: RwSignal<SendScreen>,
    /// A new sending was asked for from outside of the page that sends.
    pub(crate) wants_new: RwSignal<bool>,
    pub(crate) items: RwSignal<Vec<Item>>,
    /// The same files in their folders.
    pub(crate) tree: RwSignal<Arc<Tree>>,
    /// The folders of it that stand open, by their paths.
    pub(crate) open_folders: RwSignal<BTreeSet<RowKey>>,
    /// What was chosen, in sealed bytes.
    pub(crate) weight: RwSignal<u64>,
    pub(crate) options: RwSignal<Options>,
    pub(crate) allowed: RwSignal<Allowed>,
    /// A drop or a paste brought nothing that can be sent.
    pub(crate) nothing: RwSignal<bool>,
    /// Folders of a drop that had nothing in them.
    pub(crate) empty_folders: RwSignal<u64>,
    /// Paths of a drop that the browser could not read.
    pub(crate) unread: RwSignal<Vec<String>>,
    /// Files that cannot be read any more, of a sending that stopped for that.
    pub(crate) unreadable: RwSignal<Vec<(FileId, String)>>,
    /// Text that was pasted and is neither note nor file yet.
    pub(crate) pasted: RwSignal<Option<Pasted>>,
    /// Files are held over the page.
    pub(crate) over: RwSignal<bool>,
    /// What earlier visits left unfinished.
    pub(crate) unfinished: RwSignal<Vec<UnfinishedUpload>>,
    /// The one of them that the next sending goes on with.
    pub(crate) going_on: RwSignal<Option<UnfinishedUpload>>,
    /// What was kept of its files leads to them no more.
    pub(crate) choose_again: RwSignal<bool>,
    /// Files are not as they were, and the person knows.
    pub(crate) start_over: RwSignal<bool>,
    pub(crate) run: RwSignal<Run>,
    /// A cancel was asked for, and what was uploaded is being deleted.
    pub(crate) cancelling: RwSignal<bool>,
    /// The last upload was cancelled; its files are still on the list.
    pub(crate) cancelled: RwSignal<bool>,
    pub(crate) renamed: RwSignal<Vec<Renamed>>,
    /// The link that was just sent.
    pub(crate) sent: RwSignal<Option<SentLink>>,
    /// It and the earlier ones.
    pub(crate) links: SentLinks,
    pub(crate) error: RwSignal<Option<UserError>>,
    pub(super) voice: LiveRegion,
}

split_work!(sending: send(sending: Sending, picked: Vec<Picked>, options: SendOptions) = sending.hand_over(picked, options));
split_work!(owner: find(sending: Sending, before: Option<String>) = sending.read_sent(before));

impl Sending {
    pub(crate) fn new(voice: LiveRegion) -> Self {
        let allowed = Allowed::default();
        Self {
            screen: RwSignal::new(SendScreen::Choosing),
            wants_new: RwSignal::new(false),
            items: RwSignal::new(Vec::new()),
            tree: RwSignal::new(Arc::default()),
            open_folders: RwSignal::new(BTreeSet::new()),
            weight: RwSignal::new(0),
            options: RwSignal::new(Options::from_limits(&allowed)),
            allowed: RwSignal::new(allowed),
            nothing: RwSignal::new(false),
            empty_folders: RwSignal::new(0),
            unread: RwSignal::new(Vec::new()),
            unreadable: RwSignal::new(Vec::new()),
            pasted: RwSignal::new(None),
            over: RwSignal::new(false),
            unfinished: RwSignal::new(Vec::new()),
            going_on: RwSignal::new(None),
            choose_again: RwSignal::new(false),
            start_over: RwSignal::new(false),
            run: RwSignal::new(Run::start(0, 0)),
            cancelling: RwSignal::new(false),
            cancelled: RwSignal::new(false),
            renamed: RwSignal::new(Vec::new()),
            sent: RwSignal::new(None),
            links: SentLinks::new(voice),
            error: RwSignal::new(None),
            voice,
        }
    }

    /// Whether bytes are under way.
    pub(crate) fn is_running(&self) -> bool {
        self.screen.get() == SendScreen::Running
    }

    /// Nobody can send from here: instead of an invitation the page says why.
    fn close(self, why: FailureKind) {
        if self.screen.get_untracked() == SendScreen::Choosing {
            self.stop(user_error::sending(&Failure::new(why)));
        }
    }

    pub(super) fn stop(self, error: UserError) {
        self.voice.0.set(error.title.to_owned());
        self.error.set(Some(error));
        self.screen.set(SendScreen::Stopped);
    }

    /// Asks the server what it allows. What was chosen before the answer stays chosen, if it is allowed.
    pub(crate) fn ask_limits(self) {
        if self.allowed.get_untracked().known {
            return;
        }
        if !engine::support().can_send {
            return self.close(FailureKind::Unsupported);
        }
        // What asks is not needed for choosing: it is fetched when the page works.
        dom::when_idle(move || {
            spawn_local(async move {
                if let Ok(limits) = engine::limits().await {
                    self.allow(&limits);
                }
            });
        });
    }

    fn allow(self, limits: &sealdrop_api::Limits) {
        let allowed = Allowed::from(limits);
        let before = Options::from_limits(&self.allowed.get_untracked());
        self.options.update(|options| {
            if options.expires_in == before.expires_in {
                options.expires_in = allowed.default_expires_in;
            }
            if options.downloads == before.downloads {
                options.downloads = allowed.default_downloads;
            }
            options.expires_in = options.expires_in.min(allowed.max_expires_in);
            options.downloads = options.downloads.min(allowed.max_downloads);
        });
        self.allowed.set(allowed);
        if !allowed.guests {
            self.close(FailureKind::GuestsOff);
        }
    }

    /// Takes over what was typed before the program ran. Called before the server's limits are known, which bound it as well.
    pub(crate) fn take_early(self, early: EarlyOptions) {
        let words = [&early.password, &early.note, &early.title];
        let changes = early.expires_in.is_some() || early.downloads.is_some() || words.into_iter().any(Option::is_some);
        if !changes && !early.forget {
            return;
        }
        self.options.update(|options| {
            options.expires_in = early.expires_in.unwrap_or(options.expires_in);
            options.downloads = early.downloads.unwrap_or(options.downloads);
            options.password = early.password.unwrap_or_else(|| std::mem::take(&mut options.password));
            options.note = early.note.unwrap_or_else(|| std::mem::take(&mut options.note));
            options.title = early.title.unwrap_or_else(|| std::mem::take(&mut options.title));
            options.forget |= early.forget;
        });
    }

    /// Looks for what earlier visits left unfinished.
    pub(crate) fn find_unfinished(self) {
        if self.screen.get_untracked() != SendScreen::Choosing || self.going_on.get_untracked().is_some() {
            return;
        }
        spawn_local(async move {
            let found = engine::unfinished_uploads().await;
            // A sending that began meanwhile is not for others to go on with.
            if self.screen.get_untracked() == SendScreen::Choosing {
                self.unfinished.set(found);
            }
        });
    }

    /// Goes on with one of them: immediately where its files are found again, otherwise as soon as they are chosen.
    pub(crate) fn go_on(self, upload: UnfinishedUpload) {
        HANDLES.with_borrow_mut(|held| *held = BrowserHandles::default());
        self.clear();
        self.options.update(|options| {
            let summary = &upload.summary;
            options.note.clone_from(&summary.note);
            options.title = summary.title.clone().unwrap_or_default();
            options.expires_in = summary.expires_in.unwrap_or(options.expires_in);
            options.downloads = summary.max_downloads.unwrap_or(options.downloads);
        });
        self.start_over.set(false);
        self.choose_again.set(false);
        let found = upload.stored.then(|| engine::picked_from_stored(upload.id.clone()));
        self.going_on.set(Some(upload));
        let Some(found) = found else { return };
        let this_one = self.going_on.get_untracked();
        spawn_local(async move {
            let found = found.await;
            // Meanwhile the person may have chosen something else.
            if self.going_on.get_untracked() != this_one {
                return;
            }
            if let Some(files) = found {
                self.add(files);
                self.start();
            } else {
                self.choose_again.set(true);
                self.voice.0.set(t().choose_again.to_owned());
            }
        });
    }

    /// Begins something else after all; what was unfinished stays.
    pub(crate) fn go_on_later(self) {
        self.going_on.set(None);
        self.start_over.set(false);
        HANDLES.with_borrow_mut(|held| *held = BrowserHandles::default());
        self.clear();
        self.find_unfinished();
    }

    /// Removes one of them, here and in the store.
    pub(crate) fn discard(self, id: String) {
        spawn_local(async move {
            if let Err(failure) = engine::discard_upload(id.clone()).await {
                let error = user_error::sending(&failure);
                self.voice.0.set(error.title.to_owned());
                return;
            }
            self.unfinished
                .update(|uploads| uploads.retain(|upload| upload.id != id));
            self.voice.0.set(t().unfinished_discarded.to_owned());
        });
    }

    /// Adds what was picked, dropped or pasted; the same file twice is one.
    pub(crate) fn add(self, picked: Vec<Picked>) {
        self.nothing.set(picked.is_empty());
        self.empty_folders.set(0);
        let guests = self.allowed.with_untracked(|allowed| allowed.guests);
        if picked.is_empty()
            || !guests
            || !matches!(self.screen.get_untracked(), SendScreen::Choosing | SendScreen::Stopped)
        {
            return;
        }
        HANDLES.with_borrow_mut(|held| {
            held.chosen.add(picked);
        });
        self.error.set(None);
        self.screen.set(SendScreen::Choosing);
        self.list();
    }

    /// Removes the file of a row, or all files below its folder. The row is looked up by its key: others may have gone since it was drawn.
    pub(crate) fn remove(self, key: RowKey) {
        let members = self.tree.with_untracked(|tree| tree.members(key));
        HANDLES.with_borrow_mut(|held| {
            let ids = held.chosen.ids(&members);
            held.chosen.remove(&ids);
            if held.chosen.len() == 0 {
                self.unread.set(Vec::new());
            }
        });
        self.list();
    }

    /// Files as if a person had chosen them: the gallery has nobody who does.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn hold(picked: Vec<Picked>) {
        HANDLES.with_borrow_mut(|held| {
            held.chosen.clear();
            held.chosen.add(picked);
        });
    }

    /// How many files would go without those that cannot be read.
    pub(crate) fn readable(self) -> usize {
        let all = HANDLES.with_borrow(|held| held.chosen.len());
        all.saturating_sub(self.unreadable.with(Vec::len))
    }

    /// Whether something was uploaded that the next try can use.
    pub(crate) fn has_stored(self) -> bool {
        self.run.with(|run| run.done > 0) && HANDLES.with_borrow(|held| held.kept.is_some())
    }

    /// Sends the rest, without the files that cannot be read. What was stored of the rest is used.
    pub(crate) fn leave_out(self) {
        let gone: BTreeSet<FileId> = self
            .unreadable
            .with_untracked(|files| files.iter().map(|(id, _)| *id).collect());
        let kept = HANDLES.with_borrow_mut(|held| {
            held.chosen.remove(&gone);
            held.kept.take()
        });
        self.list();
        HANDLES.with_borrow_mut(|held| held.kept = kept);
        self.unreadable.set(Vec::new());
        self.unread.set(Vec::new());
        self.start_over.set(!gone.is_empty());
        self.start();
    }

    /// Looks which files it is that cannot be read: seldom only the first.
    fn find_unreadable(self) {
        let (picked, named) = HANDLES.with_borrow(|held| (held.chosen.picked(), held.chosen.named()));
        spawn_local(async move {
            let found = engine::unreadable(picked).await;
            let found = found.into_iter().filter_map(|at| named.get(at).cloned()).collect();
            if self.screen.get_untracked() == SendScreen::Stopped {
                self.unreadable.set(found);
            }
        });
    }

    fn list(self) {
        let goes_on = self.going_on.with_untracked(Option::is_some);
        let (rows, tree, weight) = HANDLES.with_borrow_mut(|held| {
            // Another list is another sending.
            if !goes_on {
                held.kept = None;
            }
            held.lens = held.chosen.lens();
            let weight = engine::sealed_bytes(&held.chosen.picked());
            (held.chosen.rows(), held.chosen.tree(), weight)
        });
        self.weight.set(weight);
        self.tree.set(Arc::new(tree));
        self.items.set(rows);
        self.cancelled.set(false);
    }

    /// Seals and sends what is on the list.
    pub(crate) fn start(self) {
        let allowed = self.allowed.get_untracked();
        let rows = self.items.with_untracked(Vec::len);
        let refused = !allowed.guests || allowed.refuses(self.weight.get_untracked()).is_some();
        if rows == 0 || refused || self.lacks_password() || !self.note_fits() || self.refuse_unread() {
            return;
        }
        let options = self.options.get_untracked();
        self.run
            .set(Run::start(rows, self.items.with_untracked(|items| items::total(items))));
        self.renamed.set(Vec::new());
        self.error.set(None);
        self.cancelling.set(false);
        self.cancelled.set(false);
        self.screen.set(SendScreen::Running);
        let picked = HANDLES.with_borrow(|held| held.chosen.picked());
        let options = SendOptions {
            title: Some(options.title.trim().to_owned()).filter(|title| !title.is_empty()),
            note: options.note,
            password: Some(options.password).filter(|password| !password.is_empty()),
            expires_in: options.expires_in,
            max_downloads: options.downloads,
            going_on: HANDLES.with_borrow_mut(|held| held.kept.take()).or_else(|| {
                self.going_on
                    .with_untracked(|upload| upload.as_ref().map(|upload| upload.id.clone()))
            }),
            send_changed: self.start_over.get_untracked(),
            forget: options.forget,
        };
        begin(async move {
            if send(self, picked, options).await.is_err() {
                self.run.update(Run::stopped);
                self.stop(user_error::sending(&Failure::new(FailureKind::NotLoaded)));
            }
        });
    }

    /// Hands it to the engine.
    async fn hand_over(self, picked: Vec<Picked>, options: SendOptions) {
        let handle = engine::send(picked, options, move |event| self.on_event(event));
        HANDLES.with_borrow_mut(|held| held.handle = Some(handle));
    }

    /// Whether a password was set before and is not typed again.
    pub(crate) fn lacks_password(self) -> bool {
        self.going_on
            .with(|upload| upload.as_ref().is_some_and(|upload| upload.summary.has_password))
            && self.options.with(|options| options.password.is_empty())
    }

    /// Whether the note is short enough.
    pub(crate) fn note_fits(self) -> bool {
        self.options.with(|options| note_fits(&options.note))
    }

    pub(super) fn on_event(self, event: SendEvent) {
        match event {
            SendEvent::Kept(id) => HANDLES.with_borrow_mut(|held| held.kept = Some(id)),
            SendEvent::Renamed(names) => self.renamed.set(names),
            SendEvent::Progress(progress) => self.progress(&progress),
            SendEvent::Done(sent) => {
                let wanted = self.options.with_untracked(|options| !options.forget);
                let link = self.links.add(sent.link, sent.owner, wanted);
                HANDLES.with_borrow_mut(|held| *held = BrowserHandles::default());
                self.show(link);
                self.over_and_done();
                self.clear();
                self.voice.0.set(t().sent_title.to_owned());
            }
            SendEvent::Failed(failure) => {
                let error = user_error::sending(&failure);
                let is_source = matches!(failure.kind, FailureKind::SourceChanged | FailureKind::SourceUnreadable);
                self.start_over.set(is_source);
                self.unreadable.set(Vec::new());
                if is_source {
                    self.find_unreadable();
                }
                self.run.update(Run::stopped);
                self.stop(error);
            }
            SendEvent::Cancelled => {
                HANDLES.with_borrow_mut(|held| held.kept = None);
                self.over_and_done();
                self.cancelled.set(true);
                self.voice.0.set(t().upload_cancelled.to_owned());
                self.choose();
            }
        }
    }

    fn progress(self, progress: &TransferProgress) {
        if self.screen.get_untracked() != SendScreen::Running {
            return;
        }
        let before = self.run.get_untracked();
        let mut run = before.clone();
        self.items
            .with_untracked(|rows| HANDLES.with_borrow(|held| run.sent(progress, rows, &held.lens)));
        if worth_saying(&before, &run) {
            self.voice.0.set((t().progress_text)(
                run.percent(),
                crate::model::stage_words::stage_words(Direction::Sending, run.stage).0,
            ));
        }
        self.run.set(run);
    }

    pub(crate) fn pause(self) {
        with_handle(TransferHandle::pause);
    }

    pub(crate) fn resume(self) {
        with_handle(TransferHandle::resume);
    }

    pub(crate) fn try_now(self) {
        with_handle(TransferHandle::try_now);
    }

    pub(crate) fn cancel(self) {
        self.cancelling.set(true);
        with_handle(TransferHandle::cancel);
    }

    /// From a stopped sending back to the list.
    pub(crate) fn back(self) {
        self.error.set(None);
        self.choose();
    }

    /// Invites to choose, or says why nobody can send from here.
    fn choose(self) {
        self.screen.set(SendScreen::Choosing);
        if !self.allowed.get_untracked().guests {
            self.close(FailureKind::GuestsOff);
        }
    }

    /// Shows a link as the one that was just sent. A reload shows it again, if this browser keeps it.
    fn show(self, link: SentLink) {
        dom::remember_sent(&link.id());
        self.sent.set(Some(link));
        self.screen.set(SendScreen::Sent);
    }

    /// Reads the links that were sent from here. After a reload of its page the one that was just sent is shown again.
    pub(crate) fn find_sent(self) {
        // Asked for once: later the page is where its visit has led it.
        let first = !self.links.known.get_untracked() && self.screen.get_untracked() == SendScreen::Choosing;
        let before = first.then(dom::sent_before_reload).flatten();
        spawn_local(async move {
            // A browser that has stored nothing loads nothing for this.
            if !engine::may_have_stored().await {
                return;
            }
            // If it does not load, the page of sent links tries again.
            drop(find(self, before).await);
        });
    }

    async fn read_sent(self, before: Option<String>) {
        self.links.read(0).await;
        let link = before.and_then(|id| self.links.find(&id));
        let is_free = self.screen.get_untracked() == SendScreen::Choosing && self.items.with_untracked(Vec::is_empty);
        if let Some(link) = link.filter(|_| is_free) {
            self.show(link);
            link.refresh();
        }
        self.links.read(NEWEST).await;
    }

    /// Begins anew, with nothing chosen; the link on the screen is still in the list of sent links.
    pub(crate) fn again(self) {
        HANDLES.with_borrow_mut(|held| *held = BrowserHandles::default());
        dom::forget_sent();
        self.sent.set(None);
        self.renamed.set(Vec::new());
        self.choose();
    }

    /// Nothing is unfinished of it any more.
    fn over_and_done(self) {
        if let Some(upload) = self.going_on.get_untracked() {
            self.unfinished
                .update(|uploads| uploads.retain(|other| other.id != upload.id));
        }
        self.going_on.set(None);
        self.start_over.set(false);
    }

    fn clear(self) {
        self.tree.set(Arc::default());
        self.open_folders.set(BTreeSet::new());
        self.items.set(Vec::new());
        self.unread.set(Vec::new());
        self.weight.set(0);
        self.options.set(Options::from_limits(&self.allowed.get_untracked()));
    }
}

fn with_handle(wish: impl FnOnce(&TransferHandle)) {
    HANDLES.with_borrow(|held| {
        if let Some(handle) = &held.handle {
            wish(handle);
        }
    });
}
