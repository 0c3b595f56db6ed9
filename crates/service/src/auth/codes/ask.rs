//! `POST auth/codes`: a new challenge, or the code of one again.

use sealdrop_api::{Challenge, DeviceMark, Problem, ProblemType};
use sealdrop_mail::EmailAddress;

use super::{
    asked::{Asked, GOOD_FOR, MAX_SENDS, MAX_TRIES, RESEND_IN, TIMES, times},
    bound, budget,
    code::{Purpose, id_of},
    send::add_code_mail,
};
use crate::{
    auth::sql::{execute, first, random},
    error::{InternalError, ServiceError},
    proof,
    service::Service,
    store::WriteTx,
};

/// Who asks, as far as limits go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking<'a> {
    /// The challenge of an earlier answer, if it was shown.
    pub shown: Option<&'a Challenge>,
    /// From where; none where a proxy in front does not say it.
    pub host: Option<&'a ClientHost>,
    /// The mark of a browser that signed in before.
    pub device: Option<&'a DeviceMark>,
}

/// Where a client is: texts that are the same for all addresses of one host, and of one network around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHost {
    /// An IPv4 address, a /64 of IPv6.
    pub host: String,
    /// A /24, a /48 of IPv6.
    pub network: String,
}

/// Whom a code is for.
pub(super) struct Target<'a> {
    pub(super) purpose: Purpose,
    pub(super) address: &'a EmailAddress,
    /// Known before only where somebody is signed in.
    pub(super) user: Option<[u8; 16]>,
    pub(super) session: Option<[u8; 16]>,
}

/// Reads an address as it was typed.
///
/// # Errors
/// `invalid-request`, which says what is wrong with it.
pub(super) fn parse_typed(email: &str) -> Result<EmailAddress, ServiceError> {
    EmailAddress::parse(email).map_err(|error| {
        let said = format!("This is no e-mail address: {error}.");
        Problem::new(ProblemType::InvalidRequest).with_detail(said).into()
    })
}

impl Service {
    /// Asks for a code to sign in with. Whether there is such a user changes neither the answer nor the work: that is looked up when
    /// the mail is sent.
    ///
    /// # Errors
    /// `invalid-request` when it is no address; [`ServiceError::Later`] when the host or its network asked too often.
    pub async fn ask_sign_in_code(&self, email: &str, asking: Asking<'_>) -> Result<Asked, ServiceError> {
        let address = parse_typed(email)?;
        let target = Target {
            purpose: Purpose::SignIn,
            address: &address,
            user: None,
            session: None,
        };
        self.ask_code(&target, asking).await
    }

    pub(super) async fn ask_code(&self, target: &Target<'_>, asking: Asking<'_>) -> Result<Asked, ServiceError> {
        let tx = self.inner.store.write().await?;
        if let Some(asked) = self.ask_again(&tx, target, asking.shown).await? {
            tx.commit().await?;
            self.inner.wake.wake();
            return Ok(asked);
        }
        let secret = &self.inner.auth.secret;
        let tags = asking
            .host
            .filter(|_| self.inner.auth.limits_networks)
            .map(|client| budget::Tags {
                host: secret.tag("host", &client.host),
                network: secret.tag("network", &client.network),
            });
        if let Some(tags) = &tags {
            budget::check(&tx, tags).await?;
        }
        let challenge = Challenge::new(random()?);
        let id = id_of(&challenge);
        let (host, network) = tags.map_or((None, None), |tags| (Some(tags.host), Some(tags.network)));
        let device = asking.device.map(|mark| proof::digest(mark.as_bytes()).to_vec());
        let sql = "INSERT INTO challenges (id, purpose, canonical, address, limit_key, user_id, session_id, created_at, expires_at, \
                   last_sent_at, host, network, device, is_known) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, {now} + $8, {now}, $9, $10, $11, \
                   (SELECT COUNT(*) FROM users WHERE canonical = $3 AND closed_at IS NULL))";
        let values = [
            id.to_vec().into(),
            target.purpose.as_str().into(),
            target.address.canonical().into(),
            target.address.deliverable().into(),
            secret.tag("address", &target.address.limit_key()).into(),
            target.user.map(|id| id.to_vec()).into(),
            target.session.map(|id| id.to_vec()).into(),
            (GOOD_FOR as i64 * 1000).into(),
            host.into(),
            network.into(),
            device.into(),
        ];
        execute(&*tx, "asking for a code", sql, values).await?;
        add_code_mail(&tx, &id, target.purpose, target.address).await?;
        bound::make_room(&tx, self.inner.auth.max_unmailed).await?;
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(Asked {
            challenge,
            expires_in: GOOD_FOR,
            resend_in: RESEND_IN,
        })
    }

    /// The challenge that was shown, if it is the same wish and live: its code goes out again, if it is time.
    async fn ask_again(
        &self,
        tx: &WriteTx,
        target: &Target<'_>,
        shown: Option<&Challenge>,
    ) -> Result<Option<Asked>, InternalError> {
        let Some(challenge) = shown else { return Ok(None) };
        let id = id_of(challenge);
        let wish = [
            id.to_vec().into(),
            target.purpose.as_str().into(),
            target.address.canonical().into(),
            target.session.map(|id| id.to_vec()).into(),
        ];
        let live = format!(
            "id = $1 AND purpose = $2 AND canonical = $3 AND ((session_id IS NULL AND $4 IS NULL) OR session_id = $4) \
             AND consumed_at IS NULL AND tries < {MAX_TRIES} AND expires_at > {{now}}"
        );
        let send = format!(
            "UPDATE challenges SET sends = sends + 1, last_sent_at = {{now}} WHERE {live} AND sends < {MAX_SENDS} \
             AND last_sent_at <= {{now}} - {}",
            RESEND_IN * 1000
        );
        if execute(&**tx, "sending a code again", &send, wish.clone()).await? > 0 {
            add_code_mail(tx, &id, target.purpose, target.address).await?;
        }
        let look = format!("SELECT {TIMES} FROM challenges WHERE {live}");
        let Some(row) = first(&**tx, "looking for a challenge", &look, wish).await? else {
            return Ok(None);
        };
        let (expires_in, resend_in) = times(&row)?;
        Ok(Some(Asked {
            challenge: challenge.clone(),
            expires_in,
            resend_in,
        }))
    }
}
