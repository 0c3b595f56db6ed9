//! Somebody with one machine, one address, and tools of their own.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpStream;

use super::relay::connect_from;
use crate::house::House;

/// The loopback has sixteen million addresses; a server keeps places for itself at 127.0.0.1 only.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);

/// Who attacks.
#[derive(Debug)]
pub struct Stranger {
    server: SocketAddr,
    client: reqwest::Client,
}

impl Stranger {
    /// One who knows where the server is.
    ///
    /// # Errors
    /// If there is no HTTP client.
    pub fn of(house: &House) -> anyhow::Result<Self> {
        Ok(Self {
            server: house.listen(),
            client: reqwest::Client::builder().local_address(Some(ADDRESS.into())).build()?,
        })
    }

    /// HTTP from their address.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.client
    }

    /// `http://127.0.0.1:PORT` and the path behind it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server)
    }

    /// A connection from their address, for what no HTTP client does.
    ///
    /// # Errors
    /// If the server or the system refuses it.
    pub async fn connect(&self) -> std::io::Result<TcpStream> {
        connect_from(ADDRESS, self.server).await
    }
}

/// So many random bytes as the API writes them: base64url without padding. 16 for an id, 32 for a token.
///
/// # Errors
/// If the system has no randomness.
pub(super) fn random_text<const N: usize>() -> anyhow::Result<String> {
    use base64ct::Encoding as _;
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(base64ct::Base64UrlUnpadded::encode_string(&bytes))
}
