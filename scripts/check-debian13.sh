#!/usr/bin/env bash
# Builds the native engine against Debian 13's oneDNN 3.7 and runs its tests there, in a Debian 13 in a folder: one
# source serves oneDNN 2.6 (Debian 12) and 3.7. Needs root, debootstrap and 1.5 GB; the folder is kept for the next time.
#
#   scripts/check-debian13.sh [FOLDER [TESTS...]]     default: ${TMPDIR:-/tmp}/encodergym-debian13 build/test/tensor
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${TMPDIR:-/tmp}/encodergym-debian13}
shift || true
tests=("${@:-build/test/tensor}")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

fail() {
  echo "$1" >&2
  exit 2
}
[ "$(id -u)" = 0 ] || fail "check-debian13.sh must be run as root: it makes a Debian in $folder and changes into it."
command -v debootstrap >/dev/null || fail 'debootstrap is not installed. Install it with: apt-get install debootstrap'
[ -d "$project/node_modules/typescript" ] || fail 'There are no npm packages yet. Run first: npm run setup'

if [ ! -e "$folder/.complete" ]; then
  [ ! -e "$folder" ] || [ -z "$(ls -A "$folder")" ] || [ -d "$folder/debootstrap" ] ||
    fail "$folder is neither empty nor a Debian 13 of this script. Give another folder."
  echo "== Debian 13 into $folder"
  debootstrap --variant=minbase trixie "$folder" "$mirror" | tail -n 1
  touch "$folder/.complete"
fi
folder=$(cd "$folder" && pwd)
cp /etc/resolv.conf "$folder/etc/resolv.conf"
trap 'umount "$folder/proc" || true' EXIT
mount -t proc proc "$folder/proc"
in_debian13() { chroot "$folder" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }

echo '== Packages'
in_debian13 apt-get update -q >/dev/null
in_debian13 DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q -o Dpkg::Use-Pty=0 --no-install-recommends g++ libdnnl-dev nodejs >/dev/null
in_debian13 dpkg-query -W libdnnl-dev g++ nodejs

echo '== Project'
copy=$folder/root/encodergym # keeps its own build/ from one time to the next
mkdir -p "$copy"
for name in assets configs native scripts src test node_modules package.json package-lock.json tsconfig.json jest.config.js; do
  rm -rf "${copy:?}/$name"
  cp -a "$project/$name" "$copy/"
done
touch "$copy/node_modules/.package-lock.json" # copied as installed: there is no npm in there
in_debian13 ENCODERGYM_SKIP_APT=1 node /root/encodergym/scripts/setup.mjs

echo '== Tests'
in_debian13 sh -c 'cd /root/encodergym && node -p "
  const { version, instructionSet } = require(\"./build/onednn.node\");
  \"oneDNN \" + version() + \", \" + instructionSet()"'
in_debian13 sh -c 'cd /root/encodergym && node --experimental-vm-modules node_modules/jest/bin/jest.js "$@"' sh "${tests[@]}"
