//! The layer around each route that needs a proof.

use axum::{
    Extension,
    body::Body,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use sealdrop_api::{LinkAuth, LinkId, OwnerToken, ProblemType, TOKEN_HEADER};
use serde::Deserialize;
use std::sync::Arc;

use super::throttle::{Asked, AuthThrottle, SHARED, Thing};
use crate::{
    access::{Caller, Takes},
    extract::{Client, read_whole},
    problem::ProblemResponse,
    state::AppState,
};

/// What was made by a request without an id in its path: its token is known to be right from then on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Made {
    Link([u8; 16]),
    Upload([u8; 16]),
}

/// Charges wrong proofs to the client, and delays or refuses the next ones.
pub(crate) async fn throttle_auth(
    State(state): State<AppState>,
    Client(client): Client,
    Extension(takes): Extension<Takes>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let Some(throttle) = state.auth_throttle.as_ref().map(Arc::clone) else {
        return next.run(request).await;
    };
    let token = token_of(&request);
    let thing = match path.map(|path| thing_of(&path)) {
        Ok(Some(thing)) => thing,
        Ok(None) => return remember_made(&throttle, token, next.run(request).await),
        // A malformed id names nothing: nothing was guessed.
        Err(_) => return next.run(request).await,
    };
    let Some(thing) = thing else {
        return next.run(request).await;
    };
    let (secret, request) = match takes.caller {
        Caller::Anyone | Caller::User | Caller::UserSteppedUp | Caller::Webhook => return next.run(request).await,
        // Who is signed in shows who they are: that is no guess.
        Caller::OwnerOrUser if token.is_none() => return next.run(request).await,
        Caller::Owner | Caller::OwnerOrUser => (token, request),
        Caller::Bearer => match auth_of(request, &state, takes).await {
            Ok((auth, request)) => (auth, request),
            Err(refusal) => return refusal.into_response(),
        },
    };
    let proof = throttle.proof(thing, secret);
    // One that is known is no guess, and costs no question; nor is there anyone to ask without Redis.
    let charged = client
        .filter(|_| state.service.has_redis() && !throttle.is_known(proof))
        .map(|client| client.to_string());
    if let Some(client) = &charged
        && let Some(wait) = state.service.charge_shared(SHARED, client.as_bytes()).await
    {
        return ProblemResponse::later(ProblemType::TooManyRequests, wait).into_response();
    }
    let response = throttle.judge(Asked { client, thing, proof }, next.run(request)).await;
    if let Some(client) = charged
        && response.status() != StatusCode::NOT_FOUND
    {
        state.service.give_back_shared(SHARED, client.as_bytes()).await;
    }
    response
}

/// What a path is about: nothing where it has no id, and `Some(None)` where what stands there is none.
fn thing_of(path: &RawPathParams) -> Option<Option<Thing>> {
    let mut first = None;
    for (name, text) in path {
        let Ok(LinkId(id)) = text.parse() else {
            return Some(None);
        };
        first.get_or_insert(match name {
            "object_id" => Thing::Upload(id),
            _ => Thing::Link(id),
        });
    }
    first.map(Some)
}

fn token_of(request: &Request) -> Option<[u8; 32]> {
    let text = request.headers().get(TOKEN_HEADER)?.to_str().ok()?;
    text.parse::<OwnerToken>().ok().map(|token| *token.as_bytes())
}

/// The bearer in a body, which is read for it: it is as short as one.
async fn auth_of(
    request: Request,
    state: &AppState,
    takes: Takes,
) -> Result<(Option<[u8; 32]>, Request), ProblemResponse> {
    #[derive(Deserialize)]
    struct Shown {
        auth: LinkAuth,
    }
    let (parts, body) = read_whole(request, state, takes.max_body).await?;
    let shown = serde_json::from_slice::<Shown>(&body).ok();
    let secret = shown.map(|shown| *shown.auth.as_bytes());
    Ok((secret, Request::from_parts(parts, Body::from(body))))
}

fn remember_made(throttle: &AuthThrottle, token: Option<[u8; 32]>, response: Response) -> Response {
    let made = response.extensions().get::<Made>().map(|made| match *made {
        Made::Link(id) => Thing::Link(id),
        Made::Upload(id) => Thing::Upload(id),
    });
    if let Some(thing) = made {
        throttle.remember(throttle.proof(thing, token));
    }
    response
}
