//! What the owner of a link can still do with it: change its expiry, limit, note or password, or turn it off.

use leptos::prelude::*;

use crate::{
    components::{
        choices::{CountChoice, SpanChoice},
        dialog::Dialog,
        icon::Icon,
        password_field::PasswordField,
        values::Deadline,
    },
    dom,
    messages::t,
    model::{limits::Allowed, names, options},
    transfers::sent_links::{Keeping, SentLink, SentLinkState},
};

const EXTEND: &str = "extend";
const LIMIT: &str = "limit";
const NOTE: &str = "change-note";
const PASSWORD: &str = "change-password";
const REVOKE: &str = "revoke";

/// The list of controls with their dialogs. There is one on a page at most: its dialogs have fixed names.
#[component]
pub(crate) fn OwnerControls(link: SentLink, allowed: RwSignal<Allowed>) -> impl IntoView {
    let m = t();
    let card = link.card;
    let expires = Memo::new(move |_| card.with(|card| card.own.facts.expires_ms as f64));
    let note = Memo::new(move |_| card.with(|card| names::visible_lines(&card.own.facts.note)));
    let used_up = Memo::new(move |_| card.with(SentLinkState::is_used_up));
    let kept = move || card.with(|card| card.keeping == Keeping::Kept);
    let password = card.with_untracked(|card| card.own.has_password);
    view! {
        <section class="panel" aria-labelledby="owner-heading" data-testid="owner-controls">
            <div class="panel-head"><h2 id="owner-heading">{m.this_link}</h2><span class="sum">{move || if kept() { m.owner_kept } else { m.while_open }}</span></div>
            <ul class="ctl" role="list">
                {move || (!used_up.get()).then(|| view! {
                    <li>
                        <div><span class="k">{m.expires}</span><span class="v" data-testid="owner-expires">{move || view! { <Deadline at_ms=expires.get()/> }}</span></div>
                        <button class="btn btn-quiet" type="button" data-testid="extend" on:click=move |_| dom::show_dialog(EXTEND)>{m.extend}</button>
                    </li>
                })}
                <li>
                    <div><span class="k">{m.downloads}</span><span class="v" data-testid="owner-downloads">{move || card.with(|card| (m.used_of)(card.own.facts.used, card.own.facts.max_downloads))}</span>
                        <span class="v" data-testid="owner-counts">{move || card.with(|card| (m.owner_counts)(card.own.facts.opened, card.own.facts.active, card.own.facts.failed))}</span></div>
                    <button class="btn btn-quiet" type="button" data-testid="limit" on:click=move |_| dom::show_dialog(LIMIT)>{move || if used_up.get() { m.raise_limit } else { m.change_limit }}</button>
                </li>
                {move || (!used_up.get()).then(|| view! {
                    <li>
                        <div><span class="k">{m.password}</span><span class="v">{if password { m.password_set } else { m.password_none }}</span></div>
                        {password.then(|| view! {
                            <button class="btn btn-quiet" type="button" data-testid="change-password" on:click=move |_| dom::show_dialog(PASSWORD)>{m.change_password}</button>
                        })}
                    </li>
                    <li>
                        <div><span class="k">{m.note}</span><span class="v own-note" data-testid="owner-note">{move || if note.get().is_empty() { m.note_none.to_owned() } else { note.get() }}</span></div>
                        <button class="btn btn-quiet" type="button" data-testid="change-note" on:click=move |_| dom::show_dialog(NOTE)>
                            {move || if note.get().is_empty() { m.add_note } else { m.change_note }}
                        </button>
                    </li>
                })}
                <li>
                    <div><span class="k">{m.revoke}</span><span class="v">{m.revoke_line}</span></div>
                    <button class="btn btn-danger" type="button" data-testid="revoke" on:click=move |_| dom::show_dialog(REVOKE)>
                        <Icon name="x"/>
                        {m.revoke_link}
                    </button>
                </li>
            </ul>
            <div aria-live="polite">
                {move || link.error.get().map(|(problem, text)| view! {
                    <p class="panel-foot error" data-testid="error" data-problem=problem><Icon name="alert" small=true/><span>{text}</span></p>
                })}
            </div>
            <ExtendDialog link allowed/>
            <LimitDialog link allowed/>
            {password.then(|| view! { <PasswordDialog link/> })}
            <NoteDialog link/>
            <RevokeDialog link/>
        </section>
    }
    .into_any()
}

#[component]
fn ExtendDialog(link: SentLink, allowed: RwSignal<Allowed>) -> impl IntoView {
    let m = t();
    let wish = RwSignal::new(allowed.with_untracked(|allowed| allowed.max_expires_in));
    view! {
        <Dialog id=EXTEND title=m.extend_title>
            <SpanChoice id="extend-to" testid="extend-to" label=m.link_expires value=wish set=move |seconds| wish.set(seconds) allowed hint=Signal::derive(move || m.extend_text.to_owned())/>
            <div class="row">
                <button class="btn btn-primary" type="button" data-testid="extend-save" on:click=move |_| {
                    dom::close_dialog(EXTEND);
                    link.extend(wish.get_untracked());
                }>{m.save}</button>
                <Leave dialog=EXTEND testid="extend-cancel"/>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn LimitDialog(link: SentLink, allowed: RwSignal<Allowed>) -> impl IntoView {
    let m = t();
    let standing = Memo::new(move |_| link.card.with(Standing::of));
    // The dialog begins with the limit that holds, or with one that opens the link again.
    let first = Memo::new(move |_| {
        let (standing, allowed) = (standing.get(), allowed.get());
        let more = options::counts(&allowed, standing.limit)
            .into_iter()
            .find(|count| *count > standing.used);
        more.filter(|_| standing.used_up).unwrap_or(standing.limit)
    });
    let wish = RwSignal::new(first.get_untracked());
    Effect::new(move |_| wish.set(first.get()));
    let closes = move || {
        let (standing, wish) = (standing.get(), wish.get());
        wish <= standing.used + standing.active && (standing.used_up || wish != standing.limit)
    };
    let used = Signal::derive(move || (m.limit_text)(standing.get().used.into()));
    view! {
        <Dialog id=LIMIT title=m.limit_title>
            <CountChoice id="limit-to" testid="limit-to" label=m.downloads value=wish set=move |count| wish.set(count) allowed hint=used/>
            <div aria-live="polite">
                {move || closes().then(|| {
                    let Standing { used, active, used_up, .. } = standing.get();
                    let text = if used_up { (m.limit_raise)(used) } else { (m.limit_closes)(used, active) };
                    view! { <p class="error" data-testid="limit-closes"><Icon name="alert" small=true/><span>{text}</span></p> }
                })}
            </div>
            <div class="row">
                <button class="btn btn-primary" type="button" data-testid="limit-save" disabled=move || closes() && standing.get().used_up on:click=move |_| {
                    dom::close_dialog(LIMIT);
                    // The server takes no number below what is used and going on: that number closes the link.
                    let Standing { used, active, .. } = standing.get_untracked();
                    link.limit(wish.get_untracked().max(used + active));
                }>{m.save}</button>
                <Leave dialog=LIMIT testid="limit-cancel"/>
            </div>
        </Dialog>
    }
    .into_any()
}

/// What of a link decides what another limit does to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Standing {
    limit: u32,
    used: u32,
    active: u32,
    used_up: bool,
}

impl Standing {
    fn of(card: &SentLinkState) -> Self {
        Self {
            limit: card.own.facts.max_downloads,
            used: card.own.facts.used,
            active: card.own.facts.active,
            used_up: card.is_used_up(),
        }
    }
}

#[component]
fn NoteDialog(link: SentLink) -> impl IntoView {
    let m = t();
    let text = RwSignal::new(link.card.with_untracked(|card| card.own.facts.note.clone()));
    let fits = move || text.with(|text| options::note_fits(text));
    view! {
        <Dialog id=NOTE title=m.change_note_title>
            <div class="field">
                <label for="new-note">{m.note}</label>
                <textarea
                    class="input"
                    id="new-note"
                    rows="4"
                    maxlength="4000"
                    data-testid="new-note"
                    aria-describedby="new-note-hint"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
                <p class="hint" id="new-note-hint">{move || if fits() { m.change_note_text } else { m.note_too_long }}</p>
            </div>
            <div class="row">
                <button class="btn btn-primary" type="button" data-testid="new-note-save" disabled=move || !fits() on:click=move |_| {
                    dom::close_dialog(NOTE);
                    link.change_note(text.get_untracked());
                }>{m.save}</button>
                <Leave dialog=NOTE testid="new-note-cancel"/>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn PasswordDialog(link: SentLink) -> impl IntoView {
    let m = t();
    let typed = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    Effect::new(move |_| {
        if !typed.with(String::is_empty) {
            missing.set(false);
        }
    });
    let save = move || {
        if typed.with_untracked(String::is_empty) {
            return missing.set(true);
        }
        dom::close_dialog(PASSWORD);
        link.change_password(typed.get_untracked());
        typed.set(String::new());
    };
    view! {
        <Dialog id=PASSWORD title=m.change_password_title>
            <form class="stack" on:submit=move |event| {
                event.prevent_default();
                save();
            }>
                <div class="field">
                    <label for="new-password">{m.new_password}</label>
                    <PasswordField id="new-password" testid="new-password" value=typed autocomplete="new-password" described_by=Some("new-password-hint") invalid=missing/>
                    <p class="hint" id="new-password-hint">{m.change_password_text}</p>
                    <p class="error" aria-live="assertive" hidden=move || !missing.get()>{m.new_password_missing}</p>
                </div>
                <div class="row">
                    <button class="btn btn-primary" type="submit" data-testid="new-password-save">{m.save}</button>
                    <Leave dialog=PASSWORD testid="new-password-cancel"/>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn RevokeDialog(link: SentLink) -> impl IntoView {
    let m = t();
    view! {
        <Dialog id=REVOKE title=m.revoke_title>
            <p class="md">{m.revoke_text}</p>
            <div class="row">
                <button class="btn btn-danger-fill" type="button" data-testid="revoke-confirm" on:click=move |_| {
                    dom::close_dialog(REVOKE);
                    link.revoke();
                }>{m.revoke_link}</button>
                <button class="btn" type="button" autofocus data-testid="revoke-keep" on:click=move |_| dom::close_dialog(REVOKE)>{m.keep_it}</button>
            </div>
        </Dialog>
    }
    .into_any()
}

/// The button that closes a dialog and changes nothing.
#[component]
fn Leave(dialog: &'static str, testid: &'static str) -> impl IntoView {
    view! { <button class="btn" type="button" data-testid=testid on:click=move |_| dom::close_dialog(dialog)>{t().cancel}</button> }
}
