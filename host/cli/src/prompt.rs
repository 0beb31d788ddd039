//! `bailiwick prompt`: a policy in words, for a model or a reader.

use bailiwick::policy::prompt;

use crate::args::Prompt;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy::PolicyFile;
use crate::terminal::{self, visible_lines};

pub(crate) fn prompt(prompt: &Prompt) -> Result<Exit, Failure> {
    let file = PolicyFile::read(&prompt.policy)?;
    let text = match &prompt.tool {
        Some(name) => prompt::join(&[prompt::tool(file.tool(name)?, &[], None)]),
        None => prompt::policy(&file.policy),
    };
    terminal::put(&visible_lines(&text))?;
    Ok(Exit::Success)
}
