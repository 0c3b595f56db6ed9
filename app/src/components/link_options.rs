//! What the link will be, folded under one line that says what holds now.

use leptos::prelude::*;

use crate::{
    components::{
        bold::Bold,
        choices::{CountChoice, SpanChoice},
        icon::Icon,
        password_field::PasswordField,
    },
    dom,
    messages::t,
    model::items,
    transfers::sending::Sending,
};

/// The options of a sending.
#[component]
pub(crate) fn LinkOptions(sending: Sending, open: bool) -> impl IntoView {
    let (choice, allowed) = (sending.options, sending.allowed);
    let span = Signal::derive(move || choice.with(|options| options.expires_in));
    let count = Signal::derive(move || choice.with(|options| options.downloads));
    // A phone has no room for options beside the list: their line says what holds.
    let fold = NodeRef::<leptos::html::Details>::new();
    Effect::new(move |_| {
        if let Some(fold) = fold
            .get()
            .filter(|_| open && dom::is_narrow() && untrack(|| !sending.lacks_password()))
        {
            fold.set_open(false);
        }
    });
    view! {
        <details class="panel terms" open=open node_ref=fold>
            <summary data-testid="terms">
                <Icon name="clock"/>
                <span class="dots">
                    {move || choice.with(|options| options.summary()).map(|text| view! { <span><Bold text/></span> }).collect_view()}
                </span>
                <span class="change">
                    <span class="change-closed">{t().change}</span>
                    <span class="change-open">{t().options_done}</span>
                    <Icon name="down" small=true class="chev"/>
                </span>
            </summary>
            <div class="panel-pad stack">
                <SpanChoice
                    id="expires"
                    testid="send-expires"
                    label=t().link_expires
                    value=span
                    set=move |seconds| choice.update(|options| options.expires_in = seconds)
                    allowed
                />
                <CountChoice
                    id="downloads"
                    testid="send-downloads"
                    label=t().downloads
                    value=count
                    set=move |count| choice.update(|options| options.downloads = count)
                    allowed
                />
                <PasswordOption sending/>
                <TitleOption sending/>
                <NoteOption sending/>
                <ForgetOption sending/>
            </div>
        </details>
    }
    .into_any()
}

/// The password that recipients are asked for.
#[component]
fn PasswordOption(sending: Sending) -> impl IntoView {
    let choice = sending.options;
    let password = RwSignal::new(choice.with_untracked(|options| options.password.clone()));
    Effect::new(move |before: Option<()>| {
        let typed = password.get();
        // The first run only subscribes: what the options say by then is newer than the empty field.
        if before.is_some() && choice.with_untracked(|options| options.password != typed) {
            choice.update(|options| options.password = typed);
        }
    });
    // Options are also set from elsewhere: what the field shows is what holds.
    let held = Memo::new(move |_| choice.with(|options| options.password.clone()));
    Effect::new(move |_| {
        let held = held.get();
        if password.with_untracked(|typed| *typed != held) {
            password.set(held);
        }
    });
    view! {
        <div class="field">
            <label for="password">{t().password} " " <span class="muted">{move || if sending.lacks_password() { t().password_needed } else { t().optional }}</span></label>
            <PasswordField id="password" testid="send-password" value=password autocomplete="new-password" described_by=Some("password-hint") invalid=false/>
            <p class="hint" id="password-hint">{t().password_hint}</p>
        </div>
    }
    .into_any()
}

/// The name of several files. A single one keeps its own.
#[component]
fn TitleOption(sending: Sending) -> impl IntoView {
    let choice = sending.options;
    let takes_title = Memo::new(move |_| sending.items.with(|items| items::count(items)) != 1);
    view! {
        {move || takes_title.get().then(|| view! {
            <div class="field">
                <label for="title">{t().send_name} " " <span class="muted">{t().optional}</span></label>
                <input
                    class="input"
                    id="title"
                    type="text"
                    maxlength="200"
                    autocomplete="off"
                    dir="auto"
                    data-testid="send-title"
                    aria-describedby="title-hint"
                    prop:value=move || choice.with(|options| options.title.clone())
                    on:input=move |event| choice.update(|options| options.title = event_target_value(&event))
                />
                <p class="hint" id="title-hint">{t().title_hint}</p>
            </div>
        })}
    }
    .into_any()
}

/// The note that recipients read.
#[component]
fn NoteOption(sending: Sending) -> impl IntoView {
    let choice = sending.options;
    view! {
        <div class="field">
            <label for="note">{t().note} " " <span class="muted">{t().optional}</span></label>
            <textarea
                class="input"
                id="note"
                rows="3"
                maxlength="4000"
                data-testid="send-note"
                aria-describedby="note-hint"
                prop:value=move || choice.with(|options| options.note.clone())
                on:input=move |event| choice.update(|options| options.note = event_target_value(&event))
            ></textarea>
            <p class="hint" id="note-hint">{move || if sending.note_fits() { t().note_hint } else { t().note_too_long }}</p>
        </div>
    }
    .into_any()
}

/// Whether this browser forgets the link.
#[component]
fn ForgetOption(sending: Sending) -> impl IntoView {
    let choice = sending.options;
    view! {
        <label class="check">
            <input type="checkbox" id="forget" data-testid="send-forget" prop:checked=move || choice.with(|options| options.forget) on:change:target=move |event| {
                let forget = event.target().checked();
                choice.update(|options| options.forget = forget);
            }/>
            <span>{t().do_not_keep} <span class="hint">{t().do_not_keep_hint}</span></span>
        </label>
    }
    .into_any()
}
