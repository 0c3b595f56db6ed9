//! The progress of an upload, as a sender sees it.

use super::{Progress, Stage, Standing};
use crate::engine::events::{SendPhase, SendProgress};

pub(crate) fn send_progress(progress: &mut Progress, now: core::time::Duration, total: Option<u64>) -> SendProgress {
    let snapshot = progress.read(now);
    SendProgress {
        phase: match snapshot.standing {
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
        sent_bytes: snapshot.bytes,
        total_bytes: total,
        bytes_per_second: snapshot.bytes_per_second,
        seconds_left: snapshot.seconds_left,
        files: snapshot.files,
    }
}
