//! Numbers that never go back, and a speed that does not jump.

use super::*;
use crate::engine::events::{FileProgress, FileState};

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

#[test]
fn a_pause_is_complete_when_the_last_attempt_has_ended() {
    let mut meter = Meter::new([Some(10), Some(20)].into_iter(), Some(30));
    meter.enter(Stage::Moving);
    let (running, queued) = (meter.begin(vec![(0, 10)]), meter.begin(vec![(1, 20)]));
    meter.set_attempting(running, true);
    meter.set_paused(true);
    let reading = meter.read(at(0));
    assert_eq!(reading.standing, Standing::Pausing);
    assert_eq!(
        [reading.files[0].state, reading.files[1].state],
        [FileState::Running, FileState::Waiting],
        "the row says what happens to its own file"
    );
    meter.set_attempting(running, false);
    meter.acknowledge(running);
    let reading = meter.read(at(1));
    assert_eq!(reading.standing, Standing::Paused);
    assert_eq!(reading.bytes_per_second, None, "no speed is measured through a pause");
    assert_eq!(reading.files[1].state, FileState::Waiting);
    meter.set_paused(false);
    meter.set_attempting(queued, true);
    assert_eq!(meter.read(at(2)).standing, Standing::Stage(Stage::Moving));
}

#[test]
fn a_pause_is_complete_when_what_came_is_written() {
    let mut meter = Meter::new([Some(10)].into_iter(), Some(10));
    meter.enter(Stage::Moving);
    meter.set_paused(true);
    meter.set_writing(true);
    assert_eq!(meter.read(at(0)).standing, Standing::Pausing);
    meter.add(0, 4);
    meter.set_writing(false);
    assert_eq!(meter.read(at(1)).standing, Standing::Paused);
}

#[test]
fn an_attempt_after_a_failure_counts_once_it_moves() {
    let mut meter = Meter::new([Some(100)].into_iter(), Some(100));
    meter.enter(Stage::Moving);
    let job = meter.begin(vec![(0, 100)]);
    meter.set_waiting(job, Some(at(500)));
    meter.set_waiting(job, None);
    meter.set_attempting(job, true);
    let reading = meter.read(at(600));
    assert_eq!(reading.standing, Standing::Retrying { left: Duration::ZERO });
    assert_eq!(reading.files[0].state, FileState::Retrying, "head and row say the same");
    meter.advance(job, 1);
    let reading = meter.read(at(700));
    assert_eq!(
        (reading.standing, reading.files[0].state),
        (Standing::Stage(Stage::Moving), FileState::Running)
    );
}

#[test]
fn a_network_that_is_said_to_be_gone_is_believed_while_nothing_moves() {
    let mut meter = Meter::new([Some(100)].into_iter(), Some(100));
    meter.enter(Stage::Moving);
    let job = meter.begin(vec![(0, 100)]);
    meter.set_attempting(job, true);
    meter.observe_network(false, at(10));
    meter.observe_network(false, at(20));
    assert_eq!(meter.read(at(30)).standing, Standing::Offline { since: at(10) });
    meter.advance(job, 50);
    meter.observe_network(false, at(40));
    assert_eq!(meter.read(at(40)).standing, Standing::Stage(Stage::Moving));
    meter.observe_network(false, at(50));
    meter.observe_network(true, at(60));
    assert_eq!(meter.read(at(60)).standing, Standing::Stage(Stage::Moving));
}
