//! The grants themselves, with the crate `oauth2`: client credentials, device code, refresh.
//!
//! The main type is [`TokenClient`], which knows the endpoints. Waiting for a person obeys `interval` and `slow_down`, and
//! ends when the code does (RFC 8628, section 3.5).

use std::cell::{Cell, RefCell};
use std::time::Duration;

use oauth2::basic::{BasicClient, BasicTokenResponse, BasicTokenType};
use oauth2::{
    AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, DeviceCodeErrorResponseType, EndpointNotSet, EndpointSet,
    ErrorResponseType, RefreshToken, RequestTokenError, Scope, StandardDeviceAuthorizationResponse,
    StandardErrorResponse, TokenResponse, TokenUrl,
};
use tokio::sync::Notify;

use super::issuer::{Endpoints, Issuer, secure};
use super::person::{Person, invitation, shown};
use super::{ClientAuth, Grant, OAuthError};
use crate::model::secret::{Scrubber, Secret};

/// What the issuer gave.
#[derive(Debug, Clone)]
pub(super) struct TokenAnswer {
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    /// How long the token lives.
    pub(super) lives: Option<Duration>,
}

type Asker = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Asks an issuer.
pub(super) struct TokenClient<'a> {
    grant: &'a Grant,
    issuer: &'a Issuer<'a>,
    scrubber: &'a Scrubber,
    client: Asker,
    token_url: String,
    device_url: Option<String>,
}

impl<'a> TokenClient<'a> {
    /// Finds the endpoints and reads the secret of the client.
    pub(super) async fn new(
        grant: &'a Grant,
        issuer: &'a Issuer<'a>,
        scrubber: &'a Scrubber,
    ) -> Result<Self, OAuthError> {
        let needs_device = grant.kind == super::GrantType::DeviceCode && grant.device_url.is_none();
        let found = match &grant.issuer {
            Some(name) if grant.token_url.is_none() || needs_device => issuer.discover(name).await?,
            _ => Endpoints::default(),
        };
        let whole = grant.issuer.as_deref().unwrap_or_default();
        let missing = |what: &str| OAuthError::Issuer {
            url: whole.to_owned(),
            why: format!("its metadata name no {what}"),
            passing: false,
        };
        let token_url = grant.token_url.clone().or(found.token).ok_or_else(|| missing("token_endpoint"))?;
        let device_url = grant.device_url.clone().or(found.device);
        secure(&token_url)?;
        let url = TokenUrl::new(token_url.clone()).map_err(|error| bad_url(&token_url, error))?;
        let mut client = BasicClient::new(ClientId::new(grant.client_id.clone()));
        if let Some(source) = &grant.client_secret {
            let secret = source.read(scrubber).await.map_err(|error| OAuthError::Secret(error.to_string()))?;
            scrubber.learn(&secret);
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        let client = client.set_auth_type(auth(grant.client_auth, &found.methods)).set_token_uri(url);
        Ok(Self { grant, issuer, scrubber, client, token_url, device_url })
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.grant.scope.iter().cloned().map(Scope::new)
    }

    /// RFC 6749, section 4.4.
    pub(super) async fn client_credentials(&self) -> Result<TokenAnswer, OAuthError> {
        let mut request = self.client.exchange_client_credentials().add_scopes(self.scopes());
        for (name, value) in &self.grant.params {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let http = |request| self.issuer.call(request);
        self.taken(request.request_async(&http).await)
    }

    /// RFC 6749, section 6.
    pub(super) async fn refresh(&self, token: &str) -> Result<TokenAnswer, OAuthError> {
        let token = RefreshToken::new(token.to_owned());
        let mut request = self.client.exchange_refresh_token(&token).add_scopes(self.scopes());
        for (name, value) in &self.grant.params {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let http = |request| self.issuer.call(request);
        self.taken(request.request_async(&http).await)
    }

    /// RFC 8628.
    pub(super) async fn device_code(&self, person: &dyn Person) -> Result<TokenAnswer, OAuthError> {
        let url = self.device_url.as_deref().ok_or_else(|| OAuthError::Issuer {
            url: self.grant.issuer.clone().unwrap_or_else(|| self.token_url.clone()),
            why: "no device_authorization_endpoint is known".to_owned(),
            passing: false,
        })?;
        secure(url)?;
        let at = DeviceAuthorizationUrl::new(url.to_owned()).map_err(|error| bad_url(url, error))?;
        let client = self.client.clone().set_device_authorization_url(at);
        let mut request = client.exchange_device_code().add_scopes(self.scopes());
        for (name, value) in &self.grant.params {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let http = |request| self.issuer.call(request);
        let details: StandardDeviceAuthorizationResponse =
            request.request_async(&http).await.map_err(|error| self.told(url, error))?;
        self.scrubber.learn(&Secret::new(details.device_code().secret().as_str()));
        let whole = details.verification_uri_complete().map(|url| url.secret().as_str());
        let at = details.verification_uri().as_str();
        person.tell(&invitation(at, details.user_code().secret(), whole, details.expires_in()));
        self.until_signed_in(&client, &details, person).await
    }

    /// Asks again and again, until the person has signed in, the code has ended, or there is no hope.
    async fn until_signed_in(
        &self,
        client: &BasicClient<EndpointNotSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>,
        details: &StandardDeviceAuthorizationResponse,
        person: &dyn Person,
    ) -> Result<TokenAnswer, OAuthError> {
        let waited = Cell::new(Duration::ZERO);
        // The crate takes every failed request for one that may pass. Some do not.
        let hopeless: RefCell<Option<OAuthError>> = RefCell::default();
        let over = Notify::new();
        let http = async |request| {
            let answer = self.issuer.call(request).await;
            if let Err(error @ OAuthError::Issuer { passing: false, .. }) = &answer {
                *hopeless.borrow_mut() = Some(error.clone());
            }
            answer
        };
        let pause = async |time: Duration| {
            waited.set(waited.get().saturating_add(time));
            if hopeless.borrow().is_some() || waited.get() > details.expires_in() {
                over.notify_one();
                std::future::pending::<()>().await;
            }
            person.wait(time).await;
        };
        let http = |request| http(request);
        let polling = client.exchange_device_access_token(details).request_async(&http, pause, None);
        tokio::select! {
            answer = polling => match answer {
                Err(RequestTokenError::ServerResponse(said))
                    if matches!(said.error(), DeviceCodeErrorResponseType::ExpiredToken) =>
                {
                    Err(OAuthError::Late)
                }
                answer => self.taken(answer),
            },
            () = over.notified() => Err(hopeless.borrow_mut().take().unwrap_or(OAuthError::Late)),
        }
    }

    fn taken<T: ErrorResponseType + std::fmt::Display + 'static>(
        &self,
        answer: Result<BasicTokenResponse, RequestTokenError<OAuthError, StandardErrorResponse<T>>>,
    ) -> Result<TokenAnswer, OAuthError> {
        let answer = answer.map_err(|error| self.told(&self.token_url, error))?;
        let wrong = |why: String| OAuthError::Issuer { url: without_query(&self.token_url), why, passing: false };
        if !matches!(answer.token_type(), BasicTokenType::Bearer) {
            return Err(wrong(format!("gives a token of type {}, not Bearer", shown(answer.token_type().as_ref()))));
        }
        let access = answer.access_token().secret();
        if access.is_empty() || access.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(wrong("gives a token that cannot be sent in a header".to_owned()));
        }
        Ok(TokenAnswer {
            access: Secret::new(access.as_str()),
            refresh: answer.refresh_token().map(|token| Secret::new(token.secret().as_str())),
            lives: answer.expires_in(),
        })
    }

    fn told<T: ErrorResponseType + std::fmt::Display + 'static>(
        &self,
        url: &str,
        error: RequestTokenError<OAuthError, StandardErrorResponse<T>>,
    ) -> OAuthError {
        let url = without_query(url);
        match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(said) => {
                let clean = |text: &str| self.scrubber.scrub(&shown(text)).into_owned();
                let description = said.error_description().map(|text| clean(text)).unwrap_or_default();
                OAuthError::Refused { url, error: clean(&said.error().to_string()), description }
            }
            // Not the content, which may be a token, nor the value in it that was not understood.
            RequestTokenError::Parse(error, _) => {
                let at = match error.path().to_string() {
                    path if path == "." => "the answer".to_owned(),
                    path => format!("`{}` in the answer", shown(&path)),
                };
                OAuthError::Issuer {
                    url,
                    why: format!("{at} is not as OAuth has it{}", missing(error.inner())),
                    passing: false,
                }
            }
            RequestTokenError::Other(why) => OAuthError::Issuer { url, why: shown(&why), passing: false },
        }
    }
}

/// The name of a member that is not there; any other complaint may quote its value.
fn missing(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let name = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    name.map_or_else(String::new, |name| format!(": {name} is missing"))
}

fn auth(given: Option<ClientAuth>, methods: &[String]) -> AuthType {
    let offers = |name: &str| methods.iter().any(|method| method == name);
    match given {
        Some(ClientAuth::Post) => AuthType::RequestBody,
        None if !offers("client_secret_basic") && offers("client_secret_post") => AuthType::RequestBody,
        Some(ClientAuth::Basic) | None => AuthType::BasicAuth,
    }
}

fn bad_url(url: &str, error: url::ParseError) -> OAuthError {
    OAuthError::Issuer { url: shown(url), why: error.to_string(), passing: false }
}

fn without_query(url: &str) -> String {
    shown(url.split('?').next().unwrap_or_default())
}
