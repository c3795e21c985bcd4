//! The chain of exchanges: JSON lines, each naming the SHA-256 of the line before.
//!
//! The first line names the digest of the run's id, and the manifest names that of the last line, so that no line can
//! be altered, removed, added or moved without the head coming out differently.
//!
//! ```text
//! {"previous":"5f3a…","told":{"aside":{"purpose":"probe","exchange":{…}}}}
//! {"previous":"91c0…","told":{"attempt":{"trial":"jobs::merge::status-only", …}}}
//! ```

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Refused;
use super::record::RecordedLine;
use crate::model::digest::hexadecimal;

#[derive(Serialize)]
struct Line<'a> {
    previous: &'a str,
    told: &'a RecordedLine,
}

#[derive(Deserialize)]
struct ReadLine {
    previous: String,
    told: RecordedLine,
}

/// What a chain came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChainHead {
    /// Lines.
    pub(super) lines: u64,
    /// Exchanges in them.
    pub(super) exchanges: u64,
    /// SHA-256 of the last line, in hexadecimal.
    pub(super) sha256: String,
}

impl ChainHead {
    /// The head of a chain without lines.
    pub(super) fn start(run_id: &str) -> Self {
        let start = Sha256::digest(format!("patchproof chain\0{run_id}"));
        Self { lines: 0, exchanges: 0, sha256: hexadecimal(&start) }
    }

    fn take(&mut self, line: &[u8], told: &RecordedLine) {
        self.lines += 1;
        self.exchanges += told.exchanges();
        self.sha256 = hexadecimal(&Sha256::digest(line));
    }
}

/// Writes a chain.
pub(super) struct Writer<W: Write> {
    out: W,
    head: ChainHead,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W, run_id: &str) -> Self {
        Self { out, head: ChainHead::start(run_id), line: Vec::new() }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, told: &RecordedLine) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &Line { previous: &self.head.sha256, told })?;
        self.head.take(&self.line, told);
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Brings what is written so far to its place.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the chain.
    pub(super) fn finish(mut self) -> io::Result<ChainHead> {
        self.out.flush()?;
        Ok(self.head)
    }
}

/// Reads a chain line by line, checks that it hangs together, and hands out what was told.
pub(super) fn read(
    input: &mut dyn BufRead,
    run_id: &str,
    take: &mut dyn FnMut(RecordedLine) -> Result<(), Refused>,
) -> Result<ChainHead, Refused> {
    let mut head = ChainHead::start(run_id);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read =
            input.read_until(b'\n', &mut line).map_err(|e| Refused::Unreadable("exchanges.ndjson".to_owned(), e))?;
        if read == 0 {
            return Ok(head);
        }
        let place = format!("exchanges.ndjson, line {}", head.lines + 1);
        if line.pop() != Some(b'\n') {
            return Err(Refused::Altered(format!("{place}: cut off")));
        }
        let ReadLine { previous, told } =
            serde_json::from_slice(&line).map_err(|error| Refused::Altered(format!("{place}: {error}")))?;
        if previous != head.sha256 {
            return Err(Refused::Altered(format!("{place}: does not follow from the line before")));
        }
        head.take(&line, &told);
        take(told)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::Profile;

    fn chain() -> (Vec<u8>, ChainHead) {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, "run");
        for id in ["a", "b", "c"] {
            let mut profile = Profile::default();
            profile.volatile.insert(id.to_owned());
            writer.add(&RecordedLine::Profile(profile)).unwrap();
        }
        let head = writer.finish().unwrap();
        (out, head)
    }

    fn heads(text: &[u8], run: &str) -> Result<ChainHead, Refused> {
        read(&mut &text[..], run, &mut |_| Ok(()))
    }

    #[test]
    fn a_chain_is_read_to_the_head_that_was_written() {
        let (text, head) = chain();
        assert_eq!(head.lines, 3);
        assert_eq!(heads(&text, "run").unwrap(), head);
        assert!(heads(&text, "another run").is_err());
    }

    #[test]
    fn lines_cannot_be_altered_moved_or_removed() {
        let (text, head) = chain();
        let lines: Vec<&[u8]> = text.split_inclusive(|octet| *octet == b'\n').collect();
        let joined = |order: &[usize]| order.iter().flat_map(|i| lines[*i].to_vec()).collect::<Vec<u8>>();
        assert!(heads(&joined(&[1, 0, 2]), "run").is_err());
        assert!(heads(&joined(&[0, 2]), "run").is_err());
        assert_ne!(heads(&joined(&[0, 1]), "run").unwrap(), head);
        let altered = String::from_utf8(text).unwrap().replace("\"b\"", "\"x\"");
        assert!(heads(altered.as_bytes(), "run").is_err());
    }
}
