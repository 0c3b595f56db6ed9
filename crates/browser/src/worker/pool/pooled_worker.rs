//! One worker as the page sees it: its start, the messages in both directions, and its end.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::{Rc, Weak},
};

use futures::channel::mpsc::UnboundedSender;
use gloo_timers::callback::Timeout;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::worker::{
    error::WorkerError,
    messages::{WorkerRequest, WorkerResponse},
};

/// Milliseconds that a worker's start may take, on a slow phone that has yet to fetch the script.
const STARTS_WITHIN: u32 = 60_000;

#[wasm_bindgen]
extern "C" {
    type ImportMeta;
    #[wasm_bindgen(method, getter)]
    fn url(this: &ImportMeta) -> String;
    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static IMPORT_META: ImportMeta;
}

/// The workers of a page, and what is known of those that are gone.
pub(super) struct Shared {
    pub(super) workers: RefCell<Vec<Rc<PooledWorker>>>,
    /// Workers at most.
    pub(super) most: usize,
    pub(super) next_id: Cell<u32>,
    /// What became of the last worker that did not start.
    pub(super) why_broken: RefCell<Option<String>>,
}

/// One worker.
pub(super) struct PooledWorker {
    worker: Worker,
    pub(super) jobs: RefCell<HashMap<u32, UnboundedSender<WorkerEvent>>>,
    pub(super) is_dead: Cell<bool>,
    /// Jobs that came before its module ran; nothing any longer once it does.
    pub(super) early: RefCell<Option<Vec<WorkerRequest>>>,
    listeners: RefCell<Vec<Listener>>,
}

/// Hears a worker.
type Listener = Closure<dyn FnMut(JsValue)>;

/// What the page hears about a job.
pub(super) enum WorkerEvent {
    Progress(f64),
    Done(WorkerResponse),
    Failed(WorkerError),
    /// Its worker is gone.
    Orphaned,
}

impl PooledWorker {
    pub(super) fn start(pool: &Rc<Shared>) -> Result<Rc<Self>, WorkerError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let script = wasm_bindgen::link_to!(module = "/src/worker.js");
        let worker =
            Worker::new_with_options(&script, &options).map_err(|error| WorkerError::worker(format!("{error:?}")))?;
        let worker = Rc::new(Self {
            worker,
            jobs: RefCell::default(),
            is_dead: Cell::new(false),
            early: RefCell::new(Some(Vec::new())),
            listeners: RefCell::default(),
        });
        let (weak, weak_pool) = (Rc::downgrade(&worker), Rc::downgrade(pool));
        let on_message = Listener::new(move |event: JsValue| {
            if let Some(worker) = weak.upgrade() {
                worker.on_message(
                    &weak_pool,
                    &event.unchecked_into::<MessageEvent>().data().unchecked_into(),
                );
            }
        });
        let (weak, weak_pool) = (Rc::downgrade(&worker), Rc::downgrade(pool));
        let on_error = Listener::new(move |event: JsValue| {
            event.unchecked_into::<Event>().prevent_default();
            if let Some(worker) = weak.upgrade() {
                worker.die(&weak_pool);
            }
        });
        worker.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.listeners.borrow_mut().extend([on_message, on_error]);
        let (weak, weak_pool) = (Rc::downgrade(&worker), Rc::downgrade(pool));
        Timeout::new(STARTS_WITHIN, move || {
            if let Some(worker) = weak.upgrade().filter(|worker| worker.early.borrow().is_some()) {
                worker.die(&weak_pool);
            }
        })
        .forget();
        Ok(worker)
    }

    /// Gives it a job: now, or as soon as its module runs.
    pub(super) fn post(&self, job: &WorkerRequest) -> Result<(), WorkerError> {
        if let Some(early) = self.early.borrow_mut().as_mut() {
            early.push(job.clone());
            return Ok(());
        }
        let posted = self.worker.post_message(job);
        posted.map_err(|error| WorkerError::worker(format!("{error:?}")))
    }

    fn begin(&self) {
        for job in self.early.take().into_iter().flatten() {
            let id = job.id();
            if let Err(fault) = self.post(&job) {
                self.end(id, WorkerEvent::Failed(fault));
            }
        }
    }

    fn on_message(&self, pool: &Weak<Shared>, response: &WorkerResponse) {
        let id = response.response_id();
        match response.response_kind().as_str() {
            "awake" => self.send_module(),
            "ready" => self.begin(),
            "progress" => self.tell(id, WorkerEvent::Progress(response.so_far())),
            "done" => self.end(id, WorkerEvent::Done(response.clone())),
            "failed" => self.end(id, WorkerEvent::Failed(WorkerError::read(response))),
            "gone" => self.die(pool),
            "broken" => {
                if let Some(pool) = pool.upgrade() {
                    pool.why_broken.replace(response.text());
                }
                self.die(pool);
            }
            _ => {}
        }
    }

    fn send_module(&self) {
        let start = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&start, &name.into(), value).unwrap_or_default();
        set("js", &IMPORT_META.with(ImportMeta::url).into());
        set("module", &wasm_bindgen::module());
        // If it cannot be cloned the worker stays silent, and is taken for dead when its time to start is over.
        let _ = self.worker.post_message(&start);
    }

    fn tell(&self, id: u32, event: WorkerEvent) {
        if let Some(job) = self.jobs.borrow().get(&id) {
            // Nobody listens to a job that was cancelled.
            let _ = job.unbounded_send(event);
        }
    }

    fn end(&self, id: u32, event: WorkerEvent) {
        let job = self.jobs.borrow_mut().remove(&id);
        if let Some(job) = job {
            let _ = job.unbounded_send(event);
        }
    }

    /// Takes the worker out of the pool; its jobs go to others.
    pub(super) fn die(&self, pool: &Weak<Shared>) {
        if self.is_dead.replace(true) {
            return;
        }
        self.worker.terminate();
        if let Some(pool) = pool.upgrade() {
            pool.workers.borrow_mut().retain(|worker| !worker.is_dead.get());
        }
        let orphans: Vec<_> = self.jobs.borrow_mut().drain().collect();
        for (_, job) in orphans {
            let _ = job.unbounded_send(WorkerEvent::Orphaned);
        }
    }
}
