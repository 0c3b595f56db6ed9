//! Numbers that never go back, and a speed that does not jump.

use super::*;
use crate::{FileProgress, FileState};

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn numbers_never_go_back() {
    let mut meter = Meter::new([Some(100), Some(50)].into_iter(), Some(150));
    meter.enter(Stage::Moving);
    let job = meter.begin(vec![(0, 100), (1, 20)]);
    meter.advance(job, 110);
    let reading = meter.read(at(0));
    assert_eq!(
        (reading.bytes, reading.files[0].bytes, reading.files[1].bytes),
        (110, 100, 10)
    );
    meter.set_waiting(job, Some(at(3_000)));
    let reading = meter.read(at(1_000));
    assert_eq!(reading.standing, Standing::Retrying { left: at(2_000) });
    assert_eq!((reading.bytes, reading.files[0].state), (110, FileState::Retrying));
    meter.set_waiting(job, None);
    meter.acknowledge(job);
    let reading = meter.read(at(2_000));
    assert_eq!((reading.bytes, reading.files[0].state), (120, FileState::Done));
    assert_eq!(
        reading.files[1],
        FileProgress {
            bytes: 20,
            state: FileState::Running
        }
    );
}

#[test]
fn speed_is_the_mean_of_ten_seconds() {
    let mut meter = Meter::new([Some(1_000_000)].into_iter(), Some(1_000_000));
    meter.enter(Stage::Moving);
    assert_eq!(meter.read(at(0)).bytes_per_second, None);
    for second in 1..=20_u64 {
        meter.add(0, if second <= 10 { 1_000 } else { 2_000 });
        meter.read(at(second * 1_000));
    }
    let reading = meter.read(at(20_000));
    assert!((1_900..=2_000).contains(&reading.bytes_per_second.expect("20 s are enough")));
    assert_eq!(
        reading.seconds_left,
        Some(970_000_u64.div_ceil(reading.bytes_per_second.expect("known")))
    );
}

#[test]
fn a_pause_and_a_lost_network_are_named() {
    let mut meter = Meter::new([Some(10)].into_iter(), Some(10));
    meter.enter(Stage::Moving);
    let job = meter.begin(vec![(0, 10)]);
    meter.set_paused(true);
    let reading = meter.read(at(0));
    assert_eq!(
        (reading.standing, reading.files[0].state),
        (Standing::Paused, FileState::Waiting)
    );
    meter.set_offline(Some(at(5)));
    assert_eq!(meter.read(at(9)).standing, Standing::Offline { since: at(5) });
    meter.set_offline(None);
    meter.set_paused(false);
    meter.fail(job);
    assert_eq!(meter.read(at(9)).files[0].state, FileState::Failed);
}
