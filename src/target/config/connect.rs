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
        let base_url = value(self.base_url.as_ref()).unwrap_or_default();
        let mut connection = Connection::new(base_url);
        let mut secrets = Vec::new();
        let scrubber = Scrubber::default();
        if let Some(proxy) = &self.proxy {
            let secret = proxy.value.read(&scrubber).await?;
            // Only the password is secret; the address of the proxy belongs in messages.
            let url = url::Url::parse(secret.expose()).ok();
            secrets.extend(url.as_ref().and_then(url::Url::password).map(Secret::new));
            connection.proxy = Some(secret);
        }
        for (name, source) in self.headers.iter().flat_map(|headers| &headers.value.0) {
            let secret = source.read(&scrubber).await?;
            connection.headers.push((name.clone(), secret.expose().to_owned()));
            if source.is_secret(name) {
                secrets.push(secret);
            }
        }
        connection.cacert = value(self.cacert.as_ref());
        connection.cert = value(self.cert.as_ref());
        connection.key = value(self.key.as_ref());
        connection.insecure = value(self.insecure.as_ref()).unwrap_or_default();
        connection.resolve = value(self.resolve.as_ref()).unwrap_or_default();
        connection.connect_timeout = value(self.connect_timeout.as_ref()).unwrap_or(connection.connect_timeout);
        connection.max_time = value(self.max_time.as_ref()).unwrap_or(connection.max_time);
        connection.body_limit = self.body_limit.as_ref().map_or(connection.body_limit, |limit| limit.value.0);
        Ok((connection, secrets))
    }
}
