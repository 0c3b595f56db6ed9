//! The progress of a download, as a receiver sees it.

use core::time::Duration;

use super::{Progress, Stage, Standing};
use crate::engine::events::{ReceivePhase, ReceiveProgress};

pub(crate) fn receive_progress(progress: &mut Progress, now: Duration, total: u64) -> ReceiveProgress {
    let snapshot = progress.read(now);
    ReceiveProgress {
        phase: match snapshot.standing {
            Standing::Stage(Stage::Preparing) => ReceivePhase::Claiming,
            Standing::Stage(Stage::Moving) => ReceivePhase::Downloading,
            Standing::Pausing => ReceivePhase::Pausing,
            Standing::Paused => ReceivePhase::Paused,
            Standing::Stage(Stage::Finishing) => ReceivePhase::Verifying,
            Standing::Offline { since } => ReceivePhase::WaitingForNetwork {
                since_ms: since.as_millis() as u64,
            },
            Standing::Retrying { left } => ReceivePhase::Retrying {
                in_seconds: left.as_secs_f64().ceil() as u32,
            },
        },
        received_bytes: snapshot.bytes,
        total_bytes: total,
        bytes_per_second: snapshot.bytes_per_second,
        seconds_left: snapshot.seconds_left,
        files: snapshot.files,
    }
}
