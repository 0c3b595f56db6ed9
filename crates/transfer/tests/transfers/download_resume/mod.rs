//! Downloads that end in the middle and go on in another run.

mod claims;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc};

use crate::memory::{Fault, Memory, Saved, Saving};
use futures::executor::block_on;
use sealdrop_api::ProblemType;
use sealdrop_transfer::*;

/// Content of a full first part of 10 MiB.
const FIRST: usize = 10_484_496;
/// A pack that ends in its second step, between two files, and an object of three.
const FILES: [(&str, usize); 6] = [
    ("d/a", 4_000_000),
    ("d/b", 0),
    ("d/big", 2 * FIRST + 9),
    ("d/c", 5_000_000),
    ("d/e", 3_000_000),
    ("d/z", 70_000),
];

type Files = BTreeMap<String, Saved>;

fn content(path: &str, len: usize) -> Vec<u8> {
    let seed = path
        .bytes()
        .fold(7_u8, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte));
    (0..len).map(|i| (i % 251) as u8 ^ (i >> 13) as u8 ^ seed).collect()
}

fn sent(memory: &Memory, files: &[(&str, usize)]) -> OpenedLink {
    let given = files.iter().map(|(path, len)| SendFile {
        path: (*path).to_owned(),
        len: *len as u64,
        modified_ms: Some(7),
        mime: None,
        handle: Arc::new(content(path, *len)),
    });
    let (options, control) = (SendOptions::new("https://drop.example"), Control::new());
    let sent = block_on(upload(
        memory,
        given.collect(),
        &options,
        (&NoJournal, None),
        &control,
        &|_| {},
    ));
    let link = Link::parse(&sent.expect("it is sent").link.expose()).expect("the link reads");
    block_on(open_link(memory, &link, None)).expect("the link opens")
}

/// One run: what it kept, what the files were at each checkpoint, how it ended.
struct Ran {
    result: Result<Receipt, TransferError>,
    kept: Vec<Checkpoint>,
    seen: Vec<Files>,
    files: Files,
}

fn run(
    memory: &Memory,
    link: &OpenedLink,
    which: Selection,
    files: Files,
    run: ResumeMode,
    stop: &dyn Fn(&Checkpoint, &Control),
) -> Ran {
    let mut saving = Saving {
        files: Rc::new(RefCell::new(files)),
    };
    let (kept, seen, control) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()), Control::new());
    let disk = Rc::clone(&saving.files);
    let events = |event| {
        if let DownloadEvent::Checkpoint(checkpoint) = event {
            stop(&checkpoint, &control);
            kept.borrow_mut().push(checkpoint);
            seen.borrow_mut().push(disk.borrow().clone());
        }
    };
    // One range at a time, so that a suspended run stops where the test wants it.
    let concurrency = if run == ResumeMode::Fresh { 1 } else { 2 };
    let options = ReceiveOptions {
        concurrency,
        resume_mode: run,
        place: None,
    };
    let result = block_on(download(memory, link, which, &mut saving, options, &control, &events));
    Ran {
        result,
        kept: kept.take(),
        seen: seen.take(),
        files: saving.files.take(),
    }
}

fn whole_run(memory: &Memory, link: &OpenedLink, files: Files, again: ResumeMode) -> Ran {
    run(memory, link, Selection::All, files, again, &|_, _| {})
}

/// A run that the person leaves after so many steps.
fn left_after(memory: &Memory, link: &OpenedLink, steps: u64) -> Ran {
    let suspend = |at: &Checkpoint, control: &Control| {
        if matches!(at, Checkpoint::Written { step, .. } if step + 1 == steps) {
            control.suspend();
        }
    };
    let ran = run(memory, link, Selection::All, Files::new(), ResumeMode::Fresh, &suspend);
    assert_eq!(ran.result, Err(TransferError::Cancelled));
    ran
}

fn resume(kept: &[Checkpoint]) -> Resume {
    Resume::read(kept.iter().cloned()).expect("a whole story")
}

/// As a platform stores them: lines of text.
fn stored(kept: &[Checkpoint]) -> Vec<Checkpoint> {
    let lines = kept.iter().map(|one| serde_json::to_string(one).expect("JSON"));
    lines
        .map(|line| serde_json::from_str(&line).expect("just written"))
        .collect()
}

fn all_there(files: &Files) {
    assert_eq!(files.len(), FILES.len());
    for (path, len) in FILES {
        let one = &files[path];
        assert!(one.bytes == content(path, len), "{path}");
        assert_eq!((one.finished, one.aborted), (Some(Proof::Whole), false), "{path}");
    }
}

fn written(kept: &[Checkpoint]) -> usize {
    kept.iter()
        .filter(|one| matches!(one, Checkpoint::Written { .. }))
        .count()
}

#[test]
fn d01_it_goes_on_from_every_checkpoint() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let first = whole_run(&memory, &link, Files::new(), ResumeMode::Fresh);
    first.result.expect("it is received");
    all_there(&first.files);
    let steps = written(&first.kept);
    assert_eq!(first.kept.last(), Some(&Checkpoint::Over));
    for kept in 1..first.kept.len() {
        let story = stored(&first.kept[..kept]);
        let before = resume(&story);
        let standing = before.standing(&link, &Selection::All).expect("it fits");
        // A name may be given and the word of it lost: then the platform still has the file, under either name.
        let mut files = first.seen[kept - 1].clone();
        for one in &standing {
            let path = &link.files[one.file].path;
            if !one.is_finished
                && let Some(file) = files.get_mut(path)
            {
                file.finished = None;
                file.suspended = true;
            }
        }
        memory.gets.set(0);
        let ran = whole_run(&memory, &link, files, ResumeMode::Resume(before));
        assert_eq!(
            ran.result.as_ref().map(|receipt| (receipt.files, receipt.counted)),
            Ok((6, true)),
            "{kept}"
        );
        all_there(&ran.files);
        let (left, gets) = (steps - written(&story), memory.gets.get() as usize);
        // And one record for a header: where it goes on inside of an object, and where a long one starts.
        assert!(
            gets <= left + 2 && written(&ran.kept) == left,
            "{kept}: {gets} ranges for {left} steps"
        );
        let anew = ran
            .kept
            .iter()
            .any(|one| matches!(one, Checkpoint::Begun { .. } | Checkpoint::Claimed { .. }));
        assert!(!anew, "the same claim");
    }
    assert_eq!(
        (memory.used.get(), memory.claims.borrow().len()),
        (1, 1),
        "one claim, counted once"
    );
    assert!(memory.released.borrow().is_empty());
}

#[test]
fn d01_it_goes_on_behind_each_step_and_progress_starts_there() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    for steps in [1, 3] {
        let ran = left_after(&memory, &link, steps);
        assert!(
            ran.files
                .values()
                .all(|file| file.finished.is_some() || file.suspended && !file.aborted)
        );
        let before = resume(&ran.kept);
        let there: u64 = before
            .standing(&link, &Selection::All)
            .expect("it fits")
            .iter()
            .map(|one| one.written)
            .sum();
        let mut saving = Saving {
            files: Rc::new(RefCell::new(ran.files)),
        };
        let (seen, control) = (RefCell::new(Vec::new()), Control::new());
        let events = |event| {
            if let DownloadEvent::Progress(progress) = event {
                seen.borrow_mut().push(progress.bytes);
            }
        };
        let options = ReceiveOptions {
            resume_mode: ResumeMode::Resume(before),
            ..ReceiveOptions::default()
        };
        block_on(download(
            &memory,
            &link,
            Selection::All,
            &mut saving,
            options,
            &control,
            &events,
        ))
        .expect("it goes on");
        all_there(&saving.files.take());
        let seen = seen.into_inner();
        assert_eq!((seen.first(), seen.last()), (Some(&there), Some(&link.plain_bytes)));
        assert!(seen.is_sorted());
    }
    assert!(memory.released.borrow().is_empty(), "leaving gives no place back");
    assert_eq!(memory.used.get(), 2);
}

#[test]
fn d01_a_bucket_that_stays_ill_keeps_what_was_written_and_the_place() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let ill = |at: &Checkpoint, _: &Control| {
        if matches!(at, Checkpoint::Written { step: 3, .. }) {
            memory.faults.borrow_mut().extend([const { Fault::Get(503) }; 32]);
        }
    };
    let ran = run(&memory, &link, Selection::All, Files::new(), ResumeMode::Fresh, &ill);
    assert_eq!(
        ran.result,
        Err(TransferError::Bucket {
            status: 503,
            code: None
        })
    );
    assert!(memory.released.borrow().is_empty());
    memory.faults.borrow_mut().clear();
    let ran = whole_run(&memory, &link, ran.files, ResumeMode::Resume(resume(&ran.kept)));
    ran.result.expect("it goes on");
    all_there(&ran.files);
    assert_eq!((memory.used.get(), memory.claims.borrow().len()), (1, 1));
}

#[test]
fn d05_what_was_altered_on_the_way_is_not_kept() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let ran = left_after(&memory, &link, 4);
    // A digest that is not of what was read: only the comparison at the object's end can tell.
    let mut kept = ran.kept.clone();
    let digest = kept.iter_mut().rev().find_map(|one| match one {
        Checkpoint::Written { digest, .. } => digest.as_mut(),
        _ => None,
    });
    digest.expect("its object is read whole").0[0] ^= 1;
    let again = whole_run(&memory, &link, ran.files, ResumeMode::Resume(resume(&kept)));
    assert_eq!(again.result, Err(TransferError::NotWhatWasSealed));
    assert_eq!(again.kept.last(), Some(&Checkpoint::Over));
    assert!(again.files["d/big"].aborted && again.files["d/big"].finished.is_none());
    assert_eq!(*memory.released.borrow(), ["failed"]);
}

#[test]
fn d01_what_does_not_fit_is_refused_before_anything_is_touched() {
    let memory = Memory::default();
    let link = sent(&memory, &FILES);
    let ran = left_after(&memory, &link, 4);
    let other = Memory::default();
    let changed = sent(&other, &[("d/a", 4_000_000), ("d/big", 2 * FIRST + 9)]);
    let refused = |memory: &Memory, link: &OpenedLink, which: Selection, kept: &[Checkpoint]| {
        memory.gets.set(0);
        let claims = memory.claims.borrow().clone();
        let again = run(
            memory,
            link,
            which.clone(),
            ran.files.clone(),
            ResumeMode::Resume(resume(kept)),
            &|_, _| {},
        );
        assert_eq!(again.result, Err(TransferError::StartOver));
        assert!(resume(kept).standing(link, &which) == Err(TransferError::StartOver));
        assert!(again.files == ran.files && again.kept.is_empty(), "nothing was touched");
        assert_eq!(
            (memory.gets.get(), &*memory.claims.borrow()),
            (0, &claims),
            "nothing was asked"
        );
    };
    refused(&other, &changed, Selection::All, &ran.kept);
    refused(&memory, &link, Selection::Picked(vec![2]), &ran.kept);
    let alter = |change: &dyn Fn(&mut Checkpoint)| {
        let mut kept = ran.kept.clone();
        kept.iter_mut().for_each(change);
        kept
    };
    let other_plan = alter(&|one| {
        if let Checkpoint::Begun { plan, .. } = one {
            plan.0[31] ^= 1;
        }
    });
    let no_digests = alter(&|one| {
        if let Checkpoint::Written { digest, .. } = one {
            *digest = None;
        }
    });
    let too_far = (written(&ran.kept) as u64..40).map(|step| Checkpoint::Written {
        step,
        digest: None,
        ends_object: true,
    });
    let too_far: Vec<Checkpoint> = ran.kept.iter().cloned().chain(too_far).collect();
    let big = link
        .files
        .iter()
        .position(|file| file.path == "d/big")
        .expect("it was sent");
    let half = [&ran.kept[..], &[Checkpoint::Finished { file: big }]].concat();
    let unknown_file = [&ran.kept[..], &[Checkpoint::Finished { file: 99 }]].concat();
    for kept in [other_plan, no_digests, too_far, half, unknown_file] {
        assert!(
            resume(&kept).standing(&link, &Selection::All) == Err(TransferError::StartOver),
            "{kept:?}"
        );
        refused(&memory, &link, Selection::All, &kept);
    }
    // A step that is missing, a hash that is none, a story without a start: nothing that could go on.
    let mut gap = ran.kept.clone();
    gap.remove(2);
    let short = alter(&|one| {
        if let Checkpoint::Written {
            digest: Some(digest), ..
        } = one
        {
            digest.0.pop();
        }
    });
    for kept in [gap, short, ran.kept[1..].to_vec(), Vec::new()] {
        assert_eq!(Resume::read(kept), None);
    }
}
