//! Every lie about a JSON answer: each value gone, of another kind, at its bounds, from another link; each character of
//! what is sealed; and the answer around it.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};

use super::{
    mutation::{Change, Edit, Mutation, Site},
    recording::Recording,
};

/// Texts longer than this are sealed: each of their characters is altered once.
const SEALED: usize = 120;

/// All lies about the JSON answers of a recording. `other` is a recording of another link: its values are put in the place of ours.
#[must_use]
pub fn mutations_of_answers(recording: &Recording, other: &Recording) -> Vec<Mutation> {
    let theirs = other.json();
    let mut all = Vec::new();
    let mut seen = Vec::new();
    for (site, answer) in recording.json() {
        // One answer of each route: the others differ in values, not in shape.
        if seen.contains(&site) {
            continue;
        }
        seen.push(site);
        let foreign = theirs.iter().find(|(one, _)| *one == site).map(|(_, value)| value);
        walk("", &answer, foreign, &mut |at, what, value| {
            let name = format!("{} {what}", if at.is_empty() { "the answer" } else { at });
            let at = at.to_owned();
            all.push(Mutation::new(site, name, Change::Json { at, value }));
        });
        if let Some(foreign) = foreign {
            let at = String::new();
            let value = Some(foreign.clone());
            all.push(Mutation::new(
                site,
                "the answer of another link",
                Change::Json { at, value },
            ));
        }
        around(site, &answer, &mut all);
    }
    all
}

type Tell<'a> = dyn FnMut(&str, &str, Option<Value>) + 'a;

fn walk(at: &str, value: &Value, foreign: Option<&Value>, tell: &mut Tell<'_>) {
    tell(at, "is null", Some(Value::Null));
    if !at.is_empty() {
        tell(at, "is gone", None);
        if let Some(foreign) = foreign.filter(|foreign| *foreign != value) {
            tell(at, "is another link's", Some(foreign.clone()));
        }
    }
    match value {
        Value::Object(fields) => {
            tell(at, "is empty", Some(json!({})));
            tell(at, "is a list", Some(json!([value])));
            let mut more = fields.clone();
            more.insert("unknown".to_owned(), json!({"key": "value"}));
            tell(at, "has an unknown field", Some(Value::Object(more)));
            for (name, inner) in fields {
                walk(
                    &format!("{at}/{name}"),
                    inner,
                    foreign.and_then(|one| one.get(name)),
                    tell,
                );
            }
        }
        Value::Array(list) => {
            tell(at, "is empty", Some(json!([])));
            tell(at, "is an object", Some(json!({})));
            tell(at, "is doubled", Some(Value::Array([&list[..], list].concat())));
            tell(at, "is turned round", Some(list.iter().rev().cloned().collect()));
            tell(at, "is short of one", Some(list.iter().skip(1).cloned().collect()));
            let many = list.iter().cycle().take(list.len() * 1_000).cloned();
            tell(at, "is a thousandfold", Some(many.collect()));
            for (index, inner) in list.iter().enumerate().take(2) {
                walk(
                    &format!("{at}/{index}"),
                    inner,
                    foreign.and_then(|one| one.get(index)),
                    tell,
                );
            }
        }
        Value::String(text) => of_text(at, text, tell),
        Value::Number(number) => of_number(at, number.as_u64().unwrap_or_default(), tell),
        Value::Bool(is) => tell(at, "is the opposite", Some(json!(!is))),
        Value::Null => {
            for (what, other) in [
                ("is a text", json!("x")),
                ("is a number", json!(1)),
                ("is an object", json!({})),
            ] {
                tell(at, what, Some(other));
            }
        }
    }
}

fn of_text(at: &str, text: &str, tell: &mut Tell<'_>) {
    if text.is_empty() || !text.is_ascii() {
        tell(at, "is another", Some(json!("another")));
        return;
    }
    for (what, other) in [
        ("is empty", String::new()),
        ("is doubled", text.repeat(2)),
        ("is short of its last character", text[..text.len() - 1].to_owned()),
        ("is short of its first character", text[1..].to_owned()),
        ("is cut in half", text[..text.len() / 2].to_owned()),
        ("has a blank behind it", format!("{text} ")),
        ("has a zero in it", format!("{}\0", &text[..text.len() - 1])),
        ("is a megabyte long", text.chars().cycle().take(1 << 20).collect()),
    ] {
        tell(at, what, Some(json!(other)));
    }
    tell(at, "is a number", Some(json!(7)));
    tell(at, "is a list", Some(json!([text])));
    older_formats(at, text, tell);
    if text.starts_with('/') {
        let path = text.split('?').next().unwrap_or_default();
        for (what, other) in [
            ("is not signed", path.to_owned()),
            ("leads to a closed port", "http://127.0.0.1:9/".to_owned()),
            ("leads to a file", "file:///etc/passwd".to_owned()),
            ("leads to a script", "javascript:alert(1)".to_owned()),
            ("leads to the API", "/api/v1/limits".to_owned()),
            ("leads upwards", format!("/../..{text}")),
        ] {
            tell(at, what, Some(json!(other)));
        }
    } else if text.ends_with('Z') && text.contains("T") && text.contains(':') {
        for other in [
            "1970-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "+262143-01-01T00:00:00Z",
            "2026-13-45T99:99:99Z",
        ] {
            tell(at, &format!("is {other}"), Some(json!(other)));
        }
    } else {
        let chars: Vec<char> = text.chars().collect();
        let places: Vec<usize> = if text.len() > SEALED {
            (0..chars.len()).collect()
        } else {
            vec![0, chars.len() / 2, chars.len() - 1]
        };
        for place in places {
            let mut altered = chars.clone();
            altered[place] = if altered[place] == 'A' { 'B' } else { 'A' };
            let altered: String = altered.into_iter().collect();
            tell(at, &format!("differs in character {place}"), Some(json!(altered)));
        }
    }
}

/// What is sealed begins with version, suite, purpose and a zero (format, section 3): each said to be another.
fn older_formats(at: &str, text: &str, tell: &mut Tell<'_>) {
    let Some(bytes) = Base64UrlUnpadded::decode_vec(text).ok().filter(|_| text.len() > SEALED) else {
        return;
    };
    for (place, of) in ["version", "suite", "purpose", "fourth byte"].into_iter().enumerate() {
        for value in [0, 1, 2, 3, 0x10, 0x20, 0x7f, 0xff] {
            let mut altered = bytes.clone();
            if std::mem::replace(&mut altered[place], value) != value {
                let altered = Base64UrlUnpadded::encode_string(&altered);
                tell(at, &format!("is of {of} {value}"), Some(json!(altered)));
            }
        }
    }
}

fn of_number(at: &str, number: u64, tell: &mut Tell<'_>) {
    for other in [
        0,
        1,
        number.saturating_add(1),
        number.saturating_sub(1),
        number.saturating_mul(2),
        number / 2,
        u64::from(u32::MAX),
        1 << 53,
        i64::MAX as u64,
        u64::MAX,
    ] {
        if other != number {
            tell(at, &format!("is {other}"), Some(json!(other)));
        }
    }
    tell(at, "is negative", Some(json!(-1)));
    tell(at, "is a fraction", Some(json!(1.5)));
    tell(at, "is beyond any number", Some(json!(1e300)));
    tell(at, "is a text", Some(json!(number.to_string())));
}

/// What is not in the JSON but around it.
fn around(site: Site, answer: &Value, all: &mut Vec<Mutation>) {
    let text = answer.to_string();
    let mut body = |what: &str, edit: Edit| all.push(Mutation::new(site, what, Change::Body(edit)));
    for (what, other) in [
        ("nothing", ""),
        ("nothing but blanks", "   "),
        ("a page", "<!doctype html><title>hello</title>"),
        ("a list", "[]"),
        ("a number", "1"),
        ("a text that does not end", "\"x"),
        ("bytes that are no text", "\u{feff}{}"),
    ] {
        body(what, Edit::Replace(other.as_bytes().to_vec()));
    }
    for eighth in 1..8 {
        body(
            &format!("{eighth} of its 8 eighths"),
            Edit::Cut(text.len() * eighth / 8),
        );
    }
    body("itself twice", Edit::Append(text.clone().into_bytes()));
    body("a hundred thousand brackets", Edit::Replace(vec![b'['; 100_000]));
    body(
        "nine megabytes of blanks in front",
        Edit::Splice(0..0, vec![b' '; 9 << 20]),
    );
    for status in [
        201, 204, 206, 301, 302, 400, 401, 403, 404, 409, 410, 416, 429, 500, 502, 503,
    ] {
        all.push(Mutation::new(site, format!("status {status}"), Change::Status(status)));
    }
    for (what, change) in [
        ("a length too long by one", Change::Length(1)),
        ("a length too short by one", Change::Length(-1)),
        ("no end", Change::Unended),
        ("64 megabytes more", Change::Endless),
        (
            "a redirection",
            Change::Header("location", Some("http://127.0.0.1:9/".to_owned())),
        ),
        (
            "another type",
            Change::Header("content-type", Some("text/html".to_owned())),
        ),
        (
            "a claim to be compressed",
            Change::Header("content-encoding", Some("gzip".to_owned())),
        ),
        ("a cookie", Change::Header("set-cookie", Some("a=b".to_owned()))),
    ] {
        all.push(Mutation::new(site, what, change));
    }
}
