//! Instants and durations as people read them: relative in the line, exact on hover.

use crate::messages::t;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A duration that an option offers: `1 hour`, `7 days`.
pub(crate) fn span(seconds: u64) -> String {
    if seconds >= DAY && seconds.is_multiple_of(DAY) {
        (t().days)(seconds / DAY)
    } else if seconds >= HOUR {
        (t().hours)(seconds / HOUR)
    } else {
        (t().minutes)(seconds.div_ceil(MINUTE))
    }
}

/// A duration of one's own, to the minute: `1 day`, `36 hours`, `90 minutes`.
pub(crate) fn span_exactly(seconds: u64) -> String {
    if seconds >= HOUR && !seconds.is_multiple_of(HOUR) {
        (t().minutes)(seconds.div_ceil(MINUTE))
    } else {
        span(seconds)
    }
}

/// What is left of a transfer, rounded so that it does not jump: `1 h 35 min`, `4 min`, `less than a minute`.
pub(crate) fn left(seconds: u64) -> String {
    match seconds {
        0..=44 => t().under_a_minute.to_owned(),
        45..=599 => (t().min)((seconds + MINUTE / 2) / MINUTE),
        600..=3449 => (t().min)((seconds + 150) / 300 * 5),
        _ => {
            let rounded = (seconds + 150) / 300 * 300;
            match (rounded / HOUR, rounded % HOUR / MINUTE) {
                (hours @ 0..=9, minutes) => (t().hours_minutes)(hours, minutes),
                _ => (t().hours_minutes)((seconds + HOUR / 2) / HOUR, 0),
            }
        }
    }
}

/// What is left of a transfer, as a sentence: `about *4 min* left`, `*less than a minute* left`.
pub(crate) fn about_left(seconds: u64) -> String {
    match seconds {
        0..=44 => t().under_a_minute_left.to_owned(),
        _ => (t().about_left)(&left(seconds)),
    }
}

/// What a finished transfer took: `3 min 12 s`.
pub(crate) fn took(seconds: f64) -> String {
    let whole = whole(seconds.max(1.0));
    match whole {
        0..MINUTE => (t().seconds_short)(whole),
        MINUTE..HOUR => (t().minutes_seconds)(whole / MINUTE, whole % MINUTE),
        _ => (t().hours_minutes)(whole / HOUR, whole % HOUR / MINUTE),
    }
}

/// A wait of some minutes, rounded up: `8 minutes`.
pub(crate) fn until(seconds: u64) -> String {
    (t().minutes)(seconds.div_ceil(MINUTE).max(1))
}

/// `in 7 days`, `in 40 minutes`, `2 days ago`.
pub(crate) fn relative(at_ms: f64, now_ms: f64) -> String {
    let distance = whole((at_ms - now_ms).abs() / 1000.0);
    // Each unit begins where the one below it would round up to a whole one: a link of an hour says "1 hour" all the way.
    let text = match distance {
        0..MINUTE => (t().minutes)(1),
        MINUTE..3570 => (t().minutes)((distance + MINUTE / 2) / MINUTE),
        3570..84_600 => (t().hours)((distance + HOUR / 2) / HOUR),
        _ => (t().days)((distance + DAY / 2) / DAY),
    };
    if at_ms >= now_ms {
        (t().in_time)(&text)
    } else {
        (t().ago)(&text)
    }
}

/// `29 November 2026, 21:40` in the clock of the reader, whose offset from UTC is given.
pub(crate) fn exact(at_ms: f64, offset_minutes: i32) -> String {
    let seconds = signed(at_ms / 1000.0) + i64::from(offset_minutes) * 60;
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let minute_of_day = seconds.rem_euclid(86_400) / 60;
    (t().exact_time)(day, t().months[month], year, minute_of_day / 60, minute_of_day % 60)
}

/// Milliseconds since 1970 of an instant of the API, which has nanoseconds.
pub(crate) fn of_api(nanoseconds: i128) -> f64 {
    (nanoseconds / 1_000_000) as f64
}

/// `2026-11-29T21:40:00Z`, for the `datetime` attribute.
pub(crate) fn machine(at_ms: f64) -> String {
    let seconds = signed(at_ms / 1000.0);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", month + 1)
}

/// Year, month from 0 and day of a count of days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", `civil_from_days`).
fn civil(days: i64) -> (i64, usize, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = (shifted + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    (year, usize::try_from(month).unwrap_or(0), day)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits first"
)]
fn whole(value: f64) -> u64 {
    value.clamp(0.0, 9e15) as u64
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what a date can be first")]
fn signed(value: f64) -> i64 {
    value.clamp(-6e10, 2.5e11).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_795_387_200_000.0;

    #[test]
    fn offers_are_whole() {
        assert_eq!(span(3600), "1 hour");
        assert_eq!(span(86_400), "1 day");
        assert_eq!(span(604_800), "7 days");
        assert_eq!(span(90), "2 minutes");
    }

    #[test]
    fn own_times_are_not_rounded_away() {
        assert_eq!(span_exactly(86_400), "1 day");
        assert_eq!(span_exactly(36 * 3600), "36 hours");
        assert_eq!(span_exactly(90 * 60), "90 minutes");
    }

    #[test]
    fn what_is_left_does_not_jump() {
        for (seconds, text) in [
            (0, "less than a minute"),
            (44, "less than a minute"),
            (45, "1 min"),
            (240, "4 min"),
            (599, "10 min"),
            (1700, "30 min"),
            (3449, "55 min"),
            (3450, "1 h"),
            (5700, "1 h 35 min"),
            (90_000, "25 h"),
        ] {
            assert_eq!(left(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn what_is_left_is_a_sentence() {
        assert_eq!(about_left(30), "*less than a minute* left");
        assert_eq!(about_left(240), "about *4 min* left");
    }

    #[test]
    fn what_it_took() {
        assert_eq!(took(0.2), "1 s");
        assert_eq!(took(192.4), "3 min 12 s");
        assert_eq!(took(7260.0), "2 h 1 min");
    }

    #[test]
    fn both_directions() {
        let day = 86_400_000.0;
        assert_eq!(relative(NOW + 7.0 * day - 1500.0, NOW), "in 7 days");
        assert_eq!(relative(NOW - 2.0 * day, NOW), "2 days ago");
        assert_eq!(relative(NOW + 1000.0, NOW), "in 1 minute");
        assert_eq!(relative(NOW + 3_600_000.0 - 1500.0, NOW), "in 1 hour");
        assert_eq!(relative(NOW + day - 1500.0, NOW), "in 1 day");
    }

    #[test]
    fn dates_are_the_readers() {
        assert_eq!(exact(NOW, 0), "22 November 2026, 22:40");
        assert_eq!(exact(NOW, 330), "23 November 2026, 04:10");
        assert_eq!(exact(0.0, -60), "31 December 1969, 23:00");
        assert_eq!(exact(1_709_164_800_000.0, 0), "29 February 2024, 00:00");
        assert_eq!(machine(NOW), "2026-11-22T22:40:00Z");
    }
}
