//! The way of a request onto the wire: its content in one piece, in chunks, or only a part of it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Sleep;

use super::{End, Link, Message, ONE_WRITE, PAUSE};
use crate::model::case::{Pause, Wire};
use crate::target::head;

impl Link {
    /// Sends what stands in the output and the content of a message.
    pub(super) async fn send(&mut self, message: &Message<'_>, mut limit: Pin<&mut Sleep>) -> Result<(), End> {
        let body = message.body;
        let mut output = std::mem::take(&mut self.output);
        if let Wire::Pause(pause) = message.wire {
            let cut = put_apart(&mut output, message, pause);
            let mut sent = self.write(&output[..cut], limit.as_mut()).await;
            if sent.is_ok() {
                sent = self.pause().await;
            }
            if sent.is_ok() && !self.unsent {
                sent = self.write(&output[cut..], limit).await;
            }
            self.output = output;
            return sent;
        }
        let mut rest = match (message.wire, message.wire.chunk_size()) {
            (_, Some(size)) => {
                put_chunks(&mut output, message, size);
                &[][..]
            }
            (Wire::CutOff(fewer) | Wire::Reset(fewer), _) => &body[..body.len().saturating_sub(fewer)],
            _ => &body[..],
        };
        if rest.len() <= ONE_WRITE {
            output.extend_from_slice(rest);
            rest = &[];
        }
        let mut sent = self.write(&output, limit.as_mut()).await;
        if sent.is_ok() && !rest.is_empty() {
            sent = self.write(rest, limit.as_mut()).await;
        }
        self.output = output;
        if sent.is_ok() && matches!(message.wire, Wire::CutOff(_) | Wire::ChunkedCutOff(_)) {
            // That the peer is gone already shows when its answer is read.
            let _ = self.stream.shutdown().await;
        }
        sent
    }

    /// Lets a moment pass, unless a final answer comes within it.
    async fn pause(&mut self) -> Result<(), End> {
        let mut moment = pin!(tokio::time::sleep(PAUSE));
        loop {
            match self.fill(moment.as_mut()).await {
                Err(End::Late) => return Ok(()),
                Err(end) => return Err(end),
                Ok(()) if self.is_answered() => {
                    self.unsent = true;
                    return Ok(());
                }
                Ok(()) => {}
            }
        }
    }

    /// Whether more has come than an interim answer.
    fn is_answered(&self) -> bool {
        !self.input.starts_with(b"HTTP/1.1 1") || self.input.len() > head::MOST_HEAD
    }

    /// Writes all of `octets`, unless a final answer comes before the end: who answers early reads no more.
    async fn write(&mut self, mut octets: &[u8], mut limit: Pin<&mut Sleep>) -> Result<(), End> {
        poll_fn(|cx| {
            loop {
                let written = if octets.is_empty() {
                    Pin::new(&mut self.stream).poll_flush(cx).map_ok(|()| 0)
                } else {
                    Pin::new(&mut self.stream).poll_write(cx, octets)
                };
                match written {
                    Poll::Ready(Ok(_)) if octets.is_empty() => return Poll::Ready(Ok(())),
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(End::Closed)),
                    Poll::Ready(Ok(count)) => octets = &octets[count..],
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(End::Failed(error))),
                    Poll::Pending => {
                        match pin!(self.stream.read_buf(&mut self.input)).poll(cx) {
                            Poll::Ready(Ok(0)) => return Poll::Ready(Err(End::Closed)),
                            Poll::Ready(Err(error)) => return Poll::Ready(Err(End::Failed(error))),
                            Poll::Ready(Ok(_)) => {
                                self.first.get_or_insert_with(Instant::now);
                                if self.is_answered() {
                                    self.unsent = true;
                                    return Poll::Ready(Ok(()));
                                }
                                continue;
                            }
                            Poll::Pending => {}
                        }
                        return limit.as_mut().poll(cx).map(|()| Err(End::Late));
                    }
                }
            }
        })
        .await
    }
}

/// Puts content behind a head that goes with a pause; returns how many octets go before it.
fn put_apart(output: &mut Vec<u8>, message: &Message<'_>, pause: Pause) -> usize {
    let (head, body) = (output.len(), message.body);
    if pause == Pause::BetweenChunks {
        let size = body.len().div_ceil(2).max(1);
        put_chunks(output, message, size);
        // The line of its size, the first chunk, and the end of that line.
        return head + format!("{size:x}\r\n").len() + size.min(body.len()) + 2;
    }
    output.extend_from_slice(body);
    match pause {
        Pause::InHeaders => head / 2,
        Pause::BeforeContent | Pause::BetweenChunks => head,
        Pause::InContent => {
            let within = body.iter().position(|octet| octet & 0xC0 == 0x80);
            head + within.unwrap_or(body.len() / 2)
        }
    }
}

/// Puts content in chunks of this many octets behind a head (RFC 9112, section 7.1).
fn put_chunks(output: &mut Vec<u8>, message: &Message<'_>, size: usize) {
    for (n, chunk) in message.body.chunks(size).enumerate() {
        // Digits of either letter case are right.
        let size = if n % 2 == 0 { format!("{:x}", chunk.len()) } else { format!("{:X}", chunk.len()) };
        output.extend_from_slice(size.as_bytes());
        if matches!(message.wire, Wire::ChunkExtensions(_)) {
            output.extend_from_slice(Wire::EXTENSION.as_bytes());
        }
        output.extend_from_slice(b"\r\n");
        output.extend_from_slice(chunk);
        output.extend_from_slice(b"\r\n");
    }
    match message.wire {
        Wire::ChunkedCutOff(_) => {}
        Wire::ChunkTrailer(_) => {
            let (name, value) = message.trailer;
            output.extend_from_slice(format!("0\r\n{name}: {value}\r\n\r\n").as_bytes());
        }
        _ => output.extend_from_slice(b"0\r\n\r\n"),
    }
}
