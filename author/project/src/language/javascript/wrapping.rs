//! A core module in which each function that borrows has another around it, under its name.

use std::collections::HashMap;

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, RawSection,
};
use wasmparser::{
    BinaryReader, CodeSectionReader, CompositeInnerType, ExportSectionReader, ExternalKind, Parser,
    Payload, TypeRef,
};

use super::handles::{Borrower, part};
use crate::error::Cause;

/// The prefix of the function that is called after the return of another.
const POST_RETURN: &str = "cabi_post_";

/// What is known of a module before it is written anew.
#[derive(Default)]
struct Known {
    /// How many parameters each function type has.
    parameters: Vec<u32>,
    /// The type of each function, the imported ones first.
    functions: Vec<u32>,
    /// Imported functions by module and name.
    imports: HashMap<(String, String), u32>,
    /// Exported functions by name.
    exports: HashMap<String, u32>,
}

/// A function that is added: its type, its body, and the export that becomes it.
struct Added {
    export: String,
    function_type: u32,
    body: Function,
}

/// The module, or the same bytes where it exports none of the borrowers.
pub(super) fn wrap(module: &[u8], borrowers: &[Borrower]) -> Result<Vec<u8>, Cause> {
    let known = Known::read(module)?;
    let mut added = Vec::new();
    for borrower in borrowers {
        if let Some(function) = known.exports.get(&borrower.export) {
            added.push(known.around(*function, borrower)?);
            added.extend(known.instead_of_post_return(borrower));
        }
    }
    if added.is_empty() {
        return Ok(module.to_vec());
    }
    known.write(module, &added)
}

impl Known {
    fn read(module: &[u8]) -> Result<Self, Cause> {
        let mut known = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(types) => {
                    for group in types {
                        for defined in group?.into_types() {
                            known.parameters.push(match defined.composite_type.inner {
                                CompositeInnerType::Func(function) => {
                                    u32::try_from(function.params().len())?
                                }
                                _ => 0,
                            });
                        }
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        if let TypeRef::Func(function_type) = import.ty {
                            let key = (import.module.to_owned(), import.name.to_owned());
                            let index = u32::try_from(known.functions.len())?;
                            known.imports.insert(key, index);
                            known.functions.push(function_type);
                        }
                    }
                }
                Payload::FunctionSection(functions) => {
                    for function_type in functions {
                        known.functions.push(function_type?);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            known.exports.insert(export.name.to_owned(), export.index);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(known)
    }

    fn type_of(&self, function: u32) -> Result<u32, Cause> {
        let found = self.functions.get(function as usize).copied();
        found.ok_or_else(|| "an export is no function of its module".into())
    }

    /// Calls the function with the same parameters, then drops its handles; what it returned stays on the stack.
    fn around(&self, function: u32, borrower: &Borrower) -> Result<Added, Cause> {
        let function_type = self.type_of(function)?;
        let parameters = self.parameters.get(function_type as usize).copied();
        let mut body = Function::new([]);
        let mut code = body.instructions();
        for parameter in 0..parameters.unwrap_or_default() {
            code.local_get(parameter);
        }
        code.call(function);
        for handle in &borrower.handles {
            let key = (handle.interface.clone(), handle.drop.clone());
            let drop = self.imports.get(&key).copied();
            let drop = drop.ok_or_else(|| format!("nothing drops `{}`", handle.interface))?;
            code.local_get(handle.parameter).call(drop);
        }
        code.end();
        Ok(Added {
            export: borrower.export.clone(),
            function_type,
            body,
        })
    }

    /// Does nothing.
    fn instead_of_post_return(&self, borrower: &Borrower) -> Option<Added> {
        let export = format!("{POST_RETURN}{}", borrower.export);
        let function_type = self.type_of(*self.exports.get(&export)?).ok()?;
        let mut body = Function::new([]);
        body.instructions().end();
        Some(Added {
            export,
            function_type,
            body,
        })
    }

    /// The functions come last, so that no index changes.
    fn write(&self, bytes: &[u8], added: &[Added]) -> Result<Vec<u8>, Cause> {
        let mut module = Module::new();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::FunctionSection(functions) => {
                    let mut section = FunctionSection::new();
                    for function_type in functions {
                        section.function(function_type?);
                    }
                    for function in added {
                        section.function(function.function_type);
                    }
                    module.section(&section);
                }
                Payload::ExportSection(exports) => {
                    module.section(&self.exports(exports, added)?);
                }
                Payload::CodeSectionStart { range, .. } => {
                    module.section(&code(part(bytes, range)?, added)?);
                }
                payload => {
                    if let Some((id, range)) = payload.as_section() {
                        let data = part(bytes, range)?;
                        module.section(&RawSection { id, data });
                    }
                }
            }
        }
        Ok(module.finish())
    }

    /// The same exports, with the added functions in the place of those that they are around.
    fn exports(
        &self,
        exports: ExportSectionReader<'_>,
        added: &[Added],
    ) -> Result<ExportSection, Cause> {
        let mut section = ExportSection::new();
        for export in exports {
            let export = export?;
            let kind = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
                ExternalKind::Table => ExportKind::Table,
                ExternalKind::Memory => ExportKind::Memory,
                ExternalKind::Global => ExportKind::Global,
                ExternalKind::Tag => ExportKind::Tag,
            };
            let replaced = added
                .iter()
                .position(|function| function.export == export.name);
            let index = match replaced {
                Some(position) => u32::try_from(self.functions.len() + position)?,
                None => export.index,
            };
            section.export(export.name, kind, index);
        }
        Ok(section)
    }
}

fn code(bytes: &[u8], added: &[Added]) -> Result<CodeSection, Cause> {
    let mut section = CodeSection::new();
    for body in CodeSectionReader::new(BinaryReader::new(bytes, 0))? {
        section.raw(part(bytes, body?.range())?);
    }
    for function in added {
        section.function(&function.body);
    }
    Ok(section)
}

#[cfg(test)]
mod tests {
    //! A module before and after.

    use wasmparser::{Operator, Validator};

    use super::super::handles::Borrowed;
    use super::*;

    const MODULE: &str = r#"(module
        (import "bailiwick:files/types@0.1.0" "[resource-drop]reader" (func (param i32)))
        (import "bailiwick:files/types@0.1.0" "[resource-drop]writer" (func (param i32)))
        (memory (export "memory") 1)
        (func (export "it#copy") (param i32 i64 i32) (result i32) i32.const 7)
        (func (export "cabi_post_it#copy") (param i32) unreachable)
        (func (export "it#other") (param i32) (result i32) i32.const 8)
    )"#;

    fn borrower(export: &str) -> Borrower {
        let handle = |parameter, drop: &str| Borrowed {
            parameter,
            interface: "bailiwick:files/types@0.1.0".to_owned(),
            drop: drop.to_owned(),
        };
        Borrower {
            export: export.to_owned(),
            handles: vec![
                handle(0, "[resource-drop]reader"),
                handle(2, "[resource-drop]writer"),
            ],
        }
    }

    /// The instructions of an exported function, its calls as numbers of functions.
    fn instructions(module: &[u8], export: &str) -> Vec<String> {
        let known = Known::read(module).unwrap();
        let index = known.exports[export] as usize - known.imports.len();
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                bodies.push(body);
            }
        }
        let operators = bodies[index].get_operators_reader().unwrap();
        operators
            .into_iter()
            .map(|operator| match operator.unwrap() {
                Operator::LocalGet { local_index } => format!("get {local_index}"),
                Operator::Call { function_index } => format!("call {function_index}"),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn drops_what_was_borrowed_between_the_function_and_its_return() {
        let module = wat::parse_str(MODULE).unwrap();
        let wrapped = wrap(&module, &[borrower("it#copy")]).unwrap();
        Validator::new().validate_all(&wrapped).unwrap();
        assert_eq!(
            instructions(&wrapped, "it#copy"),
            [
                "get 0", "get 1", "get 2", "call 2", "get 0", "call 0", "get 2", "call 1", "End"
            ]
        );
        assert_eq!(instructions(&wrapped, "cabi_post_it#copy"), ["End"]);
    }

    #[test]
    fn other_functions_and_modules_stay_as_they_are() {
        let module = wat::parse_str(MODULE).unwrap();
        let wrapped = wrap(&module, &[borrower("it#copy")]).unwrap();
        assert_eq!(
            instructions(&wrapped, "it#other"),
            instructions(&module, "it#other")
        );
        assert_eq!(wrap(&module, &[borrower("it#none")]).unwrap(), module);
    }

    #[test]
    fn a_module_that_cannot_drop_what_it_borrows_is_refused() {
        let module =
            r#"(module (func (export "it#copy") (param i32 i64 i32) (result i32) i32.const 7))"#;
        let module = wat::parse_str(module).unwrap();
        let error = wrap(&module, &[borrower("it#copy")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "nothing drops `bailiwick:files/types@0.1.0`"
        );
    }
}
