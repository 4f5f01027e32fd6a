#!/usr/bin/env bash
# Builds the package, looks at it with lintian, and has it installed, worked with, upgraded, removed and purged in a small
# Debian of its own, which has no network. Takes root, and about five minutes. What it needs and does not find, it names.
# DAKBOX_DEBIAN=FOLDER: a small Debian that debootstrap has made before, to be copied.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

passed=0 failed=0
# check NAME COMMAND…
check() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n%s\n' "$name" "$(tail -n 15 <<<"$said")"
  fi
}

needed() {
  local tool missing=()
  for tool in debootstrap lintian dpkg-shlibdeps:dpkg-dev ip:iproute2 unshare:util-linux python3; do
    command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  [ ${#missing[@]} = 0 ] || { echo "missing: ${missing[*]}" >&2; return 1; }
  cargo deb --version >/dev/null 2>&1 || { echo 'missing: cargo install --locked cargo-deb' >&2; return 1; }
  [ "$(id -u)" = 0 ] || { echo 'only root can make a Debian to install into' >&2; return 1; }
}

# The package twice: the second with a higher number and other settings.
build() {
  packaging/deb.sh --fast --output "$scratch/first.deb" &&
    printf '\n# A line that only the second one has.\n' >>target/packaging/config.toml &&
    cargo deb --no-build --locked --fast --deb-version 99.0-1 --output "$scratch/second.deb"
}

small_debian() {
  [ -z "${DAKBOX_DEBIAN-}" ] || { cp -a "$DAKBOX_DEBIAN" "$root"; return; }
  local suite mirror
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME") &&
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" | head -n 1) &&
    debootstrap --variant=minbase --include=ca-certificates,systemd-standalone-sysusers "$suite" "$root" "$mirror"
}

if [ $# = 0 ]; then
  needed || exit 1
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  root=$scratch/root
  check 'the package is built' build
  check 'lintian has nothing to say but what is excepted by name' \
    lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$scratch/first.deb"
  check 'a small Debian is made' small_debian
  [ $failed = 0 ] || exit 1
  # With processes, mounts and a network of its own, which end with it.
  unshare --mount --pid --net --fork --kill-child --mount-proc "$0" "$scratch" "$passed"
  exit
fi

# From here on inside.
scratch=$1 root=$1/root passed=$2
ip link set lo up
mount -t proc proc "$root/proc"

in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
# As somebody with the group of a shared folder, told of the stand-in and of no other service.
as() {
  local who=$1
  shift
  in_root runuser -u "$who" -g clips -- env NEMO_API_URL=http://127.0.0.1:8643 NEMO_WEB_URL=http://127.0.0.1:8643 "$@"
}
is() { [ "$1" = "$2" ] || { printf 'it is %s and should be %s\n' "$1" "$2"; return 1; }; }
owned() { is "$(in_root stat -c '%U:%G %a' "$1")" "$2"; }
there() { local path; for path; do [ -e "$root$path" ] || [ -L "$root$path" ] || { echo "$path is not there"; return 1; }; done; }
gone() { local path; for path; do [ ! -e "$root$path" ] && [ ! -L "$root$path" ] || { echo "$path is there"; return 1; }; done; }
said() { grep -qF -- "$1" "$scratch/dpkg" || { echo "nothing said of: $1"; cat "$scratch/dpkg"; return 1; }; }
dpkg_does() { in_root dpkg "$@" </dev/null 2>&1 | tee "$scratch/dpkg"; }
# Until something is so; the limit is for a machine that has much else to do.
wait_for() {
  local until=$((SECONDS + 300))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || { echo "never came: $*"; return 1; }
    sleep 0.2
  done
}

install_it() {
  cp "$scratch/$1.deb" "$root/tmp/dakbox.deb" && dpkg_does --install --force-confdef --force-confold /tmp/dakbox.deb
}
whole_papers() {
  in_root gzip -t /usr/share/man/man1/dakbox.1.gz /usr/share/doc/dakbox/changelog.gz \
    /usr/share/doc/dakbox/changelog.Debian.gz &&
    in_root bash -n /usr/share/bash-completion/completions/dakbox &&
    there /usr/share/zsh/vendor-completions/_dakbox /usr/share/fish/vendor_completions.d/dakbox.fish \
      /usr/share/doc/dakbox/copyright /usr/share/doc/dakbox/docs/install.md
}
is_conffile() { in_root dpkg-query -W -f '${Conffiles}' dakbox | grep -qF ' /etc/dakbox/config.toml '; }
no_secret() { ! grep -qiE '^[^#]*token *=' "$root/etc/dakbox/config.toml"; }
demo() {
  local film
  film=$(as dakbox dakbox demo --dir /tmp/demo | sed -n 's/^The finished film: //p') && [ -s "$root$film" ]
}

# The daemon as the unit starts it, with the settings as they were installed.
start() {
  as dakbox env STATE_DIRECTORY=/var/lib/dakbox bash -c 'umask 0007; exec dakbox run' >"$scratch/run" 2>&1 &
  daemon=$!
  wait_for grep -q 'takes clips from' "$scratch/run" || { cat "$scratch/run"; return 1; }
}
stop() {
  local pid
  pid=$(in_root cat /var/lib/dakbox/ledger.lock | tr -dc 0-9) && kill "$pid" && wait "$daemon"
}
# A person of the group drops a clip by the group's rights alone, and reads the film.
serve() {
  start || return
  # Other words each time: the same ones for the same clip are not paid for again.
  as kim bash -c "umask 0002; echo 'add Bangla subtitles to $1' >/srv/clips/inbox/$1.txt && cp /tmp/clip.mp4 /srv/clips/inbox/$1.mp4" &&
    wait_for there "/srv/clips/archive/$1.mp4" && as kim test -s "/srv/clips/outbox/$1.mp4" ||
    { tail -n 5 "$scratch/run"; stop; return 1; }
  stop
}
knows() { is "$(as dakbox dakbox jobs --json | grep -c '"state":"delivered"')" "$1"; }

check 'it is installed' install_it first
check 'it says where clips go' said '/srv/clips/inbox'
check 'its user is there' in_root getent passwd dakbox
check 'the state is for its user alone' owned /var/lib/dakbox 'dakbox:dakbox 700'
check 'the root is for its group' owned /srv/clips 'dakbox:clips 2770'
check 'the settings are a conffile' is_conffile
check 'the settings hold no token' no_secret
check 'the settings are right' as dakbox dakbox check
check 'the service is enabled' there /etc/systemd/system/multi-user.target.wants/dakbox.service
check 'manual page, completions and papers are whole' whole_papers
check 'the demo makes a film' demo

in_root useradd --create-home --groups clips kim
install -m 644 tests/media/moov-first.mp4 "$root/tmp/clip.mp4"
as dakbox dakbox sandbox --message-time 0.2s --render-time 0.2s >"$scratch/sandbox" 2>&1 &
check 'the stand-in is up' wait_for grep -q 'listens on' "$scratch/sandbox"
check 'a clip comes back as a film' serve one
check 'the ledger has it' knows 1

echo '# edited by hand' >>"$root/etc/dakbox/config.toml"
check 'it is upgraded' install_it second
check 'the new program is in place' is "$(in_root dpkg-query -W -f '${Version}' dakbox)" 99.0-1
check 'edited settings are kept' grep -q 'edited by hand' "$root/etc/dakbox/config.toml"
check 'the new settings lie beside them' there /etc/dakbox/config.toml.dpkg-dist
check 'after the upgrade a clip comes back as a film' serve two
check 'the ledger has both' knows 2

check 'it is removed' dpkg_does --remove dakbox
check 'program and unit are gone' gone /usr/bin/dakbox /lib/systemd/system/dakbox.service /usr/lib/systemd/system/dakbox.service
check 'settings, ledger and films are kept' \
  there /etc/dakbox/config.toml /var/lib/dakbox/ledger.db /srv/clips/outbox/one.mp4 /srv/clips/archive/two.mp4
check 'it is installed again' install_it second
check 'and goes on with its ledger' knows 2

check 'it is purged' dpkg_does --purge dakbox
check 'the settings are gone' gone /etc/dakbox/config.toml /etc/systemd/system/multi-user.target.wants/dakbox.service
check 'ledger and films are left' there /var/lib/dakbox/ledger.db /srv/clips/outbox/one.mp4 /srv/clips/archive/two.mp4
check 'it says that they are left' said '/var/lib/dakbox is left as it is'
check 'lintian, man-db and others left nothing of ours' gone /usr/share/doc/dakbox /usr/share/man/man1/dakbox.1.gz

# As `cargo test` says it, so that ./test counts them.
printf '\ntest result: %s. %d passed; %d failed; 0 ignored\n' "$([ "$failed" = 0 ] && echo ok || echo FAILED)" "$passed" "$failed"
[ "$failed" = 0 ]
