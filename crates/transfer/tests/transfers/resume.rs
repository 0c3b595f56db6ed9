//! Uploads that end in the middle and go on in another run.

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
            // Nobody asks for a link before its line is written.
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

/// A disk that takes a second for each write, beside a bucket that is faster.
struct SlowDisk<'a> {
    lines: Lines,
    memory: &'a Memory,
    /// Of each line in turn: its kind, parts that the bucket had when it was written, and objects that were whole.
    seen: RefCell<Vec<(String, u32, usize)>>,
}

impl Journal for SlowDisk<'_> {
    type Key = DeviceKey;
    fn key(&self) -> Option<&DeviceKey> {
        self.lines.key()
    }
    async fn append(&self, line: &str) -> Result<(), TransferError> {
        self.memory.sleep(std::time::Duration::from_secs(1)).await;
        let kind = line.split('"').nth(1).expect("a name").to_owned();
        let whole = {
            let objects = self.memory.objects.borrow();
            objects.values().filter(|object| object.whole.is_some()).count()
        };
        self.seen.borrow_mut().push((kind, self.memory.puts.get(), whole));
        self.lines.append(line).await
    }
    async fn remove(&self) {
        self.lines.remove().await;
    }
}

#[test]
fn u09_no_byte_goes_before_its_key_is_written_and_no_object_ends_before_its_parts_are() {
    let content = content(FIVE, 0);
    let memory = Memory::default();
    let disk = SlowDisk {
        lines: Lines::new(),
        memory: &memory,
        seen: RefCell::default(),
    };
    let files = vec![file("a", &content)];
    block_on(upload(
        &memory,
        files,
        &options(),
        (&disk, None),
        &Control::new(),
        &|_| {},
    ))
    .expect("it is sent");
    let seen = disk.seen.borrow();
    let of = |kind: &str| {
        seen.iter()
            .filter(|(is, ..)| is == kind)
            .map(|(_, puts, whole)| (*puts, *whole))
            .collect::<Vec<_>>()
    };
    assert_eq!((of("begun"), of("object")), (vec![(0, 0)], vec![(0, 0)]));
    assert_eq!(of("part").len(), 5);
    assert!(of("part").iter().all(|(_, whole)| *whole == 0), "{seen:?}");
    assert!(of("part")[0].0 > 1, "the next parts do not wait for the disk: {seen:?}");
    assert_eq!(of("link"), [(5, 1)]);
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

/// A disk that needs a while for the line of an object.
struct SlowLines<'a> {
    lines: Lines,
    memory: &'a Memory,
    /// Objects that the server knew when such a line was on the disk.
    known: RefCell<Vec<usize>>,
}

impl Journal for SlowLines<'_> {
    type Key = DeviceKey;
    fn key(&self) -> Option<&DeviceKey> {
        self.lines.key()
    }
    async fn append(&self, line: &str) -> Result<(), TransferError> {
        if line.starts_with("{\"object\"") || line.starts_with("{\"manifest\"") {
            self.memory.sleep(core::time::Duration::from_secs(10)).await;
            self.known.borrow_mut().push(self.memory.objects.borrow().len());
        }
        self.lines.append(line).await
    }
    async fn remove(&self) {}
}

#[test]
fn u09_a_crash_never_leaves_room_that_nobody_knows_of() {
    let memory = Memory::default();
    let journal = SlowLines {
        lines: Lines::new(),
        memory: &memory,
        known: RefCell::default(),
    };
    let names: Vec<String> = (0..700).map(|n| format!("{n:03}-{}", "x".repeat(100))).collect();
    let given = names.iter().map(|name| file(name, &content(10, 0))).collect();
    block_on(upload(
        &memory,
        given,
        &options(),
        (&journal, None),
        &Control::new(),
        &|_| {},
    ))
    .expect("it is sent");
    assert_eq!(*journal.known.borrow(), [0, 1], "the files, then their list");
}

/// Everything is sent, and the link was asked for in vain.
fn without_link(fault: Fault, files: &[(&str, Bytes)], options: &SendOptions) -> (Memory, Lines) {
    let (memory, journal) = (Memory::with(&vec![fault; 8]), Lines::new());
    send(&memory, &journal, files, options).expect_err("no answer");
    (memory, journal)
}

fn with_password(word: &str) -> SendOptions {
    SendOptions {
        password: Some(sealdrop_crypto::Zeroizing::new(word.to_owned())),
        ..options()
    }
}

#[test]
fn u09_a_link_that_was_never_made_is_made_as_it_is_wanted_now() {
    let files = [("a", content(9, 0))];
    let others = [
        with_password("good"),
        SendOptions {
            expires_in: Some(60),
            ..options()
        },
        SendOptions {
            max_downloads: Some(1),
            ..options()
        },
        SendOptions {
            note: "for you".to_owned(),
            ..options()
        },
    ];
    for other in others {
        let (memory, journal) = without_link(Fault::Unheard("POST /api/v1/links"), &files, &options());
        let puts = memory.puts.get();
        let sent = send(&memory, &journal, &files, &other).expect("it goes on");
        assert_eq!(memory.puts.get(), puts, "nothing is sent again");
        let made = memory.link.borrow().clone().expect("a link");
        assert_eq!(sent.link.flags.has_password(), other.password.is_some());
        assert_eq!(made["expires_in"], other.expires_in.unwrap_or(604_800));
        assert_eq!(made["max_downloads"], other.max_downloads.unwrap_or(10));
        let word = other.password.as_ref();
        let opened = block_on(open_link(
            &memory,
            &Link::parse(&sent.link.expose()).expect("it reads"),
            word,
        ));
        assert_eq!(
            opened.expect("it opens").note,
            Some(other.note).filter(|note| !note.is_empty())
        );
    }
}

#[test]
fn u09_a_link_that_was_made_with_other_choices_is_never_taken_for_the_one_that_is_wanted() {
    let files = [("a", content(9, 0))];
    for (before, after) in [
        (options(), with_password("good")),
        (with_password("good"), with_password("gold")),
    ] {
        let (memory, journal) = without_link(Fault::LostAnswer("POST /api/v1/links"), &files, &before);
        let error = send(&memory, &journal, &files, &after).expect_err("there is another one");
        assert_eq!(error.problem(), Some(sealdrop_api::ProblemType::LinkExists));
        assert!(!journal.removed.get() && memory.objects.borrow().values().all(|object| !object.deleted));
        let sent = send(&memory, &journal, &files, &before).expect("chosen as before it is the same");
        assert_eq!(
            (memory.links_made.get(), sent.link.flags.has_password()),
            (1, before.password.is_some())
        );
    }
}

#[test]
fn u09_cancelling_closes_a_link_whose_answer_was_lost() {
    let files = [("a", content(9, 0))];
    let lost = Fault::LostAnswer("POST /api/v1/links");
    let (memory, journal) = without_link(lost.clone(), &files, &options());
    memory.faults.borrow_mut().extend(vec![lost; 8]);
    let control = Control::new();
    let how = (&journal, journal.read());
    let started = Cell::new(false);
    let events = |_: SendEvent| {
        // Asked again at least once.
        if started.get() && memory.faults.borrow().len() < 7 {
            control.cancel();
        }
        started.set(true);
    };
    block_on(upload(&memory, given(&files), &options(), how, &control, &events)).expect_err("it is cancelled");
    assert!(memory.link.borrow().is_none(), "it is closed");
    assert!(journal.removed.get());
}

#[test]
fn u09_a_server_that_is_away_at_the_very_end_is_waited_for() {
    let files = [("a", content(9, 0))];
    let (memory, journal) = (Memory::default(), Lines::new());
    let once = Cell::new(true);
    let events = |event: SendEvent| {
        if matches!(
            event,
            SendEvent::Progress(SendProgress {
                phase: SendPhase::Finishing,
                ..
            })
        ) && once.take()
        {
            memory
                .faults
                .borrow_mut()
                .extend(vec![Fault::Unheard("GET /api/v1/limits"); 5]);
        }
    };
    block_on(upload(
        &memory,
        given(&files),
        &options(),
        (&journal, None),
        &Control::new(),
        &events,
    ))
    .expect("it is sent");
    assert!(!once.get() && memory.faults.borrow().is_empty());
}

#[test]
fn u12_the_end_of_an_object_looks_at_its_own_files_only() {
    let files: Vec<(String, Bytes)> = (0..6)
        .map(|n| (format!("{n}.bin"), content(FIRST + 9_000, n)))
        .collect();
    let files: Vec<(&str, Bytes)> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), Arc::clone(bytes)))
        .collect();
    let memory = Memory::default();
    send(&memory, &Lines::new(), &files, &options()).expect("it is sent");
    assert_eq!(
        memory.looks.get(),
        2 * 3 * 6,
        "three spots of each, at the beginning and at its end"
    );
}

#[test]
fn u12_a_file_that_changed_is_refused_and_then_sent_under_a_new_key() {
    let files = [("a", content(FIVE, 0)), ("big", content(FIRST + 1, 1))];
    let (memory, journal) = interrupted(&files);
    journal.accepted.set(false);
    let changed = [("a", content(FIVE, 9)), files[1].clone()];
    let (puts, lines) = (memory.puts.get(), journal.lines.borrow().len());
    let error = send(&memory, &journal, &changed, &options()).expect_err("it is refused");
    assert_eq!(error, TransferError::SourceChanged { file: "a".to_owned() });
    assert_eq!(
        (memory.puts.get(), journal.lines.borrow().len()),
        (puts, lines),
        "nothing was touched"
    );
    assert!(!journal.accepted.get(), "what finds the right files is kept");
    assert!(memory.objects.borrow().values().all(|object| !object.deleted));

    let anew = SendOptions {
        send_changed: true,
        ..options()
    };
    let sent = send(&memory, &journal, &changed, &anew).expect("it is sent anew");
    assert!(journal.accepted.get());
    let deleted = memory.objects.borrow().values().filter(|object| object.deleted).count();
    assert_eq!(
        (deleted, memory.objects.borrow().len()),
        (1, 3),
        "one given up, one kept, one new"
    );
    comes_back(&memory, &sent, &changed);
}

#[test]
fn u12_an_empty_file_that_is_gone_does_not_arrive_as_an_empty_one() {
    let files = [("a", content(FIVE, 0)), ("empty", content(0, 0))];
    let memory = Memory::with(&[Fault::Gone]);
    let error = send(&memory, &Lines::new(), &files, &options()).expect_err("it cannot be read");
    assert!(matches!(error, TransferError::SourceUnreadable { .. }), "{error:?}");
    assert_eq!(memory.puts.get(), 0, "nothing was sent");
    let memory = Memory::default();
    let sent = send(&memory, &Lines::new(), &files, &options()).expect("it is there");
    comes_back(&memory, &sent, &files);
}

#[test]
fn u12_a_file_that_is_rewritten_under_way_makes_no_object() {
    let files = [("a", content(FIVE, 0))];
    let memory = Memory::with(&[Fault::Rewritten(3)]);
    let journal = Lines::new();
    let error = send(&memory, &journal, &files, &options()).expect_err("its end differs from its start");
    assert_eq!(error, TransferError::SourceChanged { file: "a".to_owned() });
    assert!(
        memory.objects.borrow().values().all(|object| object.whole.is_none()),
        "it was not completed"
    );
}

#[test]
fn u21_cancelling_removes_everything_and_leaving_nothing() {
    for (stop, is_kept) in [(Control::suspend as fn(&Control), true), (Control::cancel, false)] {
        let (memory, journal, control) = (Memory::default(), Lines::new(), Control::new());
        let files = vec![file("a", &content(FIVE, 0))];
        let other = control.clone();
        let note = |event: SendEvent| {
            if matches!(event, SendEvent::Progress(progress) if progress.sent_bytes > 0) {
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

/// Records that the journal says may have been sealed, in all runs.
fn sealed_records(journal: &Lines) -> u64 {
    let lines = journal.lines.borrow();
    let values = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    values.filter_map(|line| line["sealing"]["records"].as_u64()).sum()
}

#[test]
fn n16_a_key_seals_no_more_than_it_may_in_all_runs_together() {
    let files = [("a", content(FIVE, 0))];
    let (memory, journal) = interrupted(&files);
    let first = sealed_records(&journal);
    assert!(first >= 5 * 40 / 2, "what this run may seal is written down: {first}");
    // So many runs were interrupted that the key is used up.
    let object = memory.objects.borrow().keys().next().expect("one object").clone();
    let used = format!(r#"{{"sealing":{{"object_id":"{object}","records":{}}}}}"#, 1 << 24);
    journal.lines.borrow_mut().push(used);
    let sent = send(&memory, &journal, &files, &options()).expect("it is sent under another key");
    assert_eq!(memory.objects.borrow().len(), 2, "an object of its own");
    assert!(memory.objects.borrow()[&object].deleted, "and the old one is given up");
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

#[test]
fn a_journal_shows_neither_keys_nor_names_and_opens_under_its_key_only() {
    let files = [("a very telling name", content(FIVE, 0))];
    let (_, journal) = interrupted(&files);
    let text = journal.lines.borrow().join("\n");
    assert!(!text.contains("telling") && !text.contains("drop.example"), "{text}");
    let stranger = Lines {
        key: DeviceKey::make().expect("random numbers"),
        ..journal
    };
    assert!(stranger.read().is_none());
}
