//! Files where they are saved, and what is there already.

use std::fs;

use sealdrop_api::LinkId;
use sealdrop_transfer::{Proof, Sink};

use super::*;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A file of a list of one.
fn file(path: &str, len: u64) -> SinkFile {
    SinkFile {
        index: 0,
        path: path.to_owned(),
        len,
        offset: 0,
        mime: None,
        modified_ms: Some(1_000),
    }
}

/// Where such a file is saved.
async fn folder(path: &Path, file: &str) -> Result<Folder> {
    let names = Names::of(file.split('/').next().unwrap_or(file), &[file], false);
    let mut folder = Folder::open(path, names, &Rc::new(DownloadJournal::none(LinkId([1; 16]))))?;
    folder.make().await?;
    Ok(folder)
}

async fn save(folder: &mut Folder, path: &str, bytes: &'static [u8]) -> std::result::Result<(), TransferError> {
    let mut sink = folder.open(&file(path, bytes.len() as u64)).await?;
    if !bytes.is_empty() {
        sink.write(Plain(bytes::Bytes::from_static(bytes))).await?;
    }
    sink.finish(Proof::Whole).await
}

#[tokio::test]
async fn nothing_that_exists_is_overwritten() -> Result<()> {
    let place = tempfile::tempdir()?;
    fs::write(place.path().join("a.txt"), "old")?;
    fs::write(place.path().join("a.txt.part"), "other")?;
    let mut folder = folder(place.path(), "a.txt").await?;
    save(&mut folder, "a.txt", b"new").await?;
    assert_eq!(fs::read_to_string(place.path().join("a.txt"))?, "old");
    assert_eq!(fs::read_to_string(place.path().join("a.txt.part"))?, "other");
    assert_eq!(fs::read_to_string(place.path().join("a (2).txt"))?, "new");
    assert!(folder.is_renamed(folder.saved()[0], "a.txt"));
    Ok(())
}

#[tokio::test]
async fn an_unfinished_file_has_no_name_and_an_aborted_one_is_gone() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut folder = folder(place.path(), "dir/a").await?;
    let mut sink = folder.open(&file("dir/a", 4)).await?;
    sink.write(Plain(bytes::Bytes::from_static(b"ab"))).await?;
    assert!(place.path().join("dir/a.part").exists() && !place.path().join("dir/a").exists());
    sink.abort().await;
    assert_eq!(fs::read_dir(place.path().join("dir"))?.count(), 0);
    folder.abort().await;
    assert_eq!(
        fs::read_dir(place.path())?.count(),
        0,
        "nor the folder that was made for it"
    );
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn no_symbolic_link_is_followed() -> Result<()> {
    use std::os::unix::fs::symlink;
    let (place, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
    // What stands in the way of the new folder.
    symlink(outside.path(), place.path().join("dir"))?;
    let mut folder = folder(place.path(), "dir/sub/x").await?;
    let new = folder.new_folder().ok_or("a new folder")?;
    assert_eq!(new, place.path().join("dir (2)"));
    // What another program plants in it meanwhile.
    symlink(outside.path(), new.join("sub"))?;
    let refused = save(&mut folder, "dir/sub/x", b"1").await;
    assert!(matches!(refused, Err(TransferError::SaveRefused { .. })), "{refused:?}");
    symlink(outside.path().join("target"), place.path().join("a"))?;
    save(&mut self::folder(place.path(), "a").await?, "a", b"1").await?;
    assert_eq!(fs::read_dir(outside.path())?.count(), 0);
    assert_eq!(fs::read(place.path().join("a (2)"))?, b"1");
    Ok(())
}

#[tokio::test]
async fn long_names_fit_with_their_ending() -> Result<()> {
    let place = tempfile::tempdir()?;
    let long: &'static str = Box::leak(format!("{}.txt", "x".repeat(251)).into_boxed_str());
    for bytes in [b"1", b"2"] {
        save(&mut folder(place.path(), long).await?, long, bytes).await?;
    }
    assert_eq!(fs::read(place.path().join(long))?, b"1");
    assert_eq!(fs::read_dir(place.path())?.count(), 2);
    Ok(())
}
