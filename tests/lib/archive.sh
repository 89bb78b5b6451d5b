# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The Debian archive as this machine knows it. No address is written down anywhere: it is read
# from apt's sources, so mirrors, proxies and offline copies of the archive just work.

# Suites of the main archive; -security and -updates live elsewhere or add nothing.
MAIN_SUITES=' bookworm trixie forky sid oldstable stable testing unstable '

# Prints "URI SUITE" for each enabled deb entry of a deb822 file.
read_deb822()
{
	# records are paragraphs; field names are case-insensitive
	awk 'BEGIN { RS = ""; FS = "\n" }
	{
		delete field
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^#/)
				continue
			if ($i !~ /^[ \t]/) {
				name = tolower($i)
				sub(/:.*/, "", name)
				sub(/^[^:]*:/, "", $i)
			}
			field[name] = field[name] " " $i
		}
		if (field["enabled"] ~ /no/ || field["types"] !~ /deb([ \t]|$)/)
			next
		nr_uris = split(field["uris"], uris, " ")
		nr_suites = split(field["suites"], suites, " ")
		for (u = 1; u <= nr_uris; u++)
			for (s = 1; s <= nr_suites; s++)
				print uris[u], suites[s]
	}' "$1"
}

# Prints "URI SUITE" for each deb line of a one-line style file.
read_list()
{
	sed -n -E 's/^[[:space:]]*deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+([^[:space:]]+).*/\2 \3/p' "$1"
}

# A mirror list (Debian's cloud images have one) stands for its first entry.
resolve_uri()
{
	case $1 in
	mirror+file:*) awk '/^[^#]/ { print $1; exit }' "${1#mirror+file:}" ;;
	*) echo "$1" ;;
	esac
}

# Prints the archive's address, or fails.
archive_address()
{
	local apt=${1:-/etc/apt} file uri suite
	while read -r uri suite; do
		case $MAIN_SUITES in
		*" $suite "*) ;;
		*) continue ;;
		esac
		uri=$(resolve_uri "$uri")
		case $uri in
		http://* | https://*) echo "${uri%/}" && return 0 ;;
		esac
	done < <(
		for file in "$apt/sources.list" "$apt"/sources.list.d/*.list "$apt"/sources.list.d/*.sources; do
			[ -f "$file" ] || continue
			case $file in
			*.sources) read_deb822 "$file" ;;
			*) read_list "$file" ;;
			esac
		done
	)
	return 1
}

archive_keyring()
{
	local file
	for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[ -f "$file" ] && echo "$file" && return 0
	done
	return 1
}

# mmdebstrap's apt does not read this machine's configuration, so hand on the proxy.
archive_proxy_options()
{
	local scheme proxy
	for scheme in http https; do
		eval "$(apt-config shell proxy "Acquire::$scheme::Proxy")"
		[ -z "${proxy-}" ] || printf '%s\n' "--aptopt=Acquire::$scheme::Proxy \"$proxy\""
		proxy=
	done
}

# Commands of this machine the harness needs beyond those every Debian has, and their packages.
HOST_TOOLS=(mmdebstrap:mmdebstrap unshare:util-linux setpriv:util-linux flock:util-linux mount:mount)

host_packages_missing()
{
	local tool
	for tool in "${HOST_TOOLS[@]}"; do
		command -v "${tool%%:*}" >/dev/null || echo "${tool#*:}"
	done
	archive_keyring >/dev/null || echo debian-archive-keyring
}

host_packages_install()
{
	export DEBIAN_FRONTEND=noninteractive
	apt-get update && apt-get install -y --no-install-recommends "$@"
}

# Installs what is missing on this machine; fails if that is not possible.
host_packages()
{
	local missing=()
	mapfile -t missing < <(host_packages_missing | sort -u)
	[ ${#missing[@]} -eq 0 ] && return 0
	step host-packages "installing ${missing[*]} on this machine" host_packages_install "${missing[@]}"
}
