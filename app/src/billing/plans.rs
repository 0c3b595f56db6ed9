//! `/plans`: what guests, free accounts and each paid plan get.

use leptos::prelude::*;
use sealdrop_api::{Limits, billing::Plan, limits::UNLIMITED_DOWNLOADS};

use super::{
    data::{Buyer, PlansPage},
    parts::{Amount, ButtonForm, Day, ms, period, plan_name},
};
use crate::{
    components::icon::Icon,
    messages::billing as words,
    model::{numbers, times},
};

/// The page.
#[component]
pub(super) fn Plans(page: PlansPage) -> impl IntoView {
    let m = words();
    let PlansPage {
        guest,
        free,
        plans,
        user,
    } = page;
    let is_free = user.as_ref().is_some_and(|user| user.entitlements.is_empty());
    let none = plans.is_empty();
    // One thing to do first: the cheapest.
    let cards = plans.into_iter().enumerate().map(|(at, plan)| {
        let limits = limits_of(&plan, &guest);
        view! { <Paid plan limits user=user.clone() first=at == 0/> }
    });
    let cards = cards.collect_view();
    view! {
        <div class="stack stack-8">
            <div class="page-head"><h1>{m.plans_title}</h1><p>{m.plans_lead}</p></div>
            {none.then(|| view! { <div class="note" data-testid="no-plans"><Icon name="info"/><div><span>{m.no_plans}</span></div></div> })}
            <ul class="plans" role="list" data-testid="plans">
                {guest.guest.then(|| view! {
                    <li class="panel plan" data-testid="plan" data-plan="guest">
                        <div class="stack stack-2"><h2>{m.guest}</h2><p class="price">{m.no_account}</p></div>
                        <Facts storage=None limits=guest.clone()/>
                        <div class="plan-act">{user.is_none().then(|| view! { <a class="btn btn-wide" href="/" data-testid="plans-send">{m.just_send}</a> })}</div>
                    </li>
                })}
                <li class="panel plan" data-testid="plan" data-plan="free" data-own=is_free.then_some("")>
                    <div class="stack stack-2"><h2>{m.free}</h2><p class="price">{m.free_price}</p></div>
                    <Facts storage=Some(free.storage_bytes) limits=free.limits/>
                    <div class="plan-act">
                        {is_free.then(|| view! { <p class="own"><Icon name="check" small=true/>{m.your_plan}</p> })}
                        {user.is_none().then(|| view! { <a class="btn btn-wide" href="/signin" data-testid="plans-sign-in">{m.sign_up}</a> })}
                    </div>
                </li>
                {cards}
            </ul>
            <div class="facts">
                <div><Icon name="check" small=true/><span>{m.ways_to_pay}</span></div>
                <div><Icon name="lock" small=true/><span>{m.hosted}</span></div>
                <div><Icon name="info" small=true/><span>{m.no_renewal}</span></div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Paid(plan: Plan, limits: Limits, user: Option<Buyer>, first: bool) -> impl IntoView {
    let m = words();
    let name = plan_name(&plan.name);
    let held = user.and_then(|user| user.entitlements.into_iter().find(|held| held.plan == plan.name));
    let label = match &held {
        Some(_) => (m.buy_again)(&period(plan.months)),
        None => (m.choose)(&name),
    };
    let is_held = held.is_some();
    let shown = plan.name.clone();
    view! {
        <li class="panel plan plan-paid" data-testid="plan" data-plan=shown data-own=is_held.then_some("")>
            <div class="stack stack-2">
                <h2>{name}</h2>
                <p class="price"><Amount smallest=plan.price currency=plan.currency.clone() short=true/>" "<span class="muted md">{(m.per)(plan.months)}</span></p>
                <p class="hint">{m.tax_included}</p>
            </div>
            <Facts storage=Some(plan.storage_bytes) limits/>
            <div class="plan-act">
                {held.map(|held| view! { <p class="own"><Icon name="check" small=true/><span>{m.your_plan_until}" "<Day at_ms=ms(held.ends_at)/></span></p> })}
                <ButtonForm action="/_ui/billing/order" field="plan" value=plan.name label class=if first && !is_held { "btn btn-primary btn-wide" } else { "btn btn-wide" } testid="buy"/>
            </div>
        </li>
    }
    .into_any()
}

/// What stands in a card.
#[component]
fn Facts(storage: Option<u64>, limits: Limits) -> impl IntoView {
    let m = words();
    let downloads = match limits.max_downloads {
        UNLIMITED_DOWNLOADS.. => m.no_limit.to_owned(),
        n => numbers::grouped(n.into()),
    };
    view! {
        <dl class="plan-facts">
            <div><dt>{m.storage}</dt><dd>{storage.map_or_else(|| m.until_expiry.to_owned(), numbers::limit)}</dd></div>
            <div><dt>{m.largest_link}</dt><dd>{numbers::limit(limits.max_link_bytes)}</dd></div>
            <div><dt>{m.longest_expiry}</dt><dd>{times::span_exactly(limits.max_expires_in)}</dd></div>
            <div><dt>{m.downloads}</dt><dd>{downloads}</dd></div>
        </dl>
    }
    .into_any()
}

/// What a plan does not say is as for everybody; no link holds more than fits.
fn limits_of(plan: &Plan, guest: &Limits) -> Limits {
    let most = Some(guest.max_link_bytes).filter(|most| *most > 0);
    let most = plan.max_link_bytes.or(most).unwrap_or(plan.storage_bytes);
    Limits {
        max_link_bytes: most.min(plan.storage_bytes),
        max_expires_in: plan.max_expires_in.unwrap_or(guest.max_expires_in),
        max_downloads: plan.max_downloads.unwrap_or(guest.max_downloads),
        ..guest.clone()
    }
}
