//! The proxy that the environment names for a server, found as the HTTP client finds it, to be named where nothing answers.

use hyper_util::client::proxy::matcher::Matcher;

use crate::environment::foreign;

/// A proxy, and the variable that names it.
pub(crate) struct Proxy {
    /// Host and port, without what may be a password.
    pub(crate) address: String,
    pub(crate) variable: &'static str,
}

/// The proxy through which this server is asked.
pub(crate) fn in_use(server: &str) -> Option<Proxy> {
    let matcher = Matcher::from_system();
    let proxy = matcher.intercept(&server.parse().ok()?)?;
    let address = proxy.uri().authority()?;
    let address = address.as_str().rsplit('@').next()?.to_owned();
    let own: [&str; 2] = if server.starts_with("https:") {
        ["HTTPS_PROXY", "https_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy"]
    };
    let names = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
    let named = |name: &&str| foreign(name).is_some_and(|value| value.contains(&address));
    let variable = names.into_iter().find(named).unwrap_or("the system's settings");
    Some(Proxy { address, variable })
}
