//! `http-get` and `http-request`: requests to the URLs that a policy names.

mod adapter;
mod journey;
mod operations;
mod perform;
mod requests;
mod transport;

#[cfg(test)]
mod tests;

use std::path::Path;

use bailiwick_policy::{Capability, Network};

pub use adapter::{Incoming, Outgoing, Request};
pub use operations::{
    CloseExchange, Description, FinishBody, Get, Head, LookAtHead, OpenGet, OpenRequest, ReadBody,
    Response, SendRequest, Upload, WriteBody,
};
pub(crate) use requests::Requests;
pub(crate) use transport::Transport;

use super::{Interface, Needs};
use transport::{Proxy, Settings};

/// The interfaces of `bailiwick:http`.
pub(super) fn interfaces() -> [Interface; 3] {
    [
        Interface {
            name: "bailiwick:http/types",
            needs: Needs::Nothing,
            link: adapter::link_types,
            operations: |operations| {
                operations
                    .held::<LookAtHead>()
                    .held::<ReadBody>()
                    .held::<WriteBody>()
                    .held::<FinishBody>()
                    .held::<CloseExchange>();
            },
        },
        Interface {
            name: "bailiwick:http/http-get",
            needs: Needs::Grant(Capability::HttpGet),
            link: adapter::link_http_get,
            operations: |operations| {
                operations.attempted::<Get>().attempted::<OpenGet>();
            },
        },
        Interface {
            name: "bailiwick:http/http-request",
            needs: Needs::Grant(Capability::HttpRequest),
            link: adapter::link_http_request,
            operations: |operations| {
                operations
                    .attempted::<SendRequest>()
                    .attempted::<OpenRequest>()
                    .attempted::<Upload>();
            },
        },
    ]
}

/// How requests leave the host, as a policy whose relative names start at `folder` says.
pub(crate) fn transport(network: &Network, folder: &Path) -> Transport {
    Transport::new(Settings {
        ca_file: network.ca_file.as_ref().map(|file| folder.join(file)),
        proxy: network.proxy.as_ref().map(|proxy| Proxy {
            host: proxy.host().to_owned(),
            port: proxy.port(),
        }),
        resolver: network.resolver,
    })
}
