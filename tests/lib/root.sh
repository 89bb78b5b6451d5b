# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Where commands of the build run: in the build root, or on this machine without it.
#
# BUILD_ROOT=yes    in_build runs in the build root without a network; the session's work
#                   directory is /aios there
# BUILD_ROOT=no     in_build runs the command as it is
# BUILD_WORK        the work directory as commands of in_build see it

BUILD_ROOT=no
# shellcheck disable=SC2034
BUILD_WORK=

# in_root [--cache-writable] COMMAND...
in_root()
{
	local access=ro scratch r=0
	[ "$1" != --cache-writable ] || { access=rw && shift; }
	scratch=$(mktemp -d "$AIOS_WORK/overlay.XXXXXX")
	unshare --mount --net --propagation private -- "$TREE/tests/lib/enter" "$scratch" $access "$@" || r=$?
	rm -rf "$scratch"
	return "$r"
}

in_build()
{
	if [ "$BUILD_ROOT" = yes ]; then
		in_root "$@"
	else
		"$@"
	fi
}

# root_open WHAT...: make what is missing in the cache and enter the build root from now on.
# Returns 1 with ROOT_REASON set if this machine cannot have one, and ends the call if it should
# have had one but making it failed.
root_open()
{
	ROOT_REASON=
	# shellcheck disable=SC2034
	BUILD_WORK=$AIOS_WORK
	if [ "$SESSION_ISOLATED" = no ]; then
		ROOT_REASON=$SESSION_REASON
	elif [ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ]; then
		ROOT_REASON="not a Debian machine of architecture amd64"
	elif ! archive_address >/dev/null; then
		ROOT_REASON="no Debian archive in apt's sources"
	elif ! host_packages; then
		ROOT_REASON="mmdebstrap is missing and cannot be installed"
	fi
	[ -z "$ROOT_REASON" ] || return 1
	cache_make "$@" || die "cannot make what the tests run in; log: $LOG_DIR"
	BUILD_ROOT=yes
	# shellcheck disable=SC2034
	BUILD_WORK=/aios
}

# The sources as they are now, new files included, ignored ones not: a build never writes to the
# tree, and a path with spaces in it does not matter.
list_sources()
{
	local top
	top=$(git -c safe.directory='*' -C "$TREE" rev-parse --show-toplevel 2>/dev/null)
	if [ "$top" = "$TREE" ]; then
		git -c safe.directory='*' -C "$TREE" ls-files -z -co --exclude-standard
	else
		(cd "$TREE" && find . -name .git -prune -o -type f -print0 -o -type l -print0)
	fi
}

# copy_sources DIRECTORY
copy_sources()
{
	local file
	mkdir -p "$1"
	list_sources |
		while IFS= read -r -d '' file; do
			# a deleted file stays in git's list until it is committed
			[ ! -e "$TREE/$file" ] && [ ! -L "$TREE/$file" ] || printf '%s\0' "$file"
		done |
		tar -C "$TREE" --null --no-recursion -T - -c |
		tar -C "$1" --no-same-owner -x
}
