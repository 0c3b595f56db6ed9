//! Numbers that never go back, and a speed that does not jump.

use super::*;
use sealdrop_model::{FileProgress, FileState};

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn numbers_never_go_back() {
    let mut progress = Progress::new([Some(100), Some(50)].into_iter(), Some(150));
    progress.enter(Stage::Moving);
    let job = progress.begin(vec![(0, 100), (1, 20)]);
    progress.advance(job, 110);
    let snapshot = progress.read(at(0));
    assert_eq!(
        (snapshot.bytes, snapshot.files[0].bytes, snapshot.files[1].bytes),
        (110, 100, 10)
    );
    progress.set_waiting(job, Some(at(3_000)));
    let snapshot = progress.read(at(1_000));
    assert_eq!(snapshot.stage, Stage::Retrying { in_seconds: 2 });
    assert_eq!((snapshot.bytes, snapshot.files[0].state), (110, FileState::Retrying));
    progress.set_waiting(job, None);
    progress.acknowledge(job);
    let snapshot = progress.read(at(2_000));
    assert_eq!((snapshot.bytes, snapshot.files[0].state), (120, FileState::Done));
    assert_eq!(
        snapshot.files[1],
        FileProgress {
            bytes: 20,
            state: FileState::Running
        }
    );
}

#[test]
fn speed_is_the_mean_of_ten_seconds() {
    let mut progress = Progress::new([Some(1_000_000)].into_iter(), Some(1_000_000));
    progress.enter(Stage::Moving);
    assert_eq!(progress.read(at(0)).bytes_per_second, None);
    for second in 1..=20_u64 {
        progress.add(0, if second <= 10 { 1_000 } else { 2_000 });
        progress.read(at(second * 1_000));
    }
    let snapshot = progress.read(at(20_000));
    assert!((1_900..=2_000).contains(&snapshot.bytes_per_second.expect("20 s are enough")));
    assert_eq!(
        snapshot.seconds_left,
        Some(970_000_u64.div_ceil(snapshot.bytes_per_second.expect("known")))
    );
}

#[test]
fn a_pause_and_a_lost_network_are_named() {
    let mut progress = Progress::new([Some(10)].into_iter(), Some(10));
    progress.enter(Stage::Moving);
    let job = progress.begin(vec![(0, 10)]);
    progress.set_paused(true);
    let snapshot = progress.read(at(0));
    assert_eq!(
        (snapshot.stage, snapshot.files[0].state),
        (Stage::Paused, FileState::Waiting)
    );
    progress.set_offline(true);
    assert_eq!(progress.read(at(9)).stage, Stage::WaitingForNetwork);
    progress.set_offline(false);
    progress.set_paused(false);
    progress.fail(job);
    assert_eq!(progress.read(at(9)).files[0].state, FileState::Failed);
}

#[test]
fn a_pause_is_complete_when_the_last_attempt_has_ended() {
    let mut progress = Progress::new([Some(10), Some(20)].into_iter(), Some(30));
    progress.enter(Stage::Moving);
    let (running, queued) = (progress.begin(vec![(0, 10)]), progress.begin(vec![(1, 20)]));
    progress.set_attempting(running, true);
    progress.set_paused(true);
    let snapshot = progress.read(at(0));
    assert_eq!(snapshot.stage, Stage::Pausing);
    assert_eq!(
        [snapshot.files[0].state, snapshot.files[1].state],
        [FileState::Running, FileState::Waiting],
        "the row says what happens to its own file"
    );
    progress.set_attempting(running, false);
    progress.acknowledge(running);
    let snapshot = progress.read(at(1));
    assert_eq!(snapshot.stage, Stage::Paused);
    assert_eq!(snapshot.bytes_per_second, None, "no speed is measured through a pause");
    assert_eq!(snapshot.files[1].state, FileState::Waiting);
    progress.set_paused(false);
    progress.set_attempting(queued, true);
    assert_eq!(progress.read(at(2)).stage, Stage::Moving);
}

#[test]
fn a_pause_is_complete_when_what_came_is_written() {
    let mut progress = Progress::new([Some(10)].into_iter(), Some(10));
    progress.enter(Stage::Moving);
    progress.set_paused(true);
    progress.set_writing(true);
    assert_eq!(progress.read(at(0)).stage, Stage::Pausing);
    progress.add(0, 4);
    progress.set_writing(false);
    assert_eq!(progress.read(at(1)).stage, Stage::Paused);
}

#[test]
fn an_attempt_after_a_failure_counts_once_it_moves() {
    let mut progress = Progress::new([Some(100)].into_iter(), Some(100));
    progress.enter(Stage::Moving);
    let job = progress.begin(vec![(0, 100)]);
    progress.set_waiting(job, Some(at(500)));
    progress.set_waiting(job, None);
    progress.set_attempting(job, true);
    let snapshot = progress.read(at(600));
    assert_eq!(snapshot.stage, Stage::Retrying { in_seconds: 0 });
    assert_eq!(
        snapshot.files[0].state,
        FileState::Retrying,
        "head and row say the same"
    );
    progress.advance(job, 1);
    let snapshot = progress.read(at(700));
    assert_eq!(
        (snapshot.stage, snapshot.files[0].state),
        (Stage::Moving, FileState::Running)
    );
}

#[test]
fn a_network_that_is_said_to_be_gone_is_believed_while_nothing_moves() {
    let mut progress = Progress::new([Some(100)].into_iter(), Some(100));
    progress.enter(Stage::Moving);
    let job = progress.begin(vec![(0, 100)]);
    progress.set_attempting(job, true);
    progress.observe_network(false);
    progress.observe_network(false);
    assert_eq!(progress.read(at(30)).stage, Stage::WaitingForNetwork);
    progress.advance(job, 50);
    progress.observe_network(false);
    assert_eq!(progress.read(at(40)).stage, Stage::Moving);
    progress.observe_network(false);
    progress.observe_network(true);
    assert_eq!(progress.read(at(60)).stage, Stage::Moving);
}
