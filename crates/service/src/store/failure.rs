//! What the database says when it fails, sorted into "come back" and "look into it".

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::error::InternalError;

/// `read_only_sql_transaction` of Postgres: what answers is, or has become, a copy that takes no writes.
const READ_ONLY: &str = "25006";

/// When a Postgres last said [`READ_ONLY`]. Of the process, because errors are sorted where no store is at hand; a process has one
/// database, and a second one of a test would only connect anew.
static READ_ONLY_SINCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Whether a connection of this age may lead to what has become a copy since it was made. A failover leaves such connections as they
/// are, and they would be refused writes for as long as they live.
pub(super) fn leads_to_copy(age: Duration) -> bool {
    let since = *READ_ONLY_SINCE.lock().unwrap_or_else(PoisonError::into_inner);
    since.is_some_and(|since| since.elapsed() <= age)
}

/// Turns a database error into an internal one: `.map_err(db("reading a link"))`.
pub(crate) fn db(doing: &'static str) -> impl Fn(DbErr) -> InternalError {
    move |error| {
        if is_transient(&error) {
            InternalError::transient(doing, error)
        } else {
            InternalError::lasting(doing, error)
        }
    }
}

/// Whether an insert met a row that is there already.
pub(crate) fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn is_transient(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    match cause.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(answer) => answer.code().is_some_and(|code| {
            if code == READ_ONLY {
                *READ_ONLY_SINCE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            }
            is_transient_code(&code)
        }),
        _ => false,
    }
}

/// Postgres: connection (08), resources (53), operator (57), serialisation (40), and a copy in the place of the primary. SQLite: busy and locked in their variants.
fn is_transient_code(code: &str) -> bool {
    let postgres = code.len() == 5 && ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class));
    postgres
        || code == READ_ONLY
        || matches!(code.parse::<u32>().map(|number| number & 0xff), Ok(5 | 6) if code.len() < 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted() {
        for transient in [
            "57014", "40P01", "40001", "53300", "08006", "25006", "5", "6", "517", "261",
        ] {
            assert!(is_transient_code(transient), "{transient}");
        }
        for lasting in ["23505", "25001", "42P01", "1", "19", "2067", "1555"] {
            assert!(!is_transient_code(lasting), "{lasting}");
        }
    }
}
