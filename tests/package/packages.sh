# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How the packages are built from a tree, and what the package tests share. Sourced, not run.
#
# The tests run with
#   AIOS_SOURCE    the tree, never written to
#   AIOS_PACKAGES  a directory with the packages built from it
# and in the build root, which has /aios mounted, as root: there they may install, remove and
# change whatever they like, as it is thrown away.

set -euo pipefail
shopt -s nullglob

fail()
{
	echo "$*" >&2
	exit 1
}

skip()
{
	echo "$*"
	exit 77
}

need_build_root()
{
	mountpoint -q /aios || skip "this changes the system, and there is no build root to do that in"
}

need_tools()
{
	local tool
	for tool; do
		[ -n "$(command -v "$tool")" ] || skip "no $tool"
	done
}

# step WHAT COMMAND...: output is shown only when it fails.
step()
{
	local what=$1 log
	shift

	echo "$what"
	log=$(mktemp)
	if ! "$@" > "$log" 2>&1 < /dev/null; then
		cat "$log"
		fail "$what: failed"
	fi
	rm "$log"
}

project_version()
{
	dpkg-parsechangelog -l "$1/debian/changelog" -S Version
}

release_time()
{
	dpkg-parsechangelog -l "$1/debian/changelog" -S Timestamp
}

# A copy without repository and build directories, with the modes of the present umask.
copy_tree()
{
	mkdir -p "$2"
	tar -C "$1" -c --exclude-vcs --exclude='./build*' . | tar -C "$2" -x --no-same-owner --no-same-permissions
}

# Both are chains: `set -e` does not reach into a function whose failure is looked at.

# build_debs TREE OUT: source and binary packages and what describes them.
build_debs()
{
	local work
	work=$(mktemp -d)

	copy_tree "$1" "$work/aios" &&
		(cd "$work/aios" && dpkg-buildpackage --no-sign) &&
		mkdir -p "$2" &&
		cp "$work"/aios*.* "$2" &&
		rm -r "$work"
}

# build_rpms TREE OUT [RPMBUILD-OPTION...]: source and binary packages.
build_rpms()
{
	local name work
	work=$(mktemp -d)
	name=aios-$(project_version "$1")

	mkdir -p "$work/SOURCES" "$2" &&
		copy_tree "$1" "$work/$name" &&
		tar -C "$work" -czf "$work/SOURCES/$name.tar.gz" --sort=name --mode=a+rX,u+w,go-w \
			--owner=0 --group=0 --numeric-owner --mtime="@$(release_time "$1")" "$name" &&
		SOURCE_DATE_EPOCH=$(release_time "$1") rpmbuild --load="$1/rpm/debian-build.macros" --define "_topdir $work" --nodeps \
			-ba "${@:3}" "$1/rpm/aios.spec" &&
		cp "$work"/RPMS/*/*.rpm "$work"/SRPMS/*.rpm "$2" &&
		rm -r "$work"
}

# package VARIABLE PATTERN: set VARIABLE to the one file among the packages that matches.
package()
{
	local files

	readarray -t files < <(compgen -G "$AIOS_PACKAGES/$2")
	[ ${#files[@]} = 1 ] || fail "$AIOS_PACKAGES holds ${#files[@]} files $2, not one"
	printf -v "$1" %s "${files[0]}"
}

# What they depend on is in the build root.
install_debs()
{
	local bench loader schedulers

	package bench 'aios-bench_*.deb'
	package loader 'aios-loader_*.deb'
	package schedulers 'aios-schedulers_*.deb'
	step "install the packages" dpkg -i "$loader" "$schedulers" "$bench"
}

: "${AIOS_SOURCE:?is not set}"
