//! The entries of a list: its objects, its files, and the extents that say where their bytes are.

use core::fmt;
use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_crypto::{Fek, size};
use serde::de::{self, Deserializer, Error as _, MapAccess, Visitor};

use super::{
    keys::{Seen, unknown},
    values::{Bounded, Bytes, Mime, Number, Text},
};
use crate::item::{Extent, FileEntry, MAX_EXTENTS, ObjectRef, Place, UnknownMembers};

/// Reads an object of known keys; unknown ones as its place has it.
macro_rules! object {
    ($name:ident { $($field:ident : $type:ty),* $(,)? }, |$map:ident, $key:ident, $this:ident, $place:ident| $read:expr) => {
        #[derive(Default)]
        struct $name { $($field: $type,)* }

        impl $name {
            fn read<'de, D: Deserializer<'de>>(place: Place, unknown: &mut UnknownMembers, deserializer: D) -> Result<Self, D::Error> {
                struct V<'k>(Place, &'k mut UnknownMembers);
                impl<'de> Visitor<'de> for V<'_> {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut $map: A) -> Result<$name, A::Error> {
                        let mut $this = $name::default();
                        let $place = self;
                        let mut seen = Seen::default();
                        while let Some(Text($key)) = $map.next_key()? {
                            seen.mark(&$key)?;
                            $read
                        }
                        Ok($this)
                    }
                }
                deserializer.deserialize_map(V(place, unknown))
            }
        }
    };
}

object!(RawObject { id: Option<[u8; 16]>, fek: Option<Fek>, root: Option<[u8; 32]>, len: Option<u64> }, |map, key, this, at| {
    match key.as_str() {
        "oid" => this.id = Some(map.next_value::<Bytes<16>>()?.0),
        "fek" => {
            let text = sealdrop_crypto::Zeroizing::new(map.next_value::<Text>()?.0);
            this.fek = Some(Fek::from_text(&text).map_err(|_| A::Error::custom("base64url"))?);
        }
        "root" => this.root = Some(map.next_value::<Bytes<32>>()?.0),
        "len" => this.len = Some(map.next_value::<Number>()?.0),
        _ => unknown(&mut map, key, at.0, at.1)?,
    }
});

impl<'de> de::Deserialize<'de> for ObjectRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Of an object nothing but its known keys is ever written again.
        let raw = RawObject::read(Place::Payload, &mut UnknownMembers::default(), deserializer)?;
        let (Some(id), Some(fek), Some(tag_root), Some(stream_len)) = (raw.id, raw.fek, raw.root, raw.len) else {
            return Err(D::Error::custom("a key of an object is missing"));
        };
        if !(size::PROLOGUE..=size::MAX_S).contains(&stream_len) {
            return Err(D::Error::custom("len"));
        }
        Ok(Self {
            object_id: ObjectId(id),
            fek: Arc::new(fek),
            tag_root,
            stream_len,
        })
    }
}

object!(RawFile { path: Option<String>, mime: Option<String>, len: Option<u64>, time: Option<u64>, extents: Option<Vec<Extent>> }, |map, key, this, at| {
    match key.as_str() {
        "p" => this.path = Some(map.next_value::<Text>()?.0),
        "m" => this.mime = Some(map.next_value::<Mime>()?.0),
        "s" => this.len = Some(map.next_value::<Number>()?.0),
        "t" => this.time = Some(map.next_value::<Number>()?.0),
        "x" => this.extents = Some(map.next_value::<Bounded<Extent, MAX_EXTENTS>>()?.0),
        _ => unknown(&mut map, key, at.0, at.1)?,
    }
});

/// A file of an item, which its owner may write again.
pub(super) struct OfItem(pub(super) FileEntry);

/// A file of a payload or a manifest.
pub(super) struct OfPayload(pub(super) FileEntry);

impl<'de> de::Deserialize<'de> for OfItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_file(Place::Item, deserializer).map(Self)
    }
}

impl<'de> de::Deserialize<'de> for OfPayload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_file(Place::Payload, deserializer).map(Self)
    }
}

fn read_file<'de, D: Deserializer<'de>>(place: Place, deserializer: D) -> Result<FileEntry, D::Error> {
    let mut unknown = UnknownMembers::default();
    let raw = RawFile::read(place, &mut unknown, deserializer)?;
    let (Some(path), Some(len), Some(extents)) = (raw.path, raw.len, raw.extents) else {
        return Err(D::Error::custom("a key of a file is missing"));
    };
    Ok(FileEntry {
        path,
        mime: raw.mime,
        len,
        modified_ms: raw.time,
        extents,
        unknown,
    })
}

impl<'de> de::Deserialize<'de> for Extent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bounded(numbers) = Bounded::<Number, 3>::deserialize(deserializer)?;
        let [Number(object), Number(offset), Number(len)] = numbers[..] else {
            return Err(D::Error::custom("extent"));
        };
        Ok(Self {
            object: u32::try_from(object).map_err(D::Error::custom)?,
            offset,
            len,
        })
    }
}
