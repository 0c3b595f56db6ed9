//! Stand-ins of what asks about the account: a server that renders asks nothing.

#![expect(clippy::unused_async, reason = "the shape is the browser's")]

use sealdrop_api::{
    LinkId, ProblemType, SessionId, TokenId,
    account::{AccessTokenStatus, Account, NewToken, NoticesChange, TokenMade},
    auth::{ChallengeStatus, SessionStatus},
    links::{LinkChange, LinkEvent, LinkList, LinkStatus},
};

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) problem: Option<ProblemType>,
    pub(crate) tries_left: Option<u32>,
}

const AWAY: Refused = Refused {
    problem: None,
    tries_left: None,
};

pub(crate) async fn ask_code(_: Option<String>) -> Result<u64, Refused> {
    Err(AWAY)
}

pub(crate) async fn ask_change_code(_: String) -> Result<u64, Refused> {
    Err(AWAY)
}

pub(crate) async fn change_email(_: String) -> Result<Account, Refused> {
    Err(AWAY)
}

pub(crate) async fn choose_notices(_: NoticesChange) -> Result<Account, Refused> {
    Err(AWAY)
}

pub(crate) async fn save_export() -> Result<(), Refused> {
    Err(AWAY)
}

pub(crate) async fn close_account() -> Result<(), Refused> {
    Err(AWAY)
}

pub(crate) async fn challenge() -> Result<Option<ChallengeStatus>, Refused> {
    Err(AWAY)
}

pub(crate) async fn sign_in(_: String) -> Result<Account, Refused> {
    Err(AWAY)
}

pub(crate) async fn step_up(_: String) -> Result<(), Refused> {
    Err(AWAY)
}

pub(crate) async fn sign_out() -> Result<(), Refused> {
    Err(AWAY)
}

pub(crate) async fn account() -> Result<Account, Refused> {
    Err(AWAY)
}

pub(crate) async fn sessions() -> Result<Vec<SessionStatus>, Refused> {
    Err(AWAY)
}

pub(crate) async fn end_session(_: SessionId) -> Result<(), Refused> {
    Err(AWAY)
}

pub(crate) async fn tokens() -> Result<Vec<AccessTokenStatus>, Refused> {
    Err(AWAY)
}

pub(crate) async fn create_token(_: NewToken) -> Result<TokenMade, Refused> {
    Err(AWAY)
}

pub(crate) async fn revoke_token(_: TokenId) -> Result<(), Refused> {
    Err(AWAY)
}

pub(crate) async fn links(_: u32) -> Result<LinkList, Refused> {
    Err(AWAY)
}

pub(crate) async fn link(_: LinkId) -> Result<LinkStatus, Refused> {
    Err(AWAY)
}

pub(crate) async fn link_events(_: LinkId) -> Result<Vec<LinkEvent>, Refused> {
    Err(AWAY)
}

pub(crate) async fn change_link(_: LinkId, _: LinkChange) -> Result<LinkStatus, Refused> {
    Err(AWAY)
}

pub(crate) async fn end_link(_: LinkId) -> Result<(), Refused> {
    Err(AWAY)
}
