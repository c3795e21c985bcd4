//! From settings to a connection: secrets are read here, once.

use super::super::connection::Connection;
use super::super::token::SecretError;
use super::{Resolved, value};
use crate::model::secret::{Scrubber, Secret};

impl Resolved {
    /// The connection that the settings describe, and the secrets in it besides the tokens (proxy, headers), which
    /// the scrubber must know.
    ///
    /// # Errors
    /// When the secret of a header or of the proxy cannot be read.
    pub async fn connection(&self) -> Result<(Connection, Vec<Secret>), SecretError> {
        let mut connection = self.plain_connection();
        let mut secrets = Vec::new();
        let scrubber = Scrubber::default();
        if let Some(proxy) = &self.proxy {
            let secret = proxy.value.read(&scrubber).await?;
            secrets.extend(passwords(secret.expose()));
            connection.proxy = Some(secret);
        } else {
            // The client asks these itself.
            let proxies = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
            secrets.extend(proxies.iter().filter_map(|name| std::env::var(name).ok()).flat_map(|url| passwords(&url)));
        }
        for (name, source) in self.headers.iter().flat_map(|headers| &headers.value.0) {
            let secret = source.read(&scrubber).await?;
            connection.headers.push((name.clone(), secret.expose().to_owned()));
            if source.is_secret(name) {
                // Whoever echoes `Bearer …` may echo what comes after the scheme alone.
                secrets.extend(secret.expose().rsplit_once(' ').map(|(_, credential)| Secret::new(credential)));
                secrets.push(secret);
            }
        }
        Ok((connection, secrets))
    }

    /// The part of the connection that needs no secret.
    #[must_use]
    pub fn plain_connection(&self) -> Connection {
        let mut connection = Connection::new(value(self.base_url.as_ref()).unwrap_or_default());
        connection.cacert = value(self.cacert.as_ref());
        connection.cert = value(self.cert.as_ref());
        connection.key = value(self.key.as_ref());
        connection.insecure = value(self.insecure.as_ref()).unwrap_or_default();
        connection.resolve = value(self.resolve.as_ref()).unwrap_or_default();
        connection.connect_timeout = value(self.connect_timeout.as_ref()).unwrap_or(connection.connect_timeout);
        connection.max_time = value(self.max_time.as_ref()).unwrap_or(connection.max_time);
        connection.body_limit = self.body_limit.as_ref().map_or(connection.body_limit, |limit| limit.value.0);
        connection
    }
}

/// The password in the URL of a proxy, as it stands there and as it is meant; the address belongs in messages.
fn passwords(proxy: &str) -> Vec<Secret> {
    let url = url::Url::parse(proxy).ok();
    let Some(password) = url.as_ref().and_then(url::Url::password) else { return Vec::new() };
    let decoded = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
    let encoded = (decoded != password).then(|| Secret::new(password));
    encoded.into_iter().chain([Secret::new(decoded)]).collect()
}
