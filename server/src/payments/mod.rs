//! Who takes payments, as the settings say, and what is known of its webhook.

pub(crate) mod refused;

use std::sync::Arc;

use sealdrop_payments::{Mode, Razorpay, WebhookSecrets};
use sealdrop_service::PaymentsConfig;

use crate::config::Config;
use refused::RefusedSignatures;

/// Where the provider sends browsers back to.
pub(crate) const CALLBACK_PATH: &str = "/payments/callback";
/// Where it sends its events to.
pub(crate) const WEBHOOK_PATH: &str = "/webhooks/razorpay";

/// What the routes of the provider share.
pub(crate) struct Payments {
    pub(crate) secrets: WebhookSecrets,
    pub(crate) refused: RefusedSignatures,
    /// Whether the provider is in its test mode: no money moves.
    pub(crate) is_test: bool,
}

impl Payments {
    /// Nothing where nothing is sold.
    pub(crate) fn of(config: &Config) -> Option<Arc<Self>> {
        let settings = config.payments.as_ref()?;
        Some(Arc::new(Self {
            secrets: settings.webhook_secrets.clone(),
            refused: RefusedSignatures::new(config.http.rate_limits),
            is_test: settings.keys.mode() == Mode::Test || settings.api_url.is_double(),
        }))
    }
}

/// How money is taken. Needs rustls' process-wide provider.
///
/// # Errors
/// When its client cannot be made.
pub(crate) fn payments_config(config: &Config) -> Result<Option<PaymentsConfig>, String> {
    let Some(settings) = &config.payments else {
        return Ok(None);
    };
    let provider = Razorpay::new(settings.api_url.clone(), settings.keys.clone())?;
    let own = config.http.public_url.as_ref().map_or_else(
        || format!("http://{}", config.http.addr),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    Ok(Some(PaymentsConfig {
        provider: Arc::new(provider),
        callback_url: format!("{own}{CALLBACK_PATH}"),
        seller: settings.seller.clone(),
    }))
}
