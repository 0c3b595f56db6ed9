//! The loop that keeps the connection, tells other servers of jobs and hears of theirs.

use std::{ops::ControlFlow, time::Duration};

use futures::StreamExt as _;
use redis::{Msg, RedisError, aio::PubSub};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::connection::Redis;

/// How long making both connections may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Between two messages to itself, which show that both connections carry something: a line that was cut in the middle says nothing.
const BEAT_EVERY: Duration = Duration::from_secs(10);
/// Waits between two tries to connect: the first, doubled up to the last.
const TRY_AGAIN_IN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// What goes over the channel behind the name of who says it: a job was added, and a sign of life.
const WAKE: &str = "wake";
const BEAT: &str = "beat";

/// What is known of the connection so far.
struct Tries {
    wait: Duration,
    is_warned: bool,
}

impl Redis {
    /// Keeps the connection, and calls `woken` when another process has added a job, or may have. Returns when it is told to.
    pub(crate) async fn listen(&self, shutdown: &CancellationToken, woken: impl Fn()) {
        let mut tries = Tries {
            wait: TRY_AGAIN_IN.0,
            is_warned: false,
        };
        loop {
            let why = tokio::select! {
                why = self.listen_once(&mut tries, &woken) => why,
                () = shutdown.cancelled() => return,
            };
            self.put(None);
            if !std::mem::replace(&mut tries.is_warned, true) {
                tracing::warn!(
                    why,
                    "Redis does not answer: workers look for jobs every second, and each server limits by itself"
                );
            }
            tokio::select! {
                () = sleep(tries.wait) => {}
                () = shutdown.cancelled() => return,
            }
            tries.wait = (tries.wait * 2).min(TRY_AGAIN_IN.1);
        }
    }

    /// Connects, and listens until that is over; returns why.
    async fn listen_once(&self, tries: &mut Tries, woken: &impl Fn()) -> String {
        let mut channel = match timeout(CONNECT_WITHIN, self.connect()).await {
            Ok(Ok(channel)) => channel,
            // Its whole text may hold an address.
            Ok(Err(error)) => return error.category().to_owned(),
            Err(_) => return "no connection within 5 seconds".to_owned(),
        };
        if std::mem::take(&mut tries.is_warned) {
            tracing::info!("Redis answers again");
        }
        tries.wait = TRY_AGAIN_IN.0;
        // What was added while there was no connection.
        woken();
        let mut messages = channel.on_message();
        let (mut beat_at, mut is_heard) = (Instant::now(), true);
        loop {
            let step = tokio::select! {
                message = messages.next() => match message {
                    None => ControlFlow::Break("the connection was closed"),
                    Some(message) => {
                        self.hear(&message, &mut is_heard, woken);
                        ControlFlow::Continue(())
                    }
                },
                () = self.to_tell.notified() => self.say(WAKE).await,
                () = sleep_until(beat_at) => {
                    beat_at = Instant::now() + BEAT_EVERY;
                    if std::mem::replace(&mut is_heard, false) {
                        self.say(BEAT).await
                    } else {
                        ControlFlow::Break("nothing was heard for 10 seconds")
                    }
                }
                () = self.lost.notified() => ControlFlow::Break("no answer in time"),
            };
            if let ControlFlow::Break(why) = step {
                return why.to_owned();
            }
        }
    }

    /// Makes both connections and subscribes.
    async fn connect(&self) -> Result<PubSub, RedisError> {
        let connection = self.client.get_multiplexed_async_connection().await?;
        let mut channel = self.client.get_async_pubsub().await?;
        channel.subscribe(self.name("jobs")).await?;
        self.put(Some(connection));
        Ok(channel)
    }

    /// Hears a message: its own is a sign of life, another's a job.
    fn hear(&self, message: &Msg, is_heard: &mut bool, woken: &impl Fn()) {
        let text: String = message.get_payload().unwrap_or_default();
        match text.split_once(' ') {
            Some((from, _)) if from == self.me => *is_heard = true,
            Some((_, WAKE)) => woken(),
            _ => {}
        }
    }

    /// Says something to all processes of this installation, this one included.
    async fn say(&self, what: &str) -> ControlFlow<&'static str> {
        let mut command = redis::cmd("PUBLISH");
        command.arg(self.name("jobs")).arg(format!("{} {what}", self.me));
        match self.ask::<u64>(&command).await {
            Some(_) => ControlFlow::Continue(()),
            None => ControlFlow::Break("no answer in time"),
        }
    }
}
