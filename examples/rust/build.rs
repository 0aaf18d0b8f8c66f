//! Declares what is in spane.h with the `bindgen` command, and links libspane; both are found by pkg-config.

use std::{env, process::Command};

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_string()
}

fn main() {
    let variable = |name: &str| output(Command::new("pkg-config").arg(format!("--variable={name}")).arg("spane"));
    let header = variable("includedir") + "/spane.h";
    let bindings = env::var("OUT_DIR").unwrap() + "/spane.rs";
    let only =
        ["--size_t-is-usize", "--no-layout-tests", "--allowlist-function", "spane_.*", "--allowlist-var", "SPANE_.*", "--output"];
    output(Command::new("bindgen").arg(&header).args(only).arg(bindings));
    println!("cargo:rustc-link-search=native={}", variable("libdir"));
    println!("cargo:rustc-link-lib=dylib=spane");
    println!("cargo:rerun-if-changed={header}");
}
