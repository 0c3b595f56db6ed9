//! A process that dies at any step leaves a bucket in which the change has happened or has not, and nothing else. The
//! process really dies: this test binary starts itself again, and that one aborts at the step.

use std::{
    fs,
    io::Write as _,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail, ensure};
use md5::{Digest as _, Md5};

use super::{
    bucket_folder::Store,
    error::StoreError,
    fault::{Fault, Faults, Step},
    objects::{publish::WriteCondition, read::ObjectReader},
};

/// The smallest part that is not the last.
fn big() -> Vec<u8> {
    vec![1; 5 << 20]
}

const STEPS: &[(&str, Step, &str)] = &[
    ("put", Step::BodyWritten, "old"),
    ("put", Step::PartRenamed, "old"),
    ("put", Step::PartDurable, "old"),
    ("put", Step::ManifestWritten, "old"),
    ("put", Step::ManifestRenamed, "new"),
    ("put", Step::ManifestDurable, "new"),
    ("create", Step::UploadFolderMade, "1 upload"),
    ("create", Step::UploadRecorded, "2 uploads"),
    ("part", Step::BodyWritten, "first attempt"),
    ("part", Step::PartRenamed, "second attempt"),
    ("part", Step::PartDurable, "second attempt"),
    ("complete", Step::ManifestWritten, "open"),
    ("complete", Step::ManifestRenamed, "completed"),
    ("complete", Step::ManifestDurable, "completed"),
    ("complete", Step::UploadRecordRemoved, "completed"),
    ("abort", Step::UploadAborted, "aborted"),
    ("delete", Step::ManifestRemoved, "deleted"),
    ("delete", Step::DeleteDurable, "deleted"),
];

fn open(root: &Path, at: Option<(Step, Fault)>) -> anyhow::Result<Store> {
    Ok(Store::open(root, Faults { at })?)
}

fn body(store: &Store, bytes: &[u8]) -> anyhow::Result<(super::disk::TempFile, [u8; 16], u64)> {
    let mut temp = store.temp_file()?;
    temp.file.write_all(bytes)?;
    Ok((temp, Md5::digest(bytes).into(), bytes.len() as u64))
}

fn put(store: &Store, key: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let (file, md5, len) = body(store, bytes)?;
    store.put_object(key, file, md5, len, &WriteCondition::None)?;
    Ok(())
}

fn part(store: &Store, id: &str, n: u16, bytes: &[u8]) -> anyhow::Result<()> {
    let upload = store.upload("multi", id)?;
    let (file, md5, len) = body(store, bytes)?;
    store.store_part(&upload, n, file, md5, len)?;
    Ok(())
}

fn read(store: &Store, key: &str) -> anyhow::Result<Vec<u8>> {
    let object = store.object(key)?;
    let size = object.size;
    let mut reader = ObjectReader::open(object, 0..size)?;
    let mut all = Vec::new();
    while let Some(piece) = reader.next_piece()? {
        all.extend(piece);
    }
    Ok(all)
}

/// An object `object`, and an upload of `multi` with three parts; returns its id.
fn prepare(root: &Path) -> anyhow::Result<String> {
    let store = open(root, None)?;
    put(&store, "object", b"old")?;
    let id = store.create_upload("multi")?.data.id.to_string();
    part(&store, &id, 1, &big())?;
    part(&store, &id, 2, b"first attempt")?;
    part(&store, &id, 3, b"left out")?;
    Ok(id)
}

fn list(second: &[u8]) -> Vec<(i32, String)> {
    vec![
        (1, hex::encode(Md5::digest(big()))),
        (2, hex::encode(Md5::digest(second))),
    ]
}

fn act(store: &Store, operation: &str, id: &str) -> anyhow::Result<()> {
    match operation {
        "put" => put(store, "object", b"new"),
        "create" => store.create_upload("another").map(drop).map_err(Into::into),
        "part" => part(store, id, 2, b"second attempt"),
        "complete" => {
            let listed = list(b"first attempt");
            store
                .complete_upload("multi", id, &listed, &WriteCondition::None)
                .map(drop)
                .map_err(Into::into)
        }
        "abort" => Ok(store.abort_upload("multi", id)?),
        "delete" => Ok(store.delete_object("object", &WriteCondition::None)?),
        _ => bail!("no operation {operation}"),
    }
}

/// What a reader finds, in the words of [`STEPS`].
fn state(store: &Store, operation: &str, id: &str) -> anyhow::Result<String> {
    Ok(match operation {
        "put" => String::from_utf8(read(store, "object")?)?,
        "create" => match store.list_uploads("", None, 10).0.len() {
            1 => "1 upload".to_owned(),
            n => format!("{n} uploads"),
        },
        "part" => {
            let upload = store.upload("multi", id)?;
            let (parts, _) = store.parts(&upload, 0, 10);
            ensure!(parts.len() == 3, "{parts:?}");
            let second = parts[1];
            let bytes = fs::read(upload.data.path.join(second.file_name()))?;
            ensure!(second.etag() == hex::encode(Md5::digest(&bytes)) && second.len == bytes.len() as u64);
            String::from_utf8(bytes)?
        }
        "complete" => match store.object("multi") {
            Err(StoreError::NoSuchKey) => {
                ensure!(
                    store.parts(&*store.upload("multi", id)?, 0, 10).0.len() == 3,
                    "a part is gone"
                );
                "open".to_owned()
            }
            Err(other) => return Err(other.into()),
            Ok(object) => {
                ensure!(read(store, "multi")? == [&big()[..], b"first attempt"].concat());
                ensure!(store.upload("multi", id).is_err(), "the upload is still open");
                let again = store.complete_upload("multi", id, &list(b"first attempt"), &WriteCondition::None)?;
                ensure!(again.etag == object.etag);
                "completed".to_owned()
            }
        },
        "abort" => {
            ensure!(matches!(store.abort_upload("multi", id), Err(StoreError::NoSuchUpload)));
            "aborted".to_owned()
        }
        "delete" => {
            ensure!(matches!(store.object("object"), Err(StoreError::NoSuchKey)));
            "deleted".to_owned()
        }
        _ => bail!("no operation {operation}"),
    })
}

/// Every file of the folder belongs to an object or an open upload.
fn no_litter(root: &Path, store: &Store) -> anyhow::Result<()> {
    ensure!(
        fs::read_dir(root.join("tmp"))?.next().is_none(),
        "a temporary file is left"
    );
    let mut wanted = Vec::new();
    for object in store
        .list_objects(&super::objects::list::ObjectFilter {
            max: 10,
            ..Default::default()
        })
        .objects
    {
        wanted.extend(object.parts.iter().map(|part| object.data.path.join(part.file_name())));
    }
    for upload in store.list_uploads("", None, 10).0 {
        wanted.push(upload.data.path.join("upload.json"));
        wanted.extend(
            store
                .parts(&upload, 0, 10)
                .0
                .iter()
                .map(|part| upload.data.path.join(part.file_name())),
        );
    }
    let mut found = Vec::new();
    for folder in fs::read_dir(root.join("data"))? {
        let folder = folder?.path();
        let files = fs::read_dir(&folder)?
            .map(|file| Ok(file?.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        ensure!(!files.is_empty(), "{} is empty", folder.display());
        found.extend(files);
    }
    wanted.sort();
    found.sort();
    ensure!(found == wanted, "found {found:#?}, wanted {wanted:#?}");
    Ok(())
}

/// Runs only when [`killed_at_every_step`] starts it, in a folder with a plan.
#[test]
#[ignore = "the child of killed_at_every_step"]
fn child() -> anyhow::Result<()> {
    let Ok(plan) = fs::read_to_string("plan") else {
        return Ok(());
    };
    let [operation, step, id] = plan.split(' ').collect::<Vec<_>>()[..] else {
        bail!("plan {plan:?}")
    };
    let (_, step, _) = STEPS
        .iter()
        .find(|(_, s, _)| format!("{s:?}") == step)
        .context("no such step")?;
    let store = open(Path::new("bucket"), Some((*step, Fault::Die)))?;
    act(&store, operation, id)
}

#[test]
fn killed_at_every_step() -> anyhow::Result<()> {
    for (operation, step, expected) in STEPS {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("bucket");
        let id = prepare(&root)?;
        fs::write(folder.path().join("plan"), format!("{operation} {step:?} {id}"))?;
        let status = Command::new(std::env::current_exe()?)
            .args(["--ignored", "--exact", "store::crash_tests::child"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        ensure!(
            status.signal().is_some(),
            "{operation} did not come to {step:?}: {status}"
        );
        let store = open(&root, None)?;
        let found = state(&store, operation, &id).with_context(|| format!("{operation} killed at {step:?}"))?;
        ensure!(
            found == *expected,
            "{operation} killed at {step:?}: {found}, not {expected}"
        );
        no_litter(&root, &store).with_context(|| format!("{operation} killed at {step:?}"))?;
        // And the bucket works on.
        put(&store, "object", b"afterwards")?;
        ensure!(read(&store, "object")? == b"afterwards");
    }
    Ok(())
}

#[test]
fn o11_a_full_disk_at_every_step_is_an_error_and_leaves_the_bucket_usable() -> anyhow::Result<()> {
    for (operation, step, expected) in STEPS {
        if *step == Step::UploadRecordRemoved {
            continue; // The object is committed by then, so this is no error.
        }
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("bucket");
        let id = prepare(&root)?;
        {
            let store = open(&root, Some((*step, Fault::DiskFull)))?;
            let Err(error) = act(&store, operation, &id) else {
                bail!("{operation} at {step:?}: no error")
            };
            let io = error.downcast_ref::<StoreError>();
            ensure!(
                matches!(io, Some(StoreError::Io(io)) if io.kind() == std::io::ErrorKind::StorageFull),
                "{operation} at {step:?}: {error:#}"
            );
            ensure!(
                fs::read_dir(root.join("tmp"))?.next().is_none(),
                "{operation} at {step:?}: a file is left"
            );
            // The same process, without a restart, already tells the truth.
            let found = state(&store, operation, &id).with_context(|| format!("{operation} full at {step:?}"))?;
            let undone = *step == Step::UploadRecorded && found == "1 upload";
            ensure!(
                found == *expected || undone,
                "{operation} full at {step:?}: {found}, not {expected}"
            );
        }
        let store = open(&root, None)?;
        state(&store, operation, &id).with_context(|| format!("{operation} full at {step:?}, opened again"))?;
        no_litter(&root, &store).with_context(|| format!("{operation} full at {step:?}, opened again"))?;
    }
    Ok(())
}

#[test]
fn one_owner_at_a_time() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), None)?;
    ensure!(matches!(
        Store::open(folder.path(), Faults::default()),
        Err(crate::error::Error::Locked(_))
    ));
    drop(store);
    open(folder.path(), None)?;
    Ok(())
}

#[test]
fn all_of_it_is_there_after_a_restart() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let id = prepare(folder.path())?;
    let store = open(folder.path(), None)?;
    act(&store, "complete", &id)?;
    let before = store.object("multi")?;
    drop(store);
    let store = open(folder.path(), None)?;
    let after = store.object("multi")?;
    ensure!((&before.etag, before.size, before.modified_ms) == (&after.etag, after.size, after.modified_ms));
    ensure!(state(&store, "complete", &id)? == "completed" && read(&store, "object")? == b"old");
    no_litter(folder.path(), &store)
}

#[test]
fn what_cannot_be_read_is_left_alone() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    prepare(folder.path())?;
    let manifest = fs::read_dir(folder.path().join("objects"))?
        .next()
        .context("no manifest")??
        .path();
    let intact = fs::read(&manifest)?;
    fs::write(&manifest, b"{}")?;
    ensure!(matches!(
        open(folder.path(), None)?.object("object"),
        Err(StoreError::NoSuchKey)
    ));
    fs::write(&manifest, intact)?;
    ensure!(
        read(&open(folder.path(), None)?, "object")? == b"old",
        "its bytes were swept away"
    );
    Ok(())
}

#[test]
fn readers_keep_what_is_deleted_and_then_it_is_gone() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path(), None)?;
    put(&store, "object", &vec![7; 1 << 20])?;
    let object = store.object("object")?;
    let path = object.data.path.clone();
    let mut reader = ObjectReader::open(object, 0..1 << 20)?;
    reader.next_piece()?;
    store.delete_object("object", &WriteCondition::None)?;
    ensure!(path.exists(), "deleted under a reader");
    let mut left = 0;
    while let Some(piece) = reader.next_piece()? {
        left += piece.len();
    }
    ensure!(left == (1 << 20) - (128 << 10));
    drop(reader);
    ensure!(!path.exists(), "still there without readers");
    Ok(())
}
