//! Tokens of an authorization server: those that count, and every way in which one does not.

use bailiwick::policy::HttpUrl;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::forged::*;
use super::keys::KeySet;
use super::*;

const RESOURCE: &str = "https://tools.example.com/mcp";

fn oauth() -> OAuth {
    let scopes = vec!["tools:call".to_owned()];
    let issuer = "https://id.example.com";
    let url = HttpUrl::parse(RESOURCE).unwrap();
    OAuth {
        issuer: issuer.to_owned(),
        audience: RESOURCE.to_owned(),
        keys: KeysPlace::Url("https://id.example.com/jwks".to_owned()),
        metadata: ResourceMetadata::new(RESOURCE, &url, issuer, &scopes),
        scopes,
    }
}

/// Whose token it is by these keys, at a time.
fn judge(token: &str, jwks: &Value, now: u64) -> Result<String, Refused> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    put(&file, jwks);
    let source = KeySource::open(&KeysPlace::File(file)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let oauth = oauth();
    runtime
        .unwrap()
        .block_on(oauth.subject(token, &source, now))
}

#[track_caller]
fn counts(token: &str) {
    assert_eq!(
        judge(token, &jwks(), NOW).as_deref(),
        Ok("alice@example.com")
    );
}

#[track_caller]
fn is_invalid(token: &str, why: Invalid) {
    assert_eq!(
        judge(token, &jwks(), NOW),
        Err(Refused::Invalid(why)),
        "{token}"
    );
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"})
}

#[test]
fn a_token_of_each_algorithm_counts() {
    for (name, kid, algorithm) in [
        ("RS256", "rsa", Algorithm::RS256),
        ("PS256", "rsa", Algorithm::PS256),
        ("ES256", "p256", Algorithm::ES256),
        ("ES384", "p384", Algorithm::ES384),
        ("EdDSA", "ed", Algorithm::EdDSA),
    ] {
        for kid in [json!(kid), Value::Null] {
            let header = with(json!({"alg": name}), "kid", kid).to_string();
            let token = signed_by(&key(algorithm), algorithm, &header, &claims().to_string());
            counts(&token);
            let (rest, signature) = token.rsplit_once('.').unwrap();
            let mut flipped = unbase64(signature);
            flipped[7] ^= 1;
            let token = format!("{rest}.{}", base64(flipped));
            is_invalid(&token, Invalid::Signature);
        }
    }
}

#[test]
fn what_was_signed_is_what_counts() {
    let good = token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = base64(with(claims(), "sub", json!("root")).to_string());
    is_invalid(
        &format!("{}.{other}.{}", parts[0], parts[2]),
        Invalid::Signature,
    );
    let other = base64(with(header(), "x", json!(1)).to_string());
    is_invalid(
        &format!("{other}.{}.{}", parts[1], parts[2]),
        Invalid::Signature,
    );
}

#[test]
fn no_algorithm_is_none_and_no_public_key_is_a_shared_secret() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let head = base64(json!({"alg": alg, "kid": "ed"}).to_string());
        let body = base64(claims().to_string());
        is_invalid(&format!("{head}.{body}."), Invalid::Form);
        is_invalid(&format!("{head}.{body}.AA"), Invalid::Algorithm);
    }
    let rsa_as_text = json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"}).to_string();
    for secret in [
        unbase64(RSA_N),
        RSA_N.into(),
        rsa_as_text.into(),
        unbase64(ED_X),
        Vec::new(),
    ] {
        let key = EncodingKey::from_secret(&secret);
        for (name, algorithm) in [
            ("HS256", Algorithm::HS256),
            ("HS384", Algorithm::HS384),
            ("HS512", Algorithm::HS512),
        ] {
            for kid in ["rsa", "ed"] {
                let header = json!({"alg": name, "kid": kid}).to_string();
                let token = signed_by(&key, algorithm, &header, &claims().to_string());
                is_invalid(&token, Invalid::Algorithm);
            }
        }
        // The header says an algorithm that is taken, the signature is a shared secret's.
        let header = json!({"alg": "RS256", "kid": "rsa"}).to_string();
        let token = signed_by(&key, Algorithm::HS256, &header, &claims().to_string());
        is_invalid(&token, Invalid::Signature);
    }
}

#[test]
fn a_key_is_used_with_the_algorithms_of_its_type_alone() {
    for (alg, kid) in [
        ("RS256", "ed"),
        ("RS256", "p256"),
        ("ES256", "rsa"),
        ("ES256", "p384"),
        ("ES384", "p256"),
        ("EdDSA", "p256"),
        ("EdDSA", "rsa"),
    ] {
        is_invalid(
            &token_with(&json!({"alg": alg, "kid": kid}), &claims()),
            Invalid::UnknownKey,
        );
    }
    for alg in [
        "RS384", "RS512", "PS384", "PS512", "ES512", "ES256K", "Ed25519", "rs256", "eddsa",
    ] {
        is_invalid(
            &token_with(&json!({"alg": alg, "kid": "rsa"}), &claims()),
            Invalid::Algorithm,
        );
    }
    // A key whose set says `RS256` signs nothing else.
    let jwks = json!({"keys": [{"kty": "RSA", "n": RSA_N, "e": "AQAB", "alg": "RS256"}]});
    let header = json!({"alg": "PS256"}).to_string();
    let rsa = key(Algorithm::PS256);
    let token = signed_by(&rsa, Algorithm::PS256, &header, &claims().to_string());
    let refused = judge(&token, &jwks, NOW);
    assert_eq!(refused, Err(Refused::Invalid(Invalid::UnknownKey)));
}

#[test]
fn keys_that_a_token_brings_along_or_points_to_are_not_looked_at() {
    let other = EncodingKey::from_ed_der(&unbase64(OTHER_ED_PRIVATE));
    let own = json!({"kty": "OKP", "crv": "Ed25519", "x": OTHER_ED_X, "kid": "ed"});
    for (name, value) in [
        ("jwk", own.clone()),
        ("jku", json!("http://127.0.0.1:9/jwks")),
        ("x5u", json!("http://127.0.0.1:9/cert")),
        ("x5c", json!([OTHER_ED_X])),
        ("jwk", json!("not even an object")),
    ] {
        let header = with(header(), name, value.clone());
        let forged = signed_by(
            &other,
            Algorithm::EdDSA,
            &header.to_string(),
            &claims().to_string(),
        );
        is_invalid(&forged, Invalid::Signature);
        counts(&token_with(&header, &claims()));
    }
}

#[test]
fn the_name_of_a_key_is_compared_and_nothing_else() {
    for kid in [
        "",
        "other",
        "ED",
        "ed ",
        "../ed",
        "../../../../etc/passwd",
        "/dev/null",
        "ed\0",
        "' OR 1=1 --",
        "http://127.0.0.1:9/",
        "$(id)",
    ] {
        is_invalid(
            &token_with(&with(header(), "kid", json!(kid)), &claims()),
            Invalid::UnknownKey,
        );
    }
    for kid in [json!(1), json!(["ed"]), json!({"a": "ed"})] {
        is_invalid(
            &token_with(&with(header(), "kid", kid), &claims()),
            Invalid::Form,
        );
    }
}

#[test]
fn a_token_has_three_parts_of_strict_base64_and_json() {
    let good = token(&claims());
    for bad in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.x.y"),
        good.replacen('.', "=.", 1),
        good.replacen('.', "", 1),
        format!("{}.e30.AA", base64("[]")),
        format!("{}.e30.AA", base64("{\"alg\": \"EdDSA\"} x")),
        format!("{}.e30.AA", base64("{}")),
    ] {
        is_invalid(&bad, Invalid::Form);
    }
    is_invalid(&format!("{good}="), Invalid::Signature);
    is_invalid(&format!("{good}AAAA"), Invalid::Signature);
}

#[test]
fn keys_that_decide_may_not_be_there_twice() {
    let sign = |header: &str, claims: &str| {
        signed_by(&key(Algorithm::EdDSA), Algorithm::EdDSA, header, claims)
    };
    let header = header().to_string();
    for twice in [
        r#"{"alg": "none", "alg": "EdDSA", "kid": "ed"}"#,
        r#"{"alg": "EdDSA", "kid": "other", "kid": "ed"}"#,
        r#"{"alg": "EdDSA", "kid": "ed", "typ": "x", "typ": "JWT"}"#,
        r#"{"alg": "EdDSA", "kid": "ed", "\u0061lg": "EdDSA"}"#,
    ] {
        is_invalid(&sign(twice, &claims().to_string()), Invalid::Form);
    }
    let rest = claims().to_string();
    let rest = rest.strip_prefix('{').unwrap();
    for twice in [
        r#""sub": "root""#,
        r#""iss": "https://evil.example""#,
        r#""exp": 99999999999"#,
        r#""aud": "x""#,
        r#""scope": "all""#,
        r#""nbf": 0"#,
    ] {
        is_invalid(
            &sign(&header, &format!("{{{twice}, {rest}")),
            Invalid::Claims,
        );
    }
}

#[test]
fn only_access_tokens_without_extensions_count() {
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        counts(&token_with(&with(header(), "typ", json!(typ)), &claims()));
    }
    counts(&token_with(&with(header(), "typ", Value::Null), &claims()));
    for typ in [
        "",
        "JWE",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "application/jwt",
        "JWT ",
    ] {
        is_invalid(
            &token_with(&with(header(), "typ", json!(typ)), &claims()),
            Invalid::Type,
        );
    }
    for crit in ["[]", "[\"exp\"]", "[\"b64\"]", "null", "\"\"", "false"] {
        let header = format!(r#"{{"alg": "EdDSA", "kid": "ed", "crit": {crit}}}"#);
        let eddsa = key(Algorithm::EdDSA);
        let token = signed_by(&eddsa, Algorithm::EdDSA, &header, &claims().to_string());
        is_invalid(&token, Invalid::Critical);
    }
}

#[test]
fn issuer_and_audience_are_compared_whole() {
    for (key, value, why) in [
        ("iss", json!("https://id.example.com/"), Invalid::Issuer),
        ("iss", json!("https://ID.example.com"), Invalid::Issuer),
        (
            "iss",
            json!("https://id.example.com.evil.com"),
            Invalid::Issuer,
        ),
        ("iss", json!(""), Invalid::Issuer),
        ("iss", json!(["https://id.example.com"]), Invalid::Claims),
        ("iss", Value::Null, Invalid::Claims),
        ("aud", json!("https://tools.example.com"), Invalid::Audience),
        (
            "aud",
            json!("https://tools.example.com/mcp/"),
            Invalid::Audience,
        ),
        (
            "aud",
            json!("https://other.example.com/mcp"),
            Invalid::Audience,
        ),
        ("aud", json!([]), Invalid::Audience),
        ("aud", json!(["a", "b"]), Invalid::Audience),
        ("aud", json!([RESOURCE, 1]), Invalid::Claims),
        ("aud", json!({"0": RESOURCE}), Invalid::Claims),
        ("aud", Value::Null, Invalid::Claims),
        ("sub", json!(""), Invalid::Claims),
        ("sub", json!(7), Invalid::Claims),
        ("sub", Value::Null, Invalid::Claims),
    ] {
        is_invalid(&token(&with(claims(), key, value)), why);
    }
    counts(&token(&with(claims(), "aud", json!([RESOURCE]))));
    counts(&token(&with(claims(), "aud", json!(["other", RESOURCE]))));
}

#[test]
fn a_token_has_its_time_and_a_minute_more_at_both_ends() {
    for (key, value, expected) in [
        ("exp", json!(NOW - 59), None),
        ("exp", json!(NOW - 60), Some(Invalid::Expired)),
        ("exp", json!(0), Some(Invalid::Expired)),
        ("exp", json!(-1), Some(Invalid::Expired)),
        ("exp", json!(NOW as f64 - 59.5), None),
        ("exp", json!((NOW + 300).to_string()), Some(Invalid::Claims)),
        ("exp", Value::Null, Some(Invalid::Claims)),
        ("nbf", json!(NOW + 60), None),
        ("nbf", json!(NOW + 61), Some(Invalid::NotYet)),
        ("nbf", json!(NOW + 86_400), Some(Invalid::NotYet)),
        ("nbf", json!(u64::MAX), Some(Invalid::NotYet)),
        ("nbf", json!("0"), Some(Invalid::Claims)),
        ("nbf", Value::Null, None),
    ] {
        let token = token(&with(claims(), key, value));
        match expected {
            None => counts(&token),
            Some(why) => is_invalid(&token, why),
        }
    }
    let endless = claims()
        .to_string()
        .replace(&(NOW + 300).to_string(), "1e999");
    let eddsa = key(Algorithm::EdDSA);
    let token = signed_by(&eddsa, Algorithm::EdDSA, &header().to_string(), &endless);
    is_invalid(&token, Invalid::Claims);
}

#[test]
fn all_scopes_are_needed_as_whole_words() {
    for (key, value) in [
        ("scope", json!("tools:call")),
        ("scope", json!("a tools:call b")),
        ("scope", json!(["a", "tools:call"])),
        ("scp", json!("a tools:call")),
        ("scp", json!(["tools:call"])),
    ] {
        let claims = with(with(claims(), "scope", Value::Null), key, value);
        counts(&token(&claims));
    }
    for (key, value) in [
        ("scope", json!("")),
        ("scope", json!("tools:calls")),
        ("scope", json!("tools")),
        ("scope", json!("TOOLS:CALL")),
        ("scope", json!("tools:call,b")),
        ("scope", json!(["a tools:call"])),
        ("scopes", json!("tools:call")),
    ] {
        let claims = with(with(claims(), "scope", Value::Null), key, value);
        let needed = "tools:call".to_owned();
        assert_eq!(
            judge(&token(&claims), &jwks(), NOW),
            Err(Refused::MissingScope { needed }),
            "{claims}"
        );
    }
}

#[test]
fn keys_that_are_too_weak_or_not_for_signatures_are_left_out_of_a_set() {
    let rsa = json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"});
    let curve = json!({"kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y});
    let edwards = json!({"kty": "OKP", "crv": "Ed25519", "x": ED_X});
    let parse = |key: &Value| KeySet::parse(json!({"keys": [key]}).to_string().as_bytes());
    for good in [&rsa, &curve, &edwards] {
        parse(good).unwrap();
    }
    let short_point = base64(&unbase64(P256_X)[1..]);
    let zeros = base64([&[0; 300][..], &unbase64(SHORT_RSA_N)].concat());
    for bad in [
        with(rsa.clone(), "n", json!(SHORT_RSA_N)),
        with(rsa.clone(), "n", json!(zeros)),
        with(rsa.clone(), "n", json!(base64([0xff; 513]))),
        with(rsa.clone(), "n", json!("")),
        with(rsa.clone(), "n", Value::Null),
        with(rsa.clone(), "e", json!("AQ")),
        with(rsa.clone(), "e", json!("AQAC")),
        with(rsa.clone(), "e", json!("AQABAQAB")),
        with(rsa.clone(), "use", json!("enc")),
        with(rsa.clone(), "key_ops", json!(["encrypt"])),
        with(rsa.clone(), "alg", json!("RS512")),
        with(rsa.clone(), "alg", json!("ES256")),
        with(rsa, "alg", json!("HS256")),
        with(curve.clone(), "x", json!(short_point)),
        with(curve.clone(), "crv", json!("P-384")),
        with(curve.clone(), "crv", json!("secp256k1")),
        with(curve, "y", Value::Null),
        with(edwards.clone(), "x", json!(base64([1; 31]))),
        with(edwards.clone(), "x", json!(base64([1; 33]))),
        with(edwards.clone(), "x", json!("")),
        with(edwards, "crv", json!("Ed448")),
        json!({"kty": "oct", "k": base64("a shared secret of many bytes")}),
        json!("x"),
    ] {
        assert_eq!(parse(&bad).unwrap_err(), KeySetError::Empty, "{bad}");
    }
    assert_eq!(KeySet::parse(b"{}").unwrap_err(), KeySetError::Form);
    assert_eq!(KeySet::parse(b"").unwrap_err(), KeySetError::Form);
    let many = json!({"keys": vec![json!({"kty": "OKP", "crv": "Ed25519", "x": ED_X}); 65]});
    let many = KeySet::parse(many.to_string().as_bytes());
    assert_eq!(many.unwrap_err(), KeySetError::TooMany);
}

#[test]
fn points_that_are_on_no_curve_sign_nothing_and_break_nothing() {
    let jwks = json!({"keys": [
        {"kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": base64([2; 32])},
        {"kid": "p256", "kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_X},
    ]});
    for (alg, kid) in [("EdDSA", "ed"), ("ES256", "p256")] {
        let token = token_with(&json!({"alg": alg, "kid": kid}), &claims());
        let refused = judge(&token, &jwks, NOW);
        assert_eq!(refused, Err(Refused::Invalid(Invalid::Signature)));
    }
}

#[test]
fn the_metadata_names_the_server_and_its_issuer() {
    let oauth = oauth();
    let metadata = oauth.metadata();
    assert_eq!(metadata.path(), "/.well-known/oauth-protected-resource/mcp");
    assert_eq!(
        metadata.url(),
        "https://tools.example.com/.well-known/oauth-protected-resource/mcp"
    );
    let document: Value = serde_json::from_str(metadata.json()).unwrap();
    assert_eq!(
        document,
        json!({
            "resource": RESOURCE,
            "authorization_servers": ["https://id.example.com"],
            "bearer_methods_supported": ["header"],
            "scopes_supported": ["tools:call"],
        })
    );
    let root = "http://127.0.0.1:8080/";
    let url = HttpUrl::parse(root).unwrap();
    let metadata = ResourceMetadata::new(root, &url, "https://id.example.com", &[]);
    assert_eq!(
        metadata.url(),
        "http://127.0.0.1:8080/.well-known/oauth-protected-resource"
    );
    assert!(!metadata.json().contains("scopes_supported"));
}
