//! Asking for a password. The terminal's echo is off meanwhile, and on again however it ends.

use std::io::IsTerminal;

use sealdrop_crypto::Zeroizing;

use crate::failure::Failure;

/// Asks for a password without showing it.
pub(crate) async fn ask(prompt: &'static str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() && !std::io::stderr().is_terminal() {
        return Err(Failure::usage("This needs a password; set SEALDROP_PASSWORD."));
    }
    system::ask(prompt).await
}

fn unreadable() -> Failure {
    Failure::usage("The password could not be read; set SEALDROP_PASSWORD instead.")
}

#[cfg(unix)]
mod system {
    use std::{
        fs::File,
        io::{self, Read, Write},
    };

    use rustix::{
        process::{Signal, getpid, kill_process},
        termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr},
    };
    use sealdrop_crypto::Zeroizing;
    use tokio::signal::unix::SignalKind;

    use super::unreadable;
    use crate::{failure::Failure, signals::Signals};

    /// A line that is longer is no password.
    const LONGEST: usize = 4096;

    /// The terminal, without echo until it is dropped.
    struct Hidden {
        terminal: File,
        before: Termios,
    }

    impl Hidden {
        fn open() -> io::Result<Self> {
            let terminal = File::options().read(true).write(true).open("/dev/tty")?;
            let before = tcgetattr(&terminal)?;
            Ok(Self { terminal, before })
        }

        fn hide(&mut self, prompt: &str) -> io::Result<()> {
            let mut without = self.before.clone();
            without.local_modes.remove(LocalModes::ECHO);
            // The end of the line is shown: what comes next begins a new one.
            without.local_modes.insert(LocalModes::ECHONL);
            tcsetattr(&self.terminal, OptionalActions::Flush, &without)?;
            self.terminal.write_all(prompt.as_bytes())
        }

        fn restore(&self) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            self.restore();
        }
    }

    pub(crate) async fn ask(prompt: &'static str) -> Result<Zeroizing<String>, Failure> {
        // Heard before the echo goes: what ends the process otherwise would leave it off.
        let mut stop = Signals::listen();
        let mut quit = Signals::of([SignalKind::quit()]);
        let mut pause = Signals::of([SignalKind::from_raw(Signal::TSTP.as_raw())]);
        let mut hidden = Hidden::open().map_err(|_| unreadable())?;
        hidden.hide(prompt).map_err(|_| unreadable())?;
        let terminal = hidden.terminal.try_clone().map_err(|_| unreadable())?;
        let mut reading = tokio::task::spawn_blocking(move || read_line(terminal));
        let line = loop {
            tokio::select! {
                line = &mut reading => break line,
                () = stop.next() => {
                    hidden.restore();
                    let _ = hidden.terminal.write_all(b"\n");
                    return Err(Failure::new(130, "Stopped."));
                }
                () = quit.next() => {
                    hidden.restore();
                    std::process::exit(131);
                }
                () = pause.next() => {
                    hidden.restore();
                    let _ = kill_process(getpid(), Signal::STOP);
                    hidden.hide(prompt).map_err(|_| unreadable())?;
                }
            }
        };
        drop(hidden);
        // A signal that was listened to once does nothing by itself any more.
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = quit.next() => std::process::exit(131),
                    () = pause.next() => drop(kill_process(getpid(), Signal::STOP)),
                }
            }
        });
        line.map_err(|_| unreadable())?.map_err(|_| unreadable())
    }

    /// A line of the terminal, as text, without its end.
    fn read_line(mut terminal: File) -> io::Result<Zeroizing<String>> {
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        loop {
            let mut byte = [0];
            match terminal.read(&mut byte) {
                Ok(0) if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(0) => break,
                Ok(_) if byte == *b"\n" => break,
                Ok(_) if line.len() == LONGEST => return Err(io::ErrorKind::InvalidData.into()),
                Ok(_) => line.push(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let text = std::str::from_utf8(&line).map_err(io::Error::other)?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

#[cfg(not(unix))]
mod system {
    use sealdrop_crypto::Zeroizing;

    use super::unreadable;
    use crate::failure::Failure;

    pub(crate) async fn ask(prompt: &'static str) -> Result<Zeroizing<String>, Failure> {
        let asking = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt));
        let read = asking.await.map_err(|_| unreadable())?;
        read.map(Zeroizing::new).map_err(|_| unreadable())
    }
}
