//! A person signs in with a device code, in virtual time; and what those learn who waited while the issuer failed.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future;
use patchproof::model::secret::{Scrubber, Secret};
use patchproof::target::Connection;
use patchproof::target::oauth::{Grant, GrantType, Granted, OAuth, OAuthError, Person};
use patchproof::target::token::SecretSource;
use serde_json::json;

use crate::issuer::{CLIENT, Issuer, Reply, SECRET, json_reply, token};

/// A person who has all the time in the world.
#[derive(Debug, Default)]
struct Patient {
    told: Mutex<Vec<String>>,
    waited: Mutex<Vec<u64>>,
}

impl Person for Patient {
    fn tell(&self, text: &str) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).push(time.as_secs());
        Box::pin(future::ready(()))
    }
}

impl Patient {
    fn waited(&self) -> Vec<u64> {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn told(&self) -> String {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}

fn oauth(issuer: &Issuer, kind: GrantType, person: Option<&Arc<Patient>>, state: &std::path::Path) -> OAuth {
    let grant = Grant {
        kind,
        issuer: Some(issuer.url.clone()),
        token_url: None,
        device_url: None,
        client_id: CLIENT.to_owned(),
        client_secret: (kind == GrantType::ClientCredentials).then(|| SecretSource::Given(Secret::new(SECRET))),
        client_auth: None,
        scope: vec!["jobs".to_owned()],
        params: std::collections::BTreeMap::new(),
    };
    let person = person.map(|person| Arc::clone(person) as Arc<dyn Person>);
    OAuth { grant, connection: Connection::new(""), state: Some(state.to_owned()), person, notice: |_| {} }
}

fn block<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

const CODE: &str = "device-code-canary-0123456789";

fn code(ends_in: u64) -> Reply {
    let uri = "https://login.example/device";
    json_reply(
        "200 OK",
        &json!({"device_code": CODE, "user_code": "WDJB-MJHT", "verification_uri": uri, "expires_in": ends_in,
            "interval": "7", "verification_uri_complete": format!("{uri}?c=WDJB-MJHT")}),
    )
}

fn refused(error: &str) -> Reply {
    json_reply("400 Bad Request", &json!({"error": error}))
}

fn granted(access: &str, lives: u64, refresh: &str) -> Reply {
    let body = json!({"access_token": access, "token_type": "Bearer", "expires_in": lives, "refresh_token": refresh});
    json_reply("200 OK", &body)
}

/// What comes of signing in where the issuer answers so, and the person who did.
fn sign_in(answers: Vec<Reply>) -> (Result<Granted, OAuthError>, Arc<Patient>, Issuer) {
    let (issuer, person) = (Issuer::with(answers), Arc::new(Patient::default()));
    let state = tempfile::tempdir().expect("a temporary folder");
    let oauth = oauth(&issuer, GrantType::DeviceCode, Some(&person), state.path());
    (block(oauth.token(None, &Scrubber::default())), person, issuer)
}

#[test]
fn a_person_is_waited_for_as_the_issuer_asks() {
    let answers = ["authorization_pending", "slow_down", "authorization_pending"].map(refused);
    let answers = [code(900)].into_iter().chain(answers).chain([token("signed-in-0123456789", 3600)]).collect();
    let (granted, person, issuer) = sign_in(answers);
    assert_eq!(granted.expect("a token").secret.expose(), "signed-in-0123456789");
    assert_eq!(person.waited(), [7, 12, 12]);
    assert_eq!(
        person.told(),
        "to sign in, open https://login.example/device\n  and enter the code WDJB-MJHT\n  \
         or open https://login.example/device?c=WDJB-MJHT\n  within 15 min"
    );
    let asked = issuer.asked();
    assert_eq!(asked[0].0, "/tenant/device");
    assert!(asked[0].1.contains("scope=jobs") && asked[1].1.contains(CODE), "{asked:?}");
}

#[test]
fn a_code_that_ends_is_not_waited_for() {
    let (late, person, issuer) = sign_in(vec![code(20), refused("authorization_pending")]);
    assert!(matches!(late, Err(OAuthError::Late)), "{late:?}");
    assert_eq!((person.waited(), issuer.asked().len()), (vec![7, 7], 4));
    let (late, _, _) = sign_in(vec![code(900), refused("expired_token")]);
    assert!(matches!(late, Err(OAuthError::Late)), "{late:?}");
}

#[test]
fn what_will_not_get_better_is_not_waited_for() {
    let (denied, person, _) = sign_in(vec![code(900), refused("access_denied")]);
    assert!(denied.expect_err("no token").to_string().ends_with("/tenant/token refuses: access_denied"));
    assert!(person.waited().is_empty());
    let page = ("200 OK\r\nContent-Type: text/html".to_owned(), "<h1>maintenance</h1>".to_owned());
    let (page, person, issuer) = sign_in(vec![code(900), page]);
    assert!(page.expect_err("no token").to_string().contains("a page of HTML"));
    assert_eq!((person.waited().len(), issuer.asked().len()), (0, 2));
    let (odd, _, _) = sign_in(vec![json_reply("200 OK", &json!({"device_code": CODE}))]);
    let odd = odd.expect_err("no token").to_string();
    assert!(odd.contains("user_code is missing") && !odd.contains(CODE), "{odd}");
}

#[test]
fn who_signed_in_once_need_not_again_while_the_issuer_renews() {
    let issuer = Issuer::with(vec![
        code(900),
        granted("the-first-0123456789", 0, "refresh-one-0123456789"),
        granted("the-second-0123456789", 0, "refresh-two-0123456789"),
        refused("invalid_grant"),
        code(900),
        token("the-third-0123456789", 3600),
    ]);
    let state = tempfile::tempdir().expect("a temporary folder");
    let person = Arc::new(Patient::default());
    let (there, away) = (
        oauth(&issuer, GrantType::DeviceCode, Some(&person), state.path()),
        oauth(&issuer, GrantType::DeviceCode, None, state.path()),
    );
    let scrubber = Scrubber::default();
    let token = |oauth: &OAuth| block(oauth.token(None, &scrubber)).map(|granted| granted.secret.expose().to_owned());
    assert_eq!(token(&there).expect("a token"), "the-first-0123456789");
    assert_eq!(token(&away).expect("renewed without a person"), "the-second-0123456789");
    assert!(matches!(token(&away), Err(OAuthError::Nobody(_))), "the refresh token has ended");
    assert_eq!(token(&there).expect("a token"), "the-third-0123456789");
    let asked = issuer.asked();
    assert!(asked[2].1.contains("refresh_token=refresh-one") && asked[3].1.contains("refresh_token=refresh-two"));
    let said = format!("{CODE} refresh-one-0123456789 refresh-two-0123456789 the-first-0123456789");
    assert_eq!(scrubber.scrub(&said), "*** *** *** ***");
}

#[test]
fn who_waited_while_the_issuer_failed_does_not_ask_it_again() {
    let go = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&go);
    let issuer = Issuer::answering(move |_| {
        while !gate.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        refused("invalid_client")
    });
    let state = tempfile::tempdir().expect("a temporary folder");
    let of = || oauth(&issuer, GrantType::ClientCredentials, None, state.path());
    let (first, second, scrubber) = (of(), of(), Scrubber::default());
    block(async {
        let mut asks = pin!(first.token(None, &scrubber));
        while issuer.asked().is_empty() {
            assert!(future::poll_immediate(asks.as_mut()).await.is_none());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut waits = pin!(second.token(None, &scrubber));
        assert!(future::poll_immediate(waits.as_mut()).await.is_none(), "the other one holds the lock");
        go.store(true, Ordering::Release);
        let (asked, waited) = future::join(asks, waits).await;
        let words = asked.expect_err("no token").to_string();
        assert_eq!(waited.expect_err("no token").to_string(), words);
    });
    assert_eq!(issuer.asked().len(), 1);
    assert!(block(first.token(None, &scrubber)).is_err(), "who comes later asks");
    assert_eq!(issuer.asked().len(), 2);
}
