//! Names that are names in WIT and in all nine languages at once.

use std::fmt;
use std::str::FromStr;

/// The longest name, in characters: it becomes part of file names, and of the names of functions in C.
pub const NAME_CHARS_MAX: usize = 64;

/// Words that WIT, one of the languages, or what is generated for one, has taken. A name of several words is none of these.
const RESERVED: &str = "\
    abstract alias and as asm assert async atomic auto await become bool boolean borrow box break byte case catch chan char class \
    co concept const constexpr constructor continue crate debugger def default defer del delete do double dyn elif else enum \
    error eval except explicit export exports extends extern f32 f64 fallthrough false final finally float fn for friend from \
    func function future gen global go goto if impl implements import in include inline instanceof int interface is lambda let \
    list long loop macro main map match mod module move mut mutable namespace new nil none nonlocal nonnull noreturn not null \
    nullptr option operator or orelse override own package pass priv private protected pub public raise range ref register \
    requires resource restrict result return s16 s32 s64 s8 select self short signed sizeof static stream string struct \
    subpackage super suspend switch template test this throw trait true try tuple type typedef typeid typename typeof u16 u32 \
    u64 u8 undefined union unsafe unsigned unsized use using var variant virtual void volatile when where while with world \
    xor yield";

/// Modules of Python's standard library. A tool's package lies before it on the search path, so that a tool of such a name would be
/// imported in its place, also by the library's own modules.
const MODULES_OF_PYTHON: &str = "\
    abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins \
    bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser \
    contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils \
    doctest email encodings ensurepip errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc \
    genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp \
    importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal \
    math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode \
    optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint \
    profile pstats pty pwd pyclbr pydoc pyexpat queue quopri random re readline reprlib rlcompleter runpy sched secrets \
    selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 ssl stat statistics \
    stringprep subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap \
    threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing \
    unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc \
    zipapp zipfile zipimport zlib zoneinfo";

/// What is in every project already, under this very name.
const TAKEN: [&str; 11] = [
    "alloc",
    "app",
    "bailiwick",
    "bindings",
    "core",
    "counter",
    "guest",
    "std",
    "target",
    "wasi",
    "wit",
];

/// The name of a tool, or a namespace: words of lower-case letters and digits, each beginning with a letter, with `-` between
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a word is no [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Not words with `-` between them.
    #[error(
        "`{name}` is no name: words of lower-case letters and digits, each beginning with a letter, with `-` between them"
    )]
    Form {
        /// The word.
        name: String,
        /// The name that was probably meant, where there is one.
        meant: Option<String>,
    },
    /// Longer than [`NAME_CHARS_MAX`].
    #[error("a name of {chars} characters is too long, the most is {NAME_CHARS_MAX}")]
    TooLong {
        /// How long it is.
        chars: usize,
    },
    /// A keyword of a language.
    #[error("`{name}` is a keyword of WIT, or of one of the languages")]
    Keyword {
        /// The word.
        name: String,
    },
    /// A module of Python's.
    #[error(
        "`{name}` is a module of Python's standard library, which a tool of that name would hide"
    )]
    StandardLibrary {
        /// The word.
        name: String,
    },
    /// In use.
    #[error("`{name}` is the name of something that every project has")]
    Taken {
        /// The word.
        name: String,
    },
}

impl Name {
    /// As it is: `csv-report`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With `_`: `csv_report`.
    pub fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// In one word: `CsvReport`.
    pub fn pascal(&self) -> String {
        self.0.split('-').map(capitalised).collect()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        let chars = name.chars().count();
        if chars > NAME_CHARS_MAX {
            return Err(NameError::TooLong { chars });
        }
        let name = name.to_owned();
        if !is_kebab(&name) {
            return Err(NameError::Form {
                meant: meant(&name),
                name,
            });
        }
        if is_keyword(&name) {
            return Err(NameError::Keyword { name });
        }
        if MODULES_OF_PYTHON
            .split_whitespace()
            .any(|module| module == name)
        {
            return Err(NameError::StandardLibrary { name });
        }
        if TAKEN.contains(&name.as_str()) {
            return Err(NameError::Taken { name });
        }
        Ok(Self(name))
    }
}

fn is_keyword(name: &str) -> bool {
    RESERVED.split_whitespace().any(|word| word == name)
}

/// WIT permits more (acronyms in capitals, words that begin with a digit), of which not every language can make a name.
fn is_kebab(name: &str) -> bool {
    name.split('-').all(|word| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|rest| rest.is_ascii_lowercase() || rest.is_ascii_digit())
    })
}

/// `CsvReport`, `csv_report` and `csv report` were meant to be `csv-report`.
fn meant(name: &str) -> Option<String> {
    let mut kebab = String::new();
    let mut in_word = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && in_word && !kebab.ends_with('-') {
                kebab.push('-');
            }
            kebab.push(character.to_ascii_lowercase());
        } else if !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
        in_word = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    let kebab = kebab.trim_end_matches('-').to_owned();
    (is_kebab(&kebab) && !is_keyword(&kebab)).then_some(kebab)
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_words_with_hyphens_between_them() {
        for name in ["a", "csv-report", "a1", "mp3-to-wav", &"x".repeat(64)] {
            assert_eq!(name.parse::<Name>().unwrap().as_str(), name);
        }
        let name: Name = "csv-to2-wav".parse().unwrap();
        assert_eq!(name.snake(), "csv_to2_wav");
        assert_eq!(name.pascal(), "CsvTo2Wav");
    }

    #[test]
    fn refuses_what_is_no_name_somewhere() {
        for name in [
            "", "-", "a-", "-a", "a--b", "1a", "a-1", "A", "a_b", "a b", "a.b", "a/b", "../a", "é",
            "a\0",
        ] {
            assert!(
                matches!(name.parse::<Name>(), Err(NameError::Form { .. })),
                "{name:?}"
            );
        }
        let long = "x".repeat(65).parse::<Name>();
        assert_eq!(long, Err(NameError::TooLong { chars: 65 }));
    }

    #[test]
    fn refuses_keywords_and_names_that_are_taken() {
        for name in [
            "world",
            "interface",
            "fn",
            "class",
            "lambda",
            "chan",
            "async",
        ] {
            assert!(
                matches!(name.parse::<Name>(), Err(NameError::Keyword { .. })),
                "{name:?}"
            );
        }
        for name in ["json", "csv", "time", "logging"] {
            assert!(matches!(
                name.parse::<Name>(),
                Err(NameError::StandardLibrary { .. })
            ));
        }
        for name in TAKEN {
            assert!(
                matches!(name.parse::<Name>(), Err(NameError::Taken { .. })),
                "{name:?}"
            );
        }
        assert!("my-class".parse::<Name>().is_ok());
    }

    #[test]
    fn says_which_name_was_probably_meant() {
        for (name, expected) in [
            ("CsvReport", Some("csv-report")),
            ("csv_report", Some("csv-report")),
            ("csv report!", Some("csv-report")),
            ("Class", None),
            ("1st", None),
            ("", None),
        ] {
            let Err(NameError::Form { meant, .. }) = name.parse::<Name>() else {
                panic!("`{name}` is a name");
            };
            assert_eq!(meant.as_deref(), expected, "{name}");
        }
    }
}
