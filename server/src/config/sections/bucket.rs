//! Which bucket: our own, in a folder, or one at an S3 provider.

use std::path::{Path, PathBuf};

use url::Url;

use crate::config::{reader::Reader, secret::SecretText, variable::Variable};

/// Section of the bucket.
#[derive(Debug)]
pub enum Bucket {
    /// Files in a folder, served by this process under `/blobs/`.
    Embedded {
        /// The folder.
        folder: PathBuf,
        /// The file of its key pair.
        credentials: PathBuf,
    },
    /// A bucket that speaks S3.
    External(Box<ExternalBucket>),
}

/// A bucket at an S3 provider.
#[derive(Debug)]
pub struct ExternalBucket {
    /// Where the server reaches it.
    pub endpoint: Url,
    /// Where browsers reach it.
    pub public_endpoint: Url,
    /// Region that signatures name.
    pub region: String,
    /// Its name.
    pub bucket: String,
    /// Whether its name is in the path of addresses; else it is the first label of their host.
    pub path_style: bool,
    /// Name of the key pair.
    pub access_key_id: SecretText,
    /// The key pair's secret.
    pub secret_access_key: SecretText,
}

static ENDPOINT: Variable = Variable {
    name: "S3_ENDPOINT",
    default: "",
    secret: false,
    about: "Address of an S3 provider, such as `https://s3.eu-central-1.wasabisys.com`. Unset: a folder in the data folder is the bucket, and the variables below are not read.",
};
static PUBLIC_ENDPOINT: Variable = Variable {
    name: "S3_PUBLIC_ENDPOINT",
    default: "",
    secret: false,
    about: "Address of the same bucket as browsers reach it, when it differs from `S3_ENDPOINT`.",
};
static REGION: Variable = Variable {
    name: "S3_REGION",
    default: "us-east-1",
    secret: false,
    about: "Region of the bucket; signatures name it.",
};
static NAME: Variable = Variable {
    name: "S3_BUCKET",
    default: "",
    secret: false,
    about: "Name of the bucket. It must let the origin of the web app PUT and GET (CORS) and expose `ETag`.",
};
static KEY_ID: Variable = Variable {
    name: "S3_ACCESS_KEY_ID",
    default: "",
    secret: true,
    about: "Name of the key pair.",
};
static SECRET: Variable = Variable {
    name: "S3_SECRET_ACCESS_KEY",
    default: "",
    secret: true,
    about: "Secret of the key pair.",
};

static PATH_STYLE: Variable = Variable {
    name: "S3_PATH_STYLE",
    default: "on",
    secret: false,
    about: "`on`: the bucket's name is in the path of its addresses, `https://host/bucket/…`. `off`: it is in front of the host, `https://bucket.host/…`, as some providers want it.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[
    &ENDPOINT,
    &PUBLIC_ENDPOINT,
    &REGION,
    &NAME,
    &PATH_STYLE,
    &KEY_ID,
    &SECRET,
];

impl Bucket {
    pub(in crate::config) fn read(reader: &mut Reader, data: &Path) -> Self {
        let embedded = Self::Embedded {
            folder: data.join("blobs"),
            credentials: data.join("bucket-credentials"),
        };
        if reader.given(&ENDPOINT).is_none() {
            return embedded;
        }
        let endpoint = reader.parsed(&ENDPOINT, address);
        let public_endpoint = reader.parsed(&PUBLIC_ENDPOINT, address).or_else(|| endpoint.clone());
        let bucket = reader.text(&NAME);
        if bucket.is_empty() {
            reader.problem(&NAME, "S3_ENDPOINT is set, so a bucket must be named");
        }
        let mut pair = |variable| {
            let secret = reader.secret(variable);
            if secret.is_none() {
                reader.problem(
                    variable,
                    "S3_ENDPOINT is set, so a key pair is needed (here or in the _FILE twin)",
                );
            }
            secret
        };
        let (access_key_id, secret_access_key) = (pair(&KEY_ID), pair(&SECRET));
        let region = reader.text(&REGION);
        let path_style = reader.switch(&PATH_STYLE);
        if !path_style && !goes_into_a_host(&bucket) {
            reader.problem(
                &PATH_STYLE,
                "off needs a bucket whose name can be part of a host: 3 to 63 of a-z, 0-9 and -, no dot",
            );
        }
        let is_address = |url: &Option<Url>| url.as_ref().is_some_and(|url| url.domain().is_none());
        if !path_style && (is_address(&endpoint) || is_address(&public_endpoint)) {
            reader.problem(
                &PATH_STYLE,
                "off needs endpoints with a name; nothing goes in front of an IP address",
            );
        }
        match (endpoint, public_endpoint, access_key_id, secret_access_key) {
            (Some(endpoint), Some(public_endpoint), Some(access_key_id), Some(secret_access_key)) => {
                Self::External(Box::new(ExternalBucket {
                    endpoint,
                    public_endpoint,
                    region,
                    bucket,
                    path_style,
                    access_key_id,
                    secret_access_key,
                }))
            }
            // A problem is noted: this value goes nowhere.
            _ => embedded,
        }
    }

    /// What a page must be allowed to talk to besides its own origin: the bucket's own path, never a whole provider.
    #[must_use]
    pub fn connect_src(&self) -> Option<String> {
        match self {
            Self::Embedded { .. } => None,
            Self::External(external) => {
                let base = external.public_endpoint.as_str().trim_end_matches('/');
                Some(match base.split_once("://") {
                    Some((scheme, host)) if !external.path_style => format!("{scheme}://{}.{host}/", external.bucket),
                    _ => format!("{base}/{}/", external.bucket),
                })
            }
        }
    }
}

fn goes_into_a_host(bucket: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (3..=63).contains(&bucket.len()) && bucket.chars().all(plain) && !bucket.starts_with('-') && !bucket.ends_with('-')
}

fn address(text: &str) -> Result<Option<Url>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).map_err(|_| "expected a URL, such as https://s3.example.org".to_owned())?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    // What goes into a policy must not be able to end a directive.
    let quiet = !url.as_str().contains([';', ',', ' ', '\'']);
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain && quiet {
        Ok(Some(url))
    } else {
        Err("expected http or https and a host, without query or user".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(more: &[(&str, &str)]) -> Result<Option<String>, String> {
        let mut pairs = vec![("S3_ACCESS_KEY_ID", "id"), ("S3_SECRET_ACCESS_KEY", "secret")];
        pairs.extend_from_slice(more);
        let config = Config::read(Reader::of(&pairs)).map_err(|problems| problems.to_string())?;
        Ok(config.bucket.connect_src())
    }

    #[test]
    fn x41_pages_may_talk_to_the_bucket_where_it_is() {
        let endpoint = ("S3_ENDPOINT", "https://s3.test/storage");
        let of = |url: &str| Ok(Some(url.to_owned()));
        assert_eq!(
            read(&[endpoint, ("S3_BUCKET", "my.bucket")]),
            of("https://s3.test/storage/my.bucket/")
        );
        let off = ("S3_PATH_STYLE", "off");
        assert_eq!(
            read(&[endpoint, ("S3_BUCKET", "sealed"), off]),
            of("https://sealed.s3.test/storage/")
        );
        for (endpoint, bucket) in [
            ("https://s3.test", "my.bucket"),
            ("https://s3.test", "UPPER"),
            ("http://127.0.0.1:9000", "sealed"),
        ] {
            let wrong = read(&[("S3_ENDPOINT", endpoint), ("S3_BUCKET", bucket), off]);
            assert!(
                wrong.is_err_and(|said| said.contains("S3_PATH_STYLE")),
                "{endpoint} {bucket}"
            );
        }
    }
}
