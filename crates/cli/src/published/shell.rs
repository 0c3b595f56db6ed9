//! What a browser runs and loads because of a page, compared with what the manifest says; and whether all the rest of it is passive.

use std::collections::BTreeSet;

use super::{
    digest::sha256,
    manifest::Manifest,
    markup::{self, Element, Odd},
};
use crate::text::escape;

/// Elements that run nothing and load nothing.
const PASSIVE: &str = " html head body meta title header footer main nav section article aside div span p a b i em strong small code kbd \
     samp pre ul ol li dl dt dd h1 h2 h3 h4 h5 h6 table caption thead tbody tfoot tr th td form label input select option optgroup textarea \
     button fieldset legend details summary dialog bdi bdo br hr wbr abbr time output progress meter figure figcaption blockquote sup sub \
     mark svg g path circle rect line polyline polygon ellipse symbol use defs clipPath ";
/// Attributes that run nothing, and load nothing with the values that `is_passive` allows. `aria-…` and `data-…` are words.
const HARMLESS: &str = " id class role lang dir hidden inert tabindex title translate spellcheck popover popovertarget popovertargetaction \
     autofocus enterkeyhint inputmode autocapitalize autocorrect href rel target download name value type method action novalidate \
     autocomplete required disabled checked selected multiple accept capture maxlength minlength min max step pattern placeholder readonly size rows \
     cols wrap open label for colspan rowspan scope datetime webkitdirectory start charset content property media width height viewBox d \
     fill fill-rule clip-rule clip-path transform stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset \
     stroke-opacity fill-opacity opacity cx cy r rx ry x y x1 x2 y1 y2 points pathLength focusable preserveAspectRatio xmlns ";

/// What differs, in words. Empty where a page is the published one.
pub(super) fn differences(page: &str, manifest: &Manifest) -> Vec<String> {
    let elements = match markup::read(page) {
        Ok(elements) => elements,
        Err(Odd(at)) => {
            return vec![format!(
                "it has markup that the published pages do not have: {}",
                escape(&at)
            )];
        }
    };
    let mut found = Vec::new();
    let paths: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let active: Vec<String> = elements
        .iter()
        .filter(|element| matches!(element.name, "script" | "link") && !is_preload(element, &paths))
        .map(line)
        .collect();
    // Each list runs nothing but the release; which is meant is the one that is nearest.
    let compared = manifest.shells.iter().map(|wanted| compare(&active, wanted));
    found.extend(compared.min_by_key(Vec::len).unwrap_or_default());
    for element in elements
        .iter()
        .filter(|element| !matches!(element.name, "script" | "link"))
    {
        if let Err(why) = is_passive(element) {
            found.push(format!("<{}>: {}", escape(element.name), escape(&why)));
        }
    }
    found
}

/// The build that a page says it is of.
pub(super) fn build_of(page: &str) -> Option<String> {
    let elements = markup::read(page).ok()?;
    let meta = elements
        .iter()
        .find(|element| attribute(element, "name") == Some("sealdrop-build"))?;
    attribute(meta, "content").map(ToOwned::to_owned)
}

fn attribute<'a>(element: &Element<'a>, name: &str) -> Option<&'a str> {
    element
        .attributes
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| *value)
}

/// A file of the release that comes early, and is checked by the script that asks for it.
fn is_preload(element: &Element<'_>, paths: &BTreeSet<&str>) -> bool {
    element.name == "link"
        && element.attributes.iter().all(|(key, value)| match *key {
            "rel" => *value == "preload",
            "as" => *value == "fetch",
            "type" => *value == "application/wasm",
            "crossorigin" => *value == "anonymous",
            "href" => paths.contains(value),
            _ => false,
        })
        && attribute(element, "rel").is_some()
}

/// As `scripts/site-manifest.mjs` writes it.
fn line(element: &Element<'_>) -> String {
    let mut attributes: Vec<_> = element.attributes.iter().filter(|(key, _)| *key != "nonce").collect();
    attributes.sort_unstable();
    let mut line = element.name.to_owned();
    for (key, value) in attributes {
        line.push_str(&format!(" {key}=\"{value}\""));
    }
    if let Some(text) = element.text {
        line.push_str(&format!(" sha256:{}", sha256(text.as_bytes())));
    }
    line
}

fn compare(active: &[String], wanted: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    if active == wanted {
        return found;
    }
    let count = |list: &[String], line: &String| list.iter().filter(|one| *one == line).count();
    let shown = |line: &String| escape(&line.chars().take(200).collect::<String>());
    for (at, line) in active.iter().enumerate() {
        if count(active.get(..=at).unwrap_or_default(), line) > count(wanted, line) {
            found.push(format!("it has what the release has not: {}", shown(line)));
        }
    }
    for (at, line) in wanted.iter().enumerate() {
        if count(wanted.get(..=at).unwrap_or_default(), line) > count(active, line) {
            found.push(format!("it lacks what the release has: {}", shown(line)));
        }
    }
    if found.is_empty() {
        found.push("its scripts and links stand in another order, and a hash that comes late is not heeded".to_owned());
    }
    found
}

/// Whether an element runs nothing, loads nothing and leads nowhere by itself.
fn is_passive(element: &Element<'_>) -> Result<(), String> {
    let listed = |list: &str, word: &str| list.contains(&format!(" {word} "));
    if !listed(PASSIVE, element.name) {
        return Err("no element of the published pages".to_owned());
    }
    for (key, value) in &element.attributes {
        let is_word = key.starts_with("aria-") || key.starts_with("data-");
        if !is_word && !listed(HARMLESS, key) {
            return Err(format!("the attribute {key} is none of the published pages"));
        }
        let is_good = match (element.name, *key) {
            ("use", "href") => value.starts_with('#'),
            (_, "href") => ["/", "#", "https://", "http://", "mailto:"]
                .iter()
                .any(|begin| value.starts_with(begin)),
            // Where a form without a program is sent: a path of this server, in plain letters.
            (_, "action") => {
                value.starts_with('/')
                    && !value.starts_with("//")
                    && value
                        .chars()
                        .all(|letter| letter.is_ascii_alphanumeric() || "/_-".contains(letter))
            }
            // A form's names stand before those of the document.
            ("form", "name") => false,
            ("meta", "charset") => *value == "utf-8",
            (_, "fill" | "stroke" | "clip-path") => {
                !value.contains('(') || value.starts_with("url(#") || *key == "fill" && value.starts_with("var(")
            }
            _ => true,
        };
        if !is_good {
            return Err(format!("{key}=\"{value}\""));
        }
    }
    if element.name == "form" && attribute(element, "action").is_none() {
        return Err("a form without the place that it is sent to".to_owned());
    }
    match (attribute(element, "name"), attribute(element, "content")) {
        (Some("referrer"), Some("no-referrer" | "same-origin")) => Ok(()),
        (Some("referrer"), _) => Err("the referrer is told to others".to_owned()),
        // The page makes a link of it.
        (Some("sealdrop-source"), Some(source))
            if !source.starts_with("https://") && !source.starts_with("http://") =>
        {
            Err("the address of the source is none".to_owned())
        }
        // What is pressed on a page of a link leads there.
        (Some("sealdrop-links" | "sealdrop-app"), Some(origin))
            if !["https://", "http://"].iter().any(|begin| origin.starts_with(begin)) =>
        {
            Err("the other origin of this server is none".to_owned())
        }
        (Some("sealdrop-abuse"), Some(contact))
            if !["https://", "http://", "mailto:"]
                .iter()
                .any(|begin| contact.starts_with(begin)) =>
        {
            Err("the address for abuse is none".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;
