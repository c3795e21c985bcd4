//! Bytes put aside until the document can be assembled: a little in memory, the rest in an anonymous file.
//!
//! Endpoints run interleaved, but a report groups by endpoint and `JUnit` wants counts before the cases. So each endpoint
//! writes into a [`Spool`] of its own, and memory does not grow with the number of trials.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write};

use serde::Serialize;

use super::endpoints::PerEndpoint;

/// Octets kept in memory before they go to the file. Six endpoints in two formats then hold at most 768 KiB.
const LIMIT: usize = 64 * 1024;

/// A place to put bytes aside.
#[derive(Debug, Default)]
pub(super) struct Spool {
    buffer: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    /// The buffer to append to; call [`Spool::settle`] after it.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Nothing was put aside.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.file.is_none()
    }

    /// Puts aside one element of a JSON array.
    pub(super) fn item(&mut self, element: &impl Serialize) -> io::Result<()> {
        if !self.is_empty() {
            self.buffer.extend_from_slice(b",\n");
        }
        serde_json::to_writer(&mut self.buffer, element)?;
        self.settle()
    }

    /// Moves the buffer into the file once it is large.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        if self.buffer.len() < LIMIT {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes everything that was put aside, in order.
    pub(super) fn pour(mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.rewind()?;
            let mut block = vec![0; LIMIT];
            loop {
                let read = file.read(&mut block)?;
                if read == 0 {
                    break;
                }
                out.write_all(&block[..read])?;
            }
        }
        out.write_all(&self.buffer)
    }
}

/// Writes the elements of all endpoints as the inside of one JSON array.
pub(super) fn pour_items(mut spools: PerEndpoint<Spool>, out: &mut dyn Write) -> io::Result<()> {
    let filled = spools.take().into_iter().filter(|(_, spool)| !spool.is_empty());
    for (i, (_, spool)) in filled.enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        spool.pour(out)?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_the_file() {
        let mut spool = Spool::default();
        let mut want = Vec::new();
        for i in 0..40_000u32 {
            let line = format!("line {i}\n");
            want.extend_from_slice(line.as_bytes());
            spool.buffer().extend_from_slice(line.as_bytes());
            spool.settle().unwrap();
        }
        assert!(spool.file.is_some() && spool.buffer.len() < LIMIT);
        let mut got = Vec::new();
        spool.pour(&mut got).unwrap();
        assert_eq!(got, want);
    }
}
