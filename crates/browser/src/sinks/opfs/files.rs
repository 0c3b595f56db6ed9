//! The origin's private file system: the worker that writes there, and what the page itself may do with it.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures::channel::oneshot;
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{File, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::{
    chunk::to_move,
    web::reflect::{NONE, answer, answer_to_two, member, options, set},
};

/// The folder, as the worker's script calls it.
const FOLDER: &str = "downloads";

type Waiting = Rc<RefCell<HashMap<u32, oneshot::Sender<Result<JsValue, JsValue>>>>>;

/// The worker that writes. Dropping it closes every file it has open.
#[derive(Clone)]
pub(crate) struct Disk(Rc<Shared>);

struct Shared {
    worker: Worker,
    waiting: Waiting,
    next: Cell<u32>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Disk {
    /// Starts it; `None` where the engine cannot write in place.
    pub(in crate::sinks) async fn start() -> Option<Self> {
        member(&storage()?, "getDirectory")?;
        let how = WorkerOptions::new();
        how.set_type(WorkerType::Module);
        let script = wasm_bindgen::link_to!(module = "/src/sinks/opfs/worker.js");
        let worker = Worker::new_with_options(&script, &how).ok()?;
        let waiting = Waiting::default();
        let heard = waiting.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let said = event.data();
            let Some(call) = member(&said, "call").and_then(|call| call.as_f64()) else {
                return;
            };
            if let Some(tell) = heard.borrow_mut().remove(&(call as u32)) {
                let answer = match member(&said, "error") {
                    Some(name) => Err(options("name", &name).into()),
                    None => Ok(member(&said, "value").unwrap_or(JsValue::UNDEFINED)),
                };
                // The caller may have given up.
                let _ = tell.send(answer);
            }
        });
        let orphaned = waiting.clone();
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| orphaned.borrow_mut().clear());
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let disk = Self(Rc::new(Shared {
            worker,
            waiting,
            next: Cell::new(0),
            _on_message: on_message,
            _on_error: on_error,
        }));
        let able = disk.call("able", "", |_| Array::new()).await.ok()?;
        able.is_truthy().then_some(disk)
    }

    /// Opens a file for writing behind its first `at` bytes; what it held beyond them goes.
    pub(in crate::sinks) async fn open(&self, name: &str, at: u64) -> Result<(), JsValue> {
        self.call("open", name, |message| {
            set(message, "at", &(at as f64).into());
            Array::new()
        })
        .await
        .map(drop)
    }

    /// Writes on; resolves when the file has it. The buffers move away. Gives the SHA-256 of it where that is asked for.
    pub(in crate::sinks) async fn write(
        &self,
        name: &str,
        views: Vec<Uint8Array>,
        summed: bool,
    ) -> Result<Vec<u8>, JsValue> {
        let sum = self.call("write", name, |message| {
            let (pieces, moved) = to_move(views);
            set(message, "pieces", &pieces);
            set(message, "summed", &summed.into());
            moved
        });
        Ok(sum.await?.dyn_ref().map(Uint8Array::to_vec).unwrap_or_default())
    }

    /// Whether a file that is not open begins with runs of these lengths and these SHA-256. It is read for that.
    pub(in crate::sinks) async fn holds(&self, name: &str, runs: &[Run]) -> Result<bool, JsValue> {
        let held = self.call("holds", name, |message| {
            let lens: Array = runs.iter().map(|(len, _)| JsValue::from(*len as f64)).collect();
            let sums: Array = runs.iter().map(|(_, sum)| Uint8Array::from(sum.as_slice())).collect();
            set(message, "lens", &lens);
            set(message, "sums", &sums);
            Array::new()
        });
        held.await.map(|held| held.is_truthy())
    }

    /// Brings to the disk what was written so far.
    pub(in crate::sinks) async fn flush(&self) -> Result<(), JsValue> {
        self.call("flush", "", |_| Array::new()).await.map(drop)
    }

    /// Closes it: only then anybody else may read it.
    pub(in crate::sinks) async fn close(&self, name: &str) -> Result<(), JsValue> {
        self.call("close", name, |_| Array::new()).await.map(drop)
    }

    /// Removes it, open or not.
    pub(in crate::sinks) async fn remove(&self, name: &str) -> Result<(), JsValue> {
        self.call("remove", name, |_| Array::new()).await.map(drop)
    }

    async fn call(&self, kind: &str, name: &str, fill: impl FnOnce(&Object) -> Array) -> Result<JsValue, JsValue> {
        let shared = &self.0;
        let call = shared.next.get();
        shared.next.set(call.wrapping_add(1));
        let message = options("kind", &kind.into());
        set(&message, "call", &call.into());
        set(&message, "name", &name.into());
        let moved = fill(&message);
        let (tell, told) = oneshot::channel();
        shared.waiting.borrow_mut().insert(call, tell);
        shared.worker.post_message_with_transfer(&message, &moved)?;
        told.await
            .unwrap_or_else(|_| Err(options("name", &"AbortError".into()).into()))
    }
}

fn storage() -> Option<JsValue> {
    member(&web_sys::window()?.navigator(), "storage")
}

/// Bytes that the private file system takes, as the engine guesses; `None` where there is none.
pub(in crate::sinks) async fn room() -> Option<u64> {
    let storage = storage()?;
    member(&storage, "getDirectory")?;
    let guessed = answer(&storage, "estimate", NONE).await.ok()?;
    let number = |name| member(&guessed, name)?.as_f64();
    Some((number("quota")? - number("usage")?).max(0.0) as u64)
}

/// A file that was written, as the page reads it.
pub(in crate::sinks) async fn file(name: &str) -> Result<File, JsValue> {
    let folder = folder(false).await?;
    let handle = answer(&folder, "getFileHandle", &name.into()).await?;
    answer(&handle, "getFile", NONE).await?.dyn_into()
}

/// Bytes of one write, and their SHA-256.
pub(crate) type Run = (u64, [u8; 32]);

/// A file that is there.
pub(in crate::sinks) struct Found {
    pub(in crate::sinks) name: String,
    pub(in crate::sinks) len: u64,
    /// When it was written last, in milliseconds since 1970 UTC.
    pub(in crate::sinks) changed_ms: f64,
}

/// Every file that is there; an error where there never was one.
pub(in crate::sinks) async fn all() -> Result<Vec<Found>, JsValue> {
    let entries = answer(&folder(false).await?, "values", NONE).await?;
    let mut found = Vec::new();
    loop {
        let next = answer(&entries, "next", NONE).await?;
        let Some(entry) = member(&next, "value") else {
            return Ok(found);
        };
        let file: File = answer(&entry, "getFile", NONE).await?.dyn_into()?;
        found.push(Found {
            name: file.name(),
            len: file.size() as u64,
            changed_ms: file.last_modified(),
        });
    }
}

/// Removes a file that no worker has open.
pub(in crate::sinks) async fn remove(name: &str) -> Result<(), JsValue> {
    answer(&folder(false).await?, "removeEntry", &name.into())
        .await
        .map(drop)
}

async fn folder(create: bool) -> Result<JsValue, JsValue> {
    let storage = storage().ok_or(JsValue::UNDEFINED)?;
    let root = answer(&storage, "getDirectory", NONE).await?;
    answer_to_two(
        &root,
        "getDirectoryHandle",
        &FOLDER.into(),
        &options("create", &create.into()),
    )
    .await
}
