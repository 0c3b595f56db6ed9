//! The way that a part takes: from outside, through whatever is in front, into the bucket and back.

use std::{net::SocketAddr, time::Duration};

use reqwest::{Client, Method, Response, StatusCode, header, redirect::Policy};
use sealdrop_api::{PROBLEM_JSON, limits::PART_LEN};
use sealdrop_service::{BucketProbe, Origin};
use url::Url;

use super::bucket::reasons;
use crate::{
    config::{Bucket, Config},
    middleware::authority::signed_origin,
    start::bucket_of,
};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends a part through the public URL; nothing where there is none to try. `own` is where the bucket's own server listens.
pub(super) async fn try_way(config: &Config, own: SocketAddr) -> Option<Result<String, String>> {
    let public = config.http.public_url.as_ref()?;
    let bucket = match bucket_of(config, own) {
        Ok(bucket) => bucket,
        Err(error) => return Some(Err(error.to_string())),
    };
    let probe = BucketProbe::new(&bucket);
    let way = Way {
        public,
        links: config.http.link_url.as_ref(),
        is_embedded: matches!(config.bucket, Bucket::Embedded { .. }),
        listening: config.http.addr,
        bucket: config.bucket.connect_src(),
    };
    let found = way.walk(&probe).await;
    // Whatever came of it. What never arrived is removed all the same.
    let removed = probe.remove().await;
    Some(found.and_then(|said| match removed {
        Ok(()) => Ok(said),
        Err(error) => Err(format!("{said}; but the probe cannot be removed: {error}")),
    }))
}

struct Way<'a> {
    public: &'a Url,
    /// Where links are, if elsewhere.
    links: Option<&'a Url>,
    is_embedded: bool,
    listening: SocketAddr,
    /// Below which address pages must be able to reach the bucket, where it is not their own origin.
    bucket: Option<String>,
}

impl Way<'_> {
    async fn walk(&self, probe: &BucketProbe) -> Result<String, String> {
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .build();
        let client = client.map_err(|error| error.to_string())?;
        if let Some(said) = self.ask_server(&client).await? {
            return Ok(said);
        }
        self.ask_links(&client).await?;
        self.ask_policy(&client).await?;
        let origin: Origin = signed_origin();
        let signed = probe
            .put_address(PART_LEN, &origin)
            .await
            .map_err(|error| error.to_string())?;
        let put = client
            .put(self.resolve(&signed)?)
            .body(vec![0; usize::try_from(PART_LEN).unwrap_or(0)]);
        let (status, body) = answer(put.send().await).await.map_err(|error| self.cut_off(&error))?;
        if !status.is_success() {
            return Err(self.refused("PUT", status, &body));
        }
        let signed = probe.get_address(&origin).await.map_err(|error| error.to_string())?;
        let get = client.get(self.resolve(&signed)?).header(header::RANGE, "bytes=0-9");
        let (status, body) = answer(get.send().await)
            .await
            .map_err(|error| self.unreachable(&error))?;
        if status != StatusCode::PARTIAL_CONTENT {
            return Err(self.refused("GET with Range", status, &body));
        }
        for method in [Method::PATCH, Method::DELETE] {
            let url = self.resolve("/api/v1/links/AAAAAAAAAAAAAAAAAAAAAA")?;
            let asked = client.request(method.clone(), url).send().await;
            let asked = asked.map_err(|error| self.unreachable(&reasons(&error)))?;
            if !is_ours(&asked) {
                return Err(self.refused(method.as_str(), asked.status(), ""));
            }
        }
        let of = if self.is_embedded {
            "through it"
        } else {
            "into the bucket beside it"
        };
        Ok(format!(
            "{} answers, and a part of 10 MiB goes {of} and comes back",
            self.public
        ))
    }

    /// Whether it is this server that answers there. What it says otherwise may be what was meant.
    async fn ask_server(&self, client: &Client) -> Result<Option<String>, String> {
        let asked = client.get(self.resolve("/api/v1/limits")?).send().await;
        let asked = asked.map_err(|error| self.unreachable(&reasons(&error)))?;
        let status = asked.status();
        let to = asked
            .headers()
            .get(header::LOCATION)
            .and_then(|to| to.to_str().ok())
            .unwrap_or("elsewhere");
        let public = self.public;
        if status.is_redirection() {
            return Err(format!(
                "{public} sends people on to {to}: set SEALDROP_PUBLIC_URL to the address that they end up at"
            ));
        }
        match status.as_u16() {
            401 => Ok(Some(format!(
                "{public} asks for a name and a password before it lets anybody through (401). Browsers can send them; the \
                 command line cannot. Nothing more was tried"
            ))),
            502 | 504 => Err(format!(
                "{public} answers {status}: the proxy there does not reach this server at {}",
                self.listening
            )),
            // Of a server that is just starting: this one.
            200 | 503 => Ok(None),
            _ => Err(format!(
                "{public} answers {status} to GET /api/v1/limits: another server, or a proxy that refuses"
            )),
        }
    }

    /// Whether it is this server that answers at the origin of links, and hears by which name it was asked.
    async fn ask_links(&self, client: &Client) -> Result<(), String> {
        let Some(links) = self.links else { return Ok(()) };
        let ask = async |path: &str| {
            let url = links.join(path).map_err(|error| error.to_string())?;
            let asked = client.get(url).send().await.map_err(|error| {
                format!(
                    "{links} (SEALDROP_LINK_URL) does not answer: {}. Its name must lead to what stands in front of this server, \
                     with a certificate for it",
                    reasons(&error)
                )
            });
            asked.map(|answer| answer.status())
        };
        let status = ask("/api/v1/limits").await?;
        if !matches!(status.as_u16(), 200 | 401 | 503) {
            return Err(format!(
                "{links} (SEALDROP_LINK_URL) answers {status} to GET /api/v1/limits: another server, or a proxy that refuses"
            ));
        }
        // Nothing but links is there.
        if ask("/sent").await?.is_success() {
            return Err(format!(
                "{links} (SEALDROP_LINK_URL) is answered as if it were {}: let the proxy pass the header Host on unchanged",
                self.public
            ));
        }
        Ok(())
    }

    /// Whether pages may talk to the bucket as they arrive at browsers: a proxy may have put a policy of its own beside ours.
    async fn ask_policy(&self, client: &Client) -> Result<(), String> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let page = client.get(self.resolve("/")?).send().await;
        let page = page.map_err(|error| self.unreachable(&reasons(&error)))?;
        // A server that is just starting has no pages yet.
        if !page.status().is_success() {
            return Ok(());
        }
        let policies = page.headers().get_all(header::CONTENT_SECURITY_POLICY);
        let blocks = policies
            .iter()
            .filter_map(|policy| policy.to_str().ok())
            .flat_map(|policies| policies.split(','))
            .find(|policy| !lets_talk_to(policy, bucket));
        match blocks {
            None => Ok(()),
            Some(_) => Err(format!(
                "{}: pages arrive with a Content-Security-Policy whose connect-src does not have {bucket}, so browsers ask the \
                 bucket nothing. Let what stands in front pass our policy on and add none; else S3_PUBLIC_ENDPOINT of the running \
                 server is another one",
                self.public
            )),
        }
    }

    fn resolve(&self, address: &str) -> Result<Url, String> {
        self.public
            .join(address)
            .map_err(|error| format!("an address of the bucket is none: {error}"))
    }

    fn refused(&self, method: &str, status: StatusCode, body: &str) -> String {
        let where_ = if self.is_embedded {
            self.public.as_str()
        } else {
            "the bucket"
        };
        let code = body
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"));
        match (status.as_u16(), code) {
            (413, _) => format!(
                "{where_} refuses a part of 10 MiB (413): a proxy in front takes no body of that length, so nothing larger than \
                 its limit can be sent. With nginx: client_max_body_size 16m (its default is 1m)"
            ),
            (507, _) => format!("{where_}: the disk of the bucket is full"),
            (_, Some((code, _))) => format!("{where_}: the bucket refuses a signed {method} ({status} {code})"),
            (401 | 403 | 405 | 501, None) => format!(
                "{where_}: something in front refuses {method} ({status}). A proxy or firewall must let GET, HEAD, POST, PUT, \
                 PATCH and DELETE through"
            ),
            (502..=504, None) => format!("{where_} answers {status} to {method}: the proxy gave up on this server"),
            _ => format!("{where_} answers {status} to {method}, which this server did not say"),
        }
    }

    fn cut_off(&self, error: &str) -> String {
        format!(
            "{}: the connection ended while a part of 10 MiB was sent ({error}). A proxy that takes no body of that length does \
             so: with nginx, client_max_body_size 16m",
            self.public
        )
    }

    fn unreachable(&self, error: &str) -> String {
        format!("{} does not answer from here: {error}", self.public)
    }
}

/// Whether a page under this policy may connect to addresses below `bucket` (CSP 3, 6.7.2.8, without wildcards in hosts).
fn lets_talk_to(policy: &str, bucket: &str) -> bool {
    let sources = |name: &str| {
        policy.split(';').map(str::trim).find_map(|directive| {
            directive
                .strip_prefix(name)
                .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    let Some(sources) = sources("connect-src").or_else(|| sources("default-src")) else {
        return true;
    };
    sources.split_whitespace().any(|source| {
        let is_scheme = source.ends_with(':');
        let is_below = source.contains("://")
            && (bucket == source || bucket.starts_with(&format!("{}/", source.trim_end_matches('/'))));
        source == "*" || is_below || (is_scheme && bucket.starts_with(source))
    })
}

fn is_ours(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(PROBLEM_JSON.as_bytes()))
}

async fn answer(asked: reqwest::Result<Response>) -> Result<(StatusCode, String), String> {
    let response = asked.map_err(|error| reasons(&error))?;
    let status = response.status();
    let body = response.text().await.unwrap_or_default();
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_lets_pages_talk_to_what_it_names() {
        let bucket = "https://s3.test/sealed/";
        for policy in [
            "default-src 'none'; connect-src 'self' https://s3.test/sealed/",
            "connect-src https://s3.test",
            "connect-src https:",
            "connect-src *",
            "default-src *",
            "script-src 'self'",
            "",
        ] {
            assert!(lets_talk_to(policy, bucket), "{policy}");
        }
        for policy in [
            "default-src 'self'",
            "connect-src 'self'; default-src *",
            "connect-src",
            "connect-src https://s3.test.elsewhere https://s3.test/other/ http:",
        ] {
            assert!(!lets_talk_to(policy, bucket), "{policy}");
        }
    }
}
