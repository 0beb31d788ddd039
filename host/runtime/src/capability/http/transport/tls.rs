//! Whom a TLS connection trusts, and the handshake.
//!
//! Roots are Mozilla's list (compiled in) and, where the operator names a file, the certificates in it: a company's own
//! authority. The system's store is not read: what a host trusts is then in its version and its policy, not in a place
//! that others write to. Sessions are not resumed, so that no connection of one tool depends on one of another.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, client::Resumption, crypto::ring};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::error::{Error, Invalid, TrustError, Unavailable};

/// The roots of trust, put together when the first `https` request needs them.
#[derive(Debug)]
pub(super) struct Trust {
    ca_file: Option<PathBuf>,
    config: OnceLock<Arc<ClientConfig>>,
}

/// Shakes hands with servers that these roots trust.
pub(super) struct Handshaker(TlsConnector);

impl Handshaker {
    /// Shakes hands over `stream` with a server that proves to be `host`.
    pub(super) async fn shake(
        &self,
        stream: TcpStream,
        host: &str,
    ) -> Result<TlsStream<TcpStream>, Error> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Invalid::Url)?;
        let connected = self.0.connect(name, stream).await;
        Ok(connected.map_err(Unavailable::Tls)?)
    }
}

impl Trust {
    pub(super) fn new(ca_file: Option<PathBuf>) -> Self {
        Self {
            ca_file,
            config: OnceLock::new(),
        }
    }

    /// What shakes hands. To be asked for before anything is connected: without roots there is no reason to.
    ///
    /// # Errors
    ///
    /// The file of additional roots cannot be used.
    pub(super) fn handshaker(&self) -> Result<Handshaker, Unavailable> {
        Ok(Handshaker(self.config()?.into()))
    }

    fn config(&self) -> Result<Arc<ClientConfig>, TrustError> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(client_config(self.roots()?)?);
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }

    fn roots(&self) -> Result<RootCertStore, TrustError> {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for certificate in self.additional()? {
            roots.add(certificate).map_err(TrustError::Roots)?;
        }
        Ok(roots)
    }

    #[expect(clippy::disallowed_methods, reason = "the operator's own `ca-file`")]
    fn additional(&self) -> Result<Vec<CertificateDer<'static>>, TrustError> {
        let Some(path) = &self.ca_file else {
            return Ok(Vec::new());
        };
        let text = std::fs::read(path).map_err(TrustError::Read)?;
        let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let certificates = parsed.map_err(TrustError::Pem)?;
        if certificates.is_empty() {
            return Err(TrustError::Empty);
        }
        Ok(certificates)
    }
}

fn client_config(roots: RootCertStore) -> Result<ClientConfig, TrustError> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Roots)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}
