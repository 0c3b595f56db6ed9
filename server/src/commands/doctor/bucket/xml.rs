//! The little of XML that answers of a bucket need: elements by name, as they stand, without a word of them lost.

/// The elements of this name that are not inside of another one of it, tags included.
pub(super) fn elements<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find(&open) {
        let tail = rest.get(start..).unwrap_or_default();
        let after = tail.get(open.len()..).unwrap_or_default();
        // A longer name begins the same.
        if !after.starts_with(['>', ' ', '/', '\n', '\t', '\r']) {
            rest = after;
            continue;
        }
        let Some(tag_end) = tail.find('>') else { break };
        let is_empty = tail.get(..tag_end).is_some_and(|tag| tag.ends_with('/'));
        let end = if is_empty {
            Some(tag_end + 1)
        } else {
            tail.find(&close).map(|at| at + close.len())
        };
        let Some((element, after)) = end.and_then(|end| tail.split_at_checked(end)) else {
            break;
        };
        found.push(element);
        rest = after;
    }
    found
}

/// The texts of the elements of this name.
pub(super) fn texts(xml: &str, name: &str) -> Vec<String> {
    let inner = |element: &str| {
        let start = element.find('>')? + 1;
        let end = element.rfind("</").filter(|end| *end >= start)?;
        Some(unescape(element.get(start..end)?.trim()))
    };
    elements(xml, name)
        .into_iter()
        .map(|element| inner(element).unwrap_or_default())
        .collect()
}

/// The text of the first element of this name.
pub(super) fn text(xml: &str, name: &str) -> Option<String> {
    texts(xml, name).into_iter().next()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_their_texts_are_found() {
        let xml = "<A><Rule><ID>a&amp;b</ID></Rule><Rules>x</Rules><Rule x='1'><ID/></Rule><Prefix></Prefix></A>";
        assert_eq!(
            elements(xml, "Rule"),
            ["<Rule><ID>a&amp;b</ID></Rule>", "<Rule x='1'><ID/></Rule>"]
        );
        assert_eq!(texts(xml, "ID"), ["a&b", ""]);
        assert_eq!(text(xml, "Prefix"), Some(String::new()));
        assert_eq!(text(xml, "Filter"), None);
        for broken in ["<Rule", "<Rule>", "<Rule><", "</Rule>", "<Rulé>"] {
            assert!(elements(broken, "Rule").is_empty(), "{broken}");
        }
    }
}
