//! Sent: the slip that leaves the house, and what its owner can still do.

use leptos::prelude::*;

use super::link_end::{LinkEnd, SlipTitle};
use crate::{
    components::{CopyButton, Icon, KeyLine, OwnerControls, Seal},
    dom,
    messages::t,
    model::numbers,
    transfers::{Card, Sending},
};

const LINK: &str = "share-link";

/// The link card.
#[component]
pub(crate) fn SentPage(sending: Sending) -> impl IntoView {
    let ended = Memo::new(move |_| sending.card.with(|card| card.as_ref().is_some_and(Card::is_gone)));
    Effect::new(move |_| {
        let again = move || sending.refresh();
        if let Ok(timer) = set_interval_with_handle(again, std::time::Duration::from_secs(30)) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <main id="main" data-screen="sent">
            <div class="wrap">
                <div class="stack stack-8">
                    {move || {
                        let card = sending.card.get_untracked()?;
                        Some(if ended.get() { view! { <LinkEnd sending/> }.into_any() } else { view! { <Slip card sending/> }.into_any() })
                    }}
                    <super::sending::Renamed sending/>
                    <div class="cols">
                        {move || (!ended.get()).then(|| view! { <OwnerControls sending/> })}
                        <Advice sending/>
                    </div>
                </div>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Slip(card: Card, sending: Sending) -> impl IntoView {
    let m = t();
    let link = card.link.clone();
    let failed = RwSignal::new(false);
    let shareable = RwSignal::new(false);
    let mail = RwSignal::new(String::from("mailto:"));
    let mail_link = card.link.clone();
    Effect::new(move |_| {
        shareable.set(dom::can_share());
        mail.set(format!(
            "mailto:?subject={}&body={}",
            dom::encode(m.mail_subject),
            dom::encode(&(m.mail_body)(&mail_link))
        ));
    });
    let share_link = card.link.clone();
    let only_key = if card.has_password {
        m.only_key_password
    } else {
        m.only_key_text
    };
    view! {
        <section class="slip" aria-labelledby="sent-heading">
            <div class="slip-main">
                <div class="slip-title">
                    <Seal form="sealed"/>
                    <SlipTitle sending line=(m.sent_line)(card.files, &numbers::bytes(card.plain_bytes))/>
                </div>
                <KeyLine address=card.address key=card.key id=LINK testid="share-link"/>
                <div class="row">
                    <CopyButton
                        text=link
                        label=m.copy_link
                        testid="copy-link"
                        shown_in=LINK
                        class="btn btn-primary btn-big btn-fill-phone"
                        done=move |worked: bool| failed.set(!worked)
                    />
                    <div class="btn-pair">
                        {move || {
                            let link = share_link.clone();
                            shareable.get().then(|| view! {
                                <button class="btn btn-big" type="button" data-testid="share" on:click=move |_| dom::share(m.mail_subject, &link)><Icon name="share"/>{m.share}</button>
                            })
                        }}
                        <a class="btn btn-big" data-testid="mail" href=move || mail.get()><Icon name="mail"/>{m.mail}</a>
                    </div>
                </div>
                <p class="hint" aria-live="polite">{move || failed.get().then_some(m.copy_failed)}</p>
                <div class="note note-key">
                    <Icon name="key"/>
                    <div><strong>{m.only_key_title}</strong><span>{only_key}</span></div>
                </div>
            </div>
            {card.qr.map(|code| {
                let side = code.side;
                view! {
                    <div class="slip-stub">
                        <div class="qr">
                            <svg viewBox=format!("0 0 {side} {side}") role="img" aria-label=m.qr_label shape-rendering="crispEdges">
                                <path fill="currentColor" d=code.path></path>
                            </svg>
                        </div>
                        <p>{m.qr_caption}</p>
                    </div>
                }
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Advice(sending: Sending) -> impl IntoView {
    let m = t();
    let password = sending
        .card
        .with_untracked(|card| card.as_ref().is_some_and(|card| card.has_password));
    let ended = move || sending.card.with(|card| card.as_ref().is_some_and(Card::is_gone));
    view! {
        <div class="stack">
            {move || (!ended()).then(|| view! {
                <section class="stack" aria-labelledby="advice-heading">
                    <h2 id="advice-heading">{m.before_close}</h2>
                    <ul class="plainlist" role="list">
                        <li><Icon name="key"/><div><strong>{m.keep_it_safe}</strong><span>{m.keep_it_safe_text}</span></div></li>
                        <li><Icon name="eye"/><div><strong>{m.try_it}</strong><span>{m.try_it_text}</span></div></li>
                        {(!password).then(|| view! { <li><Icon name="lock"/><div><strong>{m.something_private}</strong><span>{m.something_private_text}</span></div></li> })}
                    </ul>
                </section>
            })}
            <div>
                <button class="btn" type="button" data-testid="send-more" on:click=move |_| sending.again()><Icon name="plus"/>{m.send_more}</button>
            </div>
        </div>
    }
    .into_any()
}
