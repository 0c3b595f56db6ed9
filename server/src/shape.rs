//! The shape of a page: the kinds of its nodes, in order, as a browser builds them from the markup.
//!
//! The script of a page (`app/src/start.js`) takes the same sum over the document before the program hydrates it. Extensions,
//! translators and proxies that add, wrap or remove nodes would make hydration take one element for another.
//! This reads the markup that our own rendering writes, not HTML at large: every element is closed, none is implied.

/// The element that holds the application.
const APP: &str = "<div id=\"app\">";
const NAMED: &str = "<div id=\"app\" data-shape=\"";

/// Elements without an end tag.
const VOID: [&str; 9] = ["area", "br", "col", "hr", "img", "input", "link", "meta", "source"];
/// Elements whose content is letters only.
const LETTERS: [&str; 4] = ["script", "style", "textarea", "title"];

/// The page with its shape noted on the element of the application; `None` if it has none, or is not written as ours are.
pub(crate) fn noted(page: &str) -> Option<String> {
    let (head, rest) = page.split_once(APP)?;
    let shape = shape_of_content(rest)?;
    Some(format!("{head}{NAMED}{shape}\">{rest}"))
}

/// FNV-1a, 32 bits.
struct Sum(u32);

impl Sum {
    fn add(&mut self, text: &str) {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(16_777_619);
        }
    }
}

/// Of what stands in an element, up to its end tag.
fn shape_of_content(markup: &str) -> Option<u32> {
    let mut sum = Sum(2_166_136_261);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    loop {
        if let Some(comment) = rest.strip_prefix("<!") {
            sum.add("!");
            let end = if comment.starts_with("--") { "-->" } else { ">" };
            rest = comment.split_once(end)?.1;
        } else if let Some(tag) = rest.strip_prefix("</") {
            let (name, after) = tag.split_once('>')?;
            let Some(begun) = open.pop() else {
                return Some(sum.0);
            };
            if begun != name {
                return None;
            }
            sum.add("/");
            rest = after;
        } else if let Some(tag) = rest.strip_prefix('<') {
            let name = tag.get(..tag.find(|letter: char| letter.is_whitespace() || letter == '>' || letter == '/')?)?;
            let (is_closed, after) = after_tag(tag)?;
            sum.add(name);
            sum.add(">");
            rest = after;
            if is_closed || VOID.contains(&name) {
                sum.add("/");
                continue;
            }
            open.push(name);
            if LETTERS.contains(&name) {
                let end = rest.find(&format!("</{name}"))?;
                if end > 0 {
                    sum.add("#");
                }
                rest = rest.get(end..)?;
            }
        } else {
            let end = rest.find('<')?;
            sum.add("#");
            rest = rest.get(end..)?;
        }
    }
}

/// What follows a start tag, and whether that closes itself. Values in quotes may hold anything.
fn after_tag(tag: &str) -> Option<(bool, &str)> {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '>') => return Some((tag.get(..at)?.ends_with('/'), tag.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(content: &str) -> Option<u32> {
        shape_of_content(&format!("{content}</div>"))
    }

    /// What `shapeOf` of `start.js` adds up for these nodes.
    fn sum(nodes: &str) -> Option<u32> {
        let mut sum = Sum(2_166_136_261);
        sum.add(nodes);
        Some(sum.0)
    }

    #[test]
    fn x01_the_shape_is_the_kinds_of_nodes() {
        for (content, nodes) in [
            ("", ""),
            ("a", "#"),
            ("a<!>b<!---->", "#!#!"),
            ("<p class=\"a>b\" title='</p>'>x</p>", "p>#/"),
            ("<label><input type=\"file\"> x</label><br>", "label>input>/#/br>/"),
            ("<svg><use href=\"#i\"></use><path d=\"M0\"/></svg>", "svg>use>/path>//"),
            ("<textarea><b></textarea><textarea></textarea>", "textarea>#/textarea>/"),
            ("<!-- <p> --><p></p>", "!p>/"),
        ] {
            assert_eq!(shape(content), sum(nodes), "{content}");
        }
    }

    #[test]
    fn x01_texts_and_attributes_do_not_count_and_nodes_do() {
        let one = shape("<p class=\"a\">Send</p>");
        assert_eq!(one, shape("<p data-x>Senden</p>"));
        for other in [
            "<p><font>Send</font></p>",
            "<p></p>",
            "<div>Send</div>",
            "<p>Send</p><i></i>",
            "<p>Send</p> ",
        ] {
            assert_ne!(one, shape(other), "{other}");
        }
    }

    #[test]
    fn x01_markup_that_is_not_ours_has_no_shape() {
        for content in ["<p>", "<p></b>", "<p", "<p a=\"", "<!-- "] {
            assert_eq!(shape(content), None, "{content}");
        }
        assert_eq!(noted("<body></body>"), None);
        let page = noted("<body><div id=\"app\">x</div><svg></svg></body>").expect("a page");
        let number = sum("#").expect("a sum");
        assert_eq!(
            page,
            format!("<body><div id=\"app\" data-shape=\"{number}\">x</div><svg></svg></body>")
        );
    }
}
