//! The embedded bucket in this process, behind a proxy that misbehaves as a test says.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU32, Ordering},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config};
use tempfile::TempDir;
use tokio::{sync::Notify, task::JoinHandle};

/// What the door does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fault {
    /// Lets everything pass.
    None = 0,
    /// Answers 503 and does nothing.
    Down = 1,
    /// Lets Complete happen and loses the answer.
    LosesComplete = 2,
    /// Lets everything but Complete pass, which answers 503 and does not happen.
    RefusesComplete = 3,
    /// Answers 200 to Complete, with an error inside, and does nothing.
    ErrorInsideComplete = 4,
    /// Lets Complete happen after seven seconds.
    SlowComplete = 5,
    /// Answers 403 to everything and says nothing but its time, as S3 answers to a HEAD whose clock is wrong.
    Forbids = 6,
    /// Answers 204 to one abort and does nothing: what S3 lists when a part landed after it.
    OvertakesAbort = 7,
    /// Answers 403 to Complete, today and tomorrow: the upload cannot be carried on.
    DeniesComplete = 8,
    /// Answers as if there were no bucket of this name.
    NoBucket = 9,
    /// Answers 403 to a deletion of an object whose name begins with [`STUCK`].
    KeepsStuck = 10,
    /// Never answers an abort.
    SwallowsAborts = 11,
    /// Never answers.
    Silent = 12,
}

/// Objects that [`Fault::KeepsStuck`] is about.
pub(crate) const STUCK: &str = "o/stuck-";

#[derive(Default)]
struct Door {
    fault: AtomicU8,
    completes: AtomicU32,
    refused: AtomicU32,
    swallowed: Notify,
}

/// A bucket on a free port, in a folder that goes with it.
pub(crate) struct TestBucket {
    pub(crate) authority: String,
    /// The same bucket, never misbehaving.
    pub(crate) back_door: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    door: Arc<Door>,
    serving: [JoinHandle<()>; 2],
    _folder: TempDir,
}

impl TestBucket {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let credentials = Credentials::new("AKTEST".to_owned(), "secret-of-the-tests".to_owned());
        let config = LocalS3Config::new(folder.path().join("bucket"), &credentials);
        let bucket = LocalS3::open(config).await.expect("the bucket opens");
        let door = Arc::new(Door::default());
        let app = Router::new()
            .route_service("/blobs", bucket.service())
            .route_service("/blobs/", bucket.service())
            .route_service("/blobs/{*key}", bucket.service());
        let (back_door, behind) = serve(app.clone()).await;
        let (authority, before) = serve(app.layer(from_fn_with_state(Arc::clone(&door), misbehave))).await;
        Self {
            authority,
            back_door,
            access_key: credentials.access_key.clone(),
            secret_key: credentials.secret_key.clone(),
            door,
            serving: [before, behind],
            _folder: folder,
        }
    }

    pub(crate) fn misbehave(&self, fault: Fault) {
        self.door.fault.store(fault as u8, Ordering::SeqCst);
    }

    /// Completes that reached the bucket.
    pub(crate) fn completes(&self) -> u32 {
        self.door.completes.load(Ordering::SeqCst)
    }
}

impl TestBucket {
    /// Completes that were answered with an error inside.
    pub(crate) fn refused(&self) -> u32 {
        self.door.refused.load(Ordering::SeqCst)
    }

    /// Ends once an abort was asked for that will never be answered.
    pub(crate) async fn swallowed(&self) {
        self.door.swallowed.notified().await;
    }
}

impl Drop for TestBucket {
    fn drop(&mut self) {
        self.serving.iter().for_each(JoinHandle::abort);
    }
}

async fn serve(app: Router) -> (String, JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let authority = listener.local_addr().expect("an address").to_string();
    let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    (authority, serving)
}

async fn misbehave(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let fault = door.fault.load(Ordering::SeqCst);
    let query = request.uri().query().unwrap_or("");
    let completes = request.method() == Method::POST && query.contains("uploadId=");
    let away = || StatusCode::SERVICE_UNAVAILABLE.into_response();
    if fault == Fault::Silent as u8 {
        return std::future::pending().await;
    }
    if fault == Fault::Down as u8 || (completes && fault == Fault::RefusesComplete as u8) {
        return away();
    }
    if completes && fault == Fault::DeniesComplete as u8 {
        let denied = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code></Error>";
        return (StatusCode::FORBIDDEN, [("content-type", "application/xml")], denied).into_response();
    }
    if fault == Fault::NoBucket as u8 {
        let gone = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchBucket</Code></Error>";
        return (StatusCode::NOT_FOUND, [("content-type", "application/xml")], gone).into_response();
    }
    if completes && fault == Fault::ErrorInsideComplete as u8 {
        door.refused.fetch_add(1, Ordering::SeqCst);
        let inside = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>InternalError</Code>\
                      <Message>We encountered an internal error. Please try again.</Message></Error>";
        return ([("content-type", "application/xml")], inside).into_response();
    }
    if completes && fault == Fault::SlowComplete as u8 {
        tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    }
    if fault == Fault::OvertakesAbort as u8 && request.method() == Method::DELETE && query.contains("uploadId=") {
        door.fault.store(Fault::None as u8, Ordering::SeqCst);
        return StatusCode::NO_CONTENT.into_response();
    }
    if fault == Fault::SwallowsAborts as u8 && request.method() == Method::DELETE && query.contains("uploadId=") {
        door.swallowed.notify_one();
        return std::future::pending().await;
    }
    let deletes_stuck =
        request.method() == Method::DELETE && request.uri().path().starts_with(&format!("/blobs/{STUCK}"));
    if fault == Fault::Forbids as u8 || (fault == Fault::KeepsStuck as u8 && deletes_stuck) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if completes {
        door.completes.fetch_add(1, Ordering::SeqCst);
    }
    let answer = next.run(request).await;
    if completes && fault == Fault::LosesComplete as u8 {
        away()
    } else {
        answer
    }
}
