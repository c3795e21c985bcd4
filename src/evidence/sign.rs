//! Signatures: Ed25519 keys in PEM, and the DSSE envelope (<https://github.com/secure-systems-lab/dsse>).
//!
//! Private keys are PKCS #8, public keys `SubjectPublicKeyInfo`, as OpenSSL and the in-toto tools read them. The id of a
//! key is the SHA-256 of its DER; it is a hint, and never what a signature is trusted for.
//!
//! ```json
//! {"payload":"eyJfdHlwZSI6…","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"3f2a…","sig":"…"}]}
//! ```

use std::fmt;

use crate::model::digest::hexadecimal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Media type of an in-toto Statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A key that signs.
pub struct PrivateKey(SigningKey);

/// A key that checks signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

impl PrivateKey {
    /// A new key from the randomness of the system.
    ///
    /// # Errors
    ///
    /// Where the system has none.
    pub fn generate() -> Result<Self, String> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Reads a key from PEM.
    ///
    /// # Errors
    ///
    /// Where it is no Ed25519 key in PKCS #8.
    pub fn from_pem(text: &str) -> Result<Self, String> {
        SigningKey::from_pkcs8_pem(text)
            .map(Self)
            .map_err(|error| format!("not an Ed25519 private key in PEM: {error}"))
    }

    /// The key in PEM.
    ///
    /// # Errors
    ///
    /// Where it could not be encoded.
    pub fn to_pem(&self) -> Result<String, String> {
        // Without the public half, which OpenSSL before 3.5 does not expect there.
        let pair = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        pair.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string()).map_err(|error| error.to_string())
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The envelope around a payload, as octets.
    pub(super) fn envelope(&self, payload: &[u8]) -> std::io::Result<Vec<u8>> {
        let signature = self.0.sign(&pae(payload));
        Envelope::new(payload, self.public().id(), &signature.to_bytes()).octets()
    }
}

impl PublicKey {
    /// Reads a key from PEM.
    ///
    /// # Errors
    ///
    /// Where it is no Ed25519 public key.
    pub fn from_pem(text: &str) -> Result<Self, String> {
        VerifyingKey::from_public_key_pem(text)
            .map(Self)
            .map_err(|error| format!("not an Ed25519 public key in PEM: {error}"))
    }

    /// The key in PEM.
    ///
    /// # Errors
    ///
    /// Where it could not be encoded.
    pub fn to_pem(&self) -> Result<String, String> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|error| error.to_string())
    }

    /// SHA-256 of the key in DER, in hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        // A key that was decoded or made can be encoded; an empty id would match nothing.
        self.0.to_public_key_der().map(|der| hexadecimal(&Sha256::digest(der.as_bytes()))).unwrap_or_default()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: [Signed; 1],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    keyid: String,
    sig: String,
}

impl Envelope {
    fn new(payload: &[u8], keyid: String, signature: &[u8]) -> Self {
        Self {
            payload: STANDARD.encode(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: [Signed { keyid, sig: STANDARD.encode(signature) }],
        }
    }

    fn octets(&self) -> std::io::Result<Vec<u8>> {
        let mut octets = serde_json::to_vec(self)?;
        octets.push(b'\n');
        Ok(octets)
    }
}

/// Checks that the envelope is about the payload and, where there is a key, signed with it. Gives the id of the key.
pub(super) fn check(envelope: &[u8], payload: &[u8], key: Option<&PublicKey>) -> Result<String, String> {
    let read: Envelope = serde_json::from_slice(envelope).map_err(|error| error.to_string())?;
    let [Signed { keyid, sig }] = read.signatures;
    let signature = STANDARD.decode(sig).ok().and_then(|sig| <[u8; 64]>::try_from(sig).ok());
    let Some(signature) = signature else { return Err("the signature is not one of Ed25519".to_owned()) };
    // The envelope is one text for one payload, key and signature.
    if Envelope::new(payload, keyid.clone(), &signature).octets().ok().as_deref() != Some(envelope) {
        return Err("the signed payload is not the statement of this bundle".to_owned());
    }
    let Some(key) = key else { return Ok(keyid) };
    if keyid != key.id() {
        return Err(format!("signed with another key: {keyid}, not {}", key.id()));
    }
    key.0
        .verify_strict(&pae(payload), &Signature::from_bytes(&signature))
        .map_err(|_| "the signature does not fit".to_owned())?;
    Ok(keyid)
}

/// What is signed: the pre-authentication encoding of DSSE, version 1.
fn pae(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_pem() {
        let key = PrivateKey::generate().unwrap();
        let again = PrivateKey::from_pem(&key.to_pem().unwrap()).unwrap();
        let public = PublicKey::from_pem(&key.public().to_pem().unwrap()).unwrap();
        assert_eq!((again.public().id(), again.public()), (public.id(), public));
        assert!(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n").is_err());
    }

    #[test]
    fn only_the_key_and_the_payload_that_were_signed_fit() {
        let (key, other) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
        let envelope = key.envelope(b"{}").unwrap();
        assert_eq!(check(&envelope, b"{}", Some(&key.public())), Ok(key.public().id()));
        assert!(check(&envelope, b"{}", Some(&other.public())).is_err());
        assert!(check(&envelope, b"{ }", Some(&key.public())).is_err());
        let text = String::from_utf8(envelope).unwrap();
        let forged = text.replace(&key.public().id(), &other.public().id());
        assert!(check(forged.as_bytes(), b"{}", Some(&other.public())).is_err());
    }
}
