//! Limits that all servers of an installation share, for as long as their Redis is there.

use std::time::Duration;

use super::connection::Redis;

/// The generic cell rate algorithm by the clock of Redis, in one step. `KEYS[1]` holds when the whole budget is back, in ms; a charge of
/// `ARGV[1]` ms moves that on unless it would lie more than `ARGV[2]` ms ahead, and less than nothing gives back. Answers how long to
/// wait, in ms. The key goes by itself when the budget is whole.
const CHARGE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whole_at = tonumber(redis.call('GET', KEYS[1]) or '0')
local owed = math.max(whole_at - now, 0) + tonumber(ARGV[1])
if owed > tonumber(ARGV[2]) then return owed - tonumber(ARGV[2]) end
if owed <= 0 then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], string.format('%.0f', now + owed), 'PX', owed) end
return 0";

/// A limit: so much at once, and all of it again in the course of a time.
#[derive(Debug, Clone, Copy)]
pub struct SharedLimit {
    /// What is limited; a part of the name in Redis.
    pub name: &'static str,
    /// How often without a wait.
    pub burst: u32,
    /// In which time a whole budget comes back.
    pub whole_in: Duration,
}

impl Redis {
    /// Charges `who` so many times, or gives back. How long until there is something left again, if there is nothing; `None` also when
    /// Redis does not answer.
    pub(crate) async fn charge(&self, limit: SharedLimit, who: &str, times: i64) -> Option<Duration> {
        let whole = i64::try_from(limit.whole_in.as_millis()).unwrap_or(i64::MAX);
        let price = (whole / i64::from(limit.burst.max(1))).max(1);
        let mut command = redis::cmd("EVAL");
        command
            .arg(CHARGE)
            .arg(1)
            .arg(self.name(&format!("{}:{who}", limit.name)))
            .arg(price * times)
            .arg(whole);
        let wait: u64 = self.ask(&command).await?;
        (wait > 0).then(|| Duration::from_millis(wait))
    }
}
