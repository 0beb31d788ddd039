//! Certificates as an attacker has them.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The name that the policy grants.
const NAME: &str = "api.example.com";

/// A server's configuration with a certificate of this kind: `good`, `self-signed`, `wrong-name`, `expired`, `not-yet`,
/// `unknown-authority`, `not-an-authority`. What the host is to trust is written to the file.
pub(super) fn config(kind: &str, trusted: &Path) -> io::Result<Arc<ServerConfig>> {
    build(kind, trusted).map_err(io::Error::other)
}

fn build(
    kind: &str,
    trusted: &Path,
) -> Result<Arc<ServerConfig>, Box<dyn std::error::Error + Send + Sync>> {
    let authority = authority()?;
    std::fs::write(trusted, authority.pem())?;
    let mut parameters = CertificateParams::new(vec![match kind {
        "wrong-name" => "evil.example".to_owned(),
        "suffix-name" => "example.com".to_owned(),
        "star-name" => "*.com".to_owned(),
        _ => NAME.to_owned(),
    }])?;
    match kind {
        "expired" => parameters.not_after = rcgen::date_time_ymd(2001, 1, 1),
        "not-yet" => parameters.not_before = rcgen::date_time_ymd(2901, 1, 1),
        _ => {}
    }
    let key = KeyPair::generate()?;
    let chain = match kind {
        "self-signed" => vec![parameters.self_signed(&key)?.der().clone()],
        "unknown-authority" => {
            let stranger = self::authority()?;
            vec![parameters.signed_by(&key, &stranger)?.der().clone()]
        }
        "not-an-authority" => {
            // A certificate for a name, used to sign another.
            let between = KeyPair::generate()?;
            let mut leaf = CertificateParams::new(vec!["evil.example".to_owned()])?;
            leaf.is_ca = IsCa::ExplicitNoCa;
            let leaf_certificate = leaf.signed_by(&between, &authority)?;
            let issuer = rcgen::Issuer::new(leaf, between);
            vec![
                parameters.signed_by(&key, &issuer)?.der().clone(),
                leaf_certificate.der().clone(),
            ]
        }
        _ => vec![parameters.signed_by(&key, &authority)?.der().clone()],
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Arc::new(config))
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut parameters = CertificateParams::new(Vec::<String>::new())?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate()?)
}
