//! The diagnostic tool that answers with a picture.

use bailiwick::content::types::{Content, Media};
use exports::diagnostic::image::answer::Guest;

wit_bindgen::generate!({
    path: ["../../../wit/content", "wit"],
    world: "diagnostic:image/image",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

/// A picture of one red pixel, as a PNG.
const PIXEL: [u8; 69] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0,
    0, 0, 144, 119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 218, 99, 248, 207, 192, 0, 0, 3, 1,
    1, 0, 247, 3, 65, 67, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

impl Guest for Diagnostic {
    fn answer() -> Content {
        Content::Image(Media {
            media_type: "image/png".to_owned(),
            data: PIXEL.to_vec(),
        })
    }
}
