//! Named places at which a test build fails on purpose: `FAILPOINT=name:action[:n]`.
//!
//! Actions: `kill` (signal 9 to this process), `error` (the step fails and may be tried again), `sleep` (two seconds) and
//! `drop-response` (the next answer of the API is cut off). `n` says which pass counts, the first if nothing is said. A build
//! without debug assertions reads no such setting.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use crate::error::InternalError;

/// Every place, in the order in which an upload, its end and its removal, and an order and its refund come by.
pub const NAMES: &[&str] = &[
    "migrate.mid",
    "reserve.before_tx",
    "reserve.after_tx",
    "sign.before",
    "create.before_s3",
    "create.after_s3",
    "create.after_db",
    "complete.intent_db",
    "complete.before_s3",
    "complete.after_s3_sent",
    "complete.after_s3_ok",
    "verify.after_head",
    "complete.before_commit",
    "complete.after_commit",
    "link.before_tx",
    "link.after_tx",
    "abort.intent",
    "abort.after_s3",
    "abort.after_db",
    "delete.intent",
    "delete.after_s3",
    "delete.after_db",
    "order.before_intent",
    "order.after_intent",
    "order.before_link",
    "order.after_link",
    "order.before_cancel",
    "order.after_cancel",
    "order.before_ask",
    "order.after_ask",
    "invoice.mid",
    "order.before_commit",
    "order.after_commit",
    "hook.before_insert",
    "hook.after_insert",
    "hook.before_handled",
    "refund.before_call",
    "refund.after_call",
    "refund.after_note",
    "refund.mid",
];

/// What `sleep` sleeps.
const NAP: Duration = Duration::from_secs(2);
/// What a request is given to be on its way, before the process ends with the answer unheard.
const SENT_IN: Duration = Duration::from_millis(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Kill,
    Error,
    Sleep,
    DropResponse,
}

struct Armed {
    name: String,
    action: Action,
    nth: u32,
    passed: AtomicU32,
}

/// A plain condition and no `#[cfg]`, so that what is released is compiled by every test run.
static ARMED: LazyLock<Option<Armed>> = LazyLock::new(|| if cfg!(debug_assertions) { read() } else { None });
static DROP_NEXT: AtomicBool = AtomicBool::new(false);

#[expect(
    clippy::disallowed_methods,
    reason = "the test run's own setting; release builds never get here"
)]
fn read() -> Option<Armed> {
    let text = match std::env::var("FAILPOINT") {
        Ok(text) => text,
        Err(std::env::VarError::NotPresent) => return None,
        Err(error) => panic!("FAILPOINT: {error}"),
    };
    let parsed = parse(&text);
    assert!(parsed.is_some(), "FAILPOINT={text} names no failpoint or no action");
    parsed
}

fn parse(text: &str) -> Option<Armed> {
    let mut words = text.split(':');
    let (name, action) = (words.next()?, words.next()?);
    let action = match action {
        "kill" => Action::Kill,
        "error" => Action::Error,
        "sleep" => Action::Sleep,
        "drop-response" => Action::DropResponse,
        _ => return None,
    };
    let nth = words.next().map_or(Some(1), |n| n.parse().ok())?;
    let known = NAMES.contains(&name) && nth > 0 && words.next().is_none();
    known.then(|| Armed {
        name: name.to_owned(),
        action,
        nth,
        passed: AtomicU32::new(0),
    })
}

#[cfg(test)]
tokio::task_local! {
    static FAILING: (&'static str, std::cell::Cell<u32>);
}

/// Does something whose steps fail at the place of this name when they come by it for the `nth` time; whether they did.
#[cfg(test)]
pub(crate) async fn failing_at<T>(name: &'static str, nth: u32, work: impl Future<Output = T>) -> (T, bool) {
    let failing = async {
        let done = work.await;
        (done, FAILING.with(|(_, left)| left.get() == 0))
    };
    FAILING.scope((name, std::cell::Cell::new(nth)), failing).await
}

/// Whether it is this task's turn to fail here.
#[cfg(test)]
fn is_failing(name: &str) -> bool {
    let passed = FAILING.try_with(|(failing, left)| {
        let is_here = *failing == name && left.get() > 0;
        if is_here {
            left.set(left.get() - 1);
        }
        is_here && left.get() == 0
    });
    passed.unwrap_or(false)
}

#[cfg(not(test))]
const fn is_failing(_: &str) -> bool {
    false
}

fn due(name: &str) -> Option<Action> {
    debug_assert!(NAMES.contains(&name), "{name} is not in the list");
    if is_failing(name) {
        return Some(Action::Error);
    }
    let armed = ARMED.as_ref().filter(|armed| armed.name == name)?;
    let passed = armed.passed.fetch_add(1, Ordering::SeqCst) + 1;
    (passed == armed.nth).then_some(armed.action)
}

async fn die() -> ! {
    let me = std::process::id().to_string();
    // Without unsafe code there is no nearer way to a signal.
    let _ = std::process::Command::new("kill").args(["-9", &me]).status();
    std::future::pending().await
}

/// The place of this name.
///
/// # Errors
/// A transient failure, if this failpoint is set.
pub async fn reach(name: &'static str) -> Result<(), InternalError> {
    match due(name) {
        None => Ok(()),
        Some(Action::Kill) => die().await,
        Some(Action::Error) => Err(InternalError::transient(name, "failpoint")),
        Some(Action::Sleep) => {
            tokio::time::sleep(NAP).await;
            Ok(())
        }
        Some(Action::DropResponse) => {
            DROP_NEXT.store(true, Ordering::SeqCst);
            Ok(())
        }
    }
}

/// The place of this name is inside an effect: the request is sent, and its answer not heard.
pub async fn during<T>(name: &'static str, effect: impl Future<Output = T>) -> T {
    if due(name) != Some(Action::Kill) {
        return effect.await;
    }
    tokio::select! {
        // An effect that is done sooner counts as well: its answer is not used.
        _ = effect => {}
        () = tokio::time::sleep(SENT_IN) => {}
    }
    die().await
}

/// Whether the answer at hand is to be cut off. Says yes once.
#[must_use]
pub fn take_drop() -> bool {
    DROP_NEXT.swap(false, Ordering::SeqCst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_armed() {
        let armed = parse("complete.after_s3_ok:kill").expect("the usual");
        assert_eq!((armed.action, armed.nth), (Action::Kill, 1));
        let armed = parse("sign.before:drop-response:3").expect("the third");
        assert_eq!((armed.action, armed.nth), (Action::DropResponse, 3));
        for wrong in [
            "",
            "sign.before",
            "sign.never:kill",
            "sign.before:kil",
            "sign.before:kill:0",
            "sign.before:kill:1:2",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
