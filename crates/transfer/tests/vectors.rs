//! The accepted and refused texts and paths of the format.

use sealdrop_transfer::{Item, ListFault, Listing, Place, is_path};
use serde_json::Value;

fn vectors(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("vectors.json")).expect("the vectors are JSON");
    all[name].as_array().expect("a list of cases").clone()
}

#[test]
fn c10_texts_are_accepted_and_refused_as_the_format_says() {
    let cases = vectors("json");
    assert_eq!(cases.len(), 48);
    for case in &cases {
        let (place, text) = (case[0].as_str().expect("where"), case[1].as_str().expect("a text"));
        let verdict = match place {
            "item" => Item::parse(text.as_bytes(), Place::Item).map(|_| ()),
            "payload" => Item::parse(text.as_bytes(), Place::Payload).map(|_| ()),
            _ => Listing::parse_manifest(text.as_bytes()).map(|_| ()),
        };
        assert_eq!(verdict.is_ok(), case[2] == true, "{place} {text}: {verdict:?}");
        assert_eq!(
            verdict == Err(ListFault::NewerVersion),
            text.contains(r#""v":2"#),
            "{text}"
        );
    }
    println!("item, payload and manifest texts: {}", cases.len());
}

#[test]
fn accepted_texts_survive_a_rewrite() {
    for case in vectors("json").iter().filter(|case| case[2] == true) {
        let (place, text) = (case[0].as_str().expect("where"), case[1].as_str().expect("a text"));
        if place == "manifest" {
            let list = Listing::parse_manifest(text.as_bytes()).expect("accepted");
            let again = Listing::parse_manifest(&list.to_manifest_json()).expect("what was written reads");
            assert_eq!(*again.to_manifest_json(), *list.to_manifest_json());
            continue;
        }
        let place = if place == "item" { Place::Item } else { Place::Payload };
        let item = Item::parse(text.as_bytes(), place).expect("accepted");
        let again = Item::parse(&item.to_json(place), place).expect("what was written reads");
        assert_eq!(*again.to_json(place), *item.to_json(place));
    }
}

#[test]
fn paths_are_accepted_and_refused_as_the_format_says() {
    let cases = vectors("paths");
    assert_eq!(cases.len(), 22);
    for case in &cases {
        let path = case[0].as_str().expect("a path");
        assert_eq!(is_path(path), case[1] == true, "{path:?}");
    }
    println!("paths: {}", cases.len());
}

#[test]
fn c10_bytes_that_are_no_utf8_and_texts_beyond_the_bounds_are_refused() {
    assert!(Item::parse(b"{\"v\":1,\"t\":\"folder\",\"name\":\"\xff\"}", Place::Item).is_err());
    let padded = |n: usize| format!("{{\"v\":1,\"t\":\"folder\",\"name\":\"f\"}}{}", " ".repeat(n));
    let len = padded(0).len();
    assert!(Item::parse(padded(61_440 - len).as_bytes(), Place::Item).is_ok());
    assert!(Item::parse(padded(61_441 - len).as_bytes(), Place::Item).is_err());
    let nested = format!(
        "{{\"v\":1,\"t\":\"folder\",\"name\":\"f\",\"x1\":{}{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert!(Item::parse(nested.as_bytes(), Place::Item).is_err());
}
