//! Links that were sent from this browser. Each is one line whose secrets are sealed under the device's key; in the clear are
//! the link's id, when it was made, and the sealed payload: the server knows all three.

use sealdrop_api::LinkId;
use sealdrop_transfer::SentLink;

use super::{
    database::Database,
    device_key::{self, DeviceKey},
};

/// Links that are kept at most: the oldest are forgotten first.
const MOST: usize = 500;

/// Where they are kept, open.
pub(crate) struct SentLinkStore {
    database: Database,
    key: DeviceKey,
}

impl SentLinkStore {
    /// `None` where nothing can be kept.
    pub(crate) async fn open() -> Option<Self> {
        let database = Database::open().await?;
        let key = device_key::of_this_browser(&database).await?;
        Some(Self { database, key })
    }

    /// All of them, newest first. What does not open is left out: another version may read it.
    pub(crate) async fn all(&self) -> Vec<SentLink> {
        let mut found = Vec::new();
        for (link_id, line) in self.lines().await {
            let Ok(link_id) = link_id.parse::<LinkId>() else {
                continue;
            };
            if let Ok(Some(link)) = SentLink::read(&self.key, link_id, &line).await {
                found.push(link);
            }
        }
        found
    }

    /// One of them, as it is kept now.
    pub(crate) async fn find(&self, link_id: LinkId) -> Option<SentLink> {
        let line = self.database.sent_line(&link_id.to_string()).await.ok()??;
        SentLink::read(&self.key, link_id, &line).await.ok()?
    }

    /// Keeps one that is new. Tells whether that worked.
    pub(crate) async fn add(&self, link: &SentLink) -> bool {
        let is_kept = self.put(link, false).await;
        let surplus: Vec<String> = self
            .lines()
            .await
            .into_iter()
            .skip(MOST)
            .map(|(link, _)| link)
            .collect();
        if !surplus.is_empty() {
            // The next one tries again.
            let _ = self.database.remove_sent(&surplus).await;
        }
        is_kept
    }

    /// Writes one anew that is kept already. Tells whether it still is: another tab may have forgotten it.
    pub(crate) async fn update(&self, link: &SentLink) -> bool {
        self.put(link, true).await
    }

    /// Forgets one. Tells whether that worked.
    pub(crate) async fn forget(&self, link_id: LinkId) -> bool {
        self.database.remove_sent(&[link_id.to_string()]).await.is_ok()
    }

    async fn put(&self, link: &SentLink, known: bool) -> bool {
        let Ok(line) = link.seal(&self.key).await else {
            return false;
        };
        let link_id = link.link.link_id.to_string();
        self.database.put_sent(&link_id, &line, known).await.unwrap_or(false)
    }

    /// Ids and lines, newest first.
    async fn lines(&self) -> Vec<(String, String)> {
        let mut lines: Vec<(u64, String, String)> = self
            .database
            .sent()
            .await
            .unwrap_or_default()
            .into_iter()
            .map(|(link, line)| (SentLink::created_ms(&line).unwrap_or(0), link, line))
            .collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.0));
        lines.into_iter().map(|(_, link, line)| (link, line)).collect()
    }
}
