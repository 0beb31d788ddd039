// Proves that the package can be published: its tests, its types, and the packed file installed into a project of its own.
// What `bailiwick build` puts around a tool is tested here too, since it needs Node as well.
//
// `node check.mjs`, with `tsc` in PATH.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "bailiwick-sdk-"));

function run(folder, program, ...words) {
  console.log(`$ ${program} ${words.join(" ")}`);
  return execFileSync(program, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

function runTests() {
  const tests = readdirSync(join(here, "test")).filter((name) => name.endsWith(".test.mjs"));
  console.log(run(here, "node", "--import", "./test/register.mjs", "--test", ...tests.map((name) => `test/${name}`)));
}

function runTestsOfTheBuild() {
  const folder = join(here, "../../author/project/src/language/javascript");
  console.log(run(folder, "node", "--test", "values.test.mjs"));
}

/** The sources type-check, and `types` is what they give. */
function checkTypes() {
  const fresh = join(scratch, "types");
  run(here, "tsc", "--project", ".", "--outDir", fresh);
  for (const name of new Set([...files(fresh), ...files(join(here, "types"))])) {
    const [made, kept] = [fresh, join(here, "types")].map((folder) => textOf(join(folder, name)));
    if (made !== kept) throw new Error(`types/${name} is not what the sources give: npm run types`);
  }
}

function textOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Every item that is exported has its words and, functions and classes, an example. */
function checkDocs() {
  for (const name of files(join(here, "src"))) {
    const text = readFileSync(join(here, "src", name), "utf8");
    for (const [declaration, comment] of exported(text)) {
      if (comment === undefined) throw new Error(`src/${name}: no words for \`${declaration}\``);
      if (name !== "arguments.js" && !comment.includes("@example")) throw new Error(`src/${name}: no example for \`${declaration}\``);
    }
  }
}

function* exported(text) {
  for (const found of text.matchAll(/^export (?:class|function\*?) .*$/gm)) {
    const before = text.slice(0, found.index).trimEnd();
    const start = before.lastIndexOf("/**");
    yield [found[0], before.endsWith("*/") && start >= 0 ? before.slice(start) : undefined];
  }
}

/** What a project gets that installs the packed file: every entry point runs, and type-checks in strict mode. */
function installPacked() {
  const [{ filename }] = JSON.parse(run(here, "npm", "pack", "--json", "--pack-destination", scratch));
  const project = join(scratch, "project");
  cpSync(join(here, "test", "consumer"), project, { recursive: true });
  cpSync(join(here, "test", "fake"), join(project, "fake"), { recursive: true });
  for (const name of ["register.mjs", "loader.mjs"]) cpSync(join(here, "test", name), join(project, name));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  run(project, "npm", "install", "--no-audit", "--no-fund", "--offline", join(scratch, filename));
  run(project, "tsc", "--project", ".");
  console.log(run(project, "node", "--import", "./register.mjs", "consumer.mjs"));
}

try {
  runTests();
  runTestsOfTheBuild();
  checkTypes();
  checkDocs();
  installPacked();
  console.log("ok");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
