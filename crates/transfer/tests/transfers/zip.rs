//! Archives: as other programs read them, and as a download that becomes one or visibly fails.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};

use futures::executor::block_on;
use sealdrop_crypto::{hash_groups, size};
use sealdrop_transfer::*;
use tempfile::TempDir;

use crate::{
    archive::{Piece, file, is_sound, listed, run, write},
    engine::{content, opened, send},
    memory::{Memory, Saved, Saving, alter},
};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of what is shorter than 10 MiB.
fn sha256(bytes: &[u8]) -> String {
    hex(&hash_groups(bytes)[0])
}

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn d12_an_archive_is_read_by_programs_of_others() {
    let folder = folder();
    let names = [
        "empty",
        "d/a.txt",
        "d/e/größe.txt",
        "d/东京 计划.xlsx",
        "d/שלום.txt",
        "d/नमस्ते",
        "d/👩‍👩‍👧‍👦.jpg",
        "d/.hidden",
        "d/e\u{301}.txt",
        "d/\u{e9}.txt",
        "d/A.TXT",
        "../../climb",
        "/etc/passwd",
        "..",
        "a\\..\\b",
        "con",
        "x\u{202e}gpj.exe",
    ];
    let files: Vec<SinkFile> = names
        .iter()
        .enumerate()
        .map(|(at, name)| file(at, name, if at == 0 { 0 } else { 70_000 * at as u64 }))
        .collect();
    let of = |file: &SinkFile| vec![file.index as u8; file.len as usize];
    let path = write(folder.path(), &files, |file| {
        // In pieces that are copied, and in such that are not.
        of(file)
            .chunks(90_001)
            .flat_map(|bytes| bytes.chunks(70_000))
            .map(Piece::of)
            .collect()
    });
    is_sound(&path);
    let expected = [
        "empty",
        "d/a.txt",
        "d/e/größe.txt",
        "d/东京 计划.xlsx",
        "d/שלום.txt",
        "d/नमस्ते",
        "d/👩‍👩‍👧‍👦.jpg",
        "d/.hidden",
        "d/\u{e9}.txt",
        "d/\u{e9} (2).txt",
        "d/A (2).TXT",
        "file/file/climb",
        "file (2)/etc/passwd",
        "file (3)",
        "a_.._b",
        "_con",
        "xgpj.exe",
    ];
    let entries = listed(&path);
    assert_eq!(entries.len(), files.len());
    for ((entry, name), file) in entries.iter().zip(expected).zip(&files) {
        assert_eq!(entry[0], name);
        assert_eq!(entry[1], file.len);
        assert_eq!(
            entry[2],
            if file.len == 0 {
                EMPTY.to_owned()
            } else {
                sha256(&of(file))
            }
        );
        assert_eq!(entry[3], 0x808, "a descriptor, and names in UTF-8");
        assert_eq!(entry[4].to_string(), "[2026,11,26,4,21,52]");
    }
    unpacks_inside(&path, folder.path(), &expected);
}

/// Wherever the reader's clock stands: the time of change is the sender's, and nothing lands outside.
fn unpacks_inside(archive: &Path, folder: &Path, expected: &[&str]) {
    let into = folder.join("in/to");
    fs::create_dir_all(&into).expect("a folder");
    run(Command::new("unzip")
        .env("TZ", "Asia/Kolkata")
        .arg("-qq")
        .arg(archive)
        .arg("-d")
        .arg(&into));
    for name in expected {
        let meta = fs::symlink_metadata(into.join(name)).expect(name);
        assert!(meta.is_file(), "{name}");
        let at = meta.modified().expect("a time");
        assert_eq!(
            at,
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_666_913),
            "{name}"
        );
    }
    assert_eq!(fs::read_dir(folder.join("in")).expect("it is there").count(), 1);
    assert_eq!(fs::read_dir(folder).expect("it is there").count(), 2);
}

#[test]
fn d12_more_files_than_sixteen_bits_count() {
    let folder = folder();
    for count in [65_535, 70_000] {
        let folder = folder.path().join(count.to_string());
        fs::create_dir(&folder).expect("a folder");
        let files: Vec<SinkFile> = (0..count)
            .map(|at| file(at, &format!("many/{}/file {at}.txt", at % 100), 5))
            .collect();
        let path = write(&folder, &files, |file| {
            vec![Piece::of(format!("{:05}", file.index).as_bytes())]
        });
        is_sound(&path);
        let entries = listed(&path);
        assert_eq!(entries.len(), count);
        let last = entries.last().expect("there are some");
        assert_eq!(last[0], format!("many/{}/file {}.txt", (count - 1) % 100, count - 1));
        assert_eq!(last[2], sha256(format!("{:05}", count - 1).as_bytes()));
    }
}

#[test]
fn d12_files_and_archives_longer_than_32_bits_tell() {
    // A length that has no room in 32 bits, and files behind it that begin beyond them. (unzip 6.0 loses its way behind a
    // file of exactly 2^32 - 1 bytes, where it takes the length for the sign that the length is elsewhere.)
    const LONG: u64 = (1 << 32) + 5;
    let folder = folder();
    let files = [
        file(0, "before", 5),
        file(1, "long", LONG),
        file(2, "behind", 6),
        file(3, "empty", 0),
    ];
    let path = write(folder.path(), &files, |file| match file.index {
        1 => (0..LONG)
            .step_by(1 << 24)
            .map(|at| Piece::Zeros((LONG - at).min(1 << 24) as usize))
            .collect(),
        3 => vec![],
        _ => vec![Piece::of(&b"before"[..file.len as usize])],
    });
    is_sound(&path);
    let entries = listed(&path);
    let lens: Vec<u64> = entries
        .iter()
        .map(|entry| entry[1].as_u64().expect("a length"))
        .collect();
    assert_eq!(lens, [5, LONG, 6, 0]);
    assert_eq!(entries[2][2], sha256(b"before"));
}

struct Outcome {
    result: Result<Receipt, TransferError>,
    saved: BTreeMap<String, Saved>,
    /// Of each file that was reported as done: whether the archive was finished then, and what was proven.
    done: Vec<(usize, bool, Proof)>,
    planned: u64,
}

fn receive(memory: &Memory, link: &OpenedLink, selection: &Selection) -> Outcome {
    let plan = ZipPlan::new(link, selection, str::to_owned).expect("it can be planned");
    let planned = plan.archive_len();
    let saving = Saving::default();
    let files = std::rc::Rc::clone(&saving.files);
    let mut sinks = ZipSinks::new(saving, plan);
    let done = RefCell::new(Vec::new());
    let events = |event| {
        if let DownloadEvent::FileDone { index, proof } = event {
            let is_finished = files.borrow().values().all(|one| one.finished.is_some());
            done.borrow_mut().push((index, is_finished, proof));
        }
    };
    let options = ReceiveOptions::default();
    let control = Control::new();
    let result = block_on(download(
        memory,
        link,
        selection.clone(),
        &mut sinks,
        options,
        &control,
        &events,
    ));
    Outcome {
        result,
        saved: files.take(),
        done: done.take(),
        planned,
    }
}

const TREE: [(&str, usize); 6] = [
    ("d/a", 5),
    ("d/b", 0),
    ("d/big", size::PART as usize + 3),
    ("d/e/c", 300_000),
    ("d/e/C", 70_000),
    ("d/z", 1),
];

#[test]
fn d12_a_download_of_many_files_is_one_archive() {
    let memory = Memory::default();
    let sent = send(&memory, &TREE).expect("it is sent");
    let outcome = receive(&memory, &opened(&memory, &sent), &Selection::All);
    let receipt = outcome.result.expect("it is received");
    assert_eq!((receipt.files, receipt.counted), (TREE.len(), true));
    assert_eq!(
        receipt.plain_bytes,
        TREE.iter().map(|(_, len)| *len as u64).sum::<u64>()
    );
    let mut files: Vec<usize> = outcome.done.iter().map(|(file, _, _)| *file).collect();
    files.sort_unstable();
    assert_eq!(files, [0, 1, 2, 3, 4, 5]);
    assert!(
        outcome
            .done
            .iter()
            .all(|(_, is_finished, proof)| *is_finished && *proof == Proof::Whole),
        "nothing is unaltered before the archive is there"
    );
    let [(name, saved)] = <[_; 1]>::try_from(outcome.saved.into_iter().collect::<Vec<_>>()).expect("one archive");
    assert_eq!(
        (name.as_str(), saved.finished, saved.aborted),
        ("d.zip", Some(Proof::Whole), false)
    );
    assert_eq!(saved.bytes.len() as u64, outcome.planned);

    let folder = folder();
    let path = folder.path().join(name);
    fs::write(&path, saved.bytes).expect("the disk has room");
    is_sound(&path);
    let into = folder.path().join("into");
    run(Command::new("7z")
        .arg("x")
        .arg("-y")
        .arg(format!("-o{}", into.display()))
        .arg(&path));
    // Without normalisation and without regard to case, these two would be one.
    let names = ["d/a", "d/b", "d/big", "d/e/C", "d/e/c (2)", "d/z"];
    let lens = [5, 0, size::PART as usize + 3, 70_000, 300_000, 1];
    for (name, len) in names.into_iter().zip(lens) {
        assert!(fs::read(into.join(name)).expect(name) == *content(len), "{name}");
    }
}

#[test]
fn d12_some_files_of_many_are_complete() {
    let memory = Memory::default();
    let sent = send(&memory, &TREE).expect("it is sent");
    let link = opened(&memory, &sent);
    let at = |path: &str| {
        link.files
            .iter()
            .position(|file| file.path == path)
            .expect("it is in the list")
    };
    let picked = [at("d/big"), at("d/e/c"), at("d/b"), at("d/big")];
    let outcome = receive(&memory, &link, &Selection::Picked(picked.to_vec()));
    let receipt = outcome.result.expect("it is received");
    assert_eq!((receipt.files, receipt.plain_bytes), (3, size::PART + 3 + 300_000));
    let proofs: BTreeMap<usize, Proof> = outcome.done.iter().map(|(file, _, proof)| (*file, *proof)).collect();
    let expected = [
        (at("d/b"), Proof::Whole),
        (at("d/big"), Proof::Whole),
        (at("d/e/c"), Proof::Complete),
    ];
    assert_eq!(
        proofs,
        BTreeMap::from(expected),
        "the pack around one of them was not read whole"
    );
    assert_eq!(outcome.saved["d.zip"].finished, Some(Proof::Complete));
    let nothing = Selection::Picked(vec![0, 6]);
    let refused = ZipPlan::new(&link, &nothing, str::to_owned).map(drop);
    assert!(matches!(refused, Err(TransferError::InvalidInput(_))), "{refused:?}");
}

#[test]
fn d12_an_archive_of_some_files_is_called_after_them_but_for_a_title() {
    let memory = Memory::default();
    let sent = send(&memory, &[("a", 1), ("b", 2), ("c", 3)]).expect("it is sent");
    let mut link = opened(&memory, &sent);
    let name = |link: &OpenedLink, picked: &[usize]| {
        let plan = ZipPlan::new(link, &Selection::Picked(picked.to_vec()), str::to_owned);
        plan.expect("it can be planned").name().to_owned()
    };
    assert_eq!(name(&link, &[0, 1, 2]), "a and 2 others.zip");
    assert_eq!(name(&link, &[2, 1]), "b and 1 other.zip");
    link.name = "Stairs".to_owned();
    assert_eq!(name(&link, &[2, 1]), "Stairs.zip");
}

#[test]
fn d12_an_archive_with_an_altered_object_is_no_archive() {
    // The largest object; every record before the last one opens.
    let memory = Memory::default();
    let sent = send(&memory, &TREE).expect("it is sent");
    let link = opened(&memory, &sent);
    alter(&memory, |object| {
        let whole = object.whole.as_mut().expect("whole");
        let last = whole.len() - 9;
        whole[last] ^= 1;
    });
    let outcome = receive(&memory, &link, &Selection::All);
    assert_eq!(outcome.result, Err(TransferError::NotWhatWasSealed));
    let saved = &outcome.saved["d.zip"];
    assert_eq!((saved.finished, saved.aborted), (None, true));
    assert!((saved.bytes.len() as u64) < outcome.planned);
    assert!(
        !saved.bytes.windows(4).any(|four| four == b"PK\x01\x02"),
        "there is no directory"
    );
    assert_eq!(outcome.done, [], "no file is called unaltered");
    assert_eq!(*memory.released.borrow(), ["failed"]);
}
