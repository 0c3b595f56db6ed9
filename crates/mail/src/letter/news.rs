//! What happened to a user's links and storage: one mail says one thing, or sums up several.

use time::OffsetDateTime;

use super::{date::date, size::size, templates::Section};

/// What happened, and has not been said yet.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// Links that were downloaded, the first of them.
    pub downloaded: Vec<DownloadedLink>,
    /// How many more there are.
    pub more_downloaded: u64,
    /// Links that expire soon and that nobody has downloaded, the first of them.
    pub unused: Vec<UnusedLink>,
    /// How many more there are.
    pub more_unused: u64,
    /// Storage that is full, or nearly.
    pub storage: Option<StorageUse>,
}

/// A link as the account lists it, without what is in it: nobody but its owner knows that.
#[derive(Debug, Clone, Copy)]
pub struct LinkOfUser {
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// Sealed bytes of what is in it.
    pub sealed_bytes: u64,
}

/// A link that was downloaded.
#[derive(Debug, Clone, Copy)]
pub struct DownloadedLink {
    /// Which one.
    pub link: LinkOfUser,
    /// Downloads since the last mail.
    pub times: u64,
    /// Downloads in all.
    pub used: u64,
    /// Downloads that it allows; nothing where there is no limit.
    pub max_downloads: Option<u64>,
}

/// A link that expires without a download.
#[derive(Debug, Clone, Copy)]
pub struct UnusedLink {
    /// Which one.
    pub link: LinkOfUser,
    /// When.
    pub expires_at: OffsetDateTime,
}

/// How much of a user's storage is used, in sealed bytes.
#[derive(Debug, Clone, Copy)]
pub struct StorageUse {
    /// What is used.
    pub used: u64,
    /// What there is.
    pub quota: u64,
    /// Whether as good as nothing is left.
    pub is_full: bool,
}

impl News {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.downloaded.is_empty() && self.unused.is_empty() && self.storage.is_none()
    }

    pub(super) fn subject(&self) -> &'static str {
        let is_one = |shown: usize, more: u64| shown == 1 && more == 0;
        match (self.downloaded.len(), self.unused.len(), self.storage) {
            (0, 0, Some(StorageUse { is_full: true, .. })) => "Your storage is full",
            (0, 0, Some(_)) => "Your storage is almost full",
            (shown, 0, None) if is_one(shown, self.more_downloaded) => "Your link was downloaded",
            (_, 0, None) => "Your links were downloaded",
            (0, shown, None) if is_one(shown, self.more_unused) => "Your link expires soon and was not downloaded",
            (0, _, None) => "Your links expire soon and were not downloaded",
            _ => "News of your links and storage",
        }
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        let mut sections = Vec::new();
        if !self.downloaded.is_empty() {
            let lead = match self.downloaded.len() {
                1 => "Your link was downloaded, and the download was complete:",
                _ => "These links of yours were downloaded, and the downloads were complete:",
            };
            let lines = self.downloaded.iter().map(DownloadedLink::line);
            sections.push(Section::new(lead, lines.chain(more(self.more_downloaded))));
        }
        if !self.unused.is_empty() {
            let lead = match self.unused.len() {
                1 => "Your link expires soon, and nobody has downloaded it:",
                _ => "These links of yours expire soon, and nobody has downloaded them:",
            };
            let lines = self.unused.iter().map(UnusedLink::line);
            sections.push(Section::new(lead, lines.chain(more(self.more_unused))));
        }
        if let Some(StorageUse { used, quota, is_full }) = self.storage {
            let lead = match is_full {
                true => {
                    "Your storage is full. Nothing more can be sent until there is room; end links that are no longer needed:"
                }
                false => "At least 80% of your storage is used:",
            };
            let line = format!("{} of {} used", size(used), size(quota));
            sections.push(Section::new(lead, std::iter::once(line)));
        }
        sections
    }
}

fn more(count: u64) -> Option<String> {
    match count {
        0 => None,
        1 => Some("And 1 more link.".to_owned()),
        n => Some(format!("And {n} more links.")),
    }
}

impl LinkOfUser {
    fn name(&self) -> String {
        format!("{}, made {}", size(self.sealed_bytes), date(self.made_at))
    }
}

impl DownloadedLink {
    fn line(&self) -> String {
        let times = match self.times {
            1 => "downloaded once".to_owned(),
            n => format!("downloaded {n} times"),
        };
        let all = match self.max_downloads {
            Some(most) => format!(", {} of {most} downloads used", self.used),
            None => String::new(),
        };
        format!("{}: {times}{all}", self.link.name())
    }
}

impl UnusedLink {
    fn line(&self) -> String {
        format!("{}: expires {}", self.link.name(), date(self.expires_at))
    }
}
