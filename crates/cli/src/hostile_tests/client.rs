//! A client whose waits are short and whose files are kept in memory, and what is made of what it received.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc, time::Duration};

use sealdrop_api::LinkId;
use sealdrop_crypto::{LinkSecret, Zeroizing};
use sealdrop_transfer::{
    ApiRequest, ApiResponse, Control, DeviceFault, Link, LinkAccess, OpenJob, OpenedRange, PartJob, Platform, Proof,
    ReceiveOptions, Selection, SentPart, Sink, SinkFile, Sinks, TransferError, download, open_link,
};

use super::{
    honest_ranges::{Knowledge, Known},
    planted::Weakness,
};
use crate::{
    platform::{CliPlatform, plain::Plain},
    source::SourceFile,
};

/// How much shorter waits are.
const FASTER: u32 = 1_000;
/// A client that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Path and bytes of each file.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Outcome of a download.
pub(super) struct Received {
    pub(super) result: Result<(), TransferError>,
    /// Files that got their name.
    pub(super) finished: Files,
    /// Name, note and size as they were shown.
    pub(super) shown: Option<(String, Option<String>, u64)>,
    knowledge: Knowledge,
}

/// What is made of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// Everything, and all of it right.
    Right,
    /// An error, and nothing wrong.
    Refused(String),
    /// Something that was never sealed was believed.
    Wrong(String),
}

impl Received {
    /// What was opened on the way.
    pub(super) fn knowledge(&self) -> Knowledge {
        self.knowledge.clone()
    }

    /// Compares with what an honest download gave.
    pub(super) fn judge(&self, files: &Files, honest: &Self) -> Verdict {
        for (path, bytes) in &self.finished {
            match files.get(path) {
                Some(right) if right == bytes => {}
                Some(right) => {
                    return Verdict::Wrong(format!(
                        "{path}: {} bytes, not the {} that were sent",
                        bytes.len(),
                        right.len()
                    ));
                }
                None => return Verdict::Wrong(format!("{path} was never sent")),
            }
        }
        if self.shown.is_some() && self.shown != honest.shown {
            return Verdict::Wrong(format!("{:?} was shown", self.shown));
        }
        match &self.result {
            Ok(()) if self.finished.len() == files.len() => Verdict::Right,
            Ok(()) => Verdict::Wrong(format!(
                "{} of {} files are called all",
                self.finished.len(),
                files.len()
            )),
            Err(error) => Verdict::Refused(error.to_string()),
        }
    }
}

/// The command line's machine, in a hurry.
pub(super) struct Client {
    platform: CliPlatform,
    address: String,
    pub(super) weakness: Option<Weakness>,
    pub(super) password: Option<&'static str>,
    opened: RefCell<Knowledge>,
}

impl Client {
    pub(super) fn new(address: &str) -> Self {
        // One TLS for the whole process; a second call would only say that there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            platform: CliPlatform::new(address, 3).expect("an address"),
            address: address.to_owned(),
            weakness: None,
            password: None,
            opened: RefCell::default(),
        }
    }

    /// Receives everything behind a link, as `sealdrop receive` does.
    pub(super) async fn receive(&self, link: &str) -> Received {
        let files = Rc::new(RefCell::new(Files::new()));
        let mut shown = None;
        let result = tokio::time::timeout(PATIENCE, async {
            let link = Link::parse(&format!("{}{link}", self.address)).expect("a link");
            let password = self.password.map(|password| Zeroizing::new(password.to_owned()));
            let opened = open_link(self, &link, password.as_ref()).await?;
            shown = Some((opened.name.clone(), opened.note.clone(), opened.plain_bytes));
            let mut memory = Memory(Rc::clone(&files));
            let (options, control) = (ReceiveOptions::default(), Control::new());
            download(self, &opened, Selection::All, &mut memory, options, &control, &|_| {}).await
        })
        .await;
        let result = match result {
            Ok(result) => result.map(|_| ()),
            Err(_) => panic!("the client waits without end"),
        };
        Received {
            result,
            finished: files.take(),
            shown,
            knowledge: self.opened.take(),
        }
    }
}

impl Platform for Client {
    type File = SourceFile;
    type Chunk = Plain;

    async fn read_plain(&self, _: &SourceFile, _: std::ops::Range<u64>) -> Result<Vec<u8>, TransferError> {
        Err(TransferError::device(DeviceFault::Internal, "not in this test"))
    }

    async fn request(&self, request: ApiRequest) -> Result<ApiResponse, TransferError> {
        self.platform.request(request).await
    }

    async fn seal_and_send(&self, job: PartJob<SourceFile>, sent: &dyn Fn(u64)) -> Result<SentPart, TransferError> {
        self.platform.seal_and_send(job, sent).await
    }

    async fn send_sealed(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError> {
        self.platform.send_sealed(url, sealed).await
    }

    async fn open_range(&self, job: OpenJob, received: &dyn Fn(u64)) -> Result<OpenedRange<Plain>, TransferError> {
        if let Some(weakness) = &self.weakness {
            return weakness.open_range(&self.platform, &self.address, job).await;
        }
        let asked = job.clone();
        let range = self.platform.open_range(job, received).await?;
        let path = asked.url.split('?').next().unwrap_or_default().to_owned();
        let known = Known {
            header: range.header,
            content: range.content.0.to_vec(),
            digest: range.digest,
            job: asked,
        };
        self.opened.borrow_mut().insert((path, known.job.records.start), known);
        Ok(range)
    }

    async fn derive_link_access(
        &self,
        link_id: LinkId,
        secret: &LinkSecret,
        password: Option<&str>,
    ) -> Result<LinkAccess, TransferError> {
        self.platform.derive_link_access(link_id, secret, password).await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / FASTER).await;
    }

    fn now(&self) -> Duration {
        self.platform.now() * FASTER
    }

    fn normalize_nfc(&self, text: &str) -> String {
        self.platform.normalize_nfc(text)
    }

    fn normalize_nfkc(&self, text: &str) -> String {
        self.platform.normalize_nfkc(text)
    }
}

/// Files in memory; those that are finished are kept.
struct Memory(Rc<RefCell<Files>>);

struct Growing {
    path: String,
    bytes: Vec<u8>,
    files: Rc<RefCell<Files>>,
}

impl Sinks for Memory {
    type Chunk = Plain;
    type Sink = Growing;

    async fn open(&mut self, file: &SinkFile) -> Result<Growing, TransferError> {
        Ok(Growing {
            path: file.path.clone(),
            bytes: Vec::new(),
            files: Rc::clone(&self.0),
        })
    }
}

impl Sink for Growing {
    type Chunk = Plain;

    async fn write(&mut self, chunk: Plain) -> Result<(), TransferError> {
        self.bytes.extend_from_slice(&chunk.0);
        Ok(())
    }

    async fn finish(self, _: Proof) -> Result<(), TransferError> {
        self.files.borrow_mut().insert(self.path, self.bytes);
        Ok(())
    }

    async fn abort(self) {}
}
