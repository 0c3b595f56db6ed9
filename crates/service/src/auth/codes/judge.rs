//! Judging a code: one statement counts the try, judges it and uses the challenge up.

use sealdrop_api::{Challenge, CodeText, Problem, ProblemType};

use super::{
    asked::MAX_TRIES,
    code::{Purpose, code_of, fold, id_of, is_code},
};
use crate::{
    auth::{secret::AuthSecret, sql::first},
    error::{InternalError, ServiceError},
    store::WriteTx,
};

/// Milliseconds by which the clock may have been set back since a challenge was made.
const TOLERANCE: i64 = 60_000;

/// What became of a code.
pub(in crate::auth) enum Answered {
    /// It was right, and is right no more: the address that it was sent to.
    Right(String),
    /// It was wrong, and the try counts once the transaction is committed.
    Wrong(ServiceError),
}

/// Judges a code. A challenge whose mail did not go out has no right one.
///
/// # Errors
/// `invalid-request` for what is no code, which costs no try; `code-ended`.
pub(in crate::auth) async fn judge(
    tx: &WriteTx,
    secret: &AuthSecret,
    challenge: &Challenge,
    purpose: Purpose,
    session: Option<[u8; 16]>,
    typed: &CodeText,
) -> Result<Answered, ServiceError> {
    let Some(typed) = fold(&typed.0) else {
        let said = "A code is eight digits.";
        return Err(Problem::new(ProblemType::InvalidRequest).with_detail(said).into());
    };
    let id = id_of(challenge);
    let is_right = is_code(&typed, &code_of(secret, &id, purpose));
    // A request that waits for another one's row looks at the condition again afterwards.
    let sql = format!(
        "UPDATE challenges SET tries = tries + 1, consumed_at = CASE WHEN $3 = 1 AND mailed > 0 THEN {{now}} ELSE NULL END \
         WHERE id = $1 AND purpose = $2 AND ((session_id IS NULL AND $4 IS NULL) OR session_id = $4) AND consumed_at IS NULL \
         AND tries < {MAX_TRIES} AND expires_at > {{now}} AND created_at <= {{now}} + {TOLERANCE} \
         RETURNING tries, consumed_at, address"
    );
    let values = [
        id.to_vec().into(),
        purpose.as_str().into(),
        i32::from(is_right).into(),
        session.map(|id| id.to_vec()).into(),
    ];
    let row = first(&**tx, "judging a code", &sql, values).await?;
    let row = row.ok_or(ProblemType::CodeEnded)?;
    if row.get::<Option<i64>>("consumed_at")?.is_some() {
        return Ok(Answered::Right(row.get("address")?));
    }
    let left = MAX_TRIES - row.get::<i32>("tries")?;
    let left = u32::try_from(left).map_err(|error| InternalError::lasting("judging a code", error))?;
    Ok(Answered::Wrong(Problem::code_wrong(left).into()))
}
