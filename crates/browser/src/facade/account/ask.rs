//! One request, with the cookies that the browser has. None is tried again by itself: a code counts each time.

use sealdrop_api::Endpoint;
use sealdrop_transfer::call_once;

use super::refused::Refused;
use crate::platform::BrowserPlatform;

pub(super) async fn ask<E: Endpoint>(endpoint: &E) -> Result<E::Response, Refused> {
    Ok(call_once(&BrowserPlatform::new(), endpoint, None).await?)
}
