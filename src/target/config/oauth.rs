//! From settings to the credential that every case uses: a token that is read, or one that an issuer gives.
//!
//! The main type is [`Credential`]. Of a token and an issuer the one counts that a stronger layer names; in the same
//! layer they contradict each other.

use super::super::Connection;
use super::super::oauth::{Grant, GrantType, usable};
use super::super::token::SecretSource;
use super::{Origin, Resolved, Setting, value};

/// The credential that every case uses unless it says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Credential {
    /// None.
    None,
    /// It is read.
    Read(SecretSource),
    /// An issuer gives it.
    Granted(Grant),
}

impl Resolved {
    /// The credential that the settings name.
    ///
    /// # Errors
    /// When they name two, or an issuer and not all that it has to be asked for.
    pub fn credential(&self) -> Result<Credential, String> {
        if let Some(mistake) = self.oauth_mistakes().into_iter().next() {
            return Err(mistake);
        }
        match (&self.token, self.whom()) {
            (None, None) => self.without_issuer().map_or(Ok(Credential::None), Err),
            (Some(token), issuer) if issuer.is_none_or(|issuer| token.origin > issuer) => {
                Ok(Credential::Read(token.value.clone()))
            }
            (_, _) => self.grant().map(Credential::Granted),
        }
    }

    /// What is wrong with the settings of OAuth, whatever another layer adds to them.
    #[must_use]
    pub fn oauth_mistakes(&self) -> Vec<String> {
        let urls = [
            ("oauth-issuer", &self.oauth_issuer),
            ("oauth-token-url", &self.oauth_token_url),
            ("oauth-device-url", &self.oauth_device_url),
        ];
        let url = |(key, setting): &(&str, &Option<Setting<String>>)| {
            usable(&setting.as_ref()?.value).err().map(|error| format!("{key}: {error}"))
        };
        let mut mistakes: Vec<String> = urls.iter().filter_map(url).collect();
        let both = self.token.as_ref().zip(self.whom()).filter(|(token, issuer)| token.origin == *issuer);
        mistakes.extend(
            both.map(|(_, layer)| format!("a token and an OAuth issuer are both given ({layer}); which is meant?")),
        );
        mistakes
    }

    /// The strongest layer that says whom to ask.
    fn whom(&self) -> Option<Origin> {
        let issuer = [self.oauth_issuer.as_ref(), self.oauth_token_url.as_ref()].into_iter().flatten();
        issuer.map(|setting| setting.origin).max()
    }

    /// Something is said of OAuth, and not whom to ask.
    fn without_issuer(&self) -> Option<String> {
        let said = self.oauth_client_id.is_some() || self.oauth_grant.is_some() || self.oauth_scope.is_some();
        said.then(|| "OAuth: who gives the token? Set oauth-issuer, or oauth-token-url".to_owned())
    }

    fn grant(&self) -> Result<Grant, String> {
        let missing = |what: &str| format!("OAuth: {what}");
        let kind = value(self.oauth_grant.as_ref()).unwrap_or(GrantType::ClientCredentials);
        let grant = Grant {
            kind,
            issuer: value(self.oauth_issuer.as_ref()),
            token_url: value(self.oauth_token_url.as_ref()),
            device_url: value(self.oauth_device_url.as_ref()),
            client_id: value(self.oauth_client_id.as_ref()).ok_or_else(|| missing("oauth-client-id is not set"))?,
            client_secret: value(self.oauth_client_secret.as_ref()),
            client_auth: value(self.oauth_client_auth.as_ref()),
            scope: value(self.oauth_scope.as_ref()).unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            params: value(self.oauth_params.as_ref()).unwrap_or_default(),
        };
        if kind == GrantType::ClientCredentials && grant.client_secret.is_none() {
            return Err(missing(
                "client credentials need the client's secret: oauth-client-secret-env, -file or -command, or \
                 PATCHPROOF_OAUTH_CLIENT_SECRET; for a person who signs in set oauth-grant to device-code",
            ));
        }
        if kind == GrantType::DeviceCode && grant.issuer.is_none() && grant.device_url.is_none() {
            return Err(missing("a device code needs oauth-issuer or oauth-device-url"));
        }
        Ok(grant)
    }

    /// How the issuer is reached, given how the target is: with none of its headers, certificates and leniency.
    #[must_use]
    pub fn issuer_connection(&self, target: &Connection) -> Connection {
        let host = |url: Option<&Setting<String>>| {
            let url = url::Url::parse(&url?.value).ok()?;
            url.host_str().map(str::to_owned)
        };
        let issuer = host(self.oauth_issuer.as_ref()).or_else(|| host(self.oauth_token_url.as_ref()));
        let beside = if issuer == host(self.base_url.as_ref()) { target.cacert.clone() } else { None };
        Connection {
            base_url: String::new(),
            headers: Vec::new(),
            cert: None,
            key: None,
            insecure: false,
            cacert: value(self.oauth_cacert.as_ref()).or(beside),
            ..target.clone()
        }
    }
}

/// A stronger layer is greater.
impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Origin {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*other as u8).cmp(&(*self as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TargetConfig, merge};
    use super::*;
    use crate::model::secret::Secret;

    fn issuer() -> TargetConfig {
        TargetConfig {
            oauth_issuer: Some("https://login.example".into()),
            oauth_client_id: Some("me".into()),
            oauth_client_secret: Some(SecretSource::Environment("SECRET".into())),
            oauth_scope: Some("a  b".into()),
            ..TargetConfig::default()
        }
    }

    fn token() -> TargetConfig {
        TargetConfig { token: Some(SecretSource::Given(Secret::new("abc"))), ..TargetConfig::default() }
    }

    fn credential(flags: TargetConfig, env: TargetConfig, file: TargetConfig) -> Result<Credential, String> {
        merge(flags, env, file).credential()
    }

    #[test]
    fn the_stronger_layer_says_which_credential_counts() {
        let nothing = TargetConfig::default;
        let granted = |credential| matches!(credential, Ok(Credential::Granted(_)));
        assert!(granted(credential(nothing(), nothing(), issuer())));
        assert!(granted(credential(issuer(), token(), nothing())));
        assert!(matches!(credential(nothing(), token(), issuer()), Ok(Credential::Read(_))));
        assert_eq!(credential(nothing(), nothing(), nothing()), Ok(Credential::None));
        let both = TargetConfig { token: token().token, ..issuer() };
        assert!(credential(nothing(), nothing(), both).unwrap_err().contains("both given (file)"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let wrong =
            |file: TargetConfig| credential(TargetConfig::default(), TargetConfig::default(), file).unwrap_err();
        assert!(wrong(TargetConfig { oauth_client_id: None, ..issuer() }).contains("oauth-client-id is not set"));
        assert!(wrong(TargetConfig { oauth_issuer: None, ..issuer() }).contains("who gives the token?"));
        assert!(wrong(TargetConfig { oauth_client_secret: None, ..issuer() }).contains("oauth-client-secret-env"));
        let device = TargetConfig {
            oauth_issuer: None,
            oauth_token_url: Some("https://login.example/token".into()),
            oauth_grant: Some(GrantType::DeviceCode),
            ..issuer()
        };
        assert!(wrong(device).contains("oauth-device-url"));
        let plain = TargetConfig { oauth_issuer: Some("http://login.example".into()), ..issuer() };
        assert!(wrong(plain).contains("oauth-issuer: http://login.example: a secret is sent over https only"));
    }

    #[test]
    fn an_issuer_gets_nothing_that_belongs_to_the_target() {
        let at = |issuer: &str| {
            let file = TargetConfig {
                base_url: Some("https://api.example/v1.0".into()),
                oauth_issuer: Some(issuer.into()),
                cacert: Some("ca.pem".into()),
                cert: Some("me.pem".into()),
                insecure: Some(true),
                ..TargetConfig::default()
            };
            let resolved = merge(TargetConfig::default(), TargetConfig::default(), file);
            let mut target = resolved.plain_connection();
            target.headers.push(("X-Api-Key".into(), "key".into()));
            resolved.issuer_connection(&target)
        };
        let other = at("https://login.example");
        assert!(other.headers.is_empty() && other.cert.is_none() && other.cacert.is_none() && !other.insecure);
        assert!(at("https://api.example/login").cacert.is_some());
    }
}
