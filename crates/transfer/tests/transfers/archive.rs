//! Archives on a disk, and three programs that we did not write to look at them: Python's zipfile, Info-ZIP's unzip, 7-Zip.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
    rc::Rc,
};

use futures::executor::block_on;
use sealdrop_transfer::*;
use serde_json::Value;

/// Content that a test writes: some bytes, or many zeros that take no room, neither here nor on the disk.
#[derive(Clone)]
pub(crate) enum Piece {
    Bytes(Rc<Vec<u8>>, core::ops::Range<usize>),
    Zeros(usize),
}

impl Piece {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::from_bytes(bytes.to_vec())
    }
}

impl Chunk for Piece {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(_, range) => range.len(),
            Self::Zeros(len) => *len,
        }
    }
    fn slice(&self, cut: core::ops::Range<usize>) -> Self {
        match self {
            Self::Bytes(bytes, range) => Self::Bytes(Rc::clone(bytes), range.start + cut.start..range.start + cut.end),
            Self::Zeros(_) => Self::Zeros(cut.len()),
        }
    }
    fn to_vec(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes, range) => bytes[range.clone()].to_vec(),
            Self::Zeros(len) => vec![0; *len],
        }
    }
    fn from_bytes(bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        Self::Bytes(Rc::new(bytes), 0..len)
    }
}

/// Writes one file; zeros become holes.
pub(crate) struct Disk(pub(crate) PathBuf);

pub(crate) struct Growing {
    file: File,
    len: u64,
}

impl Sinks for Disk {
    type Chunk = Piece;
    type Sink = Growing;
    async fn open(&mut self, file: &SinkFile) -> Result<Growing, TransferError> {
        self.0.push(&file.path);
        Ok(Growing {
            file: File::create_new(&self.0).expect("it is the first of its name"),
            len: file.len,
        })
    }
}

impl Sink for Growing {
    type Chunk = Piece;
    async fn write(&mut self, chunk: Piece) -> Result<(), TransferError> {
        match chunk {
            Piece::Zeros(len) => drop(self.file.seek(SeekFrom::Current(len as i64)).expect("it moves on")),
            bytes @ Piece::Bytes(..) => self.file.write_all(&bytes.to_vec()).expect("the disk has room"),
        }
        Ok(())
    }
    async fn finish(mut self, _: Proof) -> Result<(), TransferError> {
        let at = self.file.stream_position().expect("it has one");
        assert_eq!(at, self.len, "the archive is as long as was foretold");
        Ok(())
    }
    async fn abort(self) {}
}

pub(crate) fn file(index: usize, path: &str, len: u64) -> SinkFile {
    SinkFile {
        index,
        path: path.to_owned(),
        len,
        offset: 0,
        mime: None,
        modified_ms: Some(1_795_666_913_000),
    }
}

/// Writes files, each of the pieces that a closure gives, into `folder`; gives the path of the archive.
pub(crate) fn write(folder: &Path, files: &[SinkFile], pieces: impl Fn(&SinkFile) -> Vec<Piece>) -> PathBuf {
    let plan = ZipPlan::of("archive", files, |text| {
        unicode_normalization::UnicodeNormalization::nfc(text).collect()
    });
    let mut sinks = ZipSinks::new(Disk(folder.to_owned()), plan);
    block_on(async {
        for file in files {
            let mut sink = sinks.open(file).await.expect("it opens");
            for piece in pieces(file) {
                sink.write(piece).await.expect("it is written");
            }
            sink.finish(Proof::Whole).await.expect("it is finished");
        }
        sinks.close().await.expect("it is closed");
    });
    folder.join("archive.zip")
}

/// What Python reads in an archive, entry by entry, the content as SHA-256 (not of gigabytes); it compares every checksum.
pub(crate) fn listed(archive: &Path) -> Vec<Value> {
    const READ: &str = r#"
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    entries = []
    for info in archive.infolist():
        digest = hashlib.sha256()
        with archive.open(info) as content:
            while block := content.read(1 << 20):
                if info.file_size < 1 << 30:
                    digest.update(block)
        entries.append([info.filename, info.file_size, digest.hexdigest(), info.flag_bits, list(info.date_time)])
    json.dump(entries, sys.stdout)
"#;
    let output = run(Command::new("python3").args(["-c", READ]).arg(archive));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Has unzip and 7-Zip test an archive: every header, every checksum.
pub(crate) fn is_sound(archive: &Path) {
    let tested = run(Command::new("unzip").arg("-tqq").arg(archive));
    assert!(tested.stderr.is_empty(), "{}", String::from_utf8_lossy(&tested.stderr));
    let tested = run(Command::new("7z").arg("t").arg(archive));
    let said = String::from_utf8_lossy(&tested.stdout);
    assert!(said.contains("Everything is Ok") && !said.contains("Warning"), "{said}");
}

/// Runs a program that must succeed.
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.env("LC_ALL", "C.UTF-8").output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error} (scripts/setup.sh test installs it)"));
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
