# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The packages, built as a distribution builds them; how is in tests/package/packages.sh. The tests
# of the build are not run here: they are tests/run's own.

# build_kind FUNCTION SOURCE OUTPUT [RPMBUILD-OPTION]: paths as seen by the build
build_kind()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_build env AIOS_SOURCE="$2" AIOS_PACKAGES="$3" \
		DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" \
		bash -c '. "$AIOS_SOURCE/tests/package/packages.sh"; "$@"' bash "$@"
}

# build_packages SOURCE OUTPUT: .deb and .rpm side by side, and the sources of both. SOURCE and
# OUTPUT are names in the work directory.
build_packages()
{
	local source=$BUILD_WORK/$1 output=$BUILD_WORK/$2
	mkdir -p "$AIOS_WORK/$2"
	both packages "build_kind build_debs $source $output" \
		"build_kind build_rpms $source $output --nocheck"
}
