//! An SMTP server of one page, which answers as it is told. The mails of real life go through aiosmtpd (`end2end/smtp_sink.py`).

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::held;

/// How it behaves.
#[derive(Debug, Clone, Default)]
pub struct SmtpScript {
    /// Answers to commands, in place of the usual ones: the first whose beginning fits.
    pub answers: Vec<(&'static str, &'static str)>,
    /// Whether it takes letters beyond ASCII in local parts.
    pub smtputf8: bool,
    /// Accepts, and says nothing.
    pub is_silent: bool,
    /// Takes the first mail, and closes instead of saying so.
    pub cuts_first: bool,
    /// Says nothing to QUIT.
    pub keeps_quiet_at_quit: bool,
}

/// What one connection said.
#[derive(Debug, Clone, Default)]
pub struct SmtpSession {
    /// Lines before and after the mail.
    pub commands: Vec<String>,
    /// The mail, with its dots doubled as it came; empty if none was taken.
    pub data: String,
}

/// The server, until it is dropped.
pub struct SmtpDouble {
    /// Its port on 127.0.0.1.
    pub port: u16,
    sessions: Arc<Mutex<Vec<SmtpSession>>>,
    task: tokio::task::JoinHandle<()>,
}

impl SmtpDouble {
    /// Listens.
    ///
    /// # Errors
    /// Those of the network.
    pub async fn start(script: SmtpScript) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let sessions = Arc::<Mutex<Vec<SmtpSession>>>::default();
        let shared = Arc::clone(&sessions);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut sessions = held(&shared);
                    sessions.push(SmtpSession::default());
                    sessions.len() - 1
                };
                tokio::spawn(serve(stream, script.clone(), Arc::clone(&shared), number));
            }
        });
        Ok(Self { port, sessions, task })
    }

    /// Every connection so far.
    #[must_use]
    pub fn sessions(&self) -> Vec<SmtpSession> {
        held(&self.sessions).clone()
    }
}

impl Drop for SmtpDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Ends with the connection.
async fn serve(
    stream: TcpStream,
    script: SmtpScript,
    sessions: Arc<Mutex<Vec<SmtpSession>>>,
    number: usize,
) -> Option<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    if script.is_silent {
        // Until the other side has gone.
        while lines.next_line().await.ok()?.is_some() {}
        return None;
    }
    writing.write_all(b"220 double.test ESMTP\r\n").await.ok()?;
    loop {
        let line = lines.next_line().await.ok()??;
        held(&sessions)[number].commands.push(line.clone());
        let told = script.answers.iter().find(|(command, _)| line.starts_with(command));
        let usual = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if script.smtputf8 => "250-double.test\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "EHLO" => "250-double.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => "354 go on",
            "QUIT" if script.keeps_quiet_at_quit => continue,
            "QUIT" => "221 goodbye",
            _ => "250 fine",
        };
        let answer = told.map_or(usual, |(_, answer)| *answer);
        writing.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        if line == "QUIT" {
            return None;
        }
        if answer.starts_with("354") {
            let mut data = String::new();
            loop {
                let line = lines.next_line().await.ok()??;
                if line == "." {
                    break;
                }
                data.push_str(&line);
                data.push('\n');
            }
            held(&sessions)[number].data = data;
            if script.cuts_first && number == 0 {
                return None;
            }
            let told = script.answers.iter().find(|(command, _)| *command == ".");
            let answer = told.map_or("250 2.0.0 taken", |(_, answer)| *answer);
            writing.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }
}
