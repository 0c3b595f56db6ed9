//! The keys of the grammar: a known one stands once in an object, an unknown one is kept with its value where the text may be
//! written again.

use core::fmt;

use serde::de::{self, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::values::Text;
use crate::item::{Place, UnknownMembers};

/// Every key that means something anywhere: none of them may stand twice in one object.
const KNOWN: [&str; 17] = [
    "v", "t", "parent", "name", "mime", "size", "mtime", "note", "objs", "files", "man", "oid", "fek", "root", "len",
    "p", "m",
];
/// The rest of them.
const KNOWN_SHORT: [&str; 2] = ["s", "x"];

/// Marks the known keys of one object as they come.
#[derive(Default)]
pub(super) struct Seen(u32);

impl Seen {
    pub(super) fn mark<E: de::Error>(&mut self, key: &str) -> Result<(), E> {
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

/// A value of a key that means nothing here: walked for what is refused everywhere, and kept as it is if it is its owner's. What
/// others sent may be made of nothing else, and would take many times its size.
pub(super) fn unknown<'de, A: MapAccess<'de>>(
    map: &mut A,
    key: String,
    place: Place,
    unknown: &mut UnknownMembers,
) -> Result<(), A::Error> {
    if place == Place::Payload {
        return map.next_value::<Walk>().map(drop);
    }
    let raw: Box<RawValue> = map.next_value()?;
    serde_json::from_slice::<Walk>(raw.get().as_bytes()).map_err(A::Error::custom)?;
    unknown.0.push((key, raw));
    Ok(())
}

/// Any value: texts must be sound, known keys single.
pub(super) struct Walk;

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
