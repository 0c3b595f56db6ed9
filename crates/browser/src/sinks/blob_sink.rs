//! A file that is kept whole before it is saved. The engine holds the bytes in its own store of blobs, which it may
//! put on disk.

use gloo_timers::callback::Timeout;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use sealdrop_transfer::{SinkFile, TransferError};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::{download_stream::DownloadStream, failure::refused};
use crate::sinks::picked_location::{PickedLocation, Written};

/// Bytes of a blob that are read at a time.
const STEP: f64 = 4_194_304.0;
/// Milliseconds for which the address of a blob stays valid: a browser starts saving immediately, but not synchronously.
const ADDRESS_LIVES: u32 = 60_000;

/// Where it goes when it is whole.
pub(super) enum Onward {
    /// Into the place that the person chose.
    Picked(PickedLocation),
    /// A download of the browser's own, through the service worker.
    Stream,
    /// A download of the browser's own, by the address of a blob.
    Blob,
}

/// A file that is kept whole.
pub(super) struct BlobSink {
    onward: Onward,
    file: SinkFile,
    name: String,
    blobs: Array,
}

impl BlobSink {
    pub(super) fn new(onward: Onward, file: &SinkFile, name: String) -> Self {
        Self {
            onward,
            file: file.clone(),
            name,
            blobs: Array::new(),
        }
    }

    pub(super) fn push(&mut self, views: Vec<Uint8Array>) -> Result<(), TransferError> {
        let parts: Array = views.into_iter().collect();
        let blob = Blob::new_with_u8_array_sequence(&parts).map_err(|_| self.no_room())?;
        self.blobs.push(&blob);
        Ok(())
    }

    /// Gives it to the browser.
    pub(super) async fn save(self) -> Result<(), TransferError> {
        let options = BlobPropertyBag::new();
        options.set_type("application/octet-stream");
        let blob = Blob::new_with_blob_sequence_and_options(&self.blobs, &options).map_err(|_| self.no_room())?;
        if blob.size() as u64 != self.file.len {
            return Err(TransferError::NotWhatWasSealed);
        }
        match &self.onward {
            Onward::Picked(place) => {
                let handle = place.file(&self.file, None, async |_: &str| {}).await?;
                let mut written = Written::open(&self.file.path, self.file.len, handle).await?;
                match written.write(&blob).await {
                    Ok(()) => written.close().await,
                    Err(error) => {
                        written.abort().await;
                        Err(error)
                    }
                }
            }
            Onward::Stream => match DownloadStream::open(&self.file.path, &self.name, self.file.len).await {
                Ok(stream) => self.stream(&blob, stream).await,
                // Nothing was handed over, and all of it is here and proven: the other way needs no service worker.
                Err(_) => self.anchor(&blob),
            },
            Onward::Blob => self.anchor(&blob),
        }
    }

    fn anchor(&self, blob: &Blob) -> Result<(), TransferError> {
        save_by_anchor(blob, &self.name).ok_or_else(|| refused(&self.file.path, "the browser refused it"))
    }

    async fn stream(&self, blob: &Blob, mut stream: DownloadStream) -> Result<(), TransferError> {
        let mut at = 0.0;
        while at < blob.size() {
            let slice = blob.slice_with_f64_and_f64(at, at + STEP).map_err(|_| self.no_room())?;
            let buffer = JsFuture::from(slice.array_buffer()).await.map_err(|_| self.no_room())?;
            stream
                .write(vec![Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>())])
                .await?;
            at += STEP;
        }
        stream.end().await
    }

    fn no_room(&self) -> TransferError {
        TransferError::DiskFull {
            file: self.file.path.clone(),
        }
    }
}

/// Lets the browser save a blob under a name, by the address of the blob.
pub(crate) fn save_by_anchor(blob: &Blob, name: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let address = Url::create_object_url_with_blob(blob).ok()?;
    let anchor: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.set_hidden(true);
    document.body()?.append_child(&anchor).ok()?;
    anchor.click();
    anchor.remove();
    Timeout::new(ADDRESS_LIVES, move || {
        // An address that cannot be revoked goes with the page.
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Some(())
}
