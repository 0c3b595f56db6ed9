//! The embedded bucket on a loopback port.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::Context as _;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config, LocalS3Service};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::endpoint::{Endpoint, ServerKind};

/// Serves `service` on `listener` until `stop` resolves, then lets running requests finish for five seconds.
pub async fn serve(listener: TcpListener, service: LocalS3Service, stop: impl Future<Output = ()>) {
    let server = auto::Builder::new(TokioExecutor::new());
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    continue;
                }
            },
            () = &mut stop => break,
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let connection = server
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service.clone()))
            .into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(Duration::from_secs(5), graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests were cut off");
    }
}

/// A [`LocalS3`] that is served from this process, in a folder of its own unless one is given.
#[derive(Debug)]
pub struct LocalS3Process {
    /// How to reach it.
    pub endpoint: Endpoint,
    /// The bucket behind it.
    pub bucket: LocalS3,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
    _folder: Option<tempfile::TempDir>,
}

impl LocalS3Process {
    /// Starts on a free port.
    ///
    /// # Errors
    /// When the folder cannot be opened or no port is free.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("bucket");
        Self::start_with(root, Some(folder), |_| {}).await
    }

    /// Starts over `root`, with a configuration changed by `change`.
    ///
    /// # Errors
    /// When the folder cannot be opened or no port is free.
    pub async fn start_in(root: PathBuf, change: impl FnOnce(&mut LocalS3Config)) -> anyhow::Result<Self> {
        Self::start_with(root, None, change).await
    }

    async fn start_with(
        root: PathBuf,
        folder: Option<tempfile::TempDir>,
        change: impl FnOnce(&mut LocalS3Config),
    ) -> anyhow::Result<Self> {
        let credentials = Credentials::new("TESTACCESSKEY".to_owned(), "test-secret-key".to_owned());
        let mut config = LocalS3Config::new(root, &credentials);
        change(&mut config);
        let name = config.bucket.clone();
        let bucket = LocalS3::open(config).await?;
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let url = format!(
            "http://{}",
            listener.local_addr().context("the listener has no address")?
        );
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, bucket.service(), async move {
            // A dropped sender stops the server as well.
            let _ = stopped.await;
        }));
        let endpoint = Endpoint {
            kind: ServerKind::Local,
            url,
            bucket: name,
            region: "us-east-1".to_owned(),
            access_key: credentials.access_key.clone(),
            secret_key: credentials.secret_key.clone(),
        };
        Ok(Self {
            endpoint,
            bucket,
            stop: Some(stop),
            served: Some(served),
            _folder: folder,
        })
    }

    /// Stops it and waits until its folder is free again.
    pub async fn stop(mut self) {
        self.stop.take();
        if let Some(served) = self.served.take()
            && let Err(error) = served.await
        {
            tracing::warn!(%error, "the server did not end well");
        }
    }
}
