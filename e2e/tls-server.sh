#!/usr/bin/env bash
# A node that speaks TLS by its community's own authority, new each time: onboarding at the address given, the pages on the
# port after it. What `init` said, with the one-time code, stands in the directory given.
set -euo pipefail
address=$1 directory=$2
koinon=${KOINON_BUILT:-target/debug}/koinon
rm -rf "$directory"
mkdir -p "$directory"
"$koinon" region new --communities 4 --population 5000 --layout ring >"$directory/region.toml"
"$koinon" init --data "$directory/node" --community alder --region "$directory/region.toml" --name alder.internal --json >"$directory/said.json"
exec "$koinon" serve --data "$directory/node" --tls --listen "${address%:*}:$((${address##*:} + 1))" --onboarding "$address"
