//! What is called sent can be opened: whatever a file system or a browser reports of files, and whatever a person writes beside
//! them, a link is made that every reader opens, or the sending is refused before the first byte moves.

use std::sync::Arc;

use futures::executor::block_on;
use proptest::{collection::vec, prelude::*, sample::select};
use sealdrop_crypto::Zeroizing;
use sealdrop_transfer::*;

use crate::{
    engine::content,
    memory::{Bytes, Memory},
};

/// A file as it was reported.
fn file(path: String, len: usize, modified_ms: Option<u64>, mime: Option<String>) -> SendFile<Bytes> {
    SendFile {
        path,
        len: len as u64,
        modified_ms,
        mime,
        handle: content(len),
    }
}

/// Sends; gives back what a reader finds, or nothing where it was refused. A refusal moves no byte and reserves no room.
fn sent(files: Vec<SendFile<Bytes>>, options: &SendOptions) -> Option<OpenedLink> {
    let memory = Memory::default();
    let control = Control::new();
    let sending = upload(&memory, files, options, (&NoJournal, None), &control, &|_| {});
    match block_on(sending) {
        Ok(sent) => {
            let text = sent.link.expose();
            let link = Link::parse(&text).expect("the link reads");
            let opened = block_on(open_link(&memory, &link, options.password.as_ref()));
            Some(opened.expect("what was called sent opens"))
        }
        Err(error) => {
            assert!(matches!(error, TransferError::InvalidInput(_)), "{error:?}");
            assert_eq!(
                (memory.puts.get(), memory.objects.borrow().len()),
                (0, 0),
                "before the first byte"
            );
            None
        }
    }
}

/// Texts of every kind and length: what people type, what programs leave, what no reader takes.
fn words(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<String>(),
        2 => "[a-z. /\\\\]{0,12}",
        1 => select(vec!["\u{0}", "\u{1b}[2J", "\u{202e}", "e\u{301}", "\u{fdfa}", "\u{d7ff}", "..", ".", "\u{fffd}", "\u{10ffff}", "\"\\\n"]).prop_map(str::to_owned),
    ];
    (piece, prop_oneof![3 => 1_usize..4, 1 => 1..most]).prop_map(move |(piece, times)| {
        let mut text = piece.repeat(times.min(most / piece.len().max(1) + 1));
        text.truncate(
            (0..=text.len().min(most))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0),
        );
        text
    })
}

/// Paths, also deep, long, equal once they are composed, and as long as a path may be.
fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => words(1_200),
        2 => vec(words(300), 1..80).prop_map(|components| components.join("/")),
        2 => (4_070_usize..4_110, select(vec!["a", "e\u{301}", "\u{e9}", "a.tar.gz", ".a"])).prop_map(|(len, name)| {
            let folders = format!("{}/", "f".repeat(200)).repeat(21);
            format!("{}/{name}", folders[..len - name.len() - 1].trim_end_matches('/'))
        }),
    ]
}

fn time() -> impl Strategy<Value = Option<u64>> {
    let limits = vec![0, 1, (1 << 53) - 1, 1 << 53, i64::MAX as u64, u64::MAX - 1, u64::MAX];
    prop::option::of(prop_oneof![select(limits), any::<u64>()])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn x14_what_is_called_sent_can_be_opened(
        mut files in vec((path(), 0_usize..20, time(), prop::option::of(words(300))), 1..5),
        twice in any::<bool>(),
        name in prop::option::of(words(3_000)),
        note in words(4_300),
    ) {
        if twice {
            files.push(files[0].clone());
        }
        let mut options = SendOptions::new("https://drop.example");
        (options.name, options.note) = (name, note.clone());
        let given = files.iter().map(|(path, len, time, mime)| file(path.clone(), *len, *time, mime.clone())).collect();
        match sent(given, &options) {
            None => prop_assert!(note.len() > MAX_NOTE, "refused without a reason"),
            Some(opened) => {
                prop_assert_eq!(opened.note.unwrap_or_default(), note);
                prop_assert_eq!(opened.files.len(), files.len());
                let mut lens: Vec<u64> = opened.files.iter().map(|file| file.len).collect();
                let mut right: Vec<u64> = files.iter().map(|(_, len, ..)| *len as u64).collect();
                lens.sort_unstable();
                right.sort_unstable();
                prop_assert_eq!(lens, right);
            }
        }
    }
}

#[test]
fn x14_a_time_that_no_reader_takes_is_left_out() {
    for time in [1 << 53, u64::MAX] {
        let one = |path: &str| file(path.to_owned(), 3, Some(time), None);
        for files in [vec![one("a")], vec![one("a"), one("b")]] {
            let opened = sent(files, &SendOptions::new("https://drop.example")).expect("it is sent");
            assert!(opened.files.iter().all(|file| file.modified_ms.is_none()));
        }
    }
    let fine = file("a".to_owned(), 3, Some((1 << 53) - 1), None);
    let opened = sent(vec![fine], &SendOptions::new("https://drop.example")).expect("it is sent");
    assert_eq!(opened.files[0].modified_ms, Some((1 << 53) - 1));
}

#[test]
fn x14_what_cannot_be_written_is_refused_before_the_first_byte() {
    let plain = || vec![file("a".to_owned(), 3, None, None)];
    let mut long_note = SendOptions::new("https://drop.example");
    long_note.note = "\u{e9}".repeat(MAX_NOTE / 2 + 1);
    assert!(sent(plain(), &long_note).is_none());
    let mut long_password = SendOptions::new("https://drop.example");
    // Composed it is eighteen letters for one.
    long_password.password = Some(Zeroizing::new("\u{fdfa}".repeat(40)));
    assert!(sent(plain(), &long_password).is_none());

    // Sizes that a file with holes reports.
    let hole = |path: &str, len: u64| SendFile {
        path: path.to_owned(),
        len,
        modified_ms: None,
        mime: None,
        handle: Arc::default(),
    };
    let options = SendOptions::new("https://drop.example");
    for lens in [vec![1 << 53], vec![1 << 63, 1 << 63], vec![u64::MAX, 2]] {
        let files = lens
            .iter()
            .enumerate()
            .map(|(n, len)| hole(&n.to_string(), *len))
            .collect();
        assert!(sent(files, &options).is_none(), "{lens:?}");
    }

    // A list that is longer than a manifest may be.
    let folder = format!("{}/", "\"".repeat(1_000)).repeat(4);
    let many = (0..4_300)
        .map(|n| file(format!("{folder}{n}"), 0, None, None))
        .collect();
    assert!(sent(many, &options).is_none());
}
