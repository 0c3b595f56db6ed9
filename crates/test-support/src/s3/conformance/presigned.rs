//! Presigned URLs: what they let through, and everything they must not.

use anyhow::ensure;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{
    bench::{Bench, MIB, bytes, ensure_same, expires, read_status, seen, seen_http, target},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(presigned_part_by_plain_http, "200"),
        case!(presigned_part_twice, "200", Seaweed: "200, listed 2 times", "it keeps every attempt until Complete"),
        case!(u22_presigned_part_too_long, "403 SignatureDoesNotMatch"),
        case!(presigned_part_too_short, "403 SignatureDoesNotMatch"),
        case!(presigned_part_without_a_length, "403"),
        case!(refusal_reaches_a_client_that_is_still_sending, "403"),
        case!(presigned_part_expired, "403 AccessDenied"),
        case!(u06_body_that_outlives_its_address, "200"),
        case!(u26_presigned_part_with_another_number, "403 SignatureDoesNotMatch"),
        case!(presigned_part_with_another_upload, "403 SignatureDoesNotMatch"),
        case!(u26_presigned_part_with_a_longer_life, "403 SignatureDoesNotMatch"),
        case!(presigned_for_another_host, "403"),
        case!(presigned_with_a_wrong_secret, "403 SignatureDoesNotMatch"),
        case!(presigned_with_an_unknown_key, "403 InvalidAccessKeyId"),
        case!(presigned_md5_of_another_body, "400 BadDigest"),
        case!(presigned_get, "200"),
        case!(presigned_get_of_a_range, "206"),
        case!(presigned_get_used_to_delete, "403 SignatureDoesNotMatch"),
        case!(presigned_get_of_another_key, "403 SignatureDoesNotMatch"),
        case!(anonymous_get, "403 AccessDenied"),
        case!(anonymous_put, "403 AccessDenied"),
        case!(anonymous_list, "403 AccessDenied"),
        case!(signed_header_with_a_wrong_secret, "403 SignatureDoesNotMatch"),
        case!(signature_of_version_two, "403"),
        case!(object_headers_are_ours, "octet-stream nosniff sandbox", Seaweed: "text/html - -", "S3 lets the signer choose; only a bucket on the origin of an application must not"),
    ]
}

/// An upload, a URL for its part 1 of 1 MiB, and that part.
async fn signed(b: &Bench, ttl: u64) -> anyhow::Result<(String, String, String, bytes::Bytes)> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let url = b.sign_part(&key, &id, 1, MIB, ttl).await?;
    Ok((key, id, url, bytes(1, MIB)))
}

/// Sends `body` to `url` and makes sure that a refused one is no part.
async fn send(b: &Bench, key: &str, id: &str, url: &str, body: bytes::Bytes) -> anyhow::Result<String> {
    let answer = b.http.put(url).body(body).send().await?;
    let refused = !answer.status().is_success();
    let seen = seen_http(answer).await?;
    let parts = b.parts(key, id).await?;
    b.forget(key, id).await;
    ensure!(
        parts.is_empty() == refused,
        "heard {seen}, then {} parts are listed",
        parts.len()
    );
    Ok(seen)
}

async fn presigned_part_by_plain_http(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    let answer = b.http.put(url).body(body.clone()).send().await?;
    let etag = answer
        .headers()
        .get("etag")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let parts = b.parts(&key, &id).await?;
    ensure!(
        etag.is_some() && parts.iter().any(|part| part.e_tag() == etag.as_deref()),
        "ETag {etag:?}, listed {parts:?}"
    );
    b.forget(&key, &id).await;
    Ok(answer.status().as_u16().to_string())
}

async fn presigned_part_twice(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    b.http.put(&url).body(bytes(2, MIB)).send().await?.error_for_status()?;
    let answer = b.http.put(&url).body(body).send().await?.error_for_status()?;
    let etag = answer.headers().get("etag").and_then(|value| value.to_str().ok());
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    ensure!(
        etag.is_some() && parts.iter().any(|part| part.e_tag() == etag),
        "ETag {etag:?}, listed {parts:?}"
    );
    Ok(if parts.len() == 1 {
        "200".into()
    } else {
        format!("200, listed {} times", parts.len())
    })
}

async fn u22_presigned_part_too_long(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, _) = signed(b, 60).await?;
    send(b, &key, &id, &url, bytes(1, MIB + 1)).await
}

async fn presigned_part_too_short(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    send(b, &key, &id, &url, body.slice(..MIB - 1)).await
}

async fn presigned_part_without_a_length(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    let mut stream = b.connect().await?;
    let host = b.endpoint.authority();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n",
        target(&url)?
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(format!("{:x}\r\n", 1000).as_bytes()).await?;
    stream.write_all(&body[..1000]).await?;
    stream.write_all(b"\r\n0\r\n\r\n").await?;
    let status = read_status(&mut stream).await?;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    ensure!(parts.is_empty(), "a body of any length was stored");
    Ok(status)
}

/// A connection on which the head of a PUT was sent.
async fn begin_put(b: &Bench, url: &str, length: usize) -> anyhow::Result<TcpStream> {
    let mut stream = b.connect().await?;
    let (path, host) = (target(url)?, b.endpoint.authority());
    let head = format!("PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

/// A client that reads nothing before it has sent everything, as many do.
async fn refusal_reaches_a_client_that_is_still_sending(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, _) = signed(b, 60).await?;
    let body = bytes(1, 10 * MIB);
    let mut stream = begin_put(b, &url, body.len()).await?;
    for piece in body.chunks(64 << 10) {
        if stream.write_all(piece).await.is_err() {
            return Ok("a broken connection".into());
        }
        // Slower than the refusal, so that it is there long before the end of the body.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    b.forget(&key, &id).await;
    read_status(&mut stream).await
}

async fn presigned_part_expired(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 1).await?;
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    send(b, &key, &id, &url, body).await
}

/// What counts is when the request came.
async fn u06_body_that_outlives_its_address(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 5).await?;
    let mut stream = begin_put(b, &url, body.len()).await?;
    for piece in body.chunks(MIB / 8) {
        stream.write_all(piece).await?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    let status = read_status(&mut stream).await?;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    ensure!(
        parts.len() == 1,
        "heard {status}, then {} parts are listed",
        parts.len()
    );
    Ok(status)
}

async fn u26_presigned_part_with_another_number(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    send(b, &key, &id, &url.replace("partNumber=1", "partNumber=2"), body).await
}

async fn presigned_part_with_another_upload(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    let other = b.create(&key).await?;
    let seen = send(b, &key, &other, &url.replace(&id, &other), body).await?;
    b.forget(&key, &id).await;
    Ok(seen)
}

async fn u26_presigned_part_with_a_longer_life(b: &Bench) -> anyhow::Result<String> {
    let (key, id, url, body) = signed(b, 60).await?;
    send(
        b,
        &key,
        &id,
        &url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        body,
    )
    .await
}

async fn presigned_for_another_host(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "body").await?;
    let url = b.sign_get(&key, 60).await?;
    let mut stream = b.connect().await?;
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
        target(&url)?
    );
    stream.write_all(head.as_bytes()).await?;
    read_status(&mut stream).await
}

async fn get_signed_by(b: &Bench, access_key: &str, secret_key: &str) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "body").await?;
    let client = b.endpoint.client_with(access_key, secret_key, false);
    let signed = client
        .get_object()
        .bucket(&b.bucket)
        .key(&key)
        .presigned(expires(60)?)
        .await?;
    seen_http(b.http.get(signed.uri()).send().await?).await
}

async fn presigned_with_a_wrong_secret(b: &Bench) -> anyhow::Result<String> {
    get_signed_by(b, &b.endpoint.access_key, "a-guess").await
}

async fn presigned_with_an_unknown_key(b: &Bench) -> anyhow::Result<String> {
    get_signed_by(b, "NOBODYSKEY", &b.endpoint.secret_key).await
}

async fn presigned_md5_of_another_body(b: &Bench) -> anyhow::Result<String> {
    use base64ct::Encoding as _;
    use md5::Digest as _;
    let key = b.key("object");
    let id = b.create(&key).await?;
    let md5 = base64ct::Base64::encode_string(&md5::Md5::digest(b"promised"));
    let request = b.part_request(&key, &id, 1);
    let signed = request
        .content_length(8)
        .content_md5(&md5)
        .presigned(expires(60)?)
        .await?;
    let answer = b
        .http
        .put(signed.uri())
        .header("content-md5", md5)
        .body("not that")
        .send()
        .await?;
    let seen = seen_http(answer).await?;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    ensure!(parts.is_empty(), "heard {seen}, but the part is there");
    Ok(seen)
}

async fn presigned_get(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(1, MIB));
    b.put(&key, body.clone()).await?;
    let answer = b.http.get(b.sign_get(&key, 60).await?).send().await?;
    let status = answer.status().as_u16();
    ensure_same(&answer.bytes().await?, &body)?;
    Ok(status.to_string())
}

async fn presigned_get_of_a_range(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(1, MIB));
    b.put(&key, body.clone()).await?;
    let answer = b
        .http
        .get(b.sign_get(&key, 60).await?)
        .header("range", "bytes=1000-1999")
        .send()
        .await?;
    let status = answer.status().as_u16();
    ensure_same(&answer.bytes().await?, &body[1000..2000])?;
    Ok(status.to_string())
}

async fn presigned_get_used_to_delete(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "body").await?;
    let seen = seen_http(b.http.delete(b.sign_get(&key, 60).await?).send().await?).await?;
    ensure!(b.get_status(&key).await == "200", "it is gone");
    Ok(seen)
}

async fn presigned_get_of_another_key(b: &Bench) -> anyhow::Result<String> {
    let (mine, other) = (b.key("mine"), b.key("other"));
    b.put(&mine, "mine").await?;
    b.put(&other, "not for you").await?;
    let url = b.sign_get(&mine, 60).await?.replace("/mine?", "/other?");
    seen_http(b.http.get(url).send().await?).await
}

async fn anonymous_get(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "body").await?;
    seen_http(b.http.get(b.endpoint.url_of(&key)).send().await?).await
}

async fn anonymous_put(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let seen = seen_http(b.http.put(b.endpoint.url_of(&key)).body("body").send().await?).await?;
    ensure!(b.get_status(&key).await == "404 NoSuchKey", "anybody can write");
    Ok(seen)
}

async fn anonymous_list(b: &Bench) -> anyhow::Result<String> {
    seen_http(
        b.http
            .get(format!("{}/{}?list-type=2", b.endpoint.url, b.bucket))
            .send()
            .await?,
    )
    .await
}

async fn signed_header_with_a_wrong_secret(b: &Bench) -> anyhow::Result<String> {
    let client = b.endpoint.client_with(&b.endpoint.access_key, "a-guess", false);
    Ok(seen(
        &client.get_object().bucket(&b.bucket).key(b.key("object")).send().await,
        "200",
    ))
}

async fn signature_of_version_two(b: &Bench) -> anyhow::Result<String> {
    let url = b.endpoint.url_of(&b.key("object"));
    let query = format!(
        "AWSAccessKeyId={}&Expires=4102444800&Signature=AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D",
        b.endpoint.access_key
    );
    let answer = b.http.get(format!("{url}?{query}")).send().await?;
    Ok(answer.status().as_u16().to_string())
}

async fn object_headers_are_ours(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "<script>alert(1)</script>").await?;
    let request = b.get_request(&key);
    let request = request
        .response_content_type("text/html")
        .response_content_disposition("inline");
    let signed = request.presigned(expires(60)?).await?;
    let answer = b.http.get(signed.uri()).send().await?;
    let header = |name| {
        answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("-")
            .to_owned()
    };
    if b.is_local() {
        ensure!(header("content-disposition") == "-", "the client chose the disposition");
        let refused = b.http.get(b.endpoint.url_of(&key)).send().await?;
        for (name, wanted) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox"),
        ] {
            let found = refused.headers().get(name).and_then(|value| value.to_str().ok());
            ensure!(
                found.and_then(|value| value.split(';').next()) == Some(wanted),
                "a refusal lacks {name}"
            );
        }
    }
    let kind = header("content-type").replace("application/", "");
    Ok(format!(
        "{kind} {} {}",
        header("x-content-type-options"),
        header("content-security-policy").split(';').next().unwrap_or_default()
    ))
}
