//! The page's side: starts workers as they are needed, hands out jobs, replaces workers that die.
//!
//! A worker runs several jobs side by side, because most of a job is waiting; a new one is started while all are busy
//! and the machine has cores for it. How many jobs there are at once is the spine's decision.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::{Rc, Weak},
};

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
};
use gloo_timers::callback::Timeout;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{Fault, Job, Said};

/// Workers at least and at most. More than four bring nothing: WebCrypto works on threads of its own.
const FEWEST: usize = 2;
const MOST: usize = 4;
/// Times that a job is given to another worker when its own died.
const SECOND_CHANCES: u32 = 2;
/// Milliseconds after which a worker that does not even answer a cancellation is taken for dead.
const ANSWERS_WITHIN: u32 = 10_000;
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

/// The workers of this page.
#[derive(Clone)]
pub(crate) struct Pool(Rc<Shared>);

struct Shared {
    members: RefCell<Vec<Rc<Member>>>,
    most: usize,
    next_id: Cell<u32>,
    /// What became of the last worker that did not start.
    why_broken: RefCell<Option<String>>,
}

struct Member {
    worker: Worker,
    jobs: RefCell<HashMap<u32, UnboundedSender<Heard>>>,
    is_dead: Cell<bool>,
    /// Jobs that came before its module ran; nothing any longer once it does.
    early: RefCell<Option<Vec<Job>>>,
    listeners: RefCell<Vec<Listener>>,
}

/// Hears a worker.
type Listener = Closure<dyn FnMut(JsValue)>;

/// What the page hears about a job.
enum Heard {
    Progress(f64),
    Done(Said),
    Failed(Fault),
    /// Its worker is gone.
    Orphaned,
}

thread_local! {
    static POOL: Pool = Pool::new();
}

impl Pool {
    /// The pool of this page.
    pub(crate) fn of_page() -> Self {
        POOL.with(Clone::clone)
    }

    fn new() -> Self {
        let most = most_workers();
        Self(Rc::new(Shared {
            members: RefCell::default(),
            most,
            next_id: Cell::new(1),
            why_broken: RefCell::default(),
        }))
    }

    /// Starts the first workers: what they need to begin with is over when the first job comes.
    pub(crate) fn warm(&self) {
        while self.0.members.borrow().len() < FEWEST {
            // A worker that cannot be started is named by the job that needs it.
            let Ok(member) = Member::start(&self.0) else { return };
            self.0.members.borrow_mut().push(member);
        }
    }

    /// Runs a job. Dropping the future cancels it.
    pub(crate) async fn run(&self, job: &Job, progress: &dyn Fn(u64)) -> Result<Said, Fault> {
        let mut has_started = false;
        for _ in 0..=SECOND_CHANCES {
            let member = self.member()?;
            let id = self.0.next_id.get();
            self.0.next_id.set(id.wrapping_add(1).max(1));
            job.set_id(id);
            let (tell, mut heard) = unbounded();
            member.jobs.borrow_mut().insert(id, tell);
            let guard = Guard {
                pool: Rc::downgrade(&self.0),
                member: member.clone(),
                id,
            };
            member.post(job)?;
            match listen(&mut heard, progress).await {
                Some(result) => return result,
                None => drop(guard),
            }
            has_started |= member.early.borrow().is_none();
        }
        if !has_started && self.0.why_broken.borrow().is_none() {
            // Its script did not come: whoever serves it is away.
            return Err(Fault::Unreachable);
        }
        let why = self.0.why_broken.borrow().clone();
        Err(Fault::Device(
            why.unwrap_or_else(|| "its workers keep dying".to_owned()),
        ))
    }

    /// The worker with the least to do; a new one if all have something and there may be more.
    fn member(&self) -> Result<Rc<Member>, Fault> {
        let mut members = self.0.members.borrow_mut();
        let idlest = members.iter().min_by_key(|member| member.jobs.borrow().len()).cloned();
        match idlest {
            Some(member) if member.jobs.borrow().is_empty() || members.len() >= self.0.most => Ok(member),
            _ => {
                let member = Member::start(&self.0)?;
                members.push(member.clone());
                Ok(member)
            }
        }
    }
}

/// Listens until the job ends; `None` if its worker is gone.
async fn listen(heard: &mut UnboundedReceiver<Heard>, progress: &dyn Fn(u64)) -> Option<Result<Said, Fault>> {
    while let Some(heard) = heard.next().await {
        match heard {
            Heard::Progress(bytes) => progress(bytes as u64),
            Heard::Done(said) => return Some(Ok(said)),
            Heard::Failed(fault) => return Some(Err(fault)),
            Heard::Orphaned => return None,
        }
    }
    None
}

/// Cancels a job whose future was dropped before its end.
struct Guard {
    pool: Weak<Shared>,
    member: Rc<Member>,
    id: u32,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It is still listed only if its end was not heard.
        if !self.member.jobs.borrow().contains_key(&self.id) || self.member.is_dead.get() {
            return;
        }
        let cancel = Job::new("cancel");
        cancel.set_id(self.id);
        // A worker that cannot be reached is found by the timer.
        let _ = self.member.post(&cancel);
        let (pool, member, id) = (self.pool.clone(), self.member.clone(), self.id);
        Timeout::new(ANSWERS_WITHIN, move || {
            let is_running = member.early.borrow().is_none();
            if is_running && member.jobs.borrow().contains_key(&id) {
                member.die(&pool);
            }
        })
        .forget();
    }
}

impl Member {
    fn start(pool: &Rc<Shared>) -> Result<Rc<Self>, Fault> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let script = wasm_bindgen::link_to!(module = "/src/worker.js");
        let worker = Worker::new_with_options(&script, &options)
            .map_err(|error| Fault::Device(format!("no worker can be started: {error:?}")))?;
        let member = Rc::new(Self {
            worker,
            jobs: RefCell::default(),
            is_dead: Cell::new(false),
            early: RefCell::new(Some(Vec::new())),
            listeners: RefCell::default(),
        });
        let (weak, weak_pool) = (Rc::downgrade(&member), Rc::downgrade(pool));
        let on_message = Listener::new(move |event: JsValue| {
            if let Some(member) = weak.upgrade() {
                member.hear(
                    &weak_pool,
                    &event.unchecked_into::<MessageEvent>().data().unchecked_into(),
                );
            }
        });
        let (weak, weak_pool) = (Rc::downgrade(&member), Rc::downgrade(pool));
        let on_error = Listener::new(move |event: JsValue| {
            event.unchecked_into::<Event>().prevent_default();
            if let Some(member) = weak.upgrade() {
                member.die(&weak_pool);
            }
        });
        member.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        member.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        member.listeners.borrow_mut().extend([on_message, on_error]);
        let (weak, weak_pool) = (Rc::downgrade(&member), Rc::downgrade(pool));
        Timeout::new(STARTS_WITHIN, move || {
            if let Some(member) = weak.upgrade().filter(|member| member.early.borrow().is_some()) {
                member.die(&weak_pool);
            }
        })
        .forget();
        Ok(member)
    }

    /// Gives it a job: now, or as soon as its module runs.
    fn post(&self, job: &Job) -> Result<(), Fault> {
        if let Some(early) = self.early.borrow_mut().as_mut() {
            early.push(job.clone());
            return Ok(());
        }
        let posted = self.worker.post_message(job);
        posted.map_err(|error| Fault::Device(format!("a job cannot be posted: {error:?}")))
    }

    fn begin(&self) {
        for job in self.early.take().into_iter().flatten() {
            let id = job.id();
            if let Err(fault) = self.post(&job) {
                self.end(id, Heard::Failed(fault));
            }
        }
    }

    fn hear(&self, pool: &Weak<Shared>, said: &Said) {
        let id = said.said_id();
        match said.said_kind().as_str() {
            "awake" => self.send_module(),
            "ready" => self.begin(),
            "progress" => self.tell(id, Heard::Progress(said.so_far())),
            "done" => self.end(id, Heard::Done(said.clone())),
            "failed" => self.end(id, Heard::Failed(Fault::read(said))),
            "broken" => {
                if let Some(pool) = pool.upgrade() {
                    pool.why_broken.replace(said.text());
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
        // If it cannot be cloned the worker stays silent, and every job of it ends by its own patience.
        let _ = self.worker.post_message(&start);
    }

    fn tell(&self, id: u32, heard: Heard) {
        if let Some(job) = self.jobs.borrow().get(&id) {
            // Nobody listens to a job that was cancelled.
            let _ = job.unbounded_send(heard);
        }
    }

    fn end(&self, id: u32, heard: Heard) {
        let job = self.jobs.borrow_mut().remove(&id);
        if let Some(job) = job {
            let _ = job.unbounded_send(heard);
        }
    }

    /// Takes the worker out of the pool; its jobs go to others.
    fn die(&self, pool: &Weak<Shared>) {
        if self.is_dead.replace(true) {
            return;
        }
        self.worker.terminate();
        if let Some(pool) = pool.upgrade() {
            pool.members.borrow_mut().retain(|member| !member.is_dead.get());
        }
        let orphans: Vec<_> = self.jobs.borrow_mut().drain().collect();
        for (_, job) in orphans {
            let _ = job.unbounded_send(Heard::Orphaned);
        }
    }
}

/// By cores, and half of that where memory is short.
pub(crate) fn most_workers() -> usize {
    let Some(window) = web_sys::window() else { return FEWEST };
    let navigator = window.navigator();
    let cores = navigator.hardware_concurrency() as usize;
    cores.clamp(FEWEST, if is_short_of_memory() { FEWEST } else { MOST })
}

/// A machine of 2 GiB or less, if the engine tells.
pub(crate) fn is_short_of_memory() -> bool {
    let memory = web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"deviceMemory".into()).ok())
        .and_then(|gib| gib.as_f64());
    memory.is_some_and(|gib| gib <= 2.0)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    /// The second entry point, as the front end exports it.
    #[wasm_bindgen]
    #[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
    pub fn worker_main() {
        crate::worker::worker_main();
    }

    fn derive(password: &str) -> Job {
        let job = Job::new("derive");
        job.set_link_id(&"A".repeat(22));
        job.set_secret(&"A".repeat(43));
        job.set_password(password);
        job
    }

    #[wasm_bindgen_test]
    async fn a_worker_derives_what_the_page_would() {
        let said = Pool::new()
            .run(&derive("swordfish"), &|_| {})
            .await
            .expect("a worker answers");
        let secret = sealdrop_crypto::LinkSecret::from_text(&"A".repeat(43)).expect("a secret of zeros");
        let here = sealdrop_transfer::derive_link_access(sealdrop_api::LinkId([0; 16]), &secret, Some("swordfish"))
            .expect("it derives");
        assert_eq!(said.auth(), here.auth.expose());
        assert_eq!(said.verifier(), here.verifier.expose());
        assert_eq!(said.payload_key(), *here.payload_key.to_text());
    }

    #[wasm_bindgen_test]
    async fn a_failure_keeps_its_name() {
        let fault = Pool::new()
            .run(&derive(""), &|_| {})
            .await
            .expect_err("an empty password is refused");
        assert_eq!(fault, Fault::PasswordLength);
        let fault = Pool::new()
            .run(&Job::new("dance"), &|_| {})
            .await
            .expect_err("there is no such job");
        assert!(matches!(fault, Fault::Device(_)));
    }

    #[wasm_bindgen_test]
    async fn a_job_outlives_its_worker() {
        let pool = Pool::new();
        let doomed = pool.member().expect("a worker starts");
        let job = derive("swordfish");
        let running = pool.run(&job, &|_| {});
        let killing = async {
            // It has the job by now, and is just starting.
            gloo_timers::future::TimeoutFuture::new(1).await;
            assert_eq!(doomed.jobs.borrow().len(), 1);
            doomed.die(&Rc::downgrade(&pool.0));
        };
        let (said, ()) = futures::join!(running, killing);
        said.expect("another worker does it");
        assert!(doomed.is_dead.get() && pool.0.members.borrow().len() == 1);
    }

    #[wasm_bindgen_test]
    async fn a_dropped_job_is_cancelled() {
        let pool = Pool::new();
        pool.run(&derive("warm"), &|_| {}).await.expect("a worker answers");
        let member = pool.member().expect("the same worker");
        let job = Job::new("send");
        job.set_url("/slow");
        job.set_bytes(&js_sys::Uint8Array::new_with_length(16));
        job.set_progress(true);
        {
            let running = pool.run(&job, &|_| {});
            futures::pin_mut!(running);
            assert!(futures::poll!(running).is_pending());
        }
        for _ in 0..100 {
            if member.jobs.borrow().is_empty() {
                return;
            }
            gloo_timers::future::TimeoutFuture::new(20).await;
        }
        panic!("the worker never said that it stopped");
    }
}
