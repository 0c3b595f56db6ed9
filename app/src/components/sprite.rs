//! Every icon and every form of the seal, once in the page: the document carries it, the program does not.

use leptos::prelude::*;

/// Line icons on a grid of 24.
const ICONS: &[(&str, &str)] = &[
    ("i-alert", "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3h.01"),
    ("i-archive", "M4 4.5h16v5H4zM5.5 9.5v10h13v-10M10 13h4"),
    (
        "i-audio",
        "M9 17.5V6l9.5-2v11.5M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM18.5 15.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
    ),
    (
        "i-camera",
        "M3.5 8h4l1.5-2.5h6L16.5 8h4v11h-17zM15.2 13a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0z",
    ),
    ("i-check", "m5 12.5 4.5 4.5L19 7.5"),
    (
        "i-clock",
        "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM12 7v5.2l3.3 2",
    ),
    ("i-copy", "M8.5 8.5h11v12h-11zM15.5 8.5v-5h-11v12h4"),
    ("i-doc", "M6 3h8l5 5v13H6zM14 3v5h5M9.5 12.5h6M9.5 16h6"),
    ("i-down", "m6 9.5 6 6 6-6"),
    ("i-download", "M12 4v11.5M7 11l5 5 5-5M5 20h14"),
    (
        "i-eye",
        "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM14.8 12a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0z",
    ),
    ("i-file", "M6 3h8l5 5v13H6zM14 3v5h5"),
    ("i-folder", "M3.5 6h6l2 2.5h9V19h-17z"),
    (
        "i-image",
        "M3.5 5h17v14h-17zM4 17l5-5 4 4 2.5-2.5 4.5 4.5M10 9a1.5 1.5 0 1 1-3 0 1.5 1.5 0 0 1 3 0z",
    ),
    (
        "i-info",
        "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM12 11v5M12 7.8h.01",
    ),
    ("i-key", "M12 15a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM11 12l8.5-8.5M16 7l3 3"),
    ("i-lock", "M5.5 11h13v9.5h-13zM8 11V8a4 4 0 0 1 8 0v3"),
    ("i-mail", "M3.5 5.5h17v13h-17zM4 6.5l8 6.5 8-6.5"),
    ("i-menu", "M4 7h16M4 12h16M4 17h16"),
    (
        "i-offline",
        "M4 4l16 16M8.5 15.5a5 5 0 0 1 7 0M5.5 12a9.5 9.5 0 0 1 4-2.3M14 9.6a9.5 9.5 0 0 1 4.5 2.4M2.5 8.8A14 14 0 0 1 6 6.6M10.5 5.3a14 14 0 0 1 11 3.5M12 19h.01",
    ),
    ("i-pause", "M8.5 5.5v13M15.5 5.5v13"),
    ("i-play", "M8 5.5v13l10.5-6.5z"),
    ("i-plus", "M12 5v14M5 12h14"),
    ("i-retry", "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4"),
    ("i-right", "m9.5 6 6 6-6 6"),
    ("i-server", "M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.01M7.5 16.5h.01"),
    ("i-share", "M12 15V3.5M8 7l4-3.5L16 7M6.5 11H5v9.5h14V11h-1.5"),
    ("i-table", "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14"),
    ("i-upload", "M12 20V8.5M7 13l5-5 5 5M5 4h14"),
    ("i-video", "M3.5 6.5h12v11h-12zM15.5 11l5-3v8l-5-3"),
    ("i-x", "m6.5 6.5 11 11M17.5 6.5l-11 11"),
];

/// The scalloped edge of the seal: twelve arcs around a circle of 42.
const EDGE: &str = "M50.00 8.00A11.52 11.52 0 0 1 71.00 13.63A11.52 11.52 0 0 1 86.37 29.00A11.52 11.52 0 0 1 92.00 50.00A11.52 11.52 0 0 1 86.37 71.00A11.52 11.52 0 0 1 71.00 86.37A11.52 11.52 0 0 1 50.00 92.00A11.52 11.52 0 0 1 29.00 86.37A11.52 11.52 0 0 1 13.63 71.00A11.52 11.52 0 0 1 8.00 50.00A11.52 11.52 0 0 1 13.63 29.00A11.52 11.52 0 0 1 29.00 13.63A11.52 11.52 0 0 1 50.00 8.00Z";
/// The drop inside it.
const DROP: &str = "M50 21C50 21 31.5 43.5 31.5 58.5a18.5 18.5 0 0 0 37 0C68.5 43.5 50 21 50 21Z";
/// The two halves of a broken seal.
const LEFT: &str = "M0 0H54L46 24 57 42 43 60 54 78 48 100H0Z";
const RIGHT: &str = "M54 0H110V100H48L54 78 43 60 57 42 46 24Z";

/// The sprite that `<use>` refers to.
#[component]
pub(crate) fn Sprite() -> impl IntoView {
    let solid = format!("{EDGE}{DROP}");
    view! {
        <svg class="visually-hidden" width="0" height="0" aria-hidden="true" focusable="false">
            {ICONS
                .iter()
                .map(|(id, path)| view! { <symbol id=*id viewBox="0 0 24 24"><path d=*path></path></symbol> })
                .collect_view()}
            <symbol id="s-logo" viewBox="0 0 100 100">
                <path fill="currentColor" fill-rule="evenodd" d=solid.clone()></path>
                <path fill="none" stroke="currentColor" stroke-width="4.5" stroke-linecap="round" d="M41 59a9.5 9.5 0 0 0 8 9"></path>
            </symbol>
            <symbol id="s-open" viewBox="0 0 100 100">
                <path fill="none" stroke="currentColor" stroke-width="2.5" d=EDGE></path>
                <path fill="none" stroke="currentColor" stroke-width="2.5" stroke-dasharray="4 4" d=DROP></path>
            </symbol>
            <symbol id="s-sealed" viewBox="0 0 100 100">
                <path fill="currentColor" fill-rule="evenodd" d=solid.clone()></path>
                <path fill="none" stroke="currentColor" stroke-width="3.5" stroke-linecap="round" d="M40.5 59a10 10 0 0 0 8.5 9.5"></path>
            </symbol>
            <symbol id="s-verified" viewBox="0 0 100 100">
                <path fill="currentColor" d=EDGE></path>
                <circle cx="50" cy="50" r="34" fill="none" class="seal-ink" stroke-width="1.5"></circle>
                <path class="seal-ink seal-check" fill="none" stroke-width="7" stroke-linecap="round" stroke-linejoin="round" pathLength="1" d="m33.5 51.5 11 11.5 22-25"></path>
            </symbol>
            <symbol id="s-broken" viewBox="0 0 100 100">
                <clipPath id="half-left"><path d=LEFT></path></clipPath>
                <clipPath id="half-right"><path d=RIGHT></path></clipPath>
                <g transform="translate(7 7) scale(.86)">
                    <g clip-path="url(#half-left)" transform="translate(-5 2) rotate(-5 50 50)"><path fill="currentColor" fill-rule="evenodd" d=solid.clone()></path></g>
                    <g clip-path="url(#half-right)" transform="translate(5 -2) rotate(5 50 50)"><path fill="currentColor" fill-rule="evenodd" d=solid></path></g>
                </g>
            </symbol>
            <symbol id="s-ended" viewBox="0 0 100 100">
                <path fill="none" stroke="currentColor" stroke-width="3" d=EDGE></path>
                <path fill="none" stroke="currentColor" stroke-width="3" d=DROP></path>
                <path fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" d="M22 78 78 22"></path>
            </symbol>
        </svg>
    }
    .into_any()
}
