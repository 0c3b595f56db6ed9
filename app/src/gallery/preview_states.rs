//! Files that are looked at, made up.

use leptos::prelude::*;

use super::fixtures::list;
use crate::{
    engine::{Failure, FailureKind, Shown},
    messages::t,
    model::user_error,
    transfers::{receiving::Receiving, viewing::View},
};

fn look(receiving: Receiving, name: &str, view: View) {
    list(receiving);
    receiving.viewing.name.set(name.to_owned());
    receiving.viewing.row.set(Some(0));
    receiving.viewing.view.set(view);
}

pub(super) fn opening(receiving: Receiving) {
    look(receiving, "Walkthrough with client comments.mp4", View::Opening);
}

pub(super) fn image(receiving: Receiving) {
    let shown = Shown::Image("/rosette.svg".to_owned());
    let name = "Site survey 2026-11, drone orthomosaic of both valleys, reduced export.png";
    look(receiving, name, View::Showing(shown));
}

pub(super) fn audio(receiving: Receiving) {
    look(
        receiving,
        "voice note 0412.m4a",
        View::Showing(Shown::Audio("/nothing.m4a".to_owned())),
    );
}

pub(super) fn video(receiving: Receiving) {
    let shown = Shown::Video("/nothing.mp4".to_owned());
    look(receiving, "Walkthrough with client comments.mp4", View::Showing(shown));
}

pub(super) fn text(receiving: Receiving) {
    let line = "| B-12 | retaining wall, north | 41.2 m³ | C30/37 | checked by أمينة |\n";
    let text = format!(
        "# Quantities\n\nPour the north stair first. <script>alert(1)</script> is only a text here.\n\n{}\n{}",
        line.repeat(24),
        "averyveryverylongwordwithoutanyplacetobreak".repeat(8),
    );
    let shown = Shown::Text { text, left: 1_310_720 };
    look(receiving, "מפרט חשמל ותאורה.md", View::Showing(shown));
}

pub(super) fn refused(receiving: Receiving) {
    look(
        receiving,
        "holiday.png",
        View::Refused((t().preview_not_as_named)("PNG")),
    );
}

pub(super) fn altered(receiving: Receiving) {
    let failure = Failure::new(FailureKind::NotWhatWasSealed);
    look(
        receiving,
        "Walkthrough with client comments.mp4",
        View::Failed(user_error::receiving(&failure)),
    );
}

pub(super) fn revoked(receiving: Receiving) {
    let failure = Failure::new(FailureKind::LinkRevoked);
    look(
        receiving,
        "Walkthrough with client comments.mp4",
        View::Failed(user_error::receiving(&failure)),
    );
}
