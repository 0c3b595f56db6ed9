//! IndexedDB, as little of it as a journal needs.

use futures::{
    FutureExt,
    future::{Either, select},
    pin_mut,
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, IdbDatabase, IdbFactory, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

/// What it is called.
pub(crate) const DATABASE: &str = "sealdrop";
/// 2 added the handles, 3 the downloads, 4 the places, 5 the sent links; opening adds what is missing and leaves what is there.
const VERSION: u32 = 5;
/// `"device"` → the key.
const KEYS: &str = "keys";
/// Id → when it was begun.
const UPLOADS: &str = "uploads";
/// Id of a link → what is known of its unfinished download. Its lines and the handle of its place stand with those of the
/// uploads, whose ids are longer.
const DOWNLOADS: &str = "downloads";
/// Id of a link → until when the place of its download may go on, and the place.
const PLACES: &str = "places";
/// `[id, number]` → line.
const LINES: &str = "lines";
/// Id → the handles of what is sent. They cannot be sealed: a reader of the browser profile sees the names of files there.
const HANDLES: &str = "handles";
/// Id of a link that was sent from here → its line.
const SENT: &str = "sent";
const DEVICE: &str = "device";
/// Milliseconds until the next try to open it: a browser that was killed may hold its files for a moment longer.
const PAUSES: [u32; 5] = [100, 300, 900, 2_000, 4_000];
/// Milliseconds that all of this may take.
const OPEN_WITHIN: u32 = 15_000;

/// What the database knows of an upload before its lines are opened.
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) begun_ms: f64,
    /// Whether there are handles of its files.
    pub(crate) stored: bool,
}

/// The database of this origin.
pub(super) struct Database(IdbDatabase);

impl Drop for Database {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Database {
    /// Opens it; `None` where there is none, or the engine refuses (private windows), or a tab with an older page keeps it
    /// from being upgraded.
    pub(super) async fn open() -> Option<Self> {
        let (opened, patience) = (Self::keep_opening().fuse(), TimeoutFuture::new(OPEN_WITHIN).fuse());
        pin_mut!(opened, patience);
        match select(opened, patience).await {
            Either::Left((database, _)) => database,
            Either::Right(_) => None,
        }
    }

    async fn keep_opening() -> Option<Self> {
        let factory: IdbFactory = Reflect::get(&js_sys::global(), &"indexedDB".into())
            .ok()?
            .dyn_into()
            .ok()?;
        for pause in PAUSES {
            if let Some(database) = Self::try_open(&factory).await {
                return Some(database);
            }
            TimeoutFuture::new(pause).await;
        }
        Self::try_open(&factory).await
    }

    async fn try_open(factory: &IdbFactory) -> Option<Self> {
        let request = factory.open_with_u32(DATABASE, VERSION).ok()?;
        let opening = request.clone();
        let upgrade = Closure::<dyn FnMut(Event)>::new(move |_| {
            let Ok(database) = opening.result().and_then(JsCast::dyn_into::<IdbDatabase>) else {
                return;
            };
            for store in [KEYS, UPLOADS, DOWNLOADS, PLACES, LINES, HANDLES, SENT] {
                // It fails for a store that is there already, which is what is wanted.
                let _ = database.create_object_store(store);
            }
        });
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = done(&request).await.ok()?.dyn_into().ok()?;
        Some(Self(database))
    }

    pub(super) async fn key(&self) -> Result<JsValue, JsValue> {
        let transaction = self.transaction(&[KEYS], "readonly")?;
        done(&transaction.object_store(KEYS)?.get(&DEVICE.into())?).await
    }

    /// Keeps the key, unless another tab was quicker; gives the one that is kept.
    pub(super) async fn keep_key(&self, key: &JsValue) -> Result<JsValue, JsValue> {
        let transaction = self.transaction(&[KEYS], "readwrite")?;
        // A refusal because there is one already must not end the transaction's page in an error: it is looked at below.
        let adding = done(&transaction.object_store(KEYS)?.add_with_key(key, &DEVICE.into())?).await;
        if adding.is_ok() {
            complete(&transaction).await?;
        }
        self.key().await
    }

    /// Adds lines from this number on; with the first ones comes when the upload was begun, and what finds its files again.
    pub(super) async fn append(
        &self,
        id: &str,
        number: u32,
        lines: &[String],
        begun: Option<(f64, &Array)>,
    ) -> Result<(), JsValue> {
        let stores: &[&str] = if begun.is_some() {
            &[UPLOADS, LINES, HANDLES]
        } else {
            &[LINES]
        };
        let transaction = self.transaction(stores, "readwrite")?;
        if let Some((begun_ms, handles)) = begun {
            transaction
                .object_store(UPLOADS)?
                .put_with_key(&begun_ms.into(), &id.into())?;
            if handles.length() > 0 {
                transaction.object_store(HANDLES)?.put_with_key(handles, &id.into())?;
            }
        }
        let store = transaction.object_store(LINES)?;
        for (number, line) in (number..).zip(lines) {
            store.put_with_key(&line.into(), &key_of(id, f64::from(number)))?;
        }
        complete(&transaction).await
    }

    /// Begins a download in place of what was there, with the handle of its place.
    pub(super) async fn begin_download(&self, link: &str, about: &str, place: Option<&JsValue>) -> Result<(), JsValue> {
        let transaction = self.transaction(&[DOWNLOADS, LINES, HANDLES], "readwrite")?;
        transaction.object_store(LINES)?.delete(&range_of(link)?)?;
        let link = &link.into();
        match place {
            Some(place) => transaction
                .object_store(HANDLES)?
                .put_with_key(&Array::of1(place), link)?,
            None => transaction.object_store(HANDLES)?.delete(link)?,
        };
        transaction.object_store(DOWNLOADS)?.put_with_key(&about.into(), link)?;
        complete(&transaction).await
    }

    /// What is known of one, if there is one.
    pub(super) async fn download(&self, link: &str) -> Result<Option<String>, JsValue> {
        let transaction = self.transaction(&[DOWNLOADS], "readonly")?;
        let found = done(&transaction.object_store(DOWNLOADS)?.get(&link.into())?).await?;
        Ok(found.as_string())
    }

    /// What is known of each, with the id of its link.
    pub(super) async fn downloads(&self) -> Result<Vec<(String, String)>, JsValue> {
        self.pairs(DOWNLOADS).await
    }

    /// What is known of the place on each link.
    pub(super) async fn places(&self) -> Result<Vec<(String, String)>, JsValue> {
        self.pairs(PLACES).await
    }

    pub(super) async fn keep_place(&self, link: &str, place: &str) -> Result<(), JsValue> {
        let transaction = self.transaction(&[PLACES], "readwrite")?;
        transaction
            .object_store(PLACES)?
            .put_with_key(&place.into(), &link.into())?;
        complete(&transaction).await
    }

    pub(super) async fn forget_place(&self, link: &str) -> Result<(), JsValue> {
        let transaction = self.transaction_lasting(&[PLACES], "readwrite", "relaxed")?;
        transaction.object_store(PLACES)?.delete(&link.into())?;
        complete(&transaction).await
    }

    /// Every key of a store with its text.
    async fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, JsValue> {
        let transaction = self.transaction(&[name], "readonly")?;
        let store = transaction.object_store(name)?;
        let (keys, values) = (store.get_all_keys()?, store.get_all()?);
        let keys: Array = done(&keys).await?.dyn_into()?;
        let values: Array = done_or_ready(&values).await?.dyn_into()?;
        let pairs = keys.iter().zip(values.iter());
        Ok(pairs
            .filter_map(|(link, about)| Some((link.as_string()?, about.as_string()?)))
            .collect())
    }

    /// Every sent link's line, with its id.
    pub(super) async fn sent(&self) -> Result<Vec<(String, String)>, JsValue> {
        let transaction = self.transaction(&[SENT], "readonly")?;
        let store = transaction.object_store(SENT)?;
        let (keys, values) = (store.get_all_keys()?, store.get_all()?);
        let keys: Array = done(&keys).await?.dyn_into()?;
        let values: Array = done_or_ready(&values).await?.dyn_into()?;
        let pairs = keys.iter().zip(values.iter());
        Ok(pairs
            .filter_map(|(link, line)| Some((link.as_string()?, line.as_string()?)))
            .collect())
    }

    /// One sent link's line.
    pub(super) async fn sent_line(&self, link: &str) -> Result<Option<String>, JsValue> {
        let transaction = self.transaction(&[SENT], "readonly")?;
        let found = done(&transaction.object_store(SENT)?.get(&link.into())?).await?;
        Ok(found.as_string())
    }

    /// Keeps a sent link's line. With `known` it only takes the place of one: another tab may have forgotten the link. Tells
    /// whether it is kept.
    pub(super) async fn put_sent(&self, link: &str, line: &str, known: bool) -> Result<bool, JsValue> {
        let transaction = self.transaction(&[SENT], "readwrite")?;
        let store = transaction.object_store(SENT)?;
        let link = &link.into();
        if known && done(&store.get_key(link)?).await?.is_undefined() {
            return Ok(false);
        }
        store.put_with_key(&line.into(), link)?;
        complete(&transaction).await?;
        Ok(true)
    }

    /// Forgets sent links.
    pub(super) async fn remove_sent(&self, links: &[String]) -> Result<(), JsValue> {
        let transaction = self.transaction(&[SENT], "readwrite")?;
        let store = transaction.object_store(SENT)?;
        for link in links {
            store.delete(&link.into())?;
        }
        complete(&transaction).await
    }

    pub(super) async fn lines(&self, id: &str) -> Result<Vec<String>, JsValue> {
        let transaction = self.transaction(&[LINES], "readonly")?;
        let lines: Array = done(&transaction.object_store(LINES)?.get_all_with_key(&range_of(id)?)?)
            .await?
            .dyn_into()?;
        Ok(lines.iter().map_while(|line| line.as_string()).collect())
    }

    pub(super) async fn uploads(&self) -> Result<Vec<Listed>, JsValue> {
        let transaction = self.transaction(&[UPLOADS, HANDLES], "readonly")?;
        let store: IdbObjectStore = transaction.object_store(UPLOADS)?;
        let (keys, values) = (store.get_all_keys()?, store.get_all()?);
        let stored = transaction.object_store(HANDLES)?.get_all_keys()?;
        let keys: Array = done(&keys).await?.dyn_into()?;
        // The others were asked for in the same breath, so they are there with the first or shortly after.
        let values: Array = done_or_ready(&values).await?.dyn_into()?;
        let stored: Array = done_or_ready(&stored).await?.dyn_into()?;
        let listed = |(id, begun): (JsValue, JsValue)| {
            Some(Listed {
                stored: stored.includes(&id, 0),
                id: id.as_string()?,
                begun_ms: begun.as_f64()?,
            })
        };
        Ok(keys.iter().zip(values.iter()).filter_map(listed).collect())
    }

    /// In one go, however many; none removes what is there.
    pub(super) async fn keep_handles(&self, id: &str, handles: &Array) -> Result<(), JsValue> {
        let transaction = self.transaction(&[HANDLES], "readwrite")?;
        let store = transaction.object_store(HANDLES)?;
        if handles.length() > 0 {
            store.put_with_key(handles, &id.into())?;
        } else {
            store.delete(&id.into())?;
        }
        complete(&transaction).await
    }

    pub(super) async fn handles(&self, id: &str) -> Result<Array, JsValue> {
        let transaction = self.transaction(&[HANDLES], "readonly")?;
        done(&transaction.object_store(HANDLES)?.get(&id.into())?)
            .await?
            .dyn_into()
    }

    /// The disk may hear of it later: what comes back after a crash leads nowhere, and is found to.
    pub(super) async fn remove(&self, id: &str) -> Result<(), JsValue> {
        let transaction = self.transaction_lasting(&[UPLOADS, DOWNLOADS, LINES, HANDLES], "readwrite", "relaxed")?;
        transaction.object_store(HANDLES)?.delete(&id.into())?;
        transaction.object_store(UPLOADS)?.delete(&id.into())?;
        transaction.object_store(DOWNLOADS)?.delete(&id.into())?;
        transaction.object_store(LINES)?.delete(&range_of(id)?)?;
        complete(&transaction).await
    }

    /// A transaction whose end means that the disk has it, where the engine can promise that.
    fn transaction(&self, stores: &[&str], mode: &str) -> Result<IdbTransaction, JsValue> {
        self.transaction_lasting(stores, mode, "strict")
    }

    fn transaction_lasting(&self, stores: &[&str], mode: &str, durability: &str) -> Result<IdbTransaction, JsValue> {
        let names: Array = stores.iter().map(|name| JsValue::from(*name)).collect();
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &durability.into())?;
        let start: Function = Reflect::get(&self.0, &"transaction".into())?.dyn_into()?;
        start.call3(&self.0, &names, &mode.into(), &options)?.dyn_into()
    }
}

fn key_of(id: &str, number: f64) -> JsValue {
    Array::of2(&id.into(), &number.into()).into()
}

fn range_of(id: &str) -> Result<JsValue, JsValue> {
    IdbKeyRange::bound(&key_of(id, 0.0), &key_of(id, f64::from(u32::MAX))).map(Into::into)
}

/// What a request came to.
async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

/// As [`done`], for one that may have come to its end already.
async fn done_or_ready(request: &IdbRequest) -> Result<JsValue, JsValue> {
    match request.result() {
        Ok(value) => Ok(value),
        Err(_) => done(request).await,
    }
}

async fn complete(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.map(drop)
}
