//! Whether a clock is to be believed.

/// Milliseconds by which a clock may differ from what is expected of it. Less than the mistake of a time zone.
pub(crate) const TOLERANCE: i64 = 3600 * 1000;
/// Milliseconds by which the clocks of server and bucket may differ; S3 refuses signatures beyond.
pub(crate) const MAX_SKEW: i64 = 15 * 60 * 1000;
/// The longest doubt: enough time for an operator to look.
const LONGEST_DOUBT: i64 = 24 * 3600 * 1000;

/// A clock that was found to have jumped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// What it said at the last look.
    pub(crate) seen_at: i64,
    /// Milliseconds for which it has to stay as it is before it is believed.
    pub(crate) left: i64,
}

/// One look at the clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// What it says.
    pub(crate) system: i64,
    /// What it should say at least: the last time that was trusted, and what passed since.
    pub(crate) line: i64,
    /// What passed since the last look of this process.
    pub(crate) observed: i64,
    /// What a clock says that is not this machine's, if there is one: the bucket's.
    pub(crate) witness: Option<i64>,
    /// What was thought of it at the last look.
    pub(crate) doubt: Option<Doubt>,
}

impl Look {
    /// None: the clock is believed.
    ///
    /// A machine that was switched off jumps as well. So a jump is believed after a quarter of its length, a day at most, or
    /// immediately if the witness confirms it. What the witness denies is never believed.
    pub(crate) fn doubt(self) -> Option<Doubt> {
        let jump = self.system.saturating_sub(self.line);
        let seen_at = self.system;
        match self.witness {
            Some(witness) if self.system.abs_diff(witness) <= MAX_SKEW.unsigned_abs() => return None,
            Some(_) => {
                let left = LONGEST_DOUBT;
                return Some(Doubt { seen_at, left });
            }
            None if jump.abs() <= TOLERANCE => return None,
            None => {}
        }
        let left = match self.doubt {
            None => must_last(jump),
            Some(before) => {
                let step = self.system - before.seen_at.saturating_add(self.observed);
                if step < -TOLERANCE {
                    must_last(jump)
                } else if step > TOLERANCE {
                    before.left.max(must_last(step))
                } else {
                    before.left - self.observed
                }
            }
        };
        (left > 0).then_some(Doubt { seen_at, left })
    }
}

fn must_last(jump: i64) -> i64 {
    (jump.saturating_abs() / 4).clamp(1, LONGEST_DOUBT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * 1000;
    const DAY: i64 = 24 * HOUR;
    const T: i64 = 1_800_000_000_000;

    fn look(system: i64, line: i64) -> Look {
        Look {
            system,
            line,
            observed: 0,
            witness: None,
            doubt: None,
        }
    }

    #[test]
    fn x35_a_jump_is_doubted_both_ways_until_it_has_lasted() {
        assert_eq!(look(T + HOUR, T).doubt(), None, "a little is nothing");
        for jump in [400 * DAY, -400 * DAY] {
            let mut doubt = look(T + jump, T).doubt();
            assert_eq!(doubt.map(|doubt| doubt.left), Some(DAY));
            let mut hours = 0;
            while let Some(before) = doubt {
                hours += 1;
                doubt = Look {
                    observed: HOUR,
                    doubt: Some(before),
                    ..look(T + jump + hours * HOUR, T + hours * HOUR)
                }
                .doubt();
                assert!(hours <= 24);
            }
            assert_eq!(hours, 24);
        }
        assert_eq!(
            look(T + 14 * HOUR, T).doubt().map(|doubt| doubt.left),
            Some(14 * HOUR / 4)
        );
    }

    #[test]
    fn x35_a_clock_that_comes_back_is_believed_at_once() {
        let doubt = look(T + 400 * DAY, T).doubt();
        assert_eq!(
            Look {
                doubt,
                ..look(T + HOUR, T)
            }
            .doubt(),
            None
        );
    }

    #[test]
    fn x35_a_machine_that_is_switched_off_every_night_is_believed_in_the_end() {
        let (mut system, mut line, mut doubt) = (T, T, None);
        let mut believed = 0;
        for _ in 0..5 {
            // Sixteen hours off; eight hours on, with a look at each.
            system += 16 * HOUR;
            for observed in [0, HOUR, HOUR, HOUR, HOUR, HOUR, HOUR, HOUR, HOUR] {
                system += observed;
                line += observed;
                doubt = Look {
                    observed,
                    doubt,
                    ..look(system, line)
                }
                .doubt();
                if doubt.is_none() {
                    line = system;
                    believed += 1;
                }
            }
        }
        assert!(believed >= 5, "{believed}");
    }

    #[test]
    fn x35_a_further_jump_begins_anew() {
        let doubt = Some(Doubt {
            seen_at: T + 8 * HOUR,
            left: 1,
        });
        let ahead = Look {
            doubt,
            observed: HOUR,
            ..look(T + 400 * DAY, T)
        };
        assert!(ahead.doubt().is_some_and(|doubt| doubt.left == DAY));
        let behind = Look {
            doubt,
            observed: HOUR,
            ..look(T - 400 * DAY, T)
        };
        assert!(behind.doubt().is_some_and(|doubt| doubt.left == DAY));
    }

    #[test]
    fn x35_another_clock_decides_where_there_is_one() {
        let system = T + 400 * DAY;
        let confirmed = Look {
            witness: Some(system + MAX_SKEW),
            ..look(system, T)
        };
        assert_eq!(confirmed.doubt(), None);
        let denied = Look {
            witness: Some(T),
            observed: 100 * DAY,
            doubt: Some(Doubt {
                seen_at: system,
                left: 1,
            }),
            ..look(system, T)
        };
        assert!(denied.doubt().is_some(), "it never lasts long enough");
        let denied_at_the_first_start = Look {
            witness: Some(T),
            ..look(system, system)
        };
        assert!(denied_at_the_first_start.doubt().is_some());
    }
}
