//! Opening a range of sealed records in a worker. Fetched with what receives: the list of most links is opened without it.

use futures::channel::mpsc::UnboundedSender;
use js_sys::Uint8Array;
use sealdrop_crypto::{Kind, size};
use sealdrop_transfer::{DeviceFault, OpenJob, OpenedHeader, OpenedRange, TransferError};
use wasm_bindgen::JsCast;

use super::BrowserPlatform;
use crate::{
    chunk::Pieces,
    split::{NotLoaded, split_point},
    worker::WorkerRequest,
};

split_point!(receiving: open_range(platform: BrowserPlatform, job: OpenJob, moved: UnboundedSender<u64>) -> Result<Result<OpenedRange<Pieces>, TransferError>, NotLoaded>
    = async move { Ok(open(&platform, &job, &moved).await) });

/// Opens it; `moved` is sent the number of bytes that have arrived so far.
async fn open(
    platform: &BrowserPlatform,
    job: &OpenJob,
    moved: &UnboundedSender<u64>,
) -> Result<OpenedRange<Pieces>, TransferError> {
    let message = WorkerRequest::new("open");
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
    let response = platform
        .run(&message, len, &|bytes| _ = moved.unbounded_send(bytes), |_| {
            String::new()
        })
        .await?;
    platform.note_throughput(&response, len);
    let digest = response.digests();
    let digest = if digest.is_undefined() {
        None
    } else {
        Some(array_of(&digest)?)
    };
    let header = OpenedHeader {
        bytes: array_of(&response.response_header())?,
        content_len: response.response_content_len() as u64,
    };
    let content = Pieces::new(response.pieces().iter().map(JsCast::unchecked_into).collect());
    Ok(OpenedRange {
        content,
        header,
        digest,
    })
}

fn array_of<const N: usize>(bytes: &Uint8Array) -> Result<[u8; N], TransferError> {
    bytes
        .to_vec()
        .try_into()
        .map_err(|_| TransferError::device(DeviceFault::Internal, "bytes of a worker"))
}
