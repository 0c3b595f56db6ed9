//! What operators find on their disks: settings from files, odd folder names, modes.

use std::fs;

use crate::{
    harness::{Result, Server},
    life::{Process, run, text},
};

#[test]
fn x44_settings_come_from_here_and_nowhere_above() -> Result {
    let above = tempfile::tempdir()?;
    let here = above.path().join("here");
    fs::create_dir(&here)?;
    let data = here.join("data");
    let of_another = "DATABASE_URL=hunter2\nSEALDROP_ADDR=nowhere\n";
    fs::write(above.path().join(".env"), of_another)?;
    let migrated = run(&data, &["migrate"], &[])?;
    assert!(migrated.status.success(), "{}", text(&migrated.stderr));
    // What stands there is what is meant.
    fs::write(here.join(".env"), "SEALDROP_LOG=info\nSEALDROP_SITE='$HOME'\n")?;
    let refused = run(&data, &["migrate"], &[("HOME", "/")])?;
    assert!(
        text(&refused.stderr).contains("$HOME is no folder"),
        "{}",
        text(&refused.stderr)
    );
    // Another file, if it is named; then it must be there.
    let named = above.path().join(".env");
    let refused = run(&data, &["migrate"], &[("SEALDROP_ENV_FILE", &named.to_string_lossy())])?;
    let said = text(&refused.stderr);
    assert!(
        said.contains("DATABASE_URL") && !said.contains("hunter2") && !said.contains("$HOME"),
        "{said}"
    );
    let refused = run(&data, &["migrate"], &[("SEALDROP_ENV_FILE", "/nowhere/at/all")])?;
    assert!(text(&refused.stderr).contains("/nowhere/at/all"));
    Ok(())
}

#[tokio::test]
async fn x45_a_data_folder_may_have_any_name() -> Result {
    let folder = tempfile::tempdir()?;
    for name in [
        "with space",
        "a%2Fb",
        "what?mode=memory",
        "no#1",
        "100%",
        "\u{e4}\u{fc}\u{1f512}",
        "plus+and&",
    ] {
        let data = folder.path().join(name);
        let server = Server::start_with(&[("SEALDROP_DATA", &data.to_string_lossy())]).await?;
        crate::transfer::send(&server, b"kept", b"{}", 1).await?;
        server.stop().await;
        assert!(fs::metadata(data.join("sealdrop.db"))?.len() > 0, "{name}");
    }
    assert_eq!(fs::read_dir(folder.path())?.count(), 7, "and nothing beside them");
    Ok(())
}

#[cfg(unix)]
#[test]
fn x46_what_is_kept_is_for_its_owner_alone() -> Result {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir()?;
    let mode = |path: &std::path::Path| fs::metadata(path).map(|about| about.permissions().mode() & 0o777);
    let data = folder.path().join("new");
    let process = Process::start(&data, &[])?;
    for name in [
        "sealdrop.db",
        "sealdrop.db-wal",
        "sealdrop.db-shm",
        "bucket-credentials",
    ] {
        assert_eq!(mode(&data.join(name))?, 0o600, "{name}");
    }
    let (_, _, logged) = process.end()?;
    assert!(!logged.contains("may be read by others"), "{logged}");
    assert_eq!(mode(&data)?, 0o700);
    // As an earlier version, or a package, left it.
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755))?;
    fs::set_permissions(data.join("sealdrop.db"), fs::Permissions::from_mode(0o644))?;
    let doctor = run(&data, &["doctor"], &[])?;
    let said = text(&doctor.stdout);
    assert!(
        said.contains("FAILED") && said.contains("chmod 700") && !doctor.status.success(),
        "{said}"
    );
    let process = Process::start(&data, &[])?;
    assert_eq!(mode(&data.join("sealdrop.db"))?, 0o600);
    let (_, _, logged) = process.end()?;
    assert!(logged.contains("chmod 700"), "{logged}");
    Ok(())
}
