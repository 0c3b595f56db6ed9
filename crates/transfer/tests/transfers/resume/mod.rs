//! Uploads that end in the middle and go on in another run.

mod changed_files;
mod journal;
mod link;

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
    time::Duration,
};

use crate::memory::{Bytes, Fault, Memory, Saving};
use futures::executor::block_on;
use sealdrop_api::limits::RESERVED_IDLE_IN;
use sealdrop_crypto::DeviceKey;
use sealdrop_transfer::*;

/// Content of a full first part of 10 MiB.
const FIRST: usize = 10_484_496;
/// Five parts.
const FIVE: usize = 4 * FIRST + 1_000;

struct Lines {
    lines: RefCell<Vec<String>>,
    removed: Cell<bool>,
    accepted: Cell<bool>,
    key: DeviceKey,
}

impl Lines {
    fn new() -> Self {
        Self {
            lines: RefCell::default(),
            removed: Cell::new(false),
            accepted: Cell::new(false),
            key: DeviceKey::make().expect("random numbers"),
        }
    }

    fn cut(&self, lines: usize) -> Self {
        Self {
            lines: RefCell::new(self.lines.borrow()[..lines].to_vec()),
            removed: Cell::new(false),
            accepted: Cell::new(false),
            key: DeviceKey::from_text(&self.key.to_text()).expect("just written"),
        }
    }

    fn read(&self) -> Option<Unfinished> {
        block_on(Unfinished::read(&self.key, &self.lines.borrow())).expect("it reads")
    }
}

impl Journal for Lines {
    type Key = DeviceKey;
    fn key(&self) -> Option<&DeviceKey> {
        Some(&self.key)
    }
    async fn append(&self, line: &str) -> Result<(), TransferError> {
        self.lines.borrow_mut().push(line.to_owned());
        Ok(())
    }
    async fn accepted(&self) {
        self.accepted.set(true);
    }
    async fn remove(&self) {
        self.removed.set(true);
        self.lines.borrow_mut().clear();
    }
}

fn content(len: usize, seed: u8) -> Bytes {
    Arc::new((0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8 ^ seed).collect())
}

fn file(path: &str, bytes: &Bytes) -> SendFile<Bytes> {
    SendFile {
        path: path.to_owned(),
        len: bytes.len() as u64,
        modified_ms: Some(7),
        mime: None,
        handle: Arc::clone(bytes),
    }
}

fn given(files: &[(&str, Bytes)]) -> Vec<SendFile<Bytes>> {
    files.iter().map(|(path, bytes)| file(path, bytes)).collect()
}

/// One part at a time, so that what is sent when is known.
fn options() -> SendOptions {
    SendOptions {
        concurrency: 1,
        ..SendOptions::new("https://drop.example")
    }
}

fn send(
    memory: &Memory,
    journal: &Lines,
    files: &[(&str, Bytes)],
    options: &SendOptions,
) -> Result<Sent, TransferError> {
    let how = (journal, journal.read());
    block_on(upload(memory, given(files), options, how, &Control::new(), &|_| {}))
}

fn comes_back(memory: &Memory, sent: &Sent, files: &[(&str, Bytes)]) {
    let link = Link::parse(&sent.link.expose()).expect("the link reads");
    let opened = block_on(open_link(memory, &link, None)).expect("the link opens");
    let mut saving = Saving::default();
    let (control, how) = (Control::new(), ReceiveOptions::default());
    let receiving = download(memory, &opened, Selection::All, &mut saving, how, &control, &|_| {});
    block_on(receiving).expect("it is received");
    let saved = saving.files.take();
    assert_eq!(saved.len(), files.len());
    for (path, bytes) in files {
        assert!(
            saved[*path].bytes == **bytes && saved[*path].finished == Some(Proof::Whole),
            "{path}"
        );
    }
}

/// Sent up to its fourth part.
fn interrupted(files: &[(&str, Bytes)]) -> (Memory, Lines) {
    let (memory, journal) = (Memory::with(&[Fault::Changed(4)]), Lines::new());
    send(&memory, &journal, files, &options()).expect_err("it is interrupted");
    assert!(!journal.removed.get());
    (memory, journal)
}

#[test]
fn x42_a_proxy_that_compresses_changes_no_part() {
    let files = [("a.bin", content(FIVE, 0)), ("b", content(9, 1))];
    let (memory, journal) = (Memory::with(&[Fault::Changed(4)]), Lines::new());
    memory.weak_etags.set(true);
    send(&memory, &journal, &files, &options()).expect_err("it is interrupted");
    let before = memory.puts.get();
    let sent = send(&memory, &journal, &files, &options()).expect("it goes on, and completes");
    assert_eq!(memory.puts.get() - before, 3, "what is there is known again");
    comes_back(&memory, &sent, &files);
}

#[test]
fn u09_only_what_is_missing_is_sent_again() {
    let files = [("a.bin", content(FIVE, 0)), ("b", content(9, 1))];
    let (memory, journal) = interrupted(&files);
    let found = journal.read().expect("there is something to go on with");
    assert_eq!(found.sent_bytes(), 31_453_776);
    assert_eq!(
        (found.summary().name.as_str(), found.summary().files),
        ("a.bin and 1 other", 2)
    );
    let before = memory.puts.get();
    let sent = send(&memory, &journal, &files, &options()).expect("it goes on");
    assert_eq!(
        memory.puts.get() - before,
        3,
        "two parts of the large file, one of the small one"
    );
    assert!(journal.removed.get(), "nothing is left of it");
    assert!(memory.objects.borrow().values().all(|object| !object.deleted));
    comes_back(&memory, &sent, &files);
}

#[test]
fn u09_it_goes_on_from_every_line_of_the_journal() {
    let files = [("a", content(2 * FIRST, 0))];
    let (memory, journal) = (
        Memory::with(&[const { Fault::LostAnswer("POST /api/v1/links") }; 8]),
        Lines::new(),
    );
    send(&memory, &journal, &files, &options()).expect_err("the link's answer never comes");
    let lines = journal.lines.borrow().len();
    assert_eq!(
        lines, 7,
        "begun, object, what its key may seal, three parts with the padding's, link"
    );
    for kept in (0..=lines).rev() {
        let earlier = journal.cut(kept);
        if kept < lines {
            // No link is requested before its line is written.
            *memory.link.borrow_mut() = None;
        }
        let (made, puts) = (memory.links_made.get(), memory.puts.get());
        let sent = send(&memory, &earlier, &files, &options()).expect("it goes on");
        if kept == lines {
            assert_eq!(
                (memory.links_made.get(), memory.puts.get()),
                (made, puts),
                "the same link, not another one"
            );
        }
        comes_back(&memory, &sent, &files);
    }
}

#[test]
fn u11_a_part_of_another_attempt_is_sent_again() {
    let files = [("a", content(FIVE, 0))];
    let (memory, journal) = interrupted(&files);
    crate::memory::alter_begun(&memory, |parts| {
        parts.get_mut(&2).expect("it was sent").0 = "\"another client's\"".to_owned();
        parts.remove(&1);
    });
    let before = memory.puts.get();
    let sent = send(&memory, &journal, &files, &options()).expect("it goes on");
    assert_eq!(memory.puts.get() - before, 4, "1 and 2 again, 4 and 5");
    comes_back(&memory, &sent, &files);
}

#[test]
fn u09_a_list_that_was_begun_does_not_stand_in_the_way_of_the_link() {
    let names: Vec<String> = (0..700).map(|n| format!("{n:03}-{}", "x".repeat(100))).collect();
    let files: Vec<(&str, Bytes)> = names.iter().map(|name| (name.as_str(), content(10, 0))).collect();
    let (memory, journal) = (Memory::with(&[Fault::List]), Lines::new());
    send(&memory, &journal, &files, &options()).expect_err("the list is refused");
    assert_eq!(memory.objects.borrow().len(), 2, "the files and the list of them");
    assert_eq!(
        journal.read().expect("it is kept").object_ids().count(),
        2,
        "discarding it removes both"
    );
    let sent = send(&memory, &journal, &files, &options()).expect("it goes on");
    let left = memory
        .objects
        .borrow()
        .values()
        .filter(|object| !object.deleted)
        .count();
    assert_eq!(left, 2, "the files, and another list");
    comes_back(&memory, &sent, &files);
}

#[test]
fn u21_cancelling_removes_everything_and_leaving_nothing() {
    for (stop, is_kept) in [(Control::suspend as fn(&Control), true), (Control::cancel, false)] {
        let (memory, journal, control) = (Memory::default(), Lines::new(), Control::new());
        let files = vec![file("a", &content(FIVE, 0))];
        let other = control.clone();
        let note = |event: UploadEvent| {
            if matches!(event, UploadEvent::Progress(progress) if progress.bytes > 0) {
                stop(&other);
            }
        };
        let error =
            block_on(upload(&memory, files, &options(), (&journal, None), &control, &note)).expect_err("stopped");
        assert_eq!(error, TransferError::Cancelled);
        assert_eq!(journal.removed.get(), !is_kept);
        assert!(memory.objects.borrow().values().all(|object| object.deleted != is_kept));
    }
}

#[test]
fn u28_what_the_server_gave_up_meanwhile_is_sent_anew() {
    let files = [("a", content(FIVE, 0))];
    let (memory, journal) = interrupted(&files);
    memory
        .objects
        .borrow_mut()
        .values_mut()
        .for_each(|object| object.deleted = true);
    let sent = send(&memory, &journal, &files, &options()).expect("it is sent from the start");
    assert_eq!(memory.objects.borrow().len(), 2);
    comes_back(&memory, &sent, &files);
}

/// Nothing was sent for longer than a server keeps an upload that was not begun.
#[test]
fn n01_what_was_forgotten_is_reserved_again() {
    let files = [("a", content(FIVE, 0))];
    let idle = Duration::from_secs(RESERVED_IDLE_IN + 60);
    // Where this machine slept, only the server knows how long it was.
    for (faults, refused) in [
        (vec![Fault::Idle(idle)], 0),
        (vec![Fault::Idle(Duration::ZERO)], 1),
        (vec![Fault::Idle(idle), Fault::Idle(Duration::ZERO)], 1),
    ] {
        let (memory, journal) = (Memory::with(&faults), Lines::new());
        let sent = send(&memory, &journal, &files, &options()).expect("it goes on");
        assert_eq!((memory.unknown.get(), memory.puts.get()), (refused, 5), "{faults:?}");
        assert_eq!(memory.objects.borrow().len(), 1, "the same object: {faults:?}");
        comes_back(&memory, &sent, &files);
    }
    // Interrupted then and taken up by the next run: what was written down is still good.
    let (memory, journal) = (Memory::with(&[Fault::Changed(1)]), Lines::new());
    send(&memory, &journal, &files, &options()).expect_err("it is interrupted");
    memory.objects.borrow_mut().clear();
    let sent = send(&memory, &journal, &files, &options()).expect("it goes on");
    assert_eq!((memory.objects.borrow().len(), memory.unknown.get()), (1, 0));
    comes_back(&memory, &sent, &files);
}
