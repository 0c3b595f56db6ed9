//! What a job of a worker may use while it runs, and what it answers.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, DedicatedWorkerGlobalScope};

use crate::worker::{error::WorkerError, messages::WorkerResponse};

/// What a job came to: the message and the buffers that move with it.
pub(super) struct Answer {
    pub(super) response: WorkerResponse,
    pub(super) moved: Array,
}

/// What a job may use while it runs.
#[derive(Clone)]
pub(super) struct JobContext {
    pub(super) scope: DedicatedWorkerGlobalScope,
    pub(super) id: u32,
    pub(super) signal: AbortSignal,
}

impl JobContext {
    /// An error if the job was cancelled.
    pub(super) fn check(&self) -> Result<(), WorkerError> {
        if self.signal.aborted() {
            Err(WorkerError::Aborted)
        } else {
            Ok(())
        }
    }

    /// Tells how far it is.
    pub(super) fn tell(&self, so_far: f64) {
        let response = WorkerResponse::new("progress", self.id);
        response.set_so_far(so_far);
        // A page that is gone has no use for it.
        let _ = self.scope.post_message(&response);
    }

    /// An answer to be filled.
    pub(super) fn done(&self) -> WorkerResponse {
        WorkerResponse::new("done", self.id)
    }
}

/// What an exception says.
pub(super) fn text_of(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
