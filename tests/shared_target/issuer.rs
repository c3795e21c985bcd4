//! An OAuth 2.0 issuer on a real socket, which counts what it is asked and answers as a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::scripted::{Request, server};

/// The client that the issuer knows, and its secret.
pub(crate) const CLIENT: &str = "the client";
pub(crate) const SECRET: &str = "client/secret+canary:0123456789";

/// What came, oldest first.
pub(crate) type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// The issuer.
pub(crate) struct Issuer {
    /// Its URL.
    pub(crate) url: String,
    asked: Asked,
}

/// A status line with headers, and a content.
pub(crate) type Reply = (String, String);

pub(crate) fn json_reply(status: &str, content: &Value) -> Reply {
    (
        format!("{status}\r\nContent-Type: application/json;charset=UTF-8\r\nCache-Control: no-store"),
        content.to_string(),
    )
}

/// A token, as the issuer gives it.
pub(crate) fn token(access: &str, lives: u64) -> Reply {
    json_reply("200 OK", &json!({"access_token": access, "token_type": "bearer", "expires_in": lives}))
}

impl Issuer {
    /// An issuer with metadata whose endpoints give these answers in turn, the last one for ever.
    pub(crate) fn with(answers: Vec<Reply>) -> Self {
        let queue = Mutex::new(VecDeque::from(answers));
        Self::answering(move |_| {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let next = if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() };
            next.expect("an issuer has an answer")
        })
    }

    /// An issuer with metadata whose endpoints answer as the function says.
    pub(crate) fn answering(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let asked = Asked::default();
        let seen = Arc::clone(&asked);
        let url = server(move |request| {
            let path = request.head.split(' ').nth(1).unwrap_or_default().to_owned();
            let host = request.header("host").unwrap_or_default().to_owned();
            if path.contains("/.well-known/") {
                return metadata(&host, &path);
            }
            seen.lock().unwrap_or_else(PoisonError::into_inner).push((path, request.body.clone()));
            answer(request)
        });
        // `server` is made for targets, whose URL has a version at its end.
        Self { url: url.trim_end_matches("/v1.0").to_owned() + "/tenant", asked }
    }

    /// What its endpoints were asked: path and content.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// As RFC 8414 has them; where OpenID Connect has them is nothing.
fn metadata(host: &str, path: &str) -> Reply {
    if path != "/.well-known/oauth-authorization-server/tenant" {
        return ("404 Not Found\r\nContent-Type: text/html".to_owned(), "<h1>nothing here</h1>".to_owned());
    }
    let at = |path: &str| format!("http://{host}{path}");
    json_reply(
        "200 OK",
        &json!({"issuer": at("/tenant"), "token_endpoint": at("/tenant/token?policy=p"),
            "device_authorization_endpoint": at("/tenant/device"),
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"]}),
    )
}
