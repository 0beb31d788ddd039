//! `bailiwick schema`: JSON Schemas for editors and collectors.

use bailiwick::policy::policy_schema;

use crate::args::{Schema, SchemaOf};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;

pub(crate) fn schema(schema: &Schema) -> Result<Exit, Failure> {
    match schema.what {
        SchemaOf::Policy => terminal::put_json(policy_schema().trim_end())?,
        SchemaOf::Audit => terminal::put_value(&bailiwick::audit::schema())?,
    }
    Ok(Exit::Success)
}
