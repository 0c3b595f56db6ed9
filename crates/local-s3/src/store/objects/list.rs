//! ListObjectsV2 and ListMultipartUploads, in the order of S3: by the bytes of the key.

use std::{ops::Bound, sync::Arc};

use crate::store::{
    bucket_folder::Store,
    catalog::{StoredObject, Upload, lock},
    names::DataId,
};

/// Which objects to list.
#[derive(Debug, Default)]
pub(crate) struct ObjectFilter {
    pub(crate) prefix: String,
    /// Keys that share everything up to this after the prefix are one entry.
    pub(crate) delimiter: Option<String>,
    /// Only keys behind this one; a common prefix listed before ends in the delimiter and hides what is below it.
    pub(crate) after: Option<String>,
    pub(crate) max: usize,
}

/// A page of a listing.
#[derive(Debug, Default)]
pub(crate) struct ListedObjects {
    pub(crate) objects: Vec<Arc<StoredObject>>,
    pub(crate) common_prefixes: Vec<String>,
    /// Where the next page begins, if there is one.
    pub(crate) next_after: Option<String>,
}

impl Store {
    pub(crate) fn list_objects(&self, filter: &ObjectFilter) -> ListedObjects {
        let objects = lock(&self.objects);
        let mut listed = ListedObjects::default();
        let mut last = filter.after.clone();
        let start = match &filter.after {
            Some(after) if after.as_str() >= filter.prefix.as_str() => Bound::Excluded(after.as_str()),
            _ => Bound::Included(filter.prefix.as_str()),
        };
        for (key, object) in objects.range::<str, _>((start, Bound::Unbounded)) {
            let Some(rest) = key.strip_prefix(&filter.prefix) else {
                break;
            };
            let common = filter
                .delimiter
                .as_deref()
                .filter(|delimiter| !delimiter.is_empty())
                .and_then(|delimiter| {
                    rest.find(delimiter)
                        .map(|at| &key[..filter.prefix.len() + at + delimiter.len()])
                });
            if common.is_some() && common == last.as_deref() {
                continue;
            }
            if listed.objects.len() + listed.common_prefixes.len() >= filter.max {
                listed.next_after = last;
                break;
            }
            match common {
                Some(common) => listed.common_prefixes.push(common.to_owned()),
                None => listed.objects.push(Arc::clone(object)),
            }
            last = Some(common.unwrap_or(key).to_owned());
        }
        listed
    }

    /// Open uploads behind `after` (key, then id), at most `max`, and whether there are more.
    pub(crate) fn list_uploads(
        &self,
        prefix: &str,
        after: Option<(&str, Option<DataId>)>,
        max: usize,
    ) -> (Vec<Arc<Upload>>, bool) {
        let behind = |upload: &Upload| match after {
            None => true,
            Some((key, None)) => upload.key.as_str() > key,
            Some((key, Some(id))) => (upload.key.as_str(), upload.data.id) > (key, id),
        };
        let mut uploads: Vec<_> = lock(&self.uploads)
            .values()
            .filter(|upload| upload.key.starts_with(prefix) && behind(upload))
            .cloned()
            .collect();
        uploads.sort_by(|a, b| (&a.key, a.data.id).cmp(&(&b.key, b.data.id)));
        let more = uploads.len() > max;
        uploads.truncate(max);
        (uploads, more)
    }
}
