//! The foot of every page.

use leptos::prelude::*;

use crate::{engine, messages::t};

/// The promise, and where to check it.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    let build = engine::build();
    view! {
        <footer class="foot">
            <div class="wrap">
                <p>{t().foot_promise}</p>
                <a href="/security" data-testid="foot-security">{t().foot_security}</a>
                <a href="/security#check" data-testid="foot-check">{t().foot_check}</a>
                {engine::sells().map(|_| view! { <a href="/plans" rel="external" data-testid="foot-plans">{t().nav_plans}</a> })}
                <a href="/cli" data-testid="foot-cli">{t().foot_cli}</a>
                {engine::source_url().map(|source| view! { <a href=source rel="noopener" data-testid="foot-source">{t().source_code}</a> })}
                {engine::operator().map(|name| view! { <span data-testid="foot-operator">{(t().foot_operator)(&name)}</span> })}
                {engine::abuse_contact().map(|contact| view! { <a href=contact rel="noopener" data-testid="foot-abuse">{t().foot_abuse}</a> })}
                {(!build.is_empty()).then(|| view! { <span class="build">{(t().foot_build)(&build)}</span> })}
            </div>
        </footer>
    }
    .into_any()
}
