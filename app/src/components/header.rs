//! The bar at the top. It shows only pages that exist.

use leptos::{ev, prelude::*};

use crate::{
    account::signed_in::SignedIn,
    components::{icon::Icon, test_banner::TestBanner},
    dom, engine,
    messages::t,
    model::page::Page,
    transfers::sending::{SendScreen, Sending},
};

const MENU: &str = "nav";
/// A name and not a literal: the macro writes subtrees of literals as they stand, and there `use_` would keep its underscore.
const LOGO: &str = "#s-logo";

/// The way to the page that sends leads to a new sending: a link that was just sent is in the list of sent links.
fn begin_anew(event: &ev::MouseEvent, sending: Sending) {
    let in_this_tab = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
    if in_this_tab && sending.screen.get_untracked() == SendScreen::Sent {
        sending.wants_new.set(true);
    }
}

/// Brand and navigation; a running upload shows here while its sender is on another page.
#[component]
pub(crate) fn Header(page: Memo<Page>, sending: Sending, signed_in: SignedIn) -> impl IntoView {
    let current = move |which: Page| (page.get() == which).then_some("page");
    let send = move || {
        if sending.is_running() && page.get() != Page::Send {
            let m = t();
            sending.run.with(|run| {
                let text = if run.is_paused() { m.nav_paused } else { m.nav_running };
                text(run.percent())
            })
        } else {
            t().nav_send.to_owned()
        }
    };
    let is_signed_in = Memo::new(move |_| signed_in.email.with(Option::is_some));
    let own = move || match is_signed_in.get() {
        true => ("/account", Page::Account, t().nav_account),
        false => ("/signin", Page::SignIn, t().nav_sign_in),
    };
    let sells = engine::sells().is_some();
    view! {
        <header class="top">
            <div class="wrap">
                <a class="brand" href="/" data-testid="nav-brand" on:click=move |event| begin_anew(&event, sending)>
                    <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
                        <use_ href=LOGO></use_>
                    </svg>
                    {t().name}
                </a>
                <button class="btn btn-quiet plain menu-button flush-end" type="button" data-testid="menu" popovertarget=MENU>
                    <Icon name="menu"/>
                    {t().menu}
                </button>
                <nav class="nav" id=MENU popover="auto" aria-label=t().main_navigation>
                    <ul role="list" on:click=move |_| dom::close_menu(MENU)>
                        <li><a href="/" data-testid="nav-send" aria-current=move || current(Page::Send) on:click=move |event| begin_anew(&event, sending)>{send}</a></li>
                        <li><a href="/sent" data-testid="nav-sent" aria-current=move || current(Page::SentLinks)>{t().nav_sent}</a></li>
                        <li><a href="/security" data-testid="nav-security" aria-current=move || current(Page::Security)>{t().nav_security}</a></li>
                        // Another document: the program is not at home there.
                        {sells.then(|| view! { <li><a href="/plans" rel="external" data-testid="nav-plans" aria-current=move || current(Page::Plans)>{t().nav_plans}</a></li> })}
                        <li><a href=move || own().0 data-testid="nav-account" aria-current=move || current(own().1)>{move || own().2}</a></li>
                    </ul>
                </nav>
            </div>
            <TestBanner/>
        </header>
    }
    .into_any()
}
