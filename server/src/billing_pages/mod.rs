//! The pages of plans and payments, drawn here and not run by the program (ADR 19). Where nothing is sold there are none.

mod gather;

use axum::{
    Router,
    extract::{Path, RawQuery, Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use leptos::nonce::Nonce;
use sealdrop_app::{
    Notice, Surroundings,
    billing::{BillingPage, Document, Drawing, draw},
};
use sealdrop_service::{Caller, Renewed, ServiceError, Signed};

use crate::{
    extract::{cookie, credentials_of},
    leptos::{assets, need_site, other_page, sells},
    middleware::{identify::with_session, limits::time_out},
    problem::ProblemResponse,
    state::AppState,
};
use gather::Asked;

const SIGN_IN: &str = "/signin";
const BILLING: &str = "/billing";

pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/plans", get(plans))
        .route(BILLING, get(billing))
        .route("/billing/invoices/{invoice_id}", get(invoice))
        .layer(from_fn_with_state(state.clone(), need_site))
        .layer(tower_http::compression::CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .layer(from_fn(time_out))
}

async fn plans(State(state): State<AppState>, request: Request) -> Response {
    page(&state, request, Asked::Plans).await
}

async fn billing(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    page(&state, request, Asked::of_query(query.as_deref().unwrap_or_default())).await
}

async fn invoice(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    page(&state, request, Asked::Invoice(id)).await
}

/// Finds out who asks, and draws what is for them.
async fn page(state: &AppState, request: Request, asked: Asked) -> Response {
    if state.payments.is_none() {
        return other_page(state, request).await;
    }
    let cookies = state.outside.cookies();
    let headers = request.headers();
    let (signed, renewed) = match who(state, headers).await {
        Ok(found) => found,
        Err(error) => return ProblemResponse::from(error).into_response(),
    };
    let is_for_users = !matches!(asked, Asked::Plans);
    let answer = match &signed {
        None if is_for_users => {
            let next = cookies.keep_next(BILLING.trim_start_matches('/'));
            let mut answer = Redirect::to(SIGN_IN).into_response();
            answer
                .headers_mut()
                .extend(next.ok().map(|next| (header::SET_COOKIE, next)));
            answer
        }
        _ => match gather::page(state, signed.as_ref(), asked).await {
            Ok(Some((page, email))) => answer(state, headers, page, email),
            Ok(None) => Redirect::to(BILLING).into_response(),
            Err(error) => ProblemResponse::from(error).into_response(),
        },
    };
    match renewed {
        Some(token) => with_session(answer, cookies, &token),
        None => answer,
    }
}

/// Who is signed in. An access token opens no page.
async fn who(state: &AppState, headers: &HeaderMap) -> Result<(Option<Signed>, Renewed), ServiceError> {
    let cookies = state.outside.cookies();
    let (calling, renewed) = state.service.who(&credentials_of(headers, cookies)).await?;
    let signed = match calling {
        Caller::User(signed) if signed.is_session() => Some(signed),
        _ => None,
    };
    Ok((signed, renewed))
}

fn answer(state: &AppState, headers: &HeaderMap, page: BillingPage, email: Option<String>) -> Response {
    let cookies = state.outside.cookies();
    let name: Option<String> = cookie(headers, cookies.notice());
    let next: Option<String> = cookie(headers, cookies.next());
    let spent = [
        name.as_ref().and_then(|_| cookies.drop(cookies.notice()).ok()),
        next.filter(|_| email.is_some())
            .and_then(|_| cookies.drop(cookies.next()).ok()),
    ];
    let nonce = Nonce::new().to_string();
    let Some(policy) = state.policy.for_document(&nonce) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let drawing = Drawing {
        page,
        email,
        notice: name.as_deref().and_then(Notice::of),
    };
    let document = Document {
        assets: assets(&state.site),
        surroundings: Surroundings {
            origin: None,
            link_origin: None,
            source_url: state.outside.source_url.clone(),
            sells: sells(state),
            operator: state.outside.operator.clone(),
            abuse_contact: state.outside.abuse_contact.clone(),
        },
        nonce,
    };
    let mut answer = Html(draw(drawing, document)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Under `no-referrer` the forms of these pages would come from the origin `null` (Fetch, "append a request Origin header").
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.extend(spent.into_iter().flatten().map(|spent| (header::SET_COOKIE, spent)));
    answer
}
