//! What the server's markup says: every state is one well-behaved page, and foreign names stay text.

use sealdrop_app::{
    Asset, Assets,
    gallery::{self, STATES},
};

fn assets() -> Assets {
    Assets {
        js: Asset::new("/pkg/app.js".into(), None),
        wasm: Asset::new("/pkg/app.wasm".into(), None),
        css: Asset::new("/pkg/app.css".into(), None),
        build: "b1".into(),
        ..Assets::default()
    }
}

fn page(name: &str) -> String {
    let state = STATES
        .iter()
        .find(|state| state.name == name)
        .expect("a state of this name is in the gallery");
    gallery::render(state, &assets())
}

#[test]
fn every_state_is_one_page_with_one_heading() {
    for state in STATES {
        let html = gallery::render(state, &assets());
        assert_eq!(html.matches("<main").count(), 1, "{}", state.name);
        assert_eq!(html.matches("<h1").count(), 1, "{}", state.name);
        for forbidden in [" style=", "<style", "javascript:void", " onclick", " onload="] {
            assert!(!html.contains(forbidden), "{}: {forbidden}", state.name);
        }
        assert!(!html.contains("<script"), "{}", state.name);
        if let Some(dialog) = state.dialog {
            assert!(html.contains(&format!("<dialog id=\"{dialog}\"")), "{}", state.name);
        }
    }
}

#[test]
fn ids_are_unique_on_every_page() {
    for state in STATES {
        let html = gallery::render(state, &assets());
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{}", state.name);
        for reference in ["aria-labelledby=\"", "aria-describedby=\"", " for=\""] {
            for id in html.split(reference).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(
                    ids.binary_search(&id).is_ok(),
                    "{}: {reference}{id} leads nowhere",
                    state.name
                );
            }
        }
    }
}

#[test]
fn every_icon_is_in_the_sprite() {
    for state in STATES {
        let html = gallery::render(state, &assets());
        assert!(
            !html.contains("<use_"),
            "{}: an element of the macro, not of SVG",
            state.name
        );
        for name in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(html.contains(&format!(" id=\"{name}\"")), "{}: {name}", state.name);
        }
    }
}

#[test]
fn b05_names_that_mean_harm_stay_text() {
    let html = page("receive-list-hostile");
    for tag in [
        "<script",
        "<img",
        "<svg/onload",
        "<style",
        "</textarea",
        "</title></",
        "<b&gt;",
    ] {
        assert!(!html.contains(tag), "{tag}");
    }
    assert!(
        html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "the name is there, as text"
    );
    assert!(!html.contains("title=\"\">"), "a quote does not end the attribute");
    assert!(
        html.contains("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        "in the attribute too"
    );
    assert!(html.contains("photo⟪U+202E⟫gpj") && html.contains("line⟪U+000A⟫break⟪U+000D⟫⟪U+000A⟫"));
    for hidden in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'] {
        assert!(!html.contains(hidden), "U+{:04X} is shown, not done", u32::from(hidden));
    }
}

#[test]
fn handles_are_where_tests_expect_them() {
    for (state, handles) in [
        (
            "send-empty",
            &[
                "file-input",
                "folder-input",
                "send-password",
                "send-note",
                "send-expires",
                "send-downloads",
            ][..],
        ),
        (
            "send-files",
            &[
                "file-input",
                "create-link",
                "send-password",
                "send-note",
                "send-expires",
                "send-downloads",
            ],
        ),
        ("sending", &["progress", "pause", "cancel"]),
        ("sent", &["share-link", "copy-link", "extend", "limit", "revoke"]),
        ("receive-opening", &["receive-status"]),
        ("receive-password", &["receive-password", "receive-status"]),
        (
            "receive-list",
            &[
                "receive-files",
                "receive-download",
                "receive-status",
                "receive-note",
                "pick-all",
                "picked",
            ],
        ),
        (
            "preview-image",
            &["preview", "preview-image", "preview-close", "preview-download"],
        ),
        ("preview-text", &["preview-text", "preview-rest"]),
        ("preview-refused", &["preview-refused"]),
        ("preview-revoked", &["preview-failed"]),
        ("receive-downloading", &["progress", "receive-status", "receive-files"]),
        ("receive-altered", &["error", "receive-status"]),
    ] {
        let html = page(state);
        for handle in handles {
            assert_eq!(
                html.matches(&format!("data-testid=\"{handle}\"")).count(),
                1,
                "{state}: {handle}"
            );
        }
    }
}

#[test]
fn states_and_problems_carry_their_names() {
    for (state, word) in [
        ("receive-opening", "data-state=\"idle\""),
        ("receive-downloading", "data-state=\"working\""),
        ("receive-verified", "data-state=\"verified\""),
        ("receive-altered", "data-state=\"failed\""),
        ("receive-altered", "data-problem=\"not-what-was-sealed\""),
        ("receive-expired", "data-problem=\"link-expired\""),
        ("preview-altered", "data-problem=\"not-what-was-sealed\""),
        ("preview-revoked", "data-problem=\"link-revoked\""),
        ("receive-exhausted", "data-problem=\"link-exhausted\""),
        ("receive-revoked", "data-problem=\"link-revoked\""),
        ("receive-busy", "data-problem=\"link-busy\""),
        ("receive-busy-for", "It becomes free in about 8 minutes"),
        ("receive-key-forgotten", "data-problem=\"key-forgotten\""),
        ("receive-cancel", "data-testid=\"cancel-confirm\""),
        ("receive-gone", "data-problem=\"link-not-found\""),
        ("receive-incomplete", "data-problem=\"incomplete-link\""),
        ("receive-altered-link", "data-problem=\"altered-link\""),
        ("receive-newer", "data-problem=\"newer-version\""),
        ("receive-unsupported", "data-problem=\"unsupported\""),
        ("receive-password-wrong", "data-problem=\"wrong-password\""),
        ("send-too-large", "data-problem=\"too-large\""),
        ("send-guests-off", "data-problem=\"guests-off\""),
    ] {
        assert!(page(state).contains(word), "{state}: {word}");
    }
    let html = page("receive-altered");
    assert_eq!(
        html.matches(">Unaltered<").count(),
        3,
        "only what was verified is called unaltered"
    );
    assert!(!page("receive-list").contains("naltered"));
}

/// The one primary button says what it will do, and the verdict where it is.
#[test]
fn what_is_ticked_is_what_is_said() {
    for (state, said) in [
        ("receive-list", "Download all as a zip, 1.8 GB"),
        ("receive-list-picked", "Download 3 of 7 as a zip, 427 MB"),
        ("receive-list-picked-one", "Download 1 of 7, 1.2 MB"),
        ("receive-list-picked-all", "Download all as a zip, 1.8 GB"),
        ("receive-verified", "They are in “Stair drawings.zip”"),
        ("receive-verified-one", "You will find it in your downloads"),
        ("receive-placed", "They are in the folder you chose"),
        ("receive-list", "data-testid=\"receive-title\">Stair drawings"),
        ("receive-list-one", "<bdi>Walkthrough with client comments.mp4"),
        ("receive-list-one", "Video, MP4"),
        ("send-files", "12 files, ready to send"),
    ] {
        assert!(page(state).contains(said), "{state}: {said}");
    }
    let one = page("receive-list-one");
    assert!(
        !one.contains("type=\"checkbox\"") && !one.contains("zip"),
        "one file is no archive"
    );
    // Three files, and the two folders around one of them.
    assert_eq!(page("receive-list-picked").matches(" checked").count(), 5);
    assert_eq!(
        page("receive-downloading-picked").matches("<li class=\"file").count(),
        3
    );
}

/// One thing to do first, on the page and in what stands open over it; and an error always leads on.
#[test]
fn one_primary_button_and_never_a_dead_end() {
    let mut errors = 0;
    for state in STATES {
        let html = gallery::render(state, &assets());
        let (mut page, mut open) = (String::new(), String::new());
        for (at, part) in html.split("<dialog id=\"").enumerate() {
            let (dialog, rest) = part.split_once("</dialog>").unwrap_or(("", part));
            page.push_str(if at == 0 { part } else { rest });
            if state.dialog.is_some_and(|id| dialog.starts_with(id)) {
                open.push_str(dialog);
            }
        }
        for shown in [&page, &open] {
            assert!(shown.matches("btn-primary").count() <= 1, "{}", state.name);
            let sections = shown
                .split("<section")
                .filter_map(|part| part.split("</section>").next());
            for error in sections.filter(|part| part.contains("data-problem") && part.contains("class=\"verdict")) {
                errors += 1;
                assert!(error.contains("class=\"btn"), "{}", state.name);
            }
        }
        assert!(
            !html.contains(" items") && !html.contains(" item "),
            "{}: files",
            state.name
        );
    }
    assert!(errors > 20, "only {errors} errors were looked at");
}

/// Where nobody can send, nothing invites; what proved altered or gone is not offered.
#[test]
fn what_is_not_to_be_had_is_not_offered() {
    for state in ["send-guests-off", "send-unsupported"] {
        let html = page(state);
        assert!(!html.contains("class=\"drop") && html.contains("seal-open"), "{state}");
    }
    for (state, seal) in [("preview-altered", "seal-broken"), ("preview-revoked", "seal-ended")] {
        let html = page(state);
        assert!(html.contains(seal) && !html.contains("preview-download"), "{state}");
    }
    for state in [
        "receive-gone",
        "receive-expired",
        "receive-exhausted",
        "receive-revoked",
    ] {
        let html = page(state);
        assert!(
            !html.contains("paste-link") && !html.contains("class=\"three\""),
            "{state}"
        );
    }
    assert!(page("receive-incomplete").contains("data-testid=\"paste-link\""));
    let html = page("not-found");
    assert!(html.contains("data-testid=\"go-send\"") && !html.contains("data-testid=\"paste-link\""));
}

/// A text that is looked at is letters, whatever it says.
#[test]
fn d11_a_text_that_means_harm_stays_text() {
    let html = page("preview-text");
    assert!(!html.contains("<script") && !html.contains("<img"));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

/// The element's text is the link and nothing else.
#[test]
fn the_share_link_is_whole() {
    let html = page("sent");
    let from = html.find("data-testid=\"share-link\"").expect("the handle is there");
    let element = &html[from..from + html[from..].find("</p>").expect("the paragraph ends")];
    let text: String = element
        .split('>')
        .skip(1)
        .filter_map(|part| part.split('<').next())
        .collect();
    assert_eq!(
        text,
        "https://sealdrop.example/d/7hQ2vXc0RkS9mTqLw3bZfA#AQDk3v9QmW2pXzT8bYc6HnRj0LsEfUoGi4KaVt7dNqB5xMwPyCr"
    );
}
