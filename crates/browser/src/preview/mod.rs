//! What a person looks at without downloading it: a file that the service worker serves to an element of this page,
//! range by range, from records that the workers opened.

mod media_source;
mod orphaned_reads;

use std::collections::HashMap;

use futures::{StreamExt, future::abortable, select, stream::FuturesUnordered};
use sealdrop_transfer::{Preview, PreviewReader, TransferError};

use crate::preview::media_source::Asked;
pub(crate) use crate::preview::media_source::Served;
use crate::preview::orphaned_reads::{Left, Reading};

use crate::{chunk::Pieces, platform::BrowserPlatform};

/// Answers what the element asks for, until its preview is closed or something does not pass.
pub(crate) async fn serve(preview: &Preview<'_, BrowserPlatform>, served: &mut Served) -> Result<(), TransferError> {
    let mut idle: HashMap<u32, PreviewReader> = HashMap::new();
    let mut busy: HashMap<u32, Reading> = HashMap::new();
    let mut left = Left::default();
    let mut reading = FuturesUnordered::new();
    let mut number = 0;
    loop {
        select! {
            asked = served.next() => match asked {
                Some(Asked::Pull { stream, from, to }) => {
                    // A service worker that was stopped counts from one again, and its earlier requests are void.
                    let before = idle.remove(&stream).filter(|reader| reader.left() == (from..to));
                    let mut reader = before.unwrap_or_else(|| PreviewReader::new(from..to));
                    let ahead = reader.ahead(preview);
                    number += 1;
                    let of = number;
                    let (next, handle) = abortable(async move {
                        let pieces = reader.next(preview).await;
                        (stream, of, from, reader, pieces)
                    });
                    left.reads.extend(busy.insert(stream, Reading { number, ahead, handle }));
                    left.last = from;
                    left.drop_unwanted(&busy);
                    reading.push(next);
                }
                Some(Asked::Cancel { stream }) => {
                    idle.remove(&stream);
                    left.reads.extend(busy.remove(&stream));
                    left.drop_unwanted(&busy);
                }
                None => return Ok(()),
            },
            read = reading.select_next_some() => {
                let Ok((stream, of, from, reader, pieces)) = read else { continue };
                left.reads.retain(|one| one.number != of);
                if busy.get(&stream).is_none_or(|one| one.number != of) {
                    // Kept by the preview; the next reader meets the error again.
                    continue;
                }
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
