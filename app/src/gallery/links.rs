//! Links that were sent, made up.

use leptos::prelude::*;
use sealdrop_api::links::LinkState;

use super::fixtures::{CHOSEN, LINK, empty};
use crate::{
    engine::{ListedFile, OwnLink, SentLinkFacts, now_ms},
    messages::t,
    transfers::{
        live_region::LiveRegion,
        sending::{SendScreen, Sending},
        sent_links::{Answer, Keeping, SentLink, SentLinkState},
    },
};

const DAY: u64 = 86_400_000;

/// The present instant, in whole milliseconds.
fn now() -> u64 {
    now_ms() as u64
}

fn own(id: &str, name: &str) -> OwnLink {
    OwnLink {
        link_id: id.to_owned(),
        link: format!("{}{}", LINK.0, LINK.1),
        address: LINK.0.to_owned(),
        key: LINK.1.to_owned(),
        facts: SentLinkFacts {
            name: name.to_owned(),
            note: "Survey and contract for the two valleys. Large: best over a cable.".to_owned(),
            files: 12,
            listed: CHOSEN
                .iter()
                .map(|(path, len)| ListedFile {
                    path: (*path).to_owned(),
                    len: *len,
                })
                .collect(),
            plain_bytes: CHOSEN.iter().map(|(_, len)| len).sum(),
            created_ms: now() - 7_200_000,
            expires_ms: now() + 7 * DAY,
            max_downloads: 10,
            used: 0,
            active: 0,
            opened: 0,
            failed: 0,
            state: LinkState::Active,
            revivable_until_ms: None,
        },
        has_password: false,
        is_kept: true,
    }
}

fn show(sending: Sending, change: impl FnOnce(&mut SentLinkState)) -> SentLink {
    empty(sending);
    let mut card = SentLinkState::new(own("7hQ2vXc0RkS9mTqLw3bZfA", "Valleys"), Keeping::Kept);
    change(&mut card);
    let link = SentLink::new(card, LiveRegion(RwSignal::new(String::new())));
    sending.sent.set(Some(link));
    sending.screen.set(SendScreen::Sent);
    link
}

pub(super) fn sent(sending: Sending) {
    show(sending, |_| ());
}

pub(super) fn sent_password(sending: Sending) {
    show(sending, |card| card.own.has_password = true);
}

pub(super) fn sent_not_kept(sending: Sending) {
    show(sending, |card| card.keeping = Keeping::NotWanted);
}

pub(super) fn sent_cannot_keep(sending: Sending) {
    show(sending, |card| card.keeping = Keeping::Impossible);
}

pub(super) fn owner_failed(sending: Sending) {
    let link = show(sending, |_| ());
    link.error.set(Some(("server-away", t().owner_failed)));
}

pub(super) fn sent_revoked(sending: Sending) {
    show(sending, |card| card.own.facts.state = LinkState::Revoked);
}

pub(super) fn sent_used_up(sending: Sending) {
    show(sending, |card| {
        card.own.facts.state = LinkState::Exhausted;
        card.own.facts.revivable_until_ms = Some(now() + 23 * 3_600_000);
        (card.own.facts.used, card.own.facts.opened) = (10, 12);
    });
}

pub(super) fn sent_used_up_deleted(sending: Sending) {
    show(sending, |card| {
        card.own.facts.state = LinkState::Exhausted;
        (card.own.facts.used, card.own.facts.opened) = (10, 12);
    });
}

pub(super) fn sent_expired(sending: Sending) {
    show(sending, |card| card.own.facts.state = LinkState::Expired);
}

pub(super) fn sent_gone(sending: Sending) {
    show(sending, |card| card.answer = Answer::Gone);
}

fn list(sending: Sending) {
    empty(sending);
    let voice = LiveRegion(RwSignal::new(String::new()));
    let add = |id: &str, name: &str, change: fn(&mut SentLinkState)| {
        let mut card = SentLinkState::new(own(id, name), Keeping::Kept);
        change(&mut card);
        sending.links.all.update(|all| all.push(SentLink::new(card, voice)));
    };
    add(
        "1",
        "Site survey 2026-11, drone orthomosaic of both valleys, uncompressed export.tif",
        |card| {
            card.keeping = Keeping::NotWanted;
            card.own.facts.files = 1;
            card.own.facts.created_ms = now() - 60_000;
        },
    );
    add("2", "Valleys", |card| card.own.facts.used = 3);
    add(
        "3",
        "عقد الإيجار النهائي مع الملاحق.pdf",
        |card| {
            card.answer = Answer::Away;
            card.own.facts.files = 1;
            card.own.facts.created_ms = now() - DAY;
        },
    );
    add("4", "Board pack with appendices", |card| {
        card.own.facts.state = LinkState::Exhausted;
        card.own.facts.used = 10;
        card.own.facts.revivable_until_ms = Some(now() + 3_600_000);
        card.own.facts.created_ms = now() - 2 * DAY;
    });
    add("5", "invoice\u{202e}fdp.exe", |card| {
        card.own.facts.state = LinkState::Expired;
        card.own.facts.created_ms = now() - 9 * DAY;
    });
    add("6", "Handover", |card| card.own.facts.state = LinkState::Revoked);
    add("7", "voice note 0412.m4a", |card| card.answer = Answer::Gone);
    sending.links.known.set(true);
}

pub(super) fn links(sending: Sending) {
    list(sending);
}

pub(super) fn empty_with_links(sending: Sending) {
    list(sending);
}

pub(super) fn links_details(sending: Sending) {
    list(sending);
    sending.links.open.set(Some("2".to_owned()));
}

pub(super) fn no_links(sending: Sending) {
    empty(sending);
    sending.links.known.set(true);
}

pub(super) fn links_cannot_keep(sending: Sending) {
    no_links(sending);
    sending.links.can_keep.set(false);
}
