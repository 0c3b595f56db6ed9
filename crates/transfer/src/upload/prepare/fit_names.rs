//! The names of what is sent, before anything of it is planned.

use crate::{engine::events::UploadEvent, names::sanitize::sanitize, platform::Platform, upload::options::SendFile};

/// Makes names fit, tells what changed, and sorts by path. Gives with each file its place in the list as given.
pub(crate) fn fit_names<P: Platform>(
    platform: &P,
    files: Vec<SendFile<P::File>>,
    events: &dyn Fn(UploadEvent),
) -> (Vec<SendFile<P::File>>, Vec<usize>) {
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let (fitted, renamed) = sanitize(&paths, |text| platform.normalize_nfc(text));
    if !renamed.is_empty() {
        events(UploadEvent::Renamed(renamed));
    }
    let mut sorted: Vec<(usize, SendFile<P::File>)> = files
        .into_iter()
        .zip(fitted)
        .map(|(file, path)| SendFile { path, ..file })
        .enumerate()
        .collect();
    sorted.sort_by(|(_, a), (_, b)| a.path.as_bytes().cmp(b.path.as_bytes()));
    let (order, files) = sorted.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    (files, order)
}
