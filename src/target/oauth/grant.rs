//! What is asked for, and whom: plain data, complete and consistent when it is made.
//!
//! The main type is [`Grant`].

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::model::digest::hexadecimal;

use super::super::token::SecretSource;

/// How a token is got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// The client shows its own secret.
    ClientCredentials,
    /// A person signs in elsewhere.
    DeviceCode,
}

/// How the client shows its secret (RFC 6749, section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the header Authorization.
    Basic,
    /// In the content.
    Post,
}

/// What is asked for, and whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// How the token is got.
    pub kind: GrantType,
    /// The issuer, whose metadata say where its endpoints are.
    pub issuer: Option<String>,
    /// The token endpoint, where it is given.
    pub token_url: Option<String>,
    /// The device authorization endpoint, where it is given.
    pub device_url: Option<String>,
    /// The client.
    pub client_id: String,
    /// Where the secret of the client is; a public client has none.
    pub client_secret: Option<SecretSource>,
    /// How the secret is shown; as the metadata have it where nothing is said.
    pub client_auth: Option<ClientAuth>,
    /// What the token is to be good for.
    pub scope: Vec<String>,
    /// Further parameters, for example `audience` or `resource`.
    pub params: BTreeMap<String, String>,
}

impl Grant {
    /// The same for grants that give the same token; nothing in it can be read back.
    #[must_use]
    pub(super) fn fingerprint(&self) -> String {
        let Self { kind, issuer, token_url, device_url, client_id, scope, params, .. } = self;
        let said = serde_json::json!([kind.to_string(), issuer, token_url, device_url, client_id, scope, params]);
        hexadecimal(&Sha256::digest(said.to_string().as_bytes())[..16])
    }
}

impl std::fmt::Display for GrantType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ClientCredentials => "client-credentials",
            Self::DeviceCode => "device-code",
        })
    }
}

impl std::str::FromStr for GrantType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "client-credentials" => Ok(Self::ClientCredentials),
            "device-code" => Ok(Self::DeviceCode),
            _ => Err(format!("expected `client-credentials` or `device-code`, found `{text}`")),
        }
    }
}

impl std::fmt::Display for ClientAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Basic => "basic",
            Self::Post => "post",
        })
    }
}

impl std::str::FromStr for ClientAuth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "basic" => Ok(Self::Basic),
            "post" => Ok(Self::Post),
            _ => Err(format!("expected `basic` or `post`, found `{text}`")),
        }
    }
}
