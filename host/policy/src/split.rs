//! Splitting at slashes and dots: the standard searcher is made for long texts, and names are short.

/// The parts of a text between two bytes of ASCII; a text without any is one part.
#[derive(Debug, Clone)]
pub(crate) struct Parts<'t> {
    rest: Option<&'t str>,
    separator: u8,
}

/// The names of a path.
pub(crate) fn at_slashes(path: &str) -> Parts<'_> {
    Parts {
        rest: Some(path),
        separator: b'/',
    }
}

/// The labels of a host.
pub(crate) fn at_dots(host: &str) -> Parts<'_> {
    Parts {
        rest: Some(host),
        separator: b'.',
    }
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        let end = text.bytes().position(|byte| byte == self.separator);
        self.rest = end.and_then(|end| text.get(end + 1..));
        end.map_or(Some(text), |end| text.get(..end))
    }
}
