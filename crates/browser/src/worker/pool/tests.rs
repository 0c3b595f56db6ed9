//! Real workers: what they answer, and what becomes of a job whose worker dies or whose future is dropped.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::*;

wasm_bindgen_test_configure!(run_in_browser);

/// The second entry point, as the front end exports it.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
pub fn worker_main() {
    crate::worker::entry::worker_main();
}

fn derive(password: &str) -> WorkerRequest {
    let job = WorkerRequest::new("derive");
    job.set_link_id(&"A".repeat(22));
    job.set_secret(&"A".repeat(43));
    job.set_password(password);
    job
}

#[wasm_bindgen_test]
async fn a_worker_derives_what_the_page_would() {
    let response = Pool::new()
        .run(&derive("swordfish"), &|_| {})
        .await
        .expect("a worker answers");
    let secret = sealdrop_crypto::LinkSecret::from_text(&"A".repeat(43)).expect("a secret of zeros");
    let here = sealdrop_transfer::derive_link_access(sealdrop_api::LinkId([0; 16]), &secret, Some("swordfish"))
        .expect("it derives");
    assert_eq!(response.auth(), here.auth.expose());
    assert_eq!(response.verifier(), here.verifier.expose());
    assert_eq!(response.payload_key(), *here.payload_key.to_text());
}

#[wasm_bindgen_test]
async fn a_failure_keeps_its_name() {
    let fault = Pool::new()
        .run(&derive(""), &|_| {})
        .await
        .expect_err("an empty password is refused");
    assert_eq!(fault, WorkerError::PasswordLength);
    let fault = Pool::new()
        .run(&WorkerRequest::new("dance"), &|_| {})
        .await
        .expect_err("there is no such job");
    assert!(matches!(fault, WorkerError::Device { .. }));
}

#[wasm_bindgen_test]
async fn a_job_outlives_its_worker() {
    let pool = Pool::new();
    let doomed = pool.idlest().expect("a worker starts");
    let job = derive("swordfish");
    let running = pool.run(&job, &|_| {});
    let killing = async {
        // It has the job by now, and is just starting.
        gloo_timers::future::TimeoutFuture::new(1).await;
        assert_eq!(doomed.jobs.borrow().len(), 1);
        doomed.die(&Rc::downgrade(&pool.0));
    };
    let (response, ()) = futures::join!(running, killing);
    response.expect("another worker does it");
    assert!(doomed.is_dead.get() && pool.0.workers.borrow().len() == 1);
}

#[wasm_bindgen_test]
async fn a_dropped_job_is_cancelled() {
    let pool = Pool::new();
    pool.run(&derive("warm"), &|_| {}).await.expect("a worker answers");
    let worker = pool.idlest().expect("the same worker");
    let job = WorkerRequest::new("send");
    job.set_url("/slow");
    job.set_bytes(&js_sys::Uint8Array::new_with_length(16));
    job.set_progress(true);
    {
        let running = pool.run(&job, &|_| {});
        futures::pin_mut!(running);
        assert!(futures::poll!(running).is_pending());
    }
    for _ in 0..100 {
        if worker.jobs.borrow().is_empty() {
            return;
        }
        gloo_timers::future::TimeoutFuture::new(20).await;
    }
    panic!("the worker never said that it stopped");
}
