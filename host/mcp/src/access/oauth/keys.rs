//! The keys of the authorization server (RFC 7517), each bound to the algorithms that belong to its type.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm as Jose, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::Value;

use super::jwt::{Claims, Invalid, Unverified};

/// Keys of one set: issuers have two or three, and each one without a name may cost a signature's check.
const KEYS_MAX: usize = 64;

/// RFC 7518: "A key of size 2048 bits or larger MUST be used".
const RSA_BITS_MIN: usize = 2048;
/// The most that the library checks; larger ones only make a check slow.
const RSA_BITS_MAX: usize = 4096;

/// An algorithm that is taken. There is none with a shared secret: the server's copy of it could make tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

/// Keys that can be used.
pub(in crate::access) struct KeySet {
    keys: Vec<Key>,
}

/// Why a text is not a set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is not JSON of that form.
    #[error("it is not a JWKS: expected an object with a list `keys`")]
    Form,
    /// There are too many.
    #[error("it has more than {KEYS_MAX} keys")]
    TooMany,
    /// There is none that can be used.
    #[error(
        "it has no key that can be used: RSA from {RSA_BITS_MIN} to {RSA_BITS_MAX} bits, P-256, P-384 or Ed25519"
    )]
    Empty,
}

struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Algorithm {
    /// By the name in a token's header, exactly.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "PS256" => Self::Ps256,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" => Self::EdDsa,
            _ => return None,
        })
    }

    fn jose(self) -> Jose {
        match self {
            Self::Rs256 => Jose::RS256,
            Self::Ps256 => Jose::PS256,
            Self::Es256 => Jose::ES256,
            Self::Es384 => Jose::ES384,
            Self::EdDsa => Jose::EdDSA,
        }
    }
}

impl KeySet {
    /// Reads a JWKS. RFC 7517: "Implementations SHOULD ignore JWKs within a JWK Set that use "kty" (key type) values that are
    /// not understood by them, that are missing required members, or for which values are out of the supported ranges."
    pub(super) fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        let set: Set = serde_json::from_slice(text).map_err(|_| KeySetError::Form)?;
        if set.keys.len() > KEYS_MAX {
            return Err(KeySetError::TooMany);
        }
        let keys: Vec<Key> = set.keys.into_iter().filter_map(Key::read).collect();
        match keys.is_empty() {
            true => Err(KeySetError::Empty),
            false => Ok(Self { keys }),
        }
    }

    /// Whether one of them could have signed the token.
    pub(super) fn has(&self, token: &Unverified<'_>) -> bool {
        self.fitting(token).next().is_some()
    }

    /// What the token says, if one of them signed it.
    pub(super) fn verify(&self, token: &Unverified<'_>) -> Result<Claims, Invalid> {
        let mut fitting = self.fitting(token).peekable();
        if fitting.peek().is_none() {
            return Err(Invalid::UnknownKey);
        }
        match fitting.any(|key| key.signed(token)) {
            true => token.claims(),
            false => Err(Invalid::Signature),
        }
    }

    fn fitting(&self, token: &Unverified<'_>) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(|key| {
            let named = token.key.is_none() || token.key == key.id;
            named && key.algorithms.contains(&token.algorithm)
        })
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let for_signatures = jwk
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig")
            && jwk
                .key_ops
                .as_ref()
                .is_none_or(|operations| operations.iter().any(|one| one == "verify"));
        if !for_signatures {
            return None;
        }
        let (key, mut algorithms) = jwk.key()?;
        if let Some(only) = &jwk.alg {
            let only = Algorithm::from_name(only)?;
            algorithms.retain(|algorithm| *algorithm == only);
        }
        (!algorithms.is_empty()).then_some(Self {
            id: jwk.kid,
            algorithms,
            key,
        })
    }

    fn signed(&self, token: &Unverified<'_>) -> bool {
        let algorithm = token.algorithm.jose();
        crypto::verify(
            token.signature,
            token.signed.as_bytes(),
            &self.key,
            algorithm,
        )
        .unwrap_or(false)
    }
}

impl Jwk {
    fn key(&self) -> Option<(DecodingKey, Vec<Algorithm>)> {
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", None) => Some((self.rsa()?, vec![Algorithm::Rs256, Algorithm::Ps256])),
            ("EC", Some("P-256")) => Some((self.curve(32)?, vec![Algorithm::Es256])),
            ("EC", Some("P-384")) => Some((self.curve(48)?, vec![Algorithm::Es384])),
            ("OKP", Some("Ed25519")) => {
                let point = exactly(32, self.x.as_deref()?)?;
                Some((DecodingKey::from_ed_der(&point), vec![Algorithm::EdDsa]))
            }
            _ => None,
        }
    }

    fn rsa(&self) -> Option<DecodingKey> {
        let modulus = URL_SAFE_NO_PAD.decode(self.n.as_deref()?).ok()?;
        let exponent = URL_SAFE_NO_PAD.decode(self.e.as_deref()?).ok()?;
        let in_range = (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits(&modulus))
            && (2..=32).contains(&bits(&exponent))
            && exponent.last().is_some_and(|last| last % 2 == 1);
        in_range.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
    }

    fn curve(&self, bytes: usize) -> Option<DecodingKey> {
        let (x, y) = (self.x.as_deref()?, self.y.as_deref()?);
        exactly(bytes, x)?;
        exactly(bytes, y)?;
        DecodingKey::from_ec_components(x, y).ok()
    }
}

fn exactly(length: usize, text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == length).then_some(bytes)
}

/// Bits of a number in big-endian order.
fn bits(number: &[u8]) -> usize {
    let mut significant = number.iter().skip_while(|byte| **byte == 0).peekable();
    let Some(first) = significant.peek() else {
        return 0;
    };
    let unused = first.leading_zeros();
    significant.count() * 8 - usize::try_from(unused).unwrap_or(0)
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeySet({})", self.keys.len())
    }
}
