//! A server and a bucket in memory that answer as the real ones do, and fail where a test asks for it; a machine
//! whose clock runs a thousand times too fast.

mod platform;
mod sinks;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::poll_fn,
    rc::Rc,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use sealdrop_api::{Problem, ProblemType};
use sealdrop_crypto::{ObjectReader, encode_base64url, hash_groups, size};
use sealdrop_transfer::*;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

pub(crate) use sinks::{Saved, Saving};

const FASTER: u32 = 1_000;
const MOST_AT_A_LOOK: Duration = Duration::from_millis(50);

/// Something that goes wrong, once, where the words fit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The request is done and its answer lost. Fits method and path by substring.
    LostAnswer(&'static str),
    /// The request does not get there. Fits as above.
    Unheard(&'static str),
    /// The server is busy. Fits as above.
    Busy(&'static str),
    /// The bucket refuses a list.
    List,
    /// The bucket takes the part, the answer is lost.
    LostPut,
    /// The network goes away while a part is sent, for five minutes.
    Offline,
    /// The bucket refuses a PUT or GET with this status.
    Put(u16),
    Get(u16),
    /// At completion the server names this part.
    Differ(u32),
    /// A file is another when this part is read.
    Changed(u32),
    /// A file reads otherwise once so many looks were taken at files.
    Rewritten(u32),
    /// An empty file is gone.
    Gone,
    /// After a reservation nothing is asked for until the server has forgotten it. This machine's clock says that so much time
    /// went by: none where it slept.
    Idle(Duration),
}

#[derive(Default)]
pub(crate) struct Stored {
    pub(crate) sealed_len: Option<u64>,
    pub(crate) parts: BTreeMap<u32, (String, Arc<Vec<u8>>)>,
    /// Parts as earlier attempts stored them.
    pub(crate) earlier: BTreeMap<u32, Arc<Vec<u8>>>,
    pub(crate) whole: Option<Vec<u8>>,
    pub(crate) etag: String,
    pub(crate) deleted: bool,
}

#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) objects: RefCell<BTreeMap<String, Stored>>,
    pub(crate) link: RefCell<Option<Value>>,
    pub(crate) links_made: Cell<u32>,
    pub(crate) used: Cell<u32>,
    /// Every claim and where it stands.
    pub(crate) claims: RefCell<BTreeMap<String, &'static str>>,
    pub(crate) released: RefCell<Vec<String>>,
    /// Of each claim that was asked for: its id and what it is for.
    pub(crate) claims_asked: RefCell<Vec<(String, String)>>,
    /// Why claims are refused, and addresses.
    pub(crate) ended: Cell<Option<ProblemType>>,
    pub(crate) faults: RefCell<Vec<Fault>>,
    pub(crate) puts: Cell<u32>,
    pub(crate) gets: Cell<u32>,
    /// Of each GET in turn: its first record and how many; at the end of it the same again. Each takes 5 ms a record.
    pub(crate) ranges: RefCell<Option<Vec<(u64, u64)>>>,
    pub(crate) looks: Cell<u32>,
    /// A proxy compresses answers, and makes every `ETag` a weak one.
    pub(crate) weak_etags: Cell<bool>,
    /// Whether every answer also names ids, keys and salts that the server chose: always the same ones.
    pub(crate) chooses: Cell<bool>,
    /// Of each PUT in turn: how many were under way.
    pub(crate) at_once: RefCell<Vec<u32>>,
    under_way: Cell<u32>,
    offline: Cell<bool>,
    pub(crate) signed: RefCell<Vec<usize>>,
    /// Unknown uploads for which addresses were requested.
    pub(crate) unknown: Cell<u32>,
    serial: Cell<u32>,
    clock: Cell<Option<(Instant, Duration)>>,
}

#[derive(Clone)]
pub(crate) struct Plain(pub Rc<Vec<u8>>, pub core::ops::Range<usize>);

impl Chunk for Plain {
    fn len(&self) -> usize {
        self.1.end - self.1.start
    }
    fn slice(&self, range: core::ops::Range<usize>) -> Self {
        Self(Rc::clone(&self.0), self.1.start + range.start..self.1.start + range.end)
    }
    fn to_vec(&self) -> Vec<u8> {
        self.0[self.1.clone()].to_vec()
    }
    fn from_bytes(bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        Self(Rc::new(bytes), 0..len)
    }
}

/// A file to send.
pub(crate) type Bytes = Arc<Vec<u8>>;

impl Memory {
    pub(crate) fn with(faults: &[Fault]) -> Self {
        Self {
            faults: RefCell::new(faults.to_vec()),
            ..Self::default()
        }
    }

    fn hits(&self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut faults = self.faults.borrow_mut();
        let place = faults.iter().position(fits)?;
        Some(faults.remove(place))
    }

    fn etag(&self) -> String {
        self.serial.set(self.serial.get() + 1);
        format!("\"e{}\"", self.serial.get())
    }

    /// What a client hears of an `ETag`.
    fn as_told(&self, etag: &str) -> String {
        if self.weak_etags.get() {
            format!("W/{etag}")
        } else {
            etag.to_owned()
        }
    }

    fn store(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError> {
        self.puts.set(self.puts.get() + 1);
        let mut words = url.trim_start_matches("/put/").split('/');
        let (id, part) = (words.next().expect("an id").to_owned(), words.next().expect("a part"));
        if self.hits(|fault| *fault == Fault::Offline).is_some() {
            self.offline.set(true);
        }
        if self.offline.get() {
            return Err(TransferError::Unreachable);
        }
        if let Some(Fault::Put(status)) = self.hits(|fault| matches!(fault, Fault::Put(_))) {
            return Err(TransferError::Bucket { status, code: None });
        }
        let lost = self.hits(|fault| *fault == Fault::LostPut).is_some();
        let etag = self.etag();
        let mut objects = self.objects.borrow_mut();
        let object = objects.get_mut(&id).expect("only what was reserved is signed");
        let part = part.parse().expect("a number");
        if let Some((_, earlier)) = object.parts.insert(part, (etag.clone(), sealed)) {
            object.earlier.insert(part, earlier);
        }
        if lost {
            Err(TransferError::Unreachable)
        } else {
            Ok(self.as_told(&etag))
        }
    }

    fn answer(&self, method: &str, path: &str, body: &Value) -> Result<Value, ProblemType> {
        let words: Vec<&str> = path.trim_start_matches("/api/v1/").split(['/', '?']).collect();
        match (method, &words[..]) {
            ("GET", ["limits"]) => Ok(json!({
                "guest": true, "max_link_bytes": 1_u64 << 40, "default_expires_in": 604_800, "max_expires_in": 2_592_000,
                "default_downloads": 10, "max_downloads": 1_000, "sign_window": 16
            })),
            ("POST", ["uploads"]) => {
                let id = body["object_id"].as_str().expect("an id").to_owned();
                let sealed_len = body["sealed_len"].as_u64();
                let mut objects = self.objects.borrow_mut();
                let object = objects.entry(id.clone()).or_default();
                object.sealed_len = sealed_len;
                let state = match object {
                    _ if object.deleted => "aborted",
                    _ if object.whole.is_some() => "committed",
                    _ if object.parts.is_empty() => "reserved",
                    _ => "uploading",
                };
                Ok(json!({"object_id": id, "state": state}))
            }
            ("POST", ["uploads", id, "urls"]) => {
                let parts = body["parts"].as_array().expect("a list");
                assert!(parts.len() <= 16, "a window");
                if !self.objects.borrow().contains_key(*id) {
                    self.unknown.set(self.unknown.get() + 1);
                    return Err(ProblemType::UploadNotFound);
                }
                self.signed.borrow_mut().push(parts.len());
                let urls: Vec<Value> = parts
                    .iter()
                    .map(|part| json!({"n": part["n"], "url": format!("/put/{id}/{}", part["n"]), "expires_at": "2030-01-01T00:00:00Z"}))
                    .collect();
                Ok(json!({ "urls": urls }))
            }
            ("POST", ["uploads", id, "complete"]) => {
                let mut objects = self.objects.borrow_mut();
                let object = objects.get_mut(*id).expect("it was reserved");
                let named = body["parts"].as_array().expect("a list");
                for part in named {
                    let n = part["n"].as_u64().expect("a number") as u32;
                    let kept = object.parts.get(&n).map(|(etag, _)| etag.as_str());
                    assert_eq!(kept, part["etag"].as_str(), "the last acknowledged attempt is named");
                }
                let whole: Vec<u8> = object
                    .parts
                    .values()
                    .flat_map(|(_, bytes)| bytes.iter().copied())
                    .collect();
                assert_eq!(whole.len() as u64, body["sealed_len"].as_u64().expect("a length"));
                assert!(object.sealed_len.is_none_or(|len| len == whole.len() as u64));
                object.whole = Some(whole);
                object.etag = "\"whole\"".to_owned();
                Ok(json!({"state": "completing"}))
            }
            ("GET", ["uploads", id]) => {
                let state = if self.objects.borrow()[*id].whole.is_some() {
                    "committed"
                } else {
                    "uploading"
                };
                Ok(json!({"state": state, "sealed_len": null, "part_len": size::PART, "reason": null}))
            }
            ("GET", ["uploads", id, "parts", after]) => {
                let after: u32 = after.trim_start_matches("after=").parse().expect("a number");
                let objects = self.objects.borrow();
                let later = objects[*id].parts.range(after + 1..);
                let parts: Vec<Value> = later
                    .clone()
                    .take(2)
                    .map(|(n, (etag, bytes))| json!({"n": n, "len": bytes.len(), "etag": self.as_told(etag)}))
                    .collect();
                let next = (later.count() > 2).then(|| parts.last().map(|part| part["n"].clone()));
                Ok(json!({"parts": parts, "next": next}))
            }
            ("DELETE", ["uploads", id]) => {
                self.objects.borrow_mut().get_mut(*id).expect("it was reserved").deleted = true;
                Ok(Value::Null)
            }
            ("POST", ["links"]) => {
                let mut link = self.link.borrow_mut();
                match &*link {
                    // The very same again, or a second link of this token.
                    Some(made) if made != body => return Err(ProblemType::LinkExists),
                    Some(_) => {}
                    None => {
                        let objects = self.objects.borrow();
                        if objects.values().any(|object| object.whole.is_none() && !object.deleted) {
                            return Err(ProblemType::UploadsUnfinished);
                        }
                        self.links_made.set(self.links_made.get() + 1);
                        *link = Some(body.clone());
                    }
                }
                Ok(json!({"link_id": id_of(body), "expires_at": "2030-01-01T00:00:00Z",
                          "max_downloads": body["max_downloads"], "sealed_bytes": 1}))
            }
            ("GET", ["links", id]) => match &*self.link.borrow() {
                Some(link) if id_of(link) == **id => Ok(json!({
                    "link_id": id, "state": "active", "expires_at": "2030-01-01T00:00:00Z", "max_downloads": 10, "rev": 1,
                    "opened": 0, "active": 0, "used": 0, "failed": 0, "sealed_bytes": 1
                })),
                _ => Err(ProblemType::LinkNotFound),
            },
            ("DELETE", ["links", _]) => {
                *self.link.borrow_mut() = None;
                Ok(Value::Null)
            }
            ("POST", ["links", id, "open"]) => {
                let link = self.link.borrow();
                let Some(link) = link.as_ref().filter(|link| id_of(link) == **id) else {
                    return Err(ProblemType::LinkNotFound);
                };
                let auth: sealdrop_api::LinkAuth =
                    body["auth"].as_str().expect("a bearer").parse().expect("43 characters");
                // The verifier is checked by what only its holder can have: the right bearer opens the payload.
                if self.bearer_is_wrong(&auth, link) {
                    return Err(ProblemType::LinkNotFound);
                }
                let manifest = link["manifest"].as_str().map(|id| self.place(id));
                Ok(
                    json!({"payload": link["payload"], "rev": 1, "expires_at": "2030-01-01T00:00:00Z",
                          "downloads_left": 10 - self.used.get(), "max_downloads": 10, "manifest": manifest}),
                )
            }
            ("POST", ["links", _, "claims"]) => {
                let text = |name: &str| body[name].as_str().expect("a text").to_owned();
                let id = text("claim_id");
                self.claims_asked.borrow_mut().push((id.clone(), text("purpose")));
                if let Some(ended) = self.ended.get() {
                    return Err(ended);
                }
                let mut claims = self.claims.borrow_mut();
                let state = *claims.entry(id).or_insert("active");
                if state == "released" {
                    return Err(ProblemType::ClaimEnded);
                }
                Ok(
                    json!({"state": state, "lease_until": "2030-01-01T00:00:00Z", "resume_until": "2030-01-01T00:00:00Z"}),
                )
            }
            ("POST", ["links", _, "claims", _, "urls"]) if self.ended.get().is_some() => {
                Err(self.ended.get().unwrap_or(ProblemType::LinkRevoked))
            }
            ("POST", ["links", _, "claims", id, "urls"]) => {
                match self.claims.borrow().get(*id) {
                    None => return Err(ProblemType::ClaimNotFound),
                    Some(&"released") => return Err(ProblemType::ClaimEnded),
                    Some(_) => {}
                }
                let asked = body["objects"].as_array().expect("a list");
                let urls: Vec<Value> = asked.iter().map(|id| self.place(id.as_str().expect("an id"))).collect();
                Ok(json!({"urls": urls, "lease_until": "2030-01-01T00:00:00Z"}))
            }
            ("POST", ["links", _, "claims", id, "commit"]) => {
                let before = self.claims.borrow_mut().insert((*id).to_owned(), "committed");
                if before == Some("active") {
                    self.used.set(self.used.get() + 1);
                }
                Ok(json!({"state": "committed"}))
            }
            ("POST", ["links", _, "claims", id, "release"]) => {
                self.claims.borrow_mut().insert((*id).to_owned(), "released");
                self.released
                    .borrow_mut()
                    .push(body["reason"].as_str().expect("a reason").to_owned());
                Ok(json!({"state": "released"}))
            }
            _ => panic!("no such route: {method} {path}"),
        }
    }

    fn bearer_is_wrong(&self, auth: &sealdrop_api::LinkAuth, link: &Value) -> bool {
        let verifier: sealdrop_api::Verifier = link["verifier"]
            .as_str()
            .expect("a verifier")
            .parse()
            .expect("43 characters");
        // hash_groups is SHA-256 for what is shorter than 10 MiB.
        hash_groups(auth.as_bytes()) != [*verifier.as_bytes()]
    }

    fn place(&self, id: &str) -> Value {
        let objects = self.objects.borrow();
        let object = &objects[id];
        let len = object.whole.as_ref().expect("it is committed").len();
        json!({"object_id": id, "url": format!("/get/{id}"), "etag": self.as_told("\"whole\""), "sealed_len": len,
               "expires_at": "2030-01-01T00:00:00Z"})
    }
}

/// The id of a link that was asked for, as text.
pub(crate) fn id_of(link: &Value) -> String {
    let seed = link["link_seed"].as_str().expect("a seed");
    let seed: sealdrop_api::LinkSeed = seed.parse().expect("22 characters");
    seed.link_id().to_string()
}

/// The one object that is stored, by what a closure does to its bytes.
/// What a server would like its clients to seal with.
pub(crate) const CHOSEN: [u8; 32] = [b'C'; 32];

fn choose(answer: &mut Value) {
    let (id, key) = (encode_base64url(&CHOSEN[..16]), encode_base64url(&CHOSEN));
    if let Some(fields) = answer.as_object_mut() {
        for (name, value) in ["object_id", "upload_id", "link_id", "link_seed"].map(|name| (name, &id)) {
            fields.insert(name.to_owned(), json!(value));
        }
        for name in [
            "fek",
            "key",
            "salt",
            "nonce",
            "iv",
            "seed",
            "secret",
            "auth",
            "token",
            "owner_token",
        ] {
            fields.insert(name.to_owned(), json!(key));
        }
    }
}

pub(crate) fn alter(memory: &Memory, change: impl FnOnce(&mut Stored)) {
    let mut objects = memory.objects.borrow_mut();
    let object = objects
        .values_mut()
        .max_by_key(|object| object.whole.as_ref().map(Vec::len))
        .expect("one was sent");
    change(object);
}

/// The parts of the object that has most of them and is not whole.
pub(crate) fn alter_begun(memory: &Memory, change: impl FnOnce(&mut BTreeMap<u32, (String, Arc<Vec<u8>>)>)) {
    let mut objects = memory.objects.borrow_mut();
    let object = objects
        .values_mut()
        .filter(|object| object.whole.is_none())
        .max_by_key(|object| object.parts.len())
        .expect("one was begun");
    change(&mut object.parts);
}
