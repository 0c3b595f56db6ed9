//! Writes lists as JSON by hand: the types hold keys and are not `Serialize` on purpose.

use std::io::Write as _;

use sealdrop_crypto::{Zeroizing, encode_base64url};

use super::{Body, FileEntry, Item, ItemKind, Listing, ObjectRef, Place, UnknownMembers};

type Out = Zeroizing<Vec<u8>>;

pub(super) fn item(item: &Item, place: Place) -> Out {
    let mut out = room_for(match &item.body {
        Body::Listed(list) => Some(list),
        _ => None,
    });
    let kind = match item.kind {
        ItemKind::File => "file",
        ItemKind::Bundle => "bundle",
        ItemKind::Folder => "folder",
    };
    raw(&mut out, r#"{"v":1,"t":""#);
    raw(&mut out, kind);
    raw(&mut out, r#"","name":"#);
    text(&mut out, &item.name);
    if let (Place::Item, Some(parent)) = (place, item.parent) {
        raw(&mut out, &format!(r#","parent":"{}""#, encode_base64url(&parent)));
    }
    optional_text(&mut out, "mime", item.mime.as_deref());
    if item.kind != ItemKind::Folder {
        raw(&mut out, &format!(r#","size":{}"#, item.size));
    }
    if let Some(time) = item.modified_ms {
        raw(&mut out, &format!(r#","mtime":{time}"#));
    }
    if place == Place::Payload {
        optional_text(&mut out, "note", item.note.as_deref());
    }
    match &item.body {
        Body::Nothing => {}
        Body::Whole(object) => {
            raw(&mut out, r#","objs":["#);
            write_object(&mut out, object);
            raw(&mut out, "]");
        }
        Body::Listed(list) => {
            raw(&mut out, ",");
            listing(&mut out, list);
        }
        Body::Manifest(object) => {
            raw(&mut out, r#","man":"#);
            write_object(&mut out, object);
        }
    }
    write_unknown(&mut out, &item.unknown);
    raw(&mut out, "}");
    out
}

pub(super) fn manifest(list: &Listing) -> Out {
    let mut out = room_for(Some(list));
    raw(&mut out, r#"{"v":1,"#);
    listing(&mut out, list);
    raw(&mut out, "}");
    out
}

/// Enough room, so that no copy of a key is left behind where the text grew.
fn room_for(list: Option<&Listing>) -> Out {
    let room = list.map_or(0, |list| {
        let paths: usize = list
            .files
            .iter()
            .map(|file| file.path.len() * 2 + 200 + file.extents.len() * 64)
            .sum();
        paths + list.objects.len() * 200
    });
    Zeroizing::new(Vec::with_capacity(16_384 + room))
}

fn listing(out: &mut Out, list: &Listing) {
    raw(out, r#""objs":["#);
    for (place, object) in list.objects.iter().enumerate() {
        comma(out, place);
        write_object(out, object);
    }
    raw(out, r#"],"files":["#);
    for (place, file) in list.files.iter().enumerate() {
        comma(out, place);
        write_file(out, file);
    }
    raw(out, "]");
}

fn write_object(out: &mut Out, object: &ObjectRef) {
    raw(out, &format!(r#"{{"oid":"{}","fek":""#, object.object_id));
    raw(out, &object.fek.to_text());
    raw(
        out,
        &format!(
            r#"","root":"{}","len":{}}}"#,
            encode_base64url(&object.tag_root),
            object.stream_len
        ),
    );
}

fn write_file(out: &mut Out, file: &FileEntry) {
    raw(out, r#"{"p":"#);
    text(out, &file.path);
    optional_text(out, "m", file.mime.as_deref());
    raw(out, &format!(r#","s":{}"#, file.len));
    if let Some(time) = file.modified_ms {
        raw(out, &format!(r#","t":{time}"#));
    }
    raw(out, r#","x":["#);
    for (place, extent) in file.extents.iter().enumerate() {
        comma(out, place);
        raw(out, &format!("[{},{},{}]", extent.object, extent.offset, extent.len));
    }
    raw(out, "]");
    write_unknown(out, &file.unknown);
    raw(out, "}");
}

fn write_unknown(out: &mut Out, unknown: &UnknownMembers) {
    for (key, value) in &unknown.0 {
        raw(out, ",");
        text(out, key);
        raw(out, ":");
        raw(out, value.get());
    }
}

fn optional_text(out: &mut Out, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        raw(out, &format!(r#","{key}":"#));
        text(out, value);
    }
}

fn comma(out: &mut Out, place: usize) {
    if place > 0 {
        raw(out, ",");
    }
}

fn raw(out: &mut Out, piece: &str) {
    out.extend_from_slice(piece.as_bytes());
}

fn text(out: &mut Out, value: &str) {
    let out: &mut Vec<u8> = out;
    serde_json::to_writer(&mut *out, value).expect("a string is always JSON, and a Vec takes it");
    out.flush().expect("a Vec has nothing to flush");
}

#[cfg(test)]
mod tests {
    use crate::item::{Item, Place};

    /// What this version does not know survives a rewrite, on top and in a file.
    #[test]
    fn unknown_keys_are_kept() {
        let id = "cIlGLaLIyJ9KmNVlQiAtJg";
        let key = "LC73yiNt9yW7YBgQBMO7ghF015WIHKh57Xe3sY603tA";
        let given = format!(
            r#"{{"v":1,"t":"bundle","name":"b","size":5,"later":{{"a":[-1,1.5e3]}},
              "objs":[{{"oid":"{id}","fek":"{key}","root":"{key}","len":65380}}],
              "files":[{{"p":"d/\u00e9","s":5,"x":[[0,0,5]],"colour":"red"}}]}}"#
        );
        let item = Item::parse(given.as_bytes(), Place::Item).expect("it is sound");
        let written = item.to_json(Place::Item);
        let text = core::str::from_utf8(&written).expect("JSON is UTF-8");
        assert!(
            text.contains(r#""later":{"a":[-1,1.5e3]}"#) && text.contains(r#""colour":"red""#),
            "{text}"
        );
        let again = Item::parse(&written, Place::Item).expect("what was written reads");
        assert_eq!(*again.to_json(Place::Item), *written);
        // Of what others sent, nothing is.
        let sent = Item::parse(given.as_bytes(), Place::Payload).expect("it is sound");
        let written = sent.to_json(Place::Payload);
        let text = core::str::from_utf8(&written).expect("JSON is UTF-8");
        assert!(!text.contains("later") && !text.contains("colour"), "{text}");
    }
}
