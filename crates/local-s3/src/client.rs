//! The client of a request, among which permits are shared.

use std::net::IpAddr;

/// Who sends a request, as an extension of it: an address, or the first address of a network. All requests that have none are
/// of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(pub IpAddr);
