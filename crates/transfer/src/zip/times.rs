//! The two ways in which an archive tells when a file was changed.

use time::OffsetDateTime;

/// 1 January 1980, the first day that MS-DOS knows.
const FIRST: u32 = 0x0021_0000;
/// The last two seconds that fit: 31 December 2107, 23:59:58.
const LAST: u32 = 0xff9f_bf7d;

/// Date (upper half) and time (lower half) of MS-DOS (APPNOTE 4.4.6): steps of 2 s from 1980 to 2107, whatever lies
/// outside moved to the edge. In UTC: the format has the writer's local time without its zone, so readers that
/// understand [`unix_seconds`] go by that one.
pub(super) fn dos(modified_ms: Option<u64>) -> u32 {
    let Some(at) = modified_ms.and_then(|ms| i64::try_from(ms / 1000).ok()) else {
        return FIRST;
    };
    let Ok(at) = OffsetDateTime::from_unix_timestamp(at) else {
        return LAST;
    };
    let year = match at.year() {
        ..1980 => return FIRST,
        2108.. => return LAST,
        year => (year - 1980) as u32,
    };
    let date = year << 9 | u32::from(u8::from(at.month())) << 5 | u32::from(at.day());
    let time = u32::from(at.hour()) << 11 | u32::from(at.minute()) << 5 | u32::from(at.second() / 2);
    date << 16 | time
}

/// Seconds since 1970 UTC for the extra field 0x5455, which has 32 signed bits for them; `None` where they do not fit.
pub(super) fn unix_seconds(modified_ms: Option<u64>) -> Option<i32> {
    i32::try_from(modified_ms? / 1000).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn ms(at: OffsetDateTime) -> Option<u64> {
        u64::try_from(at.unix_timestamp())
            .ok()
            .map(|seconds| seconds * 1000 + 999)
    }

    #[test]
    fn times_of_ms_dos() {
        // Python: zipfile.ZipInfo(date_time=(2026, 11, 26, 4, 21, 53)).
        assert_eq!(dos(ms(datetime!(2026-11-26 04:21:53 UTC))), (0x5d7a << 16) | 0x22ba);
        assert_eq!(dos(None), FIRST);
        assert_eq!(dos(Some(0)), FIRST);
        assert_eq!(dos(ms(datetime!(1980-01-01 00:00:00 UTC))), FIRST);
        assert_eq!(dos(ms(datetime!(2107-12-31 23:59:59 UTC))), LAST);
        assert_eq!(dos(ms(datetime!(2108-01-01 00:00:00 UTC))), LAST);
        assert_eq!(dos(Some(u64::MAX)), LAST);
    }

    #[test]
    fn seconds_that_do_not_fit_are_left_out() {
        assert_eq!(unix_seconds(ms(datetime!(2038-01-19 03:14:07 UTC))), Some(i32::MAX));
        assert_eq!(unix_seconds(ms(datetime!(2038-01-19 03:14:08 UTC))), None);
        assert_eq!(unix_seconds(None), None);
    }
}
