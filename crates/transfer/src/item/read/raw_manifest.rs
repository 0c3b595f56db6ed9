//! A manifest as its keys stand there.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::{
    entries::OfPayload,
    keys::{Seen, Walk},
    values::{Bounded, Text},
};
use crate::item::{FileEntry, MAX_FILES, MAX_OBJECTS, ObjectRef};

#[derive(Default)]
pub(super) struct RawManifest {
    pub(super) objects: Option<Vec<ObjectRef>>,
    pub(super) files: Option<Vec<FileEntry>>,
}

pub(super) struct RawManifestSeed;

impl<'de> DeserializeSeed<'de> for RawManifestSeed {
    type Value = RawManifest;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawManifest, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RawManifestSeed {
    type Value = RawManifest;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a manifest")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawManifest, A::Error> {
        let mut this = RawManifest::default();
        let mut seen = Seen::default();
        while let Some(Text(key)) = map.next_key()? {
            seen.mark(&key)?;
            match key.as_str() {
                "objs" => this.objects = Some(map.next_value::<Bounded<ObjectRef, MAX_OBJECTS>>()?.0),
                "files" => {
                    let files = map.next_value::<Bounded<OfPayload, MAX_FILES>>()?.0;
                    this.files = Some(files.into_iter().map(|OfPayload(file)| file).collect());
                }
                _ => {
                    map.next_value::<Walk>()?;
                }
            }
        }
        Ok(this)
    }
}
