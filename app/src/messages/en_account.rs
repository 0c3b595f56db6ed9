//! English for signing in and the account: apart from the rest, so that it is loaded with these pages only.

use sealdrop_api::account::Scope;

use crate::model::notices::Choice;

type Text = &'static str;

macro_rules! messages {
    ($($key:ident: $kind:ty = $value:expr,)*) => {
        /// One language, of the account.
        pub(crate) struct AccountMessages { $(pub(crate) $key: $kind,)* }
        /// English.
        pub(super) static EN_ACCOUNT: AccountMessages = AccountMessages { $($key: $value,)* };
    };
}

messages! {
    // --- signing in
    sign_in_title: Text = "Sign in",
    sign_in_line: Text = "We send a code to your e-mail address. There is no password to remember, and none to steal.",
    email: Text = "E-mail",
    send_code: Text = "Send me a code",
    sign_in_hint: Text = "New here? The same step makes your account. Sending and receiving work without one too.",
    code_title: Text = "Enter the code",
    code_sent_to: [Text; 2] = ["If ", " can receive mail, 8 digits are on their way. They work for 10 minutes."],
    code: Text = "Code",
    enter: Text = "Sign in",
    send_again: Text = "Send again",
    send_again_in: fn(u64) -> String = |seconds| format!("Send again in {}:{:02}", seconds / 60, seconds % 60),
    send_new: Text = "Send a new code",
    sent_again: Text = "Sent again. It is the same code as before.",
    other_address: Text = "Use another address",
    code_hint: Text = "Nothing after two minutes? Look in the spam folder. We never ask for this code by phone or chat.",
    one_moment: Text = "One moment…",

    // --- what goes wrong there
    code_wrong: fn(u32) -> String = |left| match left {
        0 => "That is not the code, and this was its last try. Nothing is lost. Ask for a new one.".to_owned(),
        1 => "That is not the code. Compare it with the mail: 1 more try.".to_owned(),
        n => format!("That is not the code. Compare it with the mail: {n} more tries."),
    },
    code_malformed: Text = "A code has 8 digits. Nothing was tried yet.",
    code_ended: Text = "This code has ended: it was used, is older than 10 minutes, or was tried too often. Nothing is lost. Ask for a new one.",
    email_refused: Text = "This is not an e-mail address that mail can go to. Nothing was sent. Check it for slips.",
    too_many: Text = "Many codes were asked for from your network lately. Nothing is lost: codes that arrived work. Try again in a few minutes.",
    away: Text = "The server does not answer, or cannot do this now. Nothing was changed. Try again.",
    signed_out: Text = "You are signed out. Links that this browser keeps are still here.",
    session_ended: Text = "You are signed out: this session has ended. Sign in again to go on.",
    account_closed: Text = "You are signed out: this account was closed. Its links no longer work. You can sign up again with the same address; the new account starts empty.",
    elsewhere_title: Text = "Signing in does not work at this address",
    elsewhere: Text = "This server is known under another one, and only there do browsers keep you signed in.",
    elsewhere_go: fn(&str) -> String = |address| format!("Go to {address}"),

    // --- account
    account_title: Text = "Account",
    billing: Text = "Plan and billing",
    reading: Text = "Reading your account…",
    checking: Text = "Checking whether you are still signed in…",
    needs_script_title: Text = "The rest of this page needs JavaScript",
    needs_script: Text = "You are signed in, and can sign out. Allow scripts for this site to see the rest.",
    plan: fn(&str) -> String = |name| format!("Plan: {name}"),
    sign_out: Text = "Sign out",
    try_again: Text = "Try again",
    space_title: Text = "Space",
    space: fn(&str, &str) -> String = |used, quota| format!("{used} of {quota} used"),
    reserved: fn(&str) -> String = |bytes| format!("{bytes} more are kept free for uploads that go on."),
    space_hint: Text = "Counted as stored: encrypted files are a little larger than the originals.",

    // --- links
    links_title: Text = "Your links",
    no_links: Text = "No link yet. What you send while you are signed in is listed here.",
    links_hint: Text = "The server does not know what your files are called: a name is shown where this browser made the link. Links that ended stay here for 30 days.",
    unnamed_link: Text = "Link made on another device",
    link_made: Text = "made",
    opened: fn(u64) -> String = |n| match n {
        0 => "not opened yet".to_owned(),
        1 => "opened once".to_owned(),
        n => format!("opened {n} times"),
    },
    state_paused: Text = "Paused",
    pause: Text = "Pause",
    resume: Text = "Resume",
    extend: Text = "Extend",
    extend_to: Text = "From now, the link lasts",
    extend_save: Text = "Save",
    end_link_sure: Text = "End and delete its files?",
    end_link_go: Text = "End and delete",
    timeline: Text = "Timeline",
    more_links: Text = "Show more",
    link_paused: Text = "Paused. Nobody can open the link until you go on; downloads that are under way come to their end.",
    link_goes_on: Text = "The link opens again.",
    link_extended: Text = "Saved. The link lasts as long as you chose.",
    link_ended: Text = "Ended. Its files are deleted, and their space is free.",

    // --- sessions
    sessions_title: Text = "Where you are signed in",
    device: fn(Option<&str>, Option<&str>) -> String = |browser, system| match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    },
    this_one: Text = "this one",
    session_times: [Text; 2] = ["Signed in ", ", last seen "],
    end: Text = "End",
    end_session: fn(&str) -> String = |device| format!("End the session of {device}"),
    end_others: Text = "End all others",
    sessions_ended: Text = "Ended. Whoever used it has to sign in again.",

    // --- access tokens
    tokens_title: Text = "Access tokens",
    tokens_lead: Text = "A token lets a program, such as the command line, act as you.",
    no_tokens: Text = "No token yet.",
    scope: fn(Scope) -> &'static str = |scope| match scope {
        Scope::Send => "Send files and make links",
        Scope::Read => "See what you have",
        Scope::Manage => "Change and end what you have",
    },
    scope_short: fn(Scope) -> &'static str = |scope| match scope {
        Scope::Send => "send",
        Scope::Read => "read",
        Scope::Manage => "manage",
    },
    may: fn(&str) -> String = |scopes| format!("May: {scopes}."),
    token_ends: Text = "Ends ",
    token_seen: Text = ", last used ",
    token_never: Text = ", never used",
    revoke: Text = "Revoke",
    revoke_token: fn(&str) -> String = |name| format!("Revoke {name}"),
    token_revoked: Text = "Revoked. Programs that have it cannot use it any more.",
    new_token: Text = "New token",
    token_name: Text = "Name",
    token_name_hint: Text = "So that you know it again, such as “build server”.",
    token_scopes: Text = "What it may do",
    token_lifetime: Text = "Good for",
    lifetime: fn(u64) -> String = |days| if days == 365 { "1 year".to_owned() } else { format!("{days} days") },
    make_token: Text = "Make the token",
    token_made: Text = "Your new token",
    token_once: Text = "It is shown this once. Keep it like a key: who has it can act as you.",
    copy_token: Text = "Copy token",
    token_kept: Text = "I have kept it",
    name_missing: Text = "Give the token a name, so that you know it again.",
    scope_missing: Text = "Choose at least one thing that it may do.",
    too_many_tokens: Text = "You have as many tokens as there can be. Revoke one that you do not use.",

    // --- showing again that it is them
    confirm_title: Text = "Confirm that it is you",
    confirm: fn(&str) -> String = |email| format!("You signed in a while ago. To be sure that it is you, we send a code to {email}."),
    confirm_send: Text = "Send me a code",
    confirm_enter: Text = "Confirm",
    leave: Text = "Leave it",

    // --- the address
    email_title: Text = "E-mail",
    email_lead: Text = "Codes and notices go to this address.",
    change_email: Text = "Change e-mail",
    new_email: Text = "New address",
    new_email_hint: Text = "We send a code there. Nothing changes before you enter it.",
    send_change_code: Text = "Send a code there",
    change_code_sent: [Text; 2] = ["If ", " can receive mail, 8 digits are on their way. They work for 10 minutes."],
    change_email_ends: Text = "With the change, all other sessions and all access tokens end, and the old address gets a notice.",
    change_email_go: Text = "Change the address",
    email_changed: Text = "Your address is changed. All other sessions and all access tokens have ended.",
    email_same: Text = "Your account has this address already.",
    email_taken: Text = "Another account has this address. Nothing was changed. Sign in there, or use another address.",

    // --- notices
    notices_title: Text = "Notices",
    notices_lead: Text = "We send you a mail when:",
    notice: fn(Choice) -> Text = |choice| match choice {
        Choice::LinkDownloaded => "a link of mine was downloaded",
        Choice::LinkUnused => "a link expires within a day and nobody has downloaded it",
        Choice::Storage => "my space is 80% used, or full",
        Choice::NewDevice => "my account is signed in to on a new device",
        Choice::Daily => "One mail a day, at 7:00 UTC, instead of single ones",
    },
    notices_hint: Text = "Single ones are five a day at most; more are summed up the next morning. A new device is always told at once. No mail names a file.",

    // --- everything there is, and the end
    data_title: Text = "Your data",
    data_lead: Text = "What this server holds about you.",
    export: Text = "Download my data",
    exported: Text = "Saved as a file: your address, sessions, access tokens, links with what happened to them, and the mails that we sent you. It holds no files and no keys.",
    close_account: Text = "Close the account",
    close_goes_title: Text = "This ends now and cannot be undone:",
    close_goes: [Text; 3] = [
        "Your sessions and access tokens, here and everywhere.",
        "The links of your account. Their files are deleted from the server within 24 hours.",
        "Your address in our database. You can sign up with it again; the new account starts empty.",
    ],
    close_stays_title: Text = "This stays:",
    close_stays: [Text; 3] = [
        "Links that you made without being signed in, until they expire.",
        "For 30 days: which mails we sent you and when, and the times of your sessions, without your address.",
        "An empty entry with a random number, the plan and the dates, so that records of payments stay complete.",
    ],
    close_account_go: Text = "Close the account for good",
}
