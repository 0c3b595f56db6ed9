//! `/billing`: the plan of a user, what is open, what they bought.

use leptos::prelude::*;
use sealdrop_api::billing::{Entitlement, Order, OrderState};

use super::{
    data::Overview,
    history::{Invoices, Orders},
    parts::{Amount, ButtonForm, Day, ms, plan_name},
};
use crate::{components::icon::Icon, messages::billing as words, model::numbers};

/// The page.
#[component]
pub(super) fn OverviewScreen(page: Overview) -> impl IntoView {
    let m = words();
    let Overview {
        buyer,
        free_bytes,
        orders,
        invoices,
    } = page;
    let account = buyer.account;
    let held = account.used_bytes + account.reserved_bytes;
    let is_over = held > account.quota_bytes;
    let open = orders
        .iter()
        .filter(|order| is_open(order))
        .cloned()
        .collect::<Vec<_>>();
    let plans = buyer.entitlements;
    let is_free = plans.is_empty();
    view! {
        <div class="stack stack-8">
            <div class="page-head"><h1>{m.billing_title}</h1><p>{account.email.0.clone()}</p></div>
            {is_over.then(|| view! {
                <div class="note note-danger" role="status" data-testid="read-only">
                    <Icon name="alert"/>
                    <div><strong>{m.read_only_title}</strong><span>{(m.read_only)(&numbers::bytes(held), &numbers::limit(account.quota_bytes))}</span></div>
                </div>
            })}
            {open.into_iter().map(|order| view! { <OpenOrder order/> }).collect_view()}
            <section class="panel" aria-labelledby="plan-heading">
                <div class="panel-head"><h2 id="plan-heading">{m.plan_title}</h2></div>
                <div class="panel-pad stack">
                    <p data-testid="current-plan" data-plan=account.plan.clone()><b>{plan_name(&account.plan)}</b>" · "{(m.space)(&numbers::bytes(account.used_bytes), &numbers::limit(account.quota_bytes))}</p>
                    {is_free.then(|| view! { <div class="row"><a class="btn btn-primary" href="/plans" data-testid="see-plans">{m.see_plans}</a></div> })}
                    {plans.into_iter().map(|held_plan| view! { <Held held_plan used=held free_bytes/> }).collect_view()}
                </div>
            </section>
            <Orders orders/>
            <Invoices invoices/>
        </div>
    }
    .into_any()
}

fn is_open(order: &Order) -> bool {
    matches!(order.state, OrderState::Preparing | OrderState::Open)
}

/// An order that can be paid.
#[component]
fn OpenOrder(order: Order) -> impl IntoView {
    let m = words();
    let name = plan_name(&order.plan.name);
    let id = order.order_id.to_string();
    view! {
        <section class="panel" data-testid="open-order" data-plan=order.plan.name.clone()>
            <div class="panel-pad stack">
                <div class="stack stack-2">
                    <h2>{(m.open_order)(&name)}</h2>
                    <p><Amount smallest=order.plan.price currency=order.plan.currency short=true/>" "{(m.per)(order.plan.months)}" · "{m.pay_until}" "<Day at_ms=ms(order.expires_at)/></p>
                </div>
                <div class="row">
                    <a class="btn btn-primary" href=format!("/billing?pay={id}") data-testid="pay-order">{m.pay}</a>
                    <ButtonForm action="/_ui/billing/cancel-order" field="order" value=id label=m.cancel_order.to_owned() class="btn btn-quiet" testid="cancel-order"/>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// A plan that was paid for: its end, what happens then, and how to cancel it.
#[component]
fn Held(held_plan: Entitlement, used: u64, free_bytes: u64) -> impl IntoView {
    let m = words();
    let name = plan_name(&held_plan.plan);
    let free = numbers::limit(free_bytes);
    let after = if used > free_bytes {
        (m.after_over)(&numbers::bytes(used), &free)
    } else {
        (m.after)(&free)
    };
    let at_ms = ms(held_plan.ends_at);
    view! {
        <div class="stack" data-testid="entitlement" data-plan=held_plan.plan.clone() data-cancelled=held_plan.is_cancelled.then_some("")>
            <div class="stack stack-2">
                <p>{(m.holds_until)(&name)}" "<b><Day at_ms/></b>"."</p>
                <p class="hint" data-testid="after-end">{after}</p>
            </div>
            <div class="row"><a class="btn" href="/plans" data-testid="extend-plan">{m.extend}</a></div>
            {if held_plan.is_cancelled {
                view! { <p class="hint" data-testid="plan-cancelled">{m.is_cancelled}</p> }.into_any()
            } else {
                view! { <CancelPlan plan=held_plan.plan.clone() name at_ms/> }.into_any()
            }}
        </div>
    }
    .into_any()
}

/// Two clicks: the first opens what it means, the second does it.
#[component]
fn CancelPlan(plan: String, name: String, at_ms: f64) -> impl IntoView {
    let m = words();
    view! {
        <details class="cancel-plan">
            <summary class="btn btn-quiet" data-testid="cancel-plan">{m.cancel_plan}</summary>
            <div class="note">
                <Icon name="info"/>
                <div class="stack stack-2">
                    <strong>{(m.cancel_title)(&name)}</strong>
                    <span>{m.cancel_text[0]}" "<Day at_ms/>{m.cancel_text[1]}</span>
                    <div class="row">
                        <ButtonForm action="/_ui/billing/cancel-plan" field="plan" value=plan label=(m.cancel_now)(&name) class="btn btn-danger" testid="confirm-cancel-plan"/>
                        <a class="btn" href="/billing" data-testid="keep-plan">{m.keep}</a>
                    </div>
                </div>
            </div>
        </details>
    }
    .into_any()
}
