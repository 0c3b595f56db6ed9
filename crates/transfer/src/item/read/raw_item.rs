//! An item or payload as its keys stand there, and what of it makes an item.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::{
    entries::{OfItem, OfPayload},
    keys::{Seen, unknown},
    values::{Bounded, Bytes, Mime, Number, Text},
};
use crate::{
    item::{
        Body, FileEntry, Item, ItemKind, ListFault, Listing, MAX_FILES, MAX_NOTE, MAX_OBJECTS, ObjectRef, Place,
        UnknownMembers, check,
    },
    names::path::is_component,
};

#[derive(Default)]
pub(super) struct RawItem {
    kind: Option<String>,
    parent: Option<[u8; 16]>,
    name: Option<String>,
    mime: Option<String>,
    size: Option<u64>,
    time: Option<u64>,
    note: Option<String>,
    objects: Option<Vec<ObjectRef>>,
    files: Option<Vec<FileEntry>>,
    manifest: Option<ObjectRef>,
    unknown: UnknownMembers,
}

pub(super) struct RawItemSeed(pub(super) Place);

impl<'de> DeserializeSeed<'de> for RawItemSeed {
    type Value = RawItem;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawItem, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RawItemSeed {
    type Value = RawItem;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawItem, A::Error> {
        let mut this = RawItem::default();
        let mut seen = Seen::default();
        while let Some(Text(key)) = map.next_key()? {
            seen.mark(&key)?;
            match key.as_str() {
                "v" => {
                    map.next_value::<Number>()?;
                }
                "t" => this.kind = Some(map.next_value::<Text>()?.0),
                "parent" if self.0 == Place::Item => {
                    this.parent = map.next_value::<Option<Bytes<16>>>()?.map(|bytes| bytes.0);
                }
                "name" => this.name = Some(map.next_value::<Text>()?.0),
                "mime" => this.mime = Some(map.next_value::<Mime>()?.0),
                "size" => this.size = Some(map.next_value::<Number>()?.0),
                "mtime" => this.time = Some(map.next_value::<Number>()?.0),
                "note" if self.0 == Place::Payload => this.note = Some(map.next_value::<Text>()?.0),
                "objs" => this.objects = Some(map.next_value::<Bounded<ObjectRef, MAX_OBJECTS>>()?.0),
                "files" if self.0 == Place::Item => {
                    let files = map.next_value::<Bounded<OfItem, MAX_FILES>>()?.0;
                    this.files = Some(files.into_iter().map(|OfItem(file)| file).collect());
                }
                "files" => {
                    let files = map.next_value::<Bounded<OfPayload, MAX_FILES>>()?.0;
                    this.files = Some(files.into_iter().map(|OfPayload(file)| file).collect());
                }
                "man" => this.manifest = Some(map.next_value()?),
                _ => unknown(&mut map, key, self.0, &mut this.unknown)?,
            }
        }
        Ok(this)
    }
}

impl RawItem {
    pub(super) fn into_item(self, place: Place) -> Result<Item, ListFault> {
        let refused = |why| Err(ListFault::Refused(why));
        let kind = match (self.kind.as_deref(), place) {
            (Some("file"), _) => ItemKind::File,
            (Some("bundle"), _) => ItemKind::Bundle,
            (Some("folder"), Place::Item) => ItemKind::Folder,
            _ => return refused("t"),
        };
        let Some(name) = self.name.filter(|name| is_component(name)) else {
            return refused("name");
        };
        if self.note.as_ref().is_some_and(|note| note.len() > MAX_NOTE) {
            return refused("note");
        }
        let (size, body) = if kind == ItemKind::Folder {
            if self.size.is_some() || self.objects.is_some() || self.files.is_some() || self.manifest.is_some() {
                return refused("a folder holds nothing");
            }
            (0, Body::Nothing)
        } else {
            let Some(size) = self.size else { return refused("size") };
            let body = match (self.manifest, self.objects, self.files) {
                (Some(manifest), None, None) => Body::Manifest(manifest),
                (None, Some(objects), Some(files)) => Body::Listed(Listing { objects, files }),
                (None, Some(objects), None) => match <[ObjectRef; 1]>::try_from(objects) {
                    Ok([object]) if kind == ItemKind::File => Body::Whole(object),
                    _ => return refused("files is missing"),
                },
                _ => return refused("objs, files, man"),
            };
            (size, body)
        };
        let item = Item {
            kind,
            parent: self.parent,
            name,
            mime: self.mime,
            size,
            modified_ms: self.time,
            note: self.note,
            body,
            unknown: self.unknown,
        };
        check::item(&item)?;
        Ok(item)
    }
}
