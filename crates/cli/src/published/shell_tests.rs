use super::*;

const START: &str = "(function () {a < b})();";
const CSS: &str = "<link rel=\"stylesheet\" href=\"/pkg/app.1.css\" integrity=\"sha384-A\">";
const LOAD: &str = "<script type=\"module\" nonce=\"n\">sealdropStart()</script>";

fn manifest() -> Manifest {
    let shell = [
        format!("script sha256:{}", sha256(START.as_bytes())),
        "link href=\"/pkg/app.1.css\" integrity=\"sha384-A\" rel=\"stylesheet\"".to_owned(),
        format!("script type=\"module\" sha256:{}", sha256(b"sealdropStart()")),
    ];
    let files = [serde_json::json!({"path": "/pkg/app.1.wasm", "bytes": 1, "sha256": "00"})];
    let all = serde_json::json!({"format": 1, "build": "b", "pages": ["/"], "shells": [shell], "files": files});
    Manifest::parse(all.to_string().as_bytes()).expect("a manifest")
}

fn page() -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"sealdrop-words\" content=\"{{&quot;a&quot;}}\">\
         <script nonce=\"n\">{START}</script><meta name=\"referrer\" content=\"no-referrer\"><meta name=\"sealdrop-build\" content=\"b\">\
         {CSS}<link rel=\"preload\" href=\"/pkg/app.1.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin=\"anonymous\">\
         <title>x</title>{LOAD}</head><body><div id=\"app\" data-shape=\"1\"><a href=\"/security\">s</a>\
         <form method=\"post\" action=\"/_ui/sign-in/code\"><input name=\"email\"></form></div></body></html>"
    )
}

#[test]
fn the_published_page_has_no_difference() {
    assert_eq!(differences(&page(), &manifest()), Vec::<String>::new());
    assert_eq!(build_of(&page()).as_deref(), Some("b"));
    // Words, and values that are no addresses, may be others.
    let other = page()
        .replace(">s<", ">Sicherheit<")
        .replace("lang=\"en\"", "lang=\"de\"")
        .replace("\"n\"", "\"m\"");
    assert_eq!(differences(&other, &manifest()), Vec::<String>::new());
}

#[test]
fn o50_each_lie_about_the_page_is_found() {
    let lies: [(&str, &str, &str); 33] = [
        (
            "an inline script more",
            "</body>",
            "<script nonce=\"n\">steal()</script></body>",
        ),
        ("one letter of a script", "a < b", "a < c"),
        (
            "a script as a module",
            "<script nonce=\"n\">(f",
            "<script type=\"module\" nonce=\"n\">(f",
        ),
        (
            "a script from a file",
            "</body>",
            "<script src=\"/x.js\"></script></body>",
        ),
        ("a script that is missing", LOAD, ""),
        (
            "a script that comes twice",
            LOAD,
            "<script type=\"module\" nonce=\"n\">sealdropStart()</script><script type=\"module\" nonce=\"n\">sealdropStart()</script>",
        ),
        ("a style sheet without a hash", " integrity=\"sha384-A\"", ""),
        ("another hash", "sha384-A", "sha384-B"),
        ("another file", "/pkg/app.1.css", "/pkg/app.2.css"),
        (
            "from elsewhere",
            "/pkg/app.1.css",
            "https://elsewhere.test/pkg/app.1.css",
        ),
        ("a preload of another file", "/pkg/app.1.wasm", "/pkg/app.2.wasm"),
        ("a preload that runs", "rel=\"preload\"", "rel=\"modulepreload\""),
        ("a handler", "<a href", "<a onclick=\"steal()\" href"),
        (
            "a handler in a drawing",
            "</div>",
            "<svg onload=\"steal()\"></svg></div>",
        ),
        ("a frame", "</div>", "<iframe src=\"/x\"></iframe></div>"),
        ("a base", "<title>", "<base href=\"https://elsewhere.test/\"><title>"),
        (
            "a refresh",
            "<title>",
            "<meta http-equiv=\"refresh\" content=\"0; url=https://elsewhere.test\"><title>",
        ),
        (
            "a policy of its own",
            "<title>",
            "<meta http-equiv=\"content-security-policy\" content=\"\"><title>",
        ),
        (
            "an address for abuse that runs",
            "<title>",
            "<meta name=\"sealdrop-abuse\" content=\"javascript:alert(1)\"><title>",
        ),
        (
            "another origin that runs",
            "<title>",
            "<meta name=\"sealdrop-app\" content=\"javascript:alert(1)//\"><title>",
        ),
        (
            "a form to elsewhere",
            "action=\"/_ui/sign-in/code\"",
            "action=\"https://elsewhere.test/\"",
        ),
        (
            "a form to elsewhere, in disguise",
            "action=\"/_ui/sign-in/code\"",
            "action=\"/&#47;elsewhere.test/\"",
        ),
        ("a form without a place", " action=\"/_ui/sign-in/code\"", ""),
        (
            "a button to elsewhere",
            "<input",
            "<button formaction=\"https://elsewhere.test/\"></button><input",
        ),
        (
            "an address that runs",
            "href=\"/security\"",
            "href=\"javascript:steal()\"",
        ),
        (
            "an address that runs, in disguise",
            "href=\"/security\"",
            "href=\"java&#115;cript:steal()\"",
        ),
        ("a style", "<a href", "<a style=\"position:fixed\" href"),
        ("a style element", "<title>", "<style></style><title>"),
        ("an image", "</div>", "<img src=\"https://elsewhere.test/x\"></div>"),
        ("a template", "</div>", "<template></template></div>"),
        ("an animation", "</div>", "<svg><set></set></svg></div>"),
        ("another order", CSS, ""),
        ("the referrer", "no-referrer", "unsafe-url"),
    ];
    for (name, from, to) in lies {
        let mut lie = page().replacen(from, to, 1);
        assert_ne!(lie, page(), "{name}");
        if name == "another order" {
            lie = lie.replace("</head>", &format!("{CSS}</head>"));
        }
        assert!(!differences(&lie, &manifest()).is_empty(), "{name}");
    }
}
