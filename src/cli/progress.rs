//! A progress bar on standard error, for runs over a second, where somebody sits in front of it.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::pipeline::Progress;

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bar.
pub(super) struct Bar {
    bar: ProgressBar,
    began: Instant,
}

impl Bar {
    /// A bar that shows itself once the run takes longer than a second; never if `quiet`, never where nobody looks.
    pub(super) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::hidden();
        if !quiet && std::io::IsTerminal::is_terminal(&std::io::stderr()) {
            bar.set_style(style());
        } else {
            bar.finish();
        }
        Self { bar, began: Instant::now() }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{}/s", HumanBytes(state.per_sec() as u64));
    };
    ProgressStyle::with_template("reading {bar:24} {bytes} of {total_bytes}, {rate}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", rate)
        .progress_chars("=> ")
}

impl Progress for Bar {
    fn planned(&self, _: usize, bytes: u64) {
        self.bar.set_length(bytes);
    }

    fn advanced(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.bar.is_hidden() && !self.bar.is_finished() && self.began.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
    }
}
