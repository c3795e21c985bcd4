//! Signals that end a run, or a server.

use tokio_util::sync::CancellationToken;

use super::write::err;
use crate::model::exit;

/// Ctrl-C and SIGTERM end the run after the trials under way; SIGHUP too, from a terminal that is gone. Jobs are put back and reports written. A second one ends
/// the process at once.
pub(super) fn interrupts() -> CancellationToken {
    let cancelled = CancellationToken::new();
    let token = cancelled.clone();
    tokio::spawn(async move {
        loop {
            interrupted().await;
            if token.is_cancelled() {
                err("interrupted again: ending at once; `patchproof restore` puts back what is not as it was");
                std::process::exit(i32::from(exit::INTERRUPTED));
            }
            err("interrupted: putting jobs back and writing the partial report (again to end at once)");
            token.cancel();
        }
    });
    cancelled
}

/// Returns at the next Ctrl-C, SIGTERM, or SIGHUP of a terminal that is gone.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut terminate), Ok(mut hangup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
