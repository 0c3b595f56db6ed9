//! What a sender does, without sealing: objects that look sealed and hold nothing.

use sealdrop_api::{
    LinkAuth, LinkId, LinkSeed, ObjectId, OwnerToken, SealedBytes, Verifier,
    limits::PART_LEN,
    links::{LinkCreated, NewLink},
    uploads::{NewUpload, PartToSign, PartsSent, PartsToSign, SentPart, UploadState},
};
use sealdrop_service::ServiceError;
use sha2::{Digest, Sha256};

use super::TestEnv;

/// Random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

pub(crate) fn token() -> OwnerToken {
    OwnerToken::new(random())
}

/// Bytes with a true header for their id and length, and zeros behind.
pub(crate) fn object(id: ObjectId, stream_len: u64) -> Vec<u8> {
    let first = 261_988;
    let records = if stream_len <= first {
        1
    } else {
        1 + (stream_len - first).div_ceil(262_116)
    };
    let len = 128 + stream_len + 28 * records;
    let mut bytes = b"\x89SD1\r\n\x1a\n\x01\x01\x00\x00\x00\x04\x00\x00".to_vec();
    bytes.extend(id.0);
    bytes.extend(random::<32>());
    bytes.extend(stream_len.to_be_bytes());
    bytes.extend([0; 24]);
    bytes.extend(random::<32>());
    bytes.resize(usize::try_from(len).expect("a small object"), 0);
    bytes
}

/// The smallest padded object.
pub(crate) fn small(id: ObjectId) -> Vec<u8> {
    object(id, 65_380)
}

pub(crate) fn part(bytes: &[u8], n: u32) -> &[u8] {
    let size = PART_LEN as usize;
    let start = (n as usize - 1) * size;
    &bytes[start..bytes.len().min(start + size)]
}

pub(crate) fn parts_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len().div_ceil(PART_LEN as usize)).expect("few parts")
}

impl TestEnv {
    pub(crate) async fn reserve(
        &self,
        token: &OwnerToken,
        id: ObjectId,
        bytes: &[u8],
    ) -> Result<UploadState, ServiceError> {
        let new = NewUpload {
            object_id: id,
            sealed_len: Some(bytes.len() as u64),
            part_len: PART_LEN,
        };
        self.service
            .reserve_upload(token, None, new, self.client())
            .await
            .map(|reserved| reserved.state)
    }

    pub(crate) async fn sign(
        &self,
        token: &OwnerToken,
        id: ObjectId,
        n: u32,
        len: u64,
    ) -> Result<String, ServiceError> {
        let parts = PartsToSign {
            parts: vec![PartToSign { n, len }],
        };
        let urls = self.service.sign_parts(token, id, parts, &self.origin).await?;
        Ok(urls.urls[0].url.clone())
    }

    /// Signs and puts one part; answers its `ETag`.
    pub(crate) async fn send_part(&self, token: &OwnerToken, id: ObjectId, n: u32, bytes: &[u8]) -> String {
        let url = self
            .sign(token, id, n, bytes.len() as u64)
            .await
            .expect("the part is signed");
        let answer = self.put(&url, bytes.to_vec()).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.headers()["etag"].to_str().expect("an etag").to_owned()
    }

    pub(crate) async fn send_parts(&self, token: &OwnerToken, id: ObjectId, bytes: &[u8]) -> PartsSent {
        let mut parts = Vec::new();
        for n in 1..=parts_of(bytes) {
            parts.push(SentPart {
                n,
                etag: self.send_part(token, id, n, part(bytes, n)).await,
            });
        }
        PartsSent {
            sealed_len: bytes.len() as u64,
            parts,
        }
    }

    /// Reserves and sends everything.
    pub(crate) async fn send(&self, token: &OwnerToken, id: ObjectId, bytes: &[u8]) -> PartsSent {
        self.reserve(token, id, bytes).await.expect("there is room");
        self.send_parts(token, id, bytes).await
    }

    /// A whole small upload, committed.
    pub(crate) async fn upload(&self, token: &OwnerToken) -> ObjectId {
        let id = ObjectId(random());
        let sent = self.send(token, id, &small(id)).await;
        let done = self
            .service
            .complete_upload(token, id, sent)
            .await
            .expect("it completes");
        assert_eq!(done.state, UploadState::Committed);
        id
    }

    pub(crate) async fn state(&self, token: &OwnerToken, id: ObjectId) -> UploadState {
        self.service.get_upload(token, id).await.expect("it is known").state
    }
}

/// A link, and what opens and owns it.
pub(crate) struct TestLink {
    pub(crate) id: LinkId,
    pub(crate) seed: LinkSeed,
    pub(crate) auth: LinkAuth,
    pub(crate) token: OwnerToken,
    pub(crate) object: ObjectId,
    pub(crate) created: LinkCreated,
}

pub(crate) fn new_link(auth: &LinkAuth, max_downloads: u32, expires_in: u64) -> NewLink {
    NewLink {
        link_seed: LinkSeed(random()),
        verifier: Verifier::new(Sha256::digest(auth.as_bytes()).into()),
        payload: SealedBytes(random::<{ 84 + 1024 }>().to_vec()),
        manifest: None,
        expires_in,
        max_downloads,
    }
}

impl TestEnv {
    /// A link to one small object, for an hour.
    pub(crate) async fn link(&self, max_downloads: u32) -> TestLink {
        self.link_for(max_downloads, 3600).await
    }

    pub(crate) async fn link_for(&self, max_downloads: u32, expires_in: u64) -> TestLink {
        let (token, auth) = (token(), LinkAuth::new(random()));
        let object = self.upload(&token).await;
        let new = new_link(&auth, max_downloads, expires_in);
        let (id, seed) = (new.link_id(), new.link_seed);
        let created = self
            .service
            .create_link(&token, None, new)
            .await
            .expect("a link is made");
        TestLink {
            id,
            seed,
            auth,
            token,
            object,
            created,
        }
    }
}
