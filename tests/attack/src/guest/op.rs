//! The operations of a script, as a case's data has them: an array each, its first word the operation.

use toml::Value;

use crate::world::World;

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Read(String),
    ReadRange(String, u64, u32),
    /// Opens, seeks, and reads so often.
    Open(String, u64, u32),
    /// Opens and keeps.
    Keep(String),
    Write(String, String),
    /// Creates, writes, and ends with `commit`, `drop`, `leak`, `trap` or `spin`.
    Create(String, String, String),
    List(String),
    Get(String),
    /// Opens, and reads so often.
    Stream(String, u32),
    Send {
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        body: Option<String>,
    },
    /// Announces a length, and writes so often.
    Upload(String, Option<u64>, String, u32),
    Log(String),
    Random(u32),
    Elapsed,
    Repeat(u32, Vec<Op>),
    /// Statements of core Wasm.
    Core(String),
}

/// Reads a script.
pub(crate) fn parse(script: &[Value], world: &World) -> Result<Vec<Op>, String> {
    script.iter().map(|value| op(value, world)).collect()
}

fn op(value: &Value, world: &World) -> Result<Op, String> {
    let wrong = || format!("`{value}` is no operation");
    let words = value.as_array().ok_or_else(wrong)?;
    let text = |at: usize| {
        let word = words.get(at).ok_or_else(wrong)?;
        spelled(word, world).ok_or_else(wrong)
    };
    let number = |at: usize| {
        let number = words
            .get(at)
            .and_then(Value::as_integer)
            .ok_or_else(wrong)?;
        u64::try_from(number).map_err(|_| wrong())
    };
    let small = |at: usize| u32::try_from(number(at)?).map_err(|_| wrong());
    Ok(match text(0)?.as_str() {
        "read" => Op::Read(text(1)?),
        "read-range" => Op::ReadRange(text(1)?, number(2)?, small(3)?),
        "open" => Op::Open(text(1)?, number(2)?, small(3)?),
        "keep" => Op::Keep(text(1)?),
        "write" => Op::Write(text(1)?, text(2)?),
        "create" => Op::Create(text(1)?, text(2)?, text(3)?),
        "list" => Op::List(text(1)?),
        "get" => Op::Get(text(1)?),
        "stream" => Op::Stream(text(1)?, small(2)?),
        "send" => Op::Send {
            method: text(1)?,
            url: text(2)?,
            headers: headers(words.get(3), world).ok_or_else(wrong)?,
            body: match words.get(4) {
                Some(_) => Some(text(4)?),
                None => None,
            },
        },
        "upload" => Op::Upload(text(1)?, number(2).ok(), text(3)?, small(4)?),
        "log" => Op::Log(text(1)?),
        "random" => Op::Random(small(1)?),
        "elapsed" => Op::Elapsed,
        "repeat" => {
            let inner = words.get(2..).unwrap_or_default();
            Op::Repeat(small(1)?, parse(inner, world)?)
        }
        "core" => Op::Core(text(1)?),
        _ => return Err(wrong()),
    })
}

/// A text, or one that is made of another: `{ again = "a/", times = 1000, then = "b" }`.
fn spelled(value: &Value, world: &World) -> Option<String> {
    match value {
        Value::String(text) => Some(world.fill(text)),
        Value::Table(table) => {
            let times = usize::try_from(table.get("times")?.as_integer()?).ok()?;
            let part = |name: &str| {
                let text = table.get(name).and_then(Value::as_str).unwrap_or_default();
                world.fill(text)
            };
            Some(part("first") + &part("again").repeat(times) + &part("then"))
        }
        _ => None,
    }
}

fn headers(value: Option<&Value>, world: &World) -> Option<Vec<(String, String)>> {
    let Some(value) = value else {
        return Some(Vec::new());
    };
    let pair = |pair: &Value| {
        let pair = pair.as_array()?;
        Some((
            spelled(pair.first()?, world)?,
            spelled(pair.get(1)?, world)?,
        ))
    };
    value.as_array()?.iter().map(pair).collect()
}
