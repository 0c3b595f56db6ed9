//! What a journal says after something went wrong with it.

use std::{fs, fs::File, io::Write as _};

use super::{durable::SyncBy, *};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn new() -> Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
        })
    }

    async fn open(&self) -> Result<(DownloadJournal, Option<UnfinishedDownload>)> {
        let state = State::at(self.folder.path().join("state"));
        Ok(DownloadJournal::open(&state, LinkId([1; 16]), self.folder.path()).await?)
    }

    /// A new journal of a link that ends in so many seconds.
    async fn begun(&self, seconds: i64) -> Result<DownloadJournal> {
        let (journal, _) = self.open().await?;
        #[expect(clippy::disallowed_methods, reason = "when a link ends is a date")]
        let now = std::time::SystemTime::now();
        let ends_at = OffsetDateTime::from(now) + time::Duration::seconds(seconds);
        journal.begin(ends_at, &Names::of("a", &["a"], false)).await?;
        journal.on_checkpoint(serde_json::from_str(
            r#"{"begun":{"claim_id":"AAAAAAAAAAAAAAAAAAAAAA","plan":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}"#,
        )?);
        Ok(journal)
    }

    fn lines(&self) -> Result<PathBuf> {
        let mut files = fs::read_dir(self.folder.path().join("state/receiving"))?;
        Ok(files.next().ok_or("there is none")??.path())
    }

    /// Steps that the next run goes on behind, if it can.
    async fn steps(&self) -> Result<Option<String>> {
        let (_, unfinished) = self.open().await?;
        let resume = unfinished.and_then(|unfinished| unfinished.resume());
        Ok(resume.map(|resume| format!("{resume:?}")))
    }
}

/// A step whose bytes are where this handle leads.
fn write(journal: &DownloadJournal, step: u64, handle: File) {
    let wrote = WrittenBytes {
        names: Arc::new(Names::of("a", &["a"], false)),
        len: 1,
        crc: 0,
        sync_by: SyncBy::Handle(Arc::new(handle)),
    };
    journal.wrote(0, 1, wrote);
    journal.on_checkpoint(Checkpoint::Written {
        step,
        digest: None,
        ends_object: false,
    });
}

#[tokio::test]
async fn after_bytes_that_did_not_reach_the_disk_nothing_more_is_written_down() -> Result<()> {
    let kept = Kept::new()?;
    let journal = kept.begun(60).await?;
    // Nothing can be brought to the disk there.
    write(&journal, 0, File::options().write(true).open("/dev/null")?);
    let refused = journal.flush().await.expect_err("it was not written");
    write(&journal, 1, tempfile::tempfile()?);
    assert_eq!(journal.flush().await, Err(refused), "and neither is what comes after");
    drop(journal);
    let steps = kept
        .steps()
        .await?
        .ok_or("a gap: all that was received is thrown away")?;
    assert!(steps.contains("steps: 0"), "{steps}");
    Ok(())
}

#[tokio::test]
async fn what_was_received_of_a_link_that_has_ended_can_still_be_removed() -> Result<()> {
    let kept = Kept::new()?;
    drop(kept.begun(-60).await?);
    assert!(kept.steps().await?.is_some());
    Ok(())
}

#[tokio::test]
async fn a_line_that_cannot_be_read_is_taken_off_before_others_follow() -> Result<()> {
    let kept = Kept::new()?;
    drop(kept.begun(60).await?);
    fs::OpenOptions::new()
        .append(true)
        .open(kept.lines()?)?
        .write_all(b"\0\0\0\n")?;
    let (journal, unfinished) = kept.open().await?;
    assert!(unfinished.is_some());
    write(&journal, 0, tempfile::tempfile()?);
    journal.flush().await?;
    drop(journal);
    let steps = kept.steps().await?.ok_or("the checkpoints are read")?;
    assert!(steps.contains("steps: 1"), "{steps}");
    Ok(())
}

#[tokio::test]
async fn n12_names_are_written_down_once_and_read_back() -> Result<()> {
    // All are one where a name ends after 255 bytes.
    let long: Vec<String> = (0..1_000)
        .map(|i| format!("tree/{i:04}{}.bin", "é".repeat(120)))
        .collect();
    let deep: Vec<String> = (0..200)
        .map(|i| format!("tree/{}{i}", "a folder\"/".repeat(60)))
        .collect();
    for paths in [long, deep] {
        let kept = Kept::new()?;
        let (journal, _) = kept.open().await?;
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let names = Names::of("tree", &paths, false);
        journal
            .begin(OffsetDateTime::from_unix_timestamp(4_000_000_000)?, &names)
            .await?;
        journal.folder("tree (2)").await?;
        let bare = fs::metadata(kept.lines()?)?.len() as usize;
        for (file, _) in paths.iter().enumerate() {
            let place = Place {
                nth: 1,
                number: u64::MAX,
            };
            journal.opened(file, &place)?;
            journal.naming(file, 1)?;
        }
        let all = fs::metadata(kept.lines()?)?.len() as usize;
        let bytes: usize = paths.iter().map(|path| path.len()).sum();
        assert!(
            bare < 2 * bytes && all - bare < 128 * paths.len(),
            "{bare} and {all} bytes of {bytes}"
        );
        drop(journal);
        let (_, unfinished) = kept.open().await?;
        let unfinished = unfinished.ok_or("there are lines")?;
        assert_eq!(
            (unfinished.paths.as_slice(), unfinished.folder.as_deref()),
            (names.paths(), Some("tree (2)"))
        );
        assert_eq!(
            (unfinished.places.len(), unfinished.named.len()),
            (paths.len(), paths.len())
        );
    }
    Ok(())
}
