#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Those of debian/tests that need a machine of their own, as Debian's autopkgtest would run them.
#
# kernels: current
# boot: own

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# lifecycle purges the packages, so it is the last
for test in version schedulers lifecycle; do
	check "$test" "/payload/debian-tests/$test"
done
