#!/usr/bin/env bash
# Builds the Debian package, and prints its path:
#   packaging/deb.sh [OPTIONS FOR cargo deb…]      such as --deb-version 0.1.0-2, or --output FOLDER
# It needs cargo-deb (`cargo install --locked cargo-deb`), dpkg-dev and Python 3.11. Whoever gives the package to others sets
# DEBFULLNAME and DEBEMAIL, as for other packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

made=target/packaging
program=${CARGO_TARGET_DIR:-target}/release/dakbox

cargo build --release --locked >&2
mkdir -p "$made"

# What the program says of itself.
"$program" man | gzip -9n >"$made/dakbox.1.gz"
"$program" completions bash >"$made/dakbox.bash"
"$program" completions zsh >"$made/_dakbox"
"$program" completions fish >"$made/dakbox.fish"

# The settings: the example, with the folders that the unit knows. A line that is not found there stops it.
set_line() {
  grep -qxF -- "$1" "$made/config.toml" || { printf 'config.example.toml has no line %s\n' "$1" >&2; exit 1; }
  awk -v old="$1" -v new="$2" '$0 == old { print new; next } { print }' "$made/config.toml" >"$made/config.new"
  mv "$made/config.new" "$made/config.toml"
}
cp config.example.toml "$made/config.toml"
set_line '# The settings of dakbox, each at its default. A file with nothing in it means the same.' \
  '# The settings of dakbox, each at its default but for two folders: `root`, and `dir` in [state].'
set_line 'root = "clips"' 'root = "/srv/clips"'
set_line '# dir = "/var/lib/dakbox"' 'dir = "/var/lib/dakbox"'
"$program" --config "$made/config.toml" check >/dev/null

version=$(cargo metadata --locked --no-deps --format-version 1 |
  python3 -c 'import json, sys; print(*[p["version"] for p in json.load(sys.stdin)["packages"] if p["name"] == "dakbox"])')
maintainer="${DEBFULLNAME:-The dakbox authors} <${DEBEMAIL:-dakbox@localhost}>"
packaging/papers.py "$made" "$version-1" "$maintainer"
gzip -9nc CHANGELOG.md >"$made/changelog.gz"

cargo deb --no-build --locked --maintainer "$maintainer" "$@"
