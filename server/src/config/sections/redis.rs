//! Redis, for several servers.

use sealdrop_service::RedisConfig;

use crate::config::{reader::Reader, variable::Variable};

pub(in crate::config) static URL: Variable = Variable {
    name: "REDIS_URL",
    default: "",
    secret: true,
    about: "For several servers on one database: `redis://host:6379`, `rediss://user:password@host:6379` (TLS), or `unix:///path/of/socket`. Workers hear at once of jobs that other servers add, and new uploads and wrong guesses of one network are counted over all servers together. Nothing is kept there that is missed when it is gone: workers look every second anyway, each server limits by itself, and no request waits for it longer than 50 ms.",
};

pub(in crate::config) fn read(reader: &mut Reader) -> Option<RedisConfig> {
    let url = reader.secret(&URL)?;
    RedisConfig::parse(url.expose())
        .map_err(|problem| reader.problem(&URL, &problem))
        .ok()
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Reader};

    #[test]
    fn a_wrong_address_is_refused_and_not_shown() {
        let read = |url| Config::read(Reader::of(&[("REDIS_URL", url)]));
        assert!(
            read("redis://:hunter2@localhost:6379")
                .expect("an address")
                .redis
                .is_some()
        );
        let wrong = read("localhost:hunter2").expect_err("no scheme").to_string();
        assert!(wrong.contains("REDIS_URL") && !wrong.contains("hunter2"), "{wrong}");
    }
}
