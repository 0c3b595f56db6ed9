//! Plans: what a user may keep and send. A guest has what the operator's settings say.
//!
//! What a user holds is kept by triggers of the schema, in the transaction that changes an upload's row; here it is judged. Every
//! way into an account writes the row first and asks [`check_space`] then: the trigger has locked the user's row, so that of any
//! number of racers each sees what the others before it took.

use sea_orm::ConnectionTrait;
use sealdrop_api::{Limits, Problem, ProblemType, limits::SIGN_WINDOW};

use crate::{
    auth::{
        Signed,
        sql::{Row, execute, first},
    },
    config::PolicyLimits,
    error::{InternalError, ServiceError},
    service::Service,
    store::{
        WriteTx, count32,
        plans::{STORAGE, USERS_WITH_TERMS},
        unsigned, uploads,
    },
};

/// What one sender may do. Lengths in sealed bytes, durations in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendLimits {
    pub(crate) max_link_bytes: u64,
    pub(crate) default_expires_in: u64,
    pub(crate) min_expires_in: u64,
    pub(crate) max_expires_in: u64,
    pub(crate) default_downloads: u32,
    pub(crate) max_downloads: u32,
}

/// What a plan's row says; nothing where the operator's settings hold.
#[derive(Debug, Clone, Default)]
struct Plan {
    storage: u64,
    max_link_bytes: Option<u64>,
    max_expires_in: Option<u64>,
    max_downloads: Option<u32>,
}

impl Plan {
    fn read(row: &Row) -> Result<Self, InternalError> {
        Ok(Self {
            storage: unsigned(row.get("storage_bytes")?),
            max_link_bytes: row.get::<Option<i64>>("max_link_bytes")?.map(unsigned),
            max_expires_in: row.get::<Option<i64>>("max_expires_in")?.map(unsigned),
            max_downloads: row.get::<Option<i64>>("max_downloads")?.map(count32),
        })
    }
}

impl SendLimits {
    fn of_guests(limits: &PolicyLimits) -> Self {
        Self {
            max_link_bytes: limits.guest_max_bytes,
            default_expires_in: limits.default_expires_in,
            min_expires_in: limits.min_expires_in,
            max_expires_in: limits.max_expires_in,
            default_downloads: limits.default_downloads,
            max_downloads: limits.max_downloads,
        }
    }

    fn of_plan(limits: &PolicyLimits, plan: &Plan) -> Self {
        let guests = Self::of_guests(limits);
        // A server that takes nothing from guests takes from users what they may keep.
        let most = Some(guests.max_link_bytes).filter(|most| *most > 0);
        let most = plan.max_link_bytes.or(most).unwrap_or(plan.storage);
        let max_expires_in = plan.max_expires_in.unwrap_or(guests.max_expires_in);
        let max_downloads = plan.max_downloads.unwrap_or(guests.max_downloads);
        Self {
            max_link_bytes: most.min(plan.storage),
            default_expires_in: guests.default_expires_in.min(max_expires_in),
            min_expires_in: guests.min_expires_in.min(max_expires_in),
            max_expires_in,
            default_downloads: guests.default_downloads.min(max_downloads),
            max_downloads,
        }
    }
}

impl Service {
    /// `GET limits`: what this server allows a guest.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let limits = &self.inner.limits;
        allowed(&SendLimits::of_guests(limits), limits.guest_max_bytes > 0)
    }

    /// `GET limits`: what this server allows whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn limits_of(&self, user: Option<&Signed>) -> Result<Limits, ServiceError> {
        let limits = self.send_limits(self.inner.store.reader(), user.map(Signed::user_id));
        let may_send = user.is_some() || self.inner.limits.guest_max_bytes > 0;
        Ok(allowed(&limits.await?, may_send))
    }

    /// What an account without a paid plan may do: the bytes that it keeps, and its limits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_allowance(&self) -> Result<(u64, Limits), ServiceError> {
        let sql = "SELECT storage_bytes, max_link_bytes, max_expires_in, max_downloads FROM plans WHERE name = 'free'";
        let row = first(self.inner.store.reader(), "reading the free plan", sql, []).await?;
        let plan = row.map_or_else(|| Ok(Plan::default()), |row| Plan::read(&row))?;
        let limits = allowed(&SendLimits::of_plan(&self.inner.limits, &plan), true);
        Ok((plan.storage, limits))
    }

    /// What a sender may do: a user by their plan and what an operator gave them, a guest by the settings.
    pub(crate) async fn send_limits(
        &self,
        conn: &impl ConnectionTrait,
        user: Option<[u8; 16]>,
    ) -> Result<SendLimits, InternalError> {
        let Some(user) = user else {
            return Ok(SendLimits::of_guests(&self.inner.limits));
        };
        // What was paid for holds as it was sold, also where it says nothing of a limit.
        let limit =
            |column: &str| format!("CASE WHEN e.order_id IS NULL THEN p.{column} ELSE e.{column} END AS {column}");
        let limits = ["max_link_bytes", "max_expires_in", "max_downloads"]
            .map(limit)
            .join(", ");
        let sql = format!("SELECT {STORAGE} AS storage_bytes, {limits} FROM {USERS_WITH_TERMS} WHERE u.id = $1");
        let row = first(conn, "reading a user's plan", &sql, [user.to_vec().into()]).await?;
        let plan = match row {
            // Whoever is gone keeps nothing.
            None => Plan::default(),
            Some(row) => Plan::read(&row)?,
        };
        Ok(SendLimits::of_plan(&self.inner.limits, &plan))
    }

    /// Uploads of a token that are nobody's become a user's, as far as there is room for all of them.
    ///
    /// # Errors
    /// `quota-exceeded`.
    pub(crate) async fn take_over(
        &self,
        tx: &WriteTx,
        token_hash: &[u8; 32],
        user: [u8; 16],
    ) -> Result<(), ServiceError> {
        match uploads::give_to_user(&**tx, token_hash, user).await? {
            0 => Ok(()),
            more => check_space(tx, user, more).await,
        }
    }
}

fn allowed(limits: &SendLimits, may_send: bool) -> Limits {
    Limits {
        guest: may_send,
        max_link_bytes: limits.max_link_bytes,
        default_expires_in: limits.default_expires_in,
        min_expires_in: limits.min_expires_in,
        max_expires_in: limits.max_expires_in,
        default_downloads: limits.default_downloads,
        max_downloads: limits.max_downloads,
        sign_window: u32::try_from(SIGN_WINDOW).unwrap_or(u32::MAX),
    }
}

/// Refuses what this transaction has put into an account, `more` bytes, if that is over what the user may hold. One statement, which
/// also holds the user's row against others until the end of the transaction.
///
/// # Errors
/// `quota-exceeded`, with what was held before; `unauthenticated` where the user was closed this moment.
pub(crate) async fn check_space(tx: &WriteTx, user: [u8; 16], more: u64) -> Result<(), ServiceError> {
    let doing = "judging what an account holds";
    let sql = "UPDATE users SET reserved_bytes = reserved_bytes WHERE id = $1 AND closed_at IS NULL \
               AND used_bytes + reserved_bytes <= \
               COALESCE(quota_bytes, (SELECT MAX(e.storage_bytes) FROM entitlements AS e WHERE e.user_id = users.id \
               AND e.starts_at <= {now} AND e.ends_at > {now}), \
               (SELECT p.storage_bytes FROM plans AS p WHERE p.name = users.plan))";
    if execute(&**tx, doing, sql, [user.to_vec().into()]).await? == 1 {
        return Ok(());
    }
    let sql = format!(
        "SELECT u.used_bytes + u.reserved_bytes AS held, {STORAGE} AS storage_bytes FROM {USERS_WITH_TERMS} \
         WHERE u.id = $1 AND u.closed_at IS NULL"
    );
    let row = first(&**tx, doing, &sql, [user.to_vec().into()]).await?;
    let row = row.ok_or(ProblemType::Unauthenticated)?;
    let held = unsigned(row.get("held")?).saturating_sub(more);
    Err(Problem::quota_exceeded(held, unsigned(row.get("storage_bytes")?)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_goes_before_the_settings() {
        let settings = PolicyLimits::default();
        let plan = Plan {
            storage: 1000,
            ..Plan::default()
        };
        let of = |settings: &PolicyLimits, plan: &Plan| SendLimits::of_plan(settings, plan);
        let free = of(&settings, &plan);
        assert_eq!(free.max_link_bytes, 1000, "nobody sends more than fits");
        assert_eq!(
            (free.max_expires_in, free.max_downloads),
            (settings.max_expires_in, settings.max_downloads)
        );
        let no_guests = PolicyLimits {
            guest_max_bytes: 0,
            ..settings.clone()
        };
        assert_eq!(of(&no_guests, &plan).max_link_bytes, 1000);
        let small = Plan {
            max_link_bytes: Some(10),
            max_expires_in: Some(3600),
            max_downloads: Some(2),
            ..plan
        };
        let small = of(&settings, &small);
        assert_eq!((small.max_link_bytes, small.max_expires_in), (10, 3600));
        assert_eq!((small.default_expires_in, small.default_downloads), (3600, 2));
        // A guest's are unlike both.
        assert_eq!(
            SendLimits::of_guests(&settings).max_link_bytes,
            settings.guest_max_bytes
        );
    }
}
