//! Builds the tool's core module as `bailiwick build` does, for editors and for `zig build`.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .wasi });
    const c = b.addTranslateC(.{
        .root_source_file = b.path("src/c.h"),
        .target = target,
        .optimize = .ReleaseSmall,
        .link_libc = true,
    });
    c.addIncludePath(b.path("bindings"));
    c.defineCMacro("BAILIWICK_WORLD", "conformance");

    const tool = b.addExecutable(.{
        .name = "conformance-zig",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/main.zig"),
            .target = target,
            .optimize = .ReleaseSmall,
            .link_libc = true,
        }),
    });
    tool.root_module.addImport("c", c.createModule());
    tool.root_module.addCSourceFile(.{ .file = b.path("bindings/conformance.c") });
    tool.root_module.addObjectFile(b.path("bindings/conformance_component_type.o"));
    tool.wasi_exec_model = .reactor;
    tool.entry = .disabled;
    b.installArtifact(tool);
}
