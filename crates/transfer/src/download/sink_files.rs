//! Files of a link, as their sinks see them.

use sealdrop_model::Selection;

use super::plan::DownloadPlan;
use crate::{error::TransferError, link::open::OpenedLink, platform::sinks::SinkFile};

/// The selected files in the order in which sinks that are one archive get them.
pub(crate) fn reading_order(link: &OpenedLink, selection: &Selection) -> Result<Vec<SinkFile>, TransferError> {
    let order = DownloadPlan::new(link, selection, true)?.order(link);
    Ok(order.into_iter().map(|file| describe(link, file)).collect())
}

/// A file of a link, as its sink sees it.
pub(crate) fn describe(link: &OpenedLink, file: usize) -> SinkFile {
    let entry = &link.files[file];
    SinkFile {
        index: file,
        path: entry.path.clone(),
        len: entry.len,
        offset: 0,
        mime: entry.mime.clone(),
        modified_ms: entry.modified_ms,
    }
}
