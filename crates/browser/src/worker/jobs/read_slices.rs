//! Reads the content of a part out of slices of files.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use sealdrop_crypto::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use crate::cipher::{ContentReader, is_named};
use crate::worker::{
    context::{JobContext, text_of},
    error::WorkerError,
    messages::WorkerRequest,
};

/// The slices of a part's content, as one run of bytes.
pub(super) struct SliceReader<'a> {
    context: &'a JobContext,
    slices: Vec<Slice>,
}

/// A run of bytes of one file.
struct Slice {
    file: File,
    /// First byte in the file.
    start: f64,
    end: f64,
    /// Whether it is all of the file.
    is_whole: bool,
}

impl Slice {
    fn len(&self) -> f64 {
        self.end - self.start
    }

    /// Bytes `from..to` of the slice. A file that is wanted whole is taken as it is: a slice of it costs a call into the
    /// browser's process.
    fn part(&self, from: f64, to: f64) -> Result<Blob, WorkerError> {
        if self.is_whole && from == 0.0 && to == self.end {
            return Ok(self.file.clone().into());
        }
        self.file
            .slice_with_f64_and_f64(self.start + from, self.start + to)
            .map_err(|error| WorkerError::internal(text_of(&error)))
    }
}

impl<'a> SliceReader<'a> {
    pub(super) fn new(context: &'a JobContext, job: &WorkerRequest) -> Self {
        let ranges = job.ranges().to_vec();
        let slice = |(file, range): (JsValue, &[f64; 2])| {
            let (file, [start, end]) = (file.unchecked_into::<File>(), *range);
            let is_whole = start == 0.0 && end == file.size();
            Slice {
                file,
                start,
                end,
                is_whole,
            }
        };
        Self {
            context,
            slices: job.files().iter().zip(ranges.as_chunks().0).map(slice).collect(),
        }
    }

    /// Which slice cannot be read, and why. Asked only after reading all of them together has failed.
    async fn find_fault(&self, error: &JsValue) -> WorkerError {
        for (i, slice) in self.slices.iter().enumerate() {
            let read = match slice.part(0.0, slice.len()) {
                Ok(blob) => JsFuture::from(blob.array_buffer()).await,
                Err(fault) => return fault,
            };
            if let Err(error) = read {
                return fault_of(i as u32, &error);
            }
        }
        fault_of(0, error)
    }
}

impl ContentReader for SliceReader<'_> {
    type Error = WorkerError;

    async fn read(&self, start: usize, end: usize) -> Result<Uint8Array, WorkerError> {
        self.context.check()?;
        let (mut at, mut wanted) = (0.0, Vec::new());
        let (start, end) = (start as f64, end as f64);
        for slice in &self.slices {
            let (from, to) = ((start - at).max(0.0), (end - at).min(slice.len()));
            at += slice.len();
            if from < to {
                wanted.push(slice.part(from, to)?);
            }
        }
        let blob = match wanted.as_slice() {
            [one] => one.clone(),
            many => {
                let parts: Array = many.iter().collect();
                Blob::new_with_blob_sequence(&parts).map_err(|error| WorkerError::internal(text_of(&error)))?
            }
        };
        match JsFuture::from(blob.array_buffer()).await {
            Ok(buffer) => {
                let bytes = Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>());
                if f64::from(bytes.length()) == end - start {
                    return Ok(bytes);
                }
                let shorter = |slice: &Slice| slice.file.size() < slice.end;
                let slice = self.slices.iter().position(shorter).unwrap_or_default();
                Err(WorkerError::Changed { slice: slice as u32 })
            }
            Err(error) => Err(self.find_fault(&error).await),
        }
    }
}

/// An engine refuses to read a file that changed since it was picked (`NotReadableError`), and one that is gone
/// (`NotFoundError`).
fn fault_of(slice: u32, error: &JsValue) -> WorkerError {
    if is_named(error, "NotReadableError") {
        WorkerError::Changed { slice }
    } else {
        WorkerError::Unreadable {
            slice,
            why: text_of(error),
        }
    }
}

/// The lengths that a job promises, as the numbers they are: JavaScript has only floating ones.
pub(super) fn whole(number: f64) -> Result<u64, WorkerError> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && (0.0..=LARGEST).contains(&number) {
        Ok(number as u64)
    } else {
        Err(Error::Misuse("a length is a whole number").into())
    }
}
