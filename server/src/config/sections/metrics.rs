//! Where numbers for Prometheus are read, if anywhere.

use std::net::{Ipv4Addr, SocketAddr};

use crate::config::{reader::Reader, variable::Variable};

static LISTEN: Variable = Variable {
    name: "SEALDROP_METRICS_LISTEN",
    default: "",
    secret: false,
    about: "Address and port where Prometheus reads `/metrics`, such as `127.0.0.1:9464`; a port alone is one of this machine only. Unset: nothing is counted. Who reaches it may read it: give it an address that only your monitoring reaches.",
};

pub(in crate::config) static VARIABLES: &[&Variable] = &[&LISTEN];

/// Reads the address.
pub(in crate::config) fn read(reader: &mut Reader) -> Option<SocketAddr> {
    reader.parsed(&LISTEN, |text| match text {
        "" => Ok(None),
        text => match text.parse::<u16>() {
            Ok(port) => Ok(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))),
            Err(_) => text
                .parse()
                .map(Some)
                .map_err(|_| "expected an address and a port, such as 127.0.0.1:9464, or a port".to_owned()),
        },
    })
}

/// Two listeners of one process cannot have the same address.
pub(in crate::config) fn check(reader: &mut Reader, metrics: Option<SocketAddr>, public: SocketAddr) {
    let is_taken = metrics.is_some_and(|metrics| {
        metrics.port() != 0
            && metrics.port() == public.port()
            && (metrics.ip() == public.ip() || public.ip().is_unspecified())
    });
    if is_taken {
        reader.problem(&LISTEN, "the server itself listens there: take another port");
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Reader};

    fn read(pairs: &[(&str, &str)]) -> Result<Option<String>, String> {
        let config = Config::read(Reader::of(pairs)).map_err(|problems| problems.to_string())?;
        Ok(config.metrics.map(|addr| addr.to_string()))
    }

    #[test]
    fn metrics_are_off_and_a_port_alone_is_of_this_machine() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(
            read(&[("SEALDROP_METRICS_LISTEN", "9464")]),
            Ok(Some("127.0.0.1:9464".to_owned()))
        );
        assert_eq!(
            read(&[("SEALDROP_METRICS_LISTEN", "[::]:9464")]),
            Ok(Some("[::]:9464".to_owned()))
        );
        for wrong in ["on", "localhost:9464", "70000", "127.0.0.1"] {
            let problems = read(&[("SEALDROP_METRICS_LISTEN", wrong)]).expect_err(wrong);
            assert!(problems.contains("SEALDROP_METRICS_LISTEN: expected"), "{problems}");
        }
    }

    #[test]
    fn metrics_are_never_on_the_public_listener() {
        for public in [("SEALDROP_ADDR", "127.0.0.1:9464"), ("PORT", "9464")] {
            let problems = read(&[public, ("SEALDROP_METRICS_LISTEN", "9464")]).expect_err("one address");
            assert!(problems.contains("take another port"), "{problems}");
        }
        let free = [("SEALDROP_ADDR", "127.0.0.1:0"), ("SEALDROP_METRICS_LISTEN", "0")];
        assert!(read(&free).is_ok(), "both take a free one");
    }
}
