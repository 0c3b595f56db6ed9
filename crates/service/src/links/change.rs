//! `PATCH links/{link_id}`: another end, another number of downloads, another payload, a pause.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::{
    LinkId, ProblemType,
    links::{LinkChange, LinkStatus},
};

use super::{
    checks::{check_downloads, check_expires_in, check_payload, invalid, status},
    owner::LinkOwner,
    timeline::{Kind, note},
};
use crate::{
    error::ServiceError,
    proof,
    service::Service,
    store::{
        db,
        links::{self, Column, EndReason, Entity, Link},
        signed,
    },
};

impl Service {
    /// Changes what is named. A payload comes with the next revision, compared and swapped; repeating that answers the same.
    /// A link whose last download is used opens again when more are allowed, as long as its objects stay; the number that is
    /// used closes it. A paused link opens for nobody and begins no download; those that go on come to their end.
    ///
    /// # Errors
    /// `link-not-found`, `link-expired` / `link-exhausted` / `link-revoked`, `invalid-request`, `too-large`, `rev-conflict`.
    pub async fn change_link<'a>(
        &self,
        owner: impl Into<LinkOwner<'a>>,
        link_id: LinkId,
        change: LinkChange,
    ) -> Result<LinkStatus, ServiceError> {
        let (tx, mut link) = self.hold_own_link(link_id, owner.into()).await?;
        let (now, before) = (self.now(), settings(&link));
        if let Some(problem) = link.ended_problem(now) {
            let more = change.max_downloads.is_some_and(|most| i64::from(most) > link.used);
            if !more || link.revivable_until(now).is_none() {
                return Err(problem.into());
            }
            // Who asks for more than the server allows changes nothing: the transaction ends without a commit.
            if !links::revive(&*tx, link_id).await? {
                return Err(problem.into());
            }
            (link.ended_reason, link.ended_at) = (None, None);
        }
        let limits = self.send_limits(&*tx, link.user()).await?;
        let mut update = Entity::update_many();
        if let Some(expires_in) = change.expires_in {
            check_expires_in(&limits, expires_in)?;
            link.expires_at = now.saturating_add(signed(expires_in).saturating_mul(1000));
            update = update.col_expr(Column::ExpiresAt, Expr::value(link.expires_at));
        }
        if let Some(downloads) = change.max_downloads {
            check_downloads(&limits, downloads)?;
            if i64::from(downloads) < link.used + link.active {
                return Err(invalid(too_few(&link)));
            }
            link.max_downloads = i64::from(downloads);
            update = update.col_expr(Column::MaxDownloads, Expr::value(link.max_downloads));
        }
        if let Some(changed) = self.new_payload(&*tx, &mut link, &change).await? {
            update = update
                .col_expr(Column::Rev, Expr::value(link.rev))
                .col_expr(Column::Payload, Expr::value(changed))
                .col_expr(Column::Verifier, Expr::value(link.verifier.clone()));
        }
        if let Some(paused) = change.paused {
            // A repeat keeps the instant.
            link.paused_at = paused.then(|| link.paused_at.unwrap_or(now));
            update = update.col_expr(Column::PausedAt, Expr::value(link.paused_at));
        }
        // So that there is something to set when nothing was asked for.
        update
            .col_expr(Column::Opened, Expr::value(link.opened))
            .filter(Column::LinkId.eq(link_id.0.to_vec()))
            .exec(&*tx)
            .await
            .map_err(db("changing a link"))?;
        if link.used >= link.max_downloads && links::end(&*tx, link_id, EndReason::Exhausted, now).await? {
            (link.ended_reason, link.ended_at) = (Some(EndReason::Exhausted), Some(now));
        }
        if settings(&link) != before {
            note(&*tx, link_id, Kind::Changed, 1, now).await?;
        }
        tx.commit().await?;
        tracing::info!(%link_id, rev = link.rev, max_downloads = link.max_downloads, "link changed");
        Ok(status(&link, now, self.inner.opened.of(link_id)))
    }

    /// The payload to write, if one was sent and is not there already; revision and verifier go into `link`.
    async fn new_payload(
        &self,
        conn: &impl sea_orm::ConnectionTrait,
        link: &mut Link,
        change: &LinkChange,
    ) -> Result<Option<Vec<u8>>, ServiceError> {
        let (rev, payload) = match (change.rev, &change.payload) {
            (None, None) if change.verifier.is_none() => return Ok(None),
            (Some(rev), Some(payload)) => (signed(rev), payload),
            _ => {
                return Err(invalid(
                    "rev and payload must be sent together; verifier only with them.",
                ));
            }
        };
        if rev == link.rev {
            let same_payload = links::payload(conn, link.id())
                .await?
                .is_some_and(|(_, held)| held == payload.0);
            let same_verifier = change
                .verifier
                .as_ref()
                .is_none_or(|verifier| proof::fits(link.verifier.as_deref(), verifier.as_bytes()));
            return if same_payload && same_verifier {
                Ok(None)
            } else {
                Err(ProblemType::RevConflict.into())
            };
        }
        if rev != link.rev + 1 {
            return Err(ProblemType::RevConflict.into());
        }
        check_payload(&payload.0)?;
        link.rev = rev;
        if let Some(verifier) = &change.verifier {
            link.verifier = Some(verifier.as_bytes().to_vec());
        }
        Ok(Some(payload.0.clone()))
    }
}

/// What its owner sets: a repeat of a request changes none of it.
fn settings(link: &Link) -> (i64, i64, i64, bool) {
    (link.expires_at, link.max_downloads, link.rev, link.paused_at.is_some())
}

/// Why a limit is too low. The number that would close the link is named: that may be what its owner is after.
fn too_few(link: &Link) -> String {
    let (used, active) = (link.used, link.active);
    let least = used + active;
    format!("The limit cannot be lower than {least}. Downloads complete: {used}, in progress: {active}.")
}
