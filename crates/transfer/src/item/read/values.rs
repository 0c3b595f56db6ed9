//! The values of the grammar: texts, numbers, types, bytes, and lists of a bounded length.

use core::fmt;

use sealdrop_crypto::decode_base64url;
use serde::de::{self, Deserializer, Error as _, SeqAccess, Visitor};

use crate::item::{MAX_MIME, MAX_NUMBER};

/// A string; serde_json refuses lone surrogates and bare controls.
pub(super) struct Text(pub(super) String);

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
pub(super) struct Number(pub(super) u64);

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

/// A type: ASCII, and short.
pub(super) struct Mime(pub(super) String);

impl<'de> de::Deserialize<'de> for Mime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        if text.is_ascii() && text.len() <= MAX_MIME {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("type"))
        }
    }
}

/// Exactly `N` bytes as canonical base64url.
pub(super) struct Bytes<const N: usize>(pub(super) [u8; N]);

impl<'de, const N: usize> de::Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        decode_base64url(&text)
            .map(Self)
            .map_err(|_| D::Error::custom("base64url"))
    }
}

/// A list of at most `MAX`.
pub(super) struct Bounded<T, const MAX: usize>(pub(super) Vec<T>);

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
                // A list may hold a hundred thousand short ones.
                list.shrink_to_fit();
                Ok(Bounded(list))
            }
        }
        deserializer.deserialize_seq(V::<T, MAX>(core::marker::PhantomData))
    }
}
