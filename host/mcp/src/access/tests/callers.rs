//! Bearer tokens of the host's own: whose they are, and what clients are told when they are nobody's.

use http::header::WWW_AUTHENTICATE;

use super::super::oauth::forged::{jwks, put};
use super::*;

struct Server {
    authenticator: Authenticator,
    alice: Token,
    bob: Token,
}

fn server() -> Server {
    let tokens: Vec<Token> = (0..3).map(|_| Token::generate().unwrap()).collect();
    let hash = |place: usize| tokens[place].hash().to_hex();
    let text = format!(
        "[principals.alice]\ntools = []\ntoken-sha256 = [\"{}\", \"{}\"]\n[principals.bob]\ntools = []\ntoken-sha256 = [\"{}\"]\n[principals.mute]\ntools = []\n",
        hash(0),
        hash(1).to_uppercase(),
        hash(2)
    );
    Server {
        authenticator: authenticator(access(&text)),
        alice: tokens[1].clone(),
        bob: tokens[2].clone(),
    }
}

impl Server {
    async fn name(&self, headers: &HeaderMap) -> Result<String, Refused> {
        let principal = self.authenticator.authenticate(headers).await?;
        Ok(principal.name().to_owned())
    }
}

#[tokio::test]
async fn a_token_is_its_principal_s() {
    let server = server();
    for (token, name) in [(&server.alice, "alice"), (&server.bob, "bob")] {
        assert_eq!(
            server.name(&bearer(token.expose())).await.as_deref(),
            Ok(name)
        );
    }
    let stranger = Token::generate().unwrap();
    assert_eq!(
        server.name(&bearer(stranger.expose())).await,
        Err(Refused::UnknownToken)
    );
    assert_eq!(server.name(&HeaderMap::new()).await, Err(Refused::Missing));
}

#[tokio::test]
async fn what_is_like_a_token_is_not_the_token() {
    let server = server();
    let token = server.bob.expose();
    let hash = server.bob.hash().to_hex();
    let swapped: String = token
        .chars()
        .map(|one| match one.is_ascii_lowercase() {
            true => one.to_ascii_uppercase(),
            false => one.to_ascii_lowercase(),
        })
        .collect();
    for presented in [
        token[..token.len() - 1].to_owned(),
        token[1..].to_owned(),
        token[4..].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!("A{token}"),
        format!("{token}{token}"),
        token.to_uppercase(),
        swapped,
        hash.clone(),
        format!("bwk_{hash}"),
        "bwk_".to_owned(),
    ] {
        assert_eq!(
            server.name(&bearer(&presented)).await,
            Err(Refused::UnknownToken),
            "{presented}"
        );
    }
    for header in [
        format!("Bearer {token} "),
        format!("Bearer  {token}"),
        format!("Bearer {token},"),
        format!("Bearer \"{token}\""),
        format!("Bearer {}", "a".repeat(1 << 20)),
    ] {
        let refused = server.name(&with_header(&header)).await.unwrap_err();
        assert!(matches!(refused, Refused::Malformed(_)), "{refused:?}");
    }
    let mut twice = bearer(token);
    twice.append(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    let refused = server.name(&twice).await.unwrap_err();
    assert!(matches!(refused, Refused::Malformed(_)), "{refused:?}");
}

#[tokio::test]
async fn without_an_access_file_everybody_is_local() {
    let server = authenticator(Access::local());
    for headers in [HeaderMap::new(), bearer("whatever"), with_header("Basic x")] {
        let principal = server.authenticate(&headers).await.unwrap();
        assert_eq!(principal.name(), LOCAL);
    }
}

#[tokio::test]
async fn an_access_file_without_principals_lets_nobody_in() {
    let server = authenticator(access(""));
    let token = Token::generate().unwrap();
    for headers in [HeaderMap::new(), bearer(token.expose()), bearer("a.b.c")] {
        server.authenticate(&headers).await.unwrap_err();
    }
}

#[test]
fn each_refusal_is_said_in_the_words_of_http() {
    let server = server().authenticator;
    for (refused, status, challenge) in [
        (Refused::Missing, 401, "Bearer realm=\"bailiwick\""),
        (
            Refused::Malformed("as \"it\" is"),
            400,
            "Bearer realm=\"bailiwick\", error=\"invalid_request\", error_description=\"as 'it' is\"",
        ),
        (
            Refused::UnknownToken,
            401,
            "Bearer realm=\"bailiwick\", error=\"invalid_token\", error_description=\"the token is not known\"",
        ),
        (
            Refused::Invalid(Invalid::Expired),
            401,
            "Bearer realm=\"bailiwick\", error=\"invalid_token\", error_description=\"the token has expired\"",
        ),
        (Refused::UnknownSubject, 403, "Bearer realm=\"bailiwick\""),
        (Refused::NoKeys, 503, ""),
    ] {
        let (code, headers, body) = server.challenge(&refused);
        assert_eq!(code.as_u16(), status, "{refused:?}");
        let said = headers
            .get(WWW_AUTHENTICATE)
            .map(|value| value.to_str().unwrap());
        assert_eq!(said.unwrap_or_default(), challenge);
        assert_eq!(headers.contains_key("retry-after"), status == 503);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"]["code"], refused.code());
    }
}

#[test]
fn with_oauth_clients_learn_where_to_get_a_token_and_with_which_scopes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    put(&file, &jwks());
    let text = format!(
        "[oauth]\nissuer = \"https://i\"\nresource = \"https://r/mcp\"\njwks-file = '{}'\nscopes = [\"a\", \"b:c\"]\n",
        file.display()
    );
    let server = authenticator(access(&text));
    let metadata = "resource_metadata=\"https://r/.well-known/oauth-protected-resource/mcp\"";
    let needed = "a b:c".to_owned();
    for (refused, expected) in [
        (
            Refused::Missing,
            format!("Bearer realm=\"bailiwick\", scope=\"a b:c\", {metadata}"),
        ),
        (
            Refused::MissingScope { needed },
            format!(
                "Bearer realm=\"bailiwick\", error=\"insufficient_scope\", error_description=\"the token lacks a scope; needed are: a b:c\", scope=\"a b:c\", {metadata}"
            ),
        ),
        (
            Refused::UnknownToken,
            format!(
                "Bearer realm=\"bailiwick\", error=\"invalid_token\", error_description=\"the token is not known\", {metadata}"
            ),
        ),
    ] {
        let (_, headers, _) = server.challenge(&refused);
        assert_eq!(headers[WWW_AUTHENTICATE].to_str().unwrap(), expected);
    }
}
