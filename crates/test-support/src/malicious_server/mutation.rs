//! One lie, and what it does to an answer.

use core::ops::Range;

use serde_json::Value;

use super::wire::{Answer, Framing};

/// Which answer is altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Site {
    /// `GET limits`.
    Limits,
    /// `POST uploads`.
    Reserve,
    /// `POST uploads/{object_id}/urls`.
    SignParts,
    /// `POST uploads/{object_id}/complete`.
    Complete,
    /// `GET uploads/{object_id}`.
    Upload,
    /// `POST links`.
    CreateLink,
    /// `POST links/{link_id}/open`.
    Open,
    /// `POST links/{link_id}/claims`.
    Claim,
    /// `POST …/claims/{claim_id}/urls`.
    SignObjects,
    /// `POST …/claims/{claim_id}/commit`.
    Commit,
    /// `POST …/claims/{claim_id}/release`.
    Release,
    /// A GET of the bucket, on its way.
    Range,
    /// What the bucket holds, by its place on the recording.
    Object(usize),
    /// Everything else: pages, scripts.
    Other,
}

impl Site {
    pub(super) fn of(method: &str, path: &str) -> Self {
        let words: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        match (method, &words[..]) {
            ("GET", _) if path.starts_with("/blobs/") => Self::Range,
            _ if !path.starts_with("/api/v1/") => Self::Other,
            ("GET", ["limits"]) => Self::Limits,
            ("POST", ["uploads"]) => Self::Reserve,
            ("POST", ["uploads", _, "urls"]) => Self::SignParts,
            ("POST", ["uploads", _, "complete"]) => Self::Complete,
            ("GET", ["uploads", _]) => Self::Upload,
            ("POST", ["links"]) => Self::CreateLink,
            ("POST", ["links", _, "open"]) => Self::Open,
            ("POST", ["links", _, "claims"]) => Self::Claim,
            ("POST", ["links", _, "claims", _, "urls"]) => Self::SignObjects,
            ("POST", ["links", _, "claims", _, "commit"]) => Self::Commit,
            ("POST", ["links", _, "claims", _, "release"]) => Self::Release,
            _ => Self::Other,
        }
    }
}

/// One lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutation {
    /// Where.
    pub site: Site,
    /// In words, for who reads that it was believed.
    pub what: String,
    /// What is done.
    pub change: Change,
    /// What is said elsewhere so that the lie is of one piece.
    pub besides: Vec<(Site, Change)>,
    /// Whether only the first answer lies, and a second try hears the truth.
    pub once: bool,
}

impl Mutation {
    /// A lie in every answer.
    pub fn new(site: Site, what: impl Into<String>, change: Change) -> Self {
        Self {
            site,
            what: what.into(),
            change,
            besides: Vec::new(),
            once: false,
        }
    }

    /// The same, and the other answer agrees with it.
    #[must_use]
    pub fn besides(mut self, site: Site, change: Change) -> Self {
        self.besides.push((site, change));
        self
    }

    /// What it does to an answer of this kind.
    pub(super) fn change_of(&self, site: Site) -> Option<&Change> {
        let besides = self.besides.iter().map(|(site, change)| (*site, change));
        std::iter::once((self.site, &self.change))
            .chain(besides)
            .find(|(of, _)| *of == site)
            .map(|(_, change)| change)
    }
}

/// What is done to an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A value of the JSON is another, or is not there.
    Json {
        /// JSON pointer (RFC 6901).
        at: String,
        /// `None` takes it away.
        value: Option<Value>,
    },
    /// Other bytes.
    Body(Edit),
    /// Another status.
    Status(u16),
    /// A header with another value, or none.
    Header(&'static str, Option<String>),
    /// A `Content-Length` that is wrong by this much.
    Length(i64),
    /// Chunks without an end.
    Unended,
    /// 64 MiB more than there should be.
    Endless,
    /// The range that begins this many bytes later, announced as the one that was asked for.
    Shift(i64),
    /// The whole object with status 200.
    Whole,
}

/// Other bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// These bits of one byte.
    Flip(usize, u8),
    /// One byte has this value.
    Set(usize, u8),
    /// Only this many bytes are left.
    Cut(usize),
    /// These come behind.
    Append(Vec<u8>),
    /// These stand in the place of a range.
    Splice(Range<usize>, Vec<u8>),
    /// Two ranges of one length change places.
    Swap(Range<usize>, Range<usize>),
    /// Nothing of it is left but this.
    Replace(Vec<u8>),
    /// One after the other.
    Each(Vec<Edit>),
}

impl Edit {
    /// Two in a row.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self::Each(vec![self, next])
    }

    /// Does it. What is out of bounds does nothing.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        let fits = |range: &Range<usize>| range.start <= range.end && range.end <= bytes.len();
        match self {
            Self::Flip(at, bits) => {
                if let Some(byte) = bytes.get_mut(*at) {
                    *byte ^= bits;
                }
            }
            Self::Set(at, value) => {
                if let Some(byte) = bytes.get_mut(*at) {
                    *byte = *value;
                }
            }
            Self::Cut(len) => bytes.truncate(*len),
            Self::Append(more) => bytes.extend_from_slice(more),
            Self::Splice(range, other) if fits(range) => {
                bytes.splice(range.clone(), other.iter().copied());
            }
            Self::Swap(one, two) if fits(one) && fits(two) && one.len() == two.len() => {
                let (first, second) = (bytes[one.clone()].to_vec(), bytes[two.clone()].to_vec());
                bytes[one.clone()].copy_from_slice(&second);
                bytes[two.clone()].copy_from_slice(&first);
            }
            Self::Splice(..) | Self::Swap(..) => {}
            Self::Replace(other) => other.clone_into(bytes),
            Self::Each(edits) => edits.iter().for_each(|edit| edit.apply(bytes)),
        }
    }
}

impl Change {
    /// Alters an answer on its way. Answers how its end is announced.
    pub(super) fn apply(&self, answer: &mut Answer) -> Framing {
        match self {
            Self::Json { at, value } => {
                if let Ok(mut json) = serde_json::from_slice::<Value>(&answer.body) {
                    put(&mut json, at, value.clone());
                    answer.body = json.to_string().into_bytes();
                }
            }
            Self::Body(edit) => edit.apply(&mut answer.body),
            Self::Status(status) => answer.status = *status,
            Self::Header(name, value) => answer.set_header(name, value.as_deref()),
            Self::Length(by) => return Framing::Off(*by),
            Self::Unended => return Framing::Unended,
            Self::Endless => return Framing::Endless,
            // Done where the range is cut out of the object.
            Self::Shift(_) | Self::Whole => {}
        }
        Framing::True
    }
}

/// Puts a value at a pointer, or takes away what is there.
fn put(json: &mut Value, at: &str, value: Option<Value>) {
    let Some((parent, name)) = at.rsplit_once('/') else {
        *json = value.unwrap_or(Value::Null);
        return;
    };
    match (json.pointer_mut(parent), value) {
        (Some(Value::Object(fields)), Some(value)) => {
            fields.insert(name.to_owned(), value);
        }
        (Some(Value::Object(fields)), None) => {
            fields.remove(name);
        }
        (Some(Value::Array(list)), value) => {
            let Some(index) = name.parse::<usize>().ok().filter(|index| *index < list.len()) else {
                return;
            };
            match value {
                Some(value) => list[index] = value,
                None => {
                    list.remove(index);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_put_where_the_pointer_says() {
        let mut value = json!({"urls": [{"n": 1}, {"n": 2}]});
        put(&mut value, "/urls/1/n", Some(json!(9)));
        put(&mut value, "/urls/0", None);
        put(&mut value, "/new", Some(json!(true)));
        assert_eq!(value, json!({"urls": [{"n": 9}], "new": true}));
        put(&mut value, "", Some(json!([])));
        assert_eq!(value, json!([]));
    }

    #[test]
    fn edits_do_what_they_say() {
        let edited = |edit: Edit| {
            let mut bytes = b"abcdef".to_vec();
            edit.apply(&mut bytes);
            String::from_utf8(bytes).expect("letters")
        };
        assert_eq!(edited(Edit::Flip(0, 0x20)), "Abcdef");
        assert_eq!(edited(Edit::Swap(0..2, 4..6)), "efcdab");
        assert_eq!(edited(Edit::Splice(1..3, b"-".to_vec())), "a-def");
        assert_eq!(edited(Edit::Cut(2)), "ab");
        assert_eq!(edited(Edit::Splice(2..2, b"ab".to_vec()).then(Edit::Cut(6))), "ababcd");
        assert_eq!(edited(Edit::Swap(0..2, 5..9)), "abcdef");
    }

    #[test]
    fn a_lie_of_one_piece_changes_both_answers() {
        let lie =
            Mutation::new(Site::Object(0), "cut", Change::Body(Edit::Cut(1))).besides(Site::Open, Change::Status(500));
        assert_eq!(lie.change_of(Site::Object(0)), Some(&Change::Body(Edit::Cut(1))));
        assert_eq!(lie.change_of(Site::Open), Some(&Change::Status(500)));
        assert_eq!(lie.change_of(Site::Object(1)), None);
    }

    #[test]
    fn routes_are_told_apart() {
        assert_eq!(Site::of("POST", "/api/v1/links/x/claims/y/urls"), Site::SignObjects);
        assert_eq!(Site::of("GET", "/blobs/o/x"), Site::Range);
        assert_eq!(Site::of("GET", "/d/x"), Site::Other);
    }
}
