//! Brings everything up in an order that works, and down again.
//!
//! The listener comes first: the embedded bucket is served on it, and the service calls that bucket like any other. Until
//! the service is there, everything else is told to come back in a moment.

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{Router, response::IntoResponse as _, routing::get};
use sealdrop_api::ProblemType;
use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config, LocalS3Service};
use sealdrop_service::{
    AuthConfig, AuthSecret, AuthSecretError, BucketConfig, Clock, DatabaseConfig, Operator, Origin, PolicyLimits,
    PublicEndpoint, Service, ServiceConfig, StartError, SystemClock,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    app,
    config::{Bucket, Config},
    extract::{Bodies, unnamed_proxy::UnnamedProxy},
    listen::{Bounds, DRAIN_TIMEOUT, SwappableRouter, listen},
    mail::{Mailing, mailing, token::OperatorToken, webhook_secret::WebhookSecret},
    metrics::{serve_metrics, start_recording},
    middleware::{auth_throttle::throttle::AuthThrottle, csp::Policy, headers::hsts},
    payments::{Payments, payments_config},
    problem::ProblemResponse,
    running_address::running_address,
    site::Site,
    state::{AppState, Outside},
};

/// Why the server did not start; the text tells the operator what to look at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}{way_out}", way_out = way_out(.1))]
    Listen(SocketAddr, #[source] io::Error),
    /// The data folder cannot be made or written.
    #[error("the data folder {0} cannot be used: {1}")]
    Data(String, #[source] io::Error),
    /// The embedded bucket cannot be opened.
    #[error("the embedded bucket cannot be opened: {0}")]
    Bucket(#[from] sealdrop_local_s3::Error),
    /// Database or bucket cannot be used.
    #[error(transparent)]
    Service(#[from] StartError),
    /// The metrics cannot be counted.
    #[error("metrics cannot be counted: {0}")]
    Metrics(String),
    /// What sends mail cannot be made.
    #[error("mail cannot be sent: {0}")]
    Mail(String),
    /// What asks the payment provider cannot be made.
    #[error("payments cannot be taken: {0}")]
    Payments(String),
    /// The secret of sign-in cannot be used.
    #[error("the secret of sign-in cannot be used: {0}")]
    AuthSecret(#[from] AuthSecretError),
    /// The setting of this name is no origin.
    #[error("{0} is no origin")]
    NoOrigin(&'static str),
}

/// What to do where an address cannot be listened on.
fn way_out(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            ". Another program listens there, perhaps another Sealdrop: end it, or set SEALDROP_ADDR (such as 127.0.0.1:3001) or PORT"
        }
        io::ErrorKind::AddrNotAvailable => ". It is no address of this machine: set SEALDROP_ADDR",
        io::ErrorKind::PermissionDenied => {
            ". Ports below 1024 are the system's: set SEALDROP_ADDR or PORT to a higher one, with a proxy in front"
        }
        _ => "",
    }
}

/// A server that runs. Dropping it without [`Running::stop`] leaves its tasks to the runtime.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What it serves.
    pub service: Service,
    /// Where metrics are read, if they are.
    pub metrics: Option<SocketAddr>,
    /// Cancelled first: `/readyz` says that this server ends.
    draining: CancellationToken,
    /// How long what stands in front has to hear that, before new connections are refused.
    delay: Duration,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Says that it ends, stops taking requests after the configured delay, lets running ones end, and waits for all of it: at most
    /// [`DRAIN_TIMEOUT`] for requests.
    pub async fn stop(self) {
        self.draining.cancel();
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        self.stop.cancel();
        for task in self.tasks {
            // A task that panicked has ended too.
            let _ = task.await;
        }
    }
}

/// Listens, connects, and serves everything.
///
/// # Errors
/// What is in the way.
pub async fn start(config: &Config) -> Result<Running, Failure> {
    start_with(config, Arc::new(SystemClock)).await
}

/// The same with another clock.
///
/// # Errors
/// What is in the way.
pub async fn start_with(config: &Config, clock: Arc<dyn Clock>) -> Result<Running, Failure> {
    let mut running = serve(config, clock).await?;
    let jobs = running.service.clone().run_jobs(running.stop.clone());
    running.tasks.push(tokio::spawn(jobs));
    Ok(running)
}

/// Listens, connects and serves, and leaves background jobs to another process.
///
/// # Errors
/// What is in the way.
pub(crate) async fn start_without_worker(config: &Config) -> Result<Running, Failure> {
    let mut running = serve(config, Arc::new(SystemClock)).await?;
    let (service, stop) = (running.service.clone(), running.stop.clone());
    running
        .tasks
        .push(tokio::spawn(async move { service.run_upkeep(&stop).await }));
    Ok(running)
}

async fn serve(config: &Config, clock: Arc<dyn Clock>) -> Result<Running, Failure> {
    let recorder = config.metrics.map(|addr| Ok((addr, start_recording()?)));
    let recorder = recorder.transpose().map_err(Failure::Metrics)?;
    let Connected {
        mut running,
        bucket,
        router,
        mailing,
    } = connect(config, config.http.addr, clock, false).await?;
    running.delay = config.http.shutdown_delay;
    let kept_mails = match mailing.memory {
        Some(memory) => Some((memory, make_token(config)?)),
        None => None,
    };
    let public = public_origin(config)?;
    let links = origin_of("SEALDROP_LINK_URL", config.http.link_url.as_ref())?;
    let state = AppState {
        service: running.service.clone(),
        site: Site::open(&config.site),
        outside: Arc::new(Outside {
            public,
            links,
            trusted_hops: config.http.trusted_proxy_hops,
            prefixes: config.http.prefixes,
            unnamed_proxy: UnnamedProxy::default(),
            source_url: config.source_url.clone(),
            operator: config.operator.clone(),
            abuse_contact: config.abuse_contact.clone(),
        }),
        bodies: Bodies::new(config.http.max_bodies),
        auth_throttle: config.http.rate_limits.then(|| Arc::new(AuthThrottle::default())),
        arrivals: Arc::default(),
        draining: running.draining.clone(),
        kept_mails,
        payments: Payments::of(config),
        webhook_secret: config.mail.webhook_secret.as_ref().map(WebhookSecret::of),
        policy: Arc::new(Policy::new(config.bucket.connect_src(), config.http.is_https())),
    };
    if let Some((addr, handle)) = recorder {
        let (service, payments) = (running.service.clone(), state.payments.clone());
        let serving = serve_metrics(addr, handle, service, payments, running.stop.clone()).await;
        let (addr, task) = serving.map_err(|error| Failure::Listen(addr, error))?;
        running.metrics = Some(addr);
        running.tasks.push(task);
    }
    router.swap(app::build_router(state, bucket, hsts(&config.http)));
    Ok(running)
}

/// Connects without serving: what the commands need that look after a server that is not running.
///
/// # Errors
/// What is in the way.
pub async fn start_without_serving(config: &Config) -> Result<Running, Failure> {
    // The embedded bucket has to be reachable all the same; nobody else knows this port.
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    connect(config, loopback, Arc::new(SystemClock), false)
        .await
        .map(|connected| connected.running)
}

/// Connects on the address that a proxy in front knows, where the bucket is tried through it, and leaves the bucket as it is: neither
/// made nor marked.
///
/// # Errors
/// What is in the way.
pub(crate) async fn start_behind_proxy(config: &Config) -> Result<Running, Failure> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let connected = match connect(config, config.http.addr, Arc::new(SystemClock), true).await {
        Err(Failure::Listen(..)) => connect(config, loopback, Arc::new(SystemClock), true).await,
        connected => connected,
    };
    connected.map(|connected| connected.running)
}

/// Connects for a process that listens nowhere. The embedded bucket is the one of the server that runs on this machine.
///
/// # Errors
/// What is in the way.
pub(crate) async fn connect_beside_server(config: &Config) -> Result<Service, Failure> {
    prepare_data(config)?;
    let bucket = bucket_of(config, running_address(config))?;
    let mailing = mailing(config).map_err(Failure::Mail)?;
    if mailing.memory.is_some() {
        tracing::warn!(
            "mail that this process sends stays in it, where nobody can read it: set MAIL_URL, or let the server run the jobs"
        );
    }
    let config = service_config(config, bucket, None, &mailing)?;
    Ok(Service::connect(config, Arc::new(SystemClock)).await?)
}

/// How the bucket of a server that listens on `own` is reached, and the keys to it.
///
/// # Errors
/// When the keys cannot be read.
pub(crate) fn bucket_of(config: &Config, own: SocketAddr) -> Result<BucketConfig, Failure> {
    Ok(reach(&config.bucket)?.0.reached_at(own))
}

/// Makes the configured bucket this installation's, whosever it was; none of the embedded kind is anybody else's.
///
/// # Errors
/// What is in the way.
pub(crate) async fn take_bucket(config: &Config, operator: &Operator) -> Result<(), Failure> {
    if matches!(config.bucket, Bucket::Embedded { .. }) {
        return Ok(());
    }
    let bucket = bucket_of(config, config.http.addr)?;
    let database = DatabaseConfig::new(config.database.url.expose());
    Ok(Service::take_bucket(&database, &bucket, operator).await?)
}

/// What listens and is connected, and serves nothing yet.
struct Connected {
    running: Running,
    bucket: Option<LocalS3Service>,
    router: SwappableRouter,
    mailing: Mailing,
}

async fn connect(
    config: &Config,
    addr: SocketAddr,
    clock: Arc<dyn Clock>,
    looks_only: bool,
) -> Result<Connected, Failure> {
    prepare_data(config)?;
    let mailing = mailing(config).map_err(Failure::Mail)?;
    let (bucket, local) = open_bucket(&config.bucket).await?;
    let listener = TcpListener::bind(addr)
        .await
        .map_err(|error| Failure::Listen(addr, error))?;
    let addr = listener.local_addr().map_err(|error| Failure::Listen(addr, error))?;

    let service = local.as_ref().map(LocalS3::service);
    let (draining, stop) = (CancellationToken::new(), CancellationToken::new());
    let router = SwappableRouter::new(router_at_start(service.clone()), draining.clone());
    let listening = tokio::spawn(listen(
        listener,
        router.clone(),
        Bounds {
            in_all: config.http.max_connections,
            // Behind a proxy every connection is the proxy's.
            per_client: (config.http.trusted_proxy_hops == 0).then_some(config.http.max_connections_per_client),
            prefixes: config.http.prefixes,
            own: loopback_of(addr.ip()),
            listener: "public",
        },
        DRAIN_TIMEOUT.saturating_sub(config.http.shutdown_delay),
        stop.clone(),
    ));

    let mut config = service_config(config, bucket.reached_at(addr), local, &mailing)?;
    config.looks_only = looks_only;
    match Service::connect(config, clock).await {
        Ok(connected) => {
            let running = Running {
                addr,
                service: connected,
                metrics: None,
                draining,
                delay: Duration::ZERO,
                stop,
                tasks: vec![listening],
            };
            Ok(Connected {
                running,
                bucket: service,
                router,
                mailing,
            })
        }
        Err(error) => {
            stop.cancel();
            let _ = listening.await;
            Err(error.into())
        }
    }
}

/// Makes the data folder where it is missing, and keeps it private.
///
/// # Errors
/// When it cannot be made or written.
pub(crate) fn prepare_data(config: &Config) -> Result<(), Failure> {
    let unusable = |error| Failure::Data(config.data.display().to_string(), error);
    make_private_folder(&config.data).map_err(unusable)?;
    if config.database.is_embedded {
        keep_private(&config.data.join("sealdrop.db")).map_err(unusable)?;
    }
    if let Some(open) = is_open_to_others(&config.data) {
        tracing::warn!("{open}");
    }
    Ok(())
}

/// Until the service is there: the embedded bucket, signs of life, and "come back in a moment".
fn router_at_start(bucket: Option<LocalS3Service>) -> Router {
    let starting = || async { ProblemResponse::from(ProblemType::Unavailable).into_response() };
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(starting);
    app::with_bucket(router, bucket, Arc::default(), None)
}

/// The token of this start, for who may read the data folder.
fn make_token(config: &Config) -> Result<OperatorToken, Failure> {
    OperatorToken::make(&config.data).map_err(|error| Failure::Data(config.data.display().to_string(), error))
}

/// What people have in their address bar, if the operator says it.
fn public_origin(config: &Config) -> Result<Option<Origin>, Failure> {
    origin_of("SEALDROP_PUBLIC_URL", config.http.public_url.as_ref())
}

fn origin_of(setting: &'static str, url: Option<&Url>) -> Result<Option<Origin>, Failure> {
    let origin = url.map(|url| Origin::new(url.scheme(), url.authority()));
    origin.transpose().map_err(|_| Failure::NoOrigin(setting))
}

fn service_config(
    config: &Config,
    bucket: BucketConfig,
    local: Option<LocalS3>,
    mailing: &Mailing,
) -> Result<ServiceConfig, Failure> {
    let limits = &config.limits;
    let mut made = ServiceConfig::new(
        DatabaseConfig::new(config.database.url.expose()),
        bucket,
        auth_config(config)?,
    );
    made.mailer = Arc::clone(&mailing.mailer);
    made.public = public_origin(config)?;
    made.payments = payments_config(config).map_err(Failure::Payments)?;
    made.redis.clone_from(&config.redis);
    made.limits = PolicyLimits {
        guest_max_bytes: limits.guest_max_bytes,
        free_storage_bytes: limits.free_storage_bytes,
        default_expires_in: limits.default_expires_in,
        max_expires_in: limits.max_expires_in,
        default_downloads: limits.default_downloads,
        max_downloads: limits.max_downloads,
        client_max_open_uploads: config.quota.client_max_open_uploads,
        max_open_uploads: config.quota.max_open_uploads,
        client_max_promised_bytes: config.quota.client_max_promised_bytes,
        max_promised_bytes: config.quota.max_promised_bytes,
        client_new_uploads: if config.http.rate_limits {
            config.quota.client_new_uploads
        } else {
            0
        },
        ..PolicyLimits::default()
    };
    // A disk that cannot be asked is taken for full: better to refuse than to fill it.
    made.free_space = local.map(|local| Arc::new(move || local.available_bytes().unwrap_or(0)) as _);
    Ok(made)
}

/// The secret is the operator's, or one of its own that is kept beside the database and not in it.
fn auth_config(config: &Config) -> Result<AuthConfig, Failure> {
    let secret = match &config.auth.secret {
        Some(secret) => AuthSecret::new(secret.expose())?,
        None => AuthSecret::load_or_make(&config.data.join("auth-secret"))?,
    };
    let mut made = AuthConfig::new(secret);
    made.sign_up = config.auth.sign_up.clone();
    made.codes_per_hour = config.auth.codes_per_hour;
    made.limits_networks = config.http.rate_limits;
    Ok(made)
}

/// How the service reaches its bucket: known but for the embedded one's port.
struct Reach(BucketConfig, bool);

impl Reach {
    fn reached_at(self, own: SocketAddr) -> BucketConfig {
        let Self(mut bucket, is_embedded) = self;
        if is_embedded {
            let _ = bucket.endpoint.set_ip_host(loopback_of(own.ip()));
            let _ = bucket.endpoint.set_port(Some(own.port()));
        }
        bucket
    }
}

/// Where a listener can be reached from its own machine.
pub(crate) fn loopback_of(listening: IpAddr) -> IpAddr {
    match listening {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

async fn open_bucket(bucket: &Bucket) -> Result<(Reach, Option<LocalS3>), Failure> {
    let (reach, config) = reach(bucket)?;
    let local = match config {
        Some(config) => Some(LocalS3::open(config).await?),
        None => None,
    };
    Ok((reach, local))
}

fn reach(bucket: &Bucket) -> Result<(Reach, Option<LocalS3Config>), Failure> {
    match bucket {
        Bucket::Embedded { folder, credentials } => {
            let credentials = Credentials::load_or_make(credentials)?;
            let config = LocalS3Config::new(folder, &credentials);
            let reach = BucketConfig {
                endpoint: Url::parse("http://127.0.0.1").expect("a constant that parses"),
                region: "local".to_owned(),
                bucket: config.bucket.clone(),
                access_key: credentials.access_key.clone(),
                secret_key: credentials.secret_key.clone(),
                path_style: true,
                public: PublicEndpoint::SameOrigin,
            };
            Ok((Reach(reach, true), Some(config)))
        }
        Bucket::External(external) => {
            let reach = BucketConfig {
                endpoint: external.endpoint.clone(),
                region: external.region.clone(),
                bucket: external.bucket.clone(),
                access_key: external.access_key_id.expose().to_owned(),
                secret_key: external.secret_access_key.expose().to_owned(),
                path_style: external.path_style,
                public: PublicEndpoint::Absolute(external.public_endpoint.clone()),
            };
            Ok((Reach(reach, false), None))
        }
    }
}

/// What is wrong with a data folder that others than its owner may look into.
pub(crate) fn is_open_to_others(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).ok()?.permissions());
        if mode & 0o077 != 0 {
            let (path, mode) = (path.display(), mode & 0o777);
            return Some(format!(
                "{path} may be read by others than its owner (mode {mode:o}): chmod 700 it"
            ));
        }
    }
    None
}

/// Makes the database's file before SQLite does, whose files everybody may read. What SQLite puts beside it has the same mode.
fn keep_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path);
    // A file that can only be read is found out where it is used, in better words.
    #[cfg(unix)]
    for name in ["", "-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mut file = path.as_os_str().to_owned();
        file.push(name);
        let open = fs::metadata(&file).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        if open && fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).is_err() {
            tracing::warn!("{} may be read by others: chmod 600 it", Path::new(&file).display());
        }
    }
    match made {
        Err(error) if path.exists() => {
            tracing::warn!(%error, "{} cannot be written", path.display());
            Ok(())
        }
        made => made.map(drop),
    }
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
