//! Responses of servers and buckets, and what stands in for one that did not come.

use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use sealdrop_transfer::{STALL_TIMEOUT, TransferError};

use super::{address_policy::Refused, reason};

/// Without a byte for this long, a transfer has stalled.
pub(super) const STALL: Duration = Duration::from_millis(STALL_TIMEOUT as u64);

/// Every failure below HTTP is the same to the engine: no answer.
pub(super) fn unreachable(error: reqwest::Error) -> TransferError {
    let causes = std::iter::successors(Some(&error as &(dyn std::error::Error + 'static)), |error| {
        error.source()
    });
    if let Some(refused) = causes.filter_map(|cause| cause.downcast_ref::<Refused>()).next() {
        return refused.explained();
    }
    reason::note(&error);
    TransferError::Unreachable
}

/// The origin that a redirect leads to. Only the origin: the rest is written by the server that answers.
pub(super) fn redirect_of(response: &Response) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let to = response.url().join(location).ok()?.origin();
    to.is_tuple().then(|| to.ascii_serialization())
}

pub(super) async fn read_body(mut response: Response, most: usize) -> Result<Vec<u8>, TransferError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > most {
            return Err(TransferError::Status {
                status: response.status().as_u16(),
                retry_after: None,
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A refusal of the bucket, with the code of its XML.
pub(super) async fn refusal(response: Response) -> TransferError {
    let status: StatusCode = response.status();
    let body = tokio::time::timeout(STALL, read_body(response, 64 << 10)).await;
    let code = match body {
        Ok(Ok(body)) => String::from_utf8(body).ok().and_then(|text| {
            let (_, rest) = text.split_once("<Code>")?;
            let (code, _) = rest.split_once("</Code>")?;
            let plain = code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphanumeric());
            plain.then(|| code.to_owned())
        }),
        _ => None,
    };
    TransferError::Bucket {
        status: status.as_u16(),
        code,
    }
}
