//! Whole transfers against a server in memory that fails where a test wants it.

mod receiving;
mod sending;

use std::{cell::RefCell, sync::Arc};

use crate::memory::{Fault, Memory, Saved, Saving, alter};
use futures::executor::block_on;
use sealdrop_api::{ProblemType, SealedBytes, Verifier};
use sealdrop_crypto::{BlobContext, Zeroizing, open_blob, size};
use sealdrop_transfer::*;

/// Content of a full first part of 10 MiB.
const FIRST: usize = 10_484_496;

pub(crate) fn content(len: usize) -> Arc<Vec<u8>> {
    Arc::new((0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8).collect())
}

fn files(lens: &[(&str, usize)]) -> Vec<SendFile<Arc<Vec<u8>>>> {
    lens.iter()
        .map(|(path, len)| SendFile {
            path: (*path).to_owned(),
            len: *len as u64,
            modified_ms: Some(7),
            mime: None,
            handle: content(*len),
        })
        .collect()
}

fn options() -> SendOptions {
    SendOptions::new("https://drop.example")
}

pub(crate) fn send(memory: &Memory, lens: &[(&str, usize)]) -> Result<Sent, TransferError> {
    block_on(upload(
        memory,
        files(lens),
        &options(),
        (&NoJournal, None),
        &Control::new(),
        &|_| {},
    ))
}

pub(crate) fn opened(memory: &Memory, sent: &Sent) -> OpenedLink {
    let link = Link::parse(&sent.link.expose()).expect("the link reads");
    block_on(open_link(memory, &link, None)).expect("the link opens")
}

fn receive(
    memory: &Memory,
    link: &OpenedLink,
    which: Selection,
) -> (Result<Receipt, TransferError>, Vec<(String, Saved)>) {
    let mut saving = Saving::default();
    let events = |_| {};
    let options = ReceiveOptions::default();
    let result = block_on(download(
        memory,
        link,
        which,
        &mut saving,
        options,
        &Control::new(),
        &events,
    ));
    (result, saving.files.take().into_iter().collect())
}

pub(crate) fn comes_back(memory: &Memory, sent: &Sent, lens: &[(&str, usize)]) {
    let (receipt, saved) = receive(memory, &opened(memory, sent), Selection::All);
    let receipt = receipt.expect("it is received");
    assert_eq!((receipt.files, receipt.counted), (lens.len(), true));
    assert_eq!(saved.len(), lens.len());
    for (path, len) in lens {
        let (_, one) = saved
            .iter()
            .find(|(saved, _)| saved == path)
            .expect("each file arrives");
        assert!(one.bytes == *content(*len), "{path}");
        assert_eq!((one.finished, one.aborted), (Some(Proof::Whole), false), "{path}");
    }
    assert_eq!(memory.used.get(), 1, "one download was counted");
    assert!(memory.released.borrow().is_empty());
}

#[test]
fn files_of_boundary_sizes_come_back() {
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1, 2 * FIRST + 500_000] {
        let memory = Memory::default();
        let sent = send(&memory, &[("a.bin", len)]).expect("it is sent");
        assert_eq!(opened(&memory, &sent).name, "a.bin");
        comes_back(&memory, &sent, &[("a.bin", len)]);
    }
}

#[test]
fn a_folder_of_packed_and_large_files_comes_back() {
    let lens = [
        ("d/a", 5),
        ("d/b", 0),
        ("d/big", size::PART as usize + 3),
        ("d/e/c", 300_000),
        ("d/z", 70_000),
    ];
    let memory = Memory::default();
    let sent = send(&memory, &lens).expect("it is sent");
    let link = opened(&memory, &sent);
    assert_eq!((link.name.as_str(), link.files.len()), ("d", 5));
    assert_eq!(
        memory.objects.borrow().len(),
        2,
        "one pack and one object for the large file"
    );
    comes_back(&memory, &sent, &lens);
}

#[test]
fn a_long_list_travels_as_a_manifest_that_is_verified() {
    let names: Vec<String> = (0..1_500)
        .map(|i| format!("folder/{i:04} {}", "x".repeat(40)))
        .collect();
    let lens: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 3)).collect();
    let memory = Memory::default();
    let sent = send(&memory, &lens).expect("it is sent");
    assert!(memory.link.borrow().as_ref().expect("a link")["manifest"].is_string());
    comes_back(&memory, &sent, &lens);
    alter(&memory, |manifest| manifest.whole.as_mut().expect("whole")[4_000] ^= 1);
    let refused = block_on(open_link(&memory, &sent.link, None)).map(drop);
    assert_eq!(refused, Err(TransferError::NotWhatWasSealed));
}

/// A pipe that gives its bytes in pieces of an odd size.
struct Pieces(Arc<Vec<u8>>, usize);

impl Pipe for Pieces {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError> {
        let len = buffer.len().min(99_991).min(self.0.len() - self.1);
        buffer[..len].copy_from_slice(&self.0[self.1..self.1 + len]);
        self.1 += len;
        Ok(len)
    }
}

#[test]
fn pipes_of_any_length_come_back() {
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST + 1_000] {
        let memory = Memory::with(&[Fault::LostPut]);
        let mut pipe = Pieces(content(len), 0);
        let (options, control) = (options(), Control::new());
        let sending = upload_pipe(&memory, "backup.tar", &mut pipe, &options, &control, &|_| {});
        let sent = block_on(sending).expect("it is sent");
        assert_eq!(sent.plain_bytes, len as u64);
        comes_back(&memory, &sent, &[("backup.tar", len)]);
    }
}
