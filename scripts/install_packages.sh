#!/bin/sh
# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian 12 packages that building, testing and emulating need.
# Silent and instant when all are there.
set -eu

packages="
  g++ cmake ninja-build ccache python3
  libflatbuffers-dev flatbuffers-compiler libcli11-dev nlohmann-json3-dev
  libfmt-dev libexpected-dev libgtest-dev libbenchmark-dev libelf-dev libstb-dev zlib1g-dev
  gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev
  gcc-riscv64-unknown-elf qemu-system-arm qemu-system-misc
"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install_packages.sh knows Debian and Ubuntu only." >&2
  echo "Needed, by their names there:" $packages >&2
  exit 1
fi

# shellcheck disable=SC2086  # a list of words, on purpose
installed=$(dpkg-query -W -f '${Package}=${db:Status-Status}\n' $packages \
  2>/dev/null) || true
missing=""
for package in $packages; do
  case "
$installed
" in
    *"
$package=installed
"*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_packages.sh: be root, or install sudo. Missing:$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends $missing
