//! The words between the commands of the example.

use std::path::Path;

/// Before anything runs.
pub(super) const OPENING: &str = "
================================================================================
 A tool, what it may do, what it did
================================================================================

`csv-report` comes from somebody you do not know. It is a WebAssembly component:
code that can do nothing but compute, and call what it imports. The operator
allows it three things, in a file that a person can read:
";

/// Before the honest tool.
pub(super) const HONEST: &str = "
--- 1. The tool does its job ---------------------------------------------------

The table has the price of a Big Mac in 54 currencies (data: The Economist, CC BY
4.0). The rates are those of the European Central Bank, from a small server that
this demo runs on loopback.
";

/// Before the hostile tool.
pub(super) const HOSTILE: &str = "
--- 2. A hostile tool, the same three lines ------------------------------------

`data-thief` takes the same arguments and was allowed the same three things. It
tries to read what it was not given, to write elsewhere, to reach other servers,
and to carry the table out through the one that it may reach.
";

/// Before the tool that uses everything up.
pub(super) const GREEDY: &str = "
--- 3. A greedy tool -----------------------------------------------------------

The same tool again, this time it takes all the memory, then computes for ever.
";

/// Before the audit trail.
pub(super) const PROOF: &str = "
--- 4. The proof ---------------------------------------------------------------

Every attempt was written down before it was carried out, each record with the
hash of the one before. First what the honest tool did, then what was denied, why
one of those was, and whether the trail is whole.
";

/// At the end.
pub(super) const CLOSING: &str = "
That was all: three lines of policy, one useful answer, nothing for the thief,
and a trail that shows both. The whole trail, the policy and the report are there
to look at:
";

/// Before the server, for an operator who wants to see an agent use the two tools.
pub(super) fn serving(folder: &Path, address: &str) -> String {
    format!(
        "
--- 5. The same two tools for an agent -----------------------------------------

An agent that speaks MCP over HTTP finds them at http://{address}/mcp, for example:

    claude mcp add --transport http bailiwick http://{address}/mcp

Ask it to make a report of `workspace/input.csv` in EUR, with the rates and the
output that the policy names, and then one of `workspace/private/payroll.csv`. What
it does, and what it is refused, appears here. Ctrl-C ends it. The policy is
{}; a change of it is served at once.
",
        folder.join("bailiwick.toml").display()
    )
}
