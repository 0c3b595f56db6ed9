//! The command line as a platform of the engine: requests by reqwest, sealing and opening on threads of their own,
//! buffers that are used again.

mod address_policy;
#[cfg(test)]
mod address_policy_tests;
mod buffers;
mod fetch;
pub(crate) mod plain;
pub(crate) mod proxy;
pub(crate) mod reason;
mod response;
mod send;
pub(crate) mod server_url;
mod zone;

use std::{
    cell::Cell,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{Client, ClientBuilder, RequestBuilder, dns::Resolve, header};
use sealdrop_api::{AccessToken, LinkId, Method};
use sealdrop_crypto::{LinkSecret, Zeroizing};
use sealdrop_transfer::{
    ApiRequest, ApiResponse, DeviceFault, LinkAccess, OpenJob, OpenedRange, PartJob, Platform, SentPart, SourceExtent,
    Throughput, TransferError, derive_link_access,
};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use self::{
    address_policy::{AddressPolicy, Destination, FilteredResolver, SystemResolver},
    buffers::Buffers,
    plain::Plain,
    response::{read_body, redirect_of, unreachable},
    server_url::parse_server,
};
use crate::{
    failure::Failure,
    off_thread::off_thread,
    source::{SourceFile, read_extents},
};

/// An answer of the API at most.
const MAX_ANSWER: usize = 8 << 20;
/// A request to the API as a whole.
const API_TIMEOUT: Duration = Duration::from_secs(60);
/// A connection to anything.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// This machine, talking to one server.
pub(crate) struct CliPlatform {
    client: Client,
    /// For the storage: looks closer at where it leads.
    storage: Client,
    policy: Arc<AddressPolicy>,
    buffers: Arc<Buffers>,
    /// Who is signed in; goes to the server alone.
    bearer: Option<AccessToken>,
    started: Instant,
    /// Of the last parts that were sent.
    throughput: Cell<Throughput>,
}

impl CliPlatform {
    /// For a server's address: `https://host`, with or without a slash behind it.
    pub(crate) fn new(server: &str, concurrency: usize) -> Result<Self, Failure> {
        let server = parse_server(server).ok_or_else(|| {
            Failure::usage(format!(
                "{} is not a server address: add http:// or https://, for example https://host (--server or \
                 SEALDROP_SERVER).",
                crate::text::escape(server)
            ))
        })?;
        Self::with(server, concurrency, Arc::new(SystemResolver))
            .map_err(|error| Failure::other(format!("HTTPS is not available: {error}.")))
    }

    fn with(server: Url, concurrency: usize, lookup: Arc<dyn Resolve>) -> Result<Self, reqwest::Error> {
        let policy = Arc::new(AddressPolicy::new(server));
        let filtered = Arc::new(FilteredResolver {
            policy: Arc::clone(&policy),
            lookup: Arc::clone(&lookup),
        });
        Ok(Self {
            client: make_client(|builder| builder.dns_resolver(Arc::clone(&lookup)))?,
            storage: make_client(|builder| builder.dns_resolver(Arc::clone(&filtered)))?,
            policy,
            buffers: Buffers::new(2 * concurrency + 2),
            bearer: None,
            started: Instant::now(),
            throughput: Cell::default(),
        })
    }

    /// The same, as who is signed in.
    #[must_use]
    pub(crate) fn signed_in(mut self, token: AccessToken) -> Self {
        self.bearer = Some(token);
        self
    }

    /// Scheme, host and port of the server.
    pub(crate) fn origin(&self) -> String {
        self.policy.server().origin().ascii_serialization()
    }

    /// Milliseconds since it was made.
    fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1_000.0
    }

    /// A request to an address that the server gave.
    fn ask(&self, method: reqwest::Method, address: &str) -> Result<RequestBuilder, TransferError> {
        let (asked, url) = self.policy.resolve(address)?;
        let client = match asked {
            Destination::Server => &self.client,
            Destination::Storage => &self.storage,
        };
        Ok(client.request(method, url))
    }
}

/// Trusts what the system trusts; where the system brings no roots, those of Mozilla's list.
pub(crate) fn make_client(with: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client, reqwest::Error> {
    let builder = || {
        let builder = Client::builder()
            .user_agent(concat!("sealdrop/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true);
        with(builder)
    };
    builder().build().or_else(|_| {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let config = rustls::ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        builder().tls_backend_preconfigured(config).build()
    })
}

impl Platform for CliPlatform {
    type File = SourceFile;
    type Chunk = Plain;

    async fn read_plain(&self, file: &SourceFile, range: Range<u64>) -> Result<Vec<u8>, TransferError> {
        let extent = SourceExtent {
            file: file.clone(),
            offset: range.start,
            len: range.end - range.start,
        };
        off_thread(move || {
            let mut content = Vec::new();
            read_extents(&[extent], &mut content)?;
            Ok(content)
        })
        .await
    }

    async fn request(&self, request: ApiRequest) -> Result<ApiResponse, TransferError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sending = self.ask(method, &request.path)?.timeout(API_TIMEOUT);
        if let (Some(bearer), (Destination::Server, _)) = (&self.bearer, self.policy.resolve(&request.path)?) {
            let mut value = header::HeaderValue::from_str(&format!("Bearer {}", bearer.expose()))
                .map_err(|_| TransferError::device(DeviceFault::Internal, "authorization header"))?;
            value.set_sensitive(true);
            sending = sending.header(header::AUTHORIZATION, value);
        }
        if let Some(token) = &request.token {
            let mut value = header::HeaderValue::from_str(&token.expose())
                .map_err(|_| TransferError::device(DeviceFault::Internal, "token header"))?;
            value.set_sensitive(true);
            sending = sending.header(sealdrop_api::TOKEN_HEADER, value);
        }
        if let Some(body) = request.body {
            sending = sending.header(header::CONTENT_TYPE, "application/json").body(body.0);
        }
        let response = sending.send().await.map_err(unreachable)?;
        self.policy.met(response.remote_addr());
        if let Some(to) = redirect_of(&response) {
            return Err(TransferError::Redirected { to });
        }
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = read_body(response, MAX_ANSWER).await?;
        Ok(ApiResponse {
            status,
            retry_after,
            body,
        })
    }

    async fn seal_and_send(&self, job: PartJob<SourceFile>, sent: &dyn Fn(u64)) -> Result<SentPart, TransferError> {
        send::seal_and_send(self, job, sent).await
    }

    async fn send_sealed(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError> {
        send::put(self, url, Bytes::from_owner(Shared(sealed)), &|_| {}).await
    }

    async fn open_range(&self, job: OpenJob, received: &dyn Fn(u64)) -> Result<OpenedRange<Plain>, TransferError> {
        fetch::open_range(self, job, received).await
    }

    async fn derive_link_access(
        &self,
        link_id: LinkId,
        secret: &LinkSecret,
        password: Option<&str>,
    ) -> Result<LinkAccess, TransferError> {
        // The secret cannot be cloned: it crosses to the other thread as its text.
        let secret = secret.to_text();
        let password = password.map(|password| Zeroizing::new(password.to_owned()));
        off_thread(move || {
            let secret = LinkSecret::from_text(&secret)?;
            derive_link_access(link_id, &secret, password.as_ref().map(|password| password.as_str()))
        })
        .await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn normalize_nfc(&self, text: &str) -> String {
        text.nfc().collect()
    }

    fn normalize_nfkc(&self, text: &str) -> String {
        text.nfkc().collect()
    }
}

struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
