//! Links on an origin of their own (`SEALDROP_LINK_URL`), beside the one where people sign in and send.
//!
//! Lists of dangerous sites name hosts. What one link holds is then said of the host of links, and the app is still there. Cookies
//! are of one host, so nobody is signed in where links are opened.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use sealdrop_api::ProblemType;
use sealdrop_service::Origin;

use crate::{extract::asked_for, problem::ProblemResponse};

/// The pages of links.
const LINKS: &str = "/d/";
/// What a link's page asks for, and what is asked of every host. Files stand beside these: their names have a dot.
const OF_LINKS: [&str; 8] = [
    LINKS,
    "/api/v1/links/",
    "/api/v1/limits",
    "/blobs/",
    "/pkg/",
    "/_csp",
    "/healthz",
    "/readyz",
];

/// Two names of this server.
#[derive(Debug)]
pub(crate) struct LinkOrigin {
    app: Origin,
    links: Origin,
}

/// Where a request belongs that came to the other name.
#[derive(Debug, PartialEq, Eq)]
enum Belongs<'a> {
    Here,
    At(&'a Origin),
}

impl LinkOrigin {
    pub(crate) fn of(app: Origin, links: Origin) -> Arc<Self> {
        Arc::new(Self { app, links })
    }

    /// Another name than these two is one for health checks and for the operator: everything is there.
    fn place(&self, authority: &str, path: &str) -> Belongs<'_> {
        let is = |origin: &Origin| {
            let scheme = origin.as_str().split(':').next().unwrap_or_default();
            Origin::new(scheme, authority).is_ok_and(|used| used == *origin)
        };
        if is(&self.app) && path.starts_with(LINKS) {
            return Belongs::At(&self.links);
        }
        let is_file = || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let is_of_links = || OF_LINKS.iter().any(|begin| path.starts_with(begin));
        if is(&self.links) && !is_of_links() && !is_file() {
            return Belongs::At(&self.app);
        }
        Belongs::Here
    }
}

/// Sends on what came to the wrong one of two names. A browser takes the fragment, which holds the key of a link, along.
pub(crate) async fn keep_apart(State(origins): State<Arc<LinkOrigin>>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let authority = asked_for(uri, request.headers()).unwrap_or_default();
    let Belongs::At(origin) = origins.place(authority, uri.path()) else {
        return next.run(request).await;
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ProblemResponse::from(ProblemType::NotFound).into_response();
    }
    let address = uri.path_and_query().map_or("/", |all| all.as_str());
    // A mail program may have written a key into it, with `%23` for `#`: no header repeats that, and the page puts it right.
    if uri.path().starts_with(LINKS) && address.contains('%') {
        return next.run(request).await;
    }
    match HeaderValue::from_str(&format!("{origin}{address}")) {
        // Not for good: an operator may take the setting back.
        Ok(location) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_own() -> Result<(), sealdrop_service::InvalidOrigin> {
        let (app, links) = (Origin::new("https", "drop.test")?, Origin::new("https", "links.test")?);
        let both = LinkOrigin::of(app.clone(), links.clone());
        for path in ["/d/x", "/d/_dl/x"] {
            assert_eq!(both.place("drop.test", path), Belongs::At(&links), "{path}");
            assert_eq!(both.place("DROP.test.:443", path), Belongs::At(&links), "{path}");
            assert_eq!(both.place("links.test", path), Belongs::Here, "{path}");
        }
        for path in [
            "/",
            "/sent",
            "/account",
            "/plans",
            "/api/v1/uploads",
            "/api/v1/account",
            "/api/v1/links",
            "/_ui/sign-in",
        ] {
            assert_eq!(both.place("links.test", path), Belongs::At(&app), "{path}");
            assert_eq!(both.place("drop.test", path), Belongs::Here, "{path}");
        }
        for path in [
            "/sw.js",
            "/pkg/app.js",
            "/api/v1/links/x/open",
            "/readyz",
            "/robots.txt",
            "/.well-known/security.txt",
        ] {
            assert_eq!(both.place("links.test", path), Belongs::Here, "{path}");
            assert_eq!(both.place("drop.test", path), Belongs::Here, "{path}");
        }
        for path in ["/", "/d/x", "/account"] {
            assert_eq!(
                both.place("10.0.0.7:3000", path),
                Belongs::Here,
                "a health check: {path}"
            );
            assert_eq!(
                both.place("drop.test:8443", path),
                Belongs::Here,
                "another port: {path}"
            );
        }
        Ok(())
    }
}
