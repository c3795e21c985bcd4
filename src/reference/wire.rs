//! Between the socket and hyper: defects of framing that hyper itself would never send.
//!
//! Outgoing octets are held until hyper flushes, that is until a message is complete, then changed and written.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use http::{Method, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::core::Core;
use super::effect::Effect;

/// What becomes of the connection after a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Keep,
    Close,
}

/// What the message being written answers, and in how many parts that came.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    answers: Mutex<Option<(Method, StatusCode)>>,
    parts: AtomicU32,
}

impl Sent {
    /// Notes the answer that is about to be written.
    pub(crate) fn note(&self, method: &Method, status: StatusCode) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = Some((method.clone(), status));
        self.parts.store(0, Ordering::Relaxed);
    }

    /// Whether it answers this method with this status.
    pub(crate) fn is(&self, method: &Method, status: u16) -> bool {
        let sent = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        sent.as_ref().is_some_and(|(one, code)| one == method && code.as_u16() == status)
    }

    /// How often something came that had to be waited for, since the last answer.
    pub(crate) fn parts(&self) -> u32 {
        self.parts.load(Ordering::Relaxed)
    }
}

/// A socket, tampered with if the server has effects there.
pub(crate) struct Wire<S> {
    socket: S,
    core: Arc<Core>,
    sent: Arc<Sent>,
    held: Vec<u8>,
    ready: Vec<u8>,
    closing: bool,
    active: bool,
    /// Nothing was there to be read.
    waiting: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(socket: S, core: Arc<Core>, sent: Arc<Sent>) -> Self {
        let active = core.effects.on_wire();
        Self { socket, core, sent, held: Vec::new(), ready: Vec::new(), closing: false, active, waiting: true }
    }

    fn release(&mut self) {
        let mut message = std::mem::take(&mut self.held);
        if message.is_empty() {
            return;
        }
        for effect in self.core.effects.iter() {
            if let Effect::Outbound(change) = effect {
                self.closing |= change(&mut message, &self.sent) == After::Close;
            }
        }
        self.ready.append(&mut message);
    }

    fn drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ready.is_empty() {
            let count = ready!(Pin::new(&mut self.socket).poll_write(context, &self.ready))?;
            self.ready.drain(..count);
        }
        if self.closing {
            ready!(Pin::new(&mut self.socket).poll_shutdown(context))?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.socket).poll_flush(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let start = buffer.filled().len();
        let Poll::Ready(read) = Pin::new(&mut self.socket).poll_read(context, buffer) else {
            self.waiting = true;
            return Poll::Pending;
        };
        read?;
        if buffer.filled().len() == start
            && matches!(Pin::new(&mut self.socket).poll_write(context, &[]), Poll::Ready(Err(_)))
        {
            // In memory, nobody reading any more is what a reset is on a network.
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if buffer.filled().len() > start && std::mem::take(&mut self.waiting) {
            self.sent.parts.fetch_add(1, Ordering::Relaxed);
        }
        if self.active {
            for effect in self.core.effects.iter() {
                if let Effect::Inbound(change) = effect {
                    change(&mut buffer.filled_mut()[start..]);
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        if !self.active {
            return Pin::new(&mut self.socket).poll_write(context, octets);
        }
        self.held.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.release();
        self.drain(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.release();
        ready!(self.drain(context))?;
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        !self.active && self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if !self.active {
            return Pin::new(&mut self.socket).poll_write_vectored(context, octets);
        }
        for part in octets {
            self.held.extend_from_slice(part);
        }
        Poll::Ready(Ok(octets.iter().map(|part| part.len()).sum()))
    }
}
