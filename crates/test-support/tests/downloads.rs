//! The real command line receives from the real server through a proxy that counts and spoils: what is interrupted goes on,
//! only what is missing is fetched, and the link counts one download.

use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sealdrop_test_support::{
    chaos::{Chaos, Plan, Rule, Seen, Toxic},
    content,
    installation::{CommandOutput, TestInstallation},
};
use tokio::process::{Child, Command};

const MIB: usize = 1 << 20;
const STEP: u64 = 10 << 20;
/// Steps of the large file, the end with its padding included.
const STEPS: usize = 13;
const LEN: usize = 120 * MIB;

/// A file behind a link, and a proxy in front of all that answers for it.
struct Between {
    setup: TestInstallation,
    chaos: Chaos,
    link: String,
    /// The new folder of several files.
    folder: String,
    len: usize,
}

impl Between {
    async fn with(len: usize, downloads: u32) -> anyhow::Result<Self> {
        Self::of(&[("big.bin", len)], downloads).await
    }

    /// Several files behind one link.
    async fn of(files: &[(&str, usize)], downloads: u32) -> anyhow::Result<Self> {
        let mut setup = TestInstallation::new(None)?;
        setup.start(None)?;
        let chaos = Chaos::in_front_of(&setup.address()).await?;
        let downloads = downloads.to_string();
        let mut words = vec!["send", "--downloads", &downloads];
        let mut len = 0;
        for (name, bytes) in files {
            fs::write(setup.path(name), content(0, *bytes))?;
            words.push(name);
            len = *bytes;
        }
        let sending = setup.cli(&setup.address(), words)?;
        let said: CommandOutput = Command::from(sending).output().await?.into();
        let link = said.link()?.replace(&setup.address(), &chaos.address);
        let folder = match files {
            [_] => String::new(),
            [(first, _), others @ ..] => format!("{first} and {} other", others.len()),
            [] => anyhow::bail!("no files"),
        };
        Ok(Self {
            setup,
            chaos,
            link,
            len,
            folder,
        })
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::from(self.setup.cli(&self.chaos.address, arguments)?);
        command.kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    async fn run(&self, arguments: &[&str]) -> anyhow::Result<CommandOutput> {
        let ended = tokio::time::timeout(Duration::from_secs(120), self.command(arguments)?.output());
        Ok(ended.await.context("it tries in circles")??.into())
    }

    async fn receive(&self) -> anyhow::Result<CommandOutput> {
        self.run(&["receive", &self.link, "-o", "got"]).await
    }

    /// A run on a slow line, so far that several steps are written down.
    async fn begin(&self) -> anyhow::Result<Child> {
        self.chaos.follow(slow());
        let child = self.command(&["receive", &self.link, "-o", "got"])?.spawn()?;
        let end = Instant::now() + Duration::from_secs(60);
        while self.durable() < 4 {
            ensure!(Instant::now() < end, "nothing was written down");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(child)
    }

    /// Such a run, killed with -9. Answers how many steps were written down.
    async fn killed(&self) -> anyhow::Result<usize> {
        let mut child = self.begin().await?;
        child.kill().await?;
        self.chaos.follow(Plan::Calm);
        drop(self.chaos.seen());
        ensure!(
            self.part().exists() && !self.got("big.bin").exists(),
            "it was no interruption"
        );
        Ok(self.durable())
    }

    /// Several files are received into a folder of their own.
    fn got(&self, name: &str) -> PathBuf {
        self.setup.path("got").join(&self.folder).join(name)
    }

    fn part(&self) -> PathBuf {
        self.got("big.bin.part")
    }

    fn ledger(&self) -> String {
        let files = fs::read_dir(self.setup.path("state/receiving"))
            .into_iter()
            .flatten()
            .flatten();
        files
            .map(|file| fs::read_to_string(file.path()).unwrap_or_default())
            .collect()
    }

    /// Steps that are written down as being on the disk.
    fn durable(&self) -> usize {
        self.ledger().matches(r#""written""#).count()
    }

    /// What was asked of the bucket since the last look. Each asks for the state of the object that the link means: what was
    /// replaced meanwhile is refused, and never goes on from the middle of another.
    fn ranges(&self) -> Vec<(u64, u64)> {
        let seen = self.chaos.seen();
        let of = |one: &&Seen| one.method == "GET" && one.target.starts_with("/blobs/");
        let asked: Vec<&Seen> = seen.iter().filter(of).collect();
        assert!(asked.iter().all(|one| one.is_conditional), "{asked:?}");
        asked.iter().filter_map(|one| one.range).collect()
    }

    /// Only what is behind these steps was fetched, and one record for the header.
    fn only_the_rest(&self, steps: usize) {
        let ranges = self.ranges();
        let (header, rest): (Vec<_>, Vec<_>) = ranges.iter().partition(|(start, _)| *start == 0);
        assert!(
            header.iter().all(|(_, end)| *end < 1 << 18) && header.len() <= 1,
            "{ranges:?}"
        );
        assert!(
            rest.iter().all(|(start, _)| *start >= steps as u64 * STEP),
            "{steps}: {ranges:?}"
        );
        // Three were under way at the kill: the proxy may hear of them later.
        assert!(rest.len() <= STEPS - steps + 3, "{steps}: {ranges:?}");
    }

    fn arrived(&self) -> anyhow::Result<()> {
        ensure!(fs::read(self.got("big.bin"))? == content(0, self.len), "other bytes");
        ensure!(
            fs::read_dir(self.setup.path("got"))?.count() == 1,
            "something is left beside it"
        );
        ensure!(
            fs::read_dir(self.setup.path("state/receiving"))?.count() == 0,
            "state is left"
        );
        Ok(())
    }

    async fn downloads_left(&self) -> anyhow::Result<u64> {
        let said = self.run(&["info", &self.link, "--json"]).await?;
        let told: serde_json::Value = serde_json::from_str(&said.out)?;
        told["downloads_left"].as_u64().context("a number")
    }
}

/// Three ranges at a time make about 24 MB/s.
fn slow() -> Plan {
    Plan::Told(vec![Rule::new("GET", "/blobs/", 0, Toxic::Bandwidth(8 << 20))])
}

fn signal(child: &Child, name: &str) -> anyhow::Result<()> {
    let id = child.id().context("it runs")?.to_string();
    ensure!(std::process::Command::new("kill").args([name, &id]).status()?.success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_killed_in_the_middle_the_same_command_fetches_the_rest() -> anyhow::Result<()> {
    let between = Between::with(LEN, 1).await?;
    let steps = between.killed().await?;
    let secret = between.link.split('#').nth(1).context("a key")?;
    let ledger = between.ledger();
    assert!(
        !ledger.contains("big.bin") && !ledger.contains(&secret[..20]),
        "{ledger}"
    );
    let said = between.receive().await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("Resuming: "), "{said:?}");
    assert!(said.err.contains("complete and unaltered."), "{said:?}");
    between.only_the_rest(steps);
    between.arrived()?;
    let again = between.receive().await?;
    assert_eq!(again.code, 4, "it was counted once, and there was one: {again:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_interrupted_by_hand_it_says_how_to_go_on_and_how_to_remove_it() -> anyhow::Result<()> {
    let between = Between::with(LEN, 3).await?;
    let child = between.begin().await?;
    signal(&child, "-STOP")?;
    let second = between.receive().await?;
    assert_eq!(second.code, 1, "{second:?}");
    assert!(
        second.err.contains("Another sealdrop process is receiving this link"),
        "{second:?}"
    );
    signal(&child, "-INT")?;
    signal(&child, "-CONT")?;
    let said: CommandOutput = child.wait_with_output().await?.into();
    assert_eq!(said.code, 130, "{said:?}");
    assert!(
        said.err.contains("run the same command to resume, or add --discard"),
        "{said:?}"
    );
    assert_eq!(between.downloads_left().await?, 2, "its place is kept");

    between.chaos.follow(Plan::Calm);
    let said = between
        .run(&["receive", &between.link, "-o", "got", "--discard"])
        .await?;
    assert!(
        said.code == 0 && said.err.contains("The unfinished download is deleted: 1 file."),
        "{said:?}"
    );
    assert_eq!(fs::read_dir(between.setup.path("got"))?.count(), 0);
    assert_eq!(between.durable(), 0);
    assert_eq!(between.downloads_left().await?, 3, "its place is given back");
    let said = between
        .run(&["receive", &between.link, "-o", "got", "--discard"])
        .await?;
    assert!(said.err.contains("no unfinished download"), "{said:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_a_part_that_was_touched_starts_over_and_says_so() -> anyhow::Result<()> {
    let between = Between::with(LEN, 9).await?;
    let touch = |how: fn(&mut Vec<u8>)| -> anyhow::Result<()> {
        let mut bytes = fs::read(between.part())?;
        how(&mut bytes);
        Ok(fs::write(between.part(), bytes)?)
    };
    let ways: [fn(&mut Vec<u8>); 2] = [|bytes| bytes[5 * MIB] ^= 1, |bytes| bytes.truncate(30 * MIB)];
    for how in ways {
        between.killed().await?;
        touch(how)?;
        let said = between.receive().await?;
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.err.contains("the download starts over"), "{said:?}");
        let ranges = between.ranges();
        assert!(
            ranges.iter().filter(|(start, end)| end - start > 1 << 18).count() >= STEPS - 1,
            "{ranges:?}"
        );
        between.arrived()?;
        fs::remove_file(between.got("big.bin"))?;
    }
    assert_eq!(between.downloads_left().await?, 7, "each was counted once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_a_name_that_a_power_cut_took_back_is_given_again() -> anyhow::Result<()> {
    let between = Between::of(&[("a.bin", 12 * MIB), ("big.bin", LEN)], 1).await?;
    between.killed().await?;
    let (named, part) = (between.got("a.bin"), between.got("a.bin.part"));
    ensure!(between.ledger().contains(r#""finished""#), "it has no name yet");
    // What a file system may hold after the power came back: the bytes, and not the name.
    fs::rename(&named, &part)?;
    let said = between.receive().await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("Resuming: "), "{said:?}");
    assert!(fs::read(&named)? == content(0, 12 * MIB) && !part.exists(), "{said:?}");
    fs::remove_file(named)?;
    between.arrived()
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_a_range_that_is_cut_is_fetched_again_and_nothing_else() -> anyhow::Result<()> {
    let between = Between::with(45 * MIB, 1).await?;
    let cut = |nth| Rule::new("GET", "/blobs/", nth, Toxic::Cut(3 << 20));
    between.chaos.follow(Plan::Told(vec![cut(3), cut(5)]));
    let said = between.receive().await?;
    assert_eq!(said.code, 0, "{said:?}");
    let mut ranges = between.ranges();
    let all = ranges.len();
    ranges.sort_unstable();
    ranges.dedup();
    assert_eq!(all, ranges.len() + 2, "two of them twice: {ranges:?}");
    between.arrived()
}

#[tokio::test(flavor = "multi_thread")]
async fn d02_an_address_that_expired_under_way_is_signed_again() -> anyhow::Result<()> {
    let between = Between::with(45 * MIB, 1).await?;
    between
        .chaos
        .follow(Plan::Told(vec![Rule::new("GET", "/blobs/", 4, Toxic::Status(403))]));
    let said = between.receive().await?;
    assert_eq!(said.code, 0, "{said:?}");
    let seen = between.chaos.seen();
    assert_eq!(
        seen.iter().filter(|one| one.target.ends_with("/urls")).count(),
        2,
        "{seen:?}"
    );
    between.arrived()
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_a_network_that_stays_away_keeps_what_is_there_and_the_place() -> anyhow::Result<()> {
    let between = Between::with(LEN, 1).await?;
    let mut child = between.begin().await?;
    // Every further request ends without an answer, until eight in a row did.
    let away = |method| Rule::new(method, "/", 0, Toxic::BlackHole(Duration::ZERO));
    between.chaos.follow(Plan::Told(vec![away("GET"), away("POST")]));
    let ended = tokio::time::timeout(Duration::from_secs(180), child.wait()).await;
    assert_eq!(ended.context("it never gives up")??.code(), Some(3));
    between.chaos.follow(Plan::Calm);
    drop(between.chaos.seen());
    let steps = between.durable();
    let said = between.receive().await?;
    assert_eq!(said.code, 0, "{said:?}");
    between.only_the_rest(steps);
    between.arrived()
}

/// In a file system of 32 MiB; where none can be mounted, the limit of the next test has to do.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn d07_a_full_disk_is_said_once_and_keeps_what_is_there() -> anyhow::Result<()> {
    let between = Between::with(60 * MIB, 1).await?;
    let script = format!(
        "mkdir -p got && mount -t tmpfs -o size=32m none got || exit 77
         $0 receive '{link}' -o got; echo code $?; ls got
         mount -o remount,size=100m none got
         $0 receive '{link}' -o got; echo code $?; ls got
         cmp got/big.bin big.bin && echo same",
        link = between.link
    );
    let said = in_a_shell(
        &between,
        &["unshare", "--mount", "--map-root-user", "sh", "-c", &script],
    )
    .await?;
    if said.code == 77 || said.err.starts_with("unshare") {
        return Ok(());
    }
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(
        lines,
        ["code 8", "big.bin.part", "got/big.bin", "code 0", "big.bin", "same"],
        "{said:?}"
    );
    assert!(
        said.err
            .contains("there is not enough space for big.bin. Your progress is kept"),
        "{said:?}"
    );
    assert!(said.err.contains("Resuming: "), "{said:?}");
    let whole = between
        .ranges()
        .iter()
        .filter(|(start, end)| end - start > 1 << 18)
        .count();
    assert!(whole <= 7 + 6, "nothing is tried in circles: {whole} ranges");
    Ok(())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn d07_a_limit_on_files_is_a_full_disk_too() -> anyhow::Result<()> {
    let between = Between::with(60 * MIB, 1).await?;
    let script = format!("ulimit -f 49152; exec $0 receive '{}' -o got", between.link);
    let said = in_a_shell(&between, &["sh", "-c", &script]).await?;
    assert_eq!(said.code, 8, "{said:?}");
    assert!(
        said.err
            .contains("there is not enough space for big.bin. Your progress is kept"),
        "{said:?}"
    );
    let steps = between.durable();
    assert!(steps == 2 && between.part().exists(), "{steps}");
    between.ranges();
    let said = between.receive().await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        between
            .ranges()
            .iter()
            .all(|(start, _)| *start == 0 || *start >= 2 * STEP)
    );
    between.arrived()
}

/// Runs words in the setup's folder and surroundings, with the command line as the last of them.
#[cfg(unix)]
async fn in_a_shell(between: &Between, words: &[&str]) -> anyhow::Result<CommandOutput> {
    let like = between.setup.cli(&between.chaos.address, [""; 0])?;
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(like.get_program()).kill_on_drop(true);
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(like.get_current_dir().context("a folder")?);
    let ended = tokio::time::timeout(Duration::from_secs(120), command.output());
    Ok(ended.await.context("it tries in circles")??.into())
}
