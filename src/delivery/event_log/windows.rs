//! The three functions of Windows that take events.

use std::io;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::EventLog::{
    DeregisterEventSource, EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE, RegisterEventSourceW,
    ReportEventW,
};

use super::{Event, Kind, SOURCE, harmless};

pub(super) fn write(events: &[Event]) -> io::Result<()> {
    let source = Source::open()?;
    events.iter().try_for_each(|event| source.report(event))
}

/// The source while events are written; closed when it goes.
struct Source(HANDLE);

impl Source {
    fn open() -> io::Result<Self> {
        let name = wide(SOURCE);
        // SAFETY: no server means this machine; the name ends in a zero and lives longer than the call.
        #[allow(unsafe_code)]
        let handle = unsafe { RegisterEventSourceW(null(), name.as_ptr()) };
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(handle)) }
    }

    fn report(&self, event: &Event) -> io::Result<()> {
        let kind = match event.kind {
            Kind::Error => EVENTLOG_ERROR_TYPE,
            Kind::Warning => EVENTLOG_WARNING_TYPE,
            Kind::Information => EVENTLOG_INFORMATION_TYPE,
        };
        let text = wide(&harmless(&event.text));
        let texts = [text.as_ptr()];
        // SAFETY: the handle is open as long as `self` is; no account and no raw data are given; there is one text, which ends in
        // a zero, and both it and the list of texts live longer than the call.
        #[allow(unsafe_code)]
        let is_written = unsafe { ReportEventW(self.0, kind, 0, event.id.into(), null_mut(), 1, 0, texts.as_ptr(), null()) };
        if is_written == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and nobody has it any more.
        #[allow(unsafe_code)]
        unsafe {
            DeregisterEventSource(self.0);
        }
    }
}

/// A text in UTF-16 with a zero at its end. Inside there is none: what would be one was escaped.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
