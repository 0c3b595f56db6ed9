//! Links that were sent, made up.

use leptos::prelude::*;
use sealdrop_api::links::LinkState;

use super::fixtures::{CHOSEN, LINK, empty};
use crate::{
    engine::{OwnLink, now_ms},
    messages::t,
    transfers::{
        live_region::LiveRegion,
        sending::{SendScreen, Sending},
        sent_links::{Answer, Keeping, SentLink, SentLinkState},
    },
};

const DAY: f64 = 86_400_000.0;

fn own(id: &str, name: &str) -> OwnLink {
    OwnLink {
        link_id: id.to_owned(),
        link: format!("{}{}", LINK.0, LINK.1),
        address: LINK.0.to_owned(),
        key: LINK.1.to_owned(),
        name: name.to_owned(),
        note: "Survey and contract for the two valleys. Large: best over a cable.".to_owned(),
        files: 12,
        listed: CHOSEN.iter().map(|(path, len)| ((*path).to_owned(), *len)).collect(),
        plain_bytes: CHOSEN.iter().map(|(_, len)| len).sum(),
        created_ms: now_ms() - 7_200_000.0,
        expires_at_ms: now_ms() + 7.0 * DAY,
        max_downloads: 10,
        used: 0,
        active: 0,
        opened: 0,
        failed: 0,
        state: LinkState::Active,
        has_password: false,
        revivable_until_ms: None,
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
    show(sending, |card| card.own.state = LinkState::Revoked);
}

pub(super) fn sent_used_up(sending: Sending) {
    show(sending, |card| {
        card.own.state = LinkState::Exhausted;
        card.own.revivable_until_ms = Some(now_ms() + 23.0 * 3_600_000.0);
        (card.own.used, card.own.opened) = (10, 12);
    });
}

pub(super) fn sent_used_up_deleted(sending: Sending) {
    show(sending, |card| {
        card.own.state = LinkState::Exhausted;
        (card.own.used, card.own.opened) = (10, 12);
    });
}

pub(super) fn sent_expired(sending: Sending) {
    show(sending, |card| card.own.state = LinkState::Expired);
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
            card.own.files = 1;
            card.own.created_ms = now_ms() - 60_000.0;
        },
    );
    add("2", "Valleys", |card| card.own.used = 3);
    add(
        "3",
        "عقد الإيجار النهائي مع الملاحق.pdf",
        |card| {
            card.answer = Answer::Away;
            card.own.files = 1;
            card.own.created_ms = now_ms() - DAY;
        },
    );
    add("4", "Board pack with appendices", |card| {
        card.own.state = LinkState::Exhausted;
        card.own.used = 10;
        card.own.revivable_until_ms = Some(now_ms() + 3_600_000.0);
        card.own.created_ms = now_ms() - 2.0 * DAY;
    });
    add("5", "invoice\u{202e}fdp.exe", |card| {
        card.own.state = LinkState::Expired;
        card.own.created_ms = now_ms() - 9.0 * DAY;
    });
    add("6", "Handover", |card| card.own.state = LinkState::Revoked);
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
