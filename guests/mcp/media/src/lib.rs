//! The diagnostic tool that answers with bytes of declared types.

use exports::diagnostic::media::answers::Guest;

wit_bindgen::generate!({
    path: "wit",
    world: "diagnostic:media/media",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    /// What begins every PNG: nothing here looks at more of it.
    fn picture() -> Vec<u8> {
        vec![137, 80, 78, 71, 13, 10, 26, 10]
    }

    fn sound() -> Vec<u8> {
        b"RIFF\x04\0\0\0WAVE".to_vec()
    }

    fn table() -> Vec<u8> {
        b"a,b\n1,2\n".to_vec()
    }

    fn bytes() -> Vec<u8> {
        vec![0, 255]
    }
}
