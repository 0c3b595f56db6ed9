//! What stands between this machine and the server, in sentences: a proxy, a firewall, another address.

use sealdrop_transfer::TransferError;

use super::{Doing, Failure, join};
use crate::{platform::proxy, text::escape};

/// Says a refusal that neither the server nor its storage wrote, and a storage that cannot be reached; `None` for all others.
pub(super) fn explain_refusal(error: &TransferError, doing: Doing, server: &str) -> Option<Failure> {
    let (code, what, todo) = match error {
        TransferError::StorageUnreachable => (
            3,
            format!("The server at {server} answers, but its storage cannot be reached."),
            "Try another network: a firewall may block the storage. If that does not help, tell the operator of the server."
                .to_owned(),
        ),
        TransferError::AddressRefused { host, why } => (
            1,
            format!(
                "The server at {server} names {} as its storage, which was not asked: {}.",
                escape(host),
                escape(why)
            ),
            "If it is your server, use an address of it in the same network. Otherwise tell its operator, and do not trust it."
                .to_owned(),
        ),
        TransferError::Bucket { code: Some(code), .. } if code == "SignatureDoesNotMatch" => (
            1,
            format!("The storage refuses requests that were signed for {server}: SignatureDoesNotMatch (403)."),
            "Use the public address of the server. If you do, tell its operator: SEALDROP_PUBLIC_URL must be that address, and a \
             proxy must pass on the Host header unchanged."
                .to_owned(),
        ),
        TransferError::Bucket { status, code: None } | TransferError::Status { status, .. } => {
            refused(*status, server)?
        }
        _ => return None,
    };
    Some(Failure::new(code, join(&[&what, doing.what_is_safe(), &todo])))
}

/// A refusal without a word of the server's or the storage's own. A proxy of this machine is named: it is the first that may refuse.
fn refused(status: u16, server: &str) -> Option<(u8, String, String)> {
    let proxy = proxy::in_use(server).map(|proxy| format!("proxy {} of {}", escape(&proxy.address), proxy.variable));
    let between = match &proxy {
        Some(proxy) => format!("The {proxy}, or something behind it,"),
        None => format!("Something between this machine and {server}, such as a proxy or a firewall,"),
    };
    let elsewhere = match &proxy {
        Some(_) => "Check that variable, or exclude the server with NO_PROXY.",
        None => "Try another network.",
    };
    let methods = || {
        format!("{elsewhere} If that does not help, tell the operator of the server: PUT, PATCH and DELETE must pass.")
    };
    let (what, todo) = match status {
        401 => (
            format!("Something in front of {server} asks for a login (401)."),
            "The command line cannot log in there. Tell the operator of the server: requests to /api and to the storage must \
             pass without that login."
                .to_owned(),
        ),
        407 => (
            match &proxy {
                Some(proxy) => format!("The {proxy} asks for a login (407)."),
                None => "A proxy on this network asks for a login (407).".to_owned(),
            },
            "Check the proxy settings of this machine (HTTPS_PROXY).".to_owned(),
        ),
        411 | 413 => (
            format!("{between} refuses pieces of this size ({status})."),
            "Tell the operator of the server: the proxy must accept larger request bodies (in nginx, client_max_body_size)."
                .to_owned(),
        ),
        405 | 501 => (
            format!("{between} does not allow this kind of request ({status})."),
            methods(),
        ),
        400..=499 if !matches!(status, 404 | 408 | 429) => {
            (format!("{between} refuses this request ({status})."), methods())
        }
        _ => return None,
    };
    Some((1, what, todo))
}
