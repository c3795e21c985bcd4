//! Content decoding with a limit, so that a small answer cannot become a large allocation (RFC 9110, section 8.4).
//!
//! [`decode`] takes the body as it came over the wire and the values of `Content-Encoding`.

use std::io::Read;

use bytes::Bytes;

use crate::model::exchange::BodyProblem;

/// Encodings undone one after the other; more than this is an attack or a mistake.
const MOST_CODINGS: usize = 4;

/// The content after decoding, and what was wrong with it. What could be decoded before the fault is kept.
pub(super) fn decode<'a>(
    body: Bytes,
    encodings: impl Iterator<Item = &'a str>,
    limit: usize,
) -> (Bytes, Option<BodyProblem>) {
    let codings: Vec<String> = encodings
        .flat_map(|value| value.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.is_empty() || body.is_empty() {
        return (body, None);
    }
    if codings.len() > MOST_CODINGS {
        return (body, Some(BodyProblem::Undecodable(format!("{} codings on top of each other", codings.len()))));
    }
    let mut body = body;
    for coding in codings.iter().rev() {
        let (out, problem) = match coding.as_str() {
            "gzip" | "x-gzip" => take(flate2::read::MultiGzDecoder::new(&body[..]), coding, limit),
            "deflate" if is_zlib(&body) => take(flate2::read::ZlibDecoder::new(&body[..]), coding, limit),
            // The raw form was never the standard's, but is what old servers send and every client reads.
            "deflate" => take(flate2::read::DeflateDecoder::new(&body[..]), coding, limit),
            "br" => take(brotli_decompressor::Decompressor::new(&body[..], 4096), coding, limit),
            _ => return (body, Some(BodyProblem::Undecodable(format!("unknown content coding `{coding}`")))),
        };
        body = out;
        if problem.is_some() {
            return (body, problem);
        }
    }
    (body, None)
}

fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [cmf, flg, ..] if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)) % 31 == 0)
}

fn take(reader: impl Read, coding: &str, limit: usize) -> (Bytes, Option<BodyProblem>) {
    let mut out = Vec::new();
    let result = reader.take(limit as u64 + 1).read_to_end(&mut out);
    let problem = if out.len() > limit {
        out.truncate(limit);
        Some(BodyProblem::TooLarge(limit as u64))
    } else {
        result.err().map(|error| BodyProblem::Undecodable(format!("not {coding}: {error}")))
    };
    (out.into(), problem)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(data: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap().into()
    }

    fn run(body: Bytes, encoding: &str, limit: usize) -> (Bytes, Option<BodyProblem>) {
        decode(body, std::iter::once(encoding), limit)
    }

    #[test]
    fn undoes_each_coding() {
        assert_eq!(run(gzip(b"{}"), "gzip", 100), (Bytes::from_static(b"{}"), None));
        assert_eq!(run(gzip(&gzip(b"{}")), "gzip, GZIP", 100), (Bytes::from_static(b"{}"), None));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"{}").unwrap();
        assert_eq!(run(zlib.finish().unwrap().into(), "deflate", 100).0, "{}");
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(b"{}").unwrap();
        assert_eq!(run(raw.finish().unwrap().into(), "deflate", 100).0, "{}");
        // An uncompressed brotli stream of the four octets `null`.
        let brotli = [0x8b, 0x01, 0x80, b'n', b'u', b'l', b'l', 0x03];
        assert_eq!(run(Bytes::copy_from_slice(&brotli), "br", 100).0, "null");
        assert_eq!(run(Bytes::from_static(b"{}"), "identity", 100), (Bytes::from_static(b"{}"), None));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let (body, problem) = run(gzip(&vec![0; 10_000_000]), "gzip", 1000);
        assert_eq!((body.len(), problem), (1000, Some(BodyProblem::TooLarge(1000))));
    }

    #[test]
    fn says_what_cannot_be_decoded() {
        assert!(matches!(run(Bytes::from_static(b"{}"), "gzip", 9).1, Some(BodyProblem::Undecodable(_))));
        assert!(matches!(run(Bytes::from_static(b"{}"), "br", 9).1, Some(BodyProblem::Undecodable(_))));
        assert!(matches!(run(Bytes::from_static(b"{}"), "zstd", 9).1, Some(BodyProblem::Undecodable(_))));
        let cut = gzip(b"{\"a\": 1}");
        assert!(matches!(run(cut.slice(..cut.len() - 4), "gzip", 99).1, Some(BodyProblem::Undecodable(_))));
    }
}
