//! The content security policy: what a page may run, load and talk to.
//!
//! `'self'` and a nonce, without `'strict-dynamic'`: the page's scripts are files of this origin, and the inline ones that
//! rendering writes carry the nonce. `'wasm-unsafe-eval'` compiles WebAssembly and allows no JavaScript `eval`.

use http::HeaderValue;

/// Where browsers report what the policy stopped.
pub(crate) const REPORT_PATH: &str = "/_csp";

/// For answers that are no pages: nothing may be loaded from them, and nothing may frame them. What `default-src` does not stand
/// for (CSP 3, section 6.1.1) is said by name.
pub(crate) const DATA_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The policy of pages and scripts of this server.
#[derive(Debug)]
pub(crate) struct Policy {
    connect_src: String,
    is_https: bool,
}

impl Policy {
    /// `bucket` is the address below which the pages' uploads and downloads go, when it is not this origin.
    pub(crate) fn new(bucket: Option<String>, is_https: bool) -> Self {
        let connect_src = bucket.map_or_else(|| "'self'".to_owned(), |bucket| format!("'self' {bucket}"));
        Self { connect_src, is_https }
    }

    /// For a page whose inline scripts carry `nonce`.
    pub(crate) fn for_page(&self, nonce: &str) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.text(&format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"))).ok()
    }

    /// For a page that is a document without the program: its one script carries `nonce`, and asks this server alone.
    pub(crate) fn for_document(&self, nonce: &str) -> Option<HeaderValue> {
        let upgrade = self.upgrade();
        let text = format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp{upgrade}"
        );
        HeaderValue::from_str(&text).ok()
    }

    /// For files: workers and the service worker live under the policy that came with their script.
    pub(crate) fn for_file(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.text("'self' 'wasm-unsafe-eval'")).ok()
    }

    fn upgrade(&self) -> &'static str {
        if self.is_https {
            "; upgrade-insecure-requests"
        } else {
            ""
        }
    }

    fn text(&self, script_src: &str) -> String {
        let connect_src = &self.connect_src;
        let upgrade = self.upgrade();
        format!(
            "default-src 'none'; script-src {script_src}; style-src 'self'; img-src 'self'; font-src 'self'; \
             media-src 'self'; connect-src {connect_src}; worker-src 'self'; manifest-src 'self'; frame-src 'self'; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp{upgrade}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_policy() {
        let page = Policy::new(None, false).for_page("N").expect("plain ASCII");
        assert_eq!(
            page,
            "default-src 'none'; script-src 'self' 'nonce-N' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
             font-src 'self'; media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
             frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp"
        );
        let policy = Policy::new(Some("https://s3.example.test/sealed/".to_owned()), true);
        let file = policy.for_file().expect("plain ASCII");
        let file = file.to_str().expect("plain ASCII");
        assert!(
            file.contains("connect-src 'self' https://s3.example.test/sealed/;"),
            "{file}"
        );
        assert!(
            file.ends_with("; upgrade-insecure-requests") && !file.contains("nonce"),
            "{file}"
        );
    }
}
