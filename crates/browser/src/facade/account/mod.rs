//! Signing in, and what the account says of itself: one request each, with the cookies that the browser has. None is tried again by
//! itself: a code counts each time.

mod ask;
mod export;
mod refused;

pub use export::save_export;
pub use refused::Refused;
use sealdrop_api::links::{
    ChangeLink, GetLink, LinkChange, LinkEvent, LinkList, LinkStatus, ListLinkEvents, ListLinks, RevokeLink,
};
use sealdrop_api::{
    CodeText, EmailText, LinkId, SessionId, TokenId,
    account::{
        AccessTokenStatus, Account, AccountChange, ChangeAccount, CloseAccount, CreateToken, GetAccount, ListTokens,
        NewToken, NoticesChange, RevokeToken, TokenMade,
    },
    auth::{
        AskCode, ChallengeStatus, CodePurpose, EndCurrentSession, EndSession, GetChallenge, ListSessions, NewCode,
        NewSession, SessionStatus, SignIn, StepUp, StepUpProof,
    },
};

use self::ask::ask;

/// Asks for a code to sign in with, or, without an address, to show again that it is them. Answers the seconds after which it can be sent
/// again.
///
/// # Errors
/// As the server says.
pub async fn ask_code(email: Option<String>) -> Result<u64, Refused> {
    let purpose = match email {
        Some(_) => CodePurpose::SignIn,
        None => CodePurpose::StepUp,
    };
    let email = email.map(EmailText);
    if email.as_ref().is_some_and(|email| !email.is_possible()) {
        return Err(Refused::unasked());
    }
    let body = NewCode {
        purpose,
        email,
        new_email: None,
        challenge: None,
    };
    Ok(ask(&AskCode { body }).await?.resend_in)
}

/// Asks for a code to a new address of the account. Answers the seconds after which it can be sent again.
///
/// # Errors
/// As the server says.
pub async fn ask_change_code(new_email: String) -> Result<u64, Refused> {
    let new_email = EmailText(new_email);
    if !new_email.is_possible() {
        return Err(Refused::unasked());
    }
    let body = NewCode {
        purpose: CodePurpose::ChangeEmail,
        email: None,
        new_email: Some(new_email),
        challenge: None,
    };
    Ok(ask(&AskCode { body }).await?.resend_in)
}

/// Gives the account the address that a code was sent to, with that code as it was typed.
///
/// # Errors
/// As the server says.
pub async fn change_email(code: String) -> Result<Account, Refused> {
    let body = AccountChange {
        code: Some(possible(code)?),
        ..AccountChange::default()
    };
    ask(&ChangeAccount { body }).await
}

/// Chooses of what a mail tells.
///
/// # Errors
/// As the server says.
pub async fn choose_notices(change: NoticesChange) -> Result<Account, Refused> {
    let body = AccountChange {
        notices: Some(change),
        ..AccountChange::default()
    };
    ask(&ChangeAccount { body }).await
}

/// Closes the account.
///
/// # Errors
/// As the server says.
pub async fn close_account() -> Result<(), Refused> {
    ask(&CloseAccount).await.map(drop)
}

/// The code that this browser asked for, while it is good.
///
/// # Errors
/// As the server says.
pub async fn challenge() -> Result<Option<ChallengeStatus>, Refused> {
    ask(&GetChallenge).await
}

/// What was typed, if it could be a code. It is told at once if it cannot.
fn possible(code: String) -> Result<CodeText, Refused> {
    let code = CodeText(code);
    if code.is_possible() {
        Ok(code)
    } else {
        Err(Refused::unasked())
    }
}

/// Signs in with a code, as it was typed.
///
/// # Errors
/// As the server says.
pub async fn sign_in(code: String) -> Result<Account, Refused> {
    let body = NewSession {
        code: possible(code)?,
        challenge: None,
        kind: None,
        name: None,
        scopes: None,
    };
    Ok(ask(&SignIn { body }).await?.user)
}

/// Shows again that it is them, with a code as it was typed.
///
/// # Errors
/// As the server says.
pub async fn step_up(code: String) -> Result<(), Refused> {
    let body = StepUpProof {
        code: possible(code)?,
        challenge: None,
    };
    ask(&StepUp { body }).await.map(drop)
}

/// Ends the session of this browser.
///
/// # Errors
/// As the server says.
pub async fn sign_out() -> Result<(), Refused> {
    ask(&EndCurrentSession).await.map(drop)
}

/// Who is signed in.
///
/// # Errors
/// As the server says.
pub async fn account() -> Result<Account, Refused> {
    ask(&GetAccount).await
}

/// Where they are signed in.
///
/// # Errors
/// As the server says.
pub async fn sessions() -> Result<Vec<SessionStatus>, Refused> {
    Ok(ask(&ListSessions).await?.sessions)
}

/// Ends one session.
///
/// # Errors
/// As the server says.
pub async fn end_session(session_id: SessionId) -> Result<(), Refused> {
    ask(&EndSession { session_id }).await.map(drop)
}

/// Their access tokens.
///
/// # Errors
/// As the server says.
pub async fn tokens() -> Result<Vec<AccessTokenStatus>, Refused> {
    Ok(ask(&ListTokens).await?.tokens)
}

/// Makes an access token.
///
/// # Errors
/// As the server says.
pub async fn create_token(body: NewToken) -> Result<TokenMade, Refused> {
    ask(&CreateToken { body }).await
}

/// Ends an access token.
///
/// # Errors
/// As the server says.
pub async fn revoke_token(token_id: TokenId) -> Result<(), Refused> {
    ask(&RevokeToken { token_id }).await.map(drop)
}

/// A page of their links, without the first `after` of the newest.
///
/// # Errors
/// As the server says.
pub async fn links(after: u32) -> Result<LinkList, Refused> {
    ask(&ListLinks { after }).await
}

/// How one of their links is now.
///
/// # Errors
/// As the server says.
pub async fn link(link_id: LinkId) -> Result<LinkStatus, Refused> {
    ask(&GetLink { link_id }).await
}

/// What happened to one of their links, the newest first.
///
/// # Errors
/// As the server says.
pub async fn link_events(link_id: LinkId) -> Result<Vec<LinkEvent>, Refused> {
    Ok(ask(&ListLinkEvents { link_id }).await?.events)
}

/// Changes one of their links, whichever device made it.
///
/// # Errors
/// As the server says.
pub async fn change_link(link_id: LinkId, body: LinkChange) -> Result<LinkStatus, Refused> {
    ask(&ChangeLink { link_id, body }).await
}

/// Ends one of their links.
///
/// # Errors
/// As the server says.
pub async fn end_link(link_id: LinkId) -> Result<(), Refused> {
    ask(&RevokeLink { link_id }).await.map(drop)
}
