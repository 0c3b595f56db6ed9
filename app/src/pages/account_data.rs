//! What the server holds about the user: a file with all of it, and the end of the account.

use leptos::prelude::*;

use crate::{
    account::{overview::Overview, wish::Place},
    components::icon::Icon,
    messages::account as words,
    pages::{
        account_confirm::Confirm,
        account_trouble::{SaidView, TroubleView},
    },
};

/// All of it.
#[component]
pub(crate) fn AccountData(overview: Overview) -> impl IntoView {
    let m = words();
    let confirming = Memo::new(move |_| overview.confirms_at(Place::Data));
    view! {
        <section class="panel" aria-labelledby="data-heading">
            <div class="panel-head"><div class="head-t"><h2 id="data-heading">{m.data_title}</h2><span class="sum">{m.data_lead}</span></div></div>
            <div class="panel-pad stack with-script">
                <SaidView overview at=Place::Data/>
                <TroubleView overview at=Place::Data/>
                {move || if confirming.get() {
                    view! { <Confirm overview/> }.into_any()
                } else {
                    view! {
                        <div><button class="btn" type="button" data-testid="export" aria-disabled=move || overview.busy.get().then_some("true") on:click=move |_| overview.export()>{m.export}</button></div>
                        <Close overview/>
                    }.into_any()
                }}
            </div>
        </section>
    }
    .into_any()
}

/// The end of the account. What goes and what stays is said before.
#[component]
fn Close(overview: Overview) -> impl IntoView {
    let m = words();
    view! {
        <details class="fold">
            <summary data-testid="close-account"><Icon name="right" small=true class="chev"/>{m.close_account}</summary>
            <div class="stack prose" data-testid="close-says">
                <p><strong>{m.close_goes_title}</strong></p>
                <ul>{m.close_goes.map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                <p><strong>{m.close_stays_title}</strong></p>
                <ul>{m.close_stays.map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                <div><button class="btn btn-danger" type="button" data-testid="close-account-go" aria-disabled=move || overview.busy.get().then_some("true") on:click=move |_| overview.close()>{m.close_account_go}</button></div>
            </div>
        </details>
    }
    .into_any()
}
