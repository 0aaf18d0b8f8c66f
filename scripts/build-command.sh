#!/usr/bin/env bash
# Builds .build_shared/release/spane-cli: the command with the Swift runtime inside, so that users need no Swift.
#   BUILD_FLAGS   more flags for swift build, such as "-j 1"
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra flags <<<"${BUILD_FLAGS:-}"
build=(swift build -c release --product spane-cli "${flags[@]}")
"${build[@]}"
built=$("${build[@]}" --show-bin-path)
out=.build_shared/release
mkdir -p "$out"
if [ "$out/spane-cli" -nt "$built/spane-cli" ] && [ "$out/spane-cli" -nt "$0" ]; then exit 0; fi

# swift build --static-swift-stdlib would compile all of it a second time, for the same objects, so they are linked here. They
# call main by the name of their module, and do not name what the static Foundation is made of.
read -ra hdf5 <<<"$(pkg-config --libs hdf5)"
swiftc -static-stdlib -emit-executable "@$built/spane-cli.product/Objects.LinkFileList" -o "$out/new-spane-cli" \
    -l_FoundationCollections -l_FoundationCShims "${hdf5[@]}" -lstdc++ \
    -Xlinker --defsym=main=spane_cli_main -Xlinker --gc-sections -Xlinker --strip-all
# Another program may be using the file, so it is replaced in one step.
mv -f "$out/new-spane-cli" "$out/spane-cli"
