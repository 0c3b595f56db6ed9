//! The whole document of a page: head, header, page, footer, and its script.

use leptos::{prelude::*, tachys::view::RenderHtml};

use super::{
    data::{BillingPage, Drawing},
    invoice::InvoiceScreen,
    order::OrderScreen,
    overview::OverviewScreen,
    parts::Said,
    plans::Plans,
};
use crate::{
    account::AccountState,
    components::{footer::Footer, header::Header, sprite::Sprite},
    messages::{billing as words, t},
    model::page::Page,
    site::{Assets, Surroundings},
    transfers::{live_region::LiveRegion, sending::Sending},
    visitor::Visitor,
};

/// What every head begins with.
const HEAD: &str = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
    <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"theme-color\" content=\"#f1f4f2\" media=\"(prefers-color-scheme: light)\">\
    <meta name=\"theme-color\" content=\"#0c1312\" media=\"(prefers-color-scheme: dark)\">";
/// Asks for the state of an order again, writes amounts as the reader's language does, prints.
const SCRIPT: &str = include_str!("billing.js");
/// Seconds after which a browser without scripts looks again.
const REFRESH: u32 = 5;

/// What surrounds a page.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The files of the site.
    pub assets: Assets,
    /// What the server says of itself.
    pub surroundings: Surroundings,
    /// Of the script; the policy of the answer names it.
    pub nonce: String,
}

/// The document as HTML.
#[must_use]
pub fn draw(drawing: Drawing, document: Document) -> String {
    let owner = Owner::new();
    let (lang, dir) = (t().lang, t().dir);
    let title = escaped(&(t().title)(&title_of(&drawing.page)));
    let css = &document.assets.css;
    let css = (css.path.clone(), css.integrity.clone());
    let build = document.assets.build.clone();
    let nonce = document.nonce.clone();
    let pending = is_pending(&drawing.page);
    let body = owner.with(|| body(drawing, document).to_html());
    let head = owner.with(|| head(css, build, pending).to_html());
    // A picture of a page asks nothing; without a nonce no script would run.
    let (start, script) = if nonce.is_empty() {
        (" data-start", String::new())
    } else {
        ("", format!("<script nonce=\"{nonce}\">{SCRIPT}</script>"))
    };
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\" dir=\"{dir}\"{start}><head>{HEAD}{head}<title>{title}</title></head><body>{body}{script}</body></html>\n"
    )
}

/// As the text of an element that holds nothing but letters.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn is_pending(page: &BillingPage) -> bool {
    matches!(page, BillingPage::Order(order) if order.is_pending())
}

fn title_of(page: &BillingPage) -> String {
    match page {
        BillingPage::Plans(_) => words().plans_title.to_owned(),
        BillingPage::Overview(_) => words().billing_title.to_owned(),
        BillingPage::Order(order) => order.title(),
        BillingPage::Invoice(invoice) => invoice.number.clone(),
    }
}

fn head(css: (String, Option<String>), build: String, pending: bool) -> AnyView {
    view! {
        // Forms of these pages say where they come from; the payment page does not learn where its reader was.
        <meta name="referrer" content="same-origin"/>
        <meta name="sealdrop-build" content=build/>
        {pending.then(|| view! { <noscript><meta http-equiv="refresh" content=REFRESH.to_string()/></noscript> })}
        <link rel="stylesheet" href=css.0 integrity=css.1/>
        <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
        <link rel="icon" href="/favicon.ico" sizes="32x32"/>
        <link rel="apple-touch-icon" href="/icon-180.png"/>
        <link rel="manifest" href="/manifest.webmanifest"/>
    }
    .into_any()
}

fn body(drawing: Drawing, document: Document) -> AnyView {
    provide_context(document.assets);
    provide_context(document.surroundings);
    let Drawing { page, email, notice } = drawing;
    provide_context(Visitor {
        email: email.clone(),
        ..Visitor::default()
    });
    let sending = Sending::new(LiveRegion(RwSignal::new(String::new())));
    provide_context(sending);
    let account = AccountState::new();
    provide_context(account);
    let signed_in = account.signed_in;
    let (here, screen) = match &page {
        BillingPage::Plans(_) => (Page::Plans, "plans"),
        BillingPage::Overview(_) => (Page::Missing, "billing"),
        BillingPage::Order(_) => (Page::Missing, "order"),
        BillingPage::Invoice(_) => (Page::Missing, "invoice"),
    };
    let main = match page {
        BillingPage::Plans(page) => view! { <Plans page=*page/> }.into_any(),
        BillingPage::Overview(page) => view! { <OverviewScreen page=*page/> }.into_any(),
        BillingPage::Order(page) => view! { <OrderScreen page=*page/> }.into_any(),
        BillingPage::Invoice(invoice) => view! { <InvoiceScreen invoice=*invoice email/> }.into_any(),
    };
    let here = Memo::new(move |_| here);
    view! {
        <div id="app">
            <a class="skip" href="#main" data-testid="skip">{t().skip}</a>
            <Header page=here sending signed_in/>
            <main id="main" tabindex="-1" data-screen=screen>
                <div class="wrap stack">
                    <Said notice/>
                    {main}
                </div>
            </main>
            <Footer/>
        </div>
        <Sprite/>
    }
    .into_any()
}
