//! What stands between this machine and the server, in sentences: a proxy, a firewall, another address.

use sealdrop_transfer::TransferError;

use super::{Doing, Failure, join};

/// Says a refusal that neither the server nor its storage wrote, and a storage that cannot be reached; `None` for all others.
pub(super) fn explain_refusal(error: &TransferError, doing: Doing, server: &str) -> Option<Failure> {
    let (code, what, todo) = match error {
        TransferError::StorageUnreachable => (
            3,
            format!("The server at {server} answers, but its storage cannot be reached."),
            "Try another network: a firewall may block the storage. If that does not help, tell the operator of the server.",
        ),
        TransferError::Bucket { code: Some(code), .. } if code == "SignatureDoesNotMatch" => (
            1,
            format!("The storage refuses requests that were signed for {server}: SignatureDoesNotMatch (403)."),
            "Use the public address of the server. If you do, tell its operator: SEALDROP_PUBLIC_URL must be that address, and a \
             proxy must pass on the Host header unchanged.",
        ),
        TransferError::Bucket { status, code: None } | TransferError::Status { status, .. } => {
            refused(*status, server)?
        }
        _ => return None,
    };
    Some(Failure::new(code, join(&[&what, doing.what_is_safe(), todo])))
}

/// A refusal without a word of the server's or the storage's own.
fn refused(status: u16, server: &str) -> Option<(u8, String, &'static str)> {
    let between = format!("Something between this machine and {server}, such as a proxy or a firewall,");
    let (what, todo) = match status {
        401 => (
            format!("Something in front of {server} asks for a login (401)."),
            "The command line cannot log in there. Tell the operator of the server: requests to /api and to the storage must \
             pass without that login.",
        ),
        407 => (
            "A proxy on this network asks for a login (407).".to_owned(),
            "Check the proxy settings of this machine (HTTPS_PROXY).",
        ),
        411 | 413 => (
            format!("{between} refuses pieces of this size ({status})."),
            "Tell the operator of the server: the proxy must accept larger request bodies (in nginx, client_max_body_size).",
        ),
        405 | 501 => (
            format!("{between} does not allow this kind of request ({status})."),
            "Try another network. If that does not help, tell the operator of the server: PUT, PATCH and DELETE must pass.",
        ),
        400..=499 if !matches!(status, 404 | 408 | 429) => (
            format!("{between} refuses this request ({status})."),
            "Try another network. If that does not help, tell the operator of the server: PUT, PATCH and DELETE must pass.",
        ),
        _ => return None,
    };
    Some((1, what, todo))
}
