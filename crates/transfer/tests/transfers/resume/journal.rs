//! What the journal has to hold before something happens, and what it must never show.

use super::*;

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
