//! What the server allows, and what a choice of files will weigh against it.

use sealdrop_api::Limits;
use sealdrop_crypto::Padding;
use sealdrop_model::Failure;

use crate::facade::upload::selected_files::Picked;
use crate::{
    platform::BrowserPlatform,
    split::{NotLoaded, split_point},
};

/// What this server allows.
///
/// # Errors
/// `ServerAway` if it cannot be asked.
pub async fn limits() -> Result<Limits, Failure> {
    ask_limits().await?
}

split_point!(limits: ask_limits() -> Result<Result<Limits, Failure>, NotLoaded>
    = async { Ok(sealdrop_transfer::limits(&BrowserPlatform::new()).await.map_err(Failure::from)) });

/// Sealed bytes of all objects that these files will become, for the limit check before the first byte.
#[must_use]
pub fn sealed_bytes(files: &[Picked]) -> u64 {
    // Which files share an object depends on their order: it is the engine's, by path.
    let mut sorted: Vec<&Picked> = files.iter().collect();
    sorted.sort_by(|one, other| one.path.cmp(&other.path));
    let lens: Vec<u64> = sorted.iter().map(|file| file.len).collect();
    sealdrop_transfer::sealed_bytes(&lens, Padding::Padded)
}
