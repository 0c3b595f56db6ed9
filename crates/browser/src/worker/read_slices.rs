//! Reads the content of a part out of slices of files.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use sealdrop_crypto::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::{
    Fault, Job,
    entry::{JobContext, text_of},
};
use crate::cipher::{ContentReader, is_named};

/// The slices of a part's content, as one run of bytes.
pub(super) struct SliceReader<'a> {
    context: &'a JobContext,
    slices: Vec<Blob>,
}

impl<'a> SliceReader<'a> {
    pub(super) fn new(context: &'a JobContext, job: &Job) -> Self {
        Self {
            context,
            slices: job.slices().iter().map(JsCast::unchecked_into).collect(),
        }
    }

    /// Which slice cannot be read, and why. Asked only after reading all of them together has failed.
    async fn find_fault(&self, error: &JsValue) -> Fault {
        for (i, slice) in self.slices.iter().enumerate() {
            if let Err(error) = JsFuture::from(slice.array_buffer()).await {
                return fault_of(i as u32, &error);
            }
        }
        fault_of(0, error)
    }
}

impl ContentReader for SliceReader<'_> {
    type Error = Fault;

    async fn read(&self, start: usize, end: usize) -> Result<Uint8Array, Fault> {
        self.context.check()?;
        let (mut at, mut wanted) = (0.0, Vec::new());
        let (start, end) = (start as f64, end as f64);
        for slice in &self.slices {
            let (from, to) = ((start - at).max(0.0), (end - at).min(slice.size()));
            at += slice.size();
            if from < to {
                wanted.push(
                    slice
                        .slice_with_f64_and_f64(from, to)
                        .map_err(|error| Fault::Device(text_of(&error)))?,
                );
            }
        }
        let blob = match wanted.as_slice() {
            [one] => one.clone(),
            many => {
                let parts: Array = many.iter().collect();
                Blob::new_with_blob_sequence(&parts).map_err(|error| Fault::Device(text_of(&error)))?
            }
        };
        match JsFuture::from(blob.array_buffer()).await {
            Ok(buffer) => Ok(Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>())),
            Err(error) => Err(self.find_fault(&error).await),
        }
    }
}

/// An engine refuses to read a file that changed since it was picked (`NotReadableError`), and one that is gone
/// (`NotFoundError`).
fn fault_of(slice: u32, error: &JsValue) -> Fault {
    if is_named(error, "NotReadableError") {
        Fault::Changed { slice }
    } else {
        Fault::Unreadable {
            slice,
            why: text_of(error),
        }
    }
}

/// The lengths that a job promises, as the numbers they are: JavaScript has only floating ones.
pub(super) fn whole(number: f64) -> Result<u64, Fault> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && (0.0..=LARGEST).contains(&number) {
        Ok(number as u64)
    } else {
        Err(Error::Misuse("a length is a whole number").into())
    }
}
