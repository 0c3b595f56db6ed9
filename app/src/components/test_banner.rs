//! What every page says where the payment provider is in its test mode.

use leptos::prelude::*;

use crate::{components::icon::Icon, engine, messages::t, site::Sells};

/// "No money moves", where plans are sold for none.
#[component]
pub(crate) fn TestBanner() -> impl IntoView {
    (engine::sells() == Some(Sells::Test)).then(|| {
        view! {
            <div class="test-banner" role="note" data-testid="test-banner">
                <div class="wrap"><Icon name="info" small=true/><span>{t().test_mode}</span></div>
            </div>
        }
    })
}
