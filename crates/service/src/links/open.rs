//! `POST links/{link_id}/open`: the sealed payload for who holds the whole link.

use sealdrop_api::{
    LinkAuth, LinkId, ObjectId, ProblemType, SealedBytes,
    limits::GET_URL_EXPIRES_IN,
    links::{ObjectUrl, OpenedLink},
};
use time::Duration;

use super::checks::opened_by;
use crate::{
    error::{InternalError, ServiceError},
    origin::Origin,
    service::Service,
    store::{count32, instant, link_objects, links, signed, unsigned, uploads::Model as Upload},
};

impl Service {
    /// The sealed payload, its revision, and a URL of the list of files if that is an object of its own. Takes no place.
    ///
    /// # Errors
    /// `link-not-found`; with the right bearer `link-expired`, `link-exhausted`, `link-revoked`, `link-paused`.
    pub async fn open_link(
        &self,
        link_id: LinkId,
        auth: &LinkAuth,
        origin: &Origin,
    ) -> Result<OpenedLink, ServiceError> {
        let link = opened_by(links::find(self.inner.store.reader(), link_id).await?, auth)?;
        if let Some(problem) = link.closed_problem(self.now()) {
            return Err(problem.into());
        }
        let Some((rev, payload)) = links::payload(self.inner.store.reader(), link_id).await? else {
            // It ended this moment: the second look says how.
            let link = opened_by(links::find(self.inner.store.reader(), link_id).await?, auth)?;
            let problem = link
                .ended_problem(self.now())
                .map_or(ProblemType::LinkNotFound.into(), Into::into);
            return Err(problem);
        };
        let manifest = match &link.manifest {
            None => None,
            Some(id) => Some(self.sign_manifest(link_id, id, origin).await?),
        };
        self.inner.opened.add(link_id, 1);
        Ok(OpenedLink {
            payload: SealedBytes(payload),
            rev: unsigned(rev),
            expires_at: instant(link.expires_at),
            downloads_left: count32(link.max_downloads - link.used - link.active),
            max_downloads: count32(link.max_downloads),
            manifest,
        })
    }

    async fn sign_manifest(&self, link_id: LinkId, id: &[u8], origin: &Origin) -> Result<ObjectUrl, ServiceError> {
        let id = ObjectId(id.try_into().unwrap_or_default());
        let found = link_objects::find(self.inner.store.reader(), link_id, &[id]).await?;
        let Some(row) = found.first() else {
            return Err(InternalError::lasting("signing a list of files", "the bucket no longer holds it").into());
        };
        self.sign_object(row, origin).await
    }

    /// A presigned GET of one committed object.
    pub(crate) async fn sign_object(&self, row: &Upload, origin: &Origin) -> Result<ObjectUrl, ServiceError> {
        let url = self.inner.bucket.sign_read(&row.key, origin).await?;
        Ok(ObjectUrl {
            object_id: row.id(),
            url,
            etag: row.etag.clone().unwrap_or_default(),
            sealed_len: row.known_len().unwrap_or(0),
            expires_at: self.inner.clock.now() + Duration::seconds(signed(GET_URL_EXPIRES_IN)),
        })
    }
}
