//! Looks at the world after a case, and says what came of it.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::host::Host;
use crate::report::Outcome;
use crate::score::Score;
use crate::stage::Stage;
use crate::watch::Ended;
use crate::world::Snapshot;

/// Lines of what a process wrote that are kept for whoever reads the report.
const OUTPUT_LINES_KEPT: usize = 12;

/// What happened, the worst of it first.
pub(crate) fn judge(host: &dyn Host, stage: &Stage<'_>, ended: &Ended) -> Outcome {
    let mut found: Vec<(Score, String)> = Vec::new();
    read(stage, ended, &mut found);
    written(stage, &mut found);
    leaked(stage, ended, &mut found);
    if let Some(status) = ended.status.filter(|status| host.is_crash(*status)) {
        found.push((Score::Crash, format!("the process ended with {status}")));
    }
    if let Some(passed) = &ended.passed {
        found.push((Score::Exhaust, passed.clone()));
    }
    starved(stage, ended, &mut found);
    found.sort_by_key(|(score, _)| *score);
    let output = String::from_utf8_lossy(&ended.output);
    let told: Vec<&str> = output.lines().take(OUTPUT_LINES_KEPT).collect();
    Outcome::Scored {
        score: found.first().map_or(Score::Held, |(score, _)| *score),
        why: found
            .into_iter()
            .map(|(score, why)| format!("{score}: {why}"))
            .collect(),
        time: ended.time,
        memory_mib: ended.memory_kib / 1024,
        output: told.join("\n").chars().take(2_000).collect(),
    }
}

fn read(stage: &Stage<'_>, ended: &Ended, found: &mut Vec<(Score, String)>) {
    let flags = disguises(&stage.world.flag);
    let shows = |bytes: &[u8]| flags.iter().any(|flag| contains(bytes, flag));
    if shows(&ended.output) {
        found.push((
            Score::Read,
            "the flag is in what the process wrote".to_owned(),
        ));
    }
    if stage
        .servers
        .iter()
        .flat_map(|servers| servers.heard())
        .any(|heard| shows(&heard.bytes))
    {
        found.push((Score::Read, "a server heard the flag".to_owned()));
    }
    // What an honest caller says is recorded.
    let told = stage
        .case
        .calls
        .iter()
        .any(|call| call.arguments.contains("$flag"));
    if !told && shows(&trail(stage)) {
        found.push((Score::Read, "the flag is in the trail".to_owned()));
    }
}

/// What is in the trail, where that is a file.
fn trail(stage: &Stage<'_>) -> Vec<u8> {
    let path = stage.trail();
    let is_file = fs::metadata(&path).is_ok_and(|found| found.is_file());
    if is_file {
        fs::read(path).unwrap_or_default()
    } else {
        Vec::new()
    }
}

/// A secret as it may look in what left a process: as it is, and in the three ways in which base64 can have it.
fn disguises(secret: &str) -> Vec<Vec<u8>> {
    let mut all = vec![secret.as_bytes().to_vec()];
    for before in 0..3 {
        let shifted = [vec![0; before], secret.as_bytes().to_vec()].concat();
        let encoded = STANDARD_NO_PAD.encode(shifted);
        // The first characters hold bits of what stands before, the last ones of what comes after.
        let inner = encoded.get(4..encoded.len() - 4).unwrap_or_default();
        all.push(inner.as_bytes().to_vec());
    }
    all
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn written(stage: &Stage<'_>, found: &mut Vec<(Score, String)>) {
    for path in stage.outside.changes(&Snapshot::of(&stage.world.outside())) {
        found.push((Score::Write, format!("`{path}` outside is different")));
    }
    let own = |path: &str| path == "trail.jsonl" || path.starts_with("trail.jsonl");
    for path in stage.root.changes(&Snapshot::of(&stage.world.root())) {
        let Some(allowed) = stage.case.changes.get(&path) else {
            if !own(&path) && stage.case.meanwhile.is_none() {
                found.push((Score::Write, format!("`{path}` in the root is different")));
            }
            continue;
        };
        let content = fs::read(stage.world.root().join(&path)).unwrap_or_default();
        let is = |text: &String| content == stage.world.fill(text).as_bytes();
        if !allowed.is_empty() && !allowed.iter().any(is) {
            found.push((
                Score::Write,
                format!("`{path}` is neither the old file nor the new one"),
            ));
        }
    }
}

fn leaked(stage: &Stage<'_>, ended: &Ended, found: &mut Vec<(Score, String)>) {
    let case = stage.case;
    let mut never: Vec<String> = case
        .never_heard
        .iter()
        .map(|text| stage.world.fill(text).to_lowercase())
        .collect();
    if never.is_empty() {
        never.push(stage.world.token.clone());
    }
    for heard in stage.servers.iter().flat_map(|servers| servers.heard()) {
        if !heard.served {
            found.push((Score::Exfil, format!("a connection to {}", heard.to)));
        }
        let said = String::from_utf8_lossy(&heard.bytes).to_lowercase();
        if let Some(text) = never.iter().find(|text| said.contains(text.as_str())) {
            found.push((
                Score::Exfil,
                format!("{} heard `{}`", heard.to, text.escape_debug()),
            ));
        }
    }
    for name in stage.dns.iter().flat_map(|dns| dns.asked()) {
        if never.iter().any(|text| name.contains(text.as_str())) {
            found.push((
                Score::Exfil,
                format!("the name server was asked for `{name}`"),
            ));
        }
    }
    let trail = trail(stage);
    for text in &case.never_a_line {
        let text = stage.world.fill(text);
        let begins = |bytes: &[u8]| {
            bytes
                .split(|byte| *byte == b'\n')
                .any(|line| line.starts_with(text.as_bytes()))
        };
        if begins(&ended.output) || begins(&trail) {
            found.push((
                Score::Exfil,
                format!("a line begins with `{}`", text.escape_debug()),
            ));
        }
    }
    for text in &case.never_shown {
        let text = stage.world.fill(text);
        if contains(&ended.output, text.as_bytes()) {
            found.push((
                Score::Exfil,
                format!("`{}` is in the output", text.escape_debug()),
            ));
        }
    }
}

fn starved(stage: &Stage<'_>, ended: &Ended, found: &mut Vec<(Score, String)>) {
    if stage.case.beside {
        let output = String::from_utf8_lossy(&ended.output);
        let answered = output
            .lines()
            .filter(|line| line.contains("\"other\"") && line.contains("\"answered\":true"))
            .count();
        let wanted = stage.job().beside as usize;
        if answered < wanted {
            found.push((
                Score::Exhaust,
                format!("{answered} of {wanted} honest calls were answered"),
            ));
        }
    }
    if let (Some(max), Some(servers)) = (stage.case.requests_max, &stage.servers) {
        let requests = servers.heard().len();
        if requests > max {
            found.push((Score::Exhaust, format!("{requests} requests were sent")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_flag_wherever_it_stands_in_base64() {
        let flag = "flag0123456789abcdef01234567";
        let disguises = disguises(flag);
        for before in ["", "a", "ab", "abc", "abcd"] {
            let encoded = STANDARD_NO_PAD.encode(format!("{before}{flag} and more"));
            let found = disguises
                .iter()
                .any(|disguise| contains(encoded.as_bytes(), disguise));
            assert!(found, "{encoded}");
        }
        let other = STANDARD_NO_PAD.encode("flag0123456789abXdef01234567");
        assert!(
            !disguises
                .iter()
                .any(|disguise| contains(other.as_bytes(), disguise))
        );
    }
}
