//! The diagnostic tool that answers with a sound.

use bailiwick::content::types::{Content, Media};
use exports::diagnostic::audio::answer::Guest;

wit_bindgen::generate!({
    path: ["../../../wit/content", "wit"],
    world: "diagnostic:audio/audio",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

/// A thousandth of a second of silence, as a WAV.
const SILENCE: [u8; 52] = [
    82, 73, 70, 70, 44, 0, 0, 0, 87, 65, 86, 69, 102, 109, 116, 32, 16, 0, 0, 0, 1, 0, 1, 0, 64,
    31, 0, 0, 64, 31, 0, 0, 1, 0, 8, 0, 100, 97, 116, 97, 8, 0, 0, 0, 128, 128, 128, 128, 128, 128,
    128, 128,
];

impl Guest for Diagnostic {
    fn answer() -> Content {
        Content::Audio(Media {
            media_type: "audio/wav".to_owned(),
            data: SILENCE.to_vec(),
        })
    }
}
