//! The browser as the spine's platform.

use core::{ops::Range, time::Duration};
use std::{cell::Cell, rc::Rc, sync::Arc};

use futures::{
    FutureExt,
    future::{Either, select},
    pin_mut,
};
use gloo_net::http::{Method as GlooMethod, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Float64Array, JsString, Uint8Array};
use sealdrop_api::{LinkId, Method, TOKEN_HEADER};
use sealdrop_crypto::{Kind, LinkSecret, Padding, PayloadKey, size};
use sealdrop_transfer::{
    ApiRequest, ApiResponse, LinkAccess, OpenJob, OpenedHeader, OpenedRange, PartJob, Platform, SentPart, SourceExtent,
    TransferError,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials};

use crate::{
    chunk::Pieces,
    source::SourceFile,
    worker::{Job, Pool, Said},
};

/// Milliseconds after which a request to the API counts as unanswered.
const ANSWERED_WITHIN: u32 = 60_000;
/// Milliseconds: what is expected to take longer is slow enough to ask how far it is.
const SLOW_MS: f64 = 2_500.0;
/// Without progress for this long, a connection is taken for dead.
const STALLED: Duration = Duration::from_secs(30);
/// Milliseconds between two looks at the progress.
const LOOK_EVERY: u32 = 2_000;

/// The browser as the spine's platform. Clones share what they know.
#[derive(Clone)]
pub(crate) struct BrowserPlatform {
    pool: Pool,
    /// Milliseconds a byte, of the last part or range that moved; nothing where that is not known, or no longer true.
    pace: Rc<Cell<Option<f64>>>,
}

impl BrowserPlatform {
    /// The platform of this page.
    pub(crate) fn new() -> Self {
        Self {
            pool: Pool::of_page(),
            pace: Rc::default(),
        }
    }

    /// The date, in milliseconds since 1970 UTC, of a moment of [`Platform::now`].
    pub(crate) fn date_of(&self, ms: u64) -> f64 {
        js_sys::Date::now() - (self.now().as_millis() as f64 - ms as f64)
    }

    /// Whether so many bytes are slow enough to ask how far they are; also where nobody knows.
    fn is_slow(&self, bytes: u64) -> bool {
        self.pace.get().is_none_or(|pace| pace * bytes as f64 >= SLOW_MS)
    }

    /// Runs a job of moving so many bytes, and gives up on it when nothing moves any longer. A slow line tells how far it is;
    /// a fast one does not, and is done long before that.
    async fn run(
        &self,
        job: &Job,
        bytes: u64,
        progress: &dyn Fn(u64),
        file_of: impl Fn(u32) -> String,
    ) -> Result<Said, TransferError> {
        job.set_progress(self.is_slow(bytes));
        let last = Cell::new(self.now());
        let moved = |bytes| {
            last.set(self.now());
            progress(bytes);
        };
        let running = self.pool.run(job, &moved);
        let stalled = async {
            while self.now().saturating_sub(last.get()) < STALLED {
                TimeoutFuture::new(LOOK_EVERY).await;
            }
        };
        pin_mut!(running, stalled);
        match select(running, stalled).await {
            Either::Left((said, _)) => said.map_err(|fault| fault.into_transfer(file_of)),
            Either::Right(_) => {
                // It was silent, or slower than anybody thought: the next attempt tells how far it is.
                self.pace.set(None);
                Err(TransferError::Unreachable)
            }
        }
    }

    /// A range of one record says as much as a whole part: what counts is the time for a byte.
    fn note_pace(&self, said: &Said, bytes: u64) {
        let took = said.took();
        if took.is_finite() && bytes > 0 {
            self.pace.set(Some(took.max(0.0) / bytes as f64));
        }
    }
}

impl Platform for BrowserPlatform {
    type File = SourceFile;
    type Chunk = Pieces;

    async fn request(&self, request: ApiRequest) -> Result<ApiResponse, TransferError> {
        let aborter = Aborter::new()?;
        let method = match request.method {
            Method::Get => GlooMethod::GET,
            Method::Post => GlooMethod::POST,
            Method::Patch => GlooMethod::PATCH,
            Method::Delete => GlooMethod::DELETE,
        };
        let mut builder = RequestBuilder::new(&request.path)
            .method(method)
            .cache(RequestCache::NoStore)
            .credentials(RequestCredentials::SameOrigin)
            .referrer_policy(ReferrerPolicy::NoReferrer)
            .abort_signal(Some(&aborter.0.signal()));
        if let Some(token) = &request.token {
            builder = builder.header(TOKEN_HEADER, &token.expose());
        }
        let broken = |_| TransferError::Device("a request cannot be made".to_owned());
        let built = match request.body {
            Some(body) => builder
                .header("content-type", "application/json")
                .body(body.0)
                .map_err(broken)?,
            None => builder.build().map_err(broken)?,
        };
        let answer = async {
            let response = built.send().await.map_err(|_| TransferError::Unreachable)?;
            let retry_after = response
                .headers()
                .get("retry-after")
                .and_then(|text| text.trim().parse().ok());
            let body = response.binary().await.map_err(|_| TransferError::Unreachable)?;
            Ok(ApiResponse {
                status: response.status(),
                retry_after,
                body,
            })
        };
        let patience = TimeoutFuture::new(ANSWERED_WITHIN);
        pin_mut!(answer, patience);
        match select(answer, patience).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(TransferError::Unreachable),
        }
    }

    async fn read_plain(&self, file: &SourceFile, range: Range<u64>) -> Result<Vec<u8>, TransferError> {
        let unreadable = |_| TransferError::SourceUnreadable {
            file: file.path.to_string(),
            why: String::new(),
        };
        // Making a slice costs a call into the browser's process; a small file needs none.
        let slice = if range == (0..file.len) {
            file.file.clone().into()
        } else {
            file.file
                .slice_with_f64_and_f64(range.start as f64, range.end as f64)
                .map_err(unreadable)?
        };
        // An engine that notices a change on the disk refuses to read.
        let bytes = wasm_bindgen_futures::JsFuture::from(slice.array_buffer())
            .await
            .map_err(unreadable)?;
        let bytes = Uint8Array::new(&bytes).to_vec();
        if bytes.len() as u64 == range.end - range.start {
            Ok(bytes)
        } else {
            Err(TransferError::SourceChanged {
                file: file.path.to_string(),
            })
        }
    }

    async fn seal_and_send(&self, job: PartJob<SourceFile>, sent: &dyn Fn(u64)) -> Result<SentPart, TransferError> {
        // Workers keep no count between two jobs: the plan's own writer counts what is sealed under its key.
        job.object.writer().part(job.part)?;
        let message = Job::new("seal");
        let object = &job.object;
        message.set_url(&job.url);
        message.set_object_id(&object.object_id().to_string());
        message.set_fek(&object.identity().fek().to_text());
        message.set_salt(&Uint8Array::from(object.identity().salt().as_slice()));
        message.set_is_manifest(object.kind() == Kind::Manifest);
        message.set_is_padded(object.padding() == Padding::Padded);
        message.set_content_len(object.content_len() as f64);
        message.set_part_len(object.part_len() as f64);
        message.set_part(job.part);
        message.set_sealed_len(job.sealed_len as f64);
        let (files, ranges) = sources_of(&job.extents);
        message.set_files(&files);
        message.set_ranges(&ranges);
        let file_of = |slice: u32| path_of(&job.extents, slice as usize);
        let said = self.run(&message, job.sealed_len, sent, file_of).await?;
        self.note_pace(&said, job.sealed_len);
        let digests = said.digests().to_vec();
        let (digests, []) = digests.as_chunks() else {
            return Err(TransferError::Device("a worker gave half a digest".to_owned()));
        };
        Ok(SentPart {
            etag: said.said_etag(),
            digests: digests.to_vec(),
        })
    }

    async fn send_sealed(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError> {
        let message = Job::new("send");
        message.set_url(url);
        message.set_bytes(&Uint8Array::from(sealed.as_slice()));
        let said = self
            .run(&message, sealed.len() as u64, &|_| {}, |_| String::new())
            .await?;
        Ok(said.said_etag())
    }

    async fn open_range(&self, job: OpenJob, received: &dyn Fn(u64)) -> Result<OpenedRange<Pieces>, TransferError> {
        let message = Job::new("open");
        message.set_url(&job.url);
        message.set_etag(&job.etag);
        message.set_object_id(&job.object_id.to_string());
        message.set_fek(&job.fek.to_text());
        message.set_is_manifest(job.kind == Kind::Manifest);
        message.set_stream_len(job.stream_len as f64);
        message.set_first_record(job.records.start as f64);
        message.set_end_record(job.records.end as f64);
        if let Some(known) = &job.known {
            message.set_header(&Uint8Array::from(known.bytes.as_slice()));
            message.set_content_len(known.content_len as f64);
        }
        let len = (job.records.end - job.records.start) * size::R;
        let said = self.run(&message, len, received, |_| String::new()).await?;
        self.note_pace(&said, len);
        let digest = said.digests();
        let digest = if digest.is_undefined() {
            None
        } else {
            Some(array_of(&digest)?)
        };
        let header = OpenedHeader {
            bytes: array_of(&said.said_header())?,
            content_len: said.said_content_len() as u64,
        };
        let content = Pieces::new(said.pieces().iter().map(JsCast::unchecked_into).collect());
        Ok(OpenedRange {
            content,
            header,
            digest,
        })
    }

    async fn derive_link_access(
        &self,
        link_id: LinkId,
        secret: &LinkSecret,
        password: Option<&str>,
    ) -> Result<LinkAccess, TransferError> {
        let Some(password) = password else {
            return sealdrop_transfer::derive_link_access(link_id, secret, None);
        };
        let message = Job::new("derive");
        message.set_link_id(&link_id.to_string());
        message.set_secret(&secret.to_text());
        message.set_password(password);
        let said = self
            .pool
            .run(&message, &|_| {})
            .await
            .map_err(|fault| fault.into_transfer(|_| String::new()))?;
        // That worker is gone; what comes next finds others.
        self.pool.warm();
        let malformed = |_| TransferError::Device("a worker gave no keys".to_owned());
        Ok(LinkAccess {
            payload_key: PayloadKey::from_text(&said.payload_key())?,
            auth: said.auth().parse().map_err(malformed)?,
            verifier: said.verifier().parse().map_err(malformed)?,
        })
    }

    async fn sleep(&self, duration: Duration) {
        TimeoutFuture::new(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX >> 1)).await;
    }

    fn now(&self) -> Duration {
        let ms = web_sys::window()
            .and_then(|window| window.performance())
            .map_or(0.0, |clock| clock.now());
        Duration::from_secs_f64(ms.max(0.0) / 1_000.0)
    }

    fn is_online(&self) -> bool {
        is_online()
    }

    async fn wait_online(&self) {
        // Not every engine fires `online` after a sleep: look as well.
        while !is_online() {
            let (changed, look) = (online_event(), TimeoutFuture::new(3_000).fuse());
            pin_mut!(changed, look);
            select(changed, look).await;
        }
    }

    fn normalize_nfc(&self, text: &str) -> String {
        normalize(text, "NFC")
    }

    fn normalize_nfkc(&self, text: &str) -> String {
        normalize(text, "NFKC")
    }
}

/// Aborts a request whose future is dropped.
struct Aborter(AbortController);

impl Aborter {
    fn new() -> Result<Self, TransferError> {
        AbortController::new()
            .map(Self)
            .map_err(|_| TransferError::Device("no AbortController".to_owned()))
    }
}

impl Drop for Aborter {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The files that a part is made of, and first byte and end in each. Slicing and reading them is the worker's: both wait for
/// the browser's process, and a part of small files has a thousand of them.
fn sources_of(extents: &[SourceExtent<SourceFile>]) -> (Array, Float64Array) {
    let files = extents.iter().map(|extent| &extent.file.file).collect();
    let ranges: Vec<f64> = extents
        .iter()
        .flat_map(|extent| [extent.offset as f64, (extent.offset + extent.len) as f64])
        .collect();
    (files, Float64Array::from(ranges.as_slice()))
}

fn path_of(extents: &[SourceExtent<SourceFile>], slice: usize) -> String {
    extents
        .get(slice)
        .map(|extent| extent.file.path.to_string())
        .unwrap_or_default()
}

fn array_of<const N: usize>(bytes: &Uint8Array) -> Result<[u8; N], TransferError> {
    bytes
        .to_vec()
        .try_into()
        .map_err(|_| TransferError::Device("a worker gave bytes of another length".to_owned()))
}

fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// The next `online` event.
async fn online_event() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let options = web_sys::AddEventListenerOptions::new();
            options.set_once(true);
            // Without it the caller's clock still looks.
            let _ =
                window.add_event_listener_with_callback_and_add_event_listener_options("online", &resolve, &options);
        }
    });
    // It never rejects.
    let _: Result<JsValue, JsValue> = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// The engine's tables are large and tested; carrying our own would double what a visit loads.
fn normalize(text: &str, form: &str) -> String {
    String::from(JsString::from(text).normalize(form))
}
