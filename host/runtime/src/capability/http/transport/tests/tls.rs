//! Servers that do not prove who they are.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::NamedTempFile;

use super::dns::Dns;
use super::server::Server;
use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A certificate authority of the test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn file(&self) -> NamedTempFile {
        file(&self.0.pem())
    }

    fn server(&self, params: CertificateParams) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        server_config(certificate.der().clone(), &key)
    }
}

fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// A GET of `https://api.example.com/` from this server, with these additional roots.
async fn get_from(server: &Server, ca_file: Option<&NamedTempFile>) -> Result<Vec<u8>, Error> {
    let dns = Dns::everywhere("127.0.0.1").await;
    let transport = Transport::new(Settings {
        ca_file: ca_file.map(|file| file.path().to_owned()),
        resolver: Some(dns.address),
        proxy: None,
    });
    let url = format!("https://api.example.com:{}/", server.port());
    fetch(&transport, permit(&url)).await
}

/// No request was sent: the server saw at most a handshake that failed.
fn assert_untrusted(result: Result<Vec<u8>, Error>, server: &Server) {
    let error = result.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Tls(_))),
        "{error:?}"
    );
    assert_eq!(server.heads().concat(), "");
}

#[tokio::test]
async fn trusts_the_authority_of_the_ca_file() {
    let authority = Authority::new();
    let server = Server::answering_tls(authority.server(named("api.example.com")), OK).await;
    let body = get_from(&server, Some(&authority.file())).await.unwrap();
    assert_eq!(body, b"ok");
}

#[tokio::test]
async fn trusts_no_authority_that_nobody_named() {
    let authority = Authority::new();
    let server = Server::answering_tls(authority.server(named("api.example.com")), OK).await;
    assert_untrusted(get_from(&server, None).await, &server);
    assert_untrusted(
        get_from(&server, Some(&Authority::new().file())).await,
        &server,
    );
}

#[tokio::test]
async fn refuses_a_certificate_of_another_name() {
    let authority = Authority::new();
    for name in [
        "example.com",
        "evil.example.com",
        "*.api.example.com",
        "127.0.0.1",
    ] {
        let server = Server::answering_tls(authority.server(named(name)), OK).await;
        assert_untrusted(get_from(&server, Some(&authority.file())).await, &server);
    }
}

#[tokio::test]
async fn refuses_a_certificate_out_of_its_time() {
    let authority = Authority::new();
    for (from, to) in [(2000, 2001), (3000, 3001)] {
        let mut params = named("api.example.com");
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let server = Server::answering_tls(authority.server(params), OK).await;
        assert_untrusted(get_from(&server, Some(&authority.file())).await, &server);
    }
}

#[tokio::test]
async fn refuses_a_certificate_that_signed_itself() {
    let key = KeyPair::generate().unwrap();
    let certificate = named("api.example.com").self_signed(&key).unwrap();
    let server = Server::answering_tls(server_config(certificate.der().clone(), &key), OK).await;
    assert_untrusted(get_from(&server, None).await, &server);
}

#[tokio::test]
async fn does_not_fall_back_to_plain_http() {
    let server = Server::shouting(OK).await;
    let error = get_from(&server, None).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Tls(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_unusable_ca_file_is_unavailable_and_not_ignored() {
    let server = Server::shouting(OK).await;
    let unusable = |error: &Error| matches!(error, Error::Unavailable(Unavailable::Trust(_)));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "not PEM", broken, "-----BEGIN CERTIFICATE-----\n%\n"] {
        let error = get_from(&server, Some(&file(text))).await.unwrap_err();
        assert!(unusable(&error), "{text}: {error:?}");
    }
    let gone = file("");
    std::fs::remove_file(gone.path()).unwrap();
    let error = get_from(&server, Some(&gone)).await.unwrap_err();
    assert!(unusable(&error), "{error:?}");
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn a_connection_that_is_cut_is_not_the_end_of_a_body() {
    let authority = Authority::new();
    let config = authority.server(named("api.example.com"));
    // Without a length the body ends with the connection, and TLS would say so.
    let server = Server::answering_tls(config, "HTTP/1.1 200 OK\r\n\r\nhello").await;
    let error = get_from(&server, Some(&authority.file()))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Exchange(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_handshake_that_stalls_is_left_at_the_deadline() {
    let server = Server::scripted(|stream, _| async move {
        let _open = stream;
        std::future::pending().await
    })
    .await;
    let url = format!("https://{}/", server.address);
    let given_up = plain().begin(permit(&url), nothing(), short()).await;
    assert!(matches!(given_up, Err(Error::Time)));
}
