//! What the stages of a transfer are called.

use crate::{engine::Stage, messages::t, model::run::Direction};

/// The name of a stage and the line below it.
pub(crate) fn stage_words(direction: Direction, stage: Stage) -> (&'static str, String) {
    let m = t();
    match (direction, stage) {
        (Direction::Sending, Stage::Preparing) => (m.preparing, m.preparing_line.to_owned()),
        (Direction::Sending, Stage::Moving) => (m.sealing_and_sending, m.sending_line.to_owned()),
        (Direction::Sending, Stage::Finishing) => (m.finishing, m.finishing_line.to_owned()),
        (Direction::Receiving, Stage::Preparing) => (m.claiming, m.claiming_line.to_owned()),
        (Direction::Receiving, Stage::Moving) => (m.downloading, m.downloading_line.to_owned()),
        (Direction::Receiving, Stage::Finishing) => (m.verifying, m.verifying_line.to_owned()),
        (_, Stage::Pausing) => (m.pausing, m.pausing_line.to_owned()),
        (_, Stage::Paused) => (m.paused, m.paused_line.to_owned()),
        (_, Stage::WaitingForNetwork) => (m.waiting, m.waiting_line.to_owned()),
        (Direction::Sending, Stage::Retrying { in_seconds }) => (m.retrying, (m.retrying_line)(in_seconds)),
        (Direction::Receiving, Stage::Retrying { in_seconds }) => (m.retrying, (m.receive_retrying_line)(in_seconds)),
    }
}
