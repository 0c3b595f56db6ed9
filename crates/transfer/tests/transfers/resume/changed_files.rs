//! Files that changed since the upload was interrupted.

use super::*;

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
