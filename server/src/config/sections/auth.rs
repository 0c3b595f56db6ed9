//! Who signs in, and how much mail that may cause.

use sealdrop_service::{AuthSecret, SignUp};

use crate::config::{reader::Reader, secret::SecretText, variable::Variable};

/// Section of signing in.
#[derive(Debug)]
pub struct Auth {
    /// What codes are derived from, if the operator chose it.
    pub secret: Option<SecretText>,
    /// Who may become a user.
    pub sign_up: SignUp,
    /// Mails with codes in an hour, of all addresses.
    pub codes_per_hour: u32,
}

static SECRET: Variable = Variable {
    name: "SEALDROP_AUTH_SECRET",
    default: "",
    secret: true,
    about: "What codes for signing in are derived from: at least 32 random bytes, such as from `openssl rand -hex 32`. Unset: made once and kept in `auth-secret` in the data folder. Several servers on one database need the same. Another one ends the codes that are under way, and nothing else.",
};
static SIGN_UP: Variable = Variable {
    name: "SEALDROP_SIGN_UP",
    default: "open",
    secret: false,
    about: "Who may become a user by signing in for the first time: `open` (anybody with an e-mail address), `invited` (those of `SEALDROP_INVITED`), or `off`. Who is a user signs in whatever it says; who is refused hears the same as everybody and gets no mail.",
};
static INVITED: Variable = Variable {
    name: "SEALDROP_INVITED",
    default: "",
    secret: false,
    about: "Whole addresses and whole domains, with commas between them: `ann@example.org, school.example`. A domain does not include those below it.",
};
static CODES_PER_HOUR: Variable = Variable {
    name: "SEALDROP_CODES_PER_HOUR",
    default: "600",
    secret: false,
    about: "Mails with codes in an hour, of all addresses: what your mail provider lets you send, less what else you send. Addresses that are no user's get half of it at most, so that nobody who asks for strangers' codes keeps users out. Besides, an address gets 5 in an hour and 10 in a day (each mail lets somebody guess five times among 100,000,000), and as many again for browsers that signed in there before; a host asks for 20 in an hour and the network around it (/24, /48) for 200, sign-ins that succeed not counted. `SEALDROP_RATE_LIMITS=off` ends the bound of hosts and networks, no other.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&SIGN_UP, &INVITED, &CODES_PER_HOUR, &SECRET];

impl Auth {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let secret = reader.secret(&SECRET);
        if let Some(Err(error)) = secret.as_ref().map(|secret| AuthSecret::new(secret.expose())) {
            reader.problem(&SECRET, &error.to_string());
        }
        let invited = reader.text(&INVITED);
        let sign_up = reader.parsed(&SIGN_UP, |text| match text {
            "open" => Ok(SignUp::Open),
            "off" => Ok(SignUp::Off),
            "invited" => Ok(SignUp::Invited(Vec::new())),
            _ => Err("expected open, invited or off".to_owned()),
        });
        let list = invited.split(',').map(str::trim).filter(|one| !one.is_empty());
        let list = SignUp::invited(list).unwrap_or_else(|wrong| {
            reader.problem(&INVITED, &wrong);
            SignUp::Off
        });
        let sign_up = match (sign_up, list) {
            (SignUp::Invited(_), list) => {
                if list == SignUp::Invited(Vec::new()) {
                    reader.problem(&INVITED, "expected who is invited");
                }
                list
            }
            (sign_up, _) => sign_up,
        };
        Self {
            secret,
            sign_up,
            codes_per_hour: reader.plain(&CODES_PER_HOUR, "a number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Reader};

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Auth, String> {
        Config::read(Reader::of(pairs))
            .map(|config| config.auth)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn r12_who_is_invited_is_said_in_full() {
        assert_eq!(read(&[]).map(|auth| auth.sign_up), Ok(SignUp::Open));
        let invited = [
            ("SEALDROP_SIGN_UP", "invited"),
            ("SEALDROP_INVITED", "B@x.test, BÜCHER.test"),
        ];
        let list = vec!["b@x.test".to_owned(), "xn--bcher-kva.test".to_owned()];
        assert_eq!(read(&invited).map(|auth| auth.sign_up), Ok(SignUp::Invited(list)));
        for wrong in [
            &[("SEALDROP_SIGN_UP", "invited")][..],
            &[("SEALDROP_SIGN_UP", "closed")],
            &[("SEALDROP_SIGN_UP", "invited"), ("SEALDROP_INVITED", ".com")],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a01_a_secret_that_can_be_guessed_is_refused_and_not_shown() {
        let wrong = read(&[("SEALDROP_AUTH_SECRET", "swordfish")]).expect_err("too short");
        assert!(
            wrong.contains("SEALDROP_AUTH_SECRET") && !wrong.contains("swordfish"),
            "{wrong}"
        );
        let right = read(&[("SEALDROP_AUTH_SECRET", &"canary".repeat(6))]).expect("long enough");
        assert!(!format!("{right:?}").contains("canary"));
    }
}
