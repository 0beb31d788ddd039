//! The host's functions as they are in the WIT: what the modules of this crate are made of.
//!
//! Records, variants and enums are those of the modules: only functions and handles are generated.

wit_bindgen::generate!({
    path: ["wit/log", "wit/files", "wit/http", "wit/clock", "wit/random", "wit/progress", "wit/key-value", "wit/tools", "wit/secret"],
    inline: "
        package bailiwick:sdk@0.1.0;

        world sdk {
            import bailiwick:log/log@0.1.0;
            import bailiwick:files/read-file@0.1.0;
            import bailiwick:files/write-file@0.1.0;
            import bailiwick:files/list-files@0.1.0;
            import bailiwick:http/http-get@0.1.0;
            import bailiwick:http/http-request@0.1.0;
            import bailiwick:clock/clock@0.1.0;
            import bailiwick:random/random@0.1.0;
            import bailiwick:progress/progress@0.1.0;
            import bailiwick:key-value/key-value@0.1.0;
            import bailiwick:tools/call-tool@0.1.0;
            import bailiwick:secret/secret@0.1.0;
        }
    ",
    with: {
        "bailiwick:log/log@0.1.0/level": crate::log::Level,
        "bailiwick:files/types@0.1.0/error": crate::files::Error,
        "bailiwick:files/types@0.1.0/limit": crate::files::Limit,
        "bailiwick:files/list-files@0.1.0/kind": crate::files::Kind,
        "bailiwick:files/list-files@0.1.0/entry": crate::files::Entry,
        "bailiwick:http/types@0.1.0/error": crate::http::Error,
        "bailiwick:http/types@0.1.0/limit": crate::http::Limit,
        "bailiwick:http/types@0.1.0/header": crate::http::Header,
        "bailiwick:http/types@0.1.0/response": crate::http::Response,
        "bailiwick:clock/clock@0.1.0/error": crate::clock::Error,
        "bailiwick:clock/clock@0.1.0/instant": crate::clock::Instant,
        "bailiwick:random/random@0.1.0/error": crate::random::Error,
        "bailiwick:key-value/key-value@0.1.0/error": crate::key_value::Error,
        "bailiwick:key-value/key-value@0.1.0/keys": crate::key_value::Keys,
        "bailiwick:tools/call-tool@0.1.0/error": crate::tools::Error,
        "bailiwick:secret/secret@0.1.0/error": crate::secret::Error,
    },
    generate_all,
});
