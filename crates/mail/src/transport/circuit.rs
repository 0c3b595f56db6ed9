//! A provider that refuses everybody is not asked again and again.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{FailureKind, SendError};

/// How long nobody asks. Then the next mail is tried, and closes the circuit or opens it again.
const OPEN_FOR: Duration = Duration::from_secs(300);

/// Open while mail cannot leave this way, whoever it is to.
#[derive(Debug, Default)]
pub(crate) struct Circuit(Mutex<Option<Open>>);

#[derive(Debug, Clone)]
struct Open {
    since: Instant,
    code: String,
}

impl Circuit {
    /// Whether a mail may be tried.
    pub(crate) fn check(&self, now: Instant) -> Result<(), SendError> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(open) if now < open.since + OPEN_FOR => Err(unavailable(&open.code, open.since + OPEN_FOR - now)),
            _ => Ok(()),
        }
    }

    /// Opens it; the failure that says so.
    pub(crate) fn open(&self, now: Instant, code: String) -> SendError {
        let error = unavailable(&code, OPEN_FOR);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Open { since: now, code });
        error
    }

    /// A mail left.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Why it is open. Stays until a mail has left.
    pub(crate) fn health(&self) -> Result<(), String> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(open) => Err(open.code.clone()),
            None => Ok(()),
        }
    }
}

fn unavailable(code: &str, retry_after: Duration) -> SendError {
    SendError::new(FailureKind::Unavailable { retry_after }, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e03_one_mail_in_five_minutes_is_tried_until_one_leaves() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(circuit.check(start), Ok(()));
        circuit.open(start, "brevo 401 unauthorized".to_owned());
        let error = circuit.check(at(100)).expect_err("it is open");
        assert_eq!(error, unavailable("brevo 401 unauthorized", Duration::from_secs(200)));
        assert_eq!(circuit.check(at(300)), Ok(()));
        assert_eq!(
            circuit.health(),
            Err("brevo 401 unauthorized".to_owned()),
            "until one has left"
        );
        circuit.open(at(301), "brevo 401 unauthorized".to_owned());
        assert!(circuit.check(at(600)).is_err());
        circuit.close();
        assert_eq!((circuit.check(at(302)), circuit.health()), (Ok(()), Ok(())));
    }
}
