//! Standard input and output, which may be closed, full, or lead nowhere. A link that is not printed is lost.

use std::io;

use crate::failure::Failure;

/// The wait before a non-blocking stream is tried again.
pub(crate) const NAP: std::time::Duration = std::time::Duration::from_millis(5);

/// Writes bytes to standard output. One that is closed takes all and keeps nothing: `/dev/null` stands in its place when
/// `main` begins, as it does, open in the same way, where Python's `DEVNULL` or Node's `ignore` want nothing of what is said.
pub(crate) fn write(bytes: &[u8]) -> io::Result<()> {
    system::write(bytes)
}

/// Standard output in pieces: what is written may be as long as a list of the sender's.
pub(crate) struct Pieces;

impl Pieces {
    /// With a buffer of 64 KiB, to be flushed at the end.
    pub(crate) fn buffered() -> io::BufWriter<Self> {
        io::BufWriter::with_capacity(64 << 10, Self)
    }
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line on standard output.
pub(crate) fn print(words: &str) -> io::Result<()> {
    write(format!("{words}\n").as_bytes())
}

/// What an output that takes nothing is called.
pub(crate) fn cannot_write(error: &io::Error) -> Failure {
    Failure::other(format!("Standard output cannot be written: {}.", why(error)))
}

/// Why an output takes nothing.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::BrokenPipe => "its reader is gone".to_owned(),
        io::ErrorKind::StorageFull => "its disk is full".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether standard output can take anything at all.
pub(crate) fn has_output() -> bool {
    system::is_open(&io::stdout(), system::Way::Write)
}

/// Whether standard input can give anything, be it nothing.
pub(crate) fn has_input() -> bool {
    system::is_open(&io::stdin(), system::Way::Read)
}

#[cfg(unix)]
mod system {
    use std::{
        fs::{File, Metadata},
        io::{self, Write},
        os::{
            fd::AsFd,
            unix::fs::{FileTypeExt, MetadataExt},
        },
    };

    use rustix::fs::{OFlags, fcntl_getfl};

    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Way {
        Read,
        Write,
    }

    pub(crate) fn write(bytes: &[u8]) -> io::Result<()> {
        let mut out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let mut rest = bytes;
        while !rest.is_empty() {
            match out.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(taken) => rest = &rest[taken..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Another process that shares the stream may have made it non-blocking.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(super::NAP),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(crate) fn is_open(stream: &impl AsFd, way: Way) -> bool {
        let Ok(flags) = fcntl_getfl(stream) else { return false };
        let is_other_way = match flags & OFlags::RWMODE {
            OFlags::RDONLY => way == Way::Write,
            OFlags::WRONLY => way == Way::Read,
            // Before anything of ours runs, /dev/null is opened where a stream is closed, both ways. A person who names it in a
            // shell opens it one way.
            _ => is_null(stream).unwrap_or(false),
        };
        !is_other_way
    }

    fn is_null(stream: &impl AsFd) -> io::Result<bool> {
        let device = |about: Metadata| about.file_type().is_char_device().then(|| about.rdev());
        let stream = File::from(stream.as_fd().try_clone_to_owned()?).metadata()?;
        let null = device(std::fs::metadata("/dev/null")?);
        Ok(null.is_some() && device(stream) == null)
    }
}

#[cfg(not(unix))]
mod system {
    use std::io::{self, Write};

    #[derive(Clone, Copy)]
    pub(crate) enum Way {
        Read,
        Write,
    }

    pub(crate) fn write(bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Here a stream that is closed is none, and reading or writing fails.
    pub(crate) const fn is_open<S>(_: &S, _: Way) -> bool {
        true
    }
}
