//! What can happen to a link.

use sea_orm::{ActiveEnum, DeriveActiveEnum, EnumIter};
use sealdrop_api::links::{LinkEvent, LinkEventKind};

use crate::{auth::sql::Row, error::InternalError, store::instant, store::unsigned};

/// Milliseconds for which it is kept.
pub(crate) const KEPT_FOR: i64 = 90 * 24 * HOUR;
/// Milliseconds that one row counts.
pub(crate) const HOUR: i64 = 3_600_000;

/// [`LinkEventKind`] in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub(crate) enum Kind {
    Opened,
    Started,
    Finished,
    Failed,
    Changed,
}

impl From<Kind> for LinkEventKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Opened => Self::Opened,
            Kind::Started => Self::Started,
            Kind::Finished => Self::Finished,
            Kind::Failed => Self::Failed,
            Kind::Changed => Self::Changed,
        }
    }
}

/// What a row says; nothing of a kind that only a later version knows.
pub(super) fn read(row: &Row) -> Result<Option<LinkEvent>, InternalError> {
    let kind: String = row.get("kind")?;
    let (at, n) = (instant(row.get("at")?), unsigned(row.get("n")?));
    let kind = Kind::try_from_value(&kind).ok();
    Ok(kind.map(|kind| LinkEvent {
        at,
        kind: kind.into(),
        n,
    }))
}
