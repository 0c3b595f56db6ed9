//! Reads, seals and sends one part.

use js_sys::{Array, Uint8Array};
use sealdrop_api::ObjectId;
use sealdrop_crypto::{Fek, Kind, ObjectIdentity, ObjectWriter, Padding};
use zeroize::Zeroizing;

use super::{
    put::put,
    read_slices::{SliceReader, whole},
};
use crate::worker::{
    context::{Answer, JobContext},
    error::WorkerError,
    jobs::seal_mutex::take_turn,
    messages::WorkerRequest,
};
use crate::{
    cipher::{CipherKind, seal_part},
    web::gc_hint::ask_to_collect,
};

pub(in crate::worker) async fn seal_and_send(context: &JobContext, job: &WorkerRequest) -> Result<Answer, WorkerError> {
    let writer = writer_of(job)?;
    if writer.part_len(job.part()) != whole(job.sealed_len())? {
        return Err(WorkerError::internal("part length"));
    }
    let reader = SliceReader::new(context, job);
    let turn = take_turn().await;
    context.check()?;
    let sealed = seal_part(CipherKind::choose(), &writer, job.part(), &reader).await?;
    context.check()?;
    // Before the request and not beside it: each has a copy of the part, and other parts keep the line busy meanwhile.
    let (part, digests) = sealed.finish().await?;
    drop(turn);
    // Before the request makes its copy, and after it is done with it: of 20 GiB one asking alone let 233 MiB pile up once.
    ask_to_collect();
    let bytes = part.bytes().clone();
    let put = put(context, &job.url(), &bytes, job.progress(), || drop(part)).await?;
    ask_to_collect();
    let response = context.done();
    response.set_response_etag(&put.etag);
    response.set_took(put.took);
    response.set_digests(&Uint8Array::from(digests.as_flattened()));
    Ok(Answer {
        response,
        moved: Array::new(),
    })
}

fn writer_of(job: &WorkerRequest) -> Result<ObjectWriter, WorkerError> {
    let object_id: ObjectId = job
        .object_id()
        .parse()
        .map_err(|_| WorkerError::internal("object id"))?;
    let mut salt = [0; 32];
    if job.salt().length() != 32 {
        return Err(WorkerError::internal("salt"));
    }
    job.salt().copy_to(&mut salt);
    let fek = Fek::from_text(&Zeroizing::new(job.fek()))?;
    let identity = ObjectIdentity::restore(*object_id.as_bytes(), salt, fek);
    let kind = if job.is_manifest() {
        Kind::Manifest
    } else {
        Kind::Content
    };
    let padding = if job.is_padded() {
        Padding::Padded
    } else {
        Padding::Exact
    };
    Ok(ObjectWriter::new(
        identity,
        whole(job.content_len())?,
        kind,
        padding,
        whole(job.part_len())?,
    )?)
}
