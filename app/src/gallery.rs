//! Every state of every screen as a page of its own, drawn by the same components from made-up values: for pictures, for axe,
//! and for tests of what the markup says. Nothing here is part of the program that is served.

mod account_states;
mod billing_states;
mod fixtures;
mod links;
mod preview_states;

use leptos::{prelude::*, tachys::view::RenderHtml};

use crate::{
    account::AccountState,
    billing::{Document, Drawing, draw},
    components::{footer::Footer, header::Header, sprite::Sprite},
    messages::t,
    model::page::Page,
    pages::{
        account::AccountScreen, command_line::COMMAND_LINE_PAGE, not_found::NotFound, receive::ReceiveScreens,
        security::SECURITY_PAGE, send::SendScreens, sent_links::SentLinksScreen, sign_in::SignInScreen,
    },
    site::{Assets, Sells, Surroundings},
    split::Lazy,
    transfers::{live_region::LiveRegion, receiving::Receiving, sending::Sending},
};

/// A state to look at.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Its name: screen, dash, state.
    pub name: &'static str,
    /// The dialog that stands open over it, by its id.
    pub dialog: Option<&'static str>,
    draw: Draw,
}

#[derive(Debug, Clone, Copy)]
enum Draw {
    Send(fn(Sending)),
    Links(fn(Sending)),
    Receive(fn(Receiving)),
    SignIn(fn(AccountState)),
    Account(fn(AccountState)),
    Security,
    CommandLine,
    Missing,
    Billing(fn() -> Drawing),
}

const fn state(name: &'static str, draw: Draw) -> State {
    State {
        name,
        dialog: None,
        draw,
    }
}

/// A file that is looked at.
const fn look(name: &'static str, set: fn(Receiving)) -> State {
    State {
        name,
        dialog: Some(crate::dom::ids::PREVIEW),
        draw: Draw::Receive(set),
    }
}

/// All states, in the order in which a person would meet them.
pub const STATES: &[State] = &[
    state("send-empty", Draw::Send(fixtures::empty)),
    state("send-unfinished", Draw::Send(fixtures::unfinished)),
    state("send-going-on", Draw::Send(fixtures::going_on)),
    state("send-not-found-again", Draw::Send(fixtures::not_found_again)),
    state("send-starting-over", Draw::Send(fixtures::starting_over)),
    state("send-over", Draw::Send(fixtures::over)),
    state("send-guests-off", Draw::Send(fixtures::guests_off)),
    state("send-unsupported", Draw::Send(fixtures::cannot_send)),
    State {
        name: "send-pasted-link",
        dialog: Some(crate::dom::ids::PASTED),
        draw: Draw::Send(fixtures::pasted),
    },
    state("send-files", Draw::Send(fixtures::chosen)),
    state("send-folder-open", Draw::Send(fixtures::folder_open)),
    State {
        name: "send-pasted-text",
        dialog: Some(crate::dom::ids::PASTED),
        draw: Draw::Send(fixtures::pasted_long),
    },
    state("send-cancelled", Draw::Send(fixtures::upload_cancelled)),
    state("send-too-large", Draw::Send(fixtures::too_large)),
    state("sending-preparing", Draw::Send(fixtures::preparing)),
    state("sending", Draw::Send(fixtures::sending)),
    state("sending-retrying", Draw::Send(fixtures::retrying)),
    state("sending-waiting", Draw::Send(fixtures::waiting)),
    state("sending-pausing", Draw::Send(fixtures::pausing)),
    state("sending-paused", Draw::Send(fixtures::paused)),
    state("sending-finishing", Draw::Send(fixtures::finishing)),
    State {
        name: "sending-cancel",
        dialog: Some("cancel"),
        draw: Draw::Send(fixtures::sending),
    },
    state("sending-file-changed", Draw::Send(fixtures::file_changed)),
    state("sending-unreadable", Draw::Send(fixtures::unreadable)),
    state("sending-server-away", Draw::Send(fixtures::send_away)),
    state("sent", Draw::Send(links::sent)),
    State {
        name: "sent-extend",
        dialog: Some("extend"),
        draw: Draw::Send(links::sent),
    },
    State {
        name: "sent-limit",
        dialog: Some("limit"),
        draw: Draw::Send(links::sent),
    },
    State {
        name: "sent-revoke",
        dialog: Some("revoke"),
        draw: Draw::Send(links::sent),
    },
    state("sent-owner-failed", Draw::Send(links::owner_failed)),
    state("sent-revoked", Draw::Send(links::sent_revoked)),
    state("sent-used-up", Draw::Send(links::sent_used_up)),
    State {
        name: "sent-used-up-limit",
        dialog: Some("limit"),
        draw: Draw::Send(links::sent_used_up),
    },
    state("sent-used-up-deleted", Draw::Send(links::sent_used_up_deleted)),
    state("sent-expired", Draw::Send(links::sent_expired)),
    state("sent-gone", Draw::Send(links::sent_gone)),
    state("sent-not-kept", Draw::Send(links::sent_not_kept)),
    state("sent-cannot-keep", Draw::Send(links::sent_cannot_keep)),
    State {
        name: "sent-change-note",
        dialog: Some("change-note"),
        draw: Draw::Send(links::sent),
    },
    State {
        name: "sent-change-password",
        dialog: Some("change-password"),
        draw: Draw::Send(links::sent_password),
    },
    state("send-empty-sent", Draw::Send(links::empty_with_links)),
    state("links", Draw::Links(links::links)),
    state("links-details", Draw::Links(links::links_details)),
    state("links-none", Draw::Links(links::no_links)),
    state("links-cannot-keep", Draw::Links(links::links_cannot_keep)),
    state("links-reading", Draw::Links(fixtures::empty)),
    state("receive-opening", Draw::Receive(fixtures::opening)),
    state("receive-password", Draw::Receive(fixtures::gate)),
    state("receive-password-wrong", Draw::Receive(fixtures::gate_wrong)),
    state("receive-list", Draw::Receive(fixtures::list)),
    state("receive-list-hostile", Draw::Receive(fixtures::list_hostile)),
    state("receive-list-picked", Draw::Receive(fixtures::list_picked)),
    state("receive-list-picked-one", Draw::Receive(fixtures::list_picked_one)),
    state("receive-list-picked-all", Draw::Receive(fixtures::list_picked_all)),
    state("receive-list-long-note", Draw::Receive(fixtures::list_long_note)),
    state("receive-list-one", Draw::Receive(fixtures::list_one)),
    state("receive-unfinished", Draw::Receive(fixtures::unfinished_download)),
    state("receive-unfinished-placed", Draw::Receive(fixtures::unfinished_placed)),
    state("receive-unfinished-in-use", Draw::Receive(fixtures::unfinished_in_use)),
    state("receive-unfinished-lost", Draw::Receive(fixtures::unfinished_lost)),
    state("receive-forgotten", Draw::Receive(fixtures::forgotten)),
    look("preview-opening", preview_states::opening),
    look("preview-image", preview_states::image),
    look("preview-audio", preview_states::audio),
    look("preview-video", preview_states::video),
    look("preview-text", preview_states::text),
    look("preview-refused", preview_states::refused),
    look("preview-altered", preview_states::altered),
    look("preview-revoked", preview_states::revoked),
    state("receive-cancelled", Draw::Receive(fixtures::cancelled)),
    state("receive-downloading", Draw::Receive(fixtures::downloading)),
    State {
        name: "receive-cancel",
        dialog: Some(crate::pages::receive::CANCEL_DOWNLOAD),
        draw: Draw::Receive(fixtures::downloading),
    },
    state("receive-downloading-kept", Draw::Receive(fixtures::downloading_kept)),
    state(
        "receive-downloading-picked",
        Draw::Receive(fixtures::downloading_picked),
    ),
    state("receive-pausing", Draw::Receive(fixtures::receive_pausing)),
    state("receive-paused", Draw::Receive(fixtures::receive_paused)),
    state("receive-waiting", Draw::Receive(fixtures::receive_waiting)),
    state("receive-verifying", Draw::Receive(fixtures::verifying)),
    state("receive-verified", Draw::Receive(fixtures::verified)),
    state("receive-verified-some", Draw::Receive(fixtures::verified_some)),
    state("receive-verified-one", Draw::Receive(fixtures::verified_one)),
    state("receive-altered", Draw::Receive(fixtures::altered)),
    state("receive-placed", Draw::Receive(fixtures::placed)),
    state("receive-disk-full", Draw::Receive(fixtures::disk_full)),
    state("receive-place-refused", Draw::Receive(fixtures::place_refused)),
    state("receive-start-over", Draw::Receive(fixtures::start_over)),
    state("receive-interrupted", Draw::Receive(fixtures::interrupted)),
    state("receive-too-large", Draw::Receive(fixtures::too_large_here)),
    state("receive-expired", Draw::Receive(fixtures::expired)),
    state("receive-exhausted", Draw::Receive(fixtures::exhausted)),
    state("receive-exhausted-deleted", Draw::Receive(fixtures::exhausted_deleted)),
    state("receive-revoked", Draw::Receive(fixtures::revoked)),
    state("receive-paused-link", Draw::Receive(fixtures::paused_link)),
    state("receive-busy", Draw::Receive(fixtures::busy)),
    state("receive-busy-for", Draw::Receive(fixtures::busy_for)),
    state("receive-key-forgotten", Draw::Receive(fixtures::key_forgotten)),
    state("receive-gone", Draw::Receive(fixtures::gone)),
    state("receive-incomplete", Draw::Receive(fixtures::incomplete)),
    state("receive-altered-link", Draw::Receive(fixtures::altered_link)),
    state("receive-newer", Draw::Receive(fixtures::newer)),
    state("receive-unsupported", Draw::Receive(fixtures::unsupported)),
    state("receive-away", Draw::Receive(fixtures::receive_away)),
    state("sign-in", Draw::SignIn(account_states::nobody)),
    state("sign-in-refused", Draw::SignIn(account_states::email_refused)),
    state("sign-in-signed-out", Draw::SignIn(account_states::signed_out)),
    state("sign-in-account-closed", Draw::SignIn(account_states::account_closed)),
    state("sign-in-elsewhere", Draw::SignIn(account_states::elsewhere)),
    state("sign-in-code", Draw::SignIn(account_states::code)),
    state("sign-in-code-wrong", Draw::SignIn(account_states::code_wrong)),
    state("sign-in-code-ended", Draw::SignIn(account_states::code_ended)),
    state("account-reading", Draw::Account(account_states::reading)),
    state("account", Draw::Account(account_states::account)),
    state("account-links", Draw::Account(account_states::links)),
    state("account-link-extend", Draw::Account(account_states::link_extend)),
    state("account-link-end", Draw::Account(account_states::link_end)),
    state("account-link-timeline", Draw::Account(account_states::link_timeline)),
    state(
        "account-link-timeline-empty",
        Draw::Account(account_states::link_timeline_empty),
    ),
    state(
        "account-link-timeline-failed",
        Draw::Account(account_states::link_timeline_failed),
    ),
    state("account-tokens", Draw::Account(account_states::tokens)),
    state("account-token-made", Draw::Account(account_states::token_made)),
    state("account-confirm", Draw::Account(account_states::confirm)),
    state(
        "account-notices-refused",
        Draw::Account(account_states::notices_refused),
    ),
    state("account-email-code", Draw::Account(account_states::email_code)),
    state("account-email-taken", Draw::Account(account_states::email_taken)),
    state(
        "account-confirm-closing",
        Draw::Account(account_states::confirm_closing),
    ),
    state("account-exported", Draw::Account(account_states::exported)),
    state("account-failed", Draw::Account(account_states::failed)),
    state("security", Draw::Security),
    state("command-line", Draw::CommandLine),
    state("not-found", Draw::Missing),
    state("plans-guest", Draw::Billing(billing_states::plans_guest)),
    state("plans-held", Draw::Billing(billing_states::plans_held)),
    state("plans-none", Draw::Billing(billing_states::plans_none)),
    state("billing-new", Draw::Billing(billing_states::billing_new)),
    state("billing-paid", Draw::Billing(billing_states::billing_paid)),
    state("billing-cancelled", Draw::Billing(billing_states::billing_cancelled)),
    state("billing-read-only", Draw::Billing(billing_states::billing_read_only)),
    state("order-preparing", Draw::Billing(billing_states::order_preparing)),
    state("order-to-pay", Draw::Billing(billing_states::order_to_pay)),
    state("order-pending", Draw::Billing(billing_states::order_pending)),
    state("order-granted", Draw::Billing(billing_states::order_granted)),
    state("order-cancelled", Draw::Billing(billing_states::order_cancelled)),
    state("order-expired", Draw::Billing(billing_states::order_expired)),
    state("order-refunding", Draw::Billing(billing_states::order_refunding)),
    state("order-refunded", Draw::Billing(billing_states::order_refunded)),
    state("invoice", Draw::Billing(billing_states::invoice_taxed)),
    state("invoice-credit-note", Draw::Billing(billing_states::credit_note)),
];

/// The whole page of a state.
#[must_use]
pub fn render(state: &State, assets: &Assets) -> String {
    if let Draw::Billing(drawing) = state.draw {
        let document = Document {
            assets: assets.clone(),
            surroundings: Surroundings {
                sells: Some(Sells::Test),
                ..Surroundings::default()
            },
            nonce: String::new(),
        };
        return draw(drawing(), document);
    }
    let owner = Owner::new();
    let css = &assets.css.path;
    let (lang, dir) = (t().lang, t().dir);
    let name = state.name;
    let body = owner.with(|| body(state.draw, assets.clone()).to_html());
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\" dir=\"{dir}\" data-start><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{name} · Sealdrop</title>\
         <link rel=\"stylesheet\" href=\"{css}\"><link rel=\"icon\" href=\"/favicon.svg\"></head><body>{body}</body></html>\n"
    )
}

fn body(draw: Draw, assets: Assets) -> AnyView {
    provide_context(assets);
    let voice = LiveRegion(RwSignal::new(String::new()));
    let (sending, receiving) = (Sending::new(voice), Receiving::new(voice));
    provide_context(sending);
    provide_context(receiving);
    let account = AccountState::new();
    provide_context(account);
    let signed_in = account.signed_in;
    let (page, main) = match draw {
        Draw::Send(set) => {
            set(sending);
            (Page::Send, view! { <SendScreens sending/> }.into_any())
        }
        Draw::Links(set) => {
            set(sending);
            (Page::SentLinks, view! { <SentLinksScreen sending/> }.into_any())
        }
        Draw::Receive(set) => {
            set(receiving);
            (Page::Receive, view! { <ReceiveScreens receiving/> }.into_any())
        }
        Draw::SignIn(set) => {
            set(account);
            (
                Page::SignIn,
                view! { <SignInScreen signing_in=account.signing_in()/> }.into_any(),
            )
        }
        Draw::Account(set) => {
            set(account);
            (
                Page::Account,
                view! { <AccountScreen overview=account.overview()/> }.into_any(),
            )
        }
        Draw::Security => (Page::Security, view! { <Lazy part=SECURITY_PAGE/> }.into_any()),
        Draw::CommandLine => (Page::CommandLine, view! { <Lazy part=COMMAND_LINE_PAGE/> }.into_any()),
        Draw::Missing | Draw::Billing(_) => (Page::Missing, view! { <NotFound/> }.into_any()),
    };
    let page = Memo::new(move |_| page);
    view! {
        <div id="app">
            <a class="skip" href="#main" data-testid="skip">{t().skip}</a>
            <Header page sending signed_in/>
            {main}
            <Footer/>
        </div>
        <Sprite/>
    }
    .into_any()
}
