//! The profile of a server, in its order.

use super::{calls, capabilities, limits, paths, probe, raw, threads};
use crate::server::Server;
use crate::{ConfineError, Piece};

/// Capabilities about the owners of files: a server that runs as root is given files of others, and Landlock bounds
/// which. By number: `CAP_CHOWN`, `CAP_DAC_OVERRIDE`, `CAP_DAC_READ_SEARCH`, `CAP_FOWNER`, `CAP_FSETID`.
const OF_FILES: u64 = 0b1_1111;

/// Takes it.
pub(crate) fn confine(server: &Server) -> Result<Vec<Piece>, ConfineError> {
    let support = probe::quick();
    support.need(Server::needed(), &server.without)?;
    threads::assert_single()?;
    limits::without_core()?;
    let mut taken = Vec::new();
    if support.has(Piece::Capabilities) {
        capabilities::drop_all_but(OF_FILES).map_err(ConfineError::step("drop capabilities"))?;
        taken.push(Piece::Capabilities);
    }
    if support.has(Piece::NoNewPrivileges) {
        raw::gain_nothing().map_err(ConfineError::step("promise to gain nothing"))?;
        taken.push(Piece::NoNewPrivileges);
    }
    raw::hide_memory().map_err(ConfineError::step("hide the memory of the process"))?;
    if support.has(Piece::LandlockFiles) {
        paths::only(&server.read, &server.change)?;
        let parts = [
            Piece::LandlockFiles,
            Piece::LandlockNetwork,
            Piece::LandlockScopes,
        ];
        taken.extend(parts.into_iter().filter(|piece| support.has(*piece)));
    }
    if support.has(Piece::Seccomp) {
        calls::apply(&calls::server_filters())?;
        taken.push(Piece::Seccomp);
    }
    Ok(taken)
}
