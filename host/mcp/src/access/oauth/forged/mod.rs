//! Tokens for tests: those that an issuer would make, and those that an attacker would.

mod keys;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

pub(in crate::access) use keys::*;

/// When tests take place, in seconds since 1970.
pub(in crate::access) const NOW: u64 = 1_800_000_000;

pub(in crate::access) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(in crate::access) fn unbase64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The issuer's keys.
pub(in crate::access) fn jwks() -> Value {
    json!({"keys": [
        {"kid": "rsa", "kty": "RSA", "use": "sig", "n": RSA_N, "e": "AQAB"},
        {"kid": "p256", "kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y},
        {"kid": "p384", "kty": "EC", "crv": "P-384", "x": P384_X, "y": P384_Y},
        {"kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": ED_X, "alg": "EdDSA"},
    ]})
}

/// The claims of a token that is fine.
pub(in crate::access) fn claims() -> Value {
    json!({
        "iss": "https://id.example.com", "sub": "alice@example.com", "aud": "https://tools.example.com/mcp",
        "exp": NOW + 300, "nbf": NOW - 300, "scope": "openid tools:call",
    })
}

/// The key that signs with an algorithm.
pub(in crate::access) fn key(algorithm: Algorithm) -> EncodingKey {
    match algorithm {
        Algorithm::ES256 => EncodingKey::from_ec_der(&unbase64(P256_PRIVATE)),
        Algorithm::ES384 => EncodingKey::from_ec_der(&unbase64(P384_PRIVATE)),
        Algorithm::EdDSA => EncodingKey::from_ed_der(&unbase64(ED_PRIVATE)),
        _ => EncodingKey::from_rsa_der(&unbase64(RSA_PRIVATE)),
    }
}

/// A token with this header and these claims, signed by a key.
pub(in crate::access) fn signed_by(
    key: &EncodingKey,
    algorithm: Algorithm,
    header: &str,
    claims: &str,
) -> String {
    let message = format!("{}.{}", base64(header), base64(claims));
    let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A token of the issuer's, by its Ed25519 key, with these claims.
pub(in crate::access) fn token(claims: &Value) -> String {
    token_with(&json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"}), claims)
}

/// A token of the issuer's, by its Ed25519 key, with this header.
pub(in crate::access) fn token_with(header: &Value, claims: &Value) -> String {
    let key = key(Algorithm::EdDSA);
    signed_by(
        &key,
        Algorithm::EdDSA,
        &header.to_string(),
        &claims.to_string(),
    )
}

/// The value with one key of it set, or left out where it is set to `null`.
pub(in crate::access) fn with(mut object: Value, key: &str, value: Value) -> Value {
    match value {
        Value::Null => {
            object.as_object_mut().unwrap().remove(key);
        }
        value => object[key] = value,
    }
    object
}

/// Puts keys into a file as an operator would: whole, in place of what was there, and the owner's alone.
pub(in crate::access) fn put(path: &Path, keys: &Value) {
    let written = path.with_extension("new");
    std::fs::write(&written, keys.to_string()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&written, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::rename(written, path).unwrap();
}
