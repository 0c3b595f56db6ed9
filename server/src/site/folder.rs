//! The site from a folder, read at every request, so that a new build is served immediately.

use std::path::Path;

use super::{
    encoding::Accepted,
    file::{Found, content_type, digest, etag, is_immutable},
};

pub(super) async fn find(folder: &Path, path: &str, accepted: Accepted) -> Option<Found> {
    let relative = path.strip_prefix('/')?;
    // Nothing that could name a file outside, or one that was not meant to be served.
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0', '%']);
    if !relative.split('/').all(is_plain) {
        return None;
    }
    let file = folder.join(relative);
    if !tokio::fs::metadata(&file).await.ok()?.is_file() {
        return None;
    }
    for (taken, encoding, extension) in [(accepted.brotli, "br", ".br"), (accepted.gzip, "gzip", ".gz")] {
        if !taken {
            continue;
        }
        let mut twin = file.clone().into_os_string();
        twin.push(extension);
        // A twin that is older than its file belongs to an earlier build.
        if is_fresh(Path::new(&twin), &file).await
            && let Ok(body) = tokio::fs::read(&twin).await
        {
            return Some(found(path, body, Some(encoding)));
        }
    }
    Some(found(path, tokio::fs::read(&file).await.ok()?, None))
}

async fn is_fresh(twin: &Path, file: &Path) -> bool {
    let (Ok(twin), Ok(file)) = (tokio::fs::metadata(twin).await, tokio::fs::metadata(file).await) else {
        return false;
    };
    twin.is_file() && twin.modified().ok() >= file.modified().ok()
}

fn found(path: &str, body: Vec<u8>, encoding: Option<&'static str>) -> Found {
    Found {
        etag: etag(&digest(&body), encoding),
        body: body.into(),
        encoding,
        content_type: content_type(path),
        is_immutable: is_immutable(path),
    }
}
