//! Why nothing answered, in words. The transfer knows only that it did not; a person wants to know where to look.

use std::{error::Error, io, sync::Mutex};

/// Of the last request that was not answered.
static LAST: Mutex<Option<&'static str>> = Mutex::new(None);

/// Notes why a request was not answered. The error's own text may hold an address, so none of it is kept.
pub(super) fn note(error: &reqwest::Error) {
    if let Ok(mut last) = LAST.lock() {
        *last = of(error);
    }
}

/// Why the last request was not answered, if that is known.
pub(crate) fn last() -> Option<&'static str> {
    LAST.lock().ok().and_then(|last| *last)
}

fn of(error: &reqwest::Error) -> Option<&'static str> {
    let below = error.source().and_then(within);
    below.or_else(|| error.is_timeout().then_some("no answer came in time"))
}

/// The first cause, from the inside, that has words.
fn within(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let io = error.downcast_ref::<io::Error>();
    // What it wraps is not among its sources.
    let wrapped = io.and_then(io::Error::get_ref).and_then(|inner| within(inner));
    wrapped
        .or_else(|| error.source().and_then(within))
        .or_else(|| error.downcast_ref::<rustls::Error>().map(of_tls))
        .or_else(|| io.and_then(of_io))
        // The resolver's error has no type of its own outside of the client.
        .or_else(|| (error.to_string() == "dns error").then_some("its name cannot be resolved"))
}

fn of_io(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some("it refuses the connection"),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Some("there is no way to it"),
        io::ErrorKind::TimedOut => Some("no answer came in time"),
        _ => None,
    }
}

const fn of_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(
            rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. },
        ) => "its certificate has expired, or the clock here is wrong",
        rustls::Error::InvalidCertificate(
            rustls::CertificateError::NotValidForName | rustls::CertificateError::NotValidForNameContext { .. },
        ) => "its certificate is for another name",
        rustls::Error::InvalidCertificate(_) => "its certificate is not trusted here",
        rustls::Error::InvalidMessage(_) => "it does not speak HTTPS: the address may start with http://",
        _ => "HTTPS with it fails",
    }
}
