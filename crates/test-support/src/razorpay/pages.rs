//! The hosted page of a payment link: plain HTML. Nobody is called back but after a payment.

use url::Url;

use super::{
    account::{Account, Link},
    webhooks::sign,
};

/// A page, or where the browser goes.
pub(super) enum Page {
    Html(u16, String),
    Redirect(String),
}

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:#eef1f5;color:#1b2430;\
font:16px/1.5 system-ui,sans-serif}main{width:min(26rem,calc(100vw - 2rem));margin:1rem 0;padding:1.5rem;background:#fff;border-radius:.75rem;\
box-shadow:0 1px 3px #0003}h1{margin:0;font-size:1.1rem}.amount{margin:.5rem 0 0;font-size:2rem;font-weight:600}\
p{margin:.75rem 0;overflow-wrap:anywhere}.note{padding:.75rem;border-radius:.5rem;background:#fff3d6;color:#4d3800}\
form{margin:.75rem 0 0}button{width:100%;min-height:3rem;border:1px solid #5a6675;border-radius:.5rem;background:#fff;color:inherit;font:inherit;\
cursor:pointer}button.pay{border-color:#0b5cad;background:#0b5cad;color:#fff;font-weight:600}button:focus-visible{outline:3px solid #7db3ee;\
outline-offset:2px}";

pub(super) fn show(account: &Account, id: &str) -> Page {
    page(account, id, "")
}

/// A button was pressed.
pub(super) fn act(account: &mut Account, id: &str, button: &str) -> Page {
    let said = match button {
        "close" => "You left the payment. The link can still be used.".to_owned(),
        "pay" => match account.begin(id, "upi") {
            Err(why) => format!("Nothing was paid: {why}."),
            Ok(payment) => {
                // It was begun a moment ago.
                let _ = account.settle(&payment, "captured");
                match account
                    .links
                    .iter()
                    .find(|link| link.id == id)
                    .and_then(|link| callback(account, link, &payment))
                {
                    Some(address) => return Page::Redirect(address),
                    None => "Paid.".to_owned(),
                }
            }
        },
        "fail" => match account.begin(id, "card") {
            Err(why) => format!("Nothing was paid: {why}."),
            Ok(payment) => {
                let _ = account.settle(&payment, "failed");
                "The bank declined the payment. You can try again.".to_owned()
            }
        },
        "late" => match account.begin(id, "upi") {
            Err(why) => format!("Nothing was paid: {why}."),
            Ok(_) => "The bank has not answered yet. You may close this page.".to_owned(),
        },
        _ => return Page::Html(404, "<!doctype html><title>Not found</title>".to_owned()),
    };
    page(account, id, &said)
}

/// Where the browser goes after a payment.
pub(super) fn callback(account: &Account, link: &Link, payment: &str) -> Option<String> {
    let mut url = Url::parse(link.callback_url.as_ref()?).ok()?;
    let reference = link.reference.as_deref().unwrap_or_default();
    let signature = sign(account.secret, &format!("{}|{reference}|paid|{payment}", link.id));
    url.query_pairs_mut()
        .append_pair("razorpay_payment_id", payment)
        .append_pair("razorpay_payment_link_id", &link.id)
        .append_pair("razorpay_payment_link_reference_id", reference)
        .append_pair("razorpay_payment_link_status", "paid")
        .append_pair("razorpay_signature", &signature);
    Some(url.into())
}

fn page(account: &Account, id: &str, said: &str) -> Page {
    let Some(link) = account.links.iter().find(|link| link.id == id) else {
        return Page::Html(
            404,
            "<!doctype html><title>Not found</title><h1>There is no such payment link.</h1>".to_owned(),
        );
    };
    let said = match (said, link.status) {
        ("", "created") => String::new(),
        ("", status) => format!("This link is {status}."),
        (said, _) => said.to_owned(),
    };
    let said = if said.is_empty() {
        said
    } else {
        format!("<p role=\"status\">{}</p>", escape(&said))
    };
    let buttons = if link.status == "created" {
        buttons(id)
    } else {
        String::new()
    };
    let (rupees, paise) = (link.amount / 100, link.amount % 100);
    Page::Html(
        200,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>Test payment</title><style>{STYLE}</style></head><body><main><h1>{}</h1><p class=\"amount\">₹{rupees}.{paise:02}</p>\
             <p class=\"note\">This page stands in for a payment provider. No money moves.</p>{said}{buttons}</main></body></html>",
            escape(&link.description),
        ),
    )
}

fn buttons(id: &str) -> String {
    let all = [
        ("pay", " class=\"pay\"", "Pay"),
        ("fail", "", "Fail"),
        ("late", "", "Pay, but the bank answers late"),
        ("close", "", "Close"),
    ];
    let forms = all.map(|(name, class, label)| {
        format!("<form method=\"post\" action=\"/l/{id}/{name}\"><button{class}>{label}</button></form>")
    });
    forms.concat()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
