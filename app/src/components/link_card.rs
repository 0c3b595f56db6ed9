//! A link to pass on: its text, ways to pass it on, and its QR code.

use leptos::prelude::*;

use crate::{
    components::{copy_button::CopyButton, icon::Icon, key_line::KeyLine},
    dom,
    messages::t,
    transfers::sent_links::SentLink,
};

/// Where the text of the link stands, on a page that shows one.
pub(crate) const LINK: &str = "share-link";

/// The slip, `head` above the link and `foot` below its buttons.
#[component]
pub(crate) fn LinkCard(
    link: SentLink,
    #[prop(optional)] head: Option<AnyView>,
    #[prop(optional)] foot: Option<AnyView>,
) -> impl IntoView {
    let m = t();
    let card = link.card.get_untracked();
    let (text, to_share, to_mail) = (card.own.link.clone(), card.own.link.clone(), card.own.link);
    let failed = RwSignal::new(false);
    let shareable = RwSignal::new(false);
    let mail = RwSignal::new(String::from("mailto:"));
    Effect::new(move |_| {
        shareable.set(dom::can_share());
        mail.set(format!(
            "mailto:?subject={}&body={}",
            dom::encode(m.mail_subject),
            dom::encode(&(m.mail_body)(&to_mail))
        ));
    });
    view! {
        <div class="slip">
            <div class="slip-main">
                {head}
                <KeyLine address=card.own.address key=card.own.key id=LINK testid="share-link"/>
                <div class="row">
                    <CopyLink link text failed class="btn btn-primary btn-big btn-fill-phone" testid="copy-link"/>
                    <div class="btn-pair">
                        {move || {
                            let text = to_share.clone();
                            shareable.get().then(|| view! {
                                <button class="btn btn-big" type="button" data-testid="share" on:click=move |_| {
                                    link.pass_on();
                                    dom::share(m.mail_subject, &text);
                                }><Icon name="share"/>{m.share}</button>
                            })
                        }}
                        <a class="btn btn-big" data-testid="mail" href=move || mail.get() on:click=move |_| link.pass_on()><Icon name="mail"/>{m.mail}</a>
                    </div>
                </div>
                <p class="hint" aria-live="polite">{move || failed.get().then_some(m.copy_failed)}</p>
                {foot}
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
        </div>
    }
    .into_any()
}

/// A button that copies the link. `failed` tells that the browser did not let it.
#[component]
pub(crate) fn CopyLink(
    link: SentLink,
    text: String,
    failed: RwSignal<bool>,
    class: &'static str,
    testid: &'static str,
) -> impl IntoView {
    let done = move |worked: bool| {
        failed.set(!worked);
        if worked {
            link.pass_on();
        }
    };
    view! { <CopyButton text label=t().copy_link testid shown_in=LINK class done/> }
}
