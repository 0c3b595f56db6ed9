//! `PATCH account`: changes the address or the notices.

use axum::{Json, extract::State};
use http::{HeaderMap, header};
use sealdrop_api::{
    ProblemType,
    account::{Account, AccountChange, ChangeAccount, Scope},
};
use sealdrop_service::AccountWish;

use crate::routes::{
    auth::challenge,
    route::{Route, describe},
};
use crate::{
    extract::{JsonBody, SignedUser, is_browser},
    problem::Answer,
    state::AppState,
};

pub(in crate::routes) fn route() -> Route {
    describe::<ChangeAccount>(
        "change_account",
        "Changes the address, with the code that was sent there, or the notices. An access token cannot change the address.",
    )
    .needs_scope(Scope::Manage)
    .takes_body()
    .answers(200)
    .refuses(&[
        ProblemType::StepUpNeeded,
        ProblemType::CodeWrong,
        ProblemType::CodeEnded,
        ProblemType::EmailTaken,
    ])
    .handled_by(handle)
}

async fn handle(
    State(state): State<AppState>,
    SignedUser(signed): SignedUser,
    headers: HeaderMap,
    JsonBody(change): JsonBody<AccountChange>,
) -> Answer<(HeaderMap, Json<Account>)> {
    let challenge = match change.code {
        Some(_) if !signed.is_session() => return Err(ProblemType::StepUpNeeded.into()),
        Some(_) => Some(challenge::needed(&headers, change.challenge, &state)?),
        None => None,
    };
    let wish = AccountWish {
        email: challenge.as_ref().zip(change.code.as_ref()),
        notices: change.notices,
    };
    let account = state.service.change_account(&signed, wish).await?;
    let mut gone = HeaderMap::new();
    if challenge.is_some() && is_browser(&headers) {
        let cookies = state.outside.cookies();
        let spent = challenge::header(cookies.drop(cookies.challenge()))?;
        gone.append(header::SET_COOKIE, spent);
    }
    Ok((gone, Json(account)))
}
