//! Configuration: read once, from the environment and a `.env` file, checked as a whole.
//!
//! Every setting is a [`Variable`] beside the section that reads it, with its default and one sentence about it; the
//! reference page is made from the same list, so that it cannot lag behind. Nothing else in the server reads the
//! environment. All problems are reported together, because an operator wants to fix them in one go.

mod env_file;
mod problems;
mod reader;
pub mod reference;
mod secret;
mod sections;
pub(crate) mod units;
mod variable;

pub use problems::ConfigProblems;
pub use reader::Reader;
pub use secret::SecretText;
pub use sections::auth::Auth;
pub use sections::bucket::{Bucket, ExternalBucket};
pub use sections::database::Database;
pub use sections::http::{Hsts, Http};
pub use sections::limits::LimitsConfig;
pub use sections::log::{Log, LogFormat};
pub use sections::mail::{MailConfig, MailTransport};
pub use sections::payments::PaymentsSettings;
pub use sections::quota::QuotaConfig;
pub use sections::site::SiteSource;
pub use variable::Variable;

use env_file::ENV_FILE;
use sections::{auth, bucket, database, http, limits, log, mail, metrics, payments, quota, redis, site};
use variable::Section;

use sealdrop_service::RedisConfig;
use std::{net::SocketAddr, path::PathBuf};

/// Everything that an operator may set.
#[derive(Debug)]
pub struct Config {
    /// Where and how to listen.
    pub http: Http,
    /// Folder of everything that the server keeps itself.
    pub data: PathBuf,
    /// The database.
    pub database: Database,
    /// The bucket.
    pub bucket: Bucket,
    /// Who signs in, and how.
    pub auth: Auth,
    /// What people may send.
    pub limits: LimitsConfig,
    /// What may be held before it is sent.
    pub quota: QuotaConfig,
    /// Where the web app comes from.
    pub site: SiteSource,
    /// Where the source of this server is published, if it was set.
    pub source_url: Option<String>,
    /// Who runs this server, if it was set.
    pub operator: Option<String>,
    /// Where abuse is reported, if it was set: an address of the web, or `mailto:`.
    pub abuse_contact: Option<String>,
    /// How mail leaves.
    pub mail: MailConfig,
    /// Who takes payments; nothing is sold without it.
    pub payments: Option<PaymentsSettings>,
    /// Where numbers for Prometheus are read, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// What several servers share for a short time, if the operator has it.
    pub redis: Option<RedisConfig>,
    /// What is logged, and how.
    pub log: Log,
    /// Names that look like settings of ours and are none: said at the start, because a misspelt limit is no limit.
    pub unknown: Vec<String>,
}

pub(crate) static DATA: Variable = Variable {
    name: "SEALDROP_DATA",
    default: "./data",
    secret: false,
    about: "Folder of the SQLite database, the embedded bucket and its credentials. Made at the first start, readable by its owner only.",
};

/// Every section, in the order of the reference.
pub(crate) static SECTIONS: &[Section] = &[
    Section {
        title: "Address",
        variables: http::ADDRESS,
    },
    Section {
        title: "Storage",
        variables: &[&DATA, &database::URL, &redis::URL, &ENV_FILE],
    },
    Section {
        title: "Bucket",
        variables: bucket::VARIABLES,
    },
    Section {
        title: "Signing in",
        variables: auth::VARIABLES,
    },
    Section {
        title: "What people may send",
        variables: limits::VARIABLES,
    },
    Section {
        title: "Room for what is being sent",
        variables: quota::VARIABLES,
    },
    Section {
        title: "Mail",
        variables: mail::VARIABLES,
    },
    Section {
        title: "Payments",
        variables: payments::VARIABLES,
    },
    Section {
        title: "Load",
        variables: http::LOAD,
    },
    Section {
        title: "Web app",
        variables: site::VARIABLES,
    },
    Section {
        title: "Log",
        variables: log::VARIABLES,
    },
    Section {
        title: "Metrics",
        variables: metrics::VARIABLES,
    },
];

impl Config {
    /// Reads the environment and `.env`.
    ///
    /// # Errors
    /// All problems of the configuration.
    pub fn load() -> Result<Self, ConfigProblems> {
        Self::read(Reader::from_environment())
    }

    /// Reads from what a [`Reader`] holds.
    ///
    /// # Errors
    /// All problems of the configuration.
    pub fn read(mut reader: Reader) -> Result<Self, ConfigProblems> {
        reader.check_names(SECTIONS);
        let data = PathBuf::from(reader.text(&DATA));
        let config = Self {
            http: Http::read(&mut reader),
            database: Database::read(&mut reader, &data),
            bucket: Bucket::read(&mut reader, &data),
            auth: Auth::read(&mut reader),
            limits: LimitsConfig::read(&mut reader),
            quota: QuotaConfig::read(&mut reader),
            site: SiteSource::read(&mut reader),
            source_url: site::source_url(&mut reader),
            operator: site::operator(&mut reader),
            abuse_contact: site::abuse_contact(&mut reader),
            mail: MailConfig::read(&mut reader),
            payments: PaymentsSettings::read(&mut reader),
            metrics: metrics::read(&mut reader),
            redis: redis::read(&mut reader),
            log: Log::read(&mut reader),
            unknown: reader.unknown(),
            data,
        };
        metrics::check(&mut reader, config.metrics, config.http.addr);
        reader.finish().map(|()| config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigProblems> {
        Config::read(Reader::of(pairs))
    }

    #[test]
    fn nothing_set_is_enough() {
        let config = read(&[]).expect("the defaults work");
        assert_eq!(config.http.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.database.url.expose(), "sqlite://./data/sealdrop.db");
        let odd = read(&[("SEALDROP_DATA", "/x y/a%2Fb?c#d")]).expect("a folder");
        assert_eq!(odd.database.url.expose(), "sqlite:///x%20y/a%252Fb%3Fc%23d/sealdrop.db");
        assert!(matches!(config.bucket, Bucket::Embedded { .. }));
        assert_eq!(config.limits.guest_max_bytes, 50_000_000_000);
        assert_eq!(
            (config.limits.default_expires_in, config.limits.max_expires_in),
            (7 * 86_400, 30 * 86_400)
        );
    }

    #[test]
    fn o14_all_problems_come_at_once_and_carry_no_secret() {
        let Err(problems) = read(&[
            ("SEALDROP_ADDR", "nowhere"),
            ("SEALDROP_DEFAULT_EXPIRES_IN", "31d"),
            ("S3_ENDPOINT", "https://s3.example.test"),
            ("S3_SECRET_ACCESS_KEY", "hunter2-hunter2"),
            ("DATABASE_URL", "mysql://user:hunter2@db/x"),
            ("SEALDROP_RATE_LIMITS", "perhaps"),
        ]) else {
            panic!("six things are wrong")
        };
        let text = problems.to_string();
        for name in [
            "SEALDROP_ADDR",
            "SEALDROP_DEFAULT_EXPIRES_IN",
            "S3_BUCKET",
            "S3_ACCESS_KEY_ID",
            "DATABASE_URL",
            "SEALDROP_RATE_LIMITS",
        ] {
            assert!(text.contains(name), "{name} is missing in: {text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn an_external_bucket_needs_all_of_it_and_shows_no_secret() {
        let config = read(&[
            ("S3_ENDPOINT", "https://s3.example.test"),
            ("S3_REGION", "eu-central-1"),
            ("S3_BUCKET", "sealed"),
            ("S3_ACCESS_KEY_ID", "AKID"),
            ("S3_SECRET_ACCESS_KEY", "hunter2-hunter2"),
        ])
        .expect("complete");
        assert_eq!(
            config.bucket.connect_src().as_deref(),
            Some("https://s3.example.test/sealed/")
        );
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_may_come_from_a_file() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("url");
        std::fs::write(&path, "postgres://u:hunter2@db/sealdrop\n")?;
        let path = path.to_string_lossy();
        let config = read(&[("DATABASE_URL_FILE", &path)]).expect("the file is there");
        assert_eq!(config.database.url.expose(), "postgres://u:hunter2@db/sealdrop");
        let both = read(&[("DATABASE_URL_FILE", &path), ("DATABASE_URL", "postgres://other")]);
        assert!(both.is_err_and(|problems| problems.to_string().contains("DATABASE_URL_FILE")));
        let missing = read(&[("DATABASE_URL_FILE", "/nowhere/at/all")]);
        assert!(missing.is_err_and(|problems| problems.to_string().contains("/nowhere/at/all")));
        Ok(())
    }

    #[test]
    fn x21_a_variable_that_is_set_and_cannot_be_used_is_a_problem() -> std::io::Result<()> {
        for section in SECTIONS {
            for variable in section.variables {
                for nothing in ["", "  "] {
                    let problems = read(&[(variable.name, nothing)]).expect_err(variable.name).to_string();
                    assert!(
                        problems.contains(&format!("{}: it is set but empty", variable.name)),
                        "{problems}"
                    );
                }
            }
        }
        let problems = read(&[("DATABASE_URL_FILE", "")]).expect_err("no path").to_string();
        assert!(problems.contains("DATABASE_URL_FILE"), "{problems}");
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("url");
        std::fs::write(&path, "\n")?;
        let problems = read(&[("DATABASE_URL_FILE", &path.to_string_lossy())])
            .expect_err("no secret")
            .to_string();
        assert!(problems.contains("is empty"), "{problems}");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn x21_a_variable_that_is_no_text_is_a_problem() {
        use std::{ffi::OsString, os::unix::ffi::OsStringExt};
        let read = |name: &str| {
            let mut reader = Reader::default();
            let value = OsString::from_vec(b"hunter2\xff".to_vec());
            reader.take([(OsString::from(name), value)]);
            Config::read(reader).map_err(|problems| problems.to_string())
        };
        for ours in [
            "S3_ENDPOINT",
            "DATABASE_URL",
            "DATABASE_URL_FILE",
            "SEALDROP_DATA",
            "SEALDROP_GUEST_MAXBYTES",
        ] {
            let problems = read(ours).expect_err(ours);
            assert!(problems.contains(ours) && !problems.contains("hunter2"), "{problems}");
        }
        for foreign in ["PATH", "SEALDROP_PASSWORD", "S3_OTHER"] {
            assert!(read(foreign).is_ok(), "{foreign}");
        }
    }

    #[test]
    fn misspelt_names_are_noticed() {
        let config = read(&[
            ("SEALDROP_GUEST_MAXBYTES", "1"),
            ("SEALDROP_SERVER", "for the command line"),
        ])
        .expect("readable");
        assert_eq!(config.unknown, ["SEALDROP_GUEST_MAXBYTES"]);
    }
}
