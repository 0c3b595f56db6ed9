//! What a person looks at without downloading it: a file that the service worker serves to an element of this page,
//! range by range, from records that the workers opened.

mod served;

use std::collections::HashMap;

use futures::{StreamExt, future::AbortHandle, future::abortable, select, stream::FuturesUnordered};
use sealdrop_transfer::{Preview, PreviewReader, TransferError};

use served::Asked;
pub(crate) use served::Served;

use crate::{chunk::Pieces, platform::BrowserPlatform};

/// Answers what the element asks for, until its preview is closed or something does not pass.
pub(crate) async fn serve(preview: &Preview<'_, BrowserPlatform>, served: &mut Served) -> Result<(), TransferError> {
    let mut idle: HashMap<u32, PreviewReader> = HashMap::new();
    let mut busy: HashMap<u32, AbortHandle> = HashMap::new();
    let mut reading = FuturesUnordered::new();
    loop {
        select! {
            asked = served.next() => match asked {
                Some(Asked::Pull { stream, from, to }) => {
                    // A service worker that was stopped counts from one again, and what it had asked for is nobody's.
                    let before = idle.remove(&stream).filter(|reader| reader.left() == (from..to));
                    let mut reader = before.unwrap_or_else(|| PreviewReader::new(from..to));
                    let (next, handle) = abortable(async move {
                        let pieces = reader.next(preview).await;
                        (stream, from, reader, pieces)
                    });
                    if let Some(before) = busy.insert(stream, handle) {
                        before.abort();
                    }
                    reading.push(next);
                }
                Some(Asked::Cancel { stream }) => {
                    idle.remove(&stream);
                    // Dropping what it waits for aborts the request.
                    if let Some(handle) = busy.remove(&stream) {
                        handle.abort();
                    }
                }
                None => return Ok(()),
            },
            read = reading.select_next_some() => {
                let Ok((stream, from, reader, pieces)) = read else { continue };
                busy.remove(&stream);
                match pieces {
                    Ok(pieces) => {
                        idle.insert(stream, reader);
                        served.give(stream, from, pieces.into_iter().flat_map(Pieces::into_views));
                    }
                    Err(error) => {
                        served.fail(stream);
                        return Err(error);
                    }
                }
            }
        }
    }
}
