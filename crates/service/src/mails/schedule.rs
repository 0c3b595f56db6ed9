//! When a mail is tried again.

use std::time::Duration;

use super::reason::MailReason;

/// Seconds after the first failure of a code's mail, the second, and so on: tried at 0, 5, 20, 60 and 180 s, then every 45 s until
/// the code has ended, because servers that list senders in grey let them in after about five minutes.
const CODE: [u64; 4] = [5, 15, 40, 120];
const CODE_AFTERWARDS: u64 = 45;
/// Seconds after the failures of a notice: eight tries in 24 hours.
const NOTICE: [u64; 7] = [60, 5 * 60, 30 * 60, 2 * 3600, 4 * 3600, 7 * 3600, 10 * 3600];
/// What a provider may ask for at most.
const LONGEST: Duration = Duration::from_secs(10 * 3600);

/// How long a mail waits after so many tries that failed; nothing if that was the last. A provider that names a time is not asked
/// before it.
pub(crate) fn wait_after(reason: MailReason, tries: i32, asked_for: Option<Duration>) -> Option<Duration> {
    let failed = usize::try_from(tries - 1).unwrap_or(0);
    let seconds = match reason {
        // A test that waits for hours tells nobody anything.
        MailReason::TestMail => CODE.get(failed).copied(),
        _ if reason.code_purpose().is_some() => Some(CODE.get(failed).copied().unwrap_or(CODE_AFTERWARDS)),
        _ => NOTICE.get(failed).copied(),
    };
    let wait = Duration::from_secs(seconds?);
    Some(wait.max(asked_for.unwrap_or_default().min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried_at(reason: MailReason) -> Vec<u64> {
        let waits = (1..20).map_while(|tries| wait_after(reason, tries, None));
        let mut at = vec![0];
        for wait in waits {
            at.push(at[at.len() - 1] + wait.as_secs());
        }
        at
    }

    #[test]
    fn a_code_is_tried_early_and_a_notice_for_a_day() {
        assert_eq!(
            tried_at(MailReason::SignInCode)[..8],
            [0, 5, 20, 60, 180, 225, 270, 315]
        );
        let notice = tried_at(MailReason::EmailChanged);
        assert_eq!(notice.len(), 8);
        assert!((23 * 3600..=24 * 3600).contains(&notice[7]), "{notice:?}");
        assert_eq!(tried_at(MailReason::TestMail), [0, 5, 20, 60, 180]);
    }

    #[test]
    fn e02_a_provider_is_not_asked_before_it_wants() {
        let wait = |seconds| wait_after(MailReason::SignInCode, 1, Some(Duration::from_secs(seconds)));
        assert_eq!(wait(3), Some(Duration::from_secs(5)));
        assert_eq!(wait(70), Some(Duration::from_secs(70)));
        assert_eq!(wait(u64::MAX), Some(LONGEST));
        assert_eq!(wait_after(MailReason::NewDevice, 8, Some(Duration::from_secs(1))), None);
    }
}
