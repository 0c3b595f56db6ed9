//! Signing in and the account, in every state.

use sealdrop_api::{
    AccessToken, EmailText, LinkId, SessionId, TokenId,
    account::{AccessTokenStatus, Account, NewToken, Notices, Scope, TokenMade},
    auth::SessionStatus,
    links::{LinkEvent, LinkEventKind, LinkState, LinkStatus},
};
use time::{Duration, OffsetDateTime};

use leptos::prelude::*;

use crate::{
    account::{
        AccountState,
        own_links::Timeline,
        sign_in::Trouble,
        wish::{Confirming, Place, Wish},
    },
    engine,
    messages::account as words,
    visitor::{CodeSent, Notice},
};

const EMAIL: &str = "meera.venkataraman@kavalu-architects.example";

fn ago(time: Duration) -> OffsetDateTime {
    let now = OffsetDateTime::from_unix_timestamp_nanos((engine::now_ms() as i128) * 1_000_000);
    now.unwrap_or(OffsetDateTime::UNIX_EPOCH) - time
}

pub(super) fn nobody(_: AccountState) {}

fn trouble(name: &'static str, text: impl Into<String>) -> Option<Trouble> {
    Some(Trouble {
        name,
        text: text.into(),
    })
}

pub(super) fn email_refused(state: AccountState) {
    let text = words().email_refused;
    state
        .signing_in()
        .trouble
        .set(trouble(Notice::EmailRefused.name(), text));
}

pub(super) fn signed_out(state: AccountState) {
    state.signing_in().said.set(Some(words().signed_out));
}

pub(super) fn elsewhere(state: AccountState) {
    let home = "https://drop.kavalu-architects.example".to_owned();
    state.signing_in().home.set(Some(home));
}

pub(super) fn code(state: AccountState) {
    let signing_in = state.signing_in();
    signing_in.wait.set(42);
    signing_in.sent.set(Some(CodeSent {
        email: EMAIL.to_owned(),
        resend_in: 42,
        tries_left: 5,
    }));
}

pub(super) fn code_wrong(state: AccountState) {
    code(state);
    state.signing_in().wait.set(0);
    let text = (words().code_wrong)(3);
    state.signing_in().trouble.set(trouble(Notice::CodeWrong.name(), text));
}

pub(super) fn code_ended(state: AccountState) {
    code(state);
    state.signing_in().ended.set(true);
    let text = words().code_ended;
    state.signing_in().trouble.set(trouble(Notice::CodeEnded.name(), text));
}

pub(super) fn reading(state: AccountState) {
    state.signed_in.email.set(Some(EMAIL.to_owned()));
}

pub(super) fn account(state: AccountState) {
    reading(state);
    let overview = state.overview();
    overview.user.set(Some(Account {
        email: EmailText(EMAIL.to_owned()),
        plan: "free".to_owned(),
        created_at: ago(Duration::days(90)),
        used_bytes: 3_412_880_416,
        reserved_bytes: 912_000_000,
        quota_bytes: 5_000_000_000,
        notices: Notices {
            new_device: true,
            link_downloaded: false,
            link_unused: true,
            storage: true,
            daily: false,
        },
    }));
    let session = |id: u8, browser: Option<&str>, system: Option<&str>, seen: Duration| SessionStatus {
        session_id: SessionId([id; 16]),
        browser: browser.map(str::to_owned),
        system: system.map(str::to_owned),
        created_at: ago(Duration::days(12)),
        seen_at: ago(seen),
        is_current: id == 1,
    };
    overview.sessions.set(Some(vec![
        session(1, Some("Firefox"), Some("Linux"), Duration::minutes(2)),
        session(2, Some("Samsung Internet"), Some("Android"), Duration::hours(3)),
        session(3, None, None, Duration::days(6)),
    ]));
    overview.tokens.set(Some(Vec::new()));
}

pub(super) fn notices_refused(state: AccountState) {
    account(state);
    state.overview().at.set(Place::Notices);
    state.overview().trouble.set(trouble("server-away", words().away));
}

pub(super) fn links(state: AccountState) {
    account(state);
    let link = |id: u8, state, paused, used| LinkStatus {
        link_id: LinkId([id; 16]),
        state,
        expires_at: ago(-Duration::days(6)),
        max_downloads: 10,
        rev: 1,
        opened: u64::from(used) * 2,
        active: 0,
        used,
        failed: 0,
        sealed_bytes: 1_204_880_416,
        revivable_until: None,
        created_at: Some(ago(Duration::hours(20 * i64::from(id)))),
        paused,
    };
    let links = state.overview().links;
    links.all.set(vec![
        link(1, LinkState::Active, false, 3),
        link(2, LinkState::Active, true, 0),
        link(3, LinkState::Exhausted, false, 10),
        link(4, LinkState::Expired, false, 1),
        link(5, LinkState::Revoked, false, 0),
        link(6, LinkState::Removed, false, 2),
    ]);
    links.next.set(Some(100));
    let name = "Floor plans of the north wing, third revision after the meeting with the heritage office.pdf";
    links
        .names
        .set([(LinkId([1; 16]), name.to_owned())].into_iter().collect());
    state.overview().said.set(Some(words().link_paused));
}

pub(super) fn link_extend(state: AccountState) {
    links(state);
    state.overview().links.extending.set(Some(LinkId([2; 16])));
}

pub(super) fn link_end(state: AccountState) {
    links(state);
    state.overview().links.ending.set(Some(LinkId([1; 16])));
    state.overview().at.set(Place::Links);
    state.overview().trouble.set(trouble("server-away", words().away));
}

fn timeline(state: AccountState, is: Timeline) {
    links(state);
    let links = state.overview().links;
    links.timeline_of.set(Some(LinkId([3; 16])));
    links.timeline.set(is);
}

pub(super) fn link_timeline(state: AccountState) {
    let event = |kind, n, hours| LinkEvent {
        at: ago(Duration::hours(hours) + Duration::minutes(7)),
        kind,
        n,
    };
    let events = vec![
        event(LinkEventKind::Failed, 1, 0),
        event(LinkEventKind::Finished, 2, 1),
        event(LinkEventKind::Started, 3, 1),
        event(LinkEventKind::Opened, 1204, 2),
        event(LinkEventKind::Changed, 1, 30),
    ];
    timeline(state, Timeline::Known(events));
}

pub(super) fn link_timeline_empty(state: AccountState) {
    timeline(state, Timeline::Known(Vec::new()));
}

pub(super) fn link_timeline_failed(state: AccountState) {
    timeline(state, Timeline::Failed);
}

pub(super) fn tokens(state: AccountState) {
    account(state);
    let token = |id: u8, name: &str, scopes: &[Scope], seen_at| AccessTokenStatus {
        token_id: TokenId([id; 16]),
        name: name.to_owned(),
        scopes: scopes.to_vec(),
        created_at: ago(Duration::days(3)),
        seen_at,
        expires_at: ago(-Duration::days(87)),
        is_current: false,
    };
    state.overview().tokens.set(Some(vec![
        token(
            1,
            "nightly backup of the build server in the north wing",
            &Scope::ALL,
            Some(ago(Duration::hours(5))),
        ),
        token(2, "خادم البناء", &[Scope::Send], None),
    ]));
    state.overview().said.set(Some(words().token_revoked));
}

pub(super) fn token_made(state: AccountState) {
    tokens(state);
    state.overview().made.set(Some(TokenMade {
        token_id: TokenId([1; 16]),
        token: AccessToken::new([7; 32]),
        name: "nightly backup".to_owned(),
        scopes: vec![Scope::Send],
        expires_at: ago(-Duration::days(90)),
    }));
}

pub(super) fn confirm(state: AccountState) {
    account(state);
    let wish = NewToken {
        name: "nightly backup".to_owned(),
        scopes: vec![Scope::Send],
        expires_in: None,
    };
    let wish = Wish::Token(wish);
    state
        .overview()
        .confirming
        .set(Some(Confirming { wish, is_sent: true }));
    state.overview().at.set(Place::Tokens);
    let text = (words().code_wrong)(4);
    state.overview().trouble.set(trouble(Notice::CodeWrong.name(), text));
}

pub(super) fn email_code(state: AccountState) {
    account(state);
    let to = "meera.venkataraman@a-much-longer-name-of-an-office.example".to_owned();
    state.overview().new_email.set(Some(to));
    state.overview().at.set(Place::Email);
    let text = (words().code_wrong)(4);
    state.overview().trouble.set(trouble(Notice::CodeWrong.name(), text));
}

pub(super) fn email_taken(state: AccountState) {
    account(state);
    state.overview().email_draft.set("meera@elsewhere.example".to_owned());
    state.overview().at.set(Place::Email);
    state
        .overview()
        .trouble
        .set(trouble("email-taken", words().email_taken));
}

pub(super) fn confirm_closing(state: AccountState) {
    account(state);
    let wish = Wish::Close;
    state
        .overview()
        .confirming
        .set(Some(Confirming { wish, is_sent: false }));
}

pub(super) fn exported(state: AccountState) {
    account(state);
    state.overview().at.set(Place::Data);
    state.overview().said.set(Some(words().exported));
}

pub(super) fn account_closed(state: AccountState) {
    state.signing_in().said.set(Some(words().account_closed));
}

pub(super) fn failed(state: AccountState) {
    reading(state);
    state.overview().trouble.set(trouble("server-away", words().away));
}
