//! Any octets as a stored run, rendered in every format and on the terminal.
#![no_main]

use std::io::sink;

use libfuzzer_sys::fuzz_target;
use patchproof::report::terminal::{Options, Terminal, Verbosity};
use patchproof::report::{self, FORMATS};

fuzz_target!(|data: &[u8]| {
    let Ok(run) = report::read_run(data) else { return };
    for format in FORMATS {
        report::render(&run, format, Box::new(sink())).expect("nothing stands in the way of a sink");
    }
    for width in [0, 40, 80] {
        let options = Options { width, verbosity: Verbosity::Verbose, ..Options::default() };
        report::replay(&run, &mut Terminal::new(Box::new(sink()), options))
            .expect("nothing stands in the way of a sink");
    }
});
