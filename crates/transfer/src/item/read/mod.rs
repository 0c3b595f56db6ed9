//! Reads the grammar strictly, on top of serde_json: no known key twice, no number but plain digits, nothing after
//! the end.

mod entries;
mod keys;
mod raw_item;
mod raw_manifest;
mod values;

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use self::{
    raw_item::RawItemSeed,
    raw_manifest::RawManifestSeed,
    values::{Number, Text},
};
use super::{Item, ListFault, Listing, MAX_MANIFEST_TEXT, MAX_TEXT, Place, check};

pub(super) fn item(text: &[u8], place: Place) -> Result<Item, ListFault> {
    let text = utf8(text, MAX_TEXT)?;
    check_version(text)?;
    let raw = parse(text, RawItemSeed(place))?;
    raw.into_item(place)
}

pub(super) fn manifest(text: &[u8]) -> Result<Listing, ListFault> {
    let text = utf8(text, MAX_MANIFEST_TEXT)?;
    check_version(text)?;
    let raw = parse(text, RawManifestSeed)?;
    let listing = Listing {
        objects: raw.objects.ok_or(ListFault::Refused("objs is missing"))?,
        files: raw.files.ok_or(ListFault::Refused("files is missing"))?,
    };
    check::listing(&listing)?;
    Ok(listing)
}

fn utf8(text: &[u8], max: usize) -> Result<&str, ListFault> {
    if text.len() > max {
        return Err(ListFault::Refused("too long"));
    }
    core::str::from_utf8(text).map_err(|_| ListFault::Refused("not UTF-8"))
}

// Every JSON is read as bytes: a reader of text would be all of serde_json's code a second time in the browser's program.
fn parse<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, ListFault> {
    let mut reader = serde_json::Deserializer::from_slice(text.as_bytes());
    let value = seed
        .deserialize(&mut reader)
        .map_err(|_| ListFault::Refused("grammar"))?;
    reader.end().map_err(|_| ListFault::Refused("text after the end"))?;
    Ok(value)
}

/// Looks for a version of another grammar before anything is judged by this one.
fn check_version(text: &str) -> Result<(), ListFault> {
    struct Version;
    impl<'de> Visitor<'de> for Version {
        type Value = Option<u64>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut version = None;
            while let Some(Text(key)) = map.next_key()? {
                match key.as_str() {
                    "v" => version = Some(map.next_value::<Number>()?.0),
                    _ => drop(map.next_value::<IgnoredAny>()?),
                }
            }
            Ok(version)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(text.as_bytes());
    match reader.deserialize_map(Version) {
        Ok(Some(1)) => Ok(()),
        Ok(Some(_)) => Err(ListFault::NewerVersion),
        _ => Err(ListFault::Refused("version")),
    }
}
