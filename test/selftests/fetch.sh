#!/bin/bash
# Fetches the kernel's own network selftests from Debian's package linux-source-6.1 and unpacks the scripts that
# `npm run selftests` runs. They stay outside the repository; the directory is printed.
#
#   fetch.sh [DIR]    (default: $VROUTER_SELFTESTS, else vrouter-selftests in $TMPDIR or /tmp)
set -eu

dir=${1:-${VROUTER_SELFTESTS:-${TMPDIR:-/tmp}/vrouter-selftests}}
scripts="fib-onlink-tests fib_tests fib_rule_tests icmp icmp_redirect pmtu arp_ndisc_untracked_subnets
  test_vxlan_fdb_changelink unicast_extensions route_localnet"

missing() {
  local name
  for name in $scripts; do [ -e "$dir/$name.sh" ] || return 0; done
  return 1
}

unpack() {
  local work package members=() name
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  (cd "$work" && apt-get download linux-source-6.1 >&2)
  package=("$work"/linux-source-6.1_*.deb)
  for name in $scripts; do members+=("linux-source-6.1/tools/testing/selftests/net/$name.sh"); done
  members+=(linux-source-6.1/tools/testing/selftests/net/nettest.c)
  # The archive in the package is 1.3 GB unpacked: it goes through a pipe, and nothing else of it is written.
  dpkg-deb --fsys-tarfile "${package[0]}" | tar -xO ./usr/src/linux-source-6.1.tar.xz |
    tar -xJ -C "$work" "${members[@]}"
  mkdir -p "$dir"
  cp "$work"/linux-source-6.1/tools/testing/selftests/net/* "$dir/"
}

missing && unpack
# unicast_extensions.sh and parts of pmtu.sh ask for this program; without a compiler they skip.
if [ ! -e "$dir/nettest" ] && command -v gcc >/dev/null; then
  gcc -O1 -o "$dir/nettest" "$dir/nettest.c" >&2 || echo "nettest was not built" >&2
fi
echo "$dir"
