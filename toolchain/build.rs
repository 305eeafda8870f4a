//! Compiles the routines for the host, under names that do not clash with the host's own.

const RENAMED: [&str; 10] = [
    "__multi3",
    "__udivti3",
    "__umodti3",
    "__divti3",
    "__modti3",
    "memcpy",
    "memmove",
    "memset",
    "memcmp",
    "bcmp",
];

fn main() {
    println!("cargo::rerun-if-changed=routines");
    let mut build = cc::Build::new();
    build.file("routines/int128.c").file("routines/memory.c");
    for name in RENAMED {
        build.define(name, format!("tenor_{}", name.trim_start_matches('_')).as_str());
    }
    build
        .flag("-fno-builtin")
        .warnings_into_errors(true)
        .compile("routines");
}
