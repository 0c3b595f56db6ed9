//! What went wrong, as a screen says it: what happened, what is safe, what to do, always in this order.

use sealdrop_api::LimitKind;

use super::{limits::OverLimit, names, numbers, times};
use crate::{
    engine::{self, Failure, FailureKind, LinkFault},
    messages::t,
};

/// How bad it is, which is what the seal beside it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// There is nothing here to open, or no longer.
    Ended,
    /// What arrived is not what was sealed.
    Broken,
    /// It passes, or another way leads on: what was sealed is sealed as before.
    Passing,
    /// It was not sent, so nothing is sealed yet.
    Unsealed,
}

impl Ending {
    /// The form of the seal that says it.
    pub(crate) fn seal(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Broken => "broken",
            Self::Passing => "sealed",
            Self::Unsealed => "open",
        }
    }
}

/// What the screen offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The program that does the same without a browser.
    CommandLine,
    /// The same again.
    TryAgain,
    /// A message that the reader can send to the sender of the link.
    AskSender,
    /// A field for the whole link.
    PasteLink,
    /// The page for sending files.
    Send,
    /// Back to the list of files.
    BackToFiles,
    /// Back to the list, to choose another way.
    BackToList,
    /// The page of a newer build.
    Reload,
}

/// An error in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserError {
    /// Its stable name: the problem's where the server has one, the failure's where not.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) happened: String,
    pub(crate) safe: &'static str,
    pub(crate) todo: &'static str,
    pub(crate) ending: Ending,
    pub(crate) remedy: Remedy,
}

impl UserError {
    /// `words` are the title, what happened, what is safe and what to do.
    pub(crate) fn new(name: &'static str, words: [&'static str; 4], ending: Ending, remedy: Remedy) -> Self {
        let [title, happened, safe, todo] = words;
        Self {
            name,
            title,
            happened: happened.to_owned(),
            safe,
            todo,
            ending,
            remedy,
        }
    }

    fn said(self, happened: String) -> Self {
        Self { happened, ..self }
    }

    /// The short form, for a link or a page that is gone: nothing can be lost there, so what is safe is not said.
    pub(crate) fn brief(&self) -> Option<String> {
        let gone = matches!(self.remedy, Remedy::AskSender | Remedy::Send);
        let repeats_title = self.happened.trim_end_matches('.') == self.title;
        gone.then(|| match repeats_title {
            true => self.todo.to_owned(),
            false => format!("{} {}", self.happened, self.todo),
        })
    }
}

/// The stable name of a failure.
pub(crate) fn name(failure: &Failure) -> &'static str {
    match failure.kind {
        FailureKind::WrongPassword => "wrong-password",
        FailureKind::LinkGone => "link-not-found",
        FailureKind::LinkExpired => "link-expired",
        FailureKind::LinkExhausted => "link-exhausted",
        FailureKind::LinkRevoked => "link-revoked",
        FailureKind::LinkRemoved => "link-removed",
        FailureKind::LinkPaused => "link-paused",
        FailureKind::LinkBusy => "link-busy",
        FailureKind::TooLarge => "too-large",
        FailureKind::GuestsOff => "guests-off",
        FailureKind::QuotaExceeded => "quota-exceeded",
        FailureKind::StorageFull => "storage-full",
        FailureKind::NotWhatWasSealed => "not-what-was-sealed",
        FailureKind::SourceChanged => "source-changed",
        FailureKind::SourceUnreadable => "source-unreadable",
        FailureKind::EtagHidden => "etag-hidden",
        FailureKind::DiskFull => "disk-full",
        FailureKind::SaveRefused => "save-refused",
        FailureKind::SaveInterrupted => "save-interrupted",
        FailureKind::StartOver => "start-over",
        FailureKind::TooLargeForBrowser => "too-large-for-browser",
        FailureKind::RefusedOnTheWay => "refused-on-the-way",
        FailureKind::WrongAddress => "wrong-address",
        FailureKind::StorageUnreachable => "storage-unreachable",
        FailureKind::ServerAway => "server-away",
        FailureKind::NotLoaded => "not-loaded",
        FailureKind::NewerVersion => "newer-version",
        FailureKind::Unsupported => "unsupported",
        FailureKind::UploadInUse => "upload-in-use",
        FailureKind::InvalidInput(_) => "invalid-input",
        FailureKind::Device(_) => "device",
        _ => failure.problem.map_or("other", sealdrop_api::ProblemType::slug),
    }
}

/// A failure while receiving.
pub(crate) fn receiving(failure: &Failure) -> UserError {
    let m = t();
    let name = name(failure);
    let over = |words| UserError::new(name, words, Ending::Ended, Remedy::AskSender);
    let passing = |words, remedy| UserError::new(name, words, Ending::Passing, remedy);
    match failure.kind {
        FailureKind::WrongPassword | FailureKind::LinkGone => over(m.gone),
        FailureKind::LinkExpired => {
            let error = over(m.expired);
            match failure.ended_at_ms {
                Some(at) => error.said((m.expired_at)(&times::relative(at, engine::now_ms()))),
                None => error,
            }
        }
        FailureKind::LinkExhausted => match failure.revivable_until_ms {
            Some(at) => {
                let until = times::exact(at, engine::offset_minutes(at));
                over(m.exhausted).said((m.exhausted_until)(&until))
            }
            None => over(m.exhausted_gone),
        },
        FailureKind::LinkRevoked => over(m.revoked),
        FailureKind::LinkRemoved => over(m.removed),
        FailureKind::LinkPaused => passing(m.link_paused, Remedy::TryAgain),
        FailureKind::LinkBusy => {
            let error = passing(m.busy, Remedy::TryAgain);
            match failure.free_in {
                Some(seconds) => error.said((m.busy_for)(&times::until(seconds))),
                None => error,
            }
        }
        FailureKind::NotWhatWasSealed => {
            let error = UserError::new(name, m.altered, Ending::Broken, Remedy::TryAgain);
            match &failure.file {
                Some(file) => error.said((m.altered_file)(&names::visible(file))),
                None => error,
            }
        }
        FailureKind::DiskFull => passing(m.disk_full, Remedy::TryAgain),
        FailureKind::SaveRefused => passing(m.save_refused, Remedy::TryAgain),
        FailureKind::SaveInterrupted => passing(m.save_interrupted, Remedy::TryAgain),
        FailureKind::StartOver => passing(m.kept_is_gone, Remedy::BackToList),
        FailureKind::TooLargeForBrowser => passing(m.too_large_for_browser, Remedy::CommandLine),
        FailureKind::RefusedOnTheWay | FailureKind::WrongAddress | FailureKind::StorageUnreachable => {
            passing(blocked(failure, m.away_receiving), Remedy::TryAgain).said(why_blocked(failure))
        }
        FailureKind::ServerAway => passing(m.away_receiving, Remedy::TryAgain),
        FailureKind::NotLoaded => passing(not_loaded(m.away_receiving, m.not_loaded), Remedy::Reload),
        FailureKind::NewerVersion => passing(m.newer_version, Remedy::Reload),
        FailureKind::Unsupported => passing(m.unsupported_receiving, Remedy::CommandLine),
        _ => with_detail(passing(m.other_receiving, Remedy::TryAgain), failure),
    }
}

/// A failure while looking at a file: nothing is saved, and nothing counted.
pub(crate) fn looking(failure: &Failure) -> UserError {
    let error = receiving(failure);
    match failure.kind {
        FailureKind::NotWhatWasSealed => UserError {
            safe: t().altered_look,
            ..error
        },
        _ => error,
    }
}

/// A failure while receiving into a place that the person chose: it is asked for again, or another way is taken.
pub(crate) fn receiving_into_place(failure: &Failure) -> UserError {
    let m = t();
    let plain = |words| UserError::new(name(failure), words, Ending::Passing, Remedy::BackToList);
    match failure.kind {
        FailureKind::DiskFull => plain(m.place_full),
        FailureKind::SaveRefused => plain(m.place_refused),
        _ => receiving(failure),
    }
}

/// A failure while sending, or what keeps everybody from it.
pub(crate) fn sending(failure: &Failure) -> UserError {
    let m = t();
    let name = name(failure);
    let unsealed = |words, remedy| UserError::new(name, words, Ending::Unsealed, remedy);
    let plain = |words| unsealed(words, Remedy::BackToFiles);
    let file = failure.file.as_deref().map(names::visible);
    match (failure.kind, file) {
        (FailureKind::SourceChanged, Some(file)) => plain(m.source_changed).said((m.source_changed_file)(&file)),
        (FailureKind::SourceChanged, None) => plain(m.source_changed),
        (FailureKind::SourceUnreadable, Some(file)) => {
            plain(m.source_unreadable).said((m.source_unreadable_file)(&file))
        }
        (FailureKind::SourceUnreadable, None) => plain(m.source_unreadable),
        (FailureKind::TooLarge, _) => match (failure.limit_kind, failure.limit) {
            (Some(LimitKind::ExpiresIn), Some(limit)) => {
                plain(m.options_over_limit).said((m.longest_link)(&times::span_exactly(limit)))
            }
            (Some(LimitKind::MinExpiresIn), Some(limit)) => {
                plain(m.options_over_limit).said((m.shortest_link)(&times::span_exactly(limit)))
            }
            (Some(LimitKind::Downloads), Some(limit)) => plain(m.options_over_limit).said((m.most_downloads)(limit)),
            (None | Some(LimitKind::LinkBytes), Some(limit)) => {
                plain(m.too_large).said((m.too_large_limit)(&numbers::limit(limit)))
            }
            _ => plain(m.too_large),
        },
        (FailureKind::GuestsOff, _) => unsealed(m.guests_off, Remedy::PasteLink),
        (FailureKind::QuotaExceeded, _) => match (failure.used, failure.limit) {
            (Some(used), Some(quota)) => {
                plain(m.quota_exceeded).said((m.quota_held)(&numbers::bytes(used), &numbers::limit(quota)))
            }
            _ => plain(m.quota_exceeded),
        },
        (FailureKind::StorageFull, _) => plain(m.storage_full),
        (FailureKind::RefusedOnTheWay | FailureKind::WrongAddress | FailureKind::StorageUnreachable, _) => {
            plain(blocked(failure, m.away_sending)).said(why_blocked(failure))
        }
        (FailureKind::ServerAway, _) => plain(m.away_sending),
        (FailureKind::NotLoaded, _) => plain(not_loaded(m.away_sending, m.not_loaded_sending)),
        (FailureKind::EtagHidden, _) => plain(m.etag_hidden),
        (FailureKind::Unsupported, _) => unsealed(m.unsupported_sending, Remedy::CommandLine),
        (FailureKind::NotWhatWasSealed, _) => plain(m.spoiled_sending),
        (FailureKind::LinkExists, _) => plain(m.link_exists),
        (FailureKind::UploadInUse, _) => plain(m.upload_in_use),
        _ => with_detail(plain(m.other_sending), failure),
    }
}

/// The words for a part that did not load; its "what is safe" is that of a server that is away.
fn not_loaded(away: [&'static str; 4], todo: &'static str) -> [&'static str; 4] {
    let m = t();
    [m.start_load[0], m.not_loaded_why, away[2], todo]
}

/// The words for what stands between page and server; its "what is safe" is that of a server that is away.
fn blocked(failure: &Failure, away: [&'static str; 4]) -> [&'static str; 4] {
    let m = t();
    let [title, todo] = match failure.kind {
        FailureKind::WrongAddress => m.wrong_address,
        FailureKind::StorageUnreachable => m.storage_unreachable,
        _ => m.refused_on_the_way,
    };
    [title, "", away[2], todo]
}

fn why_blocked(failure: &Failure) -> String {
    let m = t();
    match failure.kind {
        FailureKind::WrongAddress => m.wrong_address_why.to_owned(),
        FailureKind::StorageUnreachable => m.storage_unreachable_why.to_owned(),
        _ => (m.refused_why)(failure.status.unwrap_or_default()),
    }
}

/// With what is known of a failure that has no words of its own.
fn with_detail(error: UserError, failure: &Failure) -> UserError {
    let m = t();
    let detail = failure.detail.as_deref().map(names::visible);
    match (failure.kind, detail) {
        (FailureKind::InvalidInput(input), _) => error.said((m.invalid_input)(input).to_owned()),
        (FailureKind::Device(fault), None) => error.said((m.device_fault)(fault).to_owned()),
        (FailureKind::Device(fault), Some(detail)) => error.said((m.with_technical)((m.device_fault)(fault), &detail)),
        (_, Some(detail)) => error.said((m.the_server_said)(&detail)),
        (_, None) => error,
    }
}

/// What is wrong with a link before anybody was asked.
pub(crate) fn link(fault: LinkFault) -> UserError {
    let m = t();
    let ended = |name, words| UserError::new(name, words, Ending::Ended, Remedy::PasteLink);
    match fault {
        LinkFault::NoKey => ended("no-key", m.no_key),
        LinkFault::KeyForgotten => ended("key-forgotten", m.key_forgotten),
        LinkFault::Incomplete => ended("incomplete-link", m.incomplete),
        LinkFault::Altered => ended("altered-link", m.altered_link),
        LinkFault::Foreign => ended("foreign-link", m.foreign),
        LinkFault::NewerVersion => UserError::new("newer-version", m.newer_version, Ending::Passing, Remedy::Reload),
    }
}

/// Why what was chosen cannot be sent, in sentences.
pub(crate) fn refusal(refusal: OverLimit) -> String {
    (t().too_large_before)(&numbers::bytes(refusal.needed), &numbers::limit(refusal.allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{DeviceFault, InvalidInput};

    const KINDS: [FailureKind; 33] = [
        FailureKind::WrongPassword,
        FailureKind::LinkGone,
        FailureKind::LinkExpired,
        FailureKind::LinkExhausted,
        FailureKind::LinkRevoked,
        FailureKind::LinkRemoved,
        FailureKind::LinkPaused,
        FailureKind::LinkBusy,
        FailureKind::TooLarge,
        FailureKind::GuestsOff,
        FailureKind::QuotaExceeded,
        FailureKind::StorageFull,
        FailureKind::NotWhatWasSealed,
        FailureKind::SourceChanged,
        FailureKind::SourceUnreadable,
        FailureKind::EtagHidden,
        FailureKind::DiskFull,
        FailureKind::SaveRefused,
        FailureKind::SaveInterrupted,
        FailureKind::StartOver,
        FailureKind::TooLargeForBrowser,
        FailureKind::RefusedOnTheWay,
        FailureKind::WrongAddress,
        FailureKind::StorageUnreachable,
        FailureKind::ServerAway,
        FailureKind::NotLoaded,
        FailureKind::NewerVersion,
        FailureKind::Unsupported,
        FailureKind::LinkExists,
        FailureKind::UploadInUse,
        FailureKind::InvalidInput(InvalidInput::NoteSize),
        FailureKind::Device(DeviceFault::Random),
        FailureKind::Other,
    ];

    #[test]
    fn every_failure_says_all_three_in_sentences() {
        for kind in KINDS {
            let failure = Failure::new(kind);
            for error in [receiving(&failure), receiving_into_place(&failure), sending(&failure)] {
                for text in [error.happened.as_str(), error.safe, error.todo] {
                    assert!(text.ends_with('.'), "{kind:?}: {text}");
                    assert!(!text.contains('!'), "{kind:?}: {text}");
                }
                assert!(!error.title.is_empty() && !error.name.is_empty());
            }
        }
        for fault in [
            LinkFault::NoKey,
            LinkFault::KeyForgotten,
            LinkFault::Incomplete,
            LinkFault::Altered,
            LinkFault::Foreign,
            LinkFault::NewerVersion,
        ] {
            assert!(link(fault).happened.ends_with('.'));
        }
    }

    #[test]
    fn the_seal_tells_what_is_over_from_what_passes() {
        for kind in KINDS {
            let error = receiving(&Failure::new(kind));
            let over = error.remedy == Remedy::AskSender;
            assert_eq!(error.ending == Ending::Ended, over, "{kind:?}");
            assert_eq!(
                error.ending == Ending::Broken,
                kind == FailureKind::NotWhatWasSealed,
                "{kind:?}"
            );
            assert_eq!(sending(&Failure::new(kind)).ending.seal(), "open", "{kind:?}");
        }
        assert_eq!(receiving(&Failure::new(FailureKind::LinkBusy)).ending.seal(), "sealed");
        assert_eq!(link(LinkFault::NewerVersion).ending, Ending::Passing);
    }

    #[test]
    fn names_are_the_servers_where_it_has_one() {
        for slug in KINDS.map(|kind| name(&Failure::new(kind))) {
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{slug}");
        }
        let busy = sealdrop_api::ProblemType::LinkBusy.slug();
        assert_eq!(name(&Failure::new(FailureKind::LinkBusy)), busy);
        let other = Failure {
            problem: Some(sealdrop_api::ProblemType::TooManyRequests),
            ..Failure::new(FailureKind::Other)
        };
        assert_eq!(name(&other), "too-many-requests");
    }

    #[test]
    fn what_this_device_says_is_not_said_by_the_server() {
        let happened = |kind, detail: Option<&str>| {
            let detail = detail.map(str::to_owned);
            sending(&Failure {
                detail,
                ..Failure::new(kind)
            })
            .happened
        };
        let note = FailureKind::InvalidInput(InvalidInput::NoteSize);
        assert_eq!(happened(note, None), "A note is at most 4,096 bytes.");
        let fault = FailureKind::Device(DeviceFault::Internal);
        assert_eq!(
            happened(fault, Some("digest")),
            "An unexpected error stopped it (digest)."
        );
        assert_eq!(
            happened(FailureKind::Other, Some("Ask for 1 part.")),
            "The server said: Ask for 1 part."
        );
    }

    #[test]
    fn a_limit_is_said_in_its_unit() {
        let happened = |kind, limit| {
            let (limit_kind, limit) = (Some(kind), Some(limit));
            let failure = Failure::new(FailureKind::TooLarge);
            sending(&Failure {
                limit_kind,
                limit,
                ..failure
            })
            .happened
        };
        let days = happened(LimitKind::ExpiresIn, 30 * 86_400);
        assert_eq!(days, "A link can last at most 30 days on this server.");
        let minutes = happened(LimitKind::MinExpiresIn, 300);
        assert_eq!(minutes, "A link must last at least 5 minutes on this server.");
        let downloads = happened(LimitKind::Downloads, 1);
        assert_eq!(downloads, "A link can have at most 1 download on this server.");
        let bytes = happened(LimitKind::LinkBytes, 50_000_000_000);
        assert_eq!(bytes, "This server accepts up to 50 GB per link.");
    }

    #[test]
    fn a_hostile_name_cannot_speak_for_us() {
        let failure = Failure {
            file: Some("x\u{202e}\n.exe".into()),
            ..Failure::new(FailureKind::SourceChanged)
        };
        assert!(sending(&failure).happened.contains("x⟪U+202E⟫⟪U+000A⟫.exe"));
    }

    #[test]
    fn x15_what_stands_in_between_is_named() {
        let refused = |status| Failure {
            status: Some(status),
            ..Failure::new(FailureKind::RefusedOnTheWay)
        };
        for (status, word) in [
            (413, "pieces of this size (413)"),
            (401, "login"),
            (403, "firewall"),
            (405, "(405)"),
        ] {
            for error in [sending(&refused(status)), receiving(&refused(status))] {
                assert!(error.happened.contains(word), "{}", error.happened);
                assert!(error.todo.contains("the operator of this server"), "{}", error.todo);
            }
        }
        assert!(sending(&refused(413)).safe.contains("progress is kept"));
        assert!(receiving(&refused(413)).safe.contains("nothing was counted"));
        let address = sending(&Failure::new(FailureKind::WrongAddress));
        assert!(address.todo.contains("usual address"), "{}", address.todo);
    }

    #[test]
    fn a_wait_is_told_with_its_time() {
        let busy = |free_in| {
            receiving(&Failure {
                free_in,
                ..Failure::new(FailureKind::LinkBusy)
            })
        };
        let told = busy(Some(475)).happened;
        assert!(told.contains("It becomes free in about 8 minutes"), "{told}");
        assert!(busy(Some(20)).happened.contains("in about 1 minute"));
        assert!(!busy(None).happened.contains("about"));
    }

    #[test]
    fn who_comes_too_late_hears_whether_the_sender_can_help() {
        let at = engine::now_ms() + 3_600_000.0;
        let kept = Failure {
            revivable_until_ms: Some(at),
            ..Failure::new(FailureKind::LinkExhausted)
        };
        let until = times::exact(at, engine::offset_minutes(at));
        let told = receiving(&kept).happened;
        assert_eq!(told, format!("The sender can allow more downloads until {until}."));
        let gone = receiving(&Failure::new(FailureKind::LinkExhausted));
        assert_eq!(
            (gone.happened.as_str(), gone.name),
            ("Its files are deleted.", "link-exhausted")
        );
    }

    #[test]
    fn an_end_is_told_in_time() {
        let at = engine::now_ms() - 2.0 * 86_400_000.0;
        let failure = Failure {
            ended_at_ms: Some(at),
            ..Failure::new(FailureKind::LinkExpired)
        };
        assert_eq!(receiving(&failure).happened, "It expired 2 days ago.");
    }
}
