//! From hyper to [`Request`], and from [`Answer`] back to hyper.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::core::Core;
use super::effect::{Effect, Object};
use super::message::{Answer, Arrival, Request};
use super::wire::Sent;
use super::{body, respond, route};

/// Answers one request.
pub(crate) async fn serve(
    core: Arc<Core>,
    connection: u64,
    sent: Arc<Sent>,
    incoming: hyper::Request<Incoming>,
) -> io::Result<Response<Payload>> {
    let mut request = receive(&core, connection, &sent, incoming).await;
    for effect in core.effects.iter() {
        if let Effect::Request(change) = effect {
            change(&mut request);
        }
    }
    request.place = route::locate(&request.path, &core.options.base_path);
    for effect in core.effects.iter() {
        if let Effect::Place(find) = effect {
            find(&mut request, &mut core.state());
        }
    }
    let mut answer = route::handle(&core, &mut request).await;
    respond::finish(&mut answer, &request);
    tamper(&core, &mut answer, &request);
    sent.note(&request.method, answer.status);
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    if answer.abandoned { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(write(answer)) }
}

/// Calls the hooks on an answer.
fn tamper(core: &Core, answer: &mut Answer, request: &Request) {
    let patched = request.method == Method::PATCH && answer.status.is_success();
    for effect in core.effects.iter() {
        match effect {
            Effect::Entity(change) if patched && answer.body.is_some() => change(answer.object(), request),
            Effect::Updated(change) if patched => change(answer, request),
            Effect::Failed(change) if answer.status.as_u16() >= 400 => change(answer, request),
            Effect::Answer(change) => change(answer, request),
            _ => {}
        }
    }
}

async fn receive(core: &Core, connection: u64, sent: &Sent, incoming: hyper::Request<Incoming>) -> Request {
    let (parts, body) = incoming.into_parts();
    let head = sent.parts();
    let Collected { content, trailers, whole, reset, oversized, first } = collect(&parts, body).await;
    Request {
        number: core.next_number(),
        connection,
        turn: 0,
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        trailers,
        content,
        whole,
        reset,
        oversized,
        arrival: Arrival { head, all: sent.parts(), first },
        place: super::message::Place::Nowhere,
        body: Object::new(),
    }
}

/// The content of a request, so far as it came.
#[derive(Debug, Default)]
struct Collected {
    content: Vec<u8>,
    trailers: HeaderMap,
    whole: bool,
    reset: bool,
    oversized: bool,
    first: usize,
}

/// Reads the content. What goes beyond the limit is read and dropped for a while, because a client that is still
/// sending does not see an answer that is followed by a reset.
async fn collect(parts: &Parts, mut body: Incoming) -> Collected {
    let announced = parts.headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if parts.headers.contains_key("expect") && announced.is_some_and(|length| length > body::LIMIT) {
        return Collected { oversized: true, ..Collected::default() };
    }
    let mut content = Vec::with_capacity(announced.unwrap_or(0).min(body::LIMIT));
    let (mut length, mut first, mut reset, mut trailers) = (0, 0, false, HeaderMap::new());
    let reading = async {
        while let Some(frame) = body.frame().await {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => {
                    reset = is_reset(&error);
                    return false;
                }
            };
            let Some(data) = frame.data_ref() else {
                trailers = frame.into_trailers().unwrap_or_default();
                continue;
            };
            if length == 0 {
                first = data.len();
            }
            length += data.len();
            if length <= body::LIMIT {
                content.extend_from_slice(data);
            }
        }
        true
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap_or(false);
    let whole = ended && announced.is_none_or(|announced| announced == length);
    Collected { content, trailers, whole, reset, oversized: length > body::LIMIT, first }
}

fn is_reset(error: &hyper::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset) {
            return true;
        }
        source = error.source();
    }
    false
}

fn write(answer: Answer) -> Response<Payload> {
    let octets = Bytes::from(answer.content());
    let chunks = if answer.sized { vec![octets] } else { octets.chunks(64).map(Bytes::copy_from_slice).collect() };
    let mut response = Response::new(Payload { chunks: chunks.into(), sized: answer.sized });
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// The content of an answer; without a size hint it is sent in chunks.
#[derive(Debug)]
pub(crate) struct Payload {
    chunks: VecDeque<Bytes>,
    sized: bool,
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.chunks.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.iter().all(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        if self.sized {
            SizeHint::with_exact(self.chunks.iter().map(|chunk| chunk.len() as u64).sum())
        } else {
            SizeHint::default()
        }
    }
}
