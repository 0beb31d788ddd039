//! Bearer tokens of the host's own: 256 random bits with a mark, of which the access file knows the SHA-256 alone.
//!
//! A hash without salt and without stretching is enough for what nobody can guess. Neither a token nor its hash appears in
//! `Debug`, in errors or in logs.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

/// What tokens begin with, so that scanners for leaked secrets can know them.
pub const TOKEN_PREFIX: &str = "bwk_";

/// 32 bytes in base64url without padding.
const TEXT_BYTES: usize = 43;

/// A bearer token.
#[derive(Clone)]
pub struct Token(String);

/// The SHA-256 of a token, by which it is known.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

/// The text is not a token. It does not say what the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is `{TOKEN_PREFIX}` and {TEXT_BYTES} characters of base64url")]
pub struct TokenError;

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness(#[source] getrandom::Error);

impl Token {
    /// A token that nobody has seen yet.
    ///
    /// # Authority
    /// Who shows it is the principal whose `token-sha256` holds its hash.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        let text = URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self(format!("{TOKEN_PREFIX}{text}")))
    }

    /// The secret itself, for the one who is to have it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the access file knows it by.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let secret = text.strip_prefix(TOKEN_PREFIX).ok_or(TokenError)?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).map_err(|_| TokenError)?;
        match bytes.len() {
            32 => Ok(Self(text.to_owned())),
            _ => Err(TokenError),
        }
    }
}

impl TokenHash {
    /// From the bytes of a SHA-256.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// 64 hexadecimal digits, for the access file.
    #[must_use]
    pub fn to_hex(&self) -> String {
        bailiwick::policy::Digest(self.0).to_string()
    }

    fn is(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// Which of the known hashes is that of the token, in a time that depends on how many there are and on nothing else: each one is
/// compared, whole, whether or not one was found before.
pub(super) fn find<'h>(
    token: &Token,
    known: impl Iterator<Item = (u32, &'h TokenHash)>,
) -> Option<u32> {
    let presented = token.hash();
    let mut found = Choice::from(0);
    let mut owner = 0;
    for (candidate, hash) in known {
        let same = hash.is(&presented);
        owner.conditional_assign(&candidate, same);
        found |= same;
    }
    bool::from(found).then_some(owner)
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_is_one_and_no_two_are_the_same() {
        let (one, other) = (Token::generate().unwrap(), Token::generate().unwrap());
        for token in [&one, &other] {
            assert_eq!(token.expose().len(), TOKEN_PREFIX.len() + TEXT_BYTES);
            let read: Token = token.expose().parse().unwrap();
            assert_eq!(read.hash().to_hex(), token.hash().to_hex());
        }
        assert_ne!(one.expose(), other.expose());
        assert_ne!(one.hash().to_hex(), other.hash().to_hex());
    }

    #[test]
    fn the_hash_is_the_sha256_of_the_whole_text() {
        let token: Token = format!("bwk_{}", "A".repeat(43)).parse().unwrap();
        // printf 'bwk_AAA…' | sha256sum
        assert_eq!(
            token.hash().to_hex(),
            "2f2f6313bfac9586b943e74ef98aea3b47f248fe042f5c579830dc3c479f07b9"
        );
    }

    #[test]
    fn nothing_but_the_exact_form_is_a_token() {
        let good = format!("bwk_{}", "A".repeat(43));
        good.parse::<Token>().unwrap();
        for bad in [
            String::new(),
            "bwk_".to_owned(),
            good[..46].to_owned(),
            format!("{good}A"),
            format!("{good}="),
            format!(" {good}"),
            format!("{good} "),
            format!("{good}\n"),
            good.replace("bwk_", "BWK_"),
            good.replace("bwk_", "bwk-"),
            good.replacen('A', "+", 1),
            good.replacen('A', "/", 1),
            good.replacen('A', "é", 1),
            // The last character has two bits that mean nothing: only one spelling of each token counts.
            format!("bwk_{}B", "A".repeat(42)),
        ] {
            assert_eq!(bad.parse::<Token>().unwrap_err(), TokenError, "{bad:?}");
        }
    }

    #[test]
    fn a_token_is_found_wherever_its_hash_stands_and_no_other_is() {
        let tokens: Vec<Token> = (0..5).map(|_| Token::generate().unwrap()).collect();
        let hashes: Vec<TokenHash> = tokens.iter().map(Token::hash).collect();
        for (place, token) in (0_u32..).zip(&tokens) {
            assert_eq!(find(token, (0..).zip(&hashes)), Some(place));
        }
        assert_eq!(find(&Token::generate().unwrap(), (0..).zip(&hashes)), None);
        assert_eq!(find(&tokens[0], std::iter::empty()), None);
    }

    #[test]
    fn neither_a_token_nor_its_hash_can_be_read_off_debug() {
        let token = Token::generate().unwrap();
        assert_eq!(
            format!("{token:?} {:?}", token.hash()),
            "Token(…) TokenHash(…)"
        );
    }
}
