//! What the meter reads, as a sender is told it.

use super::{Meter, Stage, Standing};
use crate::engine::events::{SendPhase, SendProgress};

pub(crate) fn progress(meter: &mut Meter, now: core::time::Duration, total: Option<u64>) -> SendProgress {
    let reading = meter.read(now);
    SendProgress {
        phase: match reading.standing {
            Standing::Stage(Stage::Preparing) => SendPhase::Preparing,
            Standing::Stage(Stage::Moving) => SendPhase::Sending,
            Standing::Stage(Stage::Finishing) => SendPhase::Finishing,
            Standing::Pausing => SendPhase::Pausing,
            Standing::Paused => SendPhase::Paused,
            Standing::Offline { since } => SendPhase::WaitingForNetwork {
                since_ms: since.as_millis() as u64,
            },
            Standing::Retrying { left } => SendPhase::Retrying {
                in_seconds: left.as_secs_f64().ceil() as u32,
            },
        },
        sent_bytes: reading.bytes,
        total_bytes: total,
        bytes_per_second: reading.bytes_per_second,
        seconds_left: reading.seconds_left,
        files: reading.files,
    }
}
