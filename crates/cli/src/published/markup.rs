//! Reads a page as our own rendering writes it, and nothing else: each element closed, each value in double quotes, no comment but four.
//! What it takes, every HTML parser takes in the same way; what it does not take is a difference.

/// An element of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    /// What stands in an element of letters only.
    pub(super) text: Option<&'a str>,
}

/// What stands at a place where our rendering writes nothing like it: the beginning of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Odd(pub(super) String);

const BEGIN: &str = "<!DOCTYPE html><html";
/// Elements without an end tag.
const VOID: [&str; 8] = ["br", "col", "hr", "input", "link", "meta", "source", "wbr"];
/// Elements whose content is letters only.
const LETTERS: [&str; 3] = ["script", "textarea", "title"];
/// Where letters would be markup.
const FOREIGN: [&str; 2] = ["svg", "math"];
/// Those that rendering writes as marks. Others could end elsewhere for one parser than for another.
const COMMENTS: [&str; 4] = ["<!>", "<!---->", "<!--HEAD-->", "<!--<() />-->"];

/// All elements of a page, in order.
pub(super) fn read(page: &str) -> Result<Vec<Element<'_>>, Odd> {
    if !page.starts_with(BEGIN) || page.contains('\0') {
        return Err(odd(page));
    }
    let mut rest = page.get("<!DOCTYPE html>".len()..).unwrap_or_default();
    let mut open: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    while !rest.is_empty() {
        if let Some(comment) = COMMENTS.iter().find(|comment| rest.starts_with(**comment)) {
            rest = rest.get(comment.len()..).unwrap_or_default();
        } else if let Some(tag) = rest.strip_prefix("</") {
            let (name, after) = tag.split_once('>').ok_or_else(|| odd(rest))?;
            if open.pop() != Some(name) {
                return Err(odd(rest));
            }
            rest = after;
        } else if rest.starts_with('<') {
            let (mut element, is_closed, after) = start_tag(rest).ok_or_else(|| odd(rest))?;
            let is_foreign = open.iter().any(|name| FOREIGN.contains(name));
            if LETTERS.contains(&element.name) {
                if is_foreign || is_closed {
                    return Err(odd(rest));
                }
                let end = format!("</{}>", element.name);
                let (text, behind) = after.split_once(end.as_str()).ok_or_else(|| odd(rest))?;
                // A script is compared whole, and the published ones end where they seem to.
                if element.name != "script" && text.contains('<') {
                    return Err(odd(rest));
                }
                element.text = Some(text);
                rest = behind;
            } else {
                // Outside of foreign content a slash closes nothing.
                if is_closed && !is_foreign {
                    return Err(odd(rest));
                }
                if !is_closed && !VOID.contains(&element.name) {
                    open.push(element.name);
                }
                rest = after;
            }
            found.push(element);
        } else {
            rest = rest.find('<').and_then(|at| rest.get(at..)).unwrap_or_default();
        }
    }
    if open.is_empty() {
        Ok(found)
    } else {
        Err(odd("the end of the page"))
    }
}

/// A start tag: the element, whether a slash closes it, and what follows.
fn start_tag(markup: &str) -> Option<(Element<'_>, bool, &str)> {
    let mut rest = markup.strip_prefix('<')?;
    let name = word(&mut rest)?;
    let mut attributes: Vec<(&str, &str)> = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((element(name, attributes), true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((element(name, attributes), false, after));
        }
        rest = rest.strip_prefix(' ')?;
        let key = word(&mut rest)?;
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"')?;
                rest = after;
                value
            }
            None => "",
        };
        // A browser takes the first of two: so would a reader that takes the last be misled.
        if attributes.iter().any(|(known, _)| *known == key) {
            return None;
        }
        attributes.push((key, value));
    }
}

const fn element<'a>(name: &'a str, attributes: Vec<(&'a str, &'a str)>) -> Element<'a> {
    Element {
        name,
        attributes,
        text: None,
    }
}

/// A name: letters, digits, `-` and `:`, beginning with a letter.
fn word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == ':';
    let end = rest.find(|letter| !is_part(letter))?;
    let (word, after) = rest.split_at_checked(end)?;
    *rest = after;
    word.starts_with(|letter: char| letter.is_ascii_alphabetic())
        .then_some(word)
}

fn odd(at: &str) -> Odd {
    Odd(at.chars().take(80).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(body: &str) -> Option<Vec<String>> {
        let page = format!("<!DOCTYPE html><html>{body}</html>");
        let found = read(&page).ok()?;
        Some(found.iter().skip(1).map(|element| element.name.to_owned()).collect())
    }

    #[test]
    fn what_our_rendering_writes_is_read() {
        let body = "<head><!--HEAD--><title>a &amp; b</title><meta charset=\"utf-8\"></head><body><p autofocus>a > b<!></p><svg><path d=\"M0\"/></svg></body>";
        let wanted = ["head", "title", "meta", "body", "p", "svg", "path"];
        assert_eq!(names(body).expect("a page"), wanted);
        let page = "<!DOCTYPE html><html><script type=\"module\" nonce=\"n\">if (a < b) c()</script></html>";
        let script = &read(page).expect("a page")[1];
        assert_eq!(script.text, Some("if (a < b) c()"));
        assert_eq!(script.attributes, [("type", "module"), ("nonce", "n")]);
    }

    #[test]
    fn what_parsers_could_read_in_two_ways_is_refused() {
        for body in [
            "<p a=\"1\" a=\"2\"></p>",
            "<p a='1'></p>",
            "<p a=1></p>",
            "<p\ta=\"1\"></p>",
            "<p/a=\"1\"></p>",
            "<p a=\"1\"b=\"2\"></p>",
            "<p>",
            "</p>",
            "<p/>",
            "<b><i></b></i>",
            "<!--><script>x()</script>-->",
            "<!-- a -->",
            "<svg><script>x()</script></svg>",
            "<svg><title><script></title></svg>",
            "<title></title x></title>",
            "<textarea><script></textarea>",
            "<?xml?>",
            "<![CDATA[<p>]]>",
            "a < b",
            "\0",
            "<script>",
        ] {
            assert_eq!(names(body), None, "{body}");
        }
        assert!(read("\u{feff}<!DOCTYPE html><html></html>").is_err());
        assert!(read("<html></html>").is_err(), "quirks mode");
    }
}
