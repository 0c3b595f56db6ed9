//! A whole transfer by hand: seal, reserve, sign, put, complete, link; open, claim, read a range, read it all, commit.

use reqwest::{Method, StatusCode};
use sealdrop_api::{
    ClaimId, LinkAuth, LinkId, LinkSeed, ObjectId, OwnerToken, ProblemType, SealedBytes, Verifier,
    claims::{
        ClaimState, CommitClaim, CreateClaim, NewClaim, ObjectsToSign, Purpose, Release, ReleaseClaim, ReleaseReason,
        SignObjects,
    },
    limits::PART_LEN,
    links::{CreateLink, GetLink, LinkState, NewLink, ObjectUrl, OpenLink, Proof, RevokeLink},
    uploads::{
        CompleteUpload, GetUpload, ListParts, NewUpload, PartToSign, PartsSent, PartsToSign, ReserveUpload, SentPart,
        SignParts, UploadState,
    },
};
use sealdrop_crypto::{
    BlobContext, Fek, Kind, LinkFlags, LinkSecret, ObjectReader, ObjectWriter, Padding, derive_link_keys, make_object,
    make_random_id, open_blob_sync, seal_blob_sync,
};

use crate::harness::{Result, Server, files, problem};

/// What the sender keeps, and what the link carries.
pub(crate) struct Sent {
    pub(crate) token: OwnerToken,
    pub(crate) link_seed: LinkSeed,
    pub(crate) link_id: LinkId,
    pub(crate) secret: LinkSecret,
    pub(crate) auth: LinkAuth,
    pub(crate) object_id: ObjectId,
    pub(crate) fek: Fek,
    pub(crate) stream_len: u64,
    pub(crate) object_len: u64,
    /// Where the link is opened, as the server says it.
    pub(crate) origin: Option<String>,
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn make_token() -> Result<OwnerToken> {
    Ok(OwnerToken::new(random()?))
}

pub(crate) fn make_claim() -> Result<ClaimId> {
    Ok(ClaimId(random()?))
}

fn fek_again(fek: &Fek) -> Result<Fek> {
    Ok(Fek::from_text(&fek.to_text())?)
}

/// Seals `content`, uploads it as one object, and makes a link to it.
pub(crate) async fn send(server: &Server, content: &[u8], payload: &[u8], max_downloads: u32) -> Result<Sent> {
    let identity = make_object()?;
    let fek = fek_again(identity.fek())?;
    let object_id = ObjectId(*identity.object_id());
    let writer = ObjectWriter::new(identity, content.len() as u64, Kind::Content, Padding::Padded, PART_LEN)?;
    let token = make_token()?;
    let new = NewUpload {
        object_id,
        sealed_len: Some(writer.object_len()),
        part_len: PART_LEN,
    };
    server.ask(&ReserveUpload { body: new }, Some(&token)).await?;
    let mut parts = Vec::new();
    for n in 1..=writer.parts() {
        let range = writer.content_of_part(n);
        let content = &content[usize::try_from(range.start)?..usize::try_from(range.end)?];
        let sealed = writer.seal_part(n, content)?.bytes;
        parts.push(put_part(server, object_id, n, sealed, &token).await?);
    }
    complete(server, object_id, writer.object_len(), parts, &token).await?;
    let (stream_len, object_len) = (writer.stream_len(), writer.object_len());
    let link = make_link(server, payload, object_len, max_downloads, &token).await?;
    Ok(Sent {
        token,
        link_seed: link.seed,
        link_id: link.seed.link_id(),
        secret: link.secret,
        auth: link.auth,
        object_id,
        fek,
        stream_len,
        object_len,
        origin: link.origin,
    })
}

/// Uploads one part. One byte more than signed is refused, so that no upload outgrows its reservation.
async fn put_part(
    server: &Server,
    object_id: ObjectId,
    n: u32,
    sealed: Vec<u8>,
    token: &OwnerToken,
) -> Result<SentPart> {
    let parts = vec![PartToSign {
        n,
        len: sealed.len() as u64,
    }];
    let body = PartsToSign { parts };
    let signed = server.ask(&SignParts { object_id, body }, Some(token)).await?;
    let url = &signed.urls[0].url;
    assert!(url.starts_with("/blobs/"), "the embedded bucket is on this origin");
    let mut longer = sealed.clone();
    longer.push(0);
    let refused = server.request(Method::PUT, url).body(longer).send().await?;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let stored = server.request(Method::PUT, url).body(sealed).send().await?;
    assert_eq!(stored.status(), StatusCode::OK);
    let etag = stored.headers().get("etag").ok_or("no ETag")?.to_str()?.to_owned();
    Ok(SentPart { n, etag })
}

/// Completes an upload, and waits until it is committed.
async fn complete(
    server: &Server,
    object_id: ObjectId,
    sealed_len: u64,
    parts: Vec<SentPart>,
    token: &OwnerToken,
) -> Result {
    let listed = server.ask(&ListParts { object_id, after: 0 }, Some(token)).await?;
    assert_eq!(
        listed.parts.iter().map(|part| &part.etag).collect::<Vec<_>>(),
        parts.iter().map(|part| &part.etag).collect::<Vec<_>>()
    );
    let body = PartsSent { sealed_len, parts };
    let completing = server.ask(&CompleteUpload { object_id, body }, Some(token)).await?;
    let mut state = completing.state;
    while state != UploadState::Committed {
        assert!(
            matches!(state, UploadState::Completing | UploadState::Verifying),
            "{state:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        state = server.ask(&GetUpload { object_id }, Some(token)).await?.state;
    }
    Ok(())
}

struct MadeLink {
    seed: LinkSeed,
    secret: LinkSecret,
    auth: LinkAuth,
    origin: Option<String>,
}

/// Makes a link with this payload to all objects of the token.
async fn make_link(
    server: &Server,
    payload: &[u8],
    sealed_bytes: u64,
    max_downloads: u32,
    token: &OwnerToken,
) -> Result<MadeLink> {
    let seed = LinkSeed(make_random_id()?);
    let link_id = seed.link_id();
    let secret = LinkSecret::make()?;
    let keys = derive_link_keys(link_id.as_bytes(), &secret, None)?;
    let context = BlobContext::LinkPayload {
        link_id: link_id.as_bytes(),
        flags: LinkFlags::NONE,
        rev: 1,
    };
    let sealed = seal_blob_sync(&keys.payload_key, &context, payload)?;
    let auth: LinkAuth = keys.auth.to_base64url().parse()?;
    let new = NewLink {
        link_seed: seed,
        verifier: Verifier::new(keys.auth.verifier()),
        payload: SealedBytes(sealed),
        manifest: None,
        expires_in: 3600,
        max_downloads,
    };
    let made = server.ask(&CreateLink { body: new }, Some(token)).await?;
    assert_eq!(made.sealed_bytes, sealed_bytes);
    Ok(MadeLink {
        seed,
        secret,
        auth,
        origin: made.origin,
    })
}

impl Sent {
    pub(crate) fn proof(&self) -> Proof {
        Proof {
            auth: self.auth.clone(),
        }
    }

    pub(crate) async fn claim(&self, server: &Server) -> Result<(ClaimId, ObjectUrl)> {
        let claim_id = make_claim()?;
        let body = NewClaim {
            auth: self.auth.clone(),
            claim_id,
            purpose: Purpose::Download,
        };
        let claim = server
            .ask(
                &CreateClaim {
                    link_id: self.link_id,
                    body,
                },
                None,
            )
            .await?;
        assert_eq!(claim.state, ClaimState::Active);
        let body = ObjectsToSign {
            auth: self.auth.clone(),
            objects: vec![self.object_id],
        };
        let signed = server
            .ask(
                &SignObjects {
                    link_id: self.link_id,
                    claim_id,
                    body,
                },
                None,
            )
            .await?;
        Ok((claim_id, signed.urls.into_iter().next().ok_or("no URL")?))
    }
}

#[tokio::test]
async fn what_was_sealed_arrives() -> Result {
    let server = Server::start().await?;
    // Two parts, the second a short one.
    let content: Vec<u8> = (0..11_000_000_u32)
        .map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let sent = send(&server, &content, b"{\"v\":1,\"name\":\"a secret name\"}", 1).await?;

    let opened = server
        .ask(
            &OpenLink {
                link_id: sent.link_id,
                body: sent.proof(),
            },
            None,
        )
        .await?;
    assert_eq!((opened.rev, opened.downloads_left, opened.max_downloads), (1, 1, 1));
    let keys = derive_link_keys(sent.link_id.as_bytes(), &sent.secret, None)?;
    let context = BlobContext::LinkPayload {
        link_id: sent.link_id.as_bytes(),
        flags: LinkFlags::NONE,
        rev: 1,
    };
    let payload = open_blob_sync(&keys.payload_key, &context, &opened.payload.0)?;
    assert!(payload.starts_with(b"{\"v\":1,\"name\":\"a secret name\"}"));

    let (claim_id, url) = sent.claim(&server).await?;
    reads_back(&server, &sent, &url, &content).await?;
    counts_once(&server, &sent, claim_id).await?;

    // Nothing on the disk shows what was sent.
    let marker = &content[5_000_000..5_000_032];
    for file in files(&server.data())? {
        let bytes = std::fs::read(&file)?;
        assert!(!bytes.windows(32).any(|window| window == marker), "{}", file.display());
        assert!(
            !bytes.windows(13).any(|window| window == b"a secret name"),
            "{}",
            file.display()
        );
    }
    server.stop().await;
    Ok(())
}

/// Reads the object in a range and as a whole, and opens it.
async fn reads_back(server: &Server, sent: &Sent, url: &ObjectUrl, content: &[u8]) -> Result {
    assert_eq!(url.sealed_len, sent.object_len);
    // A run of records by range, as a client reads.
    let range = server
        .request(Method::GET, &url.url)
        .header("range", "bytes=0-524287")
        .header("if-match", &url.etag)
        .send()
        .await?;
    assert_eq!(range.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(range.headers()["content-type"], "application/octet-stream");
    let policy = range.headers()["content-security-policy"].to_str()?;
    assert!(policy.starts_with("sandbox; default-src 'none';"), "{policy}");
    assert_eq!(range.headers()["x-content-type-options"], "nosniff");
    let first = range.bytes().await?;
    assert_eq!(first.len(), 524_288);

    let whole = server.request(Method::GET, &url.url).send().await?.bytes().await?;
    assert_eq!(whole.len() as u64, sent.object_len);
    assert_eq!(whole[..524_288], first[..]);
    let header = whole[..128].try_into()?;
    let mut reader = ObjectReader::open(
        sent.object_id.as_bytes(),
        &sent.fek,
        sent.stream_len,
        Kind::Content,
        header,
        sent.object_len,
    )?;
    reader.expect_content_len(content.len() as u64)?;
    assert!(
        reader.open_run(0, &whole)?.content == content,
        "what arrived is what was sent"
    );
    Ok(())
}

/// Commits the only download of a link, twice: it counts once, and there is no further one.
async fn counts_once(server: &Server, sent: &Sent, claim_id: ClaimId) -> Result {
    let committed = CommitClaim {
        link_id: sent.link_id,
        claim_id,
        body: sent.proof(),
    };
    assert_eq!(server.ask(&committed, None).await?.state, ClaimState::Committed);
    assert_eq!(
        server.ask(&committed, None).await?.state,
        ClaimState::Committed,
        "and is counted once"
    );
    let status = server
        .ask(&GetLink { link_id: sent.link_id }, Some(&sent.token))
        .await?;
    assert_eq!((status.used, status.active, status.opened), (1, 0, 1));

    // The only download is used.
    let body = NewClaim {
        auth: sent.auth.clone(),
        claim_id: make_claim()?,
        purpose: Purpose::Download,
    };
    let refused = problem(
        server
            .call(
                &CreateClaim {
                    link_id: sent.link_id,
                    body,
                },
                None,
            )
            .await?,
    )
    .await?;
    assert_eq!(refused.kind, ProblemType::LinkExhausted);
    assert!(refused.ended_at.is_some());
    Ok(())
}

#[tokio::test]
async fn a_place_that_is_given_back_is_free_again() -> Result {
    let server = Server::start().await?;
    let sent = send(&server, b"hello", b"{}", 1).await?;
    let (claim_id, _) = sent.claim(&server).await?;
    let body = NewClaim {
        auth: sent.auth.clone(),
        claim_id: make_claim()?,
        purpose: Purpose::Download,
    };
    let second = CreateClaim {
        link_id: sent.link_id,
        body,
    };
    assert_eq!(
        problem(server.call(&second, None).await?).await?.kind,
        ProblemType::LinkBusy
    );
    let body = Release {
        auth: sent.auth.clone(),
        reason: ReleaseReason::Cancelled,
    };
    let released = server
        .ask(
            &ReleaseClaim {
                link_id: sent.link_id,
                claim_id,
                body,
            },
            None,
        )
        .await?;
    assert_eq!(released.state, ClaimState::Released);
    assert_eq!(server.ask(&second, None).await?.state, ClaimState::Active);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn s06_a_revoked_link_is_closed_at_once() -> Result {
    let server = Server::start().await?;
    let sent = send(&server, b"hello", b"{}", 3).await?;
    server
        .ask(&RevokeLink { link_id: sent.link_id }, Some(&sent.token))
        .await?;
    let open = OpenLink {
        link_id: sent.link_id,
        body: sent.proof(),
    };
    assert_eq!(
        problem(server.call(&open, None).await?).await?.kind,
        ProblemType::LinkRevoked
    );
    let status = server
        .ask(&GetLink { link_id: sent.link_id }, Some(&sent.token))
        .await?;
    assert_eq!(status.state, LinkState::Revoked);
    server.stop().await;
    Ok(())
}
