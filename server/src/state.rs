//! What handlers share.

use std::sync::Arc;

use sealdrop_mail::MemoryMailer;
use sealdrop_service::{Origin, Service};
use tokio_util::sync::CancellationToken;

use crate::{
    client_network::Prefixes,
    cookies::Cookies,
    extract::{bodies::Bodies, unnamed_proxy::UnnamedProxy},
    mail::{token::OperatorToken, webhook_secret::WebhookSecret},
    middleware::{arrivals::Arrivals, auth_throttle::throttle::AuthThrottle, csp::Policy},
    payments::Payments,
    site::Site,
};

/// Cheap to clone; clones share everything.
#[derive(Clone)]
pub(crate) struct AppState {
    /// Everything that is not HTTP.
    pub(crate) service: Service,
    /// The built web app.
    pub(crate) site: Site,
    pub(crate) outside: Arc<Outside>,
    /// On their way to the API.
    pub(crate) bodies: Arc<Bodies>,
    pub(crate) auth_throttle: Option<Arc<AuthThrottle>>,
    pub(crate) policy: Arc<Policy>,
    /// Mails that stay in this process, and the token of who may read them.
    pub(crate) kept_mails: Option<(Arc<MemoryMailer>, OperatorToken)>,
    /// What the mail provider's webhook shows, if it may report here.
    pub(crate) webhook_secret: Option<WebhookSecret>,
    /// What the payment provider proves itself with, if something is sold.
    pub(crate) payments: Option<Arc<Payments>>,
    /// Of the embedded bucket.
    pub(crate) arrivals: Arc<Arrivals>,
    /// Cancelled when this server was told to end.
    pub(crate) draining: CancellationToken,
}

/// How the server looks from outside.
pub(crate) struct Outside {
    /// The configured origin, if there is one.
    pub(crate) public: Option<Origin>,
    /// The origin of links, where they have one of their own.
    pub(crate) links: Option<Origin>,
    /// Proxies of ours in front.
    pub(crate) trusted_hops: usize,
    /// What of an address is a client.
    pub(crate) prefixes: Prefixes,
    /// Whether one seems to be in front that the operator did not name.
    pub(crate) unnamed_proxy: UnnamedProxy,
    /// Where the source of this server is published, if the operator says it.
    pub(crate) source_url: Option<String>,
    /// Who runs this server, if the operator says it.
    pub(crate) operator: Option<String>,
    /// Where abuse is reported, if the operator says it: an address of the web, or `mailto:`.
    pub(crate) abuse_contact: Option<String>,
}

impl Outside {
    /// Cookies as browsers keep them for this server.
    pub(crate) fn cookies(&self) -> Cookies {
        let is_https = self
            .public
            .as_ref()
            .is_some_and(|url| url.as_str().starts_with("https:"));
        Cookies::new(is_https)
    }
}
