//! TLS settings: whom the client trusts and how it shows who it is.
//!
//! [`settings`] makes one [`rustls::ClientConfig`] out of a [`Connection`]; the caller sets ALPN.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::connection::{Connection, TargetError};

/// TLS settings for the connection.
pub(super) fn settings(connection: &Connection) -> Result<ClientConfig, TargetError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| TargetError::Tls(error.to_string()))?;
    let builder = if connection.insecure {
        let algorithms = provider.signature_verification_algorithms;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(TrustEveryone { algorithms }))
    } else if let Some(path) = &connection.cacert {
        let mut roots = RootCertStore::empty();
        for certificate in certificates("CA certificate", path)? {
            roots.add(certificate).map_err(|error| file("CA certificate", path, error))?;
        }
        builder.with_root_certificates(roots)
    } else {
        builder.dangerous().with_custom_certificate_verifier(system(provider)?)
    };
    let Some(path) = &connection.cert else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates("client certificate", path)?;
    let key_path = connection.key.as_ref().unwrap_or(path);
    let key = PrivateKeyDer::from_pem_file(key_path).map_err(|error| file("client key", key_path, error))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| file("client certificate", path, error))
}

fn system(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, TargetError> {
    let verifier = rustls_platform_verifier::Verifier::new(provider)
        .map_err(|error| TargetError::Tls(format!("the system's certificate authorities: {error}")))?;
    Ok(Arc::new(verifier))
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TargetError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let all = all.map_err(|error| file(what, path, error))?;
    if all.is_empty() { Err(file(what, path, "no certificate in it")) } else { Ok(all) }
}

fn file(what: &'static str, path: &Path, why: impl std::fmt::Display) -> TargetError {
    TargetError::File { what, path: path.to_owned(), why: why.to_string() }
}

/// Accepts every certificate (`--insecure`), but still wants the handshake signed by its key.
#[derive(Debug)]
struct TrustEveryone {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for TrustEveryone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
