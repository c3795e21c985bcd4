//! HTTP/1.1 written and read octet by octet, so that framing shows and nothing is normalised (RFC 9112).
//!
//! The main type is [`Link`]: one connection and its buffers. It serves requests on connections of their own as well
//! as kept connections without TLS, where an HTTP library would cost more than the exchange itself.

mod sending;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::time::Sleep;

use super::broken::{broken, from_io};
use super::dial::Stream;
use super::head::{self, Framing, Head};
use crate::model::case::Wire;
use crate::model::exchange::{BodyProblem, Broken, BrokenKind};

/// Interim responses that are read over before the final one.
const MOST_INTERIM: usize = 64;
/// How long to wait for an answer to a request that was cut off.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a server gets to read what was sent before a reset, and to notice the reset.
const MOMENT: Duration = Duration::from_millis(50);
/// How long a request pauses that goes in two parts.
const PAUSE: Duration = Duration::from_millis(25);
/// Requests up to this size go out in one write.
pub(super) const ONE_WRITE: usize = 64 * 1024;
const READ_SIZE: usize = 8 * 1024;

/// One connection and its buffers.
pub(super) struct Link {
    stream: Stream,
    pub(super) input: BytesMut,
    output: Vec<u8>,
    /// Why reading failed, where it did.
    failed: Option<Broken>,
    /// The answer came before all of the request was written.
    unsent: bool,
    /// When the first octet of the current answer came.
    pub(super) first: Option<Instant>,
    /// When the last exchange ended.
    pub(super) rested: Instant,
}

/// What is sent: the head up to its empty line, and the content.
pub(super) struct Message<'a> {
    pub(super) method: &'a str,
    pub(super) body: &'a Bytes,
    pub(super) wire: Wire,
    /// The field behind the last chunk, where the content has one.
    pub(super) trailer: (&'a str, &'a str),
    /// Octets of content that are read.
    pub(super) limit: usize,
}

/// A response as it came, content not decoded.
pub(super) struct Answer {
    pub(super) head: Head,
    pub(super) body: Bytes,
    pub(super) problem: Option<BodyProblem>,
    /// The connection may carry another exchange.
    pub(super) reusable: bool,
}

/// How reading ended.
pub(super) enum End {
    Closed,
    Failed(std::io::Error),
    Late,
}

impl End {
    fn before_answer(self) -> Broken {
        match self {
            Self::Closed => broken(BrokenKind::Reset, Broken::CLOSED),
            Self::Failed(error) => from_io(&error),
            Self::Late => broken(BrokenKind::Timeout, "no answer in time"),
        }
    }

    pub(super) fn in_body(self, got: &str) -> BodyProblem {
        match self {
            Self::Closed => BodyProblem::CutOff(got.to_owned()),
            Self::Failed(error) => BodyProblem::CutOff(format!("{got}: {error}")),
            Self::Late => BodyProblem::TimedOut,
        }
    }
}

impl Link {
    pub(super) fn new(stream: Stream) -> Self {
        let input = BytesMut::with_capacity(READ_SIZE);
        Self { stream, input, output: Vec::new(), failed: None, unsent: false, first: None, rested: Instant::now() }
    }

    /// Whether nothing came since the last exchange.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.input.is_empty() && self.stream.is_quiet()
    }

    /// Where the head of the next request is written.
    pub(super) fn output(&mut self) -> &mut Vec<u8> {
        self.output.clear();
        &mut self.output
    }

    /// Sends what stands in the output and the body, and reads the answer. With `alone`, what comes after the
    /// response is looked at too.
    pub(super) async fn exchange(
        &mut self,
        message: &Message<'_>,
        mut limit: Pin<&mut Sleep>,
        alone: bool,
    ) -> Result<Answer, Broken> {
        self.first = None;
        self.unsent = false;
        let sent = self.send(message, limit.as_mut()).await;
        if message.wire.is_cut_off() {
            let soon = tokio::time::Instant::now() + PATIENCE;
            if soon < limit.deadline() {
                limit.as_mut().reset(soon);
            }
        }
        if let Err(End::Late) = sent {
            return Err(broken(BrokenKind::Timeout, "the request was not taken in time"));
        }
        let head = match (self.head(limit.as_mut()).await, sent) {
            (Ok(head), _) => head,
            // The write failed first; what the read says after that is only its echo.
            (Err(error), Err(End::Failed(cause))) if error.kind == BrokenKind::Reset => return Err(from_io(&cause)),
            (Err(error), _) => return Err(error),
        };
        let framing = head.framing(message.method);
        self.failed = None;
        let (body, mut problem) = self.content(framing, message.limit, limit.as_mut()).await;
        if let (Some(_), Some(Broken { kind, detail })) = (&problem, self.failed.take()) {
            // The way to the target broke: who ends an answer too early by himself closes the connection.
            return Err(broken(kind, format!("{detail}, after {} octets of the content", body.len())));
        }
        if let (None, Some(coding)) = (&problem, head.foreign_transfer_coding()) {
            problem = Some(BodyProblem::Undecodable(format!("transfer coding `{coding}`, which was not asked for")));
        }
        if alone && problem.is_none() && framing != Framing::UntilClose && head.length_is_sound() {
            problem = self.excess(limit).await;
        } else if problem.is_none() && framing != Framing::UntilClose && head.length_is_sound() {
            problem = self.surplus();
        }
        let reusable =
            !alone && problem.is_none() && framing != Framing::UntilClose && head.keeps_alive() && head.status != 101;
        // What comes next would be taken for the rest of the content where the server did not wait for all of it: that is
        // seen here, or long content that is refused may still lie on the way.
        let taken = !self.unsent && (message.body.len() <= ONE_WRITE || head.status < 400);
        let reusable = reusable && head.length_is_sound() && self.input.is_empty() && taken;
        self.rested = Instant::now();
        Ok(Answer { head, body, problem, reusable })
    }

    /// Sends a part of the content and resets the connection once the server waits for the rest; returns when it had
    /// time to notice.
    pub(super) async fn reset(mut self, message: &Message<'_>, limit: Pin<&mut Sleep>) -> Broken {
        if let Err(end) = self.send(message, limit).await {
            return end.before_answer();
        }
        tokio::time::sleep(MOMENT).await;
        self.stream.reset_on_close();
        drop(self);
        tokio::time::sleep(MOMENT).await;
        broken(BrokenKind::Reset, "the connection was reset within the content, as the case asks")
    }

    /// Reads at least one octet.
    pub(super) async fn fill(&mut self, mut limit: Pin<&mut Sleep>) -> Result<(), End> {
        if self.input.capacity() - self.input.len() < READ_SIZE / 4 {
            self.input.reserve(READ_SIZE);
        }
        let read = {
            let mut read = pin!(self.stream.read_buf(&mut self.input));
            poll_fn(|cx| match read.as_mut().poll(cx) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending => limit.as_mut().poll(cx).map(|()| None),
            })
            .await
        };
        match read {
            None => Err(End::Late),
            // Servers that end TLS without its closing alert are common; the framing tells whether something is missing.
            Some(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(End::Closed),
            Some(Err(error)) => {
                self.failed = Some(from_io(&error));
                Err(End::Failed(error))
            }
            Some(Ok(0)) => Err(End::Closed),
            Some(Ok(_)) => {
                self.first.get_or_insert_with(Instant::now);
                Ok(())
            }
        }
    }

    /// The final head; interim ones are read over.
    async fn head(&mut self, mut limit: Pin<&mut Sleep>) -> Result<Head, Broken> {
        let (mut searched, mut interim) = (0, 0);
        loop {
            if !self.input.is_empty() {
                if let Some(head) = head::find(&self.input, searched)? {
                    self.input.advance(head.length);
                    if head.status >= 200 || head.status == 101 {
                        return Ok(head);
                    }
                    (searched, interim) = (0, interim + 1);
                    if interim > MOST_INTERIM {
                        let detail = format!("more than {MOST_INTERIM} interim responses");
                        return Err(broken(BrokenKind::Malformed, detail));
                    }
                    continue;
                }
                searched = self.input.len();
            }
            self.fill(limit.as_mut()).await.map_err(|end| match end {
                End::Late if self.first.is_some() => {
                    broken(BrokenKind::Timeout, "the head of the answer did not end in time")
                }
                End::Closed if !self.input.is_empty() => {
                    let begin = head::shown(&self.input);
                    broken(BrokenKind::Malformed, format!("the connection was closed within the head: {begin}"))
                }
                end => end.before_answer(),
            })?;
        }
    }
}
