//! One authority in front of the embedded bucket.
//!
//! A signature covers the header `Host`, and the same server is asked for as `drop.example`, `drop.example:443`,
//! `DROP.example.` or whatever a proxy puts there. Addresses of the embedded bucket are paths on the app's own origin, so that
//! name protects nothing. They are signed for a name of our own, which every request that brings one of them is given here.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Uri, header};
use sealdrop_service::Origin;

use crate::extract::asked_for;

/// What the embedded bucket's addresses are signed for.
const AUTHORITY: &str = "sealdrop";

/// The same as an origin.
pub(crate) fn signed_origin() -> Origin {
    Origin::new("http", AUTHORITY).expect("a constant that is a host")
}

/// Gives a signed address the name that it was signed for. Requests that are signed by a header are the server's own.
pub(crate) async fn name_authority(mut request: Request, next: Next) -> Response {
    if is_presigned(request.uri()) {
        request
            .headers_mut()
            .insert(header::HOST, HeaderValue::from_static(AUTHORITY));
    }
    next.run(request).await
}

fn is_presigned(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or("");
    query.split('&').any(|pair| pair.starts_with("X-Amz-Signature="))
}

/// Names that are logged at most: strangers choose them.
const MAX_TOLD: usize = 16;

/// Tells the operator when people open the server by another name than its public URL.
#[derive(Debug)]
pub(crate) struct OtherNames {
    public: Origin,
    links: Option<Origin>,
    told: Mutex<BTreeSet<String>>,
}

impl OtherNames {
    pub(crate) fn than(public: Origin, links: Option<Origin>) -> Arc<Self> {
        Arc::new(Self {
            public,
            links,
            told: Mutex::default(),
        })
    }

    /// The name that was used, if it is another one and was not logged yet.
    fn note(&self, authority: &str) -> Option<String> {
        let scheme = self.public.as_str().split(':').next()?;
        let used = Origin::new(scheme, authority).ok()?;
        if used == self.public || Some(&used) == self.links.as_ref() || is_this_machine(&used) {
            return None;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let name = used.as_str().split_once("://")?.1.to_owned();
        (told.len() < MAX_TOLD && told.insert(name.clone())).then_some(name)
    }
}

/// Health checks on the same machine use no public name.
fn is_this_machine(origin: &Origin) -> bool {
    let host = origin.as_str().split_once("://").map_or("", |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

pub(crate) async fn tell_other_names(State(names): State<Arc<OtherNames>>, request: Request, next: Next) -> Response {
    let name = asked_for(request.uri(), request.headers()).and_then(|authority| names.note(authority));
    if let Some(name) = name {
        tracing::warn!(
            name,
            public_url = %names.public,
            "the server was opened by another name than SEALDROP_PUBLIC_URL: there, browsers may be told to use https where \
             nothing answers it, and pages name the other address. If people should use this name, set SEALDROP_PUBLIC_URL to \
             it; if not, let the proxy send them to the public URL, and pass the header Host on unchanged"
        );
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x39_o12_another_name_is_told_once() -> Result<(), sealdrop_service::InvalidOrigin> {
        let names = OtherNames::than(
            Origin::new("https", "drop.test")?,
            Some(Origin::new("https", "links.test")?),
        );
        for same in [
            "drop.test",
            "DROP.test.:443",
            "links.test",
            "127.0.0.1:3000",
            "localhost:3000",
            "[::1]:80",
            "a/b",
        ] {
            assert_eq!(names.note(same), None, "{same}");
        }
        assert_eq!(names.note("lan.test:80"), Some("lan.test:80".to_owned()));
        assert_eq!(names.note("lan.test:80"), None, "once");
        assert_eq!(names.note("drop.test:8443"), Some("drop.test:8443".to_owned()));
        for n in 0..100 {
            let _ = names.note(&format!("n{n}.test"));
        }
        assert_eq!(names.note("one.more.test"), None, "strangers choose names");
        Ok(())
    }
}
