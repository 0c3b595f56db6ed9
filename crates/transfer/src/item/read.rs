//! Reads the grammar strictly, on top of serde_json: no known key twice, no number but plain digits, nothing after
//! the end.

use core::fmt;
use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_crypto::{Fek, decode_base64url, size};
use serde::de::{self, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    Body, Extent, FileEntry, Item, ItemKind, Kept, ListFault, Listing, MAX_EXTENTS, MAX_FILES, MAX_MANIFEST_TEXT,
    MAX_NOTE, MAX_NUMBER, MAX_OBJECTS, MAX_TEXT, ObjectRef, Place, check,
};
use crate::names::is_component;

/// Every key that means something anywhere: none of them may stand twice in one object.
const KNOWN: [&str; 17] = [
    "v", "t", "parent", "name", "mime", "size", "mtime", "note", "objs", "files", "man", "oid", "fek", "root", "len",
    "p", "m",
];
/// The rest of them.
const KNOWN_SHORT: [&str; 2] = ["s", "x"];

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

fn parse<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, ListFault> {
    let mut reader = serde_json::Deserializer::from_str(text);
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
    let mut reader = serde_json::Deserializer::from_str(text);
    match reader.deserialize_map(Version) {
        Ok(Some(1)) => Ok(()),
        Ok(Some(_)) => Err(ListFault::NewerVersion),
        _ => Err(ListFault::Refused("version")),
    }
}

// ---------------------------------------------------------------- words

/// A string; serde_json refuses lone surrogates and bare controls.
struct Text(String);

impl<'de> de::Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Text, E> {
                Ok(Text(text))
            }
        }
        deserializer.deserialize_str(V)
    }
}

/// Plain decimal digits, 0 … 2^53-1. Signs, fractions and exponents arrive as other kinds of number.
struct Number(u64);

impl<'de> de::Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("plain digits up to 2^53-1")
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Number, E> {
                if number <= MAX_NUMBER {
                    Ok(Number(number))
                } else {
                    Err(E::custom("too large"))
                }
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// A type: ASCII, at most 127 bytes.
struct Mime(String);

impl<'de> de::Deserialize<'de> for Mime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        if text.is_ascii() && text.len() <= 127 {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("type"))
        }
    }
}

/// Exactly `N` bytes as canonical base64url.
struct Bytes<const N: usize>([u8; N]);

impl<'de, const N: usize> de::Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        decode_base64url(&text)
            .map(Self)
            .map_err(|_| D::Error::custom("base64url"))
    }
}

/// Marks the known keys of one object as they come.
#[derive(Default)]
struct Seen(u32);

impl Seen {
    fn mark<E: de::Error>(&mut self, key: &str) -> Result<(), E> {
        let Some(place) = KNOWN.iter().chain(&KNOWN_SHORT).position(|known| *known == key) else {
            return Ok(());
        };
        let bit = 1 << place;
        if self.0 & bit != 0 {
            return Err(E::custom("a key twice"));
        }
        self.0 |= bit;
        Ok(())
    }
}

/// A value of a key that means nothing here: kept as it is, after it was walked for what is refused everywhere.
fn keep<'de, A: MapAccess<'de>>(map: &mut A, key: String, kept: &mut Kept) -> Result<(), A::Error> {
    let raw: Box<RawValue> = map.next_value()?;
    serde_json::from_str::<Walk>(raw.get()).map_err(A::Error::custom)?;
    kept.0.push((key, raw));
    Ok(())
}

/// Any value: texts must be sound, known keys single.
struct Walk;

impl<'de> de::Deserialize<'de> for Walk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = Self;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(Self)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(Self)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(Self)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(Self)
    }
    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(Self)
    }
    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(Self)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(Self)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = Seen::default();
        while let Some(Text(key)) = map.next_key()? {
            seen.mark(&key)?;
            map.next_value::<Self>()?;
        }
        Ok(Self)
    }
}

// ---------------------------------------------------------------- objects of the grammar

macro_rules! object {
    ($name:ident { $($field:ident : $type:ty),* $(,)? }, |$map:ident, $key:ident, $this:ident| $read:expr) => {
        #[derive(Default)]
        struct $name { $($field: $type,)* kept: Kept }

        impl<'de> de::Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct V;
                impl<'de> Visitor<'de> for V {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut $map: A) -> Result<$name, A::Error> {
                        let mut $this = $name::default();
                        let mut seen = Seen::default();
                        while let Some(Text($key)) = $map.next_key()? {
                            seen.mark(&$key)?;
                            $read
                        }
                        Ok($this)
                    }
                }
                deserializer.deserialize_map(V)
            }
        }
    };
}

object!(RawObject { id: Option<[u8; 16]>, fek: Option<Fek>, root: Option<[u8; 32]>, len: Option<u64> }, |map, key, this| {
    match key.as_str() {
        "oid" => this.id = Some(map.next_value::<Bytes<16>>()?.0),
        "fek" => {
            let text = sealdrop_crypto::Zeroizing::new(map.next_value::<Text>()?.0);
            this.fek = Some(Fek::from_text(&text).map_err(|_| A::Error::custom("base64url"))?);
        }
        "root" => this.root = Some(map.next_value::<Bytes<32>>()?.0),
        "len" => this.len = Some(map.next_value::<Number>()?.0),
        _ => keep(&mut map, key, &mut this.kept)?,
    }
});

impl<'de> de::Deserialize<'de> for ObjectRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawObject::deserialize(deserializer)?;
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

object!(RawFile { path: Option<String>, mime: Option<String>, len: Option<u64>, time: Option<u64>, extents: Option<Vec<Extent>> }, |map, key, this| {
    match key.as_str() {
        "p" => this.path = Some(map.next_value::<Text>()?.0),
        "m" => this.mime = Some(map.next_value::<Mime>()?.0),
        "s" => this.len = Some(map.next_value::<Number>()?.0),
        "t" => this.time = Some(map.next_value::<Number>()?.0),
        "x" => this.extents = Some(map.next_value::<Bounded<Extent, MAX_EXTENTS>>()?.0),
        _ => keep(&mut map, key, &mut this.kept)?,
    }
});

impl<'de> de::Deserialize<'de> for FileEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawFile::deserialize(deserializer)?;
        let (Some(path), Some(len), Some(extents)) = (raw.path, raw.len, raw.extents) else {
            return Err(D::Error::custom("a key of a file is missing"));
        };
        Ok(Self {
            path,
            mime: raw.mime,
            len,
            modified_ms: raw.time,
            extents,
            kept: raw.kept,
        })
    }
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

/// A list of at most `MAX`.
struct Bounded<T, const MAX: usize>(Vec<T>);

impl<'de, T: de::Deserialize<'de>, const MAX: usize> de::Deserialize<'de> for Bounded<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V<T, const MAX: usize>(core::marker::PhantomData<T>);
        impl<'de, T: de::Deserialize<'de>, const MAX: usize> Visitor<'de> for V<T, MAX> {
            type Value = Bounded<T, MAX>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX}")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(one) = seq.next_element()? {
                    if list.len() == MAX {
                        return Err(A::Error::custom("too many"));
                    }
                    list.push(one);
                }
                Ok(Bounded(list))
            }
        }
        deserializer.deserialize_seq(V::<T, MAX>(core::marker::PhantomData))
    }
}

#[derive(Default)]
struct RawItem {
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
    kept: Kept,
}

struct RawItemSeed(Place);

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
                "files" => this.files = Some(map.next_value::<Bounded<FileEntry, MAX_FILES>>()?.0),
                "man" => this.manifest = Some(map.next_value()?),
                _ => keep(&mut map, key, &mut this.kept)?,
            }
        }
        Ok(this)
    }
}

impl RawItem {
    fn into_item(self, place: Place) -> Result<Item, ListFault> {
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
            kept: self.kept,
        };
        check::item(&item)?;
        Ok(item)
    }
}

#[derive(Default)]
struct RawManifest {
    objects: Option<Vec<ObjectRef>>,
    files: Option<Vec<FileEntry>>,
}

struct RawManifestSeed;

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
                "files" => this.files = Some(map.next_value::<Bounded<FileEntry, MAX_FILES>>()?.0),
                _ => {
                    map.next_value::<Walk>()?;
                }
            }
        }
        Ok(this)
    }
}
