//! The worker's side: takes jobs, runs them side by side, answers.

use std::{cell::RefCell, collections::HashMap};

use js_sys::Array;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, DedicatedWorkerGlobalScope, MessageEvent};

use crate::worker::jobs::{
    derive_link::derive_link, open_range::open_range, put::send_sealed, seal_and_send::seal_and_send,
};
use crate::worker::{
    context::{Answer, JobContext, text_of},
    error::WorkerError,
    messages::{WorkerRequest, WorkerResponse},
};
use crate::{
    cipher::drop_spares,
    split::{NotLoaded, split_point},
};

thread_local! {
    static RUNNING: RefCell<HashMap<u32, AbortController>> = RefCell::new(HashMap::new());
}

/// Runs a worker: the entry point of the worker's own instance of the module. Does nothing elsewhere.
pub fn worker_main() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    spawn_local(async move {
        // One whose part does not come ends: the page gives its jobs to another.
        if run_worker(scope.clone()).await.is_err() {
            let _ = scope.post_message(&WorkerResponse::new("gone", 0));
        }
    });
}

split_point!(worker: run_worker(scope: DedicatedWorkerGlobalScope) -> Result<(), NotLoaded>
    = async move { listen(&scope); Ok(()) });

/// Takes jobs from now on.
fn listen(scope: &DedicatedWorkerGlobalScope) {
    let target = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let job: WorkerRequest = event.data().unchecked_into();
        if job.kind() == "cancel" {
            if let Some(running) = RUNNING.with_borrow(|running| running.get(&job.id()).cloned()) {
                running.abort();
            }
            return;
        }
        start(&target, job);
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It listens as long as the worker lives.
    on_message.forget();
    let _ = scope.post_message(&WorkerResponse::new("ready", 0));
}

fn start(scope: &DedicatedWorkerGlobalScope, job: WorkerRequest) {
    let id = job.id();
    let Ok(controller) = AbortController::new() else { return };
    let context = JobContext {
        scope: scope.clone(),
        id,
        signal: controller.signal(),
    };
    RUNNING.with_borrow_mut(|running| running.insert(id, controller));
    spawn_local(async move {
        let answer = run(&context, &job).await;
        let is_idle = RUNNING.with_borrow_mut(|running| {
            running.remove(&id);
            running.is_empty()
        });
        if is_idle {
            drop_spares();
        }
        let (response, moved) = match answer {
            Ok(answer) => (answer.response, answer.moved),
            Err(fault) => {
                let response = WorkerResponse::new("failed", id);
                if context.signal.aborted() {
                    WorkerError::Aborted
                } else {
                    fault
                }
                .write(&response);
                (response, Array::new())
            }
        };
        if let Err(error) = context.scope.post_message_with_transfer(&response, &moved) {
            let response = WorkerResponse::new("failed", id);
            WorkerError::internal(text_of(&error)).write(&response);
            let _ = context.scope.post_message(&response);
        }
    });
}

async fn run(context: &JobContext, job: &WorkerRequest) -> Result<Answer, WorkerError> {
    match job.kind().as_str() {
        "seal" => seal_and_send(context, job).await,
        "send" => send_sealed(context, job).await,
        "open" => open_range(context, job).await,
        "derive" => derive_link(context, job),
        other => Err(WorkerError::internal(format!("job {other}"))),
    }
}
