//! Servers on loopback that tests start themselves: real sockets and real TLS, and nothing that leaves the machine.

pub(crate) mod http;
pub(crate) mod smtp;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server that forgets its clients must not keep a test running.
const PATIENCE: Duration = Duration::from_secs(20);

/// An authority, and what a server needs that has its certificate from there.
pub(crate) struct Identity {
    /// The authority's certificate as PEM.
    pub(crate) authority: String,
    config: Arc<ServerConfig>,
}

impl Identity {
    /// A server with a certificate for these names, valid until the end of a year.
    pub(crate) fn until(year: i32, names: &[&str]) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "exlog tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        Self { authority: authority.pem(), config: Arc::new(config) }
    }

    /// A server as it should be.
    pub(crate) fn good() -> Self {
        Self::until(2090, &["localhost"])
    }

    fn encrypt(&self, stream: TcpStream) -> Connection {
        Box::new(StreamOwned::new(ServerConnection::new(Arc::clone(&self.config)).unwrap(), stream))
    }
}

/// Something that is read and written.
trait Duplex: Read + Write + Send {}
impl<T: Read + Write + Send> Duplex for T {}
type Connection = Box<dyn Duplex>;

/// What a server saw, in the order in which it came.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    /// All of it.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Serves one connection after the other until the test is over. Returns the port.
fn listen(mut serve: impl FnMut(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            serve(stream);
        }
    });
    port
}

/// A line without its end; `None` if the client has gone, or speaks TLS to one that does not.
fn line(connection: &mut dyn Duplex) -> Option<String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n") {
        match connection.read(&mut byte) {
            Ok(1) if bytes.is_empty() && byte[0] == 0x16 => return None,
            Ok(1) => bytes.push(byte[0]),
            _ => return None,
        }
    }
    bytes.truncate(bytes.len() - 2);
    Some(String::from_utf8(bytes).unwrap())
}
