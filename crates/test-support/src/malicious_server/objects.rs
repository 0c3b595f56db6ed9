//! Every lie about what the bucket holds, and about the bytes on their way: bits, cuts, records out of place, doubled, taken
//! from another object, older formats, and headers that say something else than the body.

use core::ops::Range;

use super::{
    mutation::{Change, Edit, Mutation, Site},
    recording::Recording,
    seeded::Seeded,
};

/// Bytes in front of the records (format, section 2).
const HEADER: usize = 128;
/// Bytes that one record takes with its slot.
const RECORD: usize = 262_144;
/// Bytes of a record that are not content: nonce and tag.
const OVERHEAD: usize = 28;

/// All lies about the objects of a recording. `other` is a recording of another link; `older` holds the same content as it was sealed
/// another time. `random` bits are flipped in each object besides those that are chosen.
#[must_use]
pub fn mutations_of_objects(
    recording: &Recording,
    other: &Recording,
    older: &Recording,
    random: usize,
    seed: u64,
) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut chance = Seeded::new(seed);
    for (place, stored) in recording.objects().iter().enumerate() {
        let len = stored.bytes.len();
        let records = records(len);
        let mut add = |what: String, edit: Edit| {
            all.push(Mutation::new(Site::Object(place), what, Change::Body(edit)));
        };
        bits(len, &records, random, &mut chance, &mut add);
        cuts(len, &records, &mut add);
        order(&stored.bytes, &records, &mut add);
        for (whose, source) in [("another link's", other), ("an older sealing's", older)] {
            for (index, theirs) in source.objects().iter().enumerate() {
                if theirs.bytes != stored.bytes {
                    foreign(&format!("{whose} object {index}"), &theirs.bytes, &records, &mut add);
                }
            }
        }
        of_one_piece(place, len, &records, &mut all);
    }
    let largest = recording
        .objects()
        .iter()
        .map(|one| one.bytes.len())
        .max()
        .unwrap_or_default();
    on_the_way(largest, &mut all);
    all
}

/// Where the records lie: the first behind the header, all in slots of 256 KiB.
fn records(len: usize) -> Vec<Range<usize>> {
    (0..len)
        .step_by(RECORD)
        .map(|start| start.max(HEADER)..(start + RECORD).min(len))
        .filter(|record| !record.is_empty())
        .collect()
}

fn bits(len: usize, records: &[Range<usize>], random: usize, chance: &mut Seeded, add: &mut impl FnMut(String, Edit)) {
    for at in 0..HEADER {
        for bits in [0x01, 0x80] {
            add(format!("header byte {at} ^ {bits:#x}"), Edit::Flip(at, bits));
        }
    }
    // Version, suite, reserved, record size: what a downgrade would say.
    for at in 8..16 {
        for value in [0, 2, 255] {
            add(format!("header byte {at} = {value}"), Edit::Set(at, value));
        }
    }
    // Nonce and first block, last block and tag of every record.
    for record in records {
        let edges = (record.start..record.start + 32).chain(record.end - 32..record.end);
        for at in edges {
            add(format!("bit of byte {at} at a record's edge"), Edit::Flip(at, 1));
        }
    }
    for _ in 0..random {
        let (at, bit) = (chance.below(len), chance.below(8));
        add(format!("bit {bit} of byte {at}"), Edit::Flip(at, 1 << bit));
    }
}

fn cuts(len: usize, records: &[Range<usize>], add: &mut impl FnMut(String, Edit)) {
    let mut edges = vec![
        0,
        1,
        HEADER - 1,
        HEADER,
        HEADER + 1,
        len / 2,
        len - 28,
        len - 16,
        len - 1,
    ];
    for record in records {
        edges.extend([
            record.start - 1,
            record.start,
            record.start + 1,
            record.end - 1,
            record.end,
        ]);
    }
    edges.sort_unstable();
    edges.dedup();
    for at in edges.into_iter().filter(|at| *at < len) {
        add(format!("cut off at {at}"), Edit::Cut(at));
        add(format!("zeros from {at}"), Edit::Splice(at..len, vec![0; len - at]));
    }
    for more in [1, 16, 28, RECORD] {
        add(format!("{more} bytes too many"), Edit::Append(vec![0; more]));
        add(
            format!("{more} bytes too many in front"),
            Edit::Splice(0..0, vec![0; more]),
        );
    }
    add("nothing".to_owned(), Edit::Replace(Vec::new()));
}

fn order(bytes: &[u8], records: &[Range<usize>], add: &mut impl FnMut(String, Edit)) {
    for (n, one) in records.iter().enumerate() {
        let twice = Edit::Splice(one.end..one.end, bytes[one.clone()].to_vec());
        add(format!("record {n} doubled"), twice.clone());
        add(
            format!("record {n} doubled, the length kept"),
            twice.then(Edit::Cut(bytes.len())),
        );
        for m in [n.checked_sub(1), Some(n + 1)].into_iter().flatten() {
            if let Some(other) = records.get(m) {
                let edit = Edit::Splice(other.clone(), bytes[one.clone()].to_vec());
                add(format!("record {n} in the place of {m}"), edit);
            }
        }
        add(format!("record {n} dropped"), Edit::Splice(one.clone(), Vec::new()));
        add(
            format!("record {n} empty"),
            Edit::Splice(one.clone(), vec![0; one.len()]),
        );
        for (m, two) in records.iter().enumerate().filter(|(m, _)| *m != n) {
            if n < m && one.len() == two.len() {
                add(
                    format!("records {n} and {m} swapped"),
                    Edit::Swap(one.clone(), two.clone()),
                );
            }
        }
    }
}

/// Lies of one piece: the object is shorter or longer, its header says so, and the API agrees.
fn of_one_piece(place: usize, len: usize, records: &[Range<usize>], all: &mut Vec<Mutation>) {
    let mut tell = |what: String, told: usize, edit: Edit| {
        let lie = Mutation::new(Site::Object(place), what.clone(), Change::Body(edit));
        let said = |at: &str| Change::Json {
            at: at.to_owned(),
            value: Some(told.into()),
        };
        all.push(lie.clone());
        let agreed = lie
            .besides(Site::SignObjects, said("/urls/0/sealed_len"))
            .besides(Site::Open, said("/manifest/sealed_len"));
        all.push(Mutation {
            what: format!("{what}, and the API agrees"),
            ..agreed
        });
    };
    // Bytes 64 to 72 of the header are the length of what the records hold (format, section 2).
    let header = |records: usize, end: usize| {
        let stream = (end - HEADER - records * OVERHEAD) as u64;
        Edit::Splice(64..72, stream.to_be_bytes().to_vec())
    };
    for (n, record) in records.iter().enumerate() {
        let end = record.end;
        if end < len {
            tell(format!("only {} records", n + 1), end, Edit::Cut(end));
            let edit = header(n + 1, end).then(Edit::Cut(end));
            tell(format!("only {} records, as the header says", n + 1), end, edit);
        }
        if record.len() > 2 * OVERHEAD {
            let end = end - OVERHEAD;
            let edit = header(n + 1, end).then(Edit::Cut(end));
            tell(format!("28 bytes short in record {n}, as the header says"), end, edit);
        }
    }
    let edit = header(records.len() + 1, len + RECORD).then(Edit::Append(vec![0; RECORD]));
    tell("a record more, as the header says".to_owned(), len + RECORD, edit);
}

fn foreign(whose: &str, theirs: &[u8], records: &[Range<usize>], add: &mut impl FnMut(String, Edit)) {
    add(format!("{whose} in its place"), Edit::Replace(theirs.to_vec()));
    if let Some(header) = theirs.get(..HEADER) {
        add(
            format!("the header of {whose}"),
            Edit::Splice(0..HEADER, header.to_vec()),
        );
    }
    for (n, record) in records.iter().enumerate() {
        if let Some(bytes) = theirs.get(record.clone()) {
            add(
                format!("record {n} of {whose}"),
                Edit::Splice(record.clone(), bytes.to_vec()),
            );
        }
    }
}

fn on_the_way(len: usize, all: &mut Vec<Mutation>) {
    let mut add = |what: String, change: Change| all.push(Mutation::new(Site::Range, what, change));
    let range = |value: String| Change::Header("content-range", Some(value));
    let last = len.saturating_sub(1);
    for value in [
        format!("bytes 0-{last}/{}", len + 1),
        format!("bytes 0-{last}/{last}"),
        format!("bytes 1-{len}/{len}"),
        format!("bytes 0-{}/{len}", last.saturating_sub(1)),
        format!("bytes 0-{last}/*"),
        format!("bytes */{len}"),
        format!("bytes 0-{last}/18446744073709551616"),
        "records 0-1/2".to_owned(),
        String::new(),
    ] {
        add(format!("content-range {value:?}"), range(value));
    }
    add("no content-range".to_owned(), Change::Header("content-range", None));
    for (name, value) in [
        ("etag", None),
        ("etag", Some("\"another\"")),
        ("content-encoding", Some("gzip")),
        ("content-type", Some("multipart/byteranges; boundary=x")),
        ("content-type", Some("text/html")),
        ("content-disposition", Some("attachment; filename=\"../../evil.sh\"")),
        ("x-amz-meta-name", Some("evil.sh")),
    ] {
        add(
            format!("{name} {value:?}"),
            Change::Header(name, value.map(str::to_owned)),
        );
    }
    for by in [1, -1, 128, RECORD as i64, -(RECORD as i64)] {
        add(format!("a range that begins {by} later"), Change::Shift(by));
    }
    for status in [
        200, 204, 301, 304, 400, 401, 403, 404, 410, 412, 416, 418, 429, 500, 503,
    ] {
        add(format!("status {status}"), Change::Status(status));
    }
    for at in [0, 1, 127, 128, len / 2, last] {
        add(format!("a body of {at} bytes"), Change::Body(Edit::Cut(at)));
        add(
            format!("a bit of byte {at} on its way"),
            Change::Body(Edit::Flip(at, 4)),
        );
    }
    add("a body too long".to_owned(), Change::Body(Edit::Append(vec![0; 1])));
    add(
        "a body twice as long".to_owned(),
        Change::Body(Edit::Append(vec![0; len])),
    );
    add("the whole for a part".to_owned(), Change::Whole);
    for (what, change) in [
        ("a length too long by one", Change::Length(1)),
        ("a length too short by one", Change::Length(-1)),
        ("no end", Change::Unended),
        ("64 megabytes more", Change::Endless),
    ] {
        add(what.to_owned(), change);
    }
}
