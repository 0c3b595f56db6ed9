//! Whole numbers as JSON has them: `3` and `3.0` are the same number there, and some libraries write the second.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// The largest whole number that every JSON library keeps exact.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

/// For `deserialize_with`.
pub(crate) fn whole<'de, D: Deserializer<'de>, T: TryFrom<u64>>(deserializer: D) -> Result<T, D::Error> {
    // Whatever it is: values that serde keeps for a second look do not offer a float to who asks for an integer.
    deserializer.deserialize_any(Whole(PhantomData))
}

/// The same where null means nothing.
pub(crate) fn optional<'de, D: Deserializer<'de>, T: TryFrom<u64>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(Optional(PhantomData))
}

struct Whole<T>(PhantomData<T>);

impl<T: TryFrom<u64>> Visitor<'_> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        T::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and in range"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        if value.fract() == 0.0 && (0.0..=MAX_EXACT).contains(&value) {
            return self.visit_u64(value as u64);
        }
        Err(E::invalid_value(Unexpected::Float(value), &self))
    }
}

struct Optional<T>(PhantomData<T>);

impl<'de, T: TryFrom<u64>> Visitor<'de> for Optional<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        whole(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use crate::uploads::{NewUpload, PartToSign};

    #[test]
    fn x48_a_whole_number_may_have_a_point() {
        let part = |text: &str| {
            serde_json::from_str::<PartToSign>(text)
                .ok()
                .map(|part| (part.n, part.len))
        };
        assert_eq!(part(r#"{"n": 1.0, "len": 10485760}"#), Some((1, 10_485_760)));
        assert_eq!(part(r#"{"n": 1, "len": 1.048576e7}"#), Some((1, 10_485_760)));
        for wrong in [
            r#"{"n": 1.5, "len": 1}"#,
            r#"{"n": -1.0, "len": 1}"#,
            r#"{"n": 4294967296.0, "len": 1}"#,
            r#"{"n": 1, "len": 1e300}"#,
            r#"{"n": 1, "len": "1"}"#,
            r#"{"n": null, "len": 1}"#,
        ] {
            assert_eq!(part(wrong), None, "{wrong}");
        }
        let upload = |len: &str| {
            let text = format!(r#"{{"object_id": "AAAAAAAAAAAAAAAAAAAAAA", {len}"part_len": 10485760.0}}"#);
            serde_json::from_str::<NewUpload>(&text).map(|upload| upload.sealed_len)
        };
        assert_eq!(upload("").ok(), Some(None));
        assert_eq!(upload(r#""sealed_len": null, "#).ok(), Some(None));
        assert_eq!(upload(r#""sealed_len": 172.0, "#).ok(), Some(Some(172)));
        assert!(upload(r#""sealed_len": 172.5, "#).is_err());
    }
}
