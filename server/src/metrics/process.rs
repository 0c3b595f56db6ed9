//! What the operating system says about this process.

use std::fs;

use metrics::gauge;

use super::list::{FILES, MEMORY};

/// Shows memory and open files, where there is a `/proc`.
pub(super) fn show_process() {
    if let Some(bytes) = fs::read_to_string("/proc/self/status")
        .ok()
        .as_deref()
        .and_then(resident)
    {
        gauge!(MEMORY).set(f64::from(bytes) * 1024.0);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!(FILES).set(f64::from(u32::try_from(files.count()).unwrap_or(u32::MAX)));
    }
}

/// KiB of the line `VmRSS`.
fn resident(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_resident_memory_is_read() {
        assert_eq!(
            resident("VmPeak:\t 9 kB\nVmRSS:\t   61440 kB\nVmData: 1 kB\n"),
            Some(61_440)
        );
        assert_eq!(resident("VmPeak: 9 kB\n"), None);
    }
}
