//! What fails around the host: it is killed, the disk is full or cannot be written, descriptors, threads and processes run out, workers
//! are killed, the network is away. Each fault is answered with its code, and the next call works, in both modes.

mod driver;
mod kills;
mod runs_out;
mod workers;

/// Where tools run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// In the process that holds the authority.
    Within,
    /// In workers.
    BehindTheWall,
}

const BOTH: [Mode; 2] = [Mode::Within, Mode::BehindTheWall];
