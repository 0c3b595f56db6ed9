//! The browser as the engine's platform.

mod derive_in_worker;
mod extents;
mod online;
mod open_range;
mod read_plain;
mod request;
mod throughput;

use core::{ops::Range, time::Duration};
use std::{cell::Cell, rc::Rc, sync::Arc};

use futures::{StreamExt as _, channel::mpsc::unbounded, future::join};
use gloo_timers::future::TimeoutFuture;
use js_sys::{JsString, Uint8Array};
use sealdrop_api::LinkId;
use sealdrop_crypto::{Kind, LinkSecret, Padding};
use sealdrop_transfer::{
    ApiRequest, ApiResponse, DeviceFault, LinkAccess, OpenJob, OpenedRange, PartJob, Platform, SentPart, Throughput,
    TransferError,
};
use zeroize::Zeroizing;

use self::extents::{path_of, sources_of};
use crate::{
    chunk::Pieces,
    source::SourceFile,
    worker::{Pool, WorkerRequest},
};

/// The browser as the engine's platform. Clones share what they know.
#[derive(Clone)]
pub(crate) struct BrowserPlatform {
    pool: Pool,
    /// Of the last parts and ranges that moved.
    throughput: Rc<Cell<Throughput>>,
}

impl BrowserPlatform {
    /// The platform of this page.
    pub(crate) fn new() -> Self {
        Self {
            pool: Pool::of_page(),
            throughput: Rc::default(),
        }
    }
}

impl Platform for BrowserPlatform {
    type File = SourceFile;
    type Chunk = Pieces;

    async fn request(&self, request: ApiRequest) -> Result<ApiResponse, TransferError> {
        request::request(request).await
    }

    async fn read_plain(&self, file: &SourceFile, range: Range<u64>) -> Result<Vec<u8>, TransferError> {
        read_plain::read_plain(file, range).await
    }

    async fn seal_and_send(&self, job: PartJob<SourceFile>, sent: &dyn Fn(u64)) -> Result<SentPart, TransferError> {
        // Workers keep no count between two jobs: the plan's own writer counts what is sealed under its key.
        job.object.writer().part(job.part)?;
        let message = WorkerRequest::new("seal");
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
        let response = self.run(&message, job.sealed_len, sent, file_of).await?;
        self.note_throughput(&response, job.sealed_len);
        let digests = response.digests().to_vec();
        let (digests, []) = digests.as_chunks() else {
            return Err(TransferError::device(DeviceFault::Internal, "digests of a worker"));
        };
        Ok(SentPart {
            etag: response.response_etag(),
            digests: digests.to_vec(),
        })
    }

    async fn send_sealed(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError> {
        let message = WorkerRequest::new("send");
        message.set_url(url);
        message.set_bytes(&Uint8Array::from(sealed.as_slice()));
        let response = self
            .run(&message, sealed.len() as u64, &|_| {}, |_| String::new())
            .await?;
        Ok(response.response_etag())
    }

    async fn open_range(&self, job: OpenJob, received: &dyn Fn(u64)) -> Result<OpenedRange<Pieces>, TransferError> {
        let (moved, mut heard) = unbounded();
        let opening = open_range::open_range(self.clone(), job, moved);
        let hearing = async {
            while let Some(bytes) = heard.next().await {
                received(bytes);
            }
        };
        // It ends with what says how far it is.
        let (opened, ()) = join(opening, hearing).await;
        // Its code comes from the same server as every answer.
        opened.unwrap_or(Err(TransferError::Unreachable))
    }

    async fn derive_link_access(
        &self,
        link_id: LinkId,
        secret: &LinkSecret,
        password: Option<&str>,
    ) -> Result<LinkAccess, TransferError> {
        let Some(password) = password else {
            return sealdrop_transfer::derive_link_access_without_password(link_id, secret);
        };
        let password = Zeroizing::new(password.to_owned());
        let derived = derive_in_worker::derive_in_worker(self.pool.clone(), link_id, secret.to_text(), password).await;
        // Its code comes from the same server as every answer.
        derived.unwrap_or(Err(TransferError::Unreachable))
    }

    async fn sleep(&self, duration: Duration) {
        TimeoutFuture::new(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX >> 1)).await;
    }

    fn now(&self) -> Duration {
        Duration::from_secs_f64(now_ms() / 1_000.0)
    }

    fn is_online(&self) -> bool {
        online::is_online()
    }

    async fn wait_online(&self) {
        online::wait_online().await;
    }

    fn normalize_nfc(&self, text: &str) -> String {
        normalize(text, "NFC")
    }

    fn normalize_nfkc(&self, text: &str) -> String {
        normalize(text, "NFKC")
    }
}

/// Milliseconds since the page began.
fn now_ms() -> f64 {
    let clock = web_sys::window().and_then(|window| window.performance());
    clock.map_or(0.0, |clock| clock.now()).max(0.0)
}

/// The engine's tables are large and tested; carrying our own would double what a visit loads.
fn normalize(text: &str, form: &str) -> String {
    String::from(JsString::from(text).normalize(form))
}
