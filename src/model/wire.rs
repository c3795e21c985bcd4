//! How a request travels: over the pool, or over a connection of its own with a framing that the case asks for.
//!
//! The main type is [`Wire`].

use serde::Deserialize;

/// How a request travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wire {
    /// Over the connection pool.
    #[default]
    Pooled,
    /// Over a new connection, its octets written and read without an HTTP library in between, so that framing shows.
    Raw,
    /// As `raw`, with chunked transfer coding in chunks of so many octets.
    Chunked(usize),
    /// As `chunked`, the line of each chunk with an extension that nobody knows (RFC 9112, section 7.1.1).
    ChunkExtensions(usize),
    /// As `chunked`, with a trailer field that nobody knows behind the last chunk (RFC 9112, section 7.1.2).
    ChunkTrailer(usize),
    /// As `raw`, announcing the whole body, sending so many octets fewer, then closing.
    CutOff(usize),
    /// As `chunked`, without the last chunk, which alone says that the content is whole, then closing.
    ChunkedCutOff(usize),
    /// As `cutOff`, then resetting the connection, so that no answer can come.
    Reset(usize),
    /// As `raw`, in two parts with a pause between them, as a network may carry any request.
    Pause(Pause),
}

/// Where the pause is in a request that goes in two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pause {
    /// Within a header field.
    InHeaders,
    /// Between the empty line and the content.
    BeforeContent,
    /// Within the content: within its first character of more than one octet, or else in its middle.
    InContent,
    /// Between two chunks of chunked transfer coding, of half the content each.
    BetweenChunks,
}

impl Pause {
    /// Where the pause is, in words.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::InHeaders => "within its header fields",
            Self::BeforeContent => "before its content",
            Self::InContent => "within its content",
            Self::BetweenChunks => "between two chunks",
        }
    }
}

impl Wire {
    /// The extension of [`Wire::ChunkExtensions`].
    pub const EXTENSION: &str = ";patchproof=x;patchproof-quoted=\"a b\"";

    /// The trailer field of [`Wire::ChunkTrailer`] where no credential stands in one.
    pub const TRAILER: (&str, &str) = ("X-Patchproof-Trailer", "x");

    /// Octets of a chunk, where the content goes in chunks.
    #[must_use]
    pub fn chunk_size(self) -> Option<usize> {
        match self {
            Self::Chunked(size)
            | Self::ChunkExtensions(size)
            | Self::ChunkTrailer(size)
            | Self::ChunkedCutOff(size) => Some(size.max(1)),
            Self::Pooled | Self::Raw | Self::CutOff(_) | Self::Reset(_) | Self::Pause(_) => None,
        }
    }

    /// The content goes in chunks.
    #[must_use]
    pub fn is_chunked(self) -> bool {
        self.chunk_size().is_some() || self == Self::Pause(Pause::BetweenChunks)
    }

    /// Something that is to be ignored stands beside the content: layers below the API may refuse that.
    #[must_use]
    pub fn says_more(self) -> bool {
        matches!(self, Self::ChunkExtensions(_) | Self::ChunkTrailer(_))
    }

    /// The client ends the request before its content has arrived whole (REQ-HTTP-003).
    #[must_use]
    pub fn is_cut_off(self) -> bool {
        matches!(self, Self::CutOff(_) | Self::ChunkedCutOff(_) | Self::Reset(_))
    }
}
