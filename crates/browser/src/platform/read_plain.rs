//! A few bytes of a file that was picked.

use core::ops::Range;

use js_sys::Uint8Array;
use sealdrop_transfer::TransferError;

use crate::source::SourceFile;

/// Does what [`Platform::read_plain`](sealdrop_transfer::Platform::read_plain) says.
pub(super) async fn read_plain(file: &SourceFile, range: Range<u64>) -> Result<Vec<u8>, TransferError> {
    let unreadable = |_| TransferError::SourceUnreadable {
        file: file.path.to_string(),
        why: String::new(),
    };
    // Engines look up the length of a picked file when they are asked for it, and say 0 if it is gone.
    if file.len == 0 && file.file.size() > 0.0 {
        return Err(TransferError::SourceChanged {
            file: file.path.to_string(),
        });
    }
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
