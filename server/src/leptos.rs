//! Pages: the app's components, rendered here, hydrated there.
//!
//! Rendering does not see the rest of a path behind `/d/`, nor any query: the page of a link is the same bytes for every link
//! (except the nonce), so that neither a cache nor a log of pages can tell one from another.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, Uri, header, request::Parts};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list, render_app_async_with_context};
use sealdrop_app::{App, Asset, Assets, LinkOrigin, Sells, Surroundings, Visitor, shell};
use sealdrop_service::Origin;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use crate::{
    extract::used_origin,
    middleware::{
        limits::time_out,
        visitor::{look, meet_visitor},
    },
    shape,
    site::{Site, SiteAsset},
    state::AppState,
};

/// Pages rendered at a time; more wait.
const MAX_RENDERING: usize = 64;

/// Bytes of a page, far more than any has.
const MAX_PAGE: usize = 4 << 20;

const NO_SITE: &str = "<!doctype html><meta charset=utf-8><title>Sealdrop</title><p>The web app is not built into this \
    server: run <code>make site</code> and start the server with <code>SEALDROP_SITE=target/site</code>.</p>\n";

/// Every page that the app's router knows, and the app's server functions.
pub(crate) fn pages(state: &AppState) -> Router<AppState> {
    let options = LeptosOptions::builder().output_name("app").build();
    let site = state.site.clone();
    Router::new()
        .leptos_routes_with_context(
            &options,
            generate_route_list(App),
            provide(state, StatusCode::OK),
            move || shell(assets(&site)),
        )
        .layer(from_fn(note_shape))
        .layer(from_fn_with_state(state.clone(), forget_address))
        .layer(from_fn_with_state(state.clone(), meet_visitor))
        .layer(from_fn_with_state(state.clone(), need_site))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(GlobalConcurrencyLimitLayer::new(MAX_RENDERING))
        .layer(from_fn(time_out))
        .with_state(options)
}

/// The app's page for an address that no route knows: that of a link for one into which a mail program wrote the key, with `%23`
/// for `#`, because only the page can put it right; else the one that says that there is nothing.
pub(crate) async fn other_page(state: &AppState, mut request: Request) -> Response {
    if state.site.assets().is_none() {
        return (StatusCode::NOT_FOUND, Html(NO_SITE)).into_response();
    }
    let uri = request.uri();
    let has_escape = uri.path_and_query().is_some_and(|all| all.as_str().contains('%'));
    let (status, address) = if uri.path().starts_with("/d/") && has_escape {
        (StatusCode::OK, "/d/-")
    } else {
        (StatusCode::NOT_FOUND, "/-")
    };
    let (visitor, _) = look(state, request.headers()).await;
    if visitor != Visitor::default() {
        request.extensions_mut().insert(visitor);
    }
    readdress(&mut request, state, Uri::from_static(address));
    let site = state.site.clone();
    let render = render_app_async_with_context(provide(state, status), move || shell(assets(&site)));
    let page = render(request).await;
    if status == StatusCode::OK {
        with_shape(page).await
    } else {
        page
    }
}

/// What every rendering gets: the status, the policy with this response's nonce, and what the server allows.
fn provide(state: &AppState, status: StatusCode) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    move || {
        provide_context(state.service.limits());
        provide_context(surroundings(&state));
        if let Some(visitor) = visitor() {
            provide_context(visitor);
        }
        let response = expect_context::<ResponseOptions>();
        response.set_status(status);
        let nonce = use_nonce().and_then(|nonce| state.policy.for_page(&nonce));
        // Without a nonce the page must not run scripts at all: the policy for data forbids them.
        response.insert_header(
            header::CONTENT_SECURITY_POLICY,
            nonce.unwrap_or(crate::middleware::csp::DATA_POLICY),
        );
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn surroundings(state: &AppState) -> Surroundings {
    let request = use_context::<Parts>();
    let used = request.and_then(|request| request.extensions.get::<Used>().cloned());
    Surroundings {
        origin: used.map(|Used(origin)| origin.to_string()),
        link_origin: link_origin(state),
        source_url: state.outside.source_url.clone(),
        sells: sells(state),
        operator: state.outside.operator.clone(),
        abuse_contact: state.outside.abuse_contact.clone(),
    }
}

/// Both origins, where links have one of their own.
fn link_origin(state: &AppState) -> Option<LinkOrigin> {
    let (app, links) = (state.outside.public.as_ref()?, state.outside.links.as_ref()?);
    Some(LinkOrigin {
        links: links.to_string(),
        app: app.to_string(),
    })
}

/// Whether plans are sold, and whether for money.
pub(crate) fn sells(state: &AppState) -> Option<Sells> {
    let payments = state.payments.as_ref()?;
    Some(if payments.is_test { Sells::Test } else { Sells::Live })
}

/// Who asks, as far as that was found out.
fn visitor() -> Option<Visitor> {
    use_context::<Parts>()?.extensions.get::<Visitor>().cloned()
}

/// The origin of a request, noted before its address was taken from it.
#[derive(Clone)]
struct Used(Origin);

/// Another address for the same request.
fn readdress(request: &mut Request, state: &AppState, address: Uri) {
    if let Some(origin) = used_origin(request.uri(), request.headers(), state) {
        request.extensions_mut().insert(Used(origin));
    }
    *request.uri_mut() = address;
}

pub(crate) fn assets(site: &Site) -> Assets {
    // A folder may lose its site between the check and the rendering; a page without scripts is then what there is.
    let found = site.assets();
    let asset = |found: SiteAsset| Asset::new(found.path, found.integrity);
    let all = |found: Vec<SiteAsset>| found.into_iter().map(asset).collect();
    found.map_or_else(Assets::default, |found| Assets {
        js: asset(found.js),
        split: asset(found.split),
        wasm: asset(found.wasm),
        css: asset(found.css),
        build: found.build,
        manifest: found.manifest,
        parts: found
            .parts
            .into_iter()
            .map(|(part, found)| (part, all(found)))
            .collect(),
    })
}

pub(crate) async fn need_site(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if state.site.assets().is_none() {
        return (StatusCode::SERVICE_UNAVAILABLE, Html(NO_SITE)).into_response();
    }
    next.run(request).await
}

/// Writes into a page the shape that its application has, so that its script can tell whether it is still the same. The page that says
/// that there is nothing has none: its address may mean something to the browser's router, and is drawn there anew.
async fn note_shape(request: Request, next: Next) -> Response {
    with_shape(next.run(request).await).await
}

async fn with_shape(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    if parts.headers.get(header::CONTENT_ENCODING).is_some() {
        return Response::from_parts(parts, body);
    }
    match axum::body::to_bytes(body, MAX_PAGE).await {
        Ok(page) => {
            parts.headers.remove(header::CONTENT_LENGTH);
            let noted = std::str::from_utf8(&page).ok().and_then(shape::noted);
            Response::from_parts(parts, noted.map_or_else(|| Body::from(page), Body::from))
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Takes from the request what rendering must not print.
async fn forget_address(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let known = if path.starts_with("/d/") { "/d/-" } else { path };
    if let Ok(uri) = known.parse() {
        readdress(&mut request, &state, uri);
    }
    next.run(request).await
}
