//! The connection: there or not, never waited for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redis::{Cmd, FromRedisValue, aio::MultiplexedConnection};
use tokio::{sync::Notify, time::timeout};

use super::config::RedisConfig;

/// Redis, as far as one process has it.
pub(crate) struct Redis {
    pub(super) client: redis::Client,
    answer_within: Duration,
    connection: Mutex<Option<MultiplexedConnection>>,
    /// The connection failed: the loop that listens makes another.
    pub(super) lost: Notify,
    /// A job was added here, which workers elsewhere should know of. Many become one message.
    pub(super) to_tell: Notify,
    /// Begins every name that this installation uses there.
    prefix: String,
    /// Tells this process's messages from others'.
    pub(super) me: String,
}

impl Redis {
    pub(crate) fn new(config: RedisConfig, installation: &str) -> Result<Arc<Self>, getrandom::Error> {
        Ok(Arc::new(Self {
            client: config.client,
            answer_within: config.answer_within,
            connection: Mutex::default(),
            lost: Notify::new(),
            to_tell: Notify::new(),
            prefix: format!("sealdrop:{installation}"),
            me: format!("{:016x}", getrandom::u64()?),
        }))
    }

    /// A name of this installation's.
    pub(super) fn name(&self, rest: &str) -> String {
        format!("{}:{rest}", self.prefix)
    }

    /// A job was added: workers of other processes hear of it.
    pub(crate) fn tell(&self) {
        self.to_tell.notify_one();
    }

    pub(crate) fn is_connected(&self) -> bool {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.is_some()
    }

    pub(super) fn put(&self, connection: Option<MultiplexedConnection>) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// Asks, where there is a connection. `None` when there is none, when it fails, and when no answer came in time: then the
    /// connection is given up, and what is asked next does not wait at all until there is another.
    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let mut connection = {
            let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            connection.clone()?
        };
        match timeout(self.answer_within, command.query_async(&mut connection)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(_)) | Err(_) => {
                self.put(None);
                // Not kept: whoever listens later has another connection.
                self.lost.notify_waiters();
                None
            }
        }
    }
}
