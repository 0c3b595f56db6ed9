//! What `doctor --fix` sets: a CORS rule and a lifecycle rule of ours, beside those of others, of which no byte is changed.

use base64ct::{Base64, Encoding as _};
use http::Method;
use md5::{Digest as _, Md5};

use super::{
    desk::Desk,
    exchange::{Ask, Way},
    rules::{self, ABORT_DAYS},
    xml,
};

/// What our rules are called.
const CORS_ID: &str = "sealdrop";
const LIFECYCLE_ID: &str = "sealdrop-abort-incomplete";

/// A configuration of the bucket as it is and as it shall be.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::commands::doctor) struct Change {
    query: &'static str,
    /// What it is, for the operator.
    pub(in crate::commands::doctor) what: &'static str,
    before: String,
    after: String,
}

impl Change {
    /// Its rules, one a line: those that stay, those that go (`-`) and those that come (`+`).
    pub(in crate::commands::doctor) fn lines(&self) -> Vec<String> {
        let name = if self.query == "cors=" { "CORSRule" } else { "Rule" };
        let (before, after) = (rules_of(&self.before, name), rules_of(&self.after, name));
        let gone = before
            .iter()
            .filter(|rule| !after.contains(rule))
            .map(|rule| format!("- {rule}"));
        let there = after.iter().map(|rule| {
            let sign = if before.contains(rule) { " " } else { "+" };
            format!("{sign} {rule}")
        });
        gone.chain(there).collect()
    }
}

fn rules_of(xml: &str, name: &str) -> Vec<String> {
    let one_line = |rule: &&str| -> String { rule.chars().filter(|c| !c.is_control()).collect() };
    xml::elements(xml, name).iter().map(one_line).collect()
}

/// What would be set for the findings of these codes.
///
/// # Errors
/// Where the bucket does not show what is there, nothing is set: it would be overwritten.
pub(super) async fn planned(desk: &Desk, codes: &[&str]) -> Result<Vec<Change>, String> {
    let mut changes = Vec::new();
    if let Some(page) = &desk.page
        && codes.iter().any(|code| code.starts_with("cors-"))
    {
        let before = rules::read(desk, "cors=").await.map_err(|said| unseen("CORS", &said))?;
        let pages: Vec<&str> = [page].into_iter().chain(&desk.links).map(String::as_str).collect();
        let after = with_cors(&before, &pages);
        changes.push(Change {
            query: "cors=",
            what: "CORS rules",
            before,
            after,
        });
    }
    if codes.contains(&"lifecycle-abort-missing") {
        let before = rules::read(desk, "lifecycle=")
            .await
            .map_err(|said| unseen("lifecycle", &said))?;
        let after = with_abort(&before);
        changes.push(Change {
            query: "lifecycle=",
            what: "lifecycle rules",
            before,
            after,
        });
    }
    changes.retain(|change| change.before != change.after);
    Ok(changes)
}

fn unseen(what: &str, said: &str) -> String {
    let hint = if said.starts_with("403") {
        ". Run it with a key that may set up the bucket: S3_ACCESS_KEY_ID=… S3_SECRET_ACCESS_KEY=… sealdrop-server doctor --fix"
    } else {
        ""
    };
    format!("the bucket does not show its {what} rules ({said}), and what is not seen is not overwritten{hint}")
}

/// Sets it, unless it was changed since it was looked at.
///
/// # Errors
/// What the bucket says.
pub(super) async fn set(desk: &Desk, change: &Change) -> Result<(), String> {
    let now = rules::read(desk, change.query).await?;
    if now != change.before {
        return Err(format!("the {} were changed meanwhile; run it again", change.what));
    }
    // Stores want to be sure of such bodies.
    let sum = Base64::encode_string(&Md5::digest(change.after.as_bytes()));
    let headers = [("content-md5", sum.as_str()), ("content-type", "application/xml")];
    let mut ask = Ask::new(Way::Server, Method::PUT, "", change.query);
    ask.headers = &headers;
    ask.body = change.after.clone().into();
    let answer = desk.ask(ask).await?;
    if answer.is_good() {
        return Ok(());
    }
    let hint = if answer.is_refused() {
        ". The server's key need not have this right: run it once with another one, S3_ACCESS_KEY_ID=… S3_SECRET_ACCESS_KEY=… \
         sealdrop-server doctor --fix"
    } else {
        ""
    };
    Err(format!("the {} cannot be set: {}{hint}", change.what, answer.said()))
}

/// Ours comes first: stores take the first rule that fits.
fn with_cors(before: &str, pages: &[&str]) -> String {
    let origins: String = pages
        .iter()
        .map(|page| format!("<AllowedOrigin>{}</AllowedOrigin>", xml::escape(page)))
        .collect();
    let methods: String = ["PUT", "GET", "HEAD"]
        .map(|method| format!("<AllowedMethod>{method}</AllowedMethod>"))
        .concat();
    let headers: String = ["content-type", "range", "if-match"]
        .map(|name| format!("<AllowedHeader>{name}</AllowedHeader>"))
        .concat();
    let shown: String = ["ETag", "Content-Length", "Content-Range", "Accept-Ranges"]
        .map(|name| format!("<ExposeHeader>{name}</ExposeHeader>"))
        .concat();
    let rule = format!(
        "<CORSRule><ID>{CORS_ID}</ID>{origins}{methods}{headers}{shown}<MaxAgeSeconds>3600</MaxAgeSeconds></CORSRule>"
    );
    let before = without(before, "CORSRule", CORS_ID);
    match before.find("<CORSRule") {
        Some(at) => {
            let (head, tail) = before.split_at(at);
            format!("{head}{rule}{tail}")
        }
        None => {
            format!("<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{rule}</CORSConfiguration>")
        }
    }
}

fn with_abort(before: &str) -> String {
    let before = without(before, "Rule", LIFECYCLE_ID);
    let rules = xml::elements(&before, "Rule");
    // The old form and the new one do not go together in one bucket.
    let is_old = !rules.is_empty() && rules.iter().all(|rule| xml::elements(rule, "Filter").is_empty());
    let prefix = if is_old {
        "<Prefix></Prefix>"
    } else {
        "<Filter><Prefix></Prefix></Filter>"
    };
    let rule = format!(
        "<Rule><ID>{LIFECYCLE_ID}</ID>{prefix}<Status>Enabled</Status><AbortIncompleteMultipartUpload>\
         <DaysAfterInitiation>{ABORT_DAYS}</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
    );
    match before.rfind("</LifecycleConfiguration>") {
        Some(at) if !rules.is_empty() => {
            let (head, tail) = before.split_at(at);
            format!("{head}{rule}{tail}")
        }
        _ => format!(
            "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{rule}</LifecycleConfiguration>"
        ),
    }
}

/// Without the rule of ours that an earlier run set.
fn without(xml: &str, name: &str, id: &str) -> String {
    let ours = xml::elements(xml, name)
        .into_iter()
        .find(|rule| xml::text(rule, "ID").as_deref() == Some(id));
    ours.map_or_else(|| xml.to_owned(), |ours| xml.replacen(ours, "", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: &str = "<?xml version=\"1.0\"?>\n<CORSConfiguration xmlns=\"x\"><CORSRule><ID>a</ID><AllowedOrigin>https://other.test</AllowedOrigin>\
                          <Odd>kept</Odd></CORSRule></CORSConfiguration>";

    #[test]
    fn o26_rules_of_others_stay_as_they_are() {
        let once = with_cors(OTHERS, &["https://drop.test"]);
        assert_eq!(without(&once, "CORSRule", CORS_ID), OTHERS);
        assert!(
            once.find("https://drop.test") < once.find("https://other.test"),
            "{once}"
        );
        assert_eq!(with_cors(&once, &["https://drop.test"]), once, "twice is once");
        let moved = with_cors(&once, &["https://moved.test", "https://links.test"]);
        assert!(
            !moved.contains("drop.test") && moved.contains("links.test") && moved.contains("<Odd>kept</Odd>"),
            "{moved}"
        );
        let change = Change {
            query: "cors=",
            what: "CORS rules",
            before: once,
            after: moved,
        };
        let signs: Vec<char> = change.lines().iter().filter_map(|line| line.chars().next()).collect();
        assert_eq!(signs, ['-', '+', ' ']);
    }

    #[test]
    fn a_lifecycle_rule_takes_the_form_of_those_that_are_there() {
        let old = "<LifecycleConfiguration><Rule><ID>x</ID><Prefix>tmp/</Prefix><Status>Enabled</Status></Rule></LifecycleConfiguration>";
        let new = with_abort(old);
        assert_eq!(without(&new, "Rule", LIFECYCLE_ID), old);
        assert!(
            !new.contains("<Filter>") && new.contains("<DaysAfterInitiation>7<"),
            "{new}"
        );
        assert_eq!(with_abort(&new), new);
        assert!(with_abort("").contains("<Filter><Prefix></Prefix></Filter>"));
        let empty = with_abort("<LifecycleConfiguration/>");
        assert_eq!(xml::elements(&empty, "Rule").len(), 1, "{empty}");
    }
}
