//! Wrong guesses cost.
//!
//! Ids and tokens are too long to be guessed; the password of a link whose address and fragment are known is not. So what is
//! charged is a guess of one client at one thing: it needs a permit before it is judged, which comes back when it was right.
//! Twenty wrong ones, and the client waits for that thing. What the client asks about anything else is judged all the same;
//! only its wrong answers say "too many requests" once there were twenty of them, which bounds how fast somebody can scan.
//!
//! Who shows again what was right before guesses nothing: no transfer under way ever waits, whatever the neighbours behind
//! the same address do.
//!
//! Who guesses one link's password from many addresses meets the link's own budget. It never refuses: wrong answers about
//! that link come later, one after the other, right ones at once, so nobody can shut others out of a link that they know of.

mod debts;
mod known;
mod permits;
mod remembered;

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension,
    body::Body,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use sealdrop_api::{LinkAuth, LinkId, OwnerToken, ProblemType, TOKEN_HEADER};
use serde::Deserialize;
use tokio::time::Instant;

use self::{
    debts::{Debts, Terms},
    known::Known,
    permits::Permits,
};
use crate::{
    extract::{Client, ClientNetwork, read_whole},
    problem::Refusal,
    routes::{Caller, Takes},
    state::AppState,
};

/// Of one client at one thing, and of one client in all: twenty in a row, then one every three seconds.
const OF_CLIENT: Terms = Terms {
    forgiven_in: Duration::from_secs(3),
    allowed: Duration::from_secs(19 * 3),
    most: Duration::from_secs(120),
};
/// As many /64 of one IPv6 site have a budget each; beyond that they share.
const OF_SITE: Terms = Terms {
    forgiven_in: Duration::from_millis(3000 / 16),
    ..OF_CLIENT
};
/// About one link, whoever hears it: sixty in a row, then one a second. The last in the row hears it twenty seconds later.
const OF_LINK: Terms = Terms {
    forgiven_in: Duration::from_secs(1),
    allowed: Duration::from_secs(60),
    most: Duration::from_secs(80),
};

/// What was guessed, and what was right.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    permits: Arc<Permits>,
    networks: Mutex<Debts<ClientNetwork>>,
    links: Mutex<Debts<u64>>,
    known: Mutex<Known>,
    /// Everything is remembered by a keyed hash of what was asked for: also of what does not exist.
    hasher: RandomState,
}

/// What is asked about: the first id of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    Link([u8; 16]),
    Upload([u8; 16]),
}

/// Who asks about what, and the proof that was shown, if one was.
#[derive(Debug, Clone, Copy)]
struct Asked {
    client: Option<ClientNetwork>,
    thing: Thing,
    proof: Option<u64>,
}

/// What was made by a request without an id in its path: its token is known to be right from then on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Made {
    Link([u8; 16]),
    Upload([u8; 16]),
}

impl Guesses {
    fn proof(&self, thing: Thing, secret: Option<[u8; 32]>) -> Option<u64> {
        secret.map(|secret| self.hasher.hash_one((thing, secret)))
    }

    fn is_known(&self, proof: Option<u64>) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        proof.is_some_and(|proof| known.holds(proof, Instant::now()))
    }

    fn remember(&self, proof: Option<u64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        proof
            .into_iter()
            .for_each(|proof| known.remember(proof, Instant::now()));
    }

    fn forget(&self, proof: Option<u64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        proof.into_iter().for_each(|proof| known.forget(proof));
    }

    /// The client guessed wrong once more. One that did so too often is not told that it did: how long it is to stay away.
    fn charge(&self, client: ClientNetwork, now: Instant) -> Option<Duration> {
        let mut debts = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let of_site = client.site().and_then(|site| debts.beyond(&site, OF_SITE, now));
        let wait = debts.beyond(&client, OF_CLIENT, now).max(of_site);
        if wait.is_none() {
            debts.add(client, OF_CLIENT, now);
            if let Some(site) = client.site() {
                debts.add(site, OF_SITE, now);
            }
        }
        wait
    }

    /// Somebody guessed wrong about this link once more: how much later they hear it.
    fn charge_link(&self, thing: Thing, now: Instant) -> Option<Duration> {
        let link = match thing {
            Thing::Link(_) => self.hasher.hash_one(thing),
            Thing::Upload(_) => return None,
        };
        let mut debts = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        debts.add(link, OF_LINK, now);
        debts.beyond(&link, OF_LINK, now)
    }

    async fn judge(&self, asked: Asked, answer: impl Future<Output = Response>) -> Response {
        let Asked { client, thing, proof } = asked;
        let permit = match client {
            None => None,
            Some(client) => {
                let key = self.hasher.hash_one((client, thing));
                match self.permits.take(key, OF_CLIENT, || self.is_known(proof)).await {
                    Ok(permit) => permit,
                    Err(wait) => return Refusal::later(ProblemType::TooManyRequests, wait).into_response(),
                }
            }
        };
        let response = answer.await;
        if response.status() != StatusCode::NOT_FOUND {
            // A link that has ended says so only to who has its key.
            if response.status().is_success() || response.status() == StatusCode::GONE {
                self.remember(proof);
            }
            permit.into_iter().for_each(permits::Permit::give_back);
            return response;
        }
        self.forget(proof);
        let wait = client.and_then(|client| self.charge(client, Instant::now()));
        if let Some(later) = self.charge_link(thing, Instant::now()) {
            // The permit stays taken: a client does not ask on while it has not heard.
            tokio::time::sleep(later).await;
        }
        match wait {
            Some(wait) => Refusal::later(ProblemType::TooManyRequests, wait).into_response(),
            None => response,
        }
    }
}

/// Around each route that is for somebody.
pub(crate) async fn count_guesses(
    State(state): State<AppState>,
    Client(client): Client,
    Extension(takes): Extension<Takes>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let Some(guesses) = state.guesses.as_ref().map(Arc::clone) else {
        return next.run(request).await;
    };
    let token = token_of(&request);
    let thing = match path.map(|path| thing_of(&path)) {
        Ok(Some(thing)) => thing,
        Ok(None) => return remember_made(&guesses, token, next.run(request).await),
        // Nobody finds anything under what is no id: nothing was guessed.
        Err(_) => return next.run(request).await,
    };
    let Some(thing) = thing else {
        return next.run(request).await;
    };
    let (secret, request) = match takes.caller {
        Caller::Anyone => return next.run(request).await,
        Caller::Owner => (token, request),
        Caller::Bearer => match auth_of(request, &state, takes).await {
            Ok((auth, request)) => (auth, request),
            Err(refusal) => return refusal.into_response(),
        },
    };
    let proof = guesses.proof(thing, secret);
    guesses.judge(Asked { client, thing, proof }, next.run(request)).await
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
async fn auth_of(request: Request, state: &AppState, takes: Takes) -> Result<(Option<[u8; 32]>, Request), Refusal> {
    #[derive(Deserialize)]
    struct Shown {
        auth: LinkAuth,
    }
    let (parts, body) = read_whole(request, state, takes.max_body).await?;
    let shown = serde_json::from_slice::<Shown>(&body).ok();
    let secret = shown.map(|shown| *shown.auth.as_bytes());
    Ok((secret, Request::from_parts(parts, Body::from(body))))
}

fn remember_made(guesses: &Guesses, token: Option<[u8; 32]>, response: Response) -> Response {
    let made = response.extensions().get::<Made>().map(|made| match *made {
        Made::Link(id) => Thing::Link(id),
        Made::Upload(id) => Thing::Upload(id),
    });
    if let Some(thing) = made {
        guesses.remember(guesses.proof(thing, token));
    }
    response
}

#[cfg(test)]
mod tests;
