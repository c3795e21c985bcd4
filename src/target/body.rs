//! Reading the content of an HTTP/1.1 response from a [`Link`]: by length, in chunks, or until the connection ends
//! (RFC 9112, sections 6 and 7).
//!
//! Nothing is read or kept beyond a limit, and every way to stop early has its [`BodyProblem`].

use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::time::Sleep;

use super::head::{self, Framing};
use super::wire::{End, Link, ONE_WRITE};
use crate::model::exchange::BodyProblem;

/// How long to listen for octets after the end of a response.
const GRACE: Duration = Duration::from_millis(200);
/// Octets after the end of a response that are counted before the connection is dropped.
const MOST_EXCESS: u64 = 64 * 1024;
/// Most octets of one chunk-size line, or of the trailer section.
const MOST_CHUNK_LINE: usize = 16 * 1024;

impl Link {
    /// The content of a response, up to the limit.
    pub(super) async fn content(
        &mut self,
        framing: Framing,
        limit: usize,
        mut sleep: Pin<&mut Sleep>,
    ) -> (Bytes, Option<BodyProblem>) {
        match framing {
            Framing::Nothing => (Bytes::new(), None),
            Framing::Chunked => self.chunks(limit, sleep).await,
            Framing::Length(length) => {
                let want = usize::try_from(length).unwrap_or(usize::MAX).min(limit);
                if self.input.len() >= want {
                    let body = Bytes::copy_from_slice(&self.input[..want]);
                    self.input.advance(want);
                    return (body, (length > limit as u64).then_some(BodyProblem::TooLarge(limit as u64)));
                }
                let mut body = Vec::with_capacity(want.min(ONE_WRITE));
                let end = self.take(&mut body, want, sleep.as_mut()).await.err();
                let problem = match end {
                    Some(end) => Some(end.in_body(&format!("{} of {length} octets came", body.len()))),
                    None if length > limit as u64 => Some(BodyProblem::TooLarge(limit as u64)),
                    None => None,
                };
                (body.into(), problem)
            }
            Framing::UntilClose => {
                let mut body = Vec::new();
                let end = self.take(&mut body, limit + 1, sleep).await.err();
                let problem = match end {
                    Some(End::Closed) => None,
                    Some(end) => Some(end.in_body(&format!("{} octets came", body.len()))),
                    None => Some(BodyProblem::TooLarge(limit as u64)),
                };
                body.truncate(limit);
                (body.into(), problem)
            }
        }
    }

    /// Moves octets into `body` until it holds `want`.
    async fn take(&mut self, body: &mut Vec<u8>, want: usize, mut limit: Pin<&mut Sleep>) -> Result<(), End> {
        loop {
            let now = self.input.len().min(want - body.len());
            body.extend_from_slice(&self.input[..now]);
            self.input.advance(now);
            if body.len() == want {
                return Ok(());
            }
            self.fill(limit.as_mut()).await?;
        }
    }

    async fn chunks(&mut self, limit: usize, mut sleep: Pin<&mut Sleep>) -> (Bytes, Option<BodyProblem>) {
        let mut body = Vec::new();
        let result = self.read_chunks(&mut body, limit, sleep.as_mut()).await;
        (body.into(), result.err())
    }

    async fn read_chunks(
        &mut self,
        body: &mut Vec<u8>,
        limit: usize,
        mut sleep: Pin<&mut Sleep>,
    ) -> Result<(), BodyProblem> {
        let wrong = |what: String| BodyProblem::CutOff(format!("the chunked coding is malformed: {what}"));
        let got = |body: &Vec<u8>| format!("{} octets came, without the last chunk", body.len());
        loop {
            let size = loop {
                match httparse::parse_chunk_size(&self.input) {
                    Ok(httparse::Status::Complete((length, size))) => {
                        self.input.advance(length);
                        break size;
                    }
                    Ok(httparse::Status::Partial) if self.input.len() < MOST_CHUNK_LINE => {
                        self.fill(sleep.as_mut()).await.map_err(|end| end.in_body(&got(body)))?;
                    }
                    _ => return Err(wrong(format!("{} is no chunk size", head::shown(&self.input)))),
                }
            };
            if size == 0 {
                return self.trailers(sleep).await;
            }
            let room = (limit - body.len()) as u64;
            let want = body.len() + usize::try_from(size.min(room)).unwrap_or(limit);
            self.take(body, want, sleep.as_mut()).await.map_err(|end| end.in_body(&got(body)))?;
            if size > room {
                return Err(BodyProblem::TooLarge(limit as u64));
            }
            while self.input.len() < 2 {
                self.fill(sleep.as_mut()).await.map_err(|end| end.in_body(&got(body)))?;
            }
            if !self.input.starts_with(b"\r\n") {
                return Err(wrong(format!("{} where a chunk ends", head::shown(&self.input))));
            }
            self.input.advance(2);
        }
    }

    async fn trailers(&mut self, mut limit: Pin<&mut Sleep>) -> Result<(), BodyProblem> {
        loop {
            while let Some(end) = self.input.iter().position(|octet| *octet == b'\n') {
                let empty = matches!(&self.input[..end], b"" | b"\r");
                self.input.advance(end + 1);
                if empty {
                    return Ok(());
                }
            }
            if self.input.len() > MOST_CHUNK_LINE {
                return Err(BodyProblem::CutOff("the trailer section does not end".to_owned()));
            }
            self.fill(limit.as_mut()).await.map_err(|end| end.in_body("the trailer section did not end"))?;
        }
    }

    /// Octets after the end of the response, until the connection ends or stays silent.
    pub(super) async fn excess(&mut self, mut limit: Pin<&mut Sleep>) -> Option<BodyProblem> {
        let soon = tokio::time::Instant::now() + GRACE;
        if soon < limit.deadline() {
            limit.as_mut().reset(soon);
        }
        let mut count = self.input.len() as u64;
        while count < MOST_EXCESS {
            self.input.clear();
            if self.fill(limit.as_mut()).await.is_err() {
                break;
            }
            count += self.input.len() as u64;
        }
        (count > 0).then_some(BodyProblem::Excess(count))
    }

    /// Octets that came along with the end of the response, on a connection that is to carry another one. An empty line
    /// and an answer that nobody asked for (408 before the server hangs up) are no part of the content.
    pub(super) fn surplus(&self) -> Option<BodyProblem> {
        let rest = self.input.trim_ascii_start();
        (!rest.is_empty() && !rest.starts_with(b"HTTP/")).then_some(BodyProblem::Excess(self.input.len() as u64))
    }
}
