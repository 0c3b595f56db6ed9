//! The last answer of something slow: asked for by one at a time, waited for a bounded time, kept for a short one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, task::AbortHandle, time::Instant};

/// How long an answer is good enough.
const KEPT: Duration = Duration::from_secs(5);
/// How long a scrape waits for a new one; Prometheus waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// When a question without an answer is given up, so that the next one is asked.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// The last answer.
pub(super) struct Latest<T> {
    answer: watch::Sender<Option<(Instant, Option<T>)>>,
    asking: Mutex<Option<(Instant, AbortHandle)>>,
}

impl<T: Clone + Send + Sync + 'static> Latest<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            answer: watch::Sender::new(None),
            asking: Mutex::new(None),
        })
    }

    /// The answer to `ask`, at most [`KEPT`] old; none if it failed or does not come in time. However many wait, it is asked once,
    /// and it goes on when nobody waits any more: the next one may find it answered.
    pub(super) async fn get<F>(self: &Arc<Self>, ask: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        let mut answers = self.answer.subscribe();
        if let Some((at, answer)) = &*answers.borrow_and_update()
            && at.elapsed() < KEPT
        {
            return answer.clone();
        }
        self.ask_unless_asked(ask);
        let came = tokio::time::timeout(PATIENCE, answers.changed()).await;
        came.ok()?.ok()?;
        let answer = answers.borrow();
        answer.as_ref().and_then(|(_, answer)| answer.clone())
    }

    fn ask_unless_asked<F>(self: &Arc<Self>, ask: impl FnOnce() -> F)
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, task)) = &*asking
            && !task.is_finished()
        {
            if since.elapsed() < GIVEN_UP {
                return;
            }
            task.abort();
        }
        let (this, asked) = (Arc::clone(self), ask());
        let task = tokio::spawn(async move {
            let answer = asked.await;
            this.answer.send_replace(Some((Instant::now(), answer)));
        });
        *asking = Some((Instant::now(), task.abort_handle()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Notify;

    use super::*;

    /// Time stands still but where everything waits for it, so that waiting costs none.
    #[tokio::test(start_paused = true)]
    async fn o31_what_hangs_holds_up_a_scrape_for_two_seconds_and_is_asked_once() {
        let (latest, asked, answers) = (Latest::new(), Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
        let ask = || {
            let (asked, answers) = (Arc::clone(&asked), Arc::clone(&answers));
            move || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                answers.notified().await;
                Some(7)
            }
        };
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(latest.get(ask()).await, None);
        }
        assert_eq!(start.elapsed(), 3 * PATIENCE, "each waited, and no longer");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "one question at a time");
        answers.notify_one();
        assert_eq!(latest.get(ask()).await, Some(7), "it goes on meanwhile");
        assert_eq!(latest.get(ask()).await, Some(7));
        assert_eq!(asked.load(Ordering::SeqCst), 1, "a fresh answer is kept");
        tokio::time::advance(KEPT).await;
        answers.notify_one();
        assert_eq!(latest.get(ask()).await, Some(7));
        assert_eq!(asked.load(Ordering::SeqCst), 2, "an old one is not");
    }

    #[tokio::test(start_paused = true)]
    async fn o31_a_question_without_an_answer_is_asked_again_after_a_minute() {
        let latest = Latest::new();
        assert_eq!(latest.get(std::future::pending::<Option<u32>>).await, None);
        tokio::time::advance(GIVEN_UP).await;
        assert_eq!(latest.get(|| async { Some(1) }).await, Some(1));
        tokio::time::advance(KEPT).await;
        assert_eq!(latest.get(|| async { None }).await, None, "a failure is no old answer");
    }
}
