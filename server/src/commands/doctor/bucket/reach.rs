//! Whether the bucket answers at all: the address, the key pair, the name, the region, the clocks.

use http::{Method, StatusCode};
use sealdrop_service::PublicEndpoint;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::{Host, Url};

use super::{
    desk::Desk,
    exchange::{Answer, Ask, Way},
    xml,
};
use crate::commands::doctor::finding::{Finding, Level};

/// Addresses for downloads live five minutes: a bucket whose clock is further ahead takes none.
const WRONG_CLOCK: i64 = 300;
const ODD_CLOCK: i64 = 60;

/// Asks the bucket for itself. What is found, and whether it makes sense to go on.
pub(super) async fn reach(desk: &Desk, now: OffsetDateTime) -> (Vec<Finding>, bool) {
    let query = "list-type=2&max-keys=1&prefix=doctor%2F";
    let asked = desk.ask(Ask::new(Way::Server, Method::GET, "", query)).await;
    let answer = match asked {
        Ok(answer) => answer,
        Err(why) => return (vec![unreachable(desk, &why)], false),
    };
    let mut found = Vec::new();
    if let Some(skew) = clock(&answer, now) {
        let is_wrong = skew.level == Level::Failed;
        found.push(skew);
        if is_wrong {
            // Everything else would be refused for this.
            return (found, false);
        }
    }
    let Some(wrong) = refusal(desk, &answer) else {
        if matches!(desk.config.public, PublicEndpoint::Absolute(_)) {
            found.push(Finding::ok(
                "bucket",
                format!("{} at {}", desk.config.bucket, desk.config.endpoint),
            ));
        }
        return (found, true);
    };
    let goes_on = wrong.code == Some("right-list");
    found.push(wrong);
    (found, goes_on)
}

fn unreachable(desk: &Desk, why: &str) -> Finding {
    let place = &desk.config.endpoint;
    Finding::failed(
        "bucket",
        "bucket-unreachable",
        format!("{place} does not answer: {why}"),
    )
    .because("nothing can be sent or received until it does")
    .mend("look at S3_ENDPOINT and at the network between this machine and there (name, port, firewall, certificate)")
}

/// What is wrong with the clocks, by the header `Date`.
fn clock(answer: &Answer, now: OffsetDateTime) -> Option<Finding> {
    let date = answer.header("date")?;
    let theirs = OffsetDateTime::parse(&date, &Rfc2822).ok()?;
    let skew = (now - theirs).whole_seconds();
    if skew.abs() < ODD_CLOCK {
        return None;
    }
    let way = if skew > 0 { "ahead of" } else { "behind" };
    let off = if skew.abs() < 120 {
        format!("{} seconds", skew.abs())
    } else {
        format!("{} minutes", skew.abs() / 60)
    };
    let seen = format!("this server's clock is {off} {way} the bucket's");
    let found = if skew.abs() < WRONG_CLOCK {
        Finding::warning("clocks", "clock-skew", seen)
    } else {
        Finding::failed("clocks", "clock-skew", seen)
    };
    Some(
        found
            .because("signed addresses carry the time: those of another time are refused, and browsers show only that storage refuses")
            .mend("set this machine's clock, as with `timedatectl set-ntp true`; if this one is right, the bucket's machine"),
    )
}

fn refusal(desk: &Desk, answer: &Answer) -> Option<Finding> {
    let (bucket, said) = (&desk.config.bucket, answer.said());
    let code = answer.code().unwrap_or_default();
    if let Some(region) = other_region(desk, answer) {
        return Some(
            Finding::failed(
                "bucket",
                "bucket-region",
                format!(
                    "the bucket is in the region {region}, and S3_REGION is {}",
                    desk.config.region
                ),
            )
            .because("signatures name the region, so every request is refused")
            .mend(format!("S3_REGION={region}, and the S3_ENDPOINT of that region")),
        );
    }
    if answer.is_good() {
        return None;
    }
    let finding = match (code.as_str(), answer.status) {
        ("InvalidAccessKeyId" | "InvalidAccessKey", _) => Finding::failed("bucket", "bucket-key-unknown", format!("the store does not know this access key ({said})"))
            .because("no request of the server is let in")
            .mend(format!("S3_ACCESS_KEY_ID: the id of a key that {} shows; keys of other providers and regions do not count", console(&desk.config.endpoint))),
        ("SignatureDoesNotMatch", _) => Finding::failed("bucket", "bucket-secret-wrong", format!("the secret does not belong to this access key ({said})"))
            .because("no request of the server is let in")
            .mend("S3_SECRET_ACCESS_KEY, without spaces or line breaks at its ends. A proxy before the store that changes `Host` looks the same"),
        ("RequestTimeTooSkewed", _) => Finding::failed("clocks", "clock-skew", format!("the bucket finds this server's clock too far off ({said})"))
            .because("signed addresses carry the time")
            .mend("set this machine's clock, as with `timedatectl set-ntp true`"),
        ("NoSuchBucket", _) | (_, StatusCode::NOT_FOUND) => Finding::failed("bucket", "bucket-missing", format!("there is no bucket {bucket} at {} ({said})", desk.config.endpoint))
            .because("nothing can be stored")
            .mend(format!("S3_BUCKET, S3_ENDPOINT or S3_PATH_STYLE. A new one is made by the first start if the key may; else make it with {}", console(&desk.config.endpoint))),
        ("InvalidBucketName", _) => Finding::failed("bucket", "bucket-name", format!("{bucket} is no name of a bucket there ({said})"))
            .mend("S3_BUCKET: 3 to 63 of a-z, 0-9, - and ."),
        _ if answer.is_refused() => Finding::failed("rights", "right-list", format!("the key may not list the bucket ({said})"))
            .because("without that right the store does not tell an object that is gone from one that may not be seen")
            .mend(format!("allow s3:ListBucket on arn:aws:s3:::{bucket}. If the bucket belongs to another account, S3_BUCKET is wrong")),
        _ => Finding::failed("bucket", "bucket-refuses", format!("it does not list its objects: {said}"))
            .because("the server asks for that, too")
            .mend("look at S3_ENDPOINT: is that the address of an S3 API, and S3_PATH_STYLE as it wants it?"),
    };
    Some(finding)
}

/// The region that the store names, if it is another one.
fn other_region(desk: &Desk, answer: &Answer) -> Option<String> {
    let text = answer.text();
    let wants = |code: &str| {
        matches!(
            code,
            "AuthorizationHeaderMalformed"
                | "PermanentRedirect"
                | "TemporaryRedirect"
                | "AuthorizationQueryParametersError"
        )
    };
    let named = answer.header("x-amz-bucket-region").or_else(|| {
        let code = answer.code()?;
        wants(&code).then(|| xml::text(&text, "Region")).flatten()
    });
    let named = named.or_else(|| expected_region(&xml::text(&text, "Message")?))?;
    let plain = named.len() <= 40 && named.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (plain && named != desk.config.region).then_some(named)
}

/// `the region 'us-east-1' is wrong; expecting 'eu-central-1'`.
fn expected_region(message: &str) -> Option<String> {
    if !message.contains("region") {
        return None;
    }
    let (_, rest) = message.split_once("expecting '")?;
    Some(rest.split_once('\'')?.0.to_owned())
}

/// What browsers see at the address that they get.
pub(super) async fn reach_as_browser(desk: &Desk, key: &str, policy: Option<&str>, page: &Url) -> Vec<Finding> {
    let PublicEndpoint::Absolute(public) = &desk.config.public else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let ask = || Ask::new(Way::Browser, Method::GET, key, "");
    let within = match (desk.address(&ask()).await, policy) {
        (Ok(address), Some(policy)) => address.starts_with(policy),
        _ => true,
    };
    if !within {
        found.push(
            Finding::failed(
                "bucket",
                "bucket-policy",
                format!(
                    "signed addresses are not below {}, which is all that pages may talk to (connect-src)",
                    policy.unwrap_or_default()
                ),
            )
            .because("browsers refuse to send anything there")
            .mend("S3_PUBLIC_ENDPOINT and S3_PATH_STYLE as the store wants them"),
        );
    }
    if page.scheme() == "https" && public.scheme() == "http" {
        found.push(
            Finding::failed(
                "bucket",
                "bucket-public-http",
                format!("pages come by https and the bucket is at {public}"),
            )
            .because("browsers ask nothing by http from a page of https")
            .mend("S3_PUBLIC_ENDPOINT=https://…, an address of the same bucket behind a certificate"),
        );
    }
    if is_local(public) && !is_local(page) {
        found.push(
            Finding::failed(
                "bucket",
                "bucket-public-local",
                format!("browsers are sent to {public}, which is a name of this machine or its network"),
            )
            .because("other machines cannot reach it, so no user can send or receive")
            .mend("S3_PUBLIC_ENDPOINT=the address of the bucket that browsers reach; S3_ENDPOINT stays as it is"),
        );
    }
    if !desk.has_two_addresses() {
        return found;
    }
    match desk.ask(ask()).await {
        Err(why) => found.push(
            Finding::failed("bucket", "bucket-public-unreachable", format!("{public} does not answer: {why}"))
                .because("browsers are sent there. Seen from this machine, which may be behind another network than they are")
                .mend("S3_PUBLIC_ENDPOINT, or the proxy that it leads to"),
        ),
        Ok(answer) if answer.is_good() => found.push(Finding::ok("bucket", format!("{public} is the same bucket"))),
        Ok(answer) if answer.code().as_deref() == Some("SignatureDoesNotMatch") => found.push(
            Finding::failed("bucket", "bucket-public-signature", format!("what is signed for {public} is refused ({})", answer.said()))
                .because("host and path are signed: a proxy that changes either breaks every address")
                .mend("let the proxy pass `Host` and the path on as they came (nginx: proxy_set_header Host $http_host; proxy_pass without a path)"),
        ),
        Ok(answer) => found.push(
            Finding::failed("bucket", "bucket-public-other", format!("an object of the bucket is not there at {public} ({})", answer.said()))
                .because("browsers would send to another place than the server looks at")
                .mend("S3_PUBLIC_ENDPOINT must be an address of the bucket at S3_ENDPOINT"),
        ),
    }
    found
}

/// Whether only this machine, or its own network, knows the name.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => !name.contains('.') || name.ends_with(".localhost") || name.ends_with(".internal"),
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        None => false,
    }
}

/// Where keys and buckets are looked after, if the endpoint shows it.
pub(super) fn console(endpoint: &Url) -> &'static str {
    let host = endpoint.host_str().unwrap_or_default();
    match host {
        _ if host.ends_with(".wasabisys.com") => "the Wasabi console",
        _ if host.ends_with(".r2.cloudflarestorage.com") => "the Cloudflare dashboard (R2)",
        _ if host.ends_with(".amazonaws.com") => "the AWS console",
        _ if host.ends_with(".backblazeb2.com") => "the Backblaze console",
        _ => "your provider's console",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_is_named_only_where_the_endpoint_shows_it() {
        let of = |url: &str| console(&Url::parse(url).expect("a URL"));
        assert_eq!(of("https://s3.eu-central-1.wasabisys.com"), "the Wasabi console");
        assert_eq!(of("https://s3.wasabisys.com.example.org"), "your provider's console");
    }

    #[test]
    fn the_region_that_is_expected_is_read_from_the_sentence() {
        let said = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'";
        assert_eq!(expected_region(said).as_deref(), Some("eu-west-1"));
        assert_eq!(expected_region("expecting 'something'"), None);
    }
}
