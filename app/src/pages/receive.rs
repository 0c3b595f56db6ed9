//! `/d/{link_id}`: the page of a link. What the server sends is the same for every id: the key is in the part of the address
//! that no server sees, so all that differs happens in the browser.

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;

use crate::{
    components::{
        dialog::Dialog,
        error_view::ErrorView,
        icon::Icon,
        in_brief::InBrief,
        preview_dialog::PreviewDialog,
        preview_stage::PREVIEW_STAGE,
        progress_panel::{OfflineNote, ProgressPanel, RunningFiles},
    },
    dom,
    engine::Stage,
    messages::t,
    model::{run::Direction, user_error::Remedy},
    pages::{
        link_contents::LinkContents,
        received::{JudgedFiles, RECEIVED_SCREEN},
        unlock::{Opening, UNLOCK_SCREEN},
    },
    split::{Lazy, split_view},
    transfers::receiving::{ReceiveScreen, Receiving},
};

/// The dialog that asks before a download is cancelled.
pub(crate) const CANCEL_DOWNLOAD: &str = "cancel-download";

split_view!(receive: RECEIVE_PAGE, load_receive_page, receive_page = Receive());
split_view!(failed: FAILED_SCREEN, load_failed_screen, failed_screen = view! { <Failed receiving=expect_context()/> });
split_view!(receiving: WORKING_SCREEN, load_working_screen, working_screen = view! { <Working receiving=expect_context()/> });

/// Fetches the screens that follow the list, so that they are here when the server is not.
async fn load_next_screens() {
    // Each is asked for again when it is shown.
    for screen in [WORKING_SCREEN, RECEIVED_SCREEN, FAILED_SCREEN, PREVIEW_STAGE] {
        drop(screen.load().await);
    }
}

/// Begins with the link in the address, once the page is alive.
#[component]
pub(crate) fn Receive() -> impl IntoView {
    let receiving = expect_context::<Receiving>();
    let params = use_params_map();
    Effect::new(move |_| {
        if let Some(link_id) = params.with(|params| params.get("id")) {
            receiving.visit(&link_id);
        }
    });
    Effect::new(move |_| {
        let changed = window_event_listener(ev::hashchange, move |_| receiving.changed_by_hand());
        let travelled = window_event_listener(ev::popstate, move |_| receiving.travelled());
        on_cleanup(move || {
            changed.remove();
            travelled.remove();
        });
    });
    Effect::new(move |_| match receiving.screen.get() {
        ReceiveScreen::Contents => dom::when_idle(|| spawn_local(load_next_screens())),
        ReceiveScreen::Unlock => dom::when_idle(|| spawn_local(async { drop(FAILED_SCREEN.load().await) })),
        _ => {}
    });
    view! { <ReceiveScreens receiving/> }
}

/// The screen that the receiving is at.
#[component]
pub(crate) fn ReceiveScreens(receiving: Receiving) -> impl IntoView {
    view! {
        <div class="page" data-testid="receive-status" data-state=move || receiving.state()>
            {move || match receiving.screen.get() {
                ReceiveScreen::Opening => view! { <Opening/> }.into_any(),
                ReceiveScreen::Unlock => view! { <Lazy part=UNLOCK_SCREEN/> }.into_any(),
                ReceiveScreen::Contents => view! { <LinkContents receiving/> }.into_any(),
                ReceiveScreen::Working => view! { <Lazy part=WORKING_SCREEN/> }.into_any(),
                ReceiveScreen::Verified => view! { <Lazy part=RECEIVED_SCREEN/> }.into_any(),
                ReceiveScreen::Failed => view! { <Lazy part=FAILED_SCREEN instead=failed_in_brief/> }.into_any(),
            }}
            <PreviewDialog receiving/>
        </div>
    }
    .into_any()
}

#[component]
fn Working(receiving: Receiving) -> impl IntoView {
    let m = t();
    let only = receiving.asked.get_untracked();
    let count = match &only {
        Some(rows) => rows.len(),
        None => receiving.items.with_untracked(Vec::len),
    } as u64;
    let stage = Memo::new(move |_| receiving.run.with(|run| std::mem::discriminant(&run.stage)));
    let controls = move || {
        // Read, not only tracked: a memo that nobody reads never notifies.
        let _ = stage.get();
        match receiving.run.with_untracked(|run| run.stage) {
            Stage::Moving | Stage::Preparing => {
                view! { <button class="btn" type="button" data-testid="pause" on:click=move |_| receiving.pause()><Icon name="pause"/>{m.pause}</button> }.into_any()
            }
            Stage::Pausing | Stage::Paused => {
                view! { <button class="btn" type="button" data-testid="resume" on:click=move |_| receiving.resume()><Icon name="play"/>{m.resume}</button> }.into_any()
            }
            Stage::WaitingForNetwork | Stage::Retrying { .. } => {
                view! { <button class="btn" type="button" data-testid="try-now" on:click=move |_| receiving.try_now()><Icon name="retry"/>{m.try_now}</button> }.into_any()
            }
            Stage::Finishing => ().into_any(),
        }
    };
    view! {
        <main id="main" data-screen="receiving">
            <div class="wrap">
                <div class="stack stack-6">
                    <ProgressPanel direction=Direction::Receiving run=receiving.run heading=(m.receiving_files)(count)>
                        {controls}
                        <button class="btn btn-quiet plain" type="button" data-testid="cancel" on:click=move |_| dom::show_dialog(CANCEL_DOWNLOAD)>{m.cancel}</button>
                    </ProgressPanel>
                    <OfflineNote run=receiving.run/>
                    {move || receiving.kept.get().then(|| view! {
                        <div class="note" data-testid="kept"><Icon name="info"/><div><span>{m.kept_line}</span></div></div>
                    })}
                    <RunningFiles direction=Direction::Receiving run=receiving.run items=receiving.items only testid="receive-files"/>
                </div>
            </div>
            <Dialog id=CANCEL_DOWNLOAD title=m.cancel_download_title>
                <p class="md">{move || if receiving.kept.get() { m.cancel_download_kept } else { m.cancel_download_text }}</p>
                <div class="row">
                    <button class="btn btn-danger-fill" type="button" data-testid="cancel-confirm" on:click=move |_| {
                        dom::close_dialog(CANCEL_DOWNLOAD);
                        receiving.cancel();
                    }>{m.cancel_download_yes}</button>
                    <button class="btn" type="button" data-testid="cancel-keep" autofocus on:click=move |_| dom::close_dialog(CANCEL_DOWNLOAD)>{m.cancel_download_no}</button>
                </div>
            </Dialog>
        </main>
    }
    .into_any()
}

#[component]
fn Failed(receiving: Receiving) -> impl IntoView {
    view! {
        <main id="main" data-screen="receive-error">
            <div class="wrap">
                <div class="stack stack-6">
                    {move || receiving.error.get().map(|error| view! {
                        <ErrorView error retry=move |()| receiving.try_again() paste=move |link: String| receiving.paste(&link)/>
                    })}
                    {receiving.has_list().then(|| view! { <JudgedFiles receiving/> })}
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// The same in a few words, from the first part of the page: the server that the whole screen would come from may be what failed.
fn failed_in_brief() -> AnyView {
    let receiving = expect_context::<Receiving>();
    let Some(error) = receiving.error.get_untracked() else {
        return ().into_any();
    };
    // Loaded again, the page has its whole screen for what is wrong with an address.
    let again = receiving.can_try_again() && error.remedy != Remedy::Reload;
    let act = move |_| {
        if again {
            receiving.try_again()
        } else {
            dom::reload_past_cache()
        }
    };
    let label = if again { t().try_again } else { t().reload };
    view! { <InBrief error><button class="btn btn-primary" type="button" data-testid="try-again" on:click=act>{label}</button></InBrief> }.into_any()
}
