//! A place in memory for the files of a download.

use super::*;

/// What happened to the files of a download.
#[derive(Default)]
pub(crate) struct Saving {
    pub(crate) files: Rc<RefCell<BTreeMap<String, Saved>>>,
}

#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Saved {
    pub(crate) bytes: Vec<u8>,
    pub(crate) finished: Option<Proof>,
    pub(crate) aborted: bool,
    /// Stays for a later run.
    pub(crate) suspended: bool,
}

pub(crate) struct One(String, Rc<RefCell<BTreeMap<String, Saved>>>);

impl Sinks for Saving {
    type Chunk = Plain;
    type Sink = One;
    async fn open(&mut self, file: &SinkFile) -> Result<One, TransferError> {
        let mut files = self.files.borrow_mut();
        if file.offset > 0 {
            let kept = files.get_mut(&file.path).expect("only what was kept goes on");
            assert!(kept.finished.is_none() && kept.bytes.len() as u64 >= file.offset);
            kept.bytes.truncate(file.offset as usize);
        } else {
            let before = files.insert(file.path.clone(), Saved::default());
            assert!(before.is_none_or(|before| before.suspended), "each file is opened once");
        }
        Ok(One(file.path.clone(), Rc::clone(&self.files)))
    }
}

impl Sink for One {
    type Chunk = Plain;
    async fn write(&mut self, chunk: Plain) -> Result<(), TransferError> {
        self.1
            .borrow_mut()
            .entry(self.0.clone())
            .or_default()
            .bytes
            .extend(chunk.to_vec());
        Ok(())
    }
    async fn finish(self, proof: Proof) -> Result<(), TransferError> {
        self.1.borrow_mut().entry(self.0.clone()).or_default().finished = Some(proof);
        Ok(())
    }
    async fn abort(self) {
        self.1.borrow_mut().entry(self.0.clone()).or_default().aborted = true;
    }
    async fn suspend(self) {
        self.1.borrow_mut().entry(self.0.clone()).or_default().suspended = true;
    }
}
