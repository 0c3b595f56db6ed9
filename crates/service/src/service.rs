//! The service itself: what every operation shares.

use std::{
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Duration,
};

use sealdrop_mail::Mailer;

use crate::{
    auth::config::AuthConfig,
    billing::config::PaymentsConfig,
    brake::Brakes,
    bucket::{Bucket, UnfinishedMarker},
    clients::Clients,
    clock::Clock,
    config::{FreeSpace, PolicyLimits, ServiceConfig},
    error::{InternalError, StartError},
    installation,
    jobs::wake::Wake,
    links::opened::Opened,
    origin::Origin,
    redis::Redis,
    steady::Steady,
    store::{Store, clock, plans},
    uploads::Completing,
};

/// Everything the server does that is not HTTP. Cheap to clone; clones share one database pool and one bucket client.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
}

/// What clones share.
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) bucket: Bucket,
    pub(crate) clock: Arc<dyn Clock>,
    /// Clients that reserved uploads lately.
    pub(crate) clients: Clients,
    /// What is thought of that clock.
    pub(crate) steady: Mutex<Steady>,
    /// The brake that keeps expiry from ending too much in one pass.
    pub(crate) brakes: Brakes,
    pub(crate) limits: PolicyLimits,
    pub(crate) auth: AuthConfig,
    pub(crate) free_space: Option<FreeSpace>,
    pub(crate) complete_wait: Duration,
    pub(crate) reap_every: Duration,
    pub(crate) mailer: Arc<dyn Mailer>,
    /// What people have in their address bar, if that is known.
    pub(crate) public: Option<Origin>,
    /// How money is taken, if it is.
    pub(crate) payments: Option<PaymentsConfig>,
    /// Completions that this process is carrying on; every request for one of them waits for the same end.
    pub(crate) completing: Mutex<Completing>,
    /// Looks at links that are not written yet.
    pub(crate) opened: Opened,
    /// What servers of one installation share for a short time, if the operator has it.
    pub(crate) redis: Option<Arc<Redis>>,
    /// Tells the background loops that there is something to do before their time.
    pub(crate) wake: Wake,
    /// Which installation this is.
    pub(crate) installation: String,
    /// Whether the bucket is known to be its own.
    pub(crate) owns_bucket: AtomicBool,
    /// Where the search for orphans in the bucket goes on.
    pub(crate) cursor: Mutex<Option<UnfinishedMarker>>,
}

impl Service {
    /// Connects to the database, brings its schema up to date, and makes the bucket if it is missing and may be made.
    ///
    /// A SQLite file is created. A bucket that cannot be reached is logged and asked again later; the embedded one should
    /// be listening before. Needs rustls' process-wide crypto provider when the database is reached by TLS.
    ///
    /// # Errors
    /// [`StartError`], whose text tells the operator what to look at.
    pub async fn connect(config: ServiceConfig, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let store = Store::open(&config.database).await?;
        plans::keep_free(&store, config.limits.free_storage_bytes)
            .await
            .map_err(|error| StartError::Database(error.into()))?;
        let bucket = Bucket::new(&config.bucket);
        let installation = installation::id(&store)
            .await
            .map_err(|error| StartError::Database(error.into()))?;
        let owns_bucket = if config.looks_only {
            installation::may_own(&bucket, &installation).await?
        } else {
            bucket.ensure(&config.bucket.region).await? && installation::owns(&bucket, &installation).await?
        };
        let steady = begin(&store, &*clock)
            .await
            .map_err(|error| StartError::Database(error.into()))?;
        let redis = config.redis.map(|redis| Redis::new(redis, &installation)).transpose();
        let redis = redis.map_err(|error| {
            StartError::Database(InternalError::lasting("making a name for this process", error).into())
        })?;
        let inner = Inner {
            store,
            bucket,
            clock,
            clients: Clients::default(),
            brakes: Brakes::new(steady.begun_at()),
            steady: Mutex::new(steady),
            limits: config.limits,
            auth: config.auth,
            free_space: config.free_space,
            complete_wait: config.complete_wait,
            reap_every: config.reap_every,
            mailer: config.mailer,
            public: config.public,
            payments: config.payments,
            completing: Mutex::default(),
            opened: Opened::default(),
            wake: Wake::new(redis.clone()),
            redis,
            installation,
            owns_bucket: AtomicBool::new(owns_bucket),
            cursor: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Brings the schema of a database up to date and does nothing else.
    ///
    /// # Errors
    /// [`StartError::Database`] and [`StartError::Migration`].
    pub async fn migrate(config: &crate::config::DatabaseConfig) -> Result<(), StartError> {
        Store::open(config).await.map(drop)
    }
}

/// What the database knows of the clock, when the service starts.
async fn begin(store: &Store, clock: &dyn Clock) -> Result<Steady, InternalError> {
    let note = clock::find(store.reader()).await?;
    let newest = match note {
        Some(_) => None,
        None => clock::newest_row(store.reader()).await?,
    };
    Ok(Steady::begin(note, newest, clock))
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service")
            .field("limits", &self.inner.limits)
            .finish_non_exhaustive()
    }
}
