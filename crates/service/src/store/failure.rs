//! What the database says when it fails, sorted into "come back" and "look into it".

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::error::InternalError;

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
        sqlx::Error::Database(answer) => answer.code().is_some_and(|code| is_transient_code(&code)),
        _ => false,
    }
}

/// Postgres: connection (08), resources (53), operator (57), serialisation (40). SQLite: busy and locked in their variants.
fn is_transient_code(code: &str) -> bool {
    let postgres = code.len() == 5 && ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class));
    postgres || matches!(code.parse::<u32>().map(|number| number & 0xff), Ok(5 | 6) if code.len() < 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted() {
        for transient in ["57014", "40P01", "40001", "53300", "08006", "5", "6", "517", "261"] {
            assert!(is_transient_code(transient), "{transient}");
        }
        for lasting in ["23505", "42P01", "1", "19", "2067", "1555"] {
            assert!(!is_transient_code(lasting), "{lasting}");
        }
    }
}
