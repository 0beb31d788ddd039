//! Tokens of an authorization server at the door: its keys in a file and at an address.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode as Status;
use axum::routing::get;
use serde_json::{Value, json};

use super::super::oauth::forged::{claims, jwks, put, token, token_with, with};
use super::*;

/// A token that is fine at the time of the machine that tests run on.
fn current() -> Value {
    let claims = with(claims(), "exp", json!(now() + 300));
    with(claims, "nbf", json!(now() - 300))
}

fn file_of(keys: &str) -> Access {
    access(&format!(
        r#"
        [oauth]
        issuer = "https://id.example.com"
        resource = "https://tools.example.com/mcp"
        scopes = ["tools:call"]
        {keys}
        [principals.alice]
        subject = "alice@example.com"
        tools = []
        "#
    ))
}

async fn name(server: &Authenticator, token: &str) -> Result<String, Refused> {
    let principal = server.authenticate(&bearer(token)).await?;
    Ok(principal.name().to_owned())
}

#[tokio::test]
async fn the_subject_is_the_principal_and_the_file_of_keys_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    put(&file, &jwks());
    let server = authenticator(file_of(&format!("jwks-file = '{}'", file.display())));
    let good = token(&current());
    assert_eq!(name(&server, &good).await.as_deref(), Ok("alice"));
    let stranger = token(&with(current(), "sub", json!("mallory")));
    assert_eq!(name(&server, &stranger).await, Err(Refused::UnknownSubject));
    let expired = token(&with(current(), "exp", json!(now() - 3_600)));
    assert_eq!(
        name(&server, &expired).await,
        Err(Refused::Invalid(Invalid::Expired))
    );
    let own = Token::generate().unwrap();
    assert_eq!(
        name(&server, own.expose()).await,
        Err(Refused::UnknownToken)
    );

    let mut others = jwks();
    others["keys"].as_array_mut().unwrap().pop();
    put(&file, &others);
    assert_eq!(
        name(&server, &good).await,
        Err(Refused::Invalid(Invalid::UnknownKey))
    );
    put(&file, &jwks());
    assert_eq!(name(&server, &good).await.as_deref(), Ok("alice"));
    put(&file, &json!({"keys": []}));
    assert_eq!(name(&server, &good).await, Err(Refused::NoKeys));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(name(&server, &good).await, Err(Refused::NoKeys));
}

#[test]
fn a_file_of_keys_that_cannot_be_used_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let open = || {
        let access = file_of(&format!("jwks-file = '{}'", file.display()));
        Authenticator::new(Arc::new(access))
    };
    assert!(matches!(open(), Err(KeysError::Read { .. })));
    put(&file, &json!({"keys": []}));
    assert!(matches!(open(), Err(KeysError::Keys { .. })));
    put(&file, &jwks());
    open().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(open(), Err(KeysError::WritableByOthers { .. })));
    }
}

/// An issuer that answers in turn, with the last answer from then on, and counts how often it was asked.
struct Issuer {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    async fn answering(answers: Vec<(Status, String)>) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let answer = move || {
            let turn = counter.fetch_add(1, Ordering::SeqCst);
            let (status, body) = answers[turn.min(answers.len() - 1)].clone();
            async move { (status, [("location", "/elsewhere")], body) }
        };
        let elsewhere = || async { jwks().to_string() };
        let router = Router::new()
            .route("/jwks", get(answer))
            .route("/elsewhere", get(elsewhere));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    fn server(&self) -> Authenticator {
        authenticator(file_of(&format!("jwks-url = \"{}\"", self.url)))
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn keys_at_an_address_are_fetched_once_and_again_for_a_key_that_is_not_known() {
    let mut old = jwks();
    old["keys"].as_array_mut().unwrap().pop();
    let answers = vec![
        (Status::OK, old.to_string()),
        (Status::OK, jwks().to_string()),
    ];
    let issuer = Issuer::answering(answers).await;
    let server = issuer.server();
    assert_eq!(issuer.asked(), 0);
    let good = token(&current());
    // The key is not there yet, and a minute has to pass before the issuer is asked again.
    for _ in 0..20 {
        assert_eq!(
            name(&server, &good).await,
            Err(Refused::Invalid(Invalid::UnknownKey))
        );
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn many_tokens_at_once_ask_the_issuer_once() {
    let issuer = Issuer::answering(vec![(Status::OK, jwks().to_string())]).await;
    let server = Arc::new(issuer.server());
    let good = token(&current());
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let (server, good) = (Arc::clone(&server), good.clone());
            let unknown = token_with(
                &json!({"alg": "EdDSA", "kid": number.to_string()}),
                &current(),
            );
            tokio::spawn(async move { (name(&server, &good).await, name(&server, &unknown).await) })
        })
        .collect();
    for task in tasks {
        let (good, unknown) = task.await.unwrap();
        assert_eq!(good.as_deref(), Ok("alice"));
        assert_eq!(unknown, Err(Refused::Invalid(Invalid::UnknownKey)));
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn an_issuer_that_gives_no_keys_lets_nobody_in() {
    let huge = format!("{{\"keys\": [], \"x\": \"{}\"}}", "x".repeat(300 * 1024));
    for (status, body) in [
        (Status::INTERNAL_SERVER_ERROR, jwks().to_string()),
        (Status::NOT_FOUND, jwks().to_string()),
        // Keys come from the address that the operator wrote, not from one that it points to.
        (Status::FOUND, String::new()),
        (Status::OK, "{}".to_owned()),
        (Status::OK, "{\"keys\": []}".to_owned()),
        (Status::OK, huge),
    ] {
        let issuer = Issuer::answering(vec![(status, body)]).await;
        let server = issuer.server();
        assert_eq!(
            name(&server, &token(&current())).await,
            Err(Refused::NoKeys),
            "{status}"
        );
        assert_eq!(
            name(&server, &token(&current())).await,
            Err(Refused::NoKeys),
            "{status}"
        );
        assert_eq!(issuer.asked(), 1, "{status}");
    }
}

#[tokio::test]
async fn who_goes_away_while_keys_are_fetched_takes_nothing_with_it() {
    let issuer = Issuer::answering(vec![(Status::OK, jwks().to_string())]).await;
    let server = issuer.server();
    let good = token(&current());
    {
        let headers = bearer(&good);
        let first = server.authenticate(&headers);
        // Polled once, then dropped.
        let mut first = std::pin::pin!(first);
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(first.as_mut().poll(context)));
        assert!(polled.await.is_pending());
    }
    assert_eq!(name(&server, &good).await.as_deref(), Ok("alice"));
    assert_eq!(issuer.asked(), 1);
}
