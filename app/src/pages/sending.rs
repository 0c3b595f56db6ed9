//! Sending: one bar for all, a row for each item, every wait with its name.

use leptos::prelude::*;

use crate::{
    components::{
        dialog::Dialog,
        icon::Icon,
        progress_panel::{OfflineNote, ProgressPanel, RunningFiles},
    },
    dom,
    engine::{self, Stage},
    messages::t,
    model::{items, names, run::Direction},
    split::split_view,
    transfers::sending::Sending,
};

split_view!(sending: SENDING_SCREEN, load_sending_screen, sending_screen = view! { <SendingPage sending=expect_context()/> });

const CANCEL: &str = "cancel";

/// The screen while bytes are under way.
#[component]
pub(crate) fn SendingPage(sending: Sending) -> impl IntoView {
    let m = t();
    let stage = Memo::new(move |_| sending.run.with(|run| std::mem::discriminant(&run.stage)));
    let controls = move || {
        // Reading it subscribes and computes it: a memo that is only tracked is never computed and never notifies.
        let _ = stage.get();
        match sending.run.with_untracked(|run| run.stage) {
            Stage::Moving | Stage::Preparing => {
                view! { <button class="btn" type="button" data-testid="pause" on:click=move |_| sending.pause()><Icon name="pause"/>{m.pause}</button> }.into_any()
            }
            Stage::Pausing | Stage::Paused => {
                view! { <button class="btn" type="button" data-testid="resume" on:click=move |_| sending.resume()><Icon name="play"/>{m.resume}</button> }.into_any()
            }
            Stage::WaitingForNetwork | Stage::Retrying { .. } => {
                view! { <button class="btn" type="button" data-testid="try-now" on:click=move |_| sending.try_now()><Icon name="retry"/>{m.try_now}</button> }.into_any()
            }
            Stage::Finishing => ().into_any(),
        }
    };
    let count = sending.items.with_untracked(|rows| items::count(rows));
    view! {
        <main id="main" data-screen="sending">
            <div class="wrap">
                <div class="stack stack-6">
                    <ProgressPanel direction=Direction::Sending run=sending.run heading=(m.sending_files)(count)>
                        {controls}
                        <button class="btn btn-quiet plain" type="button" data-testid="cancel" disabled=move || sending.cancelling.get() on:click=move |_| dom::show_dialog(CANCEL)>
                            {move || if sending.cancelling.get() { m.cancelling } else { m.cancel }}
                        </button>
                    </ProgressPanel>
                    <OfflineNote run=sending.run/>
                    <Renamed sending/>
                    <RunningFiles direction=Direction::Sending run=sending.run items=sending.items/>
                    <details class="fold">
                        <summary data-testid="technically"><Icon name="right" small=true class="chev"/>{m.technically}</summary>
                        <dl class="kv"><dt>{m.cipher}</dt><dd data-testid="cipher">{(m.cipher_value)(engine::support().cipher)}</dd></dl>
                    </details>
                </div>
            </div>
            <Dialog id=CANCEL title=m.cancel_title>
                <p class="md">{m.cancel_text}</p>
                <div class="row">
                    <button class="btn btn-danger-fill" type="button" data-testid="cancel-confirm" on:click=move |_| {
                        dom::close_dialog(CANCEL);
                        sending.cancel();
                    }>{m.cancel_yes}</button>
                    <button class="btn" type="button" data-testid="cancel-keep" autofocus on:click=move |_| dom::close_dialog(CANCEL)>{m.cancel_no}</button>
                </div>
            </Dialog>
        </main>
    }
    .into_any()
}

/// Names that could not stay as they were.
#[component]
pub(crate) fn Renamed(sending: Sending) -> impl IntoView {
    let m = t();
    move || {
        let renamed = sending.renamed.get();
        (!renamed.is_empty()).then(|| {
            view! {
                <div class="note">
                    <Icon name="info"/>
                    <div>
                        <strong>{m.renamed_title}</strong>
                        <span>{m.renamed_text}</span>
                        <ul class="renamed" role="list">
                            {renamed
                                .iter()
                                .take(10)
                                .map(|name| view! { <li><bdi>{names::visible(&name.from)}</bdi> " " {m.renamed_to} " " <bdi>{names::visible(&name.to)}</bdi></li> })
                                .collect_view()}
                        </ul>
                        {(renamed.len() > 10).then(|| (m.and_more)(renamed.len() as u64 - 10))}
                    </div>
                </div>
            }
        })
    }
}
