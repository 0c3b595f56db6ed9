//! Memory that reading a foreign list takes at most, against its length. In a process of its own: it counts every byte that
//! is asked of the system.

use sealdrop_transfer::Listing;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const ID: &str = "cIlGLaLIyJ9KmNVlQiAtJg";
const KEY: &str = "LC73yiNt9yW7YBgQBMO7ghF015WIHKh57Xe3sY603tA";

fn manifest(files: impl Iterator<Item = String>, more: &str) -> String {
    let object = format!(r#"{{"oid":"{ID}","fek":"{KEY}","root":"{KEY}","len":65380}}"#);
    let files: Vec<String> = files.collect();
    format!(r#"{{"v":1,"objs":[{object}],"files":[{}]{more}}}"#, files.join(","))
}

/// Lists of a thirtieth of the longest: many unknown keys, many files with nothing but a name, long paths.
#[test]
fn n12_a_list_takes_a_few_times_its_length() {
    let unknown = |count: usize| (0..count).map(|i| format!(r#","k{i:x}":1"#)).collect::<String>();
    let empty = |path: String, more: &str| format!(r#"{{"p":"{path}","s":0,"x":[]{more}}}"#);
    let lists = [
        (
            "unknown keys at the top",
            manifest([empty("a".to_owned(), "")].into_iter(), &unknown(90_000)),
            1.5,
        ),
        (
            "unknown keys of a file",
            manifest([empty("a".to_owned(), &unknown(90_000))].into_iter(), ""),
            1.5,
        ),
        (
            "long paths",
            manifest(
                (0..260).map(|i| empty(format!("{}{i}", "a long folder of many/".repeat(60)), "")),
                "",
            ),
            3.0,
        ),
        (
            "short files",
            manifest((0..30_000).map(|i| empty(format!("{i:x}"), "")), ""),
            10.0,
        ),
    ];
    for (what, text, bound) in lists {
        let _profiler = dhat::Profiler::builder().testing().build();
        let listing = Listing::parse_manifest(text.as_bytes()).expect("it is sound");
        let times = dhat::HeapStats::get().max_bytes as f64 / text.len() as f64;
        println!("{what}: {times:.1} times its {} bytes", text.len());
        assert!(times < bound, "{what}: {times:.1} times its {} bytes", text.len());
        drop(listing);
    }
}
