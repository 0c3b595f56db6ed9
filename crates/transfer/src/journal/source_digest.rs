//! What an object is made of, in 32 bytes: paths, lengths, times and spot hashes of the files in it. The same files give
//! the same digest; a file that changed gives another.

use futures::{StreamExt, TryStreamExt, stream};
use sealdrop_crypto::{encode_base64url, hash_groups};

use crate::{
    error::TransferError,
    platform::Platform,
    upload::{
        options::{SendFile, SendOptions},
        prepare::plan::PlannedObject,
    },
};

/// Bytes of each of the three spots: first, middle, last.
const SPOT: u64 = 64 << 10;
/// Objects that are looked at side by side, and files of each: 12 MiB at most.
const AT_ONCE: usize = 8;

/// Looks at the files that these objects are made of, and at no others: of many objects each is looked at again at its end.
pub(crate) async fn digest_sources<P: Platform>(
    platform: &P,
    files: &[SendFile<P::File>],
    objects: impl Iterator<Item = &PlannedObject>,
) -> Result<Vec<[u8; 32]>, TransferError> {
    stream::iter(objects)
        .map(|object| digest_object(platform, files, object))
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

/// Opens the empty files, which no object is made of: a browser gives a file that is gone the length 0, and it must not
/// arrive as an empty one.
pub(crate) async fn look_at_empty<P: Platform>(platform: &P, files: &[SendFile<P::File>]) -> Result<(), TransferError> {
    stream::iter(files.iter().filter(|file| file.len == 0))
        .map(|file| platform.read_plain(&file.handle, 0..0))
        .buffered(AT_ONCE)
        .try_for_each(async |_| Ok(()))
        .await
}

async fn digest_object<P: Platform>(
    platform: &P,
    files: &[SendFile<P::File>],
    object: &PlannedObject,
) -> Result<[u8; 32], TransferError> {
    let runs = object.sources(0..object.content_len);
    let mut spots = stream::iter(&runs)
        .map(|run| spot_hash(platform, &files[run.file]))
        .buffered(AT_ONCE);
    let mut text = object.content_len.to_be_bytes().to_vec();
    for run in &runs {
        let Some(spot) = spots.try_next().await? else { break };
        let file = &files[run.file];
        let path = file.path.as_bytes();
        text.extend_from_slice(&(path.len() as u64).to_be_bytes());
        text.extend_from_slice(path);
        // An absent time differs from every time.
        let time = file.modified_ms.map_or(u64::MAX, |ms| ms);
        for number in [file.len, time, run.offset, run.len] {
            text.extend_from_slice(&number.to_be_bytes());
        }
        text.extend_from_slice(&spot);
    }
    Ok(sha256(&text))
}

/// SHA-256 of the first, the middle and the last 64 KiB of a file; of all of it where they would meet.
async fn spot_hash<P: Platform>(platform: &P, file: &SendFile<P::File>) -> Result<[u8; 32], TransferError> {
    let whole = [(0, file.len)];
    let three = [0, file.len / 2, file.len].map(|middle| {
        let start = middle.saturating_sub(SPOT / 2).min(file.len.saturating_sub(SPOT));
        (start, start + SPOT)
    });
    let spots: &[(u64, u64)] = if file.len <= 3 * SPOT { &whole } else { &three };
    let mut seen = Vec::new();
    for (start, end) in spots.iter().filter(|(start, end)| start < end) {
        seen.extend(platform.read_plain(&file.handle, *start..*end).await?);
    }
    Ok(sha256(&seen))
}

/// What a person chose for a link, in 32 bytes as text: name, note, time and downloads. (Its password is in the link's verifier.)
pub(crate) fn digest_choices(options: &SendOptions) -> String {
    let mut text = Vec::new();
    for word in [options.name.as_deref(), Some(options.note.as_str())] {
        // An absent length differs from every length.
        text.extend_from_slice(&word.map_or(u64::MAX, |word| word.len() as u64).to_be_bytes());
        text.extend_from_slice(word.unwrap_or_default().as_bytes());
    }
    for number in [options.expires_in, options.max_downloads.map(u64::from)] {
        text.extend_from_slice(&number.unwrap_or(u64::MAX).to_be_bytes());
    }
    encode_base64url(&sha256(&text))
}

/// SHA-256; of more than 10 MiB, of the digests of each 10 MiB.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    match &hash_groups(bytes)[..] {
        [] => [0; 32],
        [one] => *one,
        many => sha256(&many.concat()),
    }
}
