//! Every word that a screen shows. A language is one [`Messages`]: a text that is missing does not compile. Counts go through
//! functions, because languages differ in their plurals; sentences are whole, because they differ in their order. Parts
//! between asterisks are drawn bold by the component `Bold`; names and other foreign text never pass through it.

mod en;
mod en_account;
#[cfg(not(target_arch = "wasm32"))]
mod en_billing;
mod en_timeline;

pub(crate) use en::Messages;
pub(crate) use en_account::AccountMessages;
pub(crate) use en_timeline::TimelineMessages;

/// The messages of the language that is shown.
pub(crate) fn t() -> &'static Messages {
    &en::EN
}

/// Those of the account, which come with its pages.
pub(crate) fn account() -> &'static AccountMessages {
    &en_account::EN_ACCOUNT
}

/// Those of plans and payments, which only servers draw.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn billing() -> &'static en_billing::BillingMessages {
    &en_billing::EN_BILLING
}

/// Those of what happened to a link, which come when somebody looks.
pub(crate) fn timeline() -> &'static TimelineMessages {
    &en_timeline::EN_TIMELINE
}
