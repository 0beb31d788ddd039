//! Ed25519 keys: the one that signs checkpoints, and the public one that verifies them.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;

use super::hex::{Digest, Hex, Signature};
use super::record::Checkpoint;
use super::timestamp::Timestamp;

/// A key that signs checkpoints. Its bytes are wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half of a [`SigningKey`]: who has it can tell whether a trail is authentic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read.
    #[error("cannot read the key `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file could not be made.
    #[error("cannot write the key `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Others than its owner can get at the file.
    #[error("the key `{}` is not private: {fault}", path.display())]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The text is not 32 bytes in hexadecimal or base64.
    #[error("expected 32 bytes, in hexadecimal or base64")]
    Malformed,
    /// The bytes are no point of the curve, or a weak one.
    #[error("the public key is not valid")]
    NotAKey,
    /// The system has no random bytes.
    #[error("the system gives no random bytes")]
    Random(#[source] getrandom::Error),
}

impl KeyError {
    /// What the operator can do about it.
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotPrivate { .. } => {
                Some("the key must be a regular file of yours with mode 0600")
            }
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Malformed
            | Self::NotAKey
            | Self::Random(_) => None,
        }
    }
}

/// More than this is no key: 32 bytes take 64 digits, and a newline.
const KEY_FILE_BYTES_MAX: u64 = 256;

impl SigningKey {
    /// The key that belongs to a seed of 32 secret random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// Makes a new key from the system's random bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Random`].
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(KeyError::Random)?;
        Ok(Self::from_seed(seed))
    }

    /// Reads the seed, 32 bytes in hexadecimal or base64, from a file that only its owner can read and write.
    ///
    /// # Errors
    ///
    /// [`KeyError::Read`], [`KeyError::NotPrivate`], [`KeyError::Malformed`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let file = super::file::open_to_read(path).map_err(|source| read_error(path, source))?;
        if let Some(fault) =
            super::file::privacy_fault(&file).map_err(|source| read_error(path, source))?
        {
            let path = path.to_owned();
            return Err(KeyError::NotPrivate { path, fault });
        }
        Ok(Self::from_seed(thirty_two_bytes(&text_of(file, path)?)?))
    }

    /// Writes the seed in hexadecimal to a new file that only its owner can read and write.
    ///
    /// # Errors
    ///
    /// [`KeyError::Write`], also if there is such a file already.
    #[expect(
        clippy::disallowed_methods,
        reason = "a new file at a path that the operator named; `private` refuses links"
    )]
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let write = || {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            let mut file = super::file::private(&mut options).open(path)?;
            Hex::from(self.0.to_bytes()).with_digits(|digits| writeln!(file, "{digits}"))?;
            file.sync_all()
        };
        write().map_err(|source| KeyError::Write {
            path: path.to_owned(),
            source,
        })
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn checkpoint(&self, seq: u64, time: Timestamp, head: Digest) -> Checkpoint {
        let signature = self.0.sign(&message(seq, time, &head));
        Checkpoint {
            count: seq.saturating_sub(1),
            head,
            public_key: self.public().to_hex(),
            signature: signature.to_bytes().into(),
        }
    }
}

/// The key itself stays out of every log.
impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey(public: {})", self.public())
    }
}

impl PublicKey {
    /// Reads a public key, 32 bytes in hexadecimal or base64, from a file. Nothing about it is secret.
    ///
    /// # Errors
    ///
    /// [`KeyError::Read`], [`KeyError::Malformed`], [`KeyError::NotAKey`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let file = super::file::open_to_read(path).map_err(|source| read_error(path, source))?;
        text_of(file, path)?.parse()
    }

    pub(super) fn from_hex(bytes: &Hex<32>) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes.as_bytes())
            .map_err(|_| KeyError::NotAKey)?;
        // A weak key has signatures that fit many messages.
        if key.is_weak() {
            return Err(KeyError::NotAKey);
        }
        Ok(Self(key))
    }

    fn to_hex(self) -> Hex<32> {
        self.0.to_bytes().into()
    }

    pub(super) fn signed(
        &self,
        seq: u64,
        time: Timestamp,
        head: &Digest,
        signature: &Signature,
    ) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        self.0
            .verify_strict(&message(seq, time, head), &signature)
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_hex().fmt(formatter)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_hex(&thirty_two_bytes(text)?.into())
    }
}

/// The domain in front keeps a signature from being taken for one over anything else; all fields have fixed lengths.
fn message(seq: u64, time: Timestamp, head: &Digest) -> Vec<u8> {
    let domain: &[u8] = b"bailiwick audit checkpoint v1\0";
    [
        domain,
        &seq.to_le_bytes(),
        &time.to_ascii(),
        head.as_bytes(),
    ]
    .concat()
}

fn thirty_two_bytes(text: &str) -> Result<[u8; 32], KeyError> {
    let text = text.trim();
    if let Ok(hex) = text.to_ascii_lowercase().parse::<Hex<32>>() {
        return Ok(*hex.as_bytes());
    }
    let bytes = STANDARD.decode(text).map_err(|_| KeyError::Malformed)?;
    bytes.try_into().map_err(|_| KeyError::Malformed)
}

fn text_of(file: File, path: &Path) -> Result<String, KeyError> {
    let mut text = String::new();
    file.take(KEY_FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|source| read_error(path, source))?;
    Ok(text)
}

fn read_error(path: &Path, source: io::Error) -> KeyError {
    let path = path.to_owned();
    KeyError::Read { path, source }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_new_key_is_written_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = SigningKey::generate().unwrap();
        key.write(&path).unwrap();
        assert_eq!(SigningKey::read(&path).unwrap().public(), key.public());
        assert!(
            matches!(key.write(&path), Err(KeyError::Write { .. })),
            "a key is never overwritten"
        );
        assert_ne!(SigningKey::generate().unwrap().public(), key.public());
    }

    #[test]
    fn a_key_is_hexadecimal_or_base64_and_nothing_else() {
        let seed = [7; 32];
        let hex = "07".repeat(32);
        let base64 = STANDARD.encode(seed);
        for text in [
            hex.as_str(),
            &hex.to_uppercase(),
            &base64,
            &format!(" {hex}\n"),
        ] {
            assert_eq!(thirty_two_bytes(text).unwrap(), seed, "{text}");
        }
        for text in [
            "",
            "07",
            &hex[1..],
            &format!("{hex}07"),
            &base64[1..],
            "key",
        ] {
            assert!(
                matches!(thirty_two_bytes(text), Err(KeyError::Malformed)),
                "{text}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        SigningKey::from_seed([7; 32]).write(&path).unwrap();
        for (mode, accepted) in [
            (0o600, true),
            (0o400, true),
            (0o640, false),
            (0o604, false),
            (0o620, false),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let key = SigningKey::read(&path);
            assert_eq!(key.is_ok(), accepted, "{mode:o}: {key:?}");
            assert!(accepted || matches!(key, Err(KeyError::NotPrivate { .. })));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&path, folder.path().join("link")).unwrap();
        assert!(matches!(
            SigningKey::read(&folder.path().join("link")),
            Err(KeyError::Read { .. })
        ));
    }

    #[test]
    fn a_weak_public_key_is_refused() {
        let identity = format!("01{}", "00".repeat(31));
        assert!(matches!(
            identity.parse::<PublicKey>(),
            Err(KeyError::NotAKey)
        ));
        let key = SigningKey::from_seed([7; 32]).public();
        assert_eq!(key.to_string().parse::<PublicKey>().unwrap(), key);
    }

    #[test]
    fn debugging_shows_no_secret() {
        let shown = format!("{:?}", SigningKey::from_seed([7; 32]));
        assert!(
            !shown.contains("0707") && !shown.contains("7, 7"),
            "{shown}"
        );
    }

    #[test]
    fn the_message_that_is_signed_is_the_documented_one() {
        let time = "2026-01-02T03:04:05.000000006Z".parse().unwrap();
        let message = message(258, time, &Digest::ZERO);
        let expected =
            b"bailiwick audit checkpoint v1\0\x02\x01\0\0\0\0\0\x002026-01-02T03:04:05.000000006Z";
        assert_eq!(message[..expected.len()], expected[..]);
        assert_eq!(message[expected.len()..], [0; 32]);
    }
}
