//! The page's side: starts workers as they are needed, hands out jobs, replaces workers that die.
//!
//! A worker runs several jobs side by side, because most of a job is waiting; a new one is started while all are busy
//! and the machine has cores for it. How many jobs there are at a time is the engine's decision.

mod pooled_worker;
mod size;
#[cfg(test)]
mod tests;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
};
use gloo_timers::callback::Timeout;

pub(crate) use self::size::{is_short_of_memory, most_workers};
use self::{
    pooled_worker::{PooledWorker, Shared, WorkerEvent},
    size::FEWEST,
};
use crate::worker::{
    error::WorkerError,
    messages::{WorkerRequest, WorkerResponse},
};

/// Times that a job is given to another worker when its own died.
const SECOND_CHANCES: u32 = 2;
/// Milliseconds after which a worker that does not even answer a cancellation is taken for dead.
const ANSWERS_WITHIN: u32 = 10_000;

/// The workers of this page.
#[derive(Clone)]
pub(crate) struct Pool(Rc<Shared>);

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
            workers: RefCell::default(),
            most,
            next_id: Cell::new(1),
            why_broken: RefCell::default(),
        }))
    }

    /// Starts the first workers: what they need to begin with is over when the first job comes.
    pub(crate) fn warm(&self) {
        while self.0.workers.borrow().len() < FEWEST {
            // A worker that cannot be started is named by the job that needs it.
            let Ok(worker) = PooledWorker::start(&self.0) else {
                return;
            };
            self.0.workers.borrow_mut().push(worker);
        }
    }

    /// Runs a job. Dropping the future cancels it.
    pub(crate) async fn run(&self, job: &WorkerRequest, progress: &dyn Fn(u64)) -> Result<WorkerResponse, WorkerError> {
        let mut has_started = false;
        for _ in 0..=SECOND_CHANCES {
            let worker = self.idlest()?;
            let id = self.0.next_id.get();
            self.0.next_id.set(id.wrapping_add(1).max(1));
            job.set_id(id);
            let (tell, mut events) = unbounded();
            worker.jobs.borrow_mut().insert(id, tell);
            let guard = Guard {
                pool: Rc::downgrade(&self.0),
                worker: worker.clone(),
                id,
            };
            worker.post(job)?;
            match listen(&mut events, progress).await {
                Some(result) => return result,
                None => drop(guard),
            }
            has_started |= worker.early.borrow().is_none();
        }
        if !has_started && self.0.why_broken.borrow().is_none() {
            // Its script did not load: the server is unreachable.
            return Err(WorkerError::Unreachable);
        }
        let why = self.0.why_broken.borrow().clone();
        Err(WorkerError::worker(why.unwrap_or_default()))
    }

    /// The worker with the least to do; a new one if all have something and there may be more.
    fn idlest(&self) -> Result<Rc<PooledWorker>, WorkerError> {
        let mut workers = self.0.workers.borrow_mut();
        let idlest = workers.iter().min_by_key(|worker| worker.jobs.borrow().len()).cloned();
        match idlest {
            Some(worker) if worker.jobs.borrow().is_empty() || workers.len() >= self.0.most => Ok(worker),
            _ => {
                let worker = PooledWorker::start(&self.0)?;
                workers.push(worker.clone());
                Ok(worker)
            }
        }
    }
}

/// Listens until the job ends; `None` if its worker is gone.
async fn listen(
    events: &mut UnboundedReceiver<WorkerEvent>,
    progress: &dyn Fn(u64),
) -> Option<Result<WorkerResponse, WorkerError>> {
    while let Some(event) = events.next().await {
        match event {
            WorkerEvent::Progress(bytes) => progress(bytes as u64),
            WorkerEvent::Done(response) => return Some(Ok(response)),
            WorkerEvent::Failed(fault) => return Some(Err(fault)),
            WorkerEvent::Orphaned => return None,
        }
    }
    None
}

/// Cancels a job whose future was dropped before its end.
struct Guard {
    pool: Weak<Shared>,
    worker: Rc<PooledWorker>,
    id: u32,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It is still listed only if its end was not heard.
        if !self.worker.jobs.borrow().contains_key(&self.id) || self.worker.is_dead.get() {
            return;
        }
        let cancel = WorkerRequest::new("cancel");
        cancel.set_id(self.id);
        // A worker that cannot be reached is found by the timer.
        let _ = self.worker.post(&cancel);
        let (pool, worker, id) = (self.pool.clone(), self.worker.clone(), self.id);
        Timeout::new(ANSWERS_WITHIN, move || {
            let is_running = worker.early.borrow().is_none();
            if is_running && worker.jobs.borrow().contains_key(&id) {
                worker.die(&pool);
            }
        })
        .forget();
    }
}
