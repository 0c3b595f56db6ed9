//! What walking finds.

use super::*;

#[test]
fn folders_are_walked_and_links_left_out() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let top = folder.path().join("top");
    fs::create_dir_all(top.join("inner"))?;
    fs::write(top.join("b.txt"), "bb")?;
    fs::write(top.join("inner/a.txt"), "a")?;
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", top.join("elsewhere"))?;
    let walked = walk(std::slice::from_ref(&top)).expect("all of it can be read");
    let paths: Vec<&str> = walked.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["top/b.txt", "top/inner/a.txt"]);
    #[cfg(unix)]
    assert!(
        walked.left_out[0].contains("elsewhere (a symbolic link)"),
        "{:?}",
        walked.left_out
    );
    Ok(())
}

#[test]
fn a_file_that_changed_is_noticed() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a");
    fs::write(&path, "before")?;
    let walked = walk(std::slice::from_ref(&path)).expect("it can be read");
    let extent = SourceExtent {
        file: walked.files[0].handle.clone(),
        offset: 2,
        len: 3,
    };
    let mut content = Vec::new();
    read_extents(std::slice::from_ref(&extent), &mut content).expect("unchanged");
    assert_eq!(content, b"for");
    fs::write(&path, "behind it")?;
    let error = read_extents(&[extent], &mut content).expect_err("its length is another");
    assert!(matches!(error, TransferError::SourceChanged { .. }));
    Ok(())
}

#[test]
fn what_is_missing_is_said_and_the_rest_is_found() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let there = folder.path().join("there");
    fs::write(&there, "x")?;
    fs::create_dir(folder.path().join("empty"))?;
    let walked = walk(&[PathBuf::from("/nowhere/at/all"), there, folder.path().join("empty")]);
    let walked = walked.expect("what cannot be read is listed");
    let missing = ("/nowhere/at/all".to_owned(), "no such file".to_owned());
    assert_eq!(walked.unreadable, [missing]);
    assert_eq!(walked.files.len(), 1);
    assert!(
        walked.left_out[0].ends_with("(an empty folder)"),
        "{:?}",
        walked.left_out
    );
    Ok(())
}
