# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The heavy things, made once: the build root and the guest.
#
#   root/    Debian trixie with every tool the build and the tests need, qemu included. Never
#            written to after it is made; see enter.
#   guest/   disk.img, the guest's disk, and kernels/LABEL/{vmlinuz,release}
#
# Each is made under another name and renamed when it is whole. Its `stamp` is a hash of all it
# was made from; another stamp makes it again. Making takes the cache's lock alone, so it waits
# for running sessions, and they for it.

SUITE=trixie

ROOT_PACKAGES=(
	# to build
	build-essential clang bpftool libbpf-dev libelf-dev libsystemd-dev systemd-dev
	libtomlplusplus-dev libcmocka-dev meson pkgconf scdoc
	# to package
	debhelper fakeroot file lintian rpm rpmlint elfutils autopkgtest
	# to build for another architecture
	crossbuild-essential-arm64 libbpf-dev:arm64 libelf-dev:arm64 libsystemd-dev:arm64
	libtomlplusplus-dev:arm64 libcmocka-dev:arm64 pkgconf:arm64
	# to test
	clang-format libclang-rt-dev shellcheck codespell golang-github-burntsushi-toml-dev python3-jsonschema systemd dbus zsh git man-db
	gnuplot-nox
	# to run guests
	qemu-system-x86 qemu-utils fdisk e2fsprogs
)

GUEST_PACKAGES=(
	systemd systemd-sysv udev dbus polkitd procps
	# what aios' packages depend on: the guest has no network
	libbpf1 libsystemd0 libtomlplusplus3t64 libstdc++6
	# workloads
	rt-tests stress-ng
	# what aios-loader listens to; tuned-ppd conflicts with the first, so a test installs it: here
	# is what it needs, see guest-setup
	power-profiles-daemon upower umockdev
	ethtool gawk python3-dbus python3-gi python3-linux-procfs python3-pyinotify python3-pyudev virt-what
)

GUEST_DISK_MB=2048
GUEST_PARTUUID=a105a105-01

cache_lock_open()
{
	exec {CACHE_LOCK}>"$AIOS_CACHE/lock"
}

cache_users()
{
	local owner
	for owner in "$AIOS_CACHE"/tmp/*/owner; do
		[ "$owner" = "$AIOS_WORK/owner" ] || cat "$owner" 2>/dev/null
	done | paste -sd ',' | sed 's/,/, /g'
}

# cache_lock --shared|--exclusive
cache_lock()
{
	flock --nonblock "$1" "$CACHE_LOCK" && return 0
	note "waiting for the cache, which is used by $(cache_users)"
	flock "$1" "$CACHE_LOCK"
}

# stamp_of root|guest: a hash of what it is made from, comments aside
stamp_of()
{
	{
		declare -p SUITE
		declare -f bootstrap
		case $1 in
		root)
			declare -p ROOT_PACKAGES
			declare -f make_root
			;;
		guest)
			declare -p GUEST_PACKAGES GUEST_DISK_MB GUEST_PARTUUID
			declare -f make_guest_tree make_guest_disk
			cat "$TREE/tests/lib/guest-setup"
			;;
		esac
		archive_address
	} | sha256sum | cut -d' ' -f1
}

is_made()
{
	[ "$(cat "$AIOS_CACHE/$1/stamp" 2>/dev/null)" = "$(stamp_of "$1")" ]
}

# bootstrap DIRECTORY PACKAGES OPTION...
bootstrap()
{
	local dir=$1 packages=$2 uri proxy=()
	shift 2
	uri=$(archive_address)
	mapfile -t proxy < <(archive_proxy_options)
	mmdebstrap --variant=apt --mode=root --include="${packages// /,}" \
		--keyring="$(archive_keyring)" "${proxy[@]}" \
		--aptopt='APT::Sandbox::User "root"' \
		--aptopt='Acquire::Languages "none"' \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$@" "$SUITE" "$dir" \
		"deb $uri $SUITE main" "deb $uri $SUITE-backports main"
}

# made NAME: the finished NAME.tmp takes its place
made()
{
	stamp_of "$1" >"$AIOS_CACHE/$1.tmp/stamp"
	sync -f "$AIOS_CACHE/$1.tmp/stamp"
	rm -rf "${AIOS_CACHE:?}/$1"
	mv "$AIOS_CACHE/$1.tmp" "$AIOS_CACHE/$1"
}

make_root()
{
	is_made root && return 0
	rm -rf "$AIOS_CACHE/root.tmp"
	bootstrap "$AIOS_CACHE/root.tmp" "${ROOT_PACKAGES[*]}" --architectures=amd64,arm64 &&
		mkdir "$AIOS_CACHE/root.tmp/aios" &&
		made root
}

# The tree becomes a disk in make_guest_disk: that needs tools of the build root.
make_guest_tree()
{
	is_made guest && return 0
	rm -rf "$AIOS_CACHE/guest.tmp"
	mkdir -p "$AIOS_CACHE/guest.tmp/kernels"
	# mmdebstrap gives hooks to a shell: a path without spaces needs no quotes
	cp "$TREE/tests/lib/guest-setup" "$AIOS_CACHE/guest.tmp/setup"
	bootstrap "$AIOS_CACHE/guest.tmp/tree" "${GUEST_PACKAGES[*]}" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--customize-hook="$AIOS_CACHE/guest.tmp/setup \"\$1\" $AIOS_CACHE/guest.tmp/kernels"
}

# An MBR disk with one partition: its label gives the kernel a stable name for the root.
make_guest_disk()
{
	local offset=1048576
	is_made guest && return 0
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_root --cache-writable bash -euc '
		cd "$1"
		truncate -s "$2M" disk.img
		printf "%s\n" "label: dos" "label-id: 0x$4" "start=2048, type=83" | sfdisk --quiet disk.img
		mke2fs -q -t ext4 -O ^metadata_csum_seed -E "offset=$3,lazy_itable_init=1,nodiscard" \
			-d tree disk.img "$(($2 - 1))M"
	' bash "$AIOS_CACHE/guest.tmp" "$GUEST_DISK_MB" "$offset" "${GUEST_PARTUUID%-*}" &&
		rm -rf "$AIOS_CACHE/guest.tmp/tree" &&
		made guest
}

# cache_make WHAT...: see that root and guest, as asked for, are there and current
cache_make()
{
	local what missing=()
	cache_lock_open
	cache_lock --shared
	for what in "$@"; do
		is_made "$what" || missing+=("$what")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	# the lock may be free for a moment in between: make_* look at the stamps again
	cache_lock --exclusive
	make_missing "${missing[*]}" || return 1
	cache_lock --shared
}

make_missing()
{
	case $1 in
	root) step root "making the build root (once, about a minute)" make_root ;;
	guest)
		step guest-tree "making the guest's system (once)" make_guest_tree &&
			step guest-disk "making the guest's disk" make_guest_disk
		;;
	*)
		step root "making the build root and the guest (once, about two minutes)" \
			both root make_root make_guest_tree &&
			step guest-disk "making the guest's disk" make_guest_disk
		;;
	esac
}
