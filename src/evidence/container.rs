//! The bundle as one file: a gzip'd tar that any `tar xzf` unpacks, of which no octet can be altered unseen.
//!
//! gzip protects the content with a checksum and its own head with nothing. So the comment of the gzip header (RFC 1952,
//! section 2.3) holds the SHA-256 of everything after it, and the header must be exactly the one that is written here.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::Refused;
use super::manifest::{MANIFEST, files, stays_inside};
use crate::model::digest::hexadecimal;

/// RFC 1952: magic, deflate, a comment and nothing else, no time, unknown system.
const HEAD: &[u8] = b"\x1f\x8b\x08\x10\0\0\0\0\0\xff";
/// The comment before the digest.
const COMMENT: &[u8] = b"patchproof bundle, sha256 of the rest: ";
/// Octets from the start to the first one that the digest is about.
const REST: usize = HEAD.len() + COMMENT.len() + 64 + 1;
/// Most that is unpacked, so that a small file cannot fill the disk.
const MOST: u64 = 16 << 30;

/// A bundle as a folder.
pub(super) struct Opened {
    /// The folder.
    pub(super) folder: PathBuf,
    _unpacked: Option<TempDir>,
}

/// Whether the path names a bundle in one file.
pub(super) fn is_file_name(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    [".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end))
}

/// Opens a bundle; one in a file is checked and unpacked beside the system's temporary files.
pub(super) fn open(path: &Path) -> Result<Opened, Refused> {
    let unreadable = |error| Refused::Unreadable(path.display().to_string(), error);
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        if !path.join(MANIFEST).is_file() {
            return Err(Refused::NotABundle(format!("{}: no bundle, as there is no {MANIFEST} in it", path.display())));
        }
        return Ok(Opened { folder: path.to_owned(), _unpacked: None });
    }
    let mut file = BufReader::with_capacity(128 * 1024, File::open(path).map_err(unreadable)?);
    if !is_file_name(path) && file.fill_buf().map_err(unreadable)?.get(..2) != HEAD.get(..2) {
        return Err(Refused::NotABundle(format!("{}: neither a folder nor a .tar.gz", path.display())));
    }
    check(&mut file).map_err(unreadable)?.map_err(Refused::Altered)?;
    file.rewind().map_err(unreadable)?;
    let folder = tempfile::tempdir().map_err(unreadable)?;
    unpack(file, folder.path()).map_err(|error| match error.kind() {
        // A full disk says nothing of the bundle.
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::PermissionDenied => {
            unreadable(error)
        }
        _ => Refused::Altered(format!("{}: {error}", path.display())),
    })?;
    Ok(Opened { folder: folder.path().to_owned(), _unpacked: Some(folder) })
}

/// Compares the header with the octets after it.
fn check(file: &mut impl Read) -> io::Result<Result<(), String>> {
    let mut head = Vec::with_capacity(REST);
    file.take(REST as u64).read_to_end(&mut head)?;
    let told = head.strip_prefix(HEAD).and_then(|rest| rest.strip_prefix(COMMENT)).filter(|rest| rest.len() == 65);
    let Some((told, [0])) = told.map(|told| told.split_at(64)) else {
        return Ok(Err("not a file that patchproof wrote; unpack it and give the folder".to_owned()));
    };
    let mut hash = Sha256::new();
    let mut block = vec![0; 128 * 1024];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
    }
    let same = hexadecimal(&hash.finalize()).as_bytes() == told;
    Ok(if same { Ok(()) } else { Err("the file was altered after it was written".to_owned()) })
}

fn unpack(file: impl Read, folder: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(file).take(MOST));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if !entry.header().entry_type().is_file() || !stays_inside(&path) {
            return Err(io::Error::other(format!("{} is not a file of a bundle", path.display())));
        }
        let to = folder.join(&path);
        fs::create_dir_all(to.parent().unwrap_or(folder))?;
        io::copy(&mut entry, &mut File::create_new(to)?)?;
    }
    Ok(())
}

/// Writes a folder as one file.
pub(super) fn pack(folder: &Path, out: &mut (impl Write + Seek)) -> io::Result<()> {
    out.write_all(&[0; REST])?;
    let mut body = Gzip {
        deflate: DeflateEncoder::new(Hashing { out: &mut *out, hash: Sha256::new() }, Compression::default()),
        crc: Crc::new(),
    };
    let mut tar = tar::Builder::new(BufWriter::with_capacity(128 * 1024, &mut body));
    for (path, known) in files(folder)? {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(known.bytes);
        header.set_mode(0o644);
        tar.append_data(&mut header, &path, File::open(folder.join(&path))?)?;
    }
    tar.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    let digest = body.finish()?;
    out.rewind()?;
    out.write_all(&[HEAD, COMMENT, digest.as_bytes(), &[0]].concat())?;
    out.flush()
}

/// What comes after a gzip header: the deflated content, its checksum and its length.
struct Gzip<W: Write> {
    deflate: DeflateEncoder<Hashing<W>>,
    crc: Crc,
}

impl<W: Write> Gzip<W> {
    /// Ends the stream; the SHA-256 of all that was written.
    fn finish(self) -> io::Result<String> {
        let mut out = self.deflate.finish()?;
        out.write_all(&self.crc.sum().to_le_bytes())?;
        out.write_all(&self.crc.amount().to_le_bytes())?;
        Ok(hexadecimal(&out.hash.finalize()))
    }
}

impl<W: Write> Write for Gzip<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.deflate.write(octets)?;
        self.crc.update(&octets[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A flush would cut the deflate stream into blocks; the end comes with `finish`.
        Ok(())
    }
}

struct Hashing<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.out.write(octets)?;
        self.hash.update(&octets[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
